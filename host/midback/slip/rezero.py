"""Whether a new upright can be believed: a wearer who slumps while it is taken would look upright.

Pure: nothing is refused here.  The doubt is told, and kept with the event; the wearer decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from midback.calibration import Calibration, Vector
from midback.shared import flexion
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg
from midback.words import degrees

FAR_DEG = 8.0
"""Successive uprights of one mounting differ by 2 degrees (SD), 8.3 at p99 (T4, 45 people)."""

_LEAST_EARLIER = 3
_SPREADS = 4.0
"""So many median deviations off what other mountings had: 2.7 standard deviations."""


class Doubt(NamedTuple):
    """Why a new upright is questioned.

    Attributes:
        value_deg: how far it lies from the usual one, + forward or to the right, whichever is
            further.
        words: a sentence for the wearer.
    """

    value_deg: float
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known when an upright is taken.

    Attributes:
        mounted: the upright taken since the clip was put on; ``None`` before there is one, or
            if the clip has moved since.
        walking_up: 'up' over the last walk with this mounting, in clip axes.
        walk: how the wearer's walks were tilted from upright on other days.
    """

    mounted: Calibration | None = None
    walking_up: Vector | None = None
    walk: Tilt | None = None


NOTHING = Known()


def doubt(
    new: Calibration, earlier: Sequence[Calibration], known: Known = NOTHING
) -> Doubt | None:
    """Whether *new* is questioned.

    With the same mounting it is compared with that upright, unless the walks side with the new
    one; after a slip or a new mounting with the walks; without those with *earlier* ones,
    within what other mountings differ by.

    Args:
        new: the upright just taken.
        earlier: older ones; those of other contexts and clips are left out.
        known: see there.
    """
    mounted = known.mounted
    if mounted is not None and mounted.context == new.context:
        off = flexion.angles_deg(mounted.frame(), new.neutral_up)
        return None if _walks_side_with(new, mounted, known) else _told(off, FAR_DEG, FAR_DEG)
    if known.walking_up is not None and known.walk is not None:
        walk = walk_tilt(new, known.walking_up)
        return _told((known.walk[0] - walk[0], known.walk[1] - walk[1]), FAR_DEG, FAR_DEG)
    like = [each for each in earlier if _like(each, new)]
    if len(like) < _LEAST_EARLIER:
        return None
    tilts = [flexion.angles_deg(new.frame(), each.neutral_up) for each in like]
    lean, side = _middle(tilts)
    limits = [
        max(FAR_DEG, _SPREADS * median(abs(tilt[k] - (lean, side)[k]) for tilt in tilts))
        for k in range(2)
    ]
    return _told((-lean, -side), limits[0], limits[1])


def walk_tilt(calibration: Calibration, walking_up: Vector) -> Tilt:
    """How a walk was tilted from upright: to remember for other days, see ``Known.walk``."""
    return flexion.angles_deg(calibration.frame(), walking_up)


def _like(one: Calibration, other: Calibration) -> bool:
    same = one.context == other.context and one.clip_id == other.clip_id
    return same and one.id != other.id


def _walks_side_with(new: Calibration, mounted: Calibration, known: Known) -> bool:
    if known.walking_up is None or known.walk is None:
        return False
    by_new = apart_deg(walk_tilt(new, known.walking_up), known.walk)
    return by_new + NEAR_DEG < apart_deg(walk_tilt(mounted, known.walking_up), known.walk)


def _middle(tilts: Sequence[Tilt]) -> Tilt:
    return median(lean for lean, _ in tilts), median(side for _, side in tilts)


def _told(off: Tilt, most_lean: float, most_side: float) -> Doubt | None:
    lean, side = off
    if abs(lean) / most_lean >= abs(side) / most_side:
        if abs(lean) <= most_lean:
            return None
        looks = "slumped" if lean > 0 else "leaned back"
        return Doubt(lean, _WORDS.format(looks, degrees(abs(lean))))
    if abs(side) <= most_side:
        return None
    looks = "tipped to the right" if side > 0 else "tipped to the left"
    return Doubt(side, _WORDS.format(looks, degrees(abs(side))))


_WORDS = "You look {}: {} from your usual upright."
