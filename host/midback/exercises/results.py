"""What the repetitions of one check come to: medians, spreads, sides, and what is known of others.

A result is the median of the repetitions that count, its spread the greatest less the least of
them.  Nothing here is a diagnosis: numbers, what was published about them, and the limits of that.
Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, stdev
from typing import cast

import numpy as np
from numpy.typing import NDArray

# scipy has no types
from scipy.signal import butter, sosfiltfilt  # pyright: ignore[reportUnknownVariableType]
from scipy.stats import theilslopes  # pyright: ignore[reportUnknownVariableType]

from midback.exercises.items import LEFT, RIGHT
from midback.exercises.measured import Held, Repetition

DETECTABLE_DEG = 8.5
"""Less of a change between two days is no more than chance, in 95 of 100 cases: 1.96 times root 2
times the standard error of measurement.  That is 3.1 degrees for seated turning: 2.3 of whoever
measures (Johnson et al. 2012, PubMed 22488230) and 2.0 of the clip.  Nothing is published for the
other movements with a clip, so it stands for them as well."""

OWN_DAYS = 3
"""From so many days on the wearer's own scatter takes its place."""

_OWN = 2.77  # 1.96 times root 2

LEAST_DETECTABLE_DEG = 5.5
"""No scatter makes less of a change detectable: three days lie close together by chance, and the
clip alone is 2.0 degrees off when somebody turns.  With three days before and a standard error of
3.1 degrees, what is told falsely falls by this from 15 in 100 to 7 (simulated)."""

APART_DEG, APART_PERCENT = 10.0, 20.0
"""Two sides differ where both are exceeded (own choice)."""

AWAY_DEG, AWAY_S = 5.0, 3.0
"""So far and so long from where a hold began is away from it."""

_SWAY_HZ = (0.1, 1.0)
_EVEN_HZ = 10.0

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Published:
    """What others measured, in degrees, the way the movement goes.

    Attributes:
        low_deg, high_deg: most of them lie between; ``high_deg`` may be infinite.
        words: who they were and how it was measured.
    """

    low_deg: float
    high_deg: float
    words: str


PUBLISHED: dict[str, Published] = {
    "arm_raise": Published(
        4.0,
        17.0,
        "10.5° (SD 4.4) in 21 men, by photograph, from the thoracic spine alone (Edmondston et "
        "al. 2012). A clip on the shirt moves with the shirt and the shoulder blades as well.",
    ),
    "chair_extension": Published(
        5.0,
        16.0,
        "8.7° (SD 3.7) in 40 young adults, standing, from the thoracic spine alone (Edmondston et "
        "al. 2011, JOSPT 41:266). The low back may join in, which one clip cannot see.",
    ),
    "rotation": Published(
        40.0,
        math.inf,
        "41° and 45° in healthy adults of 24 to 31 years, seated, by inclinometer and compass "
        "(Johnson et al. 2012 and others). It gets less with age, and no figures by age are used.",
    ),
}
"""1.5 standard deviations to either side, rounded, where there is one.  Side-bending has none: the
figures disagree, and inertial sensors measure it poorly (Bailes et al. 2024, Sensors 24:6580)."""


