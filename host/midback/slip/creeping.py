"""What creeps: a posture that becomes another one without a movement."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from midback.shared.tilt import TAU_S
from midback.slip.tilts import Tilt, apart_deg, mean_tilt, middle_tilt
from midback.slip.turns import GAP_S, PacketMotion, Turn

_BEFORE_MIN, _AFTER_MIN = 2, 3
_BROKEN_S = 10.0
_LEAST_RESTS = 60  # packets in a minute
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


class Crept(NamedTuple):
    """What crept within two minutes of five.

    Attributes:
        by: how far.
        began_s: the last time that nothing of it had.
        now_s: when the five minutes were over.
        whole: whether the wearer rested for most of these two minutes.
        stays: whether they did for most of the five.
        there: where they were in the middle of the minutes before, and of those after.
        stirs: how often they moved in the minutes after.
    """

    by: Tilt
    began_s: float
    now_s: float
    whole: bool
    stays: bool
    there: tuple[Tilt, Tilt]
    stirs: int


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


class Creeping:
    """Measures what creeps, minute by minute.

    Between two movements a wearer rests; what changes during a rest creeps, and so does what
    differs a little from one rest to the next.

    Args:
        tall: the wearer has just sat tall.
    """

    def __init__(self, *, tall: bool = False) -> None:
        self._minutes: deque[_Minute] = deque(maxlen=_BEFORE_MIN + _AFTER_MIN)
        if tall:
            upright = _Minute(rests=[(0.0, 0.0)] * _LEAST_RESTS)
            self._minutes.extend([upright] * _BEFORE_MIN)
        self._minute = _Minute()
        self._minute_from_s = self._last_s = self._settled_s = -math.inf
        self._recent: deque[Tilt] = deque(maxlen=_STEP_PACKETS)
        self._rest_s = 0.0
        self._began: tuple[float, Tilt] = (0.0, (0.0, 0.0))
        self._ended: tuple[float, Tilt] | None = None

    def update(
        self, packet: PacketMotion, tilt: Tilt, turn: Turn | None, *, quiet: bool, still: bool
    ) -> Crept | None:
        """Take a packet; *quiet* as ``Turns`` finds it.  Return what crept, once a minute."""
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
        if len(self._recent) == _STEP_PACKETS and self._steps():
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

    def _steps(self) -> bool:
        """Whether they went elsewhere within these seconds."""
        recent = list(self._recent)
        here, now = mean_tilt(recent[:_EDGE_PACKETS]), mean_tilt(recent[-_EDGE_PACKETS // 2 :])
        return apart_deg(here, now) > _STEP_DEG

    @property
    def _here(self) -> Tilt:
        """Where the wearer was a moment ago, before a movement that may just begin."""
        return mean_tilt(list(self._recent)[:_EDGE_PACKETS])

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

    def _next_minute(self, time_s: float) -> Crept | None:
        if self._rest_s >= _LEAST_REST_S:
            here = self._here
            self._crept(self._began[1], here)
            self._began = (self._began[0], here)
        self._minutes.append(self._minute)
        self._minute, self._minute_from_s = _Minute(), time_s
        return self._sum()

    def _sum(self) -> Crept | None:
        minutes = list(self._minutes)
        if len(minutes) < _BEFORE_MIN + _AFTER_MIN:
            return None
        # A slide takes about a minute: it lies in two.
        creeping = minutes[_BEFORE_MIN - 1 : _BEFORE_MIN + 1]
        before, after = minutes[:_BEFORE_MIN], minutes[-_AFTER_MIN:]
        stays = all(minute.whole for minute in minutes)
        return Crept(
            by=(sum(m.drift[0] for m in creeping), sum(m.drift[1] for m in creeping)),
            began_s=self._minute_from_s - 60.0 * _AFTER_MIN,
            now_s=self._minute_from_s,
            whole=all(minute.whole for minute in creeping),
            stays=stays,
            there=(_middle(before), _middle(after)) if stays else ((0.0, 0.0), (0.0, 0.0)),
            stirs=sum(minute.stirs for minute in after),
        )


def _middle(minutes: Sequence[_Minute]) -> Tilt:
    return middle_tilt([tilt for minute in minutes for tilt in minute.rests])
