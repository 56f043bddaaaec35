"""Turns of the clip, each from rest to rest, and the lever at which it was turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback.calibration import Vector
from midback.shared import flexion, wire
from midback.slip.jolts import Jolt, find_jolt
from midback.slip.levers import detour, lever, net_lever_m
from midback.slip.tilts import Tilt, along, apart_deg, mean_tilt, minus, plus, size_deg

Array = NDArray[np.float64]

GAP_S = 0.5
"""A longer silence is a gap: nobody knows what happened in it."""

_QUIET_DPS = 4.0
"""Slower is sway and breathing: 95 of 100 packets of a simulated sitter stay below 2."""
_QUIET_PACKETS = 2
_MOST_TIPPED_DEG = 70.0
_LONGEST_TURN_S = 6.0
_DETOUR = 1.6
"""There and back is no jump; a knock shakes the way by a tenth."""
_LEAST_DEG, _MOST_DEG = 5.0, 40.0
"""Less is sway; more is a hand that takes the clip off."""
_LEVER_M = 0.15
_HINGE_LEVER_M = 0.3
_CURL_SWING_M, _SURELY = 0.2, 2.5
"""A slump has the shortest lever of a trunk, 0.2 m, below the clip; a hinge of the hips 0.45."""

# A turn's size over its greatest rate: about half of the time it takes.
_SWIFT_S = 0.4
"""Slower turns need no lever: the pelvis slides forward under a resting back, or a leg is
crossed."""
_MEASURABLE_S = 1.1
"""Beyond two seconds the acceleration is too weak: a lever is told from another with 93-98 % at
1.5 s, with 71-76 % at 3 s (simulated, reference/posture.md 3.5)."""

_JOLT_LEFT, _JOLT_REST = 0.25, 1.2
"""So much of a jolt is left when the turn is over, or it was a twitch, there and back; and what
the turn did besides is no more than so much of it, or it may be just the fastest part of that:
a person who moved thirty degrees held thirteen such."""
_JOLT_HIDDEN = 1.5
"""A movement so much larger may have undone it."""


class PacketMotion(NamedTuple):
    """What one packet tells about the clip's motion, in clip axes.

    Attributes:
        time_s: when its last sample was.
        span_s: how long its samples last.
        up: mean unit 'up' vector.
        rate_dps: the fastest that 'up' turned from one sample to the next.
        ups: 'up' at each sample.
        counts: the packet's numbers, *width* a sample, acceleration from number *first* on.
        first, width: see *counts*.
    """

    time_s: float
    span_s: float
    up: Vector
    rate_dps: float
    ups: Sequence[Vector]
    counts: Sequence[int]
    first: int
    width: int


def packet_motion(
    time_s: float,
    spacing_s: float,
    ups: Sequence[Vector],
    counts: Sequence[int],
    first: int,
    width: int,
    before: Vector | None = None,
) -> PacketMotion | None:
    """Condense the samples of one packet.

    Args:
        time_s: when its last sample was.
        spacing_s: seconds between samples.
        ups: unit 'up' vectors in clip axes, oldest first; NaN where the sensor failed.
        counts: the packet's numbers as they came, see ``motion.acceleration_sums``.
        first: where in a sample the acceleration begins.
        width: numbers a sample.
        before: 'up' at the last sample of the packet before, if that was not lost.

    Returns:
        ``None`` when there are no samples, or one has failed.
    """
    if not ups:
        return None
    x0, y0, z0 = ups[0] if before is None else before
    x_sum = y_sum = z_sum = farthest = 0.0
    for x, y, z in ups:
        x_sum, y_sum, z_sum = x_sum + x, y_sum + y, z_sum + z
        dx, dy, dz = x - x0, y - y0, z - z0
        chord = dx * dx + dy * dy + dz * dz
        if chord > farthest:
            farthest = chord
        x0, y0, z0 = x, y, z
    if x_sum != x_sum:
        return None
    count = len(ups)
    # Two samples are never far apart: the chord is as good as the arc.
    rate_dps = math.degrees(math.sqrt(farthest)) / spacing_s
    up = (x_sum / count, y_sum / count, z_sum / count)
    return PacketMotion(time_s, count * spacing_s, up, rate_dps, ups, counts, first, width)


class Turn(NamedTuple):
    """From rest to rest: what 'up' turned by, how suddenly, about how far away an axis.

    ``lever_m`` is uncertain by ``doubt_m`` (one standard error).  ``swing_m`` is what of it lies
    below the clip along the trunk, negative above: 0.45 m for a swing at the hips.  ``net_m`` is
    the same from where the clip came to rest alone: less certain, but it does not mind what was
    done on the way.  ``detour`` is the way that 'up' took over the shortest one.  ``jolt`` is what
    the clip turned by against the trunk while it turned the fastest, if it did.
    """

    before: Tilt
    change: Tilt
    size_deg: float
    rise_s: float
    lever_m: float
    doubt_m: float
    swing_m: float
    net_m: float
    detour: float
    jolt: Jolt | None = None

    @property
    def after(self) -> Tilt:
        """Where it ended."""
        return plus(self.before, self.change)

    @property
    def on_the_spot(self) -> bool:
        """Whether the clip turned without being carried along."""
        if self.detour > _DETOUR or self.rise_s > _MEASURABLE_S:
            return False
        if self.swing_m + 2 * self.doubt_m <= 0.0 and self.lever_m <= _HINGE_LEVER_M:
            return True  # no trunk swings about an axis above it: that is a knock
        if self.lever_m <= _LEVER_M and self.lever_m + 2 * self.doubt_m <= _HINGE_LEVER_M:
            return True
        return self._swift and self._below_no_trunk

    @property
    def _swift(self) -> bool:
        return self.rise_s <= _SWIFT_S

    @property
    def _below_no_trunk(self) -> bool:
        """Whether it agrees with no lever at all, and with none that a trunk has."""
        swings_m = self.swing_m + _SURELY * self.doubt_m
        return self.lever_m - 2 * self.doubt_m <= _LEVER_M and swings_m <= _CURL_SWING_M

    @property
    def slipped(self) -> Tilt | None:
        """What of it the clip turned against the trunk: all, a part, or nothing."""
        jolt = self.jolt
        if jolt is not None and jolt.sure and self._lasts(jolt.by):
            return jolt.by
        return self.change if self._loose else None

    @property
    def doubtful(self) -> Tilt | None:
        """What of it may have been the clip's, though that is not sure."""
        if self.jolt is None or self.slipped is not None:
            return None
        jolt = self.jolt.by
        hidden = apart_deg(self.change, jolt) >= _JOLT_HIDDEN * size_deg(jolt)
        return jolt if hidden or self._leaves(jolt) else None

    def _lasts(self, jolt: Tilt) -> bool:
        rest_deg = apart_deg(self.change, jolt)
        return self._leaves(jolt) and rest_deg <= _JOLT_REST * size_deg(jolt)

    def _leaves(self, jolt: Tilt) -> bool:
        return along(self.change, jolt) >= _JOLT_LEFT * size_deg(jolt)

    @property
    def _loose(self) -> bool:
        if not _LEAST_DEG <= self.size_deg <= _MOST_DEG:
            return False
        return self._swift and self.on_the_spot


