"""A whole clip without a board, a radio or asyncio; runs on CPython and on MicroPython.

Real are all of the firmware's parts but the radio; chip, flash, motor, cell and time are fakes.
The wearer sits tall at first, and breathes.
"""

from math import cos, pi, sin

import fake_chip
from fake_radio import FakeRadio
from faulty_flash import FaultyFlash

from clip_firmware.battery import Battery
from clip_firmware.bonds import Bonds
from clip_firmware.boots import Boots
from clip_firmware.buzzer import Buzzer
from clip_firmware.clip import Clip, Parts
from clip_firmware.clock import Clock
from clip_firmware.control import Control
from clip_firmware.files import Files
from clip_firmware.log import Log
from clip_firmware.outbox import Outbox
from clip_firmware.power import Power
from clip_firmware.sampler import Sampler
from clip_firmware.settings import Settings
from midback.shared import wire

PERIOD_US = 19199
BURST_MS = 200
BREATH = 4  # counts: 2 mg
SHAKE = 400  # a motor lets the mean of a second be off, too
BOOT = 0x1234

STRAIGHT = (0, 0, 32767, 0, 32767, 0)
QUICK = (1000, 700, 0, 0, 20, 10)  # past 10 degrees, out below 7, held 2 s, 1 s to get out
DEFAULT = (wire.KIND_ORIENTATION, 4000, 5)


class FakeTime:
    """The board's two counters."""

    def __init__(self):
        self.now_us = 0

    def ticks_us(self):
        return self.now_us % (1 << 30)

    def ticks_ms(self):
        return self.now_us // 1000 % (1 << 30)

    def ticks_diff(self, first, second):
        return (first - second + (1 << 29)) % (1 << 30) - (1 << 29)


class FakeMotor:
    """``runs`` holds (from, to) in ms."""

    def __init__(self, time):
        self.runs = []
        self._time = time
        self._since_ms = None

    def set(self, percent):
        now_ms = self._time.now_us // 1000
        if percent and self._since_ms is None:
            self._since_ms = now_ms
        elif not percent and self._since_ms is not None:
            self.runs.append((self._since_ms, now_ms))
            self._since_ms = None

    def ran_at(self, ms):
        if self._since_ms is not None and self._since_ms <= ms:
            return True
        return any(from_ms <= ms < to_ms for from_ms, to_ms in self.runs[-8:])


