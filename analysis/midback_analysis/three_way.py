"""Upright, slouch or lean: how well one clip or two tell held postures apart.

Each person is calibrated on their first upright hold; nothing else is learnt from them.
Every other hold that is upright, slouch or forward goes through the whole chain, once for
each clip, and is judged by what a live host would see at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.curl import Posture, TwoClips
from midback.errors import CalibrationRefused, DataError
from midback.reprocess import Reprocessor
from midback.shared import wire
from midback_analysis.evaluate import calibration_of
from midback_analysis.recordings import (
    PERIOD_S,
    Hold,
    PlayedClip,
    packet_table,
    read_sitting,
)

TRUE_WORDS = {"upright": "upright", "slouch": "slouch", "forward": "lean"}
"""The postures that count, as the recordings call them, and the words used here."""

CALLED_WORDS = {
    Posture.UPRIGHT: "upright",
    Posture.SLUMP: "slouch",
    Posture.LEAN: "lean",
    Posture.UNKNOWN: "unknown",
}

ALONE_UPRIGHT_DEG, ALONE_DEEP_DEG = 7.0, 20.0
"""The lines of one clip alone, which has to guess; live it does not.

Fewest errors on upright lie between 6 and 8 degrees; 20 is midway between the median lean of
15.8 and the median slouch of 23.4 (45 people, estimator.md 4)."""

_BETWEEN_S = 10.0
_RESAMPLED = 2000

Array = NDArray[np.float64]
Sides = Mapping[str, Hold]
"""One hold as each site saw it."""


@dataclass(frozen=True, slots=True)
class CalledHold:
    """One hold: the posture that was asked for, what was called, tilt at each site in degrees.

    Tilts are medians over the hold, from the person's own upright, positive forward.
    """

    person: str
    trial: str
    posture: str
    called: str
    tilt_deg: tuple[float, ...]

    @property
    def right(self) -> bool:
        """Whether the posture was recognised."""
        return self.called == self.posture


@dataclass(frozen=True, slots=True)
class ThreeWayReport:
    """What was called over all people but those named in ``not_judged``, with the reason."""

    sites: tuple[str, ...]
    holds: list[CalledHold]
    not_judged: dict[str, str]

    @property
    def accuracy(self) -> float:
        """Share of the holds that were recognised."""
        return sum(hold.right for hold in self.holds) / len(self.holds)

    @property
    def people(self) -> list[str]:
        """Who was judged."""
        return sorted({hold.person for hold in self.holds})

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """Holds by true posture and by what was called."""
        words = list(TRUE_WORDS.values())
        called = words + ["unknown"] * any(hold.called == "unknown" for hold in self.holds)
        return {
            true: {
                call: sum((hold.posture, hold.called) == (true, call) for hold in self.holds)
                for call in called
            }
            for true in words
        }

    @property
    def median_deg(self) -> dict[str, dict[str, float | None]]:
        """Median tilt by posture and site, ``None`` where there was no such hold."""
        return {posture: self._medians(posture) for posture in TRUE_WORDS.values()}

    def of(self, person: str) -> list[CalledHold]:
        """The holds of one person."""
        return [hold for hold in self.holds if hold.person == person]

    def interval(self) -> tuple[float, float]:
        """Where the accuracy lies in 90 of 100 draws of as many people from these, with a seed.

        People are drawn, not holds: those of one person resemble each other.
        """
        right = np.array([sum(h.right for h in self.of(p)) for p in self.people], float)
        count = np.array([len(self.of(p)) for p in self.people], float)
        drawn = np.random.default_rng(0).integers(len(count), size=(_RESAMPLED, len(count)))
        shares = right[drawn].sum(axis=1) / count[drawn].sum(axis=1)
        low, high = np.percentile(shares, [5, 95])
        return float(low), float(high)

    def to_json(self) -> dict[str, object]:
        """Figures by name."""
        return {
            "sites": list(self.sites),
            "people": len(self.people) + len(self.not_judged),
            "people_judged": len(self.people),
            "holds": len(self.holds),
            "accuracy_three_way": self.accuracy,
            "accuracy_90_percent_of_draws": list(self.interval()),
            "confusion": self.confusion,
            "median_deg": self.median_deg,
            "person": {
                person: {
                    "holds": len(mine := self.of(person)),
                    "right": sum(h.right for h in mine),
                }
                for person in self.people
            },
            "not_judged": self.not_judged,
        }

    def _medians(self, posture: str) -> dict[str, float | None]:
        tilts = [hold.tilt_deg for hold in self.holds if hold.posture == posture]
        return {
            site: float(np.median([tilt[k] for tilt in tilts])) if tilts else None
            for k, site in enumerate(self.sites)
        }


def evaluate_three_way(path: Path, sites: Sequence[str]) -> ThreeWayReport:
    """Tell upright, slouch and lean apart by one clip or by two.

    Args:
        path: a recording of sitting postures.
        sites: where the upper clip sat and, for two, where the one at the waistband did.

    Raises:
        DataError: the file is not of that format, has no such site, or nobody in it could
            be judged.
    """
    people = _people(path, sites)
    holds: list[CalledHold] = []
    not_judged: dict[str, str] = {}
    for person, recorded in people.items():
        try:
            holds += judge_three_ways(recorded, sites)
        except CalibrationRefused as refusal:
            not_judged[person] = str(refusal)
    if not holds:
        raise DataError(f"{path}: nobody could be judged: {not_judged}")
    return ThreeWayReport(tuple(sites), holds, not_judged)


def judge_three_ways(recorded: Sequence[Sides], sites: Sequence[str]) -> list[CalledHold]:
    """Judge one person's holds, in the order of recording, as they were seen at *sites*.

    Raises:
        CalibrationRefused: there is no upright hold to calibrate by, or none that is still,
            or no other hold to judge.
    """
    first = next((k for k, h in enumerate(recorded) if h[sites[0]].posture == "upright"), None)
    if first is None:
        raise CalibrationRefused("no upright hold")
    judged = [h for k, h in enumerate(recorded) if k != first and _counts(h[sites[0]])]
    if not judged:
        raise CalibrationRefused("nothing but one upright hold")
    begins = _begins_s(judged)
    tilts = [_tilts(judged, begins, site, calibration_of(recorded[first][site])) for site in sites]
    return [
        _called(sides[sites[0]], [tilts[k][n] for k in range(len(sites))])
        for n, sides in enumerate(judged)
    ]


def _called(hold: Hold, tilts: Sequence[tuple[Array, Array]]) -> CalledHold:
    middle = tuple(float(np.nanmedian(deg)) for _, deg in tilts)
    posture = _by_one(middle[0]) if len(tilts) == 1 else _by_two(*tilts)
    return CalledHold(
        hold.person, hold.trial, TRUE_WORDS[hold.posture], CALLED_WORDS[posture], middle
    )


def _by_one(flexion_deg: float) -> Posture:
    if flexion_deg < ALONE_UPRIGHT_DEG:
        return Posture.UPRIGHT
    return Posture.SLUMP if flexion_deg > ALONE_DEEP_DEG else Posture.LEAN


def _by_two(upper: tuple[Array, Array], waist: tuple[Array, Array]) -> Posture:
    """As live, over all of the hold that both clips saw."""
    end_s = min(upper[0][-1], waist[0][-1])
    clips = TwoClips(end_s - max(upper[0][0], waist[0][0]))
    for time_s, deg in zip(*upper, strict=True):
        if time_s <= end_s:
            clips.upper(time_s, deg)
    for time_s, deg in zip(*waist, strict=True):
        if time_s <= end_s:
            clips.waist(time_s, deg)
    return clips.posture(end_s)


def _tilts(
    judged: Sequence[Sides], begins: Sequence[float], site: str, calibration: Calibration
) -> list[tuple[Array, Array]]:
    """Times and tilts of each hold at one site, through one wearing of its clip."""
    clip = PlayedClip(wire.KIND_RAW)
    packets: list[tuple[float, wire.StreamPacket]] = []
    for sides, begin_s in zip(judged, begins, strict=False):
        clip.time_s = begin_s
        packets += clip.play(sides[site].counts)
    samples = Reprocessor([(0.0, calibration)]).update(packet_table(wire.KIND_RAW, packets))
    cuts = np.searchsorted(samples.time_s, begins)
    return [
        (samples.time_s[low:high], samples.flexion_deg[low:high]) for low, high in pairwise(cuts)
    ]


def _begins_s(judged: Sequence[Sides]) -> list[float]:
    """When each hold begins, the same for all sites; and the end of the last."""
    begins = [1.0]
    for sides in judged:
        longest = max(len(hold.counts) for hold in sides.values())
        begins.append(begins[-1] + longest * PERIOD_S + _BETWEEN_S)
    return begins


def _people(path: Path, sites: Sequence[str]) -> dict[str, list[Sides]]:
    """Each person's holds that every site saw, in the order of recording."""
    seen: dict[tuple[str, str], dict[str, Hold]] = {}
    for site in sites:
        for hold in read_sitting(path, site):
            seen.setdefault((hold.person, hold.trial), {})[site] = hold
    people: dict[str, list[Sides]] = {}
    for (person, _), sides in sorted(seen.items()):
        if len(sides) == len(sites):
            people.setdefault(person, []).append(sides)
    return people


def _counts(hold: Hold) -> bool:
    return hold.posture in TRUE_WORDS