class Turns:
    """Cuts the stream into rests and turns; ``quiet`` is whether it rests.

    Args:
        frame: the wearer's axes.
    """

    def __init__(self, frame: flexion.ThoraxFrame) -> None:
        self.quiet = False
        self._frame = frame
        self._parts: list[tuple[PacketMotion, Tilt]] = []
        self._rest = 0
        self._fast_dps = 0.0
        self._turning = False

    def update(self, packet: PacketMotion, tilt: Tilt) -> Turn | None:
        """Take a packet; return the turn that it brought to an end."""
        parts = self._parts
        if parts and packet.time_s - parts[-1][0].time_s > packet.span_s + GAP_S:
            self._forget()
        parts.append((packet, tilt))
        calm = packet.rate_dps < _QUIET_DPS
        self._rest = self._rest + 1 if calm else 0
        self.quiet = self._rest >= _QUIET_PACKETS
        if not self._turning:
            self._turning = not calm and len(parts) > _QUIET_PACKETS
            self._fast_dps = packet.rate_dps
            if not calm and not self._turning:
                parts.clear()
            if calm:
                del parts[: -_QUIET_PACKETS - 1]
            return None
        self._fast_dps = max(self._fast_dps, packet.rate_dps)
        if not self.quiet:
            if packet.time_s - parts[0][0].time_s > _LONGEST_TURN_S:
                self._forget()
            return None
        turn = self._measured()
        self._turning = False
        del parts[:-_QUIET_PACKETS]
        return turn

    def _forget(self) -> None:
        self._parts.clear()
        self._turning = self.quiet = False
        self._rest = 0

    def _measured(self) -> Turn:
        parts = self._parts
        first, last = parts[:_QUIET_PACKETS], parts[-_QUIET_PACKETS:]
        before, after = (
            mean_tilt([tilt for _, tilt in first]),
            mean_tilt([tilt for _, tilt in last]),
        )
        change = minus(after, before)
        size_deg = math.hypot(*change)
        # The rest next to the turn on either side may hold some of it.
        packets = [packet for packet, _ in parts[_QUIET_PACKETS - 1 : -1]]
        up = np.array([each for packet in packets for each in packet.ups])
        force_g = np.concatenate([_force_g(packet) for packet in packets])
        spacing_s = packets[0].span_s / len(packets[0].ups)
        lever_m, doubt_m, swing_m = lever(force_g, up, spacing_s)
        net_m = net_lever_m(force_g, up, spacing_s)
        # The trunk's axis is as far from 'up' as it is tipped.
        tipped_deg = math.hypot(*mean_tilt((before, after)))
        upright = math.cos(math.radians(min(tipped_deg, _MOST_TIPPED_DEG)))
        return Turn(
            before,
            change,
            size_deg,
            size_deg / self._fast_dps,
            lever_m,
            doubt_m,
            swing_m / upright,
            net_m / upright,
            detour(up),
            find_jolt(self._frame, up, force_g, spacing_s),
        )


def _force_g(packet: PacketMotion) -> Array:
    rows = np.array(packet.counts, float).reshape(-1, packet.width)
    return rows[:, packet.first : packet.first + 3] * wire.G_PER_COUNT
