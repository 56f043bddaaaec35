"""A posture that became another one without a movement: the clip slid."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from midback.shared.tilt import TAU_S
from midback.slip.rests import SLID, SUNK, Rests, Suspect
from midback.slip.sinking import Sinking
from midback.slip.tilts import (
    Tilt,
    along,
    apart_deg,
    mean_tilt,
    middle_tilt,
    minus,
    size_deg,
    unit,
)
from midback.slip.turns import GAP_S, PacketMotion, Turn

_SIDEWAYS_DEG = 6.0
"""On 33 simulated days without a slip 4.7 degrees was the most, of 62 others one had 5.5 (a turn
to somebody on top of two shifts); uprights differ by 3.7 (p99)."""
_AGAINST_DEG = 7.0
"""The same for creeping up out of one's own slump, where 5.4 was the most."""
_SUSPECT_SHARE, _SURE_SHARE = 0.6, 0.75
"""Creeping of so much of either is no more than a suspicion, and one that is sure (own choice)."""
_LEAST_DEG = 5.5
"""A clip that slid by less does little harm, and is told by nothing else on a real day (own
choice): of 148 days that nobody had looked at, three told of 3.4 to 5.3 degrees that were none."""
_ASIDE_DEG, _SLUMPED_ASIDE_DEG, _ASIDE_TOLD = 2.5, 4.0, 2.2
"""Half of a slide of a restless wearer hides in their movements: after so much to a side, or so
much beside a slump, the rests are asked, which must tell so much by themselves (own choice; 62
days without a slip had 1.0 at most)."""
_SLIDES_S = 75.0
_SUNK_DEG = 5.0
_FIRST_TOLD = 1.7
"""Evidence of the rests that tells, once somebody sinks for the first time (own choice)."""
_NOVEL_DEG, _NOVEL_MIN = 6.0, 150
"""Whoever sinks so far for the first time in an hour is doubtful, and after so many minutes at
rest without they hardly began to slump (own choice)."""
_STRAIGHT = 0.5
"""No slump goes further to a side than half as far as it sinks: 66 slouches of 22 people went
0.46 at most, 0.33 at p97."""
_SAME_SLIDE_S = 150.0
_STAY_DEG = 3.0
_BEFORE_MIN, _AFTER_MIN = 2, 3
_BROKEN_S = 10.0
_LEAST_RESTS = 60  # packets in a minute
_STIRS = 2
_STIR_DEG = 2.0
_LEAST_REST_S = 3.0
_EDGE_PACKETS = 8
_STEP_PACKETS = 15
_STEP_DEG = 2.0
"""Within three seconds it is a movement, if a gentle one: weight that goes to the other leg.  A
slide over half a minute and sway of half a degree stay below."""
_EDGE_S = 1.5
_BRIDGE_S = 20.0
_SAME_DEG = 1.5
_SETTLES_S = 2 * TAU_S
"""A motor that runs shakes the gyroscope, too: 'up' is off by a few degrees after that, and comes
back with the filter's time constant.  So it does after packets that were lost."""


