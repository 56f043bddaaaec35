"""How the clip hangs on the wearer: whether it still does as it did when they sat tall.

Feeds ``slip.SlipWatch`` with what a wearing receives, and knows which upright was taken with
this mounting.  Pure: times of the session in seconds.
"""

from __future__ import annotations

from midback.calibration import Calibration, Vector
from midback.estimator import Estimates, Quality
from midback.shared import flexion, wire
from midback.slip import REMOUNTED, SlipWarning, SlipWatch, packet_motion
from midback.slip.rezero import Known
from midback.slip.tilts import Tilt
from midback.slip.turns import Turn
from midback.words import STILL, State

_UNFIT = int(Quality.SHAKEN | Quality.INVALID)

_JOINED_S = 0.5
"""Over a shorter gap a turn is seen from the last sample before it."""


class Mounting:
    """Follows the mounting of one clip.

    Attributes:
        warning: what makes the wearer's upright doubtful; ``None`` once they sat tall anew.
        walk: tilt of the walk that ended with the last packet, ``None`` for most.
    """

    def __init__(self, calibration: Calibration | None = None) -> None:
        self.warning: SlipWarning | None = None
        self.walk: Tilt | None = None
        self._frame: flexion.ThoraxFrame | None = None
        self._watch: SlipWatch | None = None
        self._mounted: Calibration | None = None
        self._watched_in: str | None = None
        self._walking_up: Vector | None = None
        self._last: Estimates | None = None
        if calibration is not None:
            # Of an earlier wearing: how the clip hung then is not known.
            self._frame = calibration.frame()
            self._watch = SlipWatch(self._frame, calibration.span_deg)
            self.moved(calibration.context)

    @property
    def turn(self) -> Turn | None:
        """The turn of the clip that ended with the last packet."""
        return None if self._watch is None else self._watch.turn

    def known(self, walk: Tilt | None) -> Known:
        """What can be told of the next upright; *walk* is how walks were tilted on other days."""
        mounted = None if self.warning is not None else self._mounted
        return Known(mounted, self._walking_up, walk)

    def calibrated(self, calibration: Calibration) -> None:
        """The wearer sat tall with this mounting.

        In another context they stand or sit another way, and the clip hangs as it did: what is
        doubtful of it remains so, and tilts still count from the first upright.
        """
        hangs_as_before = self._mounted is not None and self.warning is None
        self._mounted = calibration
        if hangs_as_before and self._watched_in != calibration.context:
            self.moved(calibration.context)
            return
        self._frame = calibration.frame()
        self._watched_in = calibration.context
        self.warning = None
        if self._watch is None:
            self._watch = SlipWatch(self._frame, calibration.span_deg)
        else:
            self._watch.rezeroed(self._frame, calibration.span_deg)
        self.moved(calibration.context)

    def moved(self, place: str) -> None:
        """The wearer is in another place, where they may sit or stand another way."""
        if self._watch is not None:
            self._watch.moved(place)

    def stood_up(self, time_s: float) -> None:
        """The wearer seems to have stood up a moment ago."""
        if self._watch is not None:
            self._watch.stood_up(time_s)

    def sat_down(self, time_s: float) -> None:
        """The wearer sat down a moment ago."""
        if self._watch is not None:
            self._watch.sat_down(time_s)

    def update(
        self, packet: wire.StreamPacket, estimates: Estimates, state: State
    ) -> SlipWarning | None:
        """Take one packet and what it was judged to be; return what is to be said, if anything."""
        self.walk = None
        before, self._last = self._last, estimates
        watch = self._watch
        if watch is None or estimates.quality & _UNFIT:
            return None
        spacing_s = packet.period_us * 1e-6
        times_s = estimates.times_s
        joined = before is not None and times_s[0] - before.times_s[-1] < _JOINED_S
        motion = packet_motion(
            times_s[-1],
            spacing_s,
            estimates.ups,
            packet.counts,
            0 if packet.kind == wire.KIND_RAW else 4,
            wire.WIDTH[packet.kind],
            before.ups[-1] if before is not None and joined else None,
        )
        if motion is None or state in (State.DOUBTFUL, State.NO_DATA):
            return None
        found = watch.update(
            motion,
            still=state in STILL,
            walking=state is State.WALKING,
            worn=state is not State.AWAY,
        )
        self._note_walk(watch)
        if found is not None:
            self.warning = found
            if found.cause == REMOUNTED:
                self._mounted = self._walking_up = None
        return found

    def _note_walk(self, watch: SlipWatch) -> None:
        if watch.walking_up is not self._walking_up and watch.walking_up is not None:
            self._walking_up = watch.walking_up
            if self._frame is not None:
                self.walk = flexion.angles_deg(self._frame, self._walking_up)
