"""What a clip does when it is switched on: build the parts for this board, and run them.

After three starts in a row that came to nothing it only says so on the air, until somebody brings
new files over USB or the cell is empty.  Ctrl-C over USB stops it, the watchdog with it.
"""

import gc

# While it starts, nothing that goes may lie for long between what stays: memory is short, and
# later cannot be put in order.  After that it is collected when it is needed.
gc.collect()
gc.threshold(4096)

import asyncio
import os
import sys
import time

import esp32
import machine
from micropython import const

# What is not named here is loaded once Bluetooth has its memory: ``run``.
from clip_firmware import VERSION
from clip_firmware.bonds import Bonds
from clip_firmware.boots import Boots
from clip_firmware.files import Files
from clip_firmware.outbox import LARGE, SMALL, Outbox
from clip_firmware.power import EMPTY, EMPTY_SLEEP_MS, FAST_MS, SAFE, Power, Situation
from clip_firmware.radio import Radio
from clip_firmware.settings import Settings
from midback.shared import wire

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any, Callable

    from clip_firmware.battery import Battery
    from clip_firmware.board import Board
    from clip_firmware.clip import Parts
    from clip_firmware.drv2605l import Drv2605l
    from clip_firmware.motor import PwmMotor

# As the stubs type them, these modules would not do for what takes them.
_os: "Any" = os
_time: "Any" = time

_WATCHDOG_MS = const(8000)
_STOPPED_MS = const(24 * 3600 * 1000)  # a watchdog cannot be stopped, but given this long
_CPU_HZ = const(80_000_000)
_I2C_HZ = const(400_000)
_MOTOR_HZ = const(500)
_LOOK_MS = const(1000)


class Backstop:
    """A hardware timer that ends a pulse when the program does not.

    It calls again and again: the port drops a call that finds the scheduler's queue full.
    """

    def __init__(self) -> None:
        self._timer = machine.Timer(0)

    def arm(self, ms: int, callback: "Callable[..., None]") -> None:
        """Call back in so many ms."""
        self._timer.init(mode=machine.Timer.PERIODIC, period=ms, callback=callback)

    def disarm(self) -> None:
        """The pulse has ended in time."""
        self._timer.deinit()


class Hardware:
    """The board, as far as ``app`` needs it."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self.sampled = asyncio.ThreadSafeFlag()
        self.touched = asyncio.ThreadSafeFlag()
        self._int1 = machine.Pin(board.int1, machine.Pin.IN, machine.Pin.PULL_DOWN)
        self._button = machine.Pin(board.button, machine.Pin.IN, machine.Pin.PULL_UP)
        self._charge = None
        if board.charge is not None:
            self._charge = machine.Pin(board.charge, machine.Pin.IN)
        self._int1.irq(self._on_int1, machine.Pin.IRQ_RISING)
        self._button.irq(self._on_button, machine.Pin.IRQ_FALLING | machine.Pin.IRQ_RISING)
        self._risen_us = time.ticks_us()
        self._frame = 0
        self._watchdog = None
        self.i2c = self.bus()

    def bus(self) -> machine.I2C:
        """The I2C bus, set up anew."""
        board = self._board
        scl, sda = machine.Pin(board.scl), machine.Pin(board.sda)
        return machine.I2C(0, scl=scl, sda=sda, freq=_I2C_HZ)

    def recover(self) -> None:
        """Nine clocks let go of a chip that holds the data line; then the bus is set up anew."""
        scl = machine.Pin(self._board.scl, machine.Pin.OPEN_DRAIN, value=1)
        for _ in range(9):
            scl.value(0)
            time.sleep_us(5)
            scl.value(1)
            time.sleep_us(5)
        self.i2c = self.bus()

    def _on_int1(self, _pin: machine.Pin) -> None:
        self._risen_us = time.ticks_us()
        self.sampled.set()

    def risen_us(self) -> int:
        """How long ago INT1 last rose."""
        return time.ticks_diff(time.ticks_us(), self._risen_us)

    def _on_button(self, _pin: machine.Pin) -> None:
        self.touched.set()

    def start_watchdog(self) -> None:
        """From here on ``feed`` must be called every few seconds."""
        self._watchdog = machine.WDT(timeout=_WATCHDOG_MS)

    def feed(self) -> None:
        """The sampler lives."""
        if self._watchdog is not None:
            self._watchdog.feed()

    def button_down(self) -> bool:
        """Whether the button is pressed."""
        return not self._button.value()

    def usb(self) -> bool:
        """Whether a USB host has counted on since the last call."""
        if self._board.usb_frame is None:
            return False
        before, self._frame = self._frame, machine.mem32[self._board.usb_frame]
        return self._frame != before

    def charging(self) -> bool:
        """Whether the cell is charged, where the board can tell."""
        return self._charge is not None and not self._charge.value()

    def nap(self, ms: int) -> None:
        """Sleep lightly; the button ends it."""
        esp32.wake_on_gpio((self._button,), False)
        machine.lightsleep(ms)
        esp32.wake_on_gpio((), False)

    def time_ms(self) -> int:
        """The board's own time of day, which goes on in deep sleep."""
        return time.time_ns() // 1000000

    def sleep(self, kind: int, on_movement: bool, carried: bytes) -> None:
        """Sleep until the button, or also until the sensor pulls INT1 low if it was told to."""
        machine.RTC().memory(bytes((kind,)) + carried)
        # Without a sensor that holds it up INT1 is low, and would end every sleep at once.
        pins = (self._button, self._int1) if on_movement else (self._button,)
        if self._board.gpio_wake:
            esp32.wake_on_gpio(pins, False)
        else:
            esp32.wake_on_ext0(self._button, False)
            if on_movement:
                esp32.wake_on_ext1((self._int1,), False)
        if kind in (EMPTY, SAFE):
            machine.deepsleep(EMPTY_SLEEP_MS)
        machine.deepsleep()

    def restart(self) -> None:
        """Start anew, as after switching off and on."""
        machine.reset()


