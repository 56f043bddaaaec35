"""The neutrals that a clip knows, in numbered slots, and which of them it judges by.

A wearer sits upright otherwise at a desk than on a sofa.  What a slot stands for, only the host
knows.
"""

from midback.shared import wire
from midback.shared.posture import frame_of, policy_of


class Contexts:
    """What a clip was taught of its wearer, slot by slot.

    What changes it returns a result code of the protocol; if that is not ``wire.OK``, all is as
    it was.

    Attributes:
        neutrals: of each slot the axes of ``OP_SET_NEUTRAL``; ``None`` in an empty one.
        slumps: of each slot the lines of ``OP_SET_SLUMP``; ``None`` for the default ones.
        slot: the one in use.
    """

    def __init__(self) -> None:
        self.neutrals: list[tuple[int, ...] | None] = [None] * wire.SLOTS
        self.slumps: list[tuple[int, ...] | None] = [None] * wire.SLOTS
        self.slot = 0

    @property
    def neutral(self) -> tuple[int, ...] | None:
        """The neutral in use."""
        return self.neutrals[self.slot]

    @property
    def slump(self) -> tuple[int, ...] | None:
        """The slump lines in use."""
        return self.slumps[self.slot]

    def next_slot(self) -> int | None:
        """The filled slot after the one in use, going round; ``None`` where no other is filled."""
        for step in range(1, wire.SLOTS):
            slot = (self.slot + step) % wire.SLOTS
            if self.neutrals[slot] is not None:
                return slot
        return None

    def set_neutral(self, slot: int, axes: tuple[int, ...]) -> int:
        """Fill a slot, or empty it where all axes are zero, which the one in use refuses."""
        if not any(axes):
            return self._empty(slot)
        try:
            frame_of(axes)
        except ValueError:
            return wire.BAD_ARGUMENT
        self.neutrals[slot] = axes
        return wire.OK

    def set_slump(self, slot: int, lines: tuple[int, ...]) -> int:
        """Set the slump lines of a slot, filled or not yet."""
        try:
            policy_of(lines)
        except ValueError:
            return wire.BAD_ARGUMENT
        self.slumps[slot] = lines
        return wire.OK

    def use(self, slot: int) -> int:
        """Choose a filled slot."""
        if self.neutrals[slot] is None:
            return wire.REFUSED
        self.slot = slot
        return wire.OK

    def _empty(self, slot: int) -> int:
        if slot == self.slot:
            return wire.REFUSED
        self.neutrals[slot] = self.slumps[slot] = None
        return wire.OK
