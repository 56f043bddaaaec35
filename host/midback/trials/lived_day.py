"""A simulated day lived through the real chain, buzzes and calibrations fed back to the wearer.

Wearer -> sensor -> the clip's filter, packer and wear watch -> packets -> ``Wearing``; there is
no radio, and nothing is recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration, Pose, PoseRecorder, Vector, calibrate, stands_at
from midback.errors import CalibrationRefused
from midback.places import DESK, PLACE
from midback.received import Received
from midback.simulated.day_plan import Activity
from midback.simulated.sampling import WornSensor
from midback.simulated.streaming import Streaming
from midback.simulated.trial import Trial
from midback.simulated.truth import Truth
from midback.simulated.wearer import Wearer
from midback.trials.heard import HeardWearing
from midback.watching import Happening
from midback.wearing import TICK_S, Wearing

_MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_LATENCY_S = 0.03
_READY_S = 3.0
"""From a prompt to the first sample of its pose, as ``Monitor`` waits."""

_NOTICED_S = 20.0
"""From a warning that asks for a new upright to the wearer who follows it, once they sit."""

_ANSWERED_S = 10.0
"""From a question to its answer."""

_ASKS = frozenset({"slipped", "remounted"})
"""The events that ask for a new upright: the wearer follows each once they sit."""


@dataclass(slots=True)
class LivedDay:
    """What the monitor made of a day, beside what really happened.

    Attributes:
        trial: whose day it was.
        events: all of them, by time.
        times_s: end of each packet, in seconds since the clip was put on, shape ``(n,)``.
        states: the state after it, shape ``(n,)``.
        refused: calibrations that were refused, why.
        row_s: seconds of true time in a row of the truth.
    """

    trial: Trial
    events: list[Happening] = field(default_factory=list[Happening])
    times_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    states: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    refused: list[str] = field(default_factory=list[str])
    row_s: float = 1.0

    @property
    def truth(self) -> Truth:
        """What really happened."""
        return self.trial.wearer.truth

    def times_of(self, *kinds: str) -> list[float]:
        """When events of these kinds happened."""
        return [event.time_s for event in self.events if event.kind in kinds]


def live_through(trial: Trial) -> LivedDay:
    """Let the wearer live the day, from the first calibration to the evening."""
    life = _Life(trial)
    life.run()
    return life.day


class _Life:
    """One day under way."""

    def __init__(self, trial: Trial) -> None:
        self.day = LivedDay(trial)
        self._wearer = trial.wearer
        source = WornSensor(trial.wearer, trial.errors, seed=trial.seed, stepwise=True)
        self._stream = Streaming(source, trial.wearer.feel_buzz, seed=trial.seed)
        self._wall_now = _MORNING
        self._wearing = HeardWearing(self._wall)
        self.day.events = self._wearing.happened
        self._known: dict[str, Calibration] = {}
        self._guide = _Guide(self._wearer, self._wearing, self._known, self.day.refused)
        self._seen: list[tuple[float, int]] = []
        self._asked_s: float | None = None
        self._place_asked_s: float | None = None
        self._wearing.contexts = self._known
        self._heard = 0
        self.day.row_s = self._stream.second_s

    def run(self) -> None:
        stream, wearing, guide = self._stream, self._wearing, self._guide
        guide.begin(list(Pose), stream.now_s)
        end_s = self._wearer.plan.duration_s
        tick_s = 0.0
        while stream.now_s < end_s:
            packet = stream.packet()
            now_s = stream.now_s + _LATENCY_S
            ticks = now_s >= tick_s
            if ticks:
                # Wall time is for labels: often enough.
                self._wall_now = _MORNING + timedelta(seconds=now_s)
            pattern = wearing.receive(Received(now_s, b"", packet))
            if pattern is not None:
                stream.buzz(pattern)
            if wearing.last_placed is not None:
                self._seen.append((wearing.last_placed.time_s, wearing.state))
            if ticks:
                wearing.tick(now_s)
                tick_s = now_s + TICK_S
            guide.go_on(now_s)
            self._follow(now_s)
        self.day.times_s = np.array([time_s for time_s, _ in self._seen])
        self.day.states = np.array([state for _, state in self._seen], np.uint8)

    def _follow(self, now_s: float) -> None:
        """Sit tall when asked to, once seated."""
        for event in self.day.events[self._heard :]:
            if event.kind in _ASKS:
                self._asked_s = now_s
            if event.kind == "asked" and event.detail == PLACE:
                self._place_asked_s = now_s
        self._heard = len(self.day.events)
        self._tell_place(now_s)
        if self._asked_s is None or now_s < self._asked_s + _NOTICED_S:
            return
        if self._wearer.at_leisure and not self._guide.busy:
            self._asked_s = None
            self._guide.begin([Pose.TALL], now_s)

    def _tell_place(self, now_s: float) -> None:
        """Say whether they stand at their desk; where no upright is known yet, set one."""
        if self._place_asked_s is None or now_s < self._place_asked_s + _ANSWERED_S:
            return
        self._place_asked_s = None
        question, wearing = self._wearing.questions.shown, self._wearing
        if question is None or question.kind != PLACE or self._guide.busy:
            return
        stands = self._wearer.activity is Activity.STANDING_DESK
        wearing.answer(stands == stands_at(question.text), now_s)
        if wearing.calibration is None:
            self._guide.begin([Pose.TALL], now_s, as_they_are=stands)

    def _wall(self) -> datetime:
        return self._wall_now


class _Guide:
    """Leads the wearer through the poses of a calibration, as ``Monitor.calibrate`` does.

    A pose that is refused is asked for once more, as people do.
    """

    def __init__(
        self,
        wearer: Wearer,
        wearing: Wearing,
        known: dict[str, Calibration],
        refused: list[str],
    ) -> None:
        self._known = known
        self._as_they_are = False
        self._wearer = wearer
        self._wearing = wearing
        self._refused = refused
        self._poses: deque[Pose] = deque()
        self._wanted: list[Pose] = []
        self._ups: dict[Pose, Vector] = {}
        self._ready_s = 0.0

    @property
    def busy(self) -> bool:
        return bool(self._poses)

    def begin(self, poses: Sequence[Pose], now_s: float, *, as_they_are: bool = False) -> None:
        """Ask for poses; or take the wearer as they stand, tall already."""
        self._as_they_are = as_they_are
        self._wanted = list(poses)
        self._poses = deque(poses)
        self._ups.clear()
        self._ask(now_s)

    def go_on(self, now_s: float) -> None:
        if not self._poses or now_s < self._ready_s:
            return
        recorder = self._wearing.pose
        if recorder is None:
            self._wearing.pose = PoseRecorder(self._poses[0])
        elif recorder.complete:
            self._wearing.pose = None
            self._take(recorder, now_s)

    def _ask(self, now_s: float) -> None:
        if not self._as_they_are:
            self._wearer.ask(self._poses[0].value, now_s)
        # Whoever lives ahead hears it a little later.
        self._ready_s = max(now_s, self._wearer.now_s) + _READY_S

    def _take(self, recorder: PoseRecorder, now_s: float) -> None:
        try:
            self._ups[recorder.pose] = recorder.result()
            self._poses.popleft()
            if not self._poses:
                self._keep(now_s)
                return
        except CalibrationRefused as refusal:
            self._refused.append(str(refusal))
            self._poses = deque(self._wanted)
        self._ask(now_s)

    def _keep(self, now_s: float) -> None:
        wearing, ups = self._wearing, self._ups
        made_at = wearing.wall()
        before = wearing.calibration or self._known.get(DESK)
        made = calibrate(
            "simulated",
            made_at,
            ups[Pose.TALL],
            ups.get(Pose.BOW),
            ups.get(Pose.SLUMP),
            context=wearing.context,
            before=before,
        )
        self._known[made.context] = made
        wearing.recalibrate(made, now_s)
        if not self._as_they_are:
            self._wearer.ask("free", now_s)
