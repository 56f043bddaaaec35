"""Where the clip is: on the back, on the desk, or in a hand between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midback.simulated.joints import swift
from midback.simulated.motion import Array, blended, turn_about, turned
from midback.simulated.resting import Rest, Resting

_HANDLING_S = 3.0
_HANDLING_G = 0.15

KNOCK_S = 2.0
KNOCK_G = 0.08
"""A slip that takes no longer than this comes with a knock; a slower one slides without any."""


@dataclass(frozen=True, slots=True)
class Slip:
    """The clip turns against the body, and stays so until it is put on again.

    Attributes:
        at_s: when it begins.
        duration_s: how long it takes.
        turn_deg: by how much.
        toward_deg: which way the clip's top goes, seen from above: 0 is forward, 90 to the left.
            A turn about the vertical would not show in any tilt, and does no harm.
    """

    at_s: float
    duration_s: float
    turn_deg: float
    toward_deg: float

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.at_s + self.duration_s

    @property
    def axis(self) -> Array:
        """What it turns about, in the thorax's axes (forward, left, up)."""
        toward = np.radians(self.toward_deg)
        return np.array([-np.sin(toward), np.cos(toward), 0.0])


class Wearing:
    """Takes the clip off, lays it on the desk, puts it on again a little differently.

    Args:
        rng: chance.
        remount_deg: how differently.
        slip: when it turns against the body, if it does.
    """

    def __init__(
        self, rng: np.random.Generator, remount_deg: float, slip: Slip | None = None
    ) -> None:
        self._rng = rng
        self._remount_deg = remount_deg
        self._from_s = self._to_s = -1.0
        self._rest: Resting | None = None
        self._mount = np.array([1.0, 0.0, 0.0, 0.0])
        self._slip = slip

    def on_body(self, now_s: float) -> bool:
        """Whether it is worn at this moment."""
        return not self._from_s <= now_s < self._to_s

    @property
    def over(self) -> bool:
        """Whether it was taken off for good."""
        return self._to_s == np.inf

    def lay_down(self, at_s: float, until_s: float, rest: Rest = Rest.FLAT) -> None:
        """Take it off and lay it down, for so long."""
        self._from_s, self._to_s = at_s, until_s
        self._rest = Resting(self._rng, rest)

    def put_on(self) -> None:
        """Fix it to the back again: what had slipped before is straight again."""
        if self._slip is not None and self._slip.at_s < self._from_s:
            self._slip = None
        angle = np.radians(self._remount_deg) * self._rng.standard_normal()
        turn = turn_about(self._rng.standard_normal(3), float(angle))
        self._mount = turn

    def carried(
        self, time_s: Array, thorax: Array, acceleration_g: Array
    ) -> tuple[Array, Array, NDArray[np.bool_]]:
        """What carries the clip: its orientation, its acceleration, and whether it is the body.

        Args:
            time_s: when, shape ``(n,)``.
            thorax: quaternions earth_from_thorax, shape ``(n, 4)``.
            acceleration_g: of the thorax, earth axes, shape ``(n, 3)``.
        """
        slip = self._slip
        if slip is not None and time_s[-1] > slip.at_s:
            thorax, acceleration_g = self._slipping(slip, time_s, thorax, acceleration_g)
        back = thorax if self._mount[0] == 1.0 else turned(thorax, self._mount)
        if self._rest is None or time_s[-1] < self._from_s or time_s[0] > self._to_s:
            return back, acceleration_g, np.ones(len(time_s), np.bool_)
        off = np.clip((time_s - self._from_s) / _HANDLING_S, 0.0, 1.0)
        on = np.clip((time_s - self._to_s) / _HANDLING_S + 1.0, 0.0, 1.0)
        away = swift(off) - swift(on)
        handled = ((off > 0) & (off < 1)) | ((on > 0) & (on < 1))
        jolts = _HANDLING_G * handled[:, None] * self._rng.standard_normal((len(time_s), 3))
        desk, felt_g = self._rest.go_on(time_s)
        back = blended(back, desk, away)
        worn = (time_s < self._from_s) | (time_s >= self._to_s)
        felt_g = acceleration_g * (away <= 0)[:, None] + felt_g * (away >= 1)[:, None]
        return back, felt_g + jolts, worn

    def _slipping(
        self, slip: Slip, time_s: Array, thorax: Array, acceleration_g: Array
    ) -> tuple[Array, Array]:
        gone = np.clip((time_s - slip.at_s) / slip.duration_s, 0.0, 1.0)
        if gone[0] == 1.0:
            gone = gone[:1]  # the same turn for all
        half = 0.5 * np.radians(slip.turn_deg) * swift(gone)
        x, y, z = slip.axis.tolist()
        sine = np.sin(half)
        turn = np.array([np.cos(half), sine * x, sine * y, sine * z]).T
        if slip.duration_s <= KNOCK_S and gone[0] < 1.0:
            going = (gone > 0.0) & (gone < 1.0)
            knock = KNOCK_G * self._rng.standard_normal((len(time_s), 3))
            acceleration_g = acceleration_g + going[:, None] * knock
        return turned(thorax, turn), acceleration_g
