"""What a movement is made of: quaternions, smooth steps, and the block that a wearer yields.

Both quaternions and vectors go by sample; vectors lie in memory by axis, as they are computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Motion:
    """Some seconds of the wearer's upper back, evenly spaced.

    Attributes:
        time_s: when, in seconds since the clip was put on, shape ``(n,)``.
        earth_from_back: unit quaternions (w, x, y, z) of what the clip is fixed to, shape
            ``(n, 4)``: the thorax (x forward, y left, z up), or the desk it was laid on.
        acceleration_g: acceleration without gravity, earth axes, shape ``(n, 3)``.
        flexion_deg: forward tilt of the thorax from this wearer's upright, shape ``(n,)``.
        lateral_deg: its tilt to the wearer's right, shape ``(n,)``.
        worn: whether the clip is on the body, bool, shape ``(n,)``.
    """

    time_s: Array
    earth_from_back: Array
    acceleration_g: Array
    flexion_deg: Array
    lateral_deg: Array
    worn: NDArray[np.bool_]


def thorax_orientation(
    heading_rad: Array | float, flexion_rad: Array, lateral_rad: Array
) -> Array:
    """Quaternions earth_from_thorax, shape ``(n, 4)``.

    The heading turns about earth's z, to the left positive; then the spine tips to the right,
    then toward the wearer's front, so that both tilts are what a plumb line shows.
    """
    cf, sf = np.cos(flexion_rad / 2), np.sin(flexion_rad / 2)
    cl, sl = np.cos(lateral_rad / 2), np.sin(lateral_rad / 2)
    ch, sh = np.cos(heading_rad / 2), np.sin(heading_rad / 2)
    w, x, y, z = cl * cf, sl * cf, cl * sf, sl * sf
    q = np.empty((len(w), 4))
    q[:, 0] = ch * w - sh * z
    q[:, 1] = ch * x - sh * y
    q[:, 2] = ch * y + sh * x
    q[:, 3] = ch * z + sh * w
    return q


def turned(first: Array, then: Array) -> Array:
    """Hamilton products ``first * then`` of quaternions, shapes ``(n, 4)`` or ``(4,)``.

    A quaternion w + x i + y j + z k is the two complex numbers a = w + x i and b = y + z i,
    of which numpy needs a fourth of the operations.
    """
    a, b = _halves(first)
    c, d = _halves(then)
    product = np.empty((*np.broadcast(a, c).shape, 2), np.complex128)
    product[..., 0] = a * c - b * d.conj()
    product[..., 1] = a * d + b * c.conj()
    return product.view(np.float64)


def _halves(quaternions: Array) -> NDArray[np.complex128]:
    return np.ascontiguousarray(quaternions).view(np.complex128).T


def seen_from(orientation: Array, vectors: Array) -> Array:
    """Earth vectors in the coordinates of what is so oriented; shapes ``(n, 4)``, ``(n, 3)``."""
    w, x, y, z = orientation.T
    a, b, c = vectors.T
    # The transposed rotation matrix, by way of t = 2 v x q.
    ta, tb, tc = 2 * (b * z - c * y), 2 * (c * x - a * z), 2 * (a * y - b * x)
    return np.array(
        [
            a + w * ta + tb * z - tc * y,
            b + w * tb + tc * x - ta * z,
            c + w * tc + ta * y - tb * x,
        ]
    ).T


def turn_about(axis: Array, angle_rad: float) -> Array:
    """Quaternion of a turn about a vector of any length, shape ``(4,)``."""
    unit = axis / np.sqrt(axis @ axis)
    return np.concatenate([[np.cos(angle_rad / 2)], np.sin(angle_rad / 2) * unit])


def blended(first: Array, second: Array, share: Array) -> Array:
    """Orientations on the way from ``first`` to ``second``; shapes ``(n, 4)`` and ``(n,)``."""
    sign = np.where(np.einsum("ij,ij->i", first, second) < 0, -1.0, 1.0)
    q = first * (1 - share)[:, None] + second * (sign * share)[:, None]
    return q / np.sqrt(np.einsum("ij,ij->i", q, q))[:, None]