def slept_for() -> int:
    """Why it slept before this start; 0 when it did not."""
    if machine.reset_cause() != machine.DEEPSLEEP_RESET:
        return 0
    memory = machine.RTC().memory()
    return memory[0] if memory else 0


def only_looks(slept: int) -> bool:
    """Whether nobody woke it: it slept for an empty cell, and looks how that is now."""
    return slept in (EMPTY, SAFE) and machine.wake_reason() == machine.TIMER_WAKE


def motor(hardware: Hardware, board: "Board") -> "PwmMotor | Drv2605l":
    """The haptic driver where there is one, else the transistor."""
    from clip_firmware.drv2605l import find_drv2605l
    from clip_firmware.motor import PwmMotor

    haptic = find_drv2605l(hardware.i2c)
    if haptic is not None:
        return haptic
    return PwmMotor(machine.PWM(machine.Pin(board.buzz), freq=_MOTOR_HZ, duty_u16=0))


def this_board() -> "Board":
    """This board's pins; those of the others make room."""
    from clip_firmware.board import board_named

    board = board_named(os.uname().machine)
    sys.modules.pop("clip_firmware.board")
    return board


def facts(board: "Board") -> dict[str, str]:
    """What Device Information says."""
    serial = "".join(["%02x" % byte for byte in machine.unique_id()])
    return {
        "maker": "Midback",
        "model": "Midback clip",
        "serial": serial[-6:],
        "firmware": VERSION,
        "hardware": board.name,
    }


def battery(board: "Board", slept: int) -> "Battery":
    """The cell behind its divider."""
    from clip_firmware.battery import EMPTY as BATTERY_EMPTY
    from clip_firmware.battery import GOOD, Battery

    pin = machine.ADC(machine.Pin(board.vbat), atten=machine.ADC.ATTN_11DB)
    level = BATTERY_EMPTY if slept in (EMPTY, SAFE) else GOOD
    return Battery(pin.read_uv, board.divider, level)


