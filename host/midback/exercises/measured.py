"""What was measured in a check: repetitions, and a posture that was held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repetition:
    """One that counts.

    Attributes:
        item: id of its test.
        way: ``left``, ``right`` or empty.
        angle_deg: how far they went and stayed, with the project's sign.
        residual_deg: how far from the start they ended, likewise.
        from_deg: where they started, from the tall hold; 0 for a turn, which has no such zero.
        begin_s, arrived_s, end_s: when they set off, had arrived, and were back.
    """

    item: str
    way: str
    angle_deg: float
    residual_deg: float
    from_deg: float
    begin_s: float
    arrived_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """A posture that was held.

    Attributes:
        item: id of its test.
        begin_s, end_s: when.
        flexion_deg: at each sample seconds since the beginning, and flexion from there.
    """

    item: str
    begin_s: float
    end_s: float
    flexion_deg: tuple[tuple[float, float], ...]
