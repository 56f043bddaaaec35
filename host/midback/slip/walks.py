"""Walks against the first walks after the upright was taken."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from midback.calibration import Vector
from midback.shared import flexion
from midback.slip.tilts import NEAR_DEG, Tilt, apart_deg, middle_tilt
from midback.slip.turns import PacketMotion

_WALK_S = 8.0
_WALK_GAP_S = 3.0
_EDGE_S = 2.0
_FAR_DEG = 7.5
"""Walking and standing upright differ by 1.5 to 2 degrees, 4 to 5 at p90 (UCI, chest); stairs
tip a simulated wearer by 7."""
_STRANGE_DEG = 18.0
"""Further off is no walk of somebody who wears it: a bag is carried (own choice)."""
_FAR_FROM_OLD_DEG = 8.0
"""Walks of another upright: uprights differ by 2 degrees (SD), and so does the mounting."""
_ANCHORS = 3

_ASKEW_DEG = 5.0
"""Nobody walks tipped to a side like this, unless they carry something."""
_SEATED_S = 120.0
_USUAL_S = 300
_AGREES = 0.5


class Walks:
    """Follows the walks of one wearer.

    One that is far off is a strange walk: a load, a phone.  The clip has moved if the next one
    is as far off, if a jump agrees with it, or, for one that is askew, if whoever walked it is
    askew afterwards as well.

    Attributes:
        last_up: mean 'up' over the last walk, in clip axes, or ``None``.
    """

    def __init__(self) -> None:
        self.last_up: Vector | None = None
        self._ups: list[tuple[float, Vector]] = []
        self._anchors: list[Tilt] = []
        self._old: Tilt | None = None
        self._kept: Tilt | None = None
        self._off: Tilt | None = None
        self._usual: deque[float] = deque(maxlen=_USUAL_S)
        self._since: list[float] | None = None
        self._last_s = -math.inf

    def rezeroed(self) -> None:
        """Tilts count from another upright: what the walks were like is known less well."""
        if self._kept is not None:
            self._old, self._kept = self._kept, None
        elif self._anchors:
            self._old = middle_tilt(self._anchors)
        self._restart()

    def remounted(self) -> None:
        """The clip was put on anew: until there is an upright, nothing known of walks holds."""
        if self._kept is None:
            self._kept = middle_tilt(self._anchors) if self._anchors else self._old
        self._old = self.last_up = None
        self._restart()

    def _restart(self) -> None:
        self._anchors.clear()
        self._ups.clear()
        self._usual.clear()
        self._off = self._since = None

    def update(
        self,
        packet: PacketMotion,
        frame: flexion.ThoraxFrame,
        tilt: Tilt,
        suspect: Tilt | None,
        *,
        still: bool,
        walking: bool,
        doubtful: bool,
    ) -> Tilt | None:
        """Take a packet; return by how much the clip has moved, once that is known.

        Args:
            packet: see ``turns.PacketMotion``.
            frame: the wearer's axes.
            tilt: by them, the tilt of this packet.
            suspect: a jump that the walks may agree with.
            still: the wearer is judged.
            walking: they walk.
            doubtful: it is known that the clip has moved: nothing is learnt from now on.
        """
        if walking:
            self._ups.append((packet.time_s, packet.up))
            return None
        if self._ups and packet.time_s - self._ups[-1][0] > _WALK_GAP_S:
            walked = self._walked()
            return None if walked is None or doubtful else self._judge(frame, walked, suspect)
        if still and packet.time_s - self._last_s >= 1.0:
            self._last_s = packet.time_s
            return self._rests(tilt[1])
        return None

    def _walked(self) -> Vector | None:
        """A walk is over: its mean 'up', if it was long enough."""
        first_s, last_s = self._ups[0][0], self._ups[-1][0]
        ups = [up for time_s, up in self._ups if first_s + _EDGE_S <= time_s <= last_s - _EDGE_S]
        self._ups.clear()
        if last_s - first_s < _WALK_S or not ups:
            return None
        self.last_up = (
            median(x for x, _, _ in ups),
            median(y for _, y, _ in ups),
            median(z for _, _, z in ups),
        )
        return self.last_up

    def _judge(self, frame: flexion.ThoraxFrame, up: Vector, suspect: Tilt | None) -> Tilt | None:
        off = self._off_by(flexion.angles_deg(frame, up))
        before, self._off = self._off, off
        self._since = None
        if off is None:
            return None
        witnesses = [each for each in (before, suspect) if each is not None]
        if any(apart_deg(off, each) <= NEAR_DEG for each in witnesses):
            return off
        if abs(off[1]) >= _ASKEW_DEG and self._usual:
            self._since = []
        return None

    def _off_by(self, tilt: Tilt) -> Tilt | None:
        """How far off this walk is, ``None`` if it is one like the others."""
        anchors = self._anchors
        if len(anchors) > 1:
            usual, most_deg = middle_tilt(anchors), _FAR_DEG
        elif self._old is not None:
            usual, most_deg = self._old, _FAR_FROM_OLD_DEG
        elif anchors and apart_deg(tilt, anchors[0]) > _FAR_DEG:
            # One of the two was strange: nobody knows which.
            anchors[0] = tilt
            return None
        else:
            usual, most_deg = tilt, _FAR_DEG
        off_deg = apart_deg(tilt, usual)
        if off_deg > _STRANGE_DEG:
            return None
        if off_deg > most_deg:
            return tilt[0] - usual[0], tilt[1] - usual[1]
        if len(anchors) < _ANCHORS:
            anchors.append(tilt)
        return None

    def _rests(self, side_deg: float) -> Tilt | None:
        """A second of rest: whoever walked askew, are they still?"""
        if self._since is None or self._off is None:
            self._usual.append(side_deg)
            return None
        self._since.append(side_deg)
        if len(self._since) < _SEATED_S:
            return None
        moved_deg = median(self._since) - median(self._usual)
        self._since = None
        agrees = abs(moved_deg) >= _AGREES * abs(self._off[1]) and moved_deg * self._off[1] > 0
        return self._off if agrees else None
