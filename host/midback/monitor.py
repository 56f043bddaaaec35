"""One wearing: packets -> estimates -> recording, nudges and whoever watches.

``Wearing`` is the part without a radio: it takes packets from anywhere.  ``Monitor``
keeps it fed by a clip, and obeys a view's wishes.  Everything runs in one event loop,
whose clock is the only monotonic time; wall time is for labels.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from midback.calibration import HOLD_S, PROMPTS, Calibration, Pose, PoseRecorder, Vector, calibrate
from midback.clip import Clip, ClipFound, Radio, Received, find_clip
from midback.errors import (
    BluetoothUnavailable,
    CalibrationRefused,
    ClipError,
    ClipLost,
    ClipNotFound,
    ClipRefused,
    DataError,
    MidbackError,
)
from midback.estimator import Estimate, Estimator, Quality
from midback.nudge import Nudger
from midback.recording import SessionWriter, Store
from midback.seconds import MISSING, SecondMaker
from midback.shared import flexion, slump, wire
from midback.words import State

_log = logging.getLogger(__name__)

TICK_S = 0.5
COMMIT_S = 1.0
"""What is recorded goes to disk this often: a kill costs no more."""
STALE_S = 1.0
"""Silence after which nothing is known about the wearer any more."""
LEASE_S = 5
_HEARTBEAT_S = 2.0
_READY_S = 3.0
_NO_SAMPLES_S = 10.0
_NOTICE_S = 8.0
_TROUBLE_S = 60.0
_LOW_PERCENT, _CHARGED_PERCENT = 15, 25
_FIND_S = 10.0
_RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

PATTERNS = {
    wire.PATTERN_TICK: "tick",
    wire.PATTERN_NUDGE: "nudge",
    wire.PATTERN_STRONG: "strong",
    wire.PATTERN_LONG: "long",
}


@dataclass(frozen=True, slots=True)
class Now:
    """What a view needs to know at this moment.

    Attributes:
        time_s: session time.
        wall: the same as wall time, for labels.
        state: what the wearer does.
        since_s: seconds in that state; while leaning, how much of the hold has passed.
        flexion_deg: tilt now, or ``None`` while it is not known.
        last_deg: the last tilt that was known, or ``None``.
        enter_deg, leave_deg, back_enter_deg, hold_s: the slump lines in force.
        battery_percent: the clip's, or ``None`` before it said so.
        link: the link in words: "linked", "looking for the clip".
        snoozed_until: when buzzes come back, or ``None``.
        notice: guidance or an answer that goes before the usual help.
        quiet_until: no slump is buzzed before then, because of buzzes that were given;
            ``None`` when nothing stands in the way of the next one.
    """

    time_s: float
    wall: datetime
    state: State
    since_s: float
    flexion_deg: float | None
    last_deg: float | None
    enter_deg: float
    leave_deg: float
    back_enter_deg: float | None
    hold_s: float
    battery_percent: int | None
    link: str
    snoozed_until: datetime | None
    notice: str | None
    quiet_until: datetime | None = None


class Listener(Protocol):
    """Whoever watches a wearing; called in the event loop's thread."""

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """New estimates at session time, about five times a second."""
        ...

    def now(self, now: Now) -> None:
        """The latest facts, about five times a second, once a second while nothing arrives."""
        ...

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Something happened; kinds as ``recording.Event`` has them."""
        ...


@dataclass(slots=True)
class Wearing:
    """Packets of one wearing become estimates, stored rows, events and nudges.

    Args:
        start_s: loop time at which the wearing starts: session time 0.
        wall: gives the wall time now, UTC.
        calibration: to judge by, or ``None``.
        writer: where to keep it all, or ``None``.
        listeners: who watches.
        nudger: who decides on buzzes.
        hold_s: how long a lean must last to be a slump.
    """

    start_s: float
    wall: Callable[[], datetime]
    calibration: Calibration | None = None
    writer: SessionWriter | None = None
    listeners: Sequence[Listener] = ()
    nudger: Nudger = field(default_factory=Nudger)
    hold_s: float = 30.0
    link: str = "looking for the clip"
    battery_percent: int | None = None
    pose: PoseRecorder | None = None
    _estimator: Estimator = field(init=False)
    _seconds: SecondMaker = field(default_factory=SecondMaker)
    _state: State = State.NO_DATA
    _state_since_s: float = 0.0
    _last_packet_s: float = float("-inf")
    _last_known: State = State.NO_DATA
    _last_deg: float | None = None
    _next_second: int = 0
    _committed_s: float = float("-inf")
    _slumping: bool = False
    _low_battery: bool = False
    _notice: str | None = None
    _notice_until_s: float = 0.0
    _trouble: str | None = None
    _trouble_told_s: float = float("-inf")

    def __post_init__(self) -> None:
        self._estimator = Estimator(None)
        self._judge_by(self.calibration)

    @property
    def state(self) -> State:
        """What the wearer does."""
        return self._state

    @property
    def last_packet_s(self) -> float:
        """Session time of the last packet's arrival."""
        return self._last_packet_s

    def receive(self, received: Received) -> int | None:
        """Take one packet; return the pattern to buzz now, or ``None``."""
        now_s = received.arrival_s - self.start_s
        if self.writer is not None:
            self.writer.add_packet(now_s, received.payload)
        reboots = self._estimator.clock.reboots
        estimates = self._estimator.update(received.packet, now_s)
        if self._estimator.clock.reboots != reboots:
            self.event(now_s, "reboot")
        if not estimates:
            return None
        self._last_packet_s = now_s
        self._keep_seconds(estimates)
        self._feed_pose(estimates)
        last = estimates[-1]
        if last.flexion_deg == last.flexion_deg:
            self._last_deg = last.flexion_deg
        self._enter(last.state, now_s)
        for listener in self.listeners:
            listener.estimates(estimates)
        pattern = self._nudge(now_s)
        self._publish(now_s)
        return pattern

    def tick(self, now_s: float) -> None:
        """Let time pass, also while nothing arrives; *now_s* is session time."""
        if now_s - self._last_packet_s > STALE_S:
            # A clip that was taken off and then fell silent is still not worn.
            away = self._last_known is State.AWAY
            self._enter(State.AWAY if away else State.NO_DATA, now_s)
            if away:
                self._keep_away(int(now_s))
            self._publish(now_s)
        if self.writer is not None and now_s - self._committed_s >= COMMIT_S:
            self._committed_s = now_s
            self.writer.commit(now_s, self.wall())
            self._tell_trouble(self.writer.trouble, now_s)

    def event(
        self, time_s: float, kind: str, value: float | None = None, detail: str = ""
    ) -> None:
        """Keep an event and tell whoever watches."""
        if self.writer is not None:
            self.writer.add_event(time_s, kind, value, detail)
        for listener in self.listeners:
            listener.event(time_s, kind, value, detail)

    def recalibrate(self, calibration: Calibration, now_s: float) -> None:
        """Judge by a new calibration from here on, and keep that this happened."""
        moved = None
        if self.calibration is not None:
            moved = flexion.angle_between_deg(self.calibration.neutral_up, calibration.neutral_up)
        self._end_slump(now_s)
        self.calibration = calibration
        self._judge_by(calibration)
        self.event(now_s, "calibration", moved, calibration.id)

    def charge(self, percent: int, now_s: float) -> None:
        """The clip tells its battery's charge; once it is low the wearer hears of it."""
        self.battery_percent = percent
        if percent <= _LOW_PERCENT and not self._low_battery:
            self._low_battery = True
            self.event(now_s, "battery", float(percent))
            self.say(f"The clip's battery is at {percent} %: charge it soon.", now_s)
        elif percent >= _CHARGED_PERCENT:
            self._low_battery = False

    def snooze(self, until_s: float, now_s: float) -> None:
        """No buzzes until then (session time)."""
        self.nudger.snooze(until_s)
        self.event(now_s, "snooze", max(until_s - now_s, 0.0))
        self._publish(now_s)

    def say(self, notice: str | None, now_s: float, for_s: float = _NOTICE_S) -> None:
        """Show a sentence in place of the help for a while."""
        self._notice, self._notice_until_s = notice, now_s + for_s
        self._publish(now_s)

    def close(self, now_s: float) -> None:
        """End the wearing.

        Raises:
            RecordingError: its end could not be written; says why.
        """
        closed = self._seconds.close()
        # After a silence nothing is known of the slump's real end.
        self._end_slump(min(now_s, self._last_packet_s + STALE_S))
        if self.writer is not None:
            if closed is not None:
                self.writer.add_second(*closed)
            self.writer.close(now_s, self.wall())

    def _end_slump(self, time_s: float) -> None:
        if self._slumping:
            self._slumping = False
            self.nudger.slump_ended()
            self.event(time_s, "slump_ended", None, "end")

    def _tell_trouble(self, trouble: str | None, now_s: float) -> None:
        """What is wrong with the store, from time to time while it lasts."""
        if trouble is None:
            if self._trouble is not None:
                self._trouble, self._trouble_told_s = None, float("-inf")
                self.say("The recording goes on.", now_s)
        elif now_s - self._trouble_told_s >= _TROUBLE_S:
            self._trouble, self._trouble_told_s = trouble, now_s
            # A little longer, so that the next telling takes over from it.
            self.say(trouble, now_s, _TROUBLE_S + 2 * TICK_S)

    def _judge_by(self, calibration: Calibration | None) -> None:
        policy = None if calibration is None else calibration.policy(self.hold_s)
        self._estimator.recalibrate(calibration, policy)

    def _keep_seconds(self, estimates: list[Estimate]) -> None:
        for estimate in estimates:
            closed = self._seconds.update(
                estimate.time_s, estimate.flexion_deg, estimate.lateral_deg, estimate.state
            )
            if closed is not None:
                self._next_second = closed[0] + 1
                if self.writer is not None:
                    self.writer.add_second(*closed)

    def _keep_away(self, second: int) -> None:
        closed = self._seconds.close()
        if closed is not None and self.writer is not None:
            self.writer.add_second(*closed)
            self._next_second = max(self._next_second, closed[0] + 1)
        for index in range(self._next_second, second):
            if self.writer is not None:
                self.writer.add_second(index, (MISSING, MISSING, State.AWAY, 0))
        self._next_second = max(self._next_second, second)

    def _feed_pose(self, estimates: list[Estimate]) -> None:
        if self.pose is None:
            return
        for estimate in estimates:
            if not estimate.quality & (Quality.INVALID | Quality.SHAKEN):
                self.pose.update(estimate.time_s, estimate.up, self._estimator.size_g)

    def _nudge(self, now_s: float) -> int | None:
        pattern = None
        for change in self._estimator.changes:
            self.event(*change)
            self._slumping = change.kind == "slump_started"
            if self._slumping:
                pattern = self.nudger.slump_started(now_s)
            else:
                self.nudger.slump_ended()
        if pattern is None and self._state is State.SLUMPED:
            pattern = self.nudger.still_slumped(now_s)
        if pattern is not None:
            self.event(now_s, "buzz", self._last_deg, PATTERNS[pattern])
        return pattern

    def _enter(self, state: State, now_s: float) -> None:
        if state is not State.NO_DATA:
            self._last_known = state
        if state is not self._state:
            self._state, self._state_since_s = state, now_s

    def _publish(self, now_s: float) -> None:
        if self.listeners:
            now = self._now(now_s)
            for listener in self.listeners:
                listener.now(now)

    def _now(self, now_s: float) -> Now:
        known = self._state not in (State.NO_DATA, State.AWAY, State.NEW)
        policy = self.calibration or _UNCALIBRATED
        snoozed_s = self.nudger.snoozed_until_s(now_s)
        wall = self.wall()
        leaning = self._state is State.LEANING
        quiet_s = self.nudger.quiet_until_s() - now_s
        return Now(
            time_s=now_s,
            wall=wall,
            state=self._state,
            since_s=self._estimator.judge.held_s if leaning else now_s - self._state_since_s,
            flexion_deg=self._last_deg if known else None,
            last_deg=self._last_deg,
            enter_deg=policy.enter_deg,
            leave_deg=policy.leave_deg,
            back_enter_deg=policy.back_enter_deg,
            hold_s=self.hold_s,
            battery_percent=self.battery_percent,
            link=self.link,
            snoozed_until=None
            if snoozed_s is None
            else wall + timedelta(seconds=snoozed_s - now_s),
            notice=self._notice if now_s < self._notice_until_s else None,
            quiet_until=wall + timedelta(seconds=quiet_s) if quiet_s > 0 else None,
        )


