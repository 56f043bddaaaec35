"""Keeps a wearing going with a clip: finds it, streams, comes back, and obeys a view's wishes.

Everything runs in one event loop, whose clock is the only monotonic time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from midback.calibration import HOLD_S, PROMPTS, Calibration, Pose, PoseRecorder, Vector, calibrate
from midback.clip import Clip, ClipFound, Radio, find_clip
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
from midback.recording import Store
from midback.shared import wire
from midback.watching import Listener
from midback.wearing import TICK_S, Wearing

_log = logging.getLogger(__name__)

LEASE_S = 5
_HEARTBEAT_S = 2.0
_READY_S = 3.0
_NO_SAMPLES_S = 10.0
_FIND_S = 10.0
_RETRY_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


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
            # A clip that is lost just now learns it when it is back.
            with suppress(ClipLost):
                await self._teach(clip)
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

    async def _teach(self, clip: Clip) -> None:
        """Give the clip what it needs to go on alone: the time, and the wearer's upright."""
        wearing = self._wearing
        calibration = None if wearing is None else wearing.calibration
        try:
            await clip.command(wire.OP_SET_TIME, round(1000 * self._wall().timestamp()))
            if calibration is not None:
                policy = calibration.policy(self._hold_s)
                await clip.teach(calibration.neutral_up, calibration.left, policy)
        except ClipRefused as refusal:
            # Nothing that is measured now depends on it.
            _log.warning("the clip did not learn the calibration: %s", refusal)
            self.say(_sentence(str(refusal)))

    async def _stream(self, clip: Clip) -> None:
        await self._teach(clip)
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
