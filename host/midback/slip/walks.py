"""Walks against the first walks after the upright was taken."""

from __future__ import annotations

import math
from statistics import median

from midback.calibration import Vector
from midback.shared import flexion
from midback.slip.rests import WALKS, Rests, Suspect
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg, middle_tilt, minus, size_deg
from midback.slip.turns import PacketMotion

_WALK_S = 8.0
_STEPS_GAP_S = 3.0
_SAME_WALK_S = 45.0
"""Whoever paces up and down stops for up to half a minute, and their first steps do not count."""
_LONG_S = 60.0
"""Whoever does not stop is judged as often."""
_FAR_DEG = 7.5
"""Walking and standing upright differ by 1.5 to 2 degrees, 4 to 5 at p90 (UCI, chest); stairs
tip a simulated wearer by 7."""
_STRANGE_DEG = 18.0
"""Further off is no walk of somebody who wears it: a bag is carried (own choice)."""
_FAR_FROM_OLD_DEG = 8.0
"""Walks of another upright: uprights differ by 2 degrees (SD), and so does the mounting."""
_ANCHORS = 3


class Walks:
    """Follows the walks of one wearer.

    One that is far off is a strange walk: a load, a phone.  The clip has moved if the next one
    is as far off.  So it has if another suspicion agrees with the last part of a walk, from stop
    to stop; or the *rests* tell, for whoever walks tipped by a clip that moved rests so as well.

    Attributes:
        last_up: mean 'up' over the last walk, in clip axes, or ``None``.
    """

    def __init__(self, rests: Rests) -> None:
        self.last_up: Vector | None = None
        self._rests = rests
        self._anchors: list[Tilt] = []
        self._old: Tilt | None = None
        self._kept: Tilt | None = None
        self._restart()

    def rezeroed(self) -> None:
        """Tilts count from another upright: what the walks were like is known less well.

        Of the one before that nothing is known any more: two uprights may differ by as much as a
        slip.
        """
        self._learn()
        if self._kept is not None:
            self._old, self._kept = self._kept, None
        else:
            self._old = middle_tilt(self._anchors) if self._anchors else None
        self._restart()

    def remounted(self) -> None:
        """The clip was put on anew: until there is an upright, nothing known of walks holds."""
        self._learn()
        if self._kept is None:
            self._kept = middle_tilt(self._anchors) if self._anchors else self._old
        self._old = self.last_up = None
        self._restart()

    def _restart(self) -> None:
        self._anchors.clear()
        self._ups: list[Vector] = []
        self._judged = 0
        self._began_s = self._stepped_s = -math.inf
        self._like: Tilt | None = None
        self._off: Tilt | None = None
        self._off_before: Tilt | None = None

    def update(
        self, packet: PacketMotion, frame: flexion.ThoraxFrame, *, walking: bool, doubtful: bool
    ) -> Tilt | None:
        """Take a packet; return by how much the clip has moved, once that is known.

        Args:
            packet: see ``turns.PacketMotion``.
            frame: the wearer's axes.
            walking: they walk.
            doubtful: it is known that the clip has moved: nothing is learnt from now on.
        """
        since_s = packet.time_s - self._stepped_s
        if walking:
            if since_s > _SAME_WALK_S:
                self._begin(packet.time_s)
            self._stepped_s = packet.time_s
            self._ups.append(packet.up)
        new_s = packet.span_s * (len(self._ups) - self._judged)
        if new_s < (_LONG_S if walking or since_s <= _STEPS_GAP_S else _WALK_S):
            return None
        part, whole = _middle_up(self._ups[self._judged :]), _middle_up(self._ups)
        self._judged = len(self._ups)
        if not walking:
            self.last_up = whole
        if doubtful:
            return None
        return self._judge(flexion.angles_deg(frame, part), flexion.angles_deg(frame, whole))

    def _begin(self, time_s: float) -> None:
        self._learn()
        if self._judged:
            self._off_before, self._off = self._off, None
        self._ups, self._judged, self._began_s = [], 0, time_s

    def _learn(self) -> None:
        """The walk before was one like the others."""
        if self._like is not None and len(self._anchors) < _ANCHORS:
            self._anchors.append(self._like)
        self._like = None

    def _judge(self, part: Tilt, whole: Tilt) -> Tilt | None:
        """Judge the last part of a walk, and the walk so far."""
        self._like = self._off = None
        if not self._anchors and self._old is None:
            self._begin_with(part, whole)
            return None
        usual, most_deg = self._usual()
        off, part_off = minus(whole, usual), minus(part, usual)
        if size_deg(part_off) > _STRANGE_DEG:
            return None
        if size_deg(off) > most_deg:
            self._off = off
        if size_deg(part_off) <= most_deg:
            self._like = whole if self._off is None else None
            self._rests.contradict(part_off)
            return None
        if self._off is not None and _agree(self._off, self._off_before):
            return self._off
        for each in self._rests.suspects.values():
            if each.cause != WALKS and _agree(part_off, each.by):
                return part_off
        if len(self._anchors) == 1 and self._old is None:
            # One of the two was strange: nobody knows which.
            self._anchors.clear()
            self._like = whole
            return None
        self._rests.suspect(Suspect(WALKS, part_off, self._began_s))
        return None

    def _begin_with(self, part: Tilt, whole: Tilt) -> None:
        """Of a first walk only this is known: nobody walks tipped to a side."""
        self._like = whole
        if abs(part[1]) > _FAR_DEG:
            self._rests.suspect(Suspect(WALKS, (0.0, part[1]), self._began_s))

    def _usual(self) -> tuple[Tilt, float]:
        """What walks are like, and how far off one may be."""
        if self._anchors or self._old is None:
            return middle_tilt(self._anchors), _FAR_DEG
        return self._old, _FAR_FROM_OLD_DEG


def _agree(off: Tilt, other: Tilt | None) -> bool:
    return other is not None and apart_deg(off, other) <= NEAR_DEG


def _middle_up(ups: list[Vector]) -> Vector:
    return (
        median(x for x, _, _ in ups),
        median(y for _, y, _ in ups),
        median(z for _, _, z in ups),
    )
