"""Where the clip is: on the back, on the desk, or in a hand between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from midback.simulated.joints import swift
from midback.simulated.motion import Array, blended, turn_about, turned

_HANDLING_S = 3.0
_HANDLING_G = 0.15


class Wearing:
    """Takes the clip off, lays it on the desk, puts it on again a little differently.

    Args:
        rng: chance.
        remount_deg: how differently.
    """

    def __init__(self, rng: np.random.Generator, remount_deg: float) -> None:
        self._rng = rng
        self._remount_deg = remount_deg
        self._from_s = self._to_s = -1.0
        self._desk = np.array([1.0, 0.0, 0.0, 0.0])
        self._slip = np.array([1.0, 0.0, 0.0, 0.0])

    def on_body(self, now_s: float) -> bool:
        """Whether it is worn at this moment."""
        return not self._from_s <= now_s < self._to_s

    @property
    def over(self) -> bool:
        """Whether it was taken off for good."""
        return self._to_s == np.inf

    def lay_down(self, at_s: float, until_s: float) -> None:
        """Lay it on the desk, with what lay against the body down."""
        self._from_s, self._to_s = at_s, until_s
        face_down = turn_about(np.array([0.0, 1.0, 0.0]), np.pi / 2)
        around = turn_about(np.array([0.0, 0.0, 1.0]), float(self._rng.uniform(0, 6)))
        self._desk = turned(around, face_down)

    def put_on(self) -> None:
        """Fix it to the back again."""
        angle = np.radians(self._remount_deg) * self._rng.standard_normal()
        turn = turn_about(self._rng.standard_normal(3), float(angle))
        self._slip = turned(self._slip, turn)

    def carried(
        self, time_s: Array, thorax: Array, acceleration_g: Array
    ) -> tuple[Array, Array, NDArray[np.bool_]]:
        """What carries the clip: its orientation, its acceleration, and whether it is the body.

        Args:
            time_s: when, shape ``(n,)``.
            thorax: quaternions earth_from_thorax, shape ``(n, 4)``.
            acceleration_g: of the thorax, earth axes, shape ``(n, 3)``.
        """
        back = thorax if self._slip[0] == 1.0 else turned(thorax, self._slip)
        if time_s[-1] < self._from_s or time_s[0] > self._to_s:
            return back, acceleration_g, np.ones(len(time_s), np.bool_)
        off = np.clip((time_s - self._from_s) / _HANDLING_S, 0.0, 1.0)
        on = np.clip((time_s - self._to_s) / _HANDLING_S + 1.0, 0.0, 1.0)
        away = swift(off) - swift(on)
        handled = ((off > 0) & (off < 1)) | ((on > 0) & (on < 1))
        jolts = _HANDLING_G * handled[:, None] * self._rng.standard_normal((len(time_s), 3))
        back = blended(back, np.broadcast_to(self._desk, back.shape), away)
        worn = (time_s < self._from_s) | (time_s >= self._to_s)
        return back, acceleration_g * (away <= 0)[:, None] + jolts, worn
