"""Wearers drawn by hand: what a clip feels of their movements, and of its own.

Independent of ``midback.simulated``: levers, times and sizes come from the literature.  A trunk
swings about the hips (0.45 m below) or curls (0.2 m); a deliberate movement follows the
minimum-jerk profile (Flash and Hogan 1985); people sway by half a degree while they hold still
and breathe with a tenth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from midback.shared import flexion, wire
from midback.shared.motion import MotionGate, acceleration_sums
from midback.slip import PacketMotion, SlipWarning, SlipWatch, packet_motion

Array = NDArray[np.float64]

STEP_S = 0.04
SAMPLES = 5
HINGE_M, CURL_M = 0.45, 0.2
G = 9.80665
STEP_HZ = 1.8


def swift(x: Array) -> Array:
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)


@dataclass(frozen=True)
class Slip:
    """The clip turns on the back: forward and to the right, in degrees."""

    at_s: float
    takes_s: float
    forward_deg: float = 0.0
    right_deg: float = 0.0
    about_up_deg: float = 0.0
    knock_g: float = 0.0


@dataclass
class Sitter:
    """Moves one after the other; angles are from upright, forward and to the right."""

    seconds: float
    seed: int = 0
    sway_deg: float = 0.4
    moves: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    walks: list[tuple[float, float]] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)

    def to(
        self, at_s: float, lean: float, side: float = 0.0, takes_s: float = 1.2, lever_m=HINGE_M
    ):
        """Take up another posture."""
        self.moves.append((at_s, takes_s, lean, side, lever_m))
        return self

    def reach(self, at_s: float, lean: float = 30.0):
        """There and back within three seconds."""
        before = [move for move in self.moves if move[0] < at_s]
        _, _, back, side, _ = before[-1] if before else (0.0, 0.0, 0.0, 0.0, 0.0)
        return self.to(at_s, lean, side, 0.9).to(at_s + 1.6, back, side, 0.9)

    def stir(self, from_s: float, to_s: float, every_s: float = 45.0):
        """Fidget, as people do every 40 to 50 s (Dunk and Callaghan 2010)."""
        rng = np.random.default_rng([self.seed, 7])
        at_s = from_s + every_s / 2
        while at_s < to_s - 4.0:
            if all(abs(at_s - move[0]) > 5.0 for move in self.moves):
                before = max((m for m in self.moves if m[0] < at_s), default=(0, 0, 0, 0, 0))
                lean, side = before[2], before[3]
                size = float(rng.uniform(3.0, 7.0)) * float(rng.choice((-1, 1)))
                self.to(at_s, lean + size, side + 1.0, 0.8).to(at_s + 1.8, lean, side, 0.9)
                self.moves.sort()
            at_s += every_s * float(rng.uniform(0.6, 1.4))
        return self

    def packets(self) -> Iterator[tuple[PacketMotion, bool, bool]]:
        """Each packet, whether the wearer is still, and whether they walk."""
        ups, counts = self._felt()
        gate = MotionGate()
        last: tuple[float, float, float] | None = None
        for first in range(0, len(ups), SAMPLES):
            part = [tuple(up) for up in ups[first : first + SAMPLES].tolist()]
            numbers = counts[first : first + SAMPLES].ravel().tolist()
            time_s = (first + SAMPLES) * STEP_S
            sums = acceleration_sums(numbers, 0, 3, wire.G_PER_COUNT)
            moving = gate.update(time_s, SAMPLES, *sums)
            walking = bool(moving) and any(a + 3 < time_s < b for a, b in self.walks)
            motion = packet_motion(time_s, STEP_S, part, numbers, 0, 3, last)
            assert motion is not None
            last = part[-1]
            yield motion, not moving, walking

    def _felt(self) -> tuple[Array, NDArray[np.int64]]:
        n = round(self.seconds / STEP_S) // SAMPLES * SAMPLES
        time_s = STEP_S * np.arange(1, n + 1, dtype=np.float64)
        rng = np.random.default_rng(self.seed)
        lean, side, force = self._moved(time_s)
        for angle, size in ((lean, 1.0), (side, 0.6)):
            angle += size * self._swayed(rng, n)
        lean += 0.16 * np.sin(2 * np.pi * 0.25 * time_s)
        for begin_s, end_s in self.walks:
            steps = (time_s > begin_s) & (time_s < end_s)
            phase = 2 * np.pi * STEP_HZ * time_s[steps]
            lean[steps] += 1.2 * np.sin(phase)
            side[steps] += 2.0 * np.sin(phase / 2)
            force[steps, 2] += 0.28 * np.cos(phase)
        force += 0.004 * rng.standard_normal((n, 3))
        up = _ups(np.radians(lean), np.radians(side))
        for slip in self.slips:
            during = (time_s > slip.at_s) & (time_s < slip.at_s + slip.takes_s)
            force += slip.knock_g * during[:, None] * rng.standard_normal((n, 3))
        felt = up + force
        for slip in self.slips:
            gone = swift((time_s - slip.at_s) / slip.takes_s)
            up, felt = (_slipped(each, slip, gone) for each in (up, felt))
        return up, np.round(felt / wire.G_PER_COUNT).astype(np.int64)

    def _moved(self, time_s: Array) -> tuple[Array, Array, Array]:
        lean, side = np.zeros_like(time_s), np.zeros_like(time_s)
        force = np.zeros((len(time_s), 3))
        here = (0.0, 0.0)
        for at_s, takes_s, to_lean, to_side, lever_m in sorted(self.moves):
            gone = swift((time_s - at_s) / takes_s)
            bent = np.gradient(np.gradient(gone, STEP_S), STEP_S) * lever_m / G
            for k, (angle, by) in enumerate(
                ((lean, to_lean - here[0]), (side, to_side - here[1]))
            ):
                angle += by * gone
                force[:, k] += (1 if k == 0 else -1) * np.radians(by) * bent
            here = (to_lean, to_side)
        return lean, side, force

    def _swayed(self, rng: np.random.Generator, n: int) -> Array:
        smooth = np.hanning(2 * round(2.0 / STEP_S))
        noise = np.convolve(rng.standard_normal(n + len(smooth)), smooth, "same")[:n]
        return self.sway_deg * noise / noise.std()


def _ups(lean: Array, side: Array) -> Array:
    return np.stack([-np.sin(lean) * np.cos(side), np.sin(side), np.cos(lean) * np.cos(side)], 1)


def _slipped(vectors: Array, slip: Slip, gone: Array) -> Array:
    """As a clip sees them that has turned like this, about one axis after the other."""
    x, y, z = vectors.T
    angle = np.radians(slip.forward_deg) * gone
    x, z = x * np.cos(angle) - z * np.sin(angle), z * np.cos(angle) + x * np.sin(angle)
    angle = np.radians(slip.right_deg) * gone
    y, z = y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle)
    angle = np.radians(slip.about_up_deg) * gone
    x, y = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.stack([x, y, z], 1)


def warnings(sitter: Sitter, span_deg: float | None = 20.0) -> list[SlipWarning]:
    """What the watch says of them."""
    watch = SlipWatch(flexion.thorax_frame((0.0, 0.0, 1.0)), span_deg)
    told = [
        watch.update(packet, still=still, walking=walking)
        for packet, still, walking in sitter.packets()
    ]
    return [warning for warning in told if warning is not None]


def causes(sitter: Sitter, span_deg: float | None = 20.0) -> Sequence[str]:
    return [warning.cause for warning in warnings(sitter, span_deg)]
