"""Walks against the first walks after the upright was taken."""

from __future__ import annotations

import math

from midback.calibration import Vector
from midback.shared import flexion
from midback.slip.rests import SLID, SUNK, WALKS, Rests, Suspect
from midback.slip.shifts import BOTH_SIDES
from midback.slip.tilts import NEAR_DEG, Tilt, along, apart_deg, middle_tilt, minus, size_deg
from midback.slip.turns import PacketMotion
from midback.slip.walk import STOP_S, Walk

_WALK_S = 8.0
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
_DRIFT_DEG = 5.0
"""The ends of a walk: a minute apart, five seconds of it differ by 1.2 degrees to a side and 1.4
forward or back, 4.1 and 5.8 at p90, 6.9 and 9.3 at p98 (UCI, chest, 15 people)."""
_UPRIGHT_DEG = 3.0
"""Who walks is tipped so far forward at most, from sitting tall (own choice): three wearers of a
clip on the torso stood between 3 degrees forward and 15 backward of how they sat."""
_SLIP_DEG = 14.0
"""A walk further off is no clip that moved (own choice)."""
_LASTS_S = 120.0
"""A load makes people walk tipped, too; but 7.5 degrees to a side for two minutes are seen in six
of a thousand walks of these 15 people."""


class Walks:
    """Follows the walks of one wearer.

    One that is far off is a strange walk: a load, a phone.  The clip has moved if the next one
    is as far off.  So it has if another suspicion agrees with the last part of a walk, from stop
    to stop; or the *rests* tell, for whoever walks tipped by a clip that moved rests so as well.
    The ends of a walk show a clip that slides meanwhile: it has if that is far, and lasts.

    Attributes:
        last_up: mean 'up' over the last walk, in clip axes, or ``None``.
    """

    def __init__(self, rests: Rests) -> None:
        self.last_up: Vector | None = None
        self._rests = rests
        self._anchors: list[Tilt] = []
        self._known_s = -math.inf
        self._old: Tilt | None = None
        self._kept: Tilt | None = None
        self._tall = True
        self._restart()

    def known(self) -> Tilt | None:
        """What walks are like, if any was seen."""
        return self._usual()[0] if self._anchors or self._old is not None else None

    def rezeroed(self) -> None:
        """Tilts count from another upright: what the walks were like is known less well.

        Of the one before that nothing is known any more: two uprights may differ by as much as a
        slip.
        """
        self._learn()
        self._tall = True
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
        self._tall = False
        self._restart()

    def _restart(self) -> None:
        self._anchors.clear()
        self._known_s = -math.inf
        self._walk = Walk()
        self._stepped_s = -math.inf
        self._like: Tilt | None = None
        self._off: Tilt | None = None
        self._off_before: Tilt | None = None
        self._drift: tuple[float, Tilt] | None = None

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
        stopped = since_s > STOP_S
        if walking:
            if since_s > _SAME_WALK_S:
                self._begin(packet.time_s)
            self._walk.step(packet.up, packet.span_s, stopped=stopped)
            self._stepped_s = packet.time_s
        over, walk = stopped and not walking, self._walk
        drift = None if doubtful else self._drifted(packet.time_s, frame, over=over)
        if drift is not None:
            return drift
        if walk.lasts_s(walk.judged) < (_WALK_S if over else _LONG_S):
            return None
        part, whole = walk.up(walk.judged), walk.up()
        walk.judged = len(walk)
        if not walking:
            self.last_up = whole
        if doubtful:
            return None
        return self._judge(flexion.angles_deg(frame, part), flexion.angles_deg(frame, whole))

    def _begin(self, time_s: float) -> None:
        self._learn()
        if self._walk.judged:
            self._off_before, self._off = self._off, None
        self._walk, self._drift = Walk(time_s), None
        self._rests.look(time_s, BOTH_SIDES)

    def _learn(self) -> None:
        """The walk before was one like the others."""
        if self._like is not None and len(self._anchors) < _ANCHORS:
            if not self._anchors and self._old is None:
                self._known_s = self._walk.began_s
            self._anchors.append(self._like)
        self._like = None

    def _drifted(self, time_s: float, frame: flexion.ThoraxFrame, *, over: bool) -> Tilt | None:
        """Judge the end of a walk, or of so much of a long one."""
        walk = self._walk
        new_s = walk.lasts_s(walk.looked)
        if new_s == 0.0 or not (over or new_s >= _LONG_S):
            return None
        walk.looked = len(walk)
        end = walk.end(frame)
        if end is None:
            return None
        strange = self._strange(end, walk.beginning(frame))
        if strange is None:
            self._drift = None
            return None
        drift, off = strange
        self._like = None
        self._rests.suspect(Suspect(WALKS, off, walk.began_s, toward=drift))
        if size_deg(drift) < _FAR_DEG:
            return None
        if self._drift is None or not _agree(drift, self._drift[1]):
            self._drift = time_s, drift
        return drift if time_s - self._drift[0] >= _LASTS_S else None

    def _strange(self, end: Tilt, beginning: Tilt | None) -> tuple[Tilt, Tilt] | None:
        """How far the end is off its beginning or other walks, if nobody's walk is.

        Stairs and slopes tip forward: only what is off to a side or backward counts.
        """
        usual = self.known() or (end[0], 0.0)
        offs = [(minus(end, usual), _FAR_DEG)]
        if beginning is not None:
            offs.append((minus(end, beginning), _DRIFT_DEG))
        strange = [
            (part, off)
            for off, least_deg in offs
            if size_deg(part := (min(off[0], 0.0), off[1])) >= least_deg
            and size_deg(off) <= _STRANGE_DEG
        ]
        return max(strange, key=lambda each: size_deg(each[0]), default=None)

    def _judge(self, part: Tilt, whole: Tilt) -> Tilt | None:
        """Judge the last part of a walk, and the walk so far."""
        self._like = self._off = None
        if not self._anchors and self._old is None:
            return self._begin_with(part, whole)
        usual, most_deg = self._usual()
        off, part_off = minus(whole, usual), minus(part, usual)
        if size_deg(part_off) > _STRANGE_DEG:
            return None
        if size_deg(off) > most_deg:
            self._off = off
        if size_deg(part_off) <= most_deg:
            self._like = whole if self._off is None else None
            self._rests.contradict(part_off, self._walk.began_s, self._known_s)
            return None
        if self._off is not None and _agree(self._off, self._off_before):
            return self._off
        if any(self._confirms(part_off, each) for each in self._rests.suspects.values()):
            return part_off
        first = len(self._anchors) == 1 and self._old is None
        if size_deg(part_off) <= _SLIP_DEG:
            self._suspect(part_off, sure=not first)
        if first:
            # One of the two was strange: nobody knows which.
            self._anchors.clear()
            self._like = whole
        return None

    def _suspect(self, off: Tilt, *, sure: bool) -> None:
        """A walk was strange; they may have sunk that way before it."""
        sunk = self._rests.suspects.get(SUNK)
        since_s = self._walk.began_s
        if sunk is not None and _agree(off, sunk.by):
            since_s = min(sunk.since_s, since_s)
        self._rests.suspect(Suspect(WALKS, off, since_s, sure, over_s=self._stepped_s))

    def _confirms(self, off: Tilt, suspect: Suspect) -> bool:
        """Whether a walk that is off makes a suspicion certain."""
        # Stairs tip forward, and two walks one after the other.
        aside = size_deg((min(off[0], 0.0), off[1])) >= NEAR_DEG
        if suspect.cause == SUNK or not (suspect.sure or aside):
            return False
        if suspect.cause != WALKS:
            return _agree(off, suspect.by) or _exceeds(off, suspect)
        earlier = suspect.sure and suspect.since_s < self._walk.began_s
        return earlier and aside and _agree(off, suspect.by)

    def _begin_with(self, part: Tilt, whole: Tilt) -> Tilt | None:
        """Of a first walk only this is known: nobody walks tipped to a side, nor far forward."""
        self._like = whole
        tipped = (max(part[0] - _UPRIGHT_DEG, 0.0) if self._tall else 0.0), part[1]
        if not _FAR_DEG < size_deg(tipped) <= _SLIP_DEG:
            return None
        if any(self._confirms(tipped, each) for each in self._rests.suspects.values()):
            return tipped
        self._suspect(tipped, sure=tipped[0] == 0.0)
        return None

    def _usual(self) -> tuple[Tilt, float]:
        """What walks are like, and how far off one may be."""
        if self._anchors or self._old is None:
            return middle_tilt(self._anchors), _FAR_DEG
        return self._old, _FAR_FROM_OLD_DEG


def _agree(off: Tilt, other: Tilt | None) -> bool:
    return other is not None and apart_deg(off, other) <= NEAR_DEG


def _exceeds(off: Tilt, suspect: Suspect) -> bool:
    """Whether it goes the same way and further than what was seen to creep, for some is missed."""
    if suspect.cause != SLID or not suspect.sure:
        return False
    far_deg = along(off, suspect.by)
    aside_deg = math.sqrt(max(size_deg(off) ** 2 - far_deg**2, 0.0))
    return far_deg >= size_deg(suspect.by) and aside_deg <= NEAR_DEG
