"""All witnesses of a clip that moves on the wearer, and what is said of it."""

from __future__ import annotations

from typing import NamedTuple

from midback.calibration import Vector, stands_at
from midback.shared import flexion
from midback.slip.creeping import Creeping
from midback.slip.jumps import Jumps
from midback.slip.rests import JUMPED, RESTS, SITS_UP, SLID, STANDS, WALKS, Rests
from midback.slip.sinking import Sinking
from midback.slip.slides import Slides
from midback.slip.standing import Standing
from midback.slip.tilts import Tilt, size_deg
from midback.slip.turns import PacketMotion, Turn, Turns
from midback.slip.uprights import Uprights
from midback.slip.walks import Walks
from midback.words import degrees

REMOUNTED = "remounted"
"""Cause of a warning: put on anew.  The others are those of a suspicion."""

_WORN_AGAIN_S = 20.0


class SlipWarning(NamedTuple):
    """Something that makes the wearer's upright doubtful.

    Attributes:
        time_s: when it became certain.
        cause: ``REMOUNTED``, or that of a suspicion: see ``rests``.
        angle_deg: by how much the clip seems to have turned; 0 when it was put on anew.
        words: a sentence for the wearer, and what to do.
    """

    time_s: float
    cause: str
    angle_deg: float
    words: str


class SlipWatch:
    """Follows one wearing, packet by packet.

    After a warning it says nothing more until ``rezeroed``, but for a clip that was put on anew.

    Args:
        frame: the wearer's axes, from the upright of this mounting.  Another context's upright
            (standing, sofa) is no new mounting: it need not be told.
        span_deg: the wearer's own slump, negative if backward, ``None`` if not known.

    Attributes:
        slipped: what made the upright doubtful since it was taken, ``None`` if nothing did.
        turn: the turn that ended with the last packet, or ``None``.
    """

    def __init__(self, frame: flexion.ThoraxFrame, span_deg: float | None = None) -> None:
        self.turn: Turn | None = None
        self._rests = Rests()
        self._walks = Walks(self._rests)
        self._sinking = Sinking()
        self._standing = Standing(self._rests, self._walks.known)
        self._as_worn = True
        self.rezeroed(frame, span_deg)

    @property
    def walking_up(self) -> Vector | None:
        """Mean 'up' over the last walk with this mounting, in clip axes."""
        return self._walks.last_up

    def rezeroed(self, frame: flexion.ThoraxFrame, span_deg: float | None = None) -> None:
        """The wearer sat tall anew: whatever was doubtful is settled."""
        self._frame = frame
        self._span_deg = span_deg
        self._walks.rezeroed()
        self._restart(tall=True)

    def moved(self, place: str) -> None:
        """The wearer is in another place, with the clip as it was."""
        self._rests.moved(place)
        self._standing.moved(stands=stands_at(place))

    def stood_up(self, time_s: float) -> None:
        """The wearer seems to have stood up a moment ago."""
        self._standing.stood_up(time_s)

    def sat_down(self, time_s: float) -> None:
        """The wearer sat down a moment ago."""
        self._uprights.sat_down(time_s)
        self._standing.sat_down()

    def _restart(self, *, tall: bool) -> None:
        self._rests.clear(as_worn=self._as_worn)
        self.slipped: SlipWarning | None = None
        self._turns = Turns(self._frame)
        self._jumps = Jumps(self._rests)
        self._creeping = Creeping(tall=tall)
        self._slides = Slides(self._rests, self._sinking, self._span_deg)
        self._uprights = Uprights(self._rests, self._span_deg)
        self._as_worn = tall
        self._away = False
        self._worn_s = 0.0

    def update(
        self, packet: PacketMotion, *, still: bool, walking: bool = False, worn: bool = True
    ) -> SlipWarning | None:
        """Take one packet; return what is to be said, at most once per cause.

        Packets while the motor shakes are left out: they only look like a short gap.

        Args:
            packet: see ``packet_motion``.
            still: the wearer is judged: not moving, not away.
            walking: the wearer walks.
            worn: the clip finds that somebody wears it.
        """
        self.turn = None
        if not worn:
            self._away = True
            self._worn_s = 0.0
            return None
        if self._away:
            return self._put_on(packet, still=still)
        time_s = packet.time_s
        tilt = flexion.angles_deg(self._frame, packet.up)
        turn = self.turn = self._turns.update(packet, tilt)
        crept = self._creeping.update(packet, tilt, turn, quiet=self._turns.quiet, still=still)
        jumped = self._jumps.update(packet, tilt, turn, still=still)
        slid = None if crept is None else self._slides.update(crept)
        walks = self._walks.update(
            packet, self._frame, walking=walking, doubtful=self.slipped is not None
        )
        stands = self._standing.update(time_s, tilt, still=still, walking=walking)
        sits_up = self._uprights.update(time_s, packet.span_s, tilt, turn, still=still)
        suspect = self._rests.update(time_s, tilt) if still else None
        if not (jumped or slid or walks or stands or sits_up or suspect) or self.slipped:
            return None
        found = {JUMPED: jumped, SLID: slid, WALKS: walks, STANDS: stands, SITS_UP: sits_up}
        if suspect is not None:
            found[suspect.cause] = suspect.by
        cause, by = next((cause, by) for cause, by in found.items() if by is not None)
        self.slipped = _slipped(time_s, cause, by)
        self._as_worn = False
        return self.slipped

    def _put_on(self, packet: PacketMotion, *, still: bool) -> SlipWarning | None:
        self._worn_s += packet.span_s if still else 0.0
        if self._worn_s < _WORN_AGAIN_S:
            return None
        self._walks.remounted()
        self._restart(tall=False)
        return SlipWarning(packet.time_s, REMOUNTED, 0.0, _PUT_ON)


_PUT_ON = "You have put the clip on anew: sit tall and calibrate."


_TODO = "Put it straight, sit tall and calibrate."

_WORDS = {
    JUMPED: "The clip seems to have slipped: it turned by {} and your back did not. " + _TODO,
    SLID: "The clip seems to have slid by {} while you sat still. " + _TODO,
    RESTS: "The clip seems to have moved: lately you rest as if tipped by {}. " + _TODO,
    SITS_UP: "The clip seems to have moved: you sit up as if tipped by {}. " + _TODO,
    STANDS: "The clip seems to have moved: you stand as if tipped by {}. " + _TODO,
    WALKS: "The clip seems to have moved: you walk as if tipped by {}. " + _TODO,
}


def _slipped(time_s: float, cause: str, by: Tilt) -> SlipWarning:
    angle_deg = size_deg(by)
    return SlipWarning(time_s, cause, angle_deg, _WORDS[cause].format(degrees(angle_deg)))
