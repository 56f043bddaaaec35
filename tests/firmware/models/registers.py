"""A page of 8-bit registers with defaults, reserved bits and read-only ones."""

from __future__ import annotations

from typing import NamedTuple

from firmware.models.misuse import Misuse


class Register(NamedTuple):
    """One register of the datasheet.

    Attributes:
        name: as in the datasheet.
        used: the bits that have a meaning; the others must keep their default.
        default: after power-on and reset.
        modelled: the bits that the model follows, or that change nothing it shows; to set
            one of the others is told.
        read_only: writing to it is misuse.
    """

    name: str
    used: int = 0xFF
    default: int = 0
    modelled: int = 0xFF
    read_only: bool = False


class Page:
    """The registers that one address space holds.

    Args:
        title: what the datasheet calls it.
        registers: by address.
        misuse: where to tell of wrong accesses.
    """

    def __init__(self, title: str, registers: dict[int, Register], misuse: Misuse) -> None:
        self.title = title
        self.registers = registers
        self._misuse = misuse
        self.values = bytearray(256)
        self.reset()

    def reset(self) -> None:
        """Put every register back to its default."""
        for address, register in self.registers.items():
            self.values[address] = register.default

    def __getitem__(self, address: int) -> int:
        return self.values[address]

    def bits(self, address: int, lowest: int, count: int) -> int:
        """A field of a register."""
        return self.values[address] >> lowest & (1 << count) - 1

    def read(self, address: int) -> int:
        """A register's value; one that the datasheet does not name reads as 0."""
        if address not in self.registers:
            self._misuse.tell(f"read 0x{address:02x}, which the {self.title} does not have")
            return 0
        return self.values[address]

    def write(self, address: int, value: int) -> bool:
        """Change a register; whether it could be."""
        register = self.registers.get(address)
        if register is None or register.read_only:
            named = f"read-only {register.name}" if register else f"0x{address:02x}, reserved"
            self._misuse.tell(f"wrote 0x{value:02x} to {named} in the {self.title}")
            return False
        self._misuse.tell_if(
            bool((value ^ register.default) & ~register.used & 0xFF),
            f"wrote 0x{value:02x} to {register.name}, whose reserved bits stay 0x"
            f"{register.default & ~register.used & 0xFF:02x} of 0x{~register.used & 0xFF:02x}",
        )
        beyond = (value ^ register.default) & register.used & ~register.modelled & 0xFF
        self._misuse.tell_if(beyond > 0, f"not modelled: bits 0x{beyond:02x} of {register.name}")
        self.values[address] = value & register.used | register.default & ~register.used & 0xFF
        return True


def read_only(*names: str, at: int) -> dict[int, Register]:
    """Neighbouring read-only registers from address ``at`` on."""
    return {at + k: Register(name, read_only=True) for k, name in enumerate(names)}
