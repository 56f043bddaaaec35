"""Walks against the first walks after the upright was taken."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import median

from midback.calibration import Vector
from midback.shared import flexion
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg
from midback.slip.turns import PacketMotion

_WALK_S = 10.0
_WALKGAP_S = 3.0
_WALK_EDGE_S = 2.0
_WALK_DEG = 6.0
_ANCHORS = 3
_ANCHOR_SPREAD_DEG = 4.0


@dataclass(slots=True)
class Walk:
    """One walk: its mean 'up' in clip axes, its tilt."""

    up: Vector
    tilt: Tilt


@dataclass(slots=True)
class Walks:
    """Walks against the first walks since the upright was taken."""

    frame: flexion.ThoraxFrame
    _ups: list[tuple[float, Vector]] = field(default_factory=list[tuple[float, Vector]])
    _anchors: list[Tilt] = field(default_factory=list[Tilt])
    _off: Tilt | None = None

    def update(self, packet: PacketMotion, *, walking: bool) -> Walk | None:
        """Take a packet; return the walk that is over by now."""
        ups = self._ups
        over = bool(ups) and packet.time_s - ups[-1][0] > _WALKGAP_S
        walk = self._closed() if over else None
        if walking:
            ups.append((packet.time_s, packet.up))
        return walk

    def _closed(self) -> Walk | None:
        first_s, last_s = self._ups[0][0], self._ups[-1][0]
        inner = [
            up
            for time_s, up in self._ups
            if first_s + _WALK_EDGE_S <= time_s <= last_s - _WALK_EDGE_S
        ]
        self._ups.clear()
        if last_s - first_s < _WALK_S or not inner:
            return None
        up = (
            median(u[0] for u in inner),
            median(u[1] for u in inner),
            median(u[2] for u in inner),
        )
        return Walk(up, flexion.angles_deg(self.frame, up))

    def judge(self, walk: Walk | None, suspect: Tilt | None) -> Tilt | None:
        """Whether the walks tell of a slip: two in a row, or one that agrees with *suspect*."""
        if walk is None or self._anchoring(walk.tilt):
            return None
        anchor = (median(a for a, _ in self._anchors), median(b for _, b in self._anchors))
        off = (walk.tilt[0] - anchor[0], walk.tilt[1] - anchor[1])
        before, self._off = self._off, None
        if math.hypot(*off) <= _WALK_DEG:
            return None
        self._off = off
        witnesses = [each for each in (before, suspect) if each is not None]
        return off if any(apart_deg(off, each) <= NEAR_DEG for each in witnesses) else None

    def _anchoring(self, tilt: Tilt) -> bool:
        """Take it for one of the first walks, if those are not known yet."""
        anchors = self._anchors
        if len(anchors) == _ANCHORS:
            return False
        if len(anchors) == _ANCHORS - 1 and apart_deg(tilt, anchors[0]) > _WALK_DEG:
            return False
        if len(anchors) == 1 and apart_deg(tilt, anchors[0]) > _ANCHOR_SPREAD_DEG:
            anchors.clear()
        anchors.append(tilt)
        return True