_UNCALIBRATED = slump.SlumpPolicy()


class Monitor:
    """Keeps one wearing going with one clip: finds it, streams, comes back after a lost link.

    Args:
        folder: where to record, or ``None`` to keep nothing.
        wanted: name or address of the clip, or ``None`` for the first in range.
        radio: bleak backend in place of the platform's own.
        listeners: who watches.
        wall: gives the wall time now, UTC.
        hold_s: how long a lean must last to be a slump.
        kind: stream kind, orientation or raw.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        wanted: str | None = None,
        radio: Radio | None = None,
        listeners: Sequence[Listener] = (),
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        hold_s: float = 30.0,
        kind: int = wire.KIND_ORIENTATION,
    ) -> None:
        self._folder = folder
        self._store: Store | None = None
        self._wanted = wanted
        self._radio = radio
        self._listeners = listeners
        self._wall = wall
        self._hold_s = hold_s
        self._kind = kind
        self._wearing: Wearing | None = None
        self._clip: Clip | None = None
        self._buzzes: asyncio.Queue[int] = asyncio.Queue()
        self._streaming = asyncio.Event()
        self._busy_calibrating = False

    @property
    def wearing(self) -> Wearing | None:
        """The wearing under way, once a clip was found."""
        return self._wearing

    async def run(self) -> None:
        """Go on until cancelled.

        Raises:
            BluetoothUnavailable: there is no Bluetooth.
            ClipNotFound: no clip came in range at the start.  Later absences are waited for.
            ClipIncompatible: the clip speaks another protocol.
            DataError: the recording cannot be written, or another process writes it.
        """
        # Opened here, because a connection belongs to the thread that writes.
        with ExitStack() as stack:
            if self._folder is not None:
                self._store = stack.enter_context(Store.open(self._folder, write=True))
            found = await find_clip(self._wanted, _FIND_S, self._radio)
            try:
                await _together(self._follow(found), self._tick())
            finally:
                if self._wearing is not None:
                    self._wearing.close(self._now_s())

    async def wait_until_streaming(self) -> None:
        """Return once packets arrive."""
        await self._streaming.wait()

    async def calibrate(
        self,
        poses: Sequence[Pose] = (Pose.TALL,),
        prompt: Callable[[Pose], None] | None = None,
    ) -> Calibration:
        """Guide the wearer through poses and judge by the result from then on.

        The guidance goes to the listeners as notices, and each pose to *prompt*.

        Raises:
            CalibrationRefused: a pose was not usable, no samples came, or a calibration is
                under way; says what to do.
            RecordingError: the calibration cannot be kept, and so is not judged by.
        """
        wearing, clip = self._wearing, self._clip
        if self._busy_calibrating:
            raise CalibrationRefused("a calibration is under way: follow it to its end")
        if wearing is None or clip is None:
            self.say("Calibrate once the clip is linked.")
            raise CalibrationRefused("no clip is connected: wait until it is linked")
        self._busy_calibrating = True
        try:
            ups = {pose: await self._hold(wearing, pose, prompt) for pose in poses}
            made_at = self._wall().replace(microsecond=0)
            new = calibrate(
                clip.id, made_at, ups[Pose.TALL], ups.get(Pose.BOW), ups.get(Pose.SLUMP)
            )
            if self._store is not None:
                self._store.save_calibration(new)
            wearing.recalibrate(new, self._now_s())
            wearing.say("Calibrated: this is your upright now.", self._now_s())
        except (CalibrationRefused, DataError) as refusal:
            wearing.say(_sentence(str(refusal)), self._now_s())
            raise
        finally:
            self._busy_calibrating = False
            wearing.pose = None
        return new

    def snooze(self, minutes: float) -> None:
        """No buzzes for so long; 0 ends the rest."""
        if self._wearing is not None:
            now_s = self._now_s()
            self._wearing.snooze(now_s + 60.0 * minutes, now_s)

    def buzz(self, pattern: int = wire.PATTERN_NUDGE) -> None:
        """Buzz the clip as a test."""
        if self._clip is None:
            self.say("No buzz: the clip is not linked.")
        else:
            self._buzzes.put_nowait(pattern)

    def say(self, notice: str) -> None:
        """Show a sentence in place of the help for a while."""
        if self._wearing is not None:
            self._wearing.say(notice, self._now_s())

    def _now_s(self) -> float:
        start_s = self._wearing.start_s if self._wearing is not None else 0.0
        return asyncio.get_running_loop().time() - start_s

    async def _follow(self, found: ClipFound) -> None:
        attempt = 0
        while True:
            try:
                async with Clip(found.device, self._radio) as clip:
                    self._begin(clip)
                    await self._stream(clip)
            except (ClipLost, ClipNotFound, ClipRefused, BluetoothUnavailable) as error:
                if self._wearing is None:
                    raise
                if self._streaming.is_set():
                    attempt = 0
                self._lost(str(error))
            found = await self._find_again(found, attempt)
            attempt += 1

    def _begin(self, clip: Clip) -> None:
        self._clip = clip
        # A buzz that was due before the link was lost would come out of the blue.
        self._buzzes = asyncio.Queue()
        if self._wearing is None:
            self._wearing = self._new_wearing(clip)
            for problem in self._store.problems if self._store else []:
                self.say(_sentence(problem))
        else:
            self._wearing.event(self._now_s(), "link_back")
        self._wearing.link = "linked"
        self._wearing.charge(clip.status.battery_percent, self._now_s())

    def _new_wearing(self, clip: Clip) -> Wearing:
        calibration = self._store.latest_calibration(clip.id) if self._store else None
        started = self._wall()
        writer = None
        if self._store is not None:
            known = None if calibration is None else calibration.id
            facts = clip.facts | {"hold_s": f"{self._hold_s:g}", "buzzing": "on"}
            writer = self._store.begin(clip.id, facts, started, known)
        return Wearing(
            start_s=asyncio.get_running_loop().time(),
            wall=self._wall,
            calibration=calibration,
            writer=writer,
            listeners=self._listeners,
            hold_s=self._hold_s,
        )

    def _lost(self, why: str) -> None:
        linked, self._clip = self._clip is not None, None
        self._streaming.clear()
        if linked and self._wearing is not None:
            self._wearing.link = "looking for the clip"
            self._wearing.event(self._now_s(), "link_lost", None, why)

    async def _find_again(self, lost: ClipFound, attempt: int) -> ClipFound:
        """Wait for the same clip: another in range may be worn by somebody else."""
        while True:
            await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            attempt += 1
            try:
                return await find_clip(lost.device.address, _FIND_S, self._radio)
            except ClipError:
                continue
            except BluetoothUnavailable as error:
                self.say(_sentence(str(error)))

    async def _stream(self, clip: Clip) -> None:
        await clip.start(self._kind)
        await _together(self._read(clip), self._keep_lease(clip), self._buzz(clip))

    async def _read(self, clip: Clip) -> None:
        wearing = self._wearing
        assert wearing is not None
        async for received in clip.packets():
            self._streaming.set()
            pattern = wearing.receive(received)
            if pattern is not None:
                self._buzzes.put_nowait(pattern)

    async def _keep_lease(self, clip: Clip) -> None:
        while True:
            await clip.command(wire.OP_HEARTBEAT, LEASE_S)
            if self._wearing is not None:
                self._wearing.charge(clip.status.battery_percent, self._now_s())
            await asyncio.sleep(_HEARTBEAT_S)

    async def _buzz(self, clip: Clip) -> None:
        while True:
            pattern = await self._buzzes.get()
            try:
                await clip.buzz(pattern)
            except ClipRefused as refusal:
                _log.warning("the clip did not buzz: %s", refusal)
                self.say(_sentence(str(refusal)))

    async def _tick(self) -> None:
        while True:
            if self._wearing is not None:
                self._wearing.tick(self._now_s())
            await asyncio.sleep(TICK_S)

    async def _hold(
        self, wearing: Wearing, pose: Pose, prompt: Callable[[Pose], None] | None
    ) -> Vector:
        if prompt is not None:
            prompt(pose)
        wearing.say(f"{PROMPTS[pose]}.", self._now_s(), 60.0)
        await asyncio.sleep(_READY_S)
        recorder = wearing.pose = PoseRecorder(pose)
        give_up_s = self._now_s() + HOLD_S[pose] + _NO_SAMPLES_S
        while not recorder.complete and self._now_s() < give_up_s:
            left_s = max(HOLD_S[pose] - recorder.held_s, 0.0)
            wearing.say(f"{PROMPTS[pose]} and hold still: {left_s:.0f} s", self._now_s(), 60.0)
            await asyncio.sleep(0.5)
        wearing.pose = None
        return recorder.result()


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Do several things at once until one fails; the others end, and its error is ours."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* MidbackError as errors:
        raise errors.exceptions[0] from None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
