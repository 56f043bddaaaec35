"""Whether the wearer has rested tipped one way since a moment, against how they rested before.

Somebody's rests are no sample of one bell: they have their places, and stay minutes in each.  So
what is usual is how long they were where, blurred a little, with what little is known of people
in general.  Each second tells how much likelier it is where it was, had the clip turned by ten
degrees; but a place that they keep to tells no more after two minutes.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import NamedTuple

from midback.slip.tilts import Tilt, along, size_deg

BOTH_SIDES: tuple[Tilt, ...] = ((0.0, 1.0), (0.0, -1.0))
"""To a side people are tipped all day as seldom as in the morning; forward and back they change
their ways from one chair to the next."""

TOLD = 2.3
"""1969 stretches on foot of 124 simulated days without a slip had 2.1 at most (to either side), of
62 others none had anything; after 10 degrees half have more, whatever their direction."""

_TURNED_DEG = 10.0
"""A smaller slip does less harm, a larger one shows as well."""
_LEAST_DEG, _MOST_DEG = 6.0, 16.0
"""Whoever rests off by less in the middle gives no reason for a warning, and who rests further off
has another posture (own choice)."""
_STRONG, _STRONG_LEAST_DEG, _STRONG_MOST_DEG = 2.0, 3.5, 18.0
"""The same where the evidence is so much more than what tells (own choice)."""
_STRAIGHT_SHARE = 0.3
"""Who is upright and off by less of that wears no clip that turned: they come within 2 degrees
(SD), so half way tells nothing, and at three degrees it is twenty times likelier."""
_SLIDES_S = 45.0
"""Before that a clip may still slide."""
_WITHIN_S = 720.0
LEAST_S = 180
"""Of one posture alone nothing is told (own choice)."""
LEAST_USUAL_S, _MOST_USUAL_S = 480, 1800

_BIN_DEG = 2.0
_BINS = 41
_BLUR = (0.06, 0.24, 0.4, 0.24, 0.06)
"""By two degrees (SD): so well do people come back to a place."""
_PEOPLE_S, _PEOPLE_DEG = 1200.0, 6.0
"""As if 20 minutes were known of somebody who seldom rests further off than six degrees."""
_SELDOM = 0.02
_SAME_DEG, _SAME_S = 2, 120
"""What is nearer is the same place, which tells no more after so many seconds."""
_UNIT_S = 60.0
"""A minute in a place counts for one observation (own choice)."""

_OFTEN = 0.1
"""Nor does a place tell where they were one second in ten before (own choice)."""

Before = Callable[[float], Sequence[Tilt]]
"""How the wearer rested in this place before a time, a second each."""


def straight(off: Tilt, by: Tilt) -> bool:
    """Whether who is upright and *off* by so little wears no clip that turned *by* so much."""
    return along(off, by) < _STRAIGHT_SHARE * size_deg(by)


class _Usual(NamedTuple):
    log_s: list[float]
    middle_deg: float
    often: frozenset[int]


class Shift:
    """A shift along one way since one moment.

    Args:
        since_s: when the clip may have begun to turn.
        way: which way, a unit vector.
        cause: what it is looked for after.
        told: how much evidence tells.
        least_s: how many seconds at rest do.
        over_s: by when it had turned, if that is known.
        elsewhere: so much evidence must be of other places than the most telling one.
        known_s: for how long at least their rests must be known.
        sinks: whether they may sink meanwhile, which ends it: see ``explained``.
    """

    def __init__(
        self,
        since_s: float,
        way: Tilt,
        cause: str,
        told: float = TOLD,
        least_s: int = LEAST_S,
        over_s: float | None = None,
        *,
        elsewhere: float = -math.inf,
        known_s: int = LEAST_USUAL_S,
        sinks: bool = False,
    ) -> None:
        self.since_s = since_s
        self._over_s = since_s + _SLIDES_S if over_s is None else over_s
        self.cause = cause
        self._way = way
        self._told = told
        self._least_s = least_s
        self._least_elsewhere = elsewhere
        self._known_s = known_s
        self._sinks = sinks
        self._usual: dict[str, _Usual | None] = {}
        self._at: Counter[int] = Counter()
        self._offs: list[float] = []
        self._evidence = 0.0
        self._there: dict[int, float] = defaultdict(float)

    @property
    def by(self) -> Tilt:
        """How far the wearer has been tipped since then, in the middle."""
        off_deg = median(self._offs)
        return off_deg * self._way[0], off_deg * self._way[1]

    def over(self, time_s: float) -> bool:
        """Whether it was too long ago."""
        return time_s - self.since_s > _WITHIN_S

    def contradicted(self, off: Tilt, began_s: float) -> bool:
        """Whether who was upright after it, and off by so little, wears no clip that turned."""
        turned = _TURNED_DEG * self._way[0], _TURNED_DEG * self._way[1]
        return self.since_s < began_s and straight(off, turned)

    def explained(self, sunk: Tilt, began_s: float) -> bool:
        """Whether who has begun to sink so far since then may rest that way because of it."""
        that_way = 2 * along(sunk, self._way) > size_deg(sunk)
        return self._sinks and self.since_s < began_s and that_way

    def rest(self, time_s: float, tilt: Tilt, place: str, before: Before) -> bool:
        """Take a second of rest; return whether the clip has turned."""
        if time_s < self._over_s:
            return False
        if place not in self._usual:
            self._usual[place] = self._learnt(before(self.since_s))
        known = self._usual[place]
        if known is None:
            return False
        far_deg = along(tilt, self._way)
        self._offs.append(far_deg - known.middle_deg)
        if self._new(round(far_deg)):
            there, here = _bin(far_deg - _TURNED_DEG), _bin(far_deg)
            likelier = known.log_s[there] - known.log_s[here]
            if likelier < 0.0 or here not in known.often:
                self._evidence += likelier / _UNIT_S
                self._there[round(far_deg)] += likelier / _UNIT_S
        if len(self._offs) < self._least_s or self._evidence < self._told:
            return False
        if self._elsewhere() < self._least_elsewhere:
            return False
        off_deg = median(self._offs)
        if self._evidence >= self._told + _STRONG:
            return _STRONG_LEAST_DEG <= off_deg <= _STRONG_MOST_DEG
        return _LEAST_DEG <= off_deg <= _MOST_DEG

    def _elsewhere(self) -> float:
        """Evidence of all places but the most telling one."""
        near = range(-_SAME_DEG, _SAME_DEG + 1)
        most = max(sum(self._there.get(here + d, 0.0) for d in near) for here in self._there)
        return self._evidence - most

    def _learnt(self, before: Sequence[Tilt]) -> _Usual | None:
        if len(before) < self._known_s:
            return None
        tilts_deg = [along(each, self._way) for each in before[-_MOST_USUAL_S:]]
        spent_s = Counter(_bin(each) for each in tilts_deg)
        near_s = {k: sum(spent_s[k + d] for d in (-1, 0, 1)) for k in range(_BINS)}
        often = frozenset(k for k in near_s if near_s[k] >= _OFTEN * len(tilts_deg))
        return _Usual(log_usual_s(tilts_deg), median(tilts_deg), often)

    def _new(self, here: int) -> bool:
        """Whether they were not there for long, yet."""
        near_s = sum(self._at[here + d] for d in range(-_SAME_DEG, _SAME_DEG + 1))
        self._at[here] += 1
        return near_s < _SAME_S


def log_usual_s(tilts_deg: Iterable[float]) -> list[float]:
    """The logarithm of the seconds that are usual in each bin, from tilts a second each."""
    spent_s = [0.0] * _BINS
    for tilt_deg in tilts_deg:
        spent_s[_bin(tilt_deg)] += 1.0
    return [math.log(_blurred(spent_s, k) + people_s) for k, people_s in enumerate(_PEOPLE)]


def _blurred(spent_s: Sequence[float], k: int) -> float:
    first = k - len(_BLUR) // 2
    return sum(
        share * spent_s[first + d] for d, share in enumerate(_BLUR) if 0 <= first + d < _BINS
    )


def _bin(tilt_deg: float) -> int:
    return min(max(round(tilt_deg / _BIN_DEG) + _BINS // 2, 0), _BINS - 1)


def _people() -> list[float]:
    off_deg = [_BIN_DEG * (k - _BINS // 2) for k in range(_BINS)]
    shares = [math.exp(-0.5 * (each / _PEOPLE_DEG) ** 2) + _SELDOM for each in off_deg]
    return [_PEOPLE_S * share / sum(shares) for share in shares]


_PEOPLE = _people()
