"""How well Midback judges real postures that are strung into sessions: ``evaluate strung``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.errors import CalibrationRefused, DataError
from midback.received import Received
from midback.shared import wire
from midback.simulated.motion import Array
from midback.simulated.sampling import PERIOD_S
from midback.simulated.streaming import Streaming
from midback.trials.heard import HeardWearing
from midback.trials.stringing import HANDLING_S, Part, Session, What, strung
from midback.watching import Happening
from midback.words import STILL, State
from midback_analysis.evaluate import calibration_of
from midback_analysis.recordings import Hold, read_sitting

_LATENCY_S = 0.03
_SETTLED_S = 5.0
_START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)

_SUMMED = (
    "upright_holds",
    "false_alarms",
    "slouch_holds",
    "slouches_found",
    "forward_holds",
    "forward_alarmed",
    "walking_s",
    "walking_judged_s",
    "table_upright_s",
    "slip_warnings",
)


@dataclass(frozen=True, slots=True)
class StrungScore:
    """One person's session; times in seconds.

    Attributes:
        person: whose.
        upright_holds, false_alarms: upright holds, and how many were called a slump.
        slouch_holds, slouches_found: slouches, likewise.
        forward_holds, forward_alarmed: leans from the hips, likewise.
        walking_s, walking_judged_s: walking, and how much of it was judged as a posture.
        session_s, worn_right_s: how long it was, and how long worn or not was told right.
        table_upright_s: how long the clip on the table was called upright.
        slip_warnings: warnings of a slip; nothing slipped.
        worn_late_most_s: the longest from laying it down or putting it on to the right state.
    """

    person: str
    upright_holds: int
    false_alarms: int
    slouch_holds: int
    slouches_found: int
    forward_holds: int
    forward_alarmed: int
    walking_s: float
    walking_judged_s: float
    session_s: float
    worn_right_s: float
    table_upright_s: float
    slip_warnings: int
    worn_late_most_s: float


@dataclass(frozen=True, slots=True)
class StrungReport:
    """All people's sessions; ``uncalibrated`` says why somebody's could not be judged."""

    people: tuple[StrungScore, ...]
    uncalibrated: dict[str, str]

    def total(self, figure: str) -> float:
        """The sum of one figure over all people."""
        return sum(getattr(score, figure) for score in self.people)

    @property
    def worn_right_share(self) -> float:
        """Of the time: worn or not worn, told right."""
        return self.total("worn_right_s") / self.total("session_s")

    @property
    def worn_late_most_s(self) -> float:
        """The longest that laying it down or putting it on went unnoticed."""
        return max(score.worn_late_most_s for score in self.people)

    def to_json(self) -> dict[str, object]:
        """Figures by name."""
        return {
            "people": len(self.people),
            **{figure: self.total(figure) for figure in _SUMMED},
            "worn_right_share": self.worn_right_share,
            "worn_late_most_s": self.worn_late_most_s,
            "uncalibrated": self.uncalibrated,
            "person": [asdict(score) for score in self.people],
        }


def evaluate_strung(path: Path) -> StrungReport:
    """String each person's holds into a session and judge it, calibrated on their first upright.

    Raises:
        DataError: the file is not of that format, or nobody in it sits upright.
    """
    by_person: dict[str, list[Hold]] = {}
    for hold in read_sitting(path):
        by_person.setdefault(hold.person, []).append(hold)
    scores: list[StrungScore] = []
    refused: dict[str, str] = {}
    for seed, (person, holds) in enumerate(by_person.items()):
        first = next((hold for hold in holds if hold.posture == "upright"), None)
        if first is None:
            refused[person] = "no upright hold"
            continue
        try:
            calibration = calibration_of(first, wire.KIND_ORIENTATION)
        except CalibrationRefused as error:
            refused[person] = str(error)
            continue
        others = [hold for hold in holds if hold is not first]
        session = strung(others, calibration.frame(), seed=seed)
        scores.append(judge_session(session, calibration))
    if not scores:
        raise DataError(f"{path}: no upright hold could calibrate anybody: {refused}")
    return StrungReport(tuple(scores), refused)


def judge_session(session: Session, calibration: Calibration) -> StrungScore:
    """Send one session through the clip's chain and the monitor's."""
    played = _Played(session)
    stream = Streaming(played, lambda _: None, seed=0)
    wearing = HeardWearing(lambda: _START, calibration)
    while stream.now_s < played.ends_s:
        packet = stream.packet()
        now_s = stream.now_s + _LATENCY_S
        wearing.receive(Received(now_s, b"", packet))
        wearing.tick(now_s)
        if wearing.last_placed is not None:
            played.see(wearing.last_placed.time_s, wearing.state)
    return played.score(wearing.happened)


class _Played:
    """A recorded sensor, and what the monitor makes of it."""

    def __init__(self, session: Session) -> None:
        self.period_s = PERIOD_S
        self.ends_s = len(session.counts) * PERIOD_S
        self._session = session
        self._read = 0
        self._times_s: list[float] = []
        self._states: list[int] = []
        self._events: Sequence[Happening] = ()

    def read(self, most: int) -> tuple[NDArray[np.int16], bool]:
        """The next samples; the last block is filled up with what went before."""
        begin, self._read = self._read, self._read + most
        block = self._session.counts[begin : self._read]
        return block, not self._on_table(min(self._read * PERIOD_S, self.ends_s) - PERIOD_S)

    def see(self, time_s: float, state: State) -> None:
        """The monitor has judged a packet."""
        self._times_s.append(time_s)
        self._states.append(state)

    def score(self, events: Sequence[Happening]) -> StrungScore:
        """Compare with what the parts are."""
        self._events = events
        parts = self._session.parts
        times_s, states = np.array(self._times_s), np.array(self._states)
        begins_s = np.array([part.begin_s for part in parts])
        whats = np.array([part.what for part in parts])
        what = whats[np.searchsorted(begins_s, times_s, side="right") - 1]
        packet_s = self.ends_s / len(times_s)
        off = np.isin(what, (What.TABLE, What.HANDLED))
        walking = what == What.WALKING
        return StrungScore(
            self._session.person,
            *self._called("upright", self._starts_in),
            *self._called("slouch", self._slumped_in),
            *self._called("forward", self._slumped_in),
            walking_s=packet_s * float(walking.sum()),
            walking_judged_s=packet_s * float((walking & np.isin(states, STILL)).sum()),
            session_s=self.ends_s,
            worn_right_s=packet_s * float(((states == State.AWAY) == off).sum()),
            table_upright_s=packet_s * float((off & (states == State.UPRIGHT)).sum()),
            slip_warnings=sum(event.kind == "slipped" for event in self._events),
            worn_late_most_s=max(self._lateness(times_s, states), default=0.0),
        )

    def _called(self, posture: str, a_slump: Callable[[Part], bool]) -> tuple[int, int]:
        """How many holds of a posture there were, and how many were called a slump."""
        held = [part for part in self._session.parts if part.posture == posture]
        return len(held), sum(a_slump(part) for part in held)

    def _starts_in(self, part: Part) -> bool:
        starts = [event.time_s for event in self._events if event.kind == "slump_started"]
        return any(part.begin_s < time_s <= part.end_s for time_s in starts)

    def _slumped_in(self, part: Part) -> bool:
        """Whether a slump was under way well after its beginning: not the one before."""
        times_s, states = np.array(self._times_s), np.array(self._states)
        within = (times_s > part.begin_s + _SETTLED_S) & (times_s <= part.end_s)
        return bool((states[within] == State.SLUMPED).any())

    def _lateness(self, times_s: Array, states: NDArray[np.int64]) -> Iterator[float]:
        """From laying it on the table, and from having it on again, to the right state."""
        away = states == State.AWAY
        for part in self._session.parts:
            if part.what is What.TABLE:
                told = times_s[away & (times_s > part.begin_s)]
                yield float(told[0] - part.begin_s) if len(told) else np.inf
                on_s = part.end_s + HANDLING_S
                told = times_s[~away & (times_s > on_s)]
                yield float(told[0] - on_s) if len(told) else np.inf

    def _on_table(self, time_s: float) -> bool:
        return any(
            part.what in (What.TABLE, What.HANDLED) and part.begin_s <= time_s < part.end_s
            for part in self._session.parts
        )
