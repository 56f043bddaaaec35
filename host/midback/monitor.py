"""Keeps a wearing going with a clip: finds it, streams, comes back, and obeys a view's wishes.

Everything runs in one event loop, whose clock is the only monotonic time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, aclosing, suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from statistics import median

from tzlocal import get_localzone

from midback.asked import requests_of
from midback.calibration import (
    CONTEXTS,
    HOLD_S,
    Calibration,
    Pose,
    PoseRecorder,
    Vector,
    calibrate,
    context_name,
)
from midback.calibration import prompt as words_for
from midback.clip import Clip, Radio
from midback.control import serve
from midback.errors import (
    BluetoothUnavailable,
    CalibrationRefused,
    ClipLost,
    ClipShuts,
    ClipUnpaired,
    DataError,
    MidbackError,
)
from midback.exercises.exercise import EXERCISE, Exercise
from midback.gather import Gatherer, Place
from midback.learnt import keep_postures, read_postures
from midback.lease import Lease
from midback.link import LINKED, Link
from midback.local_time import day_begins, local_day
from midback.nudge_settings import NudgeSettings
from midback.nudging import Nudging
from midback.pausing import PAUSE
from midback.postures import Postures
from midback.questions import Question
from midback.received import Received
from midback.recording import Event, Store
from midback.remembered import needs_no_reminder, nudges_between, paused, snoozed_until
from midback.reminder import Reminder, ReminderSettings
from midback.roles import ROLE, Role, WaistClip
from midback.shared import wire
from midback.slip.rezero import doubt
from midback.slip.tilts import Tilt
from midback.supervisor import Supervisor
from midback.tasks import together
from midback.teaching import Slots
from midback.visit import Visit
from midback.waist import Waist
from midback.watching import Listener, Now
from midback.wearing import TICK_S, WALK, Wearing
from midback.words import degrees, sentence

_log = logging.getLogger(__name__)

_READY_S = 3.0
_NO_SAMPLES_S = 10.0
_RESUMED_S = 75.0
"""What a clip can still hold of the time before: what an ended wearing left off there, the next
one takes up."""
_RESUME_MARGIN_S = 1.5
_BEHIND_S = 1.0
_CONFIRM_S = 60.0
_LEARNT_S = 600.0
_EXERCISE_S = 3600.0  # longer than any
_WALKS = 20  # the walks of some days
_LEAST_WALKS = 3


class Monitor:
    """Keeps one wearing going with one clip: finds it, streams, comes back after a lost link.

    Args:
        folder: where to record, or ``None`` to keep nothing.
        wanted: name or address of the clip, or ``None`` for the first in range.
        radio: bleak backend in place of the platform's own.
        listeners: who watches.
        wall: gives the wall time now, UTC.
        nudges: how the wearer wants to be nudged, and how long a lean must last to be a slump.
        reminder: when the wearer wants to be reminded of their routine.
        zone: where the wearer is, by default where this computer is.
        kind: stream kind, orientation or raw.
        chance: draws the jitter of the pauses between attempts to connect.
        waist: a second clip, at the waistband, or ``None``; it tells a lean from a slump.
        pauses: gives the reasons for which nudges should wait, and again when they change, as
            ``midback.pausing.reasons_to_wait`` does; ``None``: only the wearer holds them.
        follower: given each packet after it was judged.
        exercise: what the wearing is given to; nothing is judged then, and no nudge comes from
            here or from the clip.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        wanted: str | None = None,
        radio: Radio | None = None,
        listeners: Sequence[Listener] = (),
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        nudges: NudgeSettings | None = None,
        reminder: ReminderSettings | None = None,
        zone: tzinfo | None = None,
        kind: int = wire.KIND_ORIENTATION,
        chance: random.Random | None = None,
        waist: WaistClip | None = None,
        pauses: Callable[[], AsyncGenerator[frozenset[str]]] | None = None,
        follower: Callable[[Received], None] | None = None,
        exercise: Exercise | None = None,
    ) -> None:
        self._folder = folder
        self._follower = follower
        self._exercise = exercise
        self._store: Store | None = None
        self._wanted = wanted
        self._radio = radio
        self._listeners = listeners
        self._wall = wall
        self._nudges = nudges or NudgeSettings()
        self._reminder = reminder
        self._zone = zone
        # What was held, or released, before a clip was found.
        self._holds: dict[str, bool] = {} if exercise is None else {exercise: True}
        self._snoozed_until: datetime | None = None
        self._kind = kind
        finding = asyncio.Lock()
        self._supervisor = Supervisor(
            self._told,
            wanted=wanted,
            radio=radio,
            chance=chance,
            unwanted=[waist.address] if waist is not None else (),
            finding=finding,
        )
        self._waist: Waist | None = None
        if waist is not None:
            self._waist = Waist(
                waist,
                self,
                window_s=self._nudges.hold,
                wall=wall,
                kind=kind,
                radio=radio,
                chance=chance,
                finding=finding,
            )
        self._wearing: Wearing | None = None
        self._gatherer = Gatherer()
        self._slots = Slots()
        self._clip: Clip | None = None
        self._visit: Visit | None = None
        self._streaming = asyncio.Event()
        self._linked_before = False
        self._busy_calibrating = False
        self._contexts: dict[str, Calibration] = {}
        self._clip_id: str | None = None
        self._pauses = pauses

    @property
    def wearing(self) -> Wearing | None:
        """The wearing under way, once a clip was found."""
        return self._wearing

    @property
    def clip_id(self) -> str:
        """Serial of the clip; empty until one was found."""
        return self._clip_id or ""

    async def run(self) -> None:
        """Go on until cancelled.

        Raises:
            BluetoothUnavailable: there is no Bluetooth.
            ClipError: no clip came in range at the start, or none that streams.  Later absences
                are waited for.
            ClipIncompatible: the clip speaks another protocol.
            DataError: the recording cannot be written, or another process writes it.
        """
        # Opened here, because a connection belongs to the thread that writes.
        with ExitStack() as stack:
            if self._folder is not None:
                self._store = stack.enter_context(Store.open(self._folder, write=True))
            try:
                await together(
                    self._supervisor.run(self._use),
                    self._tick(),
                    self._keep_waist(),
                    self._heed(),
                    self._serve(),
                )
            finally:
                self._end()

    async def wait_until_streaming(self) -> None:
        """Return once packets arrive."""
        await self._streaming.wait()

    async def wait_for_waist(self, most_s: float = 15.0) -> None:
        """Return once packets arrive from the clip at the waistband, or after *most_s*.

        At once if there is none.
        """
        if self._waist is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(most_s):
                    await self._waist.wait_until_streaming()

    async def calibrate(
        self,
        poses: Sequence[Pose] = (Pose.TALL,),
        prompt: Callable[[Pose], None] | None = None,
        context: str | None = None,
    ) -> Calibration:
        """Guide the wearer through poses and judge by the result from then on.

        The guidance goes to the listeners as notices, and each pose to *prompt*.

        Args:
            poses: what to hold, in their order.
            prompt: told each pose.
            context: where the result holds; ``None`` is where the wearer is.

        Raises:
            CalibrationRefused: a pose was not usable, no samples came, a calibration is under
                way, or the upright is far from the usual one and the wearer did not say that it
                is meant; says what to do.
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
            place = context or wearing.context
            ups = {pose: await self._hold(wearing, pose, place, prompt) for pose in poses}
            made_at = self._wall().replace(microsecond=0)
            new = calibrate(
                clip.id,
                made_at,
                ups[Pose.TALL],
                ups.get(Pose.BOW),
                ups.get(Pose.SLUMP),
                context=place,
                before=self._contexts.get(place),
            )
            await self._confirm(wearing, new)
            if self._store is not None:
                self._store.save_calibration(new)
            self._contexts[place] = new
            wearing.recalibrate(new, self._now_s())
            # A clip that is lost just now learns it when it is back.
            with suppress(ClipLost):
                if self._visit is not None:
                    await self._visit.teach()
            told = "Calibrated: this is your upright now."
            if self._waist is not None:
                told = f"{told} {self._waist.calibrate(made_at, place)}"
            wearing.say(told, self._now_s())
        except (CalibrationRefused, DataError) as refusal:
            wearing.say(sentence(str(refusal)), self._now_s())
            raise
        finally:
            self._busy_calibrating = False
            wearing.pose = None
        return new

    async def _confirm(self, wearing: Wearing, new: Calibration) -> None:
        """Whoever re-zeroes while slumped looks perfect afterwards: ask when that may be.

        Raises:
            CalibrationRefused: the wearer did not say that it is meant.
        """
        earlier, walk = [], None
        if self._store is not None:
            earlier = [each for each in self._store.calibrations() if each.clip_id == new.clip_id]
            walk = _usual_walk(self._store.newest_events(new.clip_id, WALK, _WALKS))
        doubted = doubt(new, earlier, wearing.mounting.known(walk))
        if doubted is None:
            return
        wearing.event(self._now_s(), "upright_questioned", doubted.value_deg, doubted.words)
        said: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        question = Question("upright", f"{doubted.words} Take it all the same?", _CONFIRM_S)
        wearing.ask(question, self._now_s(), said.set_result)
        if not await said:
            raise CalibrationRefused(
                f"the upright was not taken ({degrees(abs(doubted.value_deg))} from your usual "
                "one): sit tall and calibrate again"
            )

    @property
    def contexts(self) -> list[str]:
        """The names the wearer can choose from: the usual ones, then their own."""
        return [*CONTEXTS, *(name for name in self._contexts if name not in CONTEXTS)]

    def choose(self, context: str) -> bool:
        """The wearer is in another context: judge by what is known of it.

        Before a clip was found nothing happens.

        Returns:
            Whether an upright is known there.

        Raises:
            ValueError: that is no name.
        """
        name = context_name(context)
        wearing = self._wearing
        known = self._contexts.get(name)
        if wearing is None or name == wearing.context:
            return known is not None
        wearing.choose(name, None if self._exercise else known, self._now_s())
        if known is None:
            verb = "stand" if "stand" in name else "sit"
            self.say(f"No upright is known at the {name}: {verb} tall, then calibrate.")
        else:
            self.say(f"You are judged by your upright at the {name} now.")
        self._teach_soon()
        return known is not None

    def choose_next(self) -> None:
        """Go on to the context after this one."""
        if self._wearing is not None:
            names = self.contexts
            at = names.index(self._wearing.context) if self._wearing.context in names else -1
            self.choose(names[(at + 1) % len(names)])

    def answer(self, yes: bool) -> None:
        """The wearer said yes or no to the question on show."""
        if self._wearing is not None:
            self._wearing.answer(yes, self._now_s())

    def snooze(self, minutes: float) -> None:
        """No buzzes for so long; 0 ends the rest.  Before a clip was found it counts from then."""
        if self._wearing is not None:
            now_s = self._now_s()
            self._wearing.snooze(now_s + 60.0 * minutes, now_s)
        else:
            self._snoozed_until = self._wall() + timedelta(minutes=minutes)

    def hold(self, reason: str) -> None:
        """Withhold nudges for a reason, a word or two such as ``call``, until it is released.

        Before a clip was found it counts from then.
        """
        if self._wearing is not None:
            self._wearing.hold(reason, self._now_s())
        else:
            self._holds[reason] = True

    def release(self, reason: str) -> None:
        """That reason to withhold nudges no longer stands; others may."""
        if self._wearing is not None:
            self._wearing.release(reason, self._now_s())
        else:
            self._holds[reason] = False

    async def end_exercise(self) -> None:
        """The exercise is over: nudges no longer wait for it, and a clip in reach knows.

        Raises:
            ClipError: the clip does not answer; it rests for four more minutes at most.
        """
        if self._wearing is None or self._exercise is None:
            return
        self._wearing.exercise = None
        self._wearing.release(self._exercise, self._now_s())
        if self._visit is not None:
            await self._visit.share_rest()

    def now(self) -> Now | None:
        """The facts of this moment; ``None`` until a clip was found."""
        return None if self._wearing is None else self._wearing.now(self._now_s())

    def buzz(self, pattern: int = wire.PATTERN_NUDGE) -> None:
        """Buzz the clip as a test."""
        if self._visit is None:
            self.say("No buzz: the clip is not linked.")
        else:
            self._visit.buzz(pattern)

    def say(self, notice: str) -> None:
        """Show a sentence in place of the help for a while."""
        if self._wearing is not None:
            self._wearing.say(notice, self._now_s())

    def _now_s(self) -> float:
        start_s = self._wearing.start_s if self._wearing is not None else 0.0
        return asyncio.get_running_loop().time() - start_s

    async def _use(self, clip: Clip) -> None:
        """Everything that is done with the clip from its greeting to the end of the link."""
        wearing = self._wearing or self._begin(clip)
        wearing.charge(clip.status.battery_percent, self._now_s())
        self._clip = clip
        self._visit = Visit(
            clip,
            wearing,
            self._gatherer,
            keeper=self._store,
            wall=self._wall,
            kind=self._kind,
            slots=self._slots,
            chosen=self.choose,
        )
        try:
            await self._visit.run()
        finally:
            self._clip = self._visit = None

    def _told(self, link: Link, error: MidbackError | None) -> None:
        """The link has changed."""
        wearing = self._wearing
        if wearing is None:
            return
        before = wearing.link
        wearing.link_is(link, self._now_s())
        if link is Link.LOST:
            if before in LINKED:
                self._streaming.clear()
                wearing.event(self._now_s(), "link_lost", None, str(error))
            if isinstance(error, BluetoothUnavailable | ClipShuts | ClipUnpaired):
                self.say(sentence(str(error)))
        elif link is Link.STREAMING and not self._streaming.is_set():
            if self._linked_before:
                wearing.event(self._now_s(), "link_back")
            self._linked_before = True
            self._streaming.set()

    def _begin(self, clip: Clip) -> Wearing:
        age_s = self._take_up(clip)
        started = self._wall() - timedelta(seconds=age_s)
        self._clip_id = clip.id
        self._contexts = self._store.contexts(clip.id) if self._store else {}
        context = self._last_context(clip.id)
        calibration = None if self._exercise else self._contexts.get(context)
        zone = self._zone or get_localzone()
        writer = None
        if self._store is not None:
            known = None if calibration is None else calibration.id
            facts = clip.facts | self._nudges.facts() | {ROLE: Role.UPPER}
            if self._exercise is not None:
                facts[EXERCISE] = self._exercise
            writer = self._store.begin(clip.id, facts, started, known)
        self._wearing = Wearing(
            start_s=asyncio.get_running_loop().time() - age_s,
            wall=self._wall,
            calibration=calibration,
            context=context,
            contexts=self._contexts,
            writer=writer,
            listeners=self._listeners,
            nudging=Nudging(self._nudges, started, zone),
            reminder=Reminder(self._reminder, zone, partial(self._needs_no_reminder, zone)),
            hold_s=self._nudges.hold,
            gone_elsewhere=self._teach_soon,
            keep=self._keep,
            postures=self._learnt(clip.id),
            link=Link.GREETING,
            follower=self._follower,
            exercise=self._exercise,
        )
        if self._exercise is not None:
            words = f"A {self._exercise} is under way: nothing is judged, and nothing buzzes."
            self._wearing.say(words, self._now_s(), _EXERCISE_S)
        if self._waist is not None:
            # Before those who watch, and before a nudge is decided on.
            beside = self._waist.beside(self._wearing)
            self._wearing.listeners = [beside, *self._listeners]
        self._resume(self._wearing, zone)
        for problem in self._store.problems if self._store else []:
            self.say(sentence(problem))
        return self._wearing

    def _needs_no_reminder(self, zone: tzinfo, day: date) -> bool:
        """Whether the wearer was reminded on that day, or did their routine already."""
        if self._store is None:
            return False
        try:
            return needs_no_reminder(self._store, day, zone)
        except DataError as error:
            # Better no reminder than a second one.
            _log.warning("no reminder of the routine: %s", error)
            return True

    def _last_context(self, clip_id: str) -> str:
        """Where the wearer was last time, as far as is known."""
        latest = self._store.latest_calibration(clip_id) if self._store else None
        chosen = self._store.last_context(clip_id) if self._store else None
        return chosen or (CONTEXTS[0] if latest is None else latest.context)

    def _keep(self, calibration: Calibration) -> None:
        """An answer of the wearer's made a calibration."""
        self._contexts[calibration.context] = calibration
        if self._store is None:
            return
        try:
            self._store.save_calibration(calibration)
        except DataError as error:
            self.say(sentence(str(error)))

    def _learnt(self, clip_id: str) -> Postures:
        """What is known of the wearer's postures."""
        if self._folder is None:
            return Postures()
        try:
            return read_postures(self._folder, clip_id)
        except DataError as error:
            _log.warning("%s", error)
            return Postures()

    def _keep_learnt(self) -> None:
        if self._folder is None or self._wearing is None or self._clip_id is None:
            return
        try:
            keep_postures(self._folder, self._clip_id, self._wearing.postures)
        except DataError as error:
            _log.warning("what was learnt is lost: %s", error)

    def _teach_soon(self) -> None:
        """Let the clip know by what to judge alone; one that is lost just now learns it later."""
        if self._visit is not None:
            self._visit.teach_soon()

    def _resume(self, wearing: Wearing, zone: tzinfo) -> None:
        """Caps, rests and a pause go on over a restart."""
        now, now_s = self._wall(), self._now_s()
        given: list[datetime] = []
        kept = None
        if self._store is not None:
            # Early in the day the hour before it counts as well.
            since = min(day_begins(local_day(now, zone), zone), now - timedelta(hours=1))
            given = nudges_between(self._store, since, now)
            kept = snoozed_until(self._store, now)
            if paused(self._store):
                wearing.hold(PAUSE, now_s)
        asked, self._snoozed_until = self._snoozed_until, None
        wearing.resume(given, kept if asked is None else None, now_s)
        if asked is not None:
            wearing.snooze(now_s + (asked - now).total_seconds(), now_s)
        for reason, held in self._holds.items():
            (wearing.hold if held else wearing.release)(reason, now_s)

    def _take_up(self, clip: Clip) -> float:
        """Go on where an earlier wearing left off; how long ago that was, in s, else 0."""
        last = self._store.last_packet(clip.id) if self._store else None
        if last is None or last.boot != clip.status.boot:
            return 0.0
        age_s = (clip.status.ticks - last.ticks) % wire.TICKS_MODULUS * wire.TICK_S
        if age_s > _RESUMED_S:
            return 0.0
        self._gatherer = Gatherer(Place(last.boot, last.sequence, last.ticks))
        # The status may be a second old.
        return age_s + _RESUME_MARGIN_S

    def _end(self) -> None:
        wearing = self._wearing
        if wearing is None:
            return
        for received in self._gatherer.rest(asyncio.get_running_loop().time()):
            wearing.receive(received, Lease())
        wearing.close(self._now_s())
        self._keep_learnt()

    async def _keep_waist(self) -> None:
        if self._waist is not None:
            await self._waist.run(self._store)

    async def _heed(self) -> None:
        """Let nudges wait while what goes on at the computer asks for it."""
        if self._pauses is None:
            return
        before = frozenset[str]()
        async with aclosing(self._pauses()) as changes:
            async for reasons in changes:
                for reason in sorted(before - reasons):
                    self.release(reason)
                for reason in sorted(reasons - before):
                    self.hold(reason)
                before = reasons

    async def _serve(self) -> None:
        """Answer other processes of this user."""
        if self._folder is not None:
            await serve(self._folder, requests_of(self))

    async def _tick(self) -> None:
        kept_s = self._now_s()
        while True:
            if self._now_s() - kept_s > _LEARNT_S:
                kept_s = self._now_s()
                self._keep_learnt()
            if self._wearing is not None:
                kept = self._wearing.tick(self._now_s())
                if kept and self._visit is not None:
                    self._visit.committed = self._gatherer.last
            await asyncio.sleep(TICK_S)

    async def _hold(
        self,
        wearing: Wearing,
        pose: Pose,
        context: str,
        prompt: Callable[[Pose], None] | None,
    ) -> Vector:
        if prompt is not None:
            prompt(pose)
        asked = words_for(pose, context)
        wearing.say(f"{asked}.", self._now_s(), 60.0)
        await asyncio.sleep(_READY_S)
        while wearing.behind_s > _BEHIND_S:
            wearing.say("Wait a moment: missing data come in.", self._now_s())
            await asyncio.sleep(0.5)
        recorder = wearing.pose = PoseRecorder(pose)
        waist = self._waist if pose is Pose.TALL else None
        if waist is not None:
            waist.sit_tall()
        give_up_s = self._now_s() + HOLD_S[pose] + _NO_SAMPLES_S
        while self._now_s() < give_up_s:
            if recorder.complete and (waist is None or waist.sat_tall):
                break
            left_s = max(HOLD_S[pose] - recorder.held_s, 0.0)
            wearing.say(f"{asked} and hold still: {left_s:.0f} s.", self._now_s(), 60.0)
            await asyncio.sleep(0.5)
        wearing.pose = None
        if waist is not None:
            waist.relax()
        return recorder.result()


def _usual_walk(walks: Sequence[Event]) -> Tilt | None:
    """How the wearer's walks are tilted from their upright, if there were some."""
    if len(walks) < _LEAST_WALKS:
        return None
    return (
        median(each.value or 0.0 for each in walks),
        median(float(each.detail) for each in walks),
    )
