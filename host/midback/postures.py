"""Postures that come again: learnt over days, and asked about once.

Still time gathers in clusters of flexion and lateral tilt, each context for itself.  Whoever
often sits in one that the slump lines do not like is asked whether it was good; what they call
good becomes a home, from which their slumps count (``shared.home``).  Nothing becomes a home
without that answer: the most frequent posture of many people is their slump.

Only flexion is judged, so postures that differ to a side only are not asked about twice.
Pure: seconds come in, questions go out; days are numbers of the calendar (``date.toordinal``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, NamedTuple

from midback.calibration import Calibration
from midback.errors import DataError
from midback.seconds import MISSING
from midback.words import STILL, degrees

RADIUS_DEG = 7.0
"""A posture is found again within 2 degrees, the clip hangs 2 differently each day (SD both):
two and a half of what these make together (own choice)."""

COUNTS_S = 600.0
"""So much still time in all makes a posture one that comes often."""

_BLOCK_S = 20
_SPREAD_DEG = 4.0
_HERE_BLOCKS = 3
_LEAST_DAYS = 2
_MOST_ASKED = 3
_EVERY_DAYS = 2
_AGAIN_DAYS = 3
_A_DAY = 0.95
"""What of the still time is left a day later: half after two weeks."""
_OLD_DAYS = 14
_FORGET_S = 7200.0
_MERGE_DEG = 3.5
_SPAN_SHARE = 1.6
_USUAL_SPAN_DEG = 20.0
_FORMAT = 1

Tilt = tuple[float, float]


@dataclass(slots=True)
class Posture:
    """One that comes again.

    Attributes:
        lean_deg, side_deg: its middle, from the context's neutral, + forward, + to the right.
        still_s: still time in it, older days counting less.
        days: on how many days it was seen.
        last_day: the last of them.
        asked: how often the wearer was asked about it.
        asked_day: when they were last.
        good: what they said; ``None`` while they have not.
    """

    lean_deg: float
    side_deg: float
    still_s: float = 0.0
    days: int = 0
    last_day: int = 0
    asked: int = 0
    asked_day: int = 0
    good: bool | None = None

    def apart_deg(self, tilt: Tilt) -> float:
        """How far it is from a tilt."""
        return math.hypot(self.lean_deg - tilt[0], self.side_deg - tilt[1])


class PostureQuestion(NamedTuple):
    """Whether a posture was good.

    Attributes:
        context: of which context.
        lean_deg: its flexion from the neutral, which becomes a home after a yes.
        words: the question.
    """

    context: str
    lean_deg: float
    words: str


class Postures:
    """What was learnt of one wearer.

    Args:
        kept: what ``to_json`` gave, empty for somebody new.

    Raises:
        DataError: *kept* is something else.
    """

    def __init__(self, kept: str = "") -> None:
        self._contexts: dict[str, list[Posture]] = {}
        self._asked_day = 0
        self._calibration: Calibration | None = None
        self._block: list[Tilt] = []
        self._second = -1
        self._here: Posture | None = None
        self._here_blocks = 0
        if kept:
            self._read(kept)

    def judge_by(self, calibration: Calibration | None) -> None:
        """Angles count from this upright from the next second on."""
        self._calibration = calibration
        self._leave()

    def of(self, context: str) -> list[Posture]:
        """The postures of one context, the most frequent first."""
        return sorted(self._contexts.get(context, []), key=lambda each: -each.still_s)

    def homes(self, context: str) -> tuple[float, ...]:
        """Flexion of the postures called good, for ``Calibration.homes``."""
        good = [each.lean_deg for each in self._contexts.get(context, []) if each.good]
        return tuple(sorted(round(lean, 1) for lean in good))

    def update(
        self, second: int, row: tuple[int, int, int, int], today: Callable[[], int]
    ) -> PostureQuestion | None:
        """Take one second, as ``seconds.SecondMaker`` closes it; return what to ask now.

        Args:
            second: its index in the session.
            row: flexion and lateral in hundredths of a degree, state, samples.
            today: tells the calendar day, as a number.
        """
        calibration = self._calibration
        lean, side, state, _ = row
        if calibration is None or state not in STILL or MISSING in (lean, side):
            self._leave()
            return None
        if second != self._second + 1:
            self._leave()
        self._second = second
        self._block.append((lean / 100, side / 100))
        if len(self._block) < _BLOCK_S:
            return None
        block, self._block = self._block, []
        held = _held(block)
        if held is None:
            self._here_blocks = 0
            return None
        day = today()
        self._stay(calibration.context, held, day)
        return self._question(calibration, day)

    def answer(self, question: PostureQuestion, good: bool | None) -> None:
        """Keep what the wearer said; ``None``: nothing, so it may be asked again another day."""
        postures = self._contexts.get(question.context, [])
        if good is None or not postures:
            return
        min(postures, key=lambda each: abs(each.lean_deg - question.lean_deg)).good = good

    def to_json(self) -> str:
        """One line that the constructor reads back."""
        contexts = {
            name: [asdict(each) for each in postures] for name, postures in self._contexts.items()
        }
        return json.dumps({"format": _FORMAT, "asked_day": self._asked_day, "contexts": contexts})

    def _read(self, kept: str) -> None:
        try:
            facts = json.loads(kept)
            if facts["format"] != _FORMAT:
                raise ValueError(f"format {facts['format']}")
            self._asked_day = int(facts["asked_day"])
            for name, postures in facts["contexts"].items():
                self._contexts[str(name)] = [_posture(each) for each in postures]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(
                f"the learnt postures cannot be read ({error}): they are learnt anew"
            ) from error

    def _leave(self) -> None:
        self._block.clear()
        self._here, self._here_blocks = None, 0

    def _stay(self, context: str, tilt: Tilt, day: int) -> None:
        """Twenty seconds in a posture: in one that is known, or in a new one."""
        postures = self._contexts.setdefault(context, [])
        if math.hypot(*tilt) <= RADIUS_DEG:
            self._here, self._here_blocks = None, 0  # upright, whatever lies near
            return
        near = min(postures, key=lambda each: each.apart_deg(tilt), default=None)
        if near is None or near.apart_deg(tilt) > RADIUS_DEG:
            self._forget(postures, day)
            near = Posture(*tilt)
            postures.append(near)
        self._here_blocks = self._here_blocks + 1 if near is self._here else 1
        self._here = near
        _add(near, tilt, day)
        self._merge(postures, near)

    def _forget(self, postures: list[Posture], day: int) -> None:
        """Let go of what was passed through once, long ago."""
        for each in list(postures):
            if not each.asked and each.still_s < COUNTS_S and day - each.last_day > _OLD_DAYS:
                postures.remove(each)

    def _merge(self, postures: list[Posture], grown: Posture) -> None:
        for other in list(postures):
            if other is grown or other.apart_deg((grown.lean_deg, grown.side_deg)) > _MERGE_DEG:
                continue
            if None not in (other.good, grown.good) and other.good != grown.good:
                continue
            grown.still_s += other.still_s
            grown.days, grown.asked = max(grown.days, other.days), grown.asked + other.asked
            grown.asked_day = max(grown.asked_day, other.asked_day)
            grown.good = other.good if grown.good is None else grown.good
            postures.remove(other)

    def _question(self, calibration: Calibration, day: int) -> PostureQuestion | None:
        here = self._here
        if here is None or self._here_blocks < _HERE_BLOCKS or day - self._asked_day < _EVERY_DAYS:
            return None
        if here.still_s < COUNTS_S or here.days < _LEAST_DAYS:
            return None
        if not _matters(here, calibration) or self._settled(here, calibration, day):
            return None
        here.asked += 1
        here.asked_day = day
        self._asked_day = day
        return PostureQuestion(calibration.context, here.lean_deg, _words(here))

    def _settled(self, here: Posture, calibration: Calibration, day: int) -> bool:
        """Whether this posture, or one as far forward or back, was asked about enough."""
        postures = self._contexts[calibration.context]
        like = [each for each in postures if abs(each.lean_deg - here.lean_deg) <= RADIUS_DEG]
        if any(each.good is not None for each in like):
            return True
        if sum(each.asked for each in like) >= _MOST_ASKED:
            return True
        if any(each.asked and day - each.asked_day < _AGAIN_DAYS for each in like):
            return True
        return _slumps(here, calibration) and any(
            each.asked > 0 for each in postures if _slumps(each, calibration)
        )


def _posture(facts: dict[str, Any]) -> Posture:
    good = facts["good"]
    return Posture(
        float(facts["lean_deg"]),
        float(facts["side_deg"]),
        float(facts["still_s"]),
        int(facts["days"]),
        int(facts["last_day"]),
        int(facts["asked"]),
        int(facts["asked_day"]),
        None if good is None else bool(good),
    )


def _held(block: list[Tilt]) -> Tilt | None:
    """The middle of twenty seconds, unless they were spent in several postures."""
    middle: list[float] = []
    for values in zip(*block, strict=True):
        ordered = sorted(values)
        if ordered[-_BLOCK_S // 10 - 1] - ordered[_BLOCK_S // 10] > _SPREAD_DEG:
            return None
        middle.append(median(ordered))
    return middle[0], middle[1]


def _add(posture: Posture, tilt: Tilt, day: int) -> None:
    if day != posture.last_day:
        if posture.last_day:
            posture.still_s *= _A_DAY ** max(day - posture.last_day, 0)
        posture.days += 1
        posture.last_day = day
    share = _BLOCK_S / (min(posture.still_s, _FORGET_S) + _BLOCK_S)
    if posture.good is None:
        posture.lean_deg += share * (tilt[0] - posture.lean_deg)
        posture.side_deg += share * (tilt[1] - posture.side_deg)
    posture.still_s += _BLOCK_S


def _matters(posture: Posture, calibration: Calibration) -> bool:
    """Whether it would be judged otherwise if it were good."""
    policy = calibration.policy()
    if posture.lean_deg > 0:
        return posture.lean_deg >= policy.leave_deg
    return -posture.lean_deg >= (policy.back_leave_deg or policy.recline_deg)


def _slumps(posture: Posture, calibration: Calibration) -> bool:
    """Whether it lies within the wearer's own slump, or as far beyond as they sit otherwise."""
    span = calibration.span_deg or _USUAL_SPAN_DEG
    along = math.copysign(1.0, span) * posture.lean_deg
    return 0.0 < along <= _SPAN_SHARE * abs(span)


def _words(posture: Posture) -> str:
    lean, side = posture.lean_deg, posture.side_deg
    parts = [f"{degrees(abs(lean))} {'forward' if lean > 0 else 'back'}"]
    if abs(side) >= 2.0:
        parts.append(f"{degrees(abs(side))} {'right' if side > 0 else 'left'}")
    return f"You often sit like this: {', '.join(parts)}. Was it good?"
