"""An I2C bus with modelled parts on it, as MicroPython's ``machine.I2C`` shows it.

A transfer takes the time its bytes take at 400 kHz, also while the clock stands still, so that
whoever polls a part under a frozen clock sees it get ready.  No repeated starts, no 10-bit
addresses, no clock stretching.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Protocol

BYTE_S = 9 / 400e3
"""Eight bits and an acknowledge at 400 kHz."""


class Device(Protocol):
    """A part that answers at one address; ``now_s`` never runs backward."""

    def read(self, reg: int, n: int, now_s: float) -> bytes:
        """What ``n`` bytes from register ``reg`` on say.

        Raises:
            OSError: the part does not answer now.
        """
        ...

    def write(self, reg: int, data: bytes, now_s: float) -> None:
        """Take bytes into ``reg`` and what follows it.

        Raises:
            OSError: the part does not answer now.
        """
        ...

    def power_on(self, now_s: float) -> None:
        """Supply comes up: everything as after a power cycle, and busy booting."""
        ...


class I2cBus:
    """The bus as its one controller sees it.

    Args:
        devices: parts by address.
        clock: seconds since power-on; may be set anew at any time.

    Attributes:
        stuck: every transfer fails until ``recover``, as when a part holds the data line low.
        transfers: how many were tried, failed ones included.
    """

    def __init__(
        self, devices: dict[int, Device], clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.devices = dict(devices)
        self.clock = clock
        self.stuck = False
        self.transfers = 0
        self._failures = 0
        self._free_s = 0.0

    def readfrom_mem_into(
        self, addr: int, reg: int, buf: bytearray | memoryview, *, addrsize: int = 8
    ) -> None:
        """Fill ``buf`` from register ``reg`` on.

        Raises:
            OSError: ENODEV without an answer, EIO for an injected fault.
        """
        view = memoryview(buf).cast("B")
        view[:] = self.readfrom_mem(addr, reg, len(view), addrsize=addrsize)

    def readfrom_mem(self, addr: int, reg: int, n: int, *, addrsize: int = 8) -> bytes:
        """Read ``n`` bytes; see ``readfrom_mem_into``."""
        # Address, register, address again, data.
        device, now_s = self._begin(addr, 3 + n, addrsize)
        return device.read(reg, n, now_s)

    def writeto_mem(
        self, addr: int, reg: int, data: bytes | bytearray | memoryview, *, addrsize: int = 8
    ) -> None:
        """Write ``data`` from register ``reg`` on; see ``readfrom_mem_into`` for errors."""
        written = bytes(data)
        device, now_s = self._begin(addr, 2 + len(written), addrsize)
        device.write(reg, written, now_s)

    def scan(self) -> list[int]:
        """Which addresses answer."""
        return [] if self.stuck else sorted(self.devices)

    def fail_next(self, n: int) -> None:
        """Let the next ``n`` transfers fail with EIO."""
        self._failures = n

    def recover(self) -> None:
        """Nine clocks have freed the data line."""
        self.stuck = False

    def unplug(self, addr: int) -> Device:
        """Take a part off the bus; put it back through ``devices``."""
        return self.devices.pop(addr)

    def _begin(self, addr: int, size: int, addrsize: int) -> tuple[Device, float]:
        if addrsize != 8:
            raise ValueError(f"registers have 8-bit addresses, not {addrsize}")
        self.transfers += 1
        now_s = max(self.clock(), self._free_s)
        self._free_s = now_s + size * BYTE_S
        if self._failures or self.stuck:
            self._failures -= bool(self._failures)
            raise OSError(errno.EIO, "an injected fault")
        if addr not in self.devices:
            raise OSError(errno.ENODEV, f"nothing answers at 0x{addr:02x}")
        return self.devices[addr], now_s
