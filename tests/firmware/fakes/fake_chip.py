"""A chip on an I2C bus, as little of one as the drivers' checks need; runs on both Pythons.

Registers keep what is written, FUNC_CFG_ACCESS selects the embedded functions' bank, a reset
ends at once, and the FIFO holds the words that the check puts there until they are read or
FIFO_CTRL4 selects the bypass mode.
"""


class FakeChip:
    """``log`` holds what was written: ``(register, value)``, 0x100 added in the other bank.

    ``faults`` is how many of the next transfers fail; ``stuck`` a value every read gives.
    """

    def __init__(self, address, who_am_i, fifo_status=-9, diff_mask=0x03, registers=()):
        self.address = address
        self.main = {0x0F: who_am_i}
        self.main.update(dict(registers))
        self.power_on = dict(self.main)
        self.embedded = {0x5E: 0x5B, 0x0F: 0x00}
        self.fifo = bytearray()
        self._at = 0
        self.overrun = False
        self.log = []
        self.faults = 0
        self.stuck: int | None = None
        self._status = fifo_status
        self._mask = diff_mask

    def lose_power(self):
        self.main = dict(self.power_on)
        self.fifo = bytearray()
        self._at = 0

    def put(self, *words):
        """Words as hex text: tag, then six bytes."""
        self.fifo = self.fifo[self._at :]
        self._at = 0
        for word in words:
            self.fifo += bytes.fromhex(word)

    def level(self):
        """Words in the FIFO."""
        return (len(self.fifo) - self._at) // 7

    def drop(self, words):
        """The FIFO is full: its oldest words are overwritten."""
        self._at += 7 * words
        self.overrun = True

    def readfrom_mem_into(self, address, register, buffer):
        """Allocates nothing, so that a check can count what a driver does."""
        self._transfer(address)
        for i in range(len(buffer)):
            if self.stuck is not None:
                buffer[i] = self.stuck
            elif register == 0x78:
                buffer[i] = self.fifo[self._at]
                self._at += 1
            else:
                buffer[i] = self._next(register + i)

    def writeto_mem(self, address, register, buffer):
        self._transfer(address)
        value = buffer[0]
        bank = self._bank() if register != 0x01 else self.main
        self.log.append((register + (0x100 if bank is self.embedded else 0), value))
        if register == 0x12 and value & 0x01:
            value &= 0xFE
        if register == 0x0A and not value:
            self.fifo, self._at = bytearray(), 0
        bank[register] = value

    def _transfer(self, address):
        if self.faults:
            self.faults -= 1
            raise OSError(5)
        if address != self.address:
            raise OSError(19)

    def _bank(self):
        return self.embedded if self.main.get(0x01, 0) & 0x80 else self.main

    def _next(self, register):
        words = self.level()
        if register == self._status:
            return words & 0xFF
        if register == self._status + 1:
            flags = 0x48 if self.overrun else 0x00
            self.overrun = False
            return words >> 8 & self._mask | flags
        return self._bank().get(register, 0)


def lsm6dsv16x(address=0x6A, fine=0):
    return FakeChip(address, 0x70, 0x1B, 0x01, ((0x4F, fine & 0xFF), (0x12, 0x44)))


def lsm6dsox(address=0x6A, fine=0):
    return FakeChip(address, 0x6C, 0x3A, 0x03, ((0x63, fine & 0xFF), (0x18, 0xE0)))
