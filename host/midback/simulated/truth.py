"""What really happened to a simulated wearer, for tests and for scoring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midback.simulated.body import Held
from midback.simulated.day_plan import Activity
from midback.simulated.motion import Motion

TRUTH = np.dtype(
    [
        ("time_s", "<f8"),
        ("flexion_deg", "<f4"),
        ("lateral_deg", "<f4"),
        ("activity", "u1"),
        ("slumped", "?"),
        ("worn", "?"),
        ("sag_deg", "<f4"),
        ("walking", "?"),
    ]
)
"""One row a second: the middle of the second, its mean tilts (NaN while off the body), its
``Activity``, whether the wearer was in a slump (not merely bent forward), and wore the clip;
what of the flexion was a slump; whether the wearer walked from its begin to its end, the first
two steps left out."""


_TOGETHER = 60
"""Blocks condensed into rows at once: one by one they cost more than the wearer."""


@dataclass(slots=True)
class Slump:
    """One slump of the wearer's.

    Attributes:
        begin_s: when it began to creep in.
        full_s: when it would be complete.
        depth_deg: its full depth, signed like flexion.
        end_s: when the wearer began to sit up; ``None`` while it lasts.
        ended_by: "buzz", "itself" or "moved"; empty while it lasts.
    """

    begin_s: float
    full_s: float
    depth_deg: float
    end_s: float | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class FeltBuzz:
    """A buzz that reached the wearer; ``answered_s`` is when they will sit up, if they will."""

    time_s: float
    answered_s: float | None


@dataclass(slots=True)
class Truth:
    """Everything that only the simulation can know; times in seconds since the clip was put on."""

    slumps: list[Slump] = field(default_factory=list["Slump"])
    buzzes: list[FeltBuzz] = field(default_factory=list[FeltBuzz])
    movements: dict[str, int] = field(default_factory=dict[str, int])
    """How many of each kind there were: fidget, shift, swivel, lean, reach, side_bend, recline,
    and those of ``SmallMovements`` that are not everybody's."""
    doings: list[tuple[str, float, float]] = field(default_factory=list[tuple[str, float, float]])
    """Each of them: its name, when it began, when it would be over."""
    _rows: list[NDArray[np.void]] = field(default_factory=list[NDArray[np.void]])
    _fresh: list[tuple[Motion, Held, Activity, bool]] = field(
        default_factory=list[tuple[Motion, Held, Activity, bool]]
    )

    def note(self, movement: str, begin_s: float, end_s: float) -> None:
        """Note one movement of this kind."""
        self.movements[movement] = self.movements.get(movement, 0) + 1
        self.doings.append((movement, begin_s, end_s))

    def add(self, motion: Motion, held: Held, activity: Activity, *, slumped: bool) -> None:
        """Append a block of whole seconds, 50 samples each."""
        self._fresh.append((motion, held, activity, slumped))
        if len(self._fresh) >= _TOGETHER:
            self._condense()

    def table(self) -> NDArray[np.void]:
        """One row a second, dtype ``TRUTH``, for what has been lived so far."""
        self._condense()
        return np.concatenate(self._rows) if self._rows else np.zeros(0, TRUTH)

    def _condense(self) -> None:
        if not self._fresh:
            return
        motions, held, activities, slumps = zip(*self._fresh, strict=True)
        self._fresh.clear()
        seconds = [len(motion.time_s) // 50 for motion in motions]
        rows = np.zeros(sum(seconds), TRUTH)
        rows["worn"] = _by_second([motion.worn for motion in motions]).all(axis=1)
        rows["time_s"] = _by_second([motion.time_s for motion in motions]).mean(axis=1)
        for name in ("flexion_deg", "lateral_deg"):
            means = _by_second([getattr(motion, name) for motion in motions]).mean(axis=1)
            rows[name] = np.where(rows["worn"], means, np.nan)
        rows["sag_deg"] = _by_second([each.sag_deg for each in held]).mean(axis=1)
        rows["walking"] = _by_second([each.walking for each in held]).all(axis=1)
        rows["activity"] = np.repeat(activities, seconds)
        rows["slumped"] = np.repeat(slumps, seconds) & rows["worn"]
        self._rows.append(rows)


def _by_second(parts: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts).reshape(-1, 50)
