"""The second clip, at the waistband: it tells a lean from a slump, and is never needed.

It has a session of its own beside that of the upper clip, and judges nothing.  While both clips
together say that the wearer leans from the hips, nudges are held; what is recorded as a slump
stays one, so that a recomputed day equals this one.

Limits: it tells the two apart only where it was calibrated, with both clips on.  Without it, and
when the upper clip judges alone, a long lean is nudged like a slump.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from midback.calibration import CONTEXTS, Calibration, Pose, PoseRecorder, calibrate
from midback.clip import Clip, Radio
from midback.curl import Posture, TwoClips
from midback.errors import CalibrationRefused, DataError, MidbackError
from midback.estimator import Estimate
from midback.gather import Gatherer
from midback.lease import Lease
from midback.link import LINKED, Link
from midback.nudging import Nudging
from midback.recording import Store
from midback.roles import ROLE, Role, WaistClip
from midback.supervisor import Supervisor
from midback.tasks import together
from midback.teaching import Slots
from midback.visit import Visit
from midback.watching import Now
from midback.wearing import TICK_S, Wearing
from midback.words import State, sentence

_log = logging.getLogger(__name__)

_AGAIN_S = 30.0
"""A clip that cannot be had is looked for again so soon."""

_STEADY_S = 5.0
"""A lean stays one for so long, unless the wearer sits up."""

_NEVER_DEG = 85.0
"""A slump line that nobody reaches: past 60 degrees nobody is judged.  The clip at the waistband
is taught it, so that it does not buzz by itself either."""

_PAST_LINE = (State.LEANING, State.SLUMPED)


class Upper(Protocol):
    """What the clip at the waistband may do to the monitor of the upper one."""

    def hold(self, reason: str) -> None:
        """Withhold nudges until the reason is released."""
        ...

    def release(self, reason: str) -> None:
        """That reason no longer stands."""
        ...

    def choose(self, context: str) -> bool:
        """The wearer is in another context; whether an upright is known there."""
        ...

    def say(self, notice: str) -> None:
        """Show a sentence for a while."""
        ...


class Waist:
    """Keeps a second wearing going, at the waistband, beside that of the upper clip.

    Args:
        clip: which one.
        upper: whose nudges it holds.
        window_s: over how long both clips are judged together: as long as a slump must last.
        wall: gives the wall time now, UTC.
        kind: stream kind, orientation or raw.
        radio: bleak backend in place of the platform's own.
        chance: draws the jitter of the pauses between attempts to connect.
        finding: held while looking for a clip.

    Attributes:
        posture: what the two clips said last, while the wearer was past the slump line.
    """

    def __init__(
        self,
        clip: WaistClip,
        upper: Upper,
        *,
        window_s: float,
        wall: Callable[[], datetime],
        kind: int,
        radio: Radio | None,
        chance: random.Random | None,
        finding: asyncio.Lock,
    ) -> None:
        self.posture: Posture = Posture.UNKNOWN
        self._changed_s = float("-inf")
        self._upper = upper
        self._wall = wall
        self._kind = kind
        self._supervisor = Supervisor(
            self._told, wanted=clip.address, radio=radio, chance=chance, finding=finding
        )
        self._both = TwoClips(window_s)
        self._gatherer = Gatherer()
        self._slots = Slots()
        self._store: Store | None = None
        self._uprights: dict[str, Calibration] = {}
        self._wearing: Wearing | None = None
        self._clip: Clip | None = None
        self._visit: Visit | None = None
        self._recorder: PoseRecorder | None = None
        self._beside: Wearing | None = None
        self._streaming = asyncio.Event()

    async def run(self, store: Store | None) -> None:
        """Go on until cancelled, whatever becomes of the clip; record into *store*."""
        self._store = store
        try:
            await together(self._keep_linked(), self._tick())
        finally:
            self._end()

    async def wait_until_streaming(self) -> None:
        """Return once packets arrive."""
        await self._streaming.wait()

    def beside(self, upper: Wearing) -> _Beside:
        """What the upper wearing tells goes here, before it decides on a nudge."""
        self._beside = upper
        return _Beside(self._take_upper)

    # Calibrating, together with the upper clip

    def sit_tall(self) -> None:
        """The wearer holds still from now on, as tall as they sit."""
        self._recorder = None
        if self._wearing is not None and self._streaming.is_set():
            self._recorder = self._wearing.pose = PoseRecorder(Pose.TALL)

    @property
    def sat_tall(self) -> bool:
        """Whether that was held for long enough, or need not be: the clip is not there."""
        return self._recorder is None or self._recorder.complete or not self._streaming.is_set()

    def relax(self) -> None:
        """The wearer need hold still no longer."""
        if self._wearing is not None:
            self._wearing.pose = None

    def calibrate(self, made_at: datetime, context: str) -> str:
        """Judge by what was held last, here as well; returns a sentence for the wearer."""
        recorder, self._recorder = self._recorder, None
        wearing, clip = self._wearing, self._clip
        if recorder is None or wearing is None or clip is None:
            return "The clip at the waistband is not linked, and keeps its old upright."
        try:
            new = calibrate(clip.id, made_at, recorder.result(), context=context)
            # The upper clip's may have been made in the same second.
            new = replace(new, id=f"{new.id}-{Role.WAIST}")
            if self._store is not None:
                self._store.save_calibration(new)
        except (CalibrationRefused, DataError) as refusal:
            return f"The clip at the waistband keeps its old upright: {refusal}."
        self._uprights[context] = _silent(new)
        wearing.recalibrate(self._uprights[context], self._now_s())
        if self._visit is not None:
            self._visit.teach_soon()
        return "The clip at the waistband knows your upright, too."

    # What both see

    def _take_upper(self, estimates: Sequence[Estimate]) -> None:
        upper = self._beside
        if upper is None:
            return
        self._follow(upper.context)
        for estimate in estimates:
            if not estimate.quality:
                self._both.upper(upper.start_s + estimate.time_s, estimate.flexion_deg)
        last = estimates[-1]
        if last.state is State.MOVING:
            return  # nothing is judged until they settle
        past_line = last.state in _PAST_LINE
        now_s = upper.start_s + last.time_s
        upper.guesses_leans = not self._both.hears_both(now_s)
        posture = self._both.posture(now_s) if past_line else Posture.UNKNOWN
        lately = past_line and now_s - self._changed_s < _STEADY_S
        if posture is self.posture or (self.posture is Posture.LEAN and lately):
            return
        self.posture, self._changed_s = posture, now_s
        if posture is Posture.LEAN:
            self._upper.hold(Posture.LEAN)
        else:
            self._upper.release(Posture.LEAN)

    def _take_waist(self, estimates: Sequence[Estimate]) -> None:
        assert self._wearing is not None
        for estimate in estimates:
            if not estimate.quality:
                self._both.waist(self._wearing.start_s + estimate.time_s, estimate.flexion_deg)

    def _follow(self, context: str) -> None:
        wearing = self._wearing
        if wearing is not None and wearing.context != context:
            wearing.choose(context, self._uprights.get(context), self._now_s())
            if self._visit is not None:
                self._visit.teach_soon()

    # The link

    async def _keep_linked(self) -> None:
        while True:
            try:
                await self._supervisor.run(self._use)
            except MidbackError as error:
                # Everything works without it.
                _log.info("the clip at the waistband: %s", error)
            await asyncio.sleep(_AGAIN_S)

    async def _use(self, clip: Clip) -> None:
        wearing = self._wearing or self._begin(clip)
        self._clip = clip
        self._visit = Visit(
            clip,
            wearing,
            self._gatherer,
            keeper=None,
            wall=self._wall,
            kind=self._kind,
            slots=self._slots,
            chosen=self._upper.choose,
        )
        try:
            await self._visit.run()
        finally:
            self._clip = self._visit = None

    def _begin(self, clip: Clip) -> Wearing:
        known = self._store.contexts(clip.id) if self._store is not None else {}
        self._uprights = {name: _silent(each) for name, each in known.items()}
        context = self._beside.context if self._beside is not None else CONTEXTS[0]
        here = self._uprights.get(context)
        writer = None
        if self._store is not None:
            facts = clip.facts | {ROLE: Role.WAIST, "buzzing": "off"}
            writer = self._store.begin(
                clip.id, facts, self._wall(), None if here is None else here.id
            )
        nudging = Nudging()
        nudging.hold(Role.WAIST)
        self._wearing = Wearing(
            start_s=_loop_s(),
            wall=self._wall,
            calibration=here,
            context=context,
            contexts=self._uprights,
            writer=writer,
            listeners=[_Beside(self._take_waist)],
            nudging=nudging,
            link=Link.GREETING,
        )
        if not self._uprights:
            self._upper.say(
                "The clip at the waistband has no upright yet: calibrate with both clips on."
            )
        return self._wearing

    def _told(self, link: Link, error: MidbackError | None) -> None:
        wearing = self._wearing
        if wearing is None:
            return
        before = wearing.link
        wearing.link_is(link, self._now_s())
        if link is Link.LOST and before in LINKED:
            self._streaming.clear()
            wearing.event(self._now_s(), "link_lost", None, sentence(str(error)))
        elif link is Link.STREAMING and not self._streaming.is_set():
            self._streaming.set()

    async def _tick(self) -> None:
        while True:
            if self._wearing is not None:
                kept = self._wearing.tick(self._now_s())
                if kept and self._visit is not None:
                    self._visit.committed = self._gatherer.last
            await asyncio.sleep(TICK_S)

    def _end(self) -> None:
        wearing = self._wearing
        if wearing is None:
            return
        for received in self._gatherer.rest(_loop_s()):
            wearing.receive(received, Lease())
        wearing.close(self._now_s())

    def _now_s(self) -> float:
        return _loop_s() - (self._wearing.start_s if self._wearing is not None else 0.0)


class _Beside:
    """Passes estimates on."""

    def __init__(self, take: Callable[[Sequence[Estimate]], None]) -> None:
        self._take = take

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Pass them on."""
        self._take(estimates)

    def now(self, now: Now) -> None:
        """Of no interest."""

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Of no interest."""


def _silent(calibration: Calibration) -> Calibration:
    """The same upright, with slump lines that nobody reaches."""
    return replace(calibration, enter_deg=_NEVER_DEG, back_enter_deg=None, homes=())


def _loop_s() -> float:
    return asyncio.get_running_loop().time()