class Bench:
    """A clip that has just started; ``asked`` is how a host talks to it.

    Of an LSM6DSV16X's own orientation it makes none: it is always the same.
    """

    def __init__(self, chip=None, flash=None, start=True):
        self.time = FakeTime()
        self.radio = FakeRadio()
        self.motor = FakeMotor(self.time)
        self.chip = fake_chip.lsm6dsox() if chip is None else chip
        self.flash = FaultyFlash() if flash is None else flash
        self.cell_mv = 4000
        self.lean_deg = 0.0
        self.side_deg = 0.0
        self.breathing = True
        self._rates = (0, 0)
        self._next_us = PERIOD_US
        self._slot = 0
        self._build()
        if start:
            self.clip.start()

    def _build(self):
        flash, clock = self.flash, Clock(self.time)
        files = Files("data", flash, flash.open)
        self.buzzer = Buzzer(self.motor)
        boots = Boots(files, lambda count: BOOT.to_bytes(count, "little"))
        boots.begin(True)
        settings = Settings.load(files)
        self.parts = Parts(
            clock,
            Sampler(self.chip, settings.mounting, clock, lambda: None),
            self.buzzer,
            Battery(lambda: 500 * self.cell_mv),
            Power(),
            self.radio,  # pyright: ignore[reportArgumentType]
            Bonds(files),
            files,
            settings,
            Log("log", flash, flash.open, files, 4, 400),
            boots,
            Outbox(2048, 16),
        )
        self.clip = Clip(self.parts)
        self.control = Control(self.clip, self.parts)

    # The host

    def linked(self, mtu=247):
        self.radio.link(mtu)
        return self

    def asked(self, op, *args):
        """The result code of a command."""
        return self.reply(op, *args).result

    def reply(self, op, *args):
        """The answer to a command."""
        reply = wire.decode_reply(self.control.answer(wire.encode_command(op, 7, *args)))
        assert (reply.op, reply.tag) == (op, 7)
        return reply

    def kept(self, first, count):
        """Which of these packets the clip still has: the first of them, and how many."""
        return wire.decode_kept(self.reply(wire.OP_RESEND, BOOT, first, count).data)

    def status(self):
        """What a read of the status gives."""
        return wire.decode_status(self.radio.status)

    def has(self, flag):
        return bool(self.status().flags & flag)

    def packets(self):
        return [wire.decode_stream(sent) for kind, sent in self.radio.sent if kind == "s"]

    # The wearer

    def leans(self, to_deg, side_deg=0.0):
        """In one second, forward and to the right, the gyroscope with it."""
        before, before_side = self.lean_deg, self.side_deg
        for step in range(1, 6):
            self.lean_deg = before + (to_deg - before) * step / 5
            self.side_deg = before_side + (side_deg - before_side) * step / 5
            self._rates = (to_deg - before, side_deg - before_side)
            self.pass_ms(BURST_MS)
        self._rates = (0, 0)
        self.clip.second(False, False)

    # Time

    def run(self, seconds, button=False, usb=False):
        """What ``app`` does, second by second."""
        for _ in range(seconds):
            for _ in range(1000 // BURST_MS):
                self.pass_ms(BURST_MS)
            self.clip.second(button, usb)
            self.send()
        return self

    def pass_ms(self, ms):
        """The sensor samples, its bursts are taken, and the buzzer looked after."""
        end_us = self.time.now_us + 1000 * ms
        while self.time.now_us < end_us:
            due_ms = self.buzzer.update(self.time.now_us // 1000)
            step_us = end_us if due_ms is None else self.time.now_us + 1000 * max(due_ms, 1)
            self.time.now_us = min(step_us, end_us)
        self.buzzer.update(self.time.now_us // 1000)
        self.sample()
        while self.clip.stream.burst():
            pass

    def sample(self):
        """What the chip has sampled up to now waits in its FIFO."""
        while self._next_us <= self.time.now_us:
            if self.chip.main.get(0x0A) == 0x06:
                self._put()
            self._next_us += PERIOD_US

    def _put(self):
        if self.chip.level() >= 256:
            self.chip.drop(self.chip.level() - 254)
        lean, side = self.lean_deg * pi / 180, self.side_deg * pi / 180
        breath = BREATH * (self._next_us // 2000000 % 2) if self.breathing else 0
        shake = SHAKE if self.motor.ran_at(self._next_us // 1000) else 0
        x = round(-2048 * sin(lean) * cos(side)) + breath + shake
        y = round(2048 * sin(side))
        z = round(2048 * cos(lean) * cos(side))
        # To the front is about the clip's y, to the right about its x; 70 mdps a count.
        lean_rate, side_rate = [round(rate / 0.07) for rate in self._rates]
        self._slot += 1
        self.chip.put(self._word(0x08, side_rate, lean_rate, 0), self._word(0x10, x, y, z))
        if self.chip.main[0x0F] == 0x70:
            self.chip.put(self._word(0x98, 0, 0, 0))

    def _word(self, tag, x, y, z):
        """Clip axes in the chip's, mounted as the settings' default says."""
        counts = b"".join([(c & 0xFFFF).to_bytes(2, "little") for c in (-y, z, -x)])
        return "%02x" % (tag | (self._slot & 3) << 1) + counts.hex()

    def send(self):
        """What goes out now."""
        for _ in range(100):
            if self.clip.sender.send() in (None, 30):
                return


def calibrated():
    """A clip in use: linked, calibrated, with a short hold."""
    bench = Bench().linked()
    assert bench.asked(wire.OP_SET_NEUTRAL, 0, *STRAIGHT) == wire.OK
    assert bench.asked(wire.OP_SET_SLUMP, 0, *QUICK) == wire.OK
    return bench.run(2)


def lengths(bench):
    """How long the motor ran, in ms, each time."""
    return [to_ms - from_ms for from_ms, to_ms in bench.motor.runs]


def records(bench):
    """What the log holds: upright, slumped, buzzes, flags."""
    log = bench.parts.log
    found = log.read(log.first)
    return [(r.upright_ds, r.slumped_ds, r.buzzes, r.flags) for r in found]
