"""What really happened to a simulated wearer, for tests and for scoring."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from midback.simulated.day_plan import Activity

TRUTH = np.dtype(
    [
        ("time_s", "<f8"),
        ("flexion_deg", "<f4"),
        ("lateral_deg", "<f4"),
        ("activity", "u1"),
        ("slumped", "?"),
        ("worn", "?"),
    ]
)
"""One row a second: the middle of the second, its mean tilts (NaN while off the body), its
``Activity``, whether the wearer was in a slump (not merely bent forward), and wore the clip."""


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
    """How many of each kind there were: fidget, shift, swivel, lean, reach, side_bend, recline."""
    _rows: list[NDArray[np.void]] = field(default_factory=list[NDArray[np.void]])

    def count(self, movement: str) -> None:
        """Note one movement of this kind."""
        self.movements[movement] = self.movements.get(movement, 0) + 1

    def add(
        self,
        time_s: NDArray[np.float64],
        flexion_deg: NDArray[np.float64],
        lateral_deg: NDArray[np.float64],
        *,
        activity: Activity,
        slumped: bool,
        worn: NDArray[np.bool_],
    ) -> None:
        """Append whole seconds, given as shape ``(seconds, samples)``."""
        rows = np.zeros(len(time_s), TRUTH)
        rows["time_s"] = time_s.mean(axis=1)
        on = worn.all(axis=1)
        rows["flexion_deg"] = np.where(on, flexion_deg.mean(axis=1), np.nan)
        rows["lateral_deg"] = np.where(on, lateral_deg.mean(axis=1), np.nan)
        rows["activity"] = activity
        rows["slumped"] = slumped & on
        rows["worn"] = on
        self._rows.append(rows)

    def table(self) -> NDArray[np.void]:
        """One row a second, dtype ``TRUTH``, for what has been lived so far."""
        return np.concatenate(self._rows) if self._rows else np.zeros(0, TRUTH)
