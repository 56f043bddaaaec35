"""What a simulated clip keeps when its power is cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from midback.simulated.log import Log


@dataclass(slots=True)
class Flash:
    """The clip's memory that needs no power.

    Attributes:
        log: the epochs.
        neutral: the arguments of ``OP_SET_NEUTRAL``, or ``None`` before the first calibration.
        slump: the arguments of ``OP_SET_SLUMP``, or ``None`` for the default lines.
        alone: whether the clip runs with its radio off.
        bonds: the keys of the computers it is paired with.
    """

    log: Log = field(default_factory=Log)
    neutral: tuple[int, ...] | None = None
    slump: tuple[int, ...] | None = None
    alone: bool = False
    bonds: set[object] = field(default_factory=set[object])
