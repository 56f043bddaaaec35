"""What a simulated clip keeps when its power is cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from midback.shared.contexts import Contexts
from midback.simulated.log import Log


@dataclass(slots=True)
class Flash:
    """The clip's memory that needs no power.

    Attributes:
        log: the epochs.
        contexts: the neutrals and slump lines that the clip was taught, and which are in use.
        alone: whether the clip runs with its radio off.
        bonds: the keys of the computers it is paired with.
    """

    log: Log = field(default_factory=Log)
    contexts: Contexts = field(default_factory=Contexts)
    alone: bool = False
    bonds: set[object] = field(default_factory=set[object])