def parts_of(board: "Board", files: Files, boots: Boots, slept: int) -> "tuple[Parts, Hardware]":
    """Everything a clip is built of, in the order that a small memory asks for."""
    # First, while there is room for it in one piece.
    outbox = Outbox(LARGE if board.memory else SMALL)
    settings = Settings.load(files)
    bonds = Bonds(files)
    radio = Radio(settings.name, facts(board), bonds)
    looks = only_looks(slept)
    if not looks:
        # Once the heap has grown into the memory that Bluetooth needs, switching it on is a
        # crash and no exception (micropython issue 14293).
        radio.start()
    from clip_firmware.buzzer import Buzzer
    from clip_firmware.clip import Parts
    from clip_firmware.clock import Clock
    from clip_firmware.log import Log
    from clip_firmware.sampler import Sampler

    hardware = Hardware(board)
    clock = Clock(_time)
    if slept:
        clock.take_up(machine.RTC().memory()[1:], hardware.time_ms())
    parts = Parts(
        clock,
        Sampler(hardware.i2c, settings.mounting, clock, hardware.recover),
        Buzzer(motor(hardware, board), Backstop()),
        battery(board, slept),
        Power(looks),
        radio,
        bonds,
        files,
        settings,
        Log("log", _os, open, files),
        boots,
        outbox,
    )
    return parts, hardware


def run(board: "Board", files: Files, boots: Boots, slept: int) -> None:
    """Be a clip until something fails, or somebody stops it over USB."""
    parts, hardware = parts_of(board, files, boots, slept)
    from clip_firmware.app import App

    hardware.start_watchdog()
    try:
        greeting = "midback: firmware %s on %s" % (VERSION, board.name)
        asyncio.run(App(parts, hardware, greeting).run())
    except KeyboardInterrupt:
        # Somebody brings new files: this start has not failed.
        machine.WDT(timeout=_STOPPED_MS)
        boots.good()
    finally:
        parts.buzzer.off()


def stay_safe(board: "Board", files: Files, boots: Boots, slept: int) -> None:
    """Say on the air that this clip needs new files, as long as the cell allows it."""
    radio = Radio("Midback", facts(board), Bonds(files))
    radio.set_status(safe_status(boots.boot, 100, 0))
    looks = only_looks(slept)
    if not looks:
        radio.start()
        radio.advertise(FAST_MS)
    hardware = Hardware(board)
    try:
        watch_cell(hardware, battery(board, slept), radio, Power(looks), boots.boot)
    except Exception as error:
        sys.print_exception(error)  # its files may be what is broken: it stays on the air
        return
    radio.stop()
    silence_imu(hardware)
    hardware.sleep(SAFE, False, b"")


def safe_status(boot: int, percent: int, mv: int) -> bytes:
    """What a clip in safe mode says of itself."""
    flags = wire.STATUS_SAFE_MODE
    return wire.encode_status(
        wire.Status(wire.MODE_SAFE, flags, boot, 0, percent, mv, 0, 0, 0, 0, 0)
    )


def watch_cell(hardware: Hardware, cell: "Battery", radio: Radio, power: Power, boot: int) -> None:
    """Stay on the air until the cell is empty."""
    from clip_firmware.clock import Clock

    clock, now, interval_ms = Clock(_time), Situation(), 0
    now.moved = True  # whether it lies still is not known here
    while True:
        now.now_ms = clock.ms()
        now.connected = radio.connected
        now.button = hardware.button_down()
        now.usb = hardware.usb() or hardware.charging()
        cell.update(now.now_ms, False)
        now.battery = cell.level
        power.update(now)
        if power.deep_sleep is not None:
            return
        radio.start()
        radio.set_battery(cell.percent)
        radio.set_status(safe_status(boot, cell.percent, cell.mv))
        if power.advertising not in (None, interval_ms):
            interval_ms = power.advertising
            radio.advertise(interval_ms)
        radio.tend(now.now_ms)
        time.sleep_ms(_LOOK_MS)


def silence_imu(hardware: Hardware) -> None:
    """What a start before has set going measures on, and drains the cell."""
    from clip_firmware.imu import find_imu

    try:
        find_imu(hardware.i2c, Settings().mounting).power_down()
    except Exception as error:
        sys.print_exception(error)  # there is none, or its files are what is broken


def main() -> None:
    """Start as what the last starts make advisable."""
    machine.freq(_CPU_HZ)
    board = this_board()
    files = Files("data", _os, open)
    boots = Boots(files, os.urandom)
    slept = slept_for()
    if boots.begin(not slept) or slept == SAFE:
        stay_safe(board, files, boots, slept)
        return
    try:
        run(board, files, boots, slept)
    except Exception as error:
        sys.print_exception(error)
        machine.reset()


main()