@dataclass(slots=True)
class _Minute:
    """What crept in a minute, forward and to the right; where the wearer was while at rest."""

    drift: list[float] = field(default_factory=lambda: [0.0, 0.0])
    rests: list[Tilt] = field(default_factory=list[Tilt])
    stirs: int = 0
    broken_s: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether the wearer rested for most of it."""
        return self.broken_s <= _BROKEN_S and len(self.rests) >= _LEAST_RESTS


class Drift:
    """A posture that became another one without a movement, and lasts.

    Between two movements a wearer rests; what changes during a rest creeps, and so does what
    differs a little from one rest to the next.

    Args:
        rests: told of what crept but did not stay, or nobody saw stay, or is a little less.
        sinking: whether the wearer sinks at all.
        span_deg: the wearer's own slump: creeping the other way is doubted, and creeping to a
            side unless they slump meanwhile, for few slump straight.  ``None`` where it is not
            known: only creeping to a side is.
        tall: the wearer has just sat tall.
    """

    def __init__(
        self, rests: Rests, sinking: Sinking, span_deg: float | None, *, tall: bool = False
    ) -> None:
        self._rests = rests
        self._sinking = sinking
        self._span_deg = span_deg
        self._minutes: deque[_Minute] = deque(maxlen=_BEFORE_MIN + _AFTER_MIN)
        if tall:
            upright = _Minute(rests=[(0.0, 0.0)] * _LEAST_RESTS)
            self._minutes.extend([upright] * _BEFORE_MIN)
        self._minute = _Minute()
        self._looked_s = self._looked_aside_s = -math.inf
        self._minute_from_s = self._last_s = self._settled_s = -math.inf
        self._recent: deque[Tilt] = deque(maxlen=_STEP_PACKETS)
        self._rest_s = 0.0
        self._began: tuple[float, Tilt] = (0.0, (0.0, 0.0))
        self._ended: tuple[float, Tilt] | None = None

    def update(
        self, packet: PacketMotion, tilt: Tilt, turn: Turn | None, *, quiet: bool, still: bool
    ) -> Tilt | None:
        """Take a packet; *quiet* as ``Turns`` finds it."""
        if self._last_s == -math.inf:
            self._minute_from_s = self._last_s = packet.time_s - packet.span_s
        silent_s = packet.time_s - self._last_s - packet.span_s
        self._last_s = packet.time_s
        if silent_s > GAP_S:
            self._minute.broken_s += silent_s
            self._settled_s = packet.time_s + _SETTLES_S
            self._end_rest()
            self._ended = None
        found = None
        if packet.time_s - self._minute_from_s >= 60.0:
            found = self._next_minute(packet.time_s)
        minute = self._minute
        if not still:
            minute.broken_s += packet.span_s
        if turn is not None and turn.size_deg >= _STIR_DEG:
            minute.stirs += 1
        if not (quiet and still) or packet.time_s < self._settled_s:
            self._end_rest()
            return found
        minute.rests.append(tilt)
        self._rest(packet, tilt)
        return found

    def _rest(self, packet: PacketMotion, tilt: Tilt) -> None:
        self._recent.append(tilt)
        if len(self._recent) == _STEP_PACKETS and apart_deg(self._here, self._now) > _STEP_DEG:
            self._end_rest()
            return
        before_s, self._rest_s = self._rest_s, self._rest_s + packet.span_s
        if before_s == 0.0:
            self._began = (packet.time_s, tilt)
        if before_s < _EDGE_S <= self._rest_s:
            self._began = (self._began[0], self._here)
        if before_s < _LEAST_REST_S <= self._rest_s and self._ended is not None:
            # A reach that came back, or a real change of posture?
            began_s, began = self._began
            ended_s, ended = self._ended
            if began_s - ended_s < _BRIDGE_S and apart_deg(began, ended) < _SAME_DEG:
                self._crept(ended, began)

    @property
    def _here(self) -> Tilt:
        """Where the wearer was a moment ago, before a movement that may just begin."""
        return mean_tilt(list(self._recent)[:_EDGE_PACKETS])

    @property
    def _now(self) -> Tilt:
        return mean_tilt(list(self._recent)[-_EDGE_PACKETS // 2 :])

    def _end_rest(self) -> None:
        if self._rest_s >= _LEAST_REST_S:
            here = self._here
            self._crept(self._began[1], here)
            self._ended = (self._last_s, here)
        self._recent.clear()
        self._rest_s = 0.0

    def _crept(self, start: Tilt, end: Tilt) -> None:
        for k in range(2):
            self._minute.drift[k] += end[k] - start[k]

    def _next_minute(self, time_s: float) -> Tilt | None:
        if self._rest_s >= _LEAST_REST_S:
            here = self._here
            self._crept(self._began[1], here)
            self._began = (self._began[0], here)
        self._minutes.append(self._minute)
        self._minute, self._minute_from_s = _Minute(), time_s
        return self._slid()

    def _slid(self) -> Tilt | None:
        minutes = list(self._minutes)
        if len(minutes) < _BEFORE_MIN + _AFTER_MIN:
            return None
        # A slide takes about a minute: it lies in two.
        creeping = minutes[_BEFORE_MIN - 1 : _BEFORE_MIN + 1]
        drift = (sum(m.drift[0] for m in creeping), sum(m.drift[1] for m in creeping))
        strange = self._strange(drift)
        share = size_deg(strange)
        whole = all(minute.whole for minute in creeping)
        if share >= 1.0 and self._stays(drift, strange, minutes):
            return drift
        if share >= _SURE_SHARE or (whole and share >= _SUSPECT_SHARE):
            self._suspect(SLID, drift, self._unslumped(drift), sure=share >= _SURE_SHARE)
        self._look_aside(drift[1], _ASIDE_DEG if strange[1] else _SLUMPED_ASIDE_DEG)
        if whole:
            self._sinks(drift, usual=share < _SUSPECT_SHARE)
        return None

    def _look_aside(self, side_deg: float, least_deg: float) -> None:
        if abs(side_deg) >= least_deg and self._began_s > self._looked_aside_s:
            self._looked_aside_s = self._began_s + _SAME_SLIDE_S
            way = 0.0, math.copysign(1.0, side_deg)
            self._rests.look(self._began_s + _SLIDES_S, (way,), _ASIDE_TOLD)

    def _sinks(self, drift: Tilt, *, usual: bool) -> None:
        """Doubt who sinks and has not for long; *usual* is what no other doubt meets."""
        sunk_deg = self._sunk_deg(drift)
        self._sinking.minute(self._minute_from_s, sunk_deg)
        if sunk_deg >= _SUNK_DEG:
            self._suspect(SUNK, drift, drift, sure=False)
        if usual and self._sinking.anew() and size_deg(drift) >= _NOVEL_DEG:
            self._suspect(SLID, drift, drift, sure=self._sinking.anew(_NOVEL_MIN))
        elif self._sinking.first(self._minute_from_s) and self._began_s > self._looked_s:
            self._looked_s = self._began_s + _SAME_SLIDE_S
            self._rests.look(self._began_s, (unit(drift),), _FIRST_TOLD)

    @property
    def _began_s(self) -> float:
        """Until when nothing crept of what crept in these minutes."""
        return self._minute_from_s - 60.0 * _AFTER_MIN

    def _sunk_deg(self, drift: Tilt) -> float:
        """How far it goes the way of the wearer's own slump."""
        return math.copysign(1.0, self._span_deg or drift[0]) * drift[0]

    def _strange(self, drift: Tilt) -> Tilt:
        """How much was crept as nobody does, as shares of what is told."""
        sunk_deg = self._sunk_deg(drift)
        straight = abs(drift[1]) < _STRAIGHT * sunk_deg
        against = drift[0] / _AGAINST_DEG if self._span_deg and sunk_deg < 0.0 else 0.0
        return against, 0.0 if straight else drift[1] / _SIDEWAYS_DEG

    def _stays(self, drift: Tilt, strange: Tilt, minutes: Sequence[_Minute]) -> bool:
        """Whether the wearer is still tipped toward where it crept, or where nobody creeps."""
        if not all(minute.whole for minute in minutes):
            return False
        if sum(minute.stirs for minute in minutes[-_AFTER_MIN:]) < _STIRS:
            return False
        here, there = _middle(minutes[:_BEFORE_MIN]), _middle(minutes[-_AFTER_MIN:])
        shift = minus(there, here)
        most_deg = max(along(shift, self._unslumped(drift)), along(shift, strange))
        return most_deg >= _STAY_DEG

    def _unslumped(self, drift: Tilt) -> Tilt:
        """What of it the wearer's own slump does not explain."""
        sinks = self._span_deg is not None and self._span_deg * drift[0] > 0.0
        return (0.0, drift[1]) if sinks else drift

    def _suspect(self, cause: str, drift: Tilt, toward: Tilt, *, sure: bool) -> None:
        """Of those that may be the same one, the largest."""
        if size_deg(drift) < _LEAST_DEG:
            return
        before = self._rests.suspects.get(cause)
        same = before is not None and self._began_s - before.since_s < _SAME_SLIDE_S
        if before is None or not same or size_deg(drift) > size_deg(before.by):
            over_s = self._began_s + 2 * 60.0
            self._rests.suspect(Suspect(cause, drift, self._began_s, sure, toward, over_s))


def _middle(minutes: Sequence[_Minute]) -> Tilt:
    return middle_tilt([tilt for minute in minutes for tilt in minute.rests])
