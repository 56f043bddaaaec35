"""One chip on a bus with a clock that stands still until it is moved on."""

from __future__ import annotations

from firmware.models.bus import Device, I2cBus

ADDRESS = 0x6A


class Bench:
    """Reads and writes registers as the bus's controller does.

    Attributes:
        now_s: seconds since power-on.
        bus: the bus with the chip on it.
    """

    def __init__(self, chip: Device, address: int = ADDRESS) -> None:
        self.now_s = 0.0
        self.address = address
        self.bus = I2cBus({address: chip}, lambda: self.now_s)

    def write(self, *pairs: tuple[int, int]) -> None:
        """Write bytes, each to its register."""
        for reg, value in pairs:
            self.bus.writeto_mem(self.address, reg, bytes([value]))

    def read(self, reg: int, n: int = 1) -> bytes:
        """Read ``n`` bytes."""
        return self.bus.readfrom_mem(self.address, reg, n)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds

    def words(self, n: int) -> list[str]:
        """Read words of an IMU's FIFO, in hexadecimal digits."""
        data = self.read(0x78, 7 * n)
        return [data[at : at + 7].hex() for at in range(0, len(data), 7)]