@dataclass(frozen=True, slots=True)
class Range:
    """How far one way.

    Attributes:
        item, way: which.
        median_deg: of the repetitions, positive the way that was asked for; of a slump with its
            own sign.
        spread_deg: the greatest less the least.
        angles_deg: each repetition.
    """

    item: str
    way: str
    median_deg: float
    spread_deg: float
    angles_deg: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Endurance:
    """How a tall hold went.

    Attributes:
        slope_deg_per_min: Theil-Sen slope of flexion, positive where they sank forward.
        slope_95_deg_per_min: its 95 % interval.
        sway_deg: standard deviation of flexion between 0.1 and 1 Hz.
        away_after_s: when they first were ``AWAY_DEG`` away for ``AWAY_S``; ``None``: never.
        seconds: how long it was held.
    """

    slope_deg_per_min: float
    slope_95_deg_per_min: tuple[float, float]
    sway_deg: float
    away_after_s: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Finding:
    """How well the upright was found again, in degrees: the errors as Schmidt and Lee define them.

    Attributes:
        absolute_deg: mean size of the errors.
        constant_deg: their mean, positive where they ended forward.
        variable_deg: their standard deviation.
        errors_deg: each of them.
    """

    absolute_deg: float
    constant_deg: float
    variable_deg: float
    errors_deg: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Of one check; what was left out is missing.

    Attributes:
        ranges: by test and way.
        endurance: of the tall hold.
        finding: of the upright.
    """

    ranges: dict[tuple[str, str], Range]
    endurance: Endurance | None
    finding: Finding | None

    def degrees(self, item: str, way: str = "") -> float | None:
        """How far they went, or ``None``."""
        found = self.ranges.get((item, way))
        return None if found is None else found.median_deg

    def sides(self, item: str) -> tuple[float, float] | None:
        """How far to the left and to the right, or ``None``."""
        left, right = self.degrees(item, LEFT), self.degrees(item, RIGHT)
        return None if left is None or right is None else (left, right)


FINDING = "find_upright"
SPAN = "tall_slump"


def results_of(done: Sequence[Repetition | Held]) -> Results:
    """What a guide counted, summed up."""
    groups: dict[tuple[str, str], list[Repetition]] = {}
    endurance = None
    for each in done:
        if isinstance(each, Held):
            endurance = _endurance(each)
        else:
            groups.setdefault((each.item, each.way), []).append(each)
    found = groups.pop((FINDING, ""), None)
    return Results(
        {key: _range(*key, those) for key, those in groups.items()},
        endurance,
        None if found is None else _finding(found),
    )


def differ(sides: tuple[float, float]) -> bool:
    """Whether a left and a right range differ by more than both lines for that."""
    left, right = sides
    apart, mean = abs(left - right), (left + right) / 2
    return apart >= APART_DEG and 100 * apart >= APART_PERCENT * mean


def detectable_deg(days: Sequence[float]) -> float:
    """How much two days must differ before it is called a change.

    The wearer's own scatter comes from how each day differs from the one before: their plain
    standard deviation takes steady progress for scatter, so that who gains 2 degrees from check
    to check is never told (simulated: of 10 such checks 1 in 2 that way, all of them this way).

    Args:
        days: the median of each earlier day, in degrees, the oldest first.

    >>> detectable_deg([40.0, 44.0]), round(detectable_deg([40.0, 48.0, 44.0]), 1)
    (8.5, 12.4)
    """
    if len(days) < OWN_DAYS:
        return DETECTABLE_DEG
    steps = [after - before for before, after in pairwise(days)]
    return max(LEAST_DETECTABLE_DEG, _OWN * math.sqrt(fmean(step**2 for step in steps) / 2))


def _range(item: str, way: str, those: Sequence[Repetition]) -> Range:
    angles = [each.angle_deg for each in those]
    if item != SPAN and median(angles) < 0.0:
        angles = [-angle for angle in angles]
    return Range(item, way, median(angles), max(angles) - min(angles), tuple(angles))


def _finding(those: Sequence[Repetition]) -> Finding:
    # All against where they sat at first, not against where the trial before ended.
    errors = [each.from_deg + each.residual_deg - those[0].from_deg for each in those]
    return Finding(
        fmean(abs(error) for error in errors), fmean(errors), stdev(errors), tuple(errors)
    )


def _endurance(held: Held) -> Endurance:
    time_s, flexion_deg = np.array(held.flexion_deg).T
    # A second each: enough for a slope over a minute, and quick.
    ends = np.arange(1.0, time_s[-1] + 1.0)
    seconds = [flexion_deg[(time_s > end - 1.0) & (time_s <= end)] for end in ends]
    means = np.array([part.mean() for part in seconds if len(part)])
    slope, _, low, high = cast(
        "tuple[float, ...]", theilslopes(means, np.arange(len(means)) / 60.0)
    )
    return Endurance(
        float(slope),
        (float(low), float(high)),
        _sway_deg(time_s, flexion_deg),
        _away_after_s(held),
        held.end_s - held.begin_s,
    )


def _away_after_s(held: Held) -> float | None:
    since_s: float | None = None
    for time_s, angle_deg in held.flexion_deg:
        if abs(angle_deg) <= AWAY_DEG:
            since_s = None
        elif since_s is None:
            since_s = time_s
        elif time_s - since_s >= AWAY_S:
            return since_s
    return None


def _sway_deg(time_s: Array, flexion_deg: Array) -> float:
    even_s = np.arange(time_s[0], time_s[-1], 1 / _EVEN_HZ)
    band = cast("Array", butter(2, _SWAY_HZ, "bandpass", fs=_EVEN_HZ, output="sos"))
    even = np.interp(even_s, time_s, flexion_deg)
    return float(np.std(sosfiltfilt(band, even)))
