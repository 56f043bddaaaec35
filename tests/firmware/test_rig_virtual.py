"""A board in virtual time: its pins, clocks, sleeps and resets, as little programs see them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import psutil
import pytest
from firmware.rig.hardware import (
    DEEPSLEEP_RESET,
    HARD_RESET,
    PWRON_RESET,
    TIMER_WAKE,
    WDT_RESET,
    ClockCounter,
    Hardware,
)
from firmware.rig.process import DEMO, HEAP_BYTES, Program
from firmware.rig.scripts import printed
from firmware.rig.virtual import FirmwareEnded, VirtualClip

from midback.shared import wire

BUTTON, INT1, MOTOR, SENSE = 4, 5, 10, 3


class Registers:
    """One device at 0x6A whose registers hold their own number."""

    def __init__(self) -> None:
        self.written: list[tuple[int, bytes]] = []
        self.fault: int | None = None
        self.clock: Callable[[], float] = lambda: -1.0

    def readfrom_mem_into(self, addr: int, memaddr: int, buf: bytearray, /) -> None:
        self._check(addr)
        buf[:] = bytes(memaddr + at for at in range(len(buf)))

    def writeto_mem(self, addr: int, memaddr: int, buf: bytes, /) -> None:
        self._check(addr)
        self.written.append((memaddr, buf))

    def _check(self, address: int) -> None:
        if self.fault is not None or address != 0x6A:
            raise OSError(self.fault or errno.ENODEV, "no answer")


class Ticker:
    """An interrupt line that rises every second and falls a tenth of a second later."""

    def int1(self, now_s: float) -> bool:
        return now_s >= 1.0 and now_s % 1.0 < 0.1

    def next_int1_s(self, now_s: float) -> float:
        return float(int(now_s) + 1)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., VirtualClip]]:
    clips: list[VirtualClip] = []

    def start(source: str, hardware: Hardware | None = None, **settings: object) -> VirtualClip:
        main = tmp_path / "main.py"
        main.write_text(
            "import machine, time, asyncio\nfrom machine import Pin\n" + dedent(source)
        )
        clips.append(VirtualClip(Program(main, tmp_path), hardware, **settings))  # pyright: ignore[reportArgumentType]
        return clips[-1]

    yield start
    for clip in clips:
        clip.__exit__(None, None, None)


Run = Callable[..., VirtualClip]


# Time


def test_waiting_takes_exactly_as_long_as_told(run: Run):
    clip = run("time.sleep_ms(1500)\nmachine.Pin(7, Pin.OUT).on()\ntime.sleep(1)")
    clip.run_until(1.499999)
    before = dict(clip.hardware.outputs)
    clip.run_until(1.5)

    assert (before, clip.hardware.outputs) == ({}, {7: 1})


def test_ticks_wrap_at_two_to_the_thirtieth(run: Run):
    wrap_us = 1 << 30
    source = """
    before = time.ticks_us()
    time.sleep_ms(2)
    print(before, time.ticks_us(), time.ticks_diff(time.ticks_us(), before))
    time.sleep(9)
    """
    clip = run(source, ticks_us=wrap_us - 1000)
    clip.run_until(1.0)

    assert clip.console == "1073740824 1000 2000\n"


def test_asyncio_wakes_its_tasks_in_the_order_of_their_time(run: Run):
    source = """
    told = []
    async def tell(ms):
        await asyncio.sleep_ms(ms)
        told.append((ms, time.ticks_ms()))
    async def main():
        await asyncio.gather(*(tell(ms) for ms in (300, 100, 200)))
        print(told)
    asyncio.run(main())
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(1.0)

    assert clip.console == "[(100, 100), (200, 200), (300, 300)]\n"


def test_asyncio_goes_on_over_the_wrap_of_the_ticks(run: Run):
    source = """
    async def main():
        for _ in range(50):
            await asyncio.sleep_ms(100)
        print("done")
    asyncio.run(main())
    time.sleep(9)
    """
    clip = run(source, ticks_us=((1 << 30) - 2500) * 1000)
    clip.run_until(5.1)

    assert clip.console == "done\n"


def test_a_flag_wakes_the_task_that_waits_for_it_at_once(run: Run):
    source = """
    flag = asyncio.ThreadSafeFlag()
    Pin(4, Pin.IN, Pin.PULL_UP).irq(lambda pin: flag.set(), Pin.IRQ_FALLING)
    async def main():
        await flag.wait()
        print(time.ticks_ms())
        await asyncio.sleep(9)
    asyncio.run(main())
    """
    clip = run(source)
    clip.press(BUTTON, at_s=1.234)
    clip.run_until(2.0)

    assert clip.console == "1234\n"


def test_a_timeout_cancels_a_task(run: Run):
    source = """
    async def main():
        try:
            await asyncio.wait_for_ms(asyncio.Event().wait(), 250)
        except asyncio.TimeoutError:
            print(time.ticks_ms())
        await asyncio.sleep(9)
    asyncio.run(main())
    """
    clip = run(source)
    clip.run_until(1.0)

    assert clip.console == "250\n"


# Parts


def test_a_button_with_a_pull_up_reads_one_until_it_is_pressed(tmp_path: Path):
    source = """
    import time
    from machine import Pin
    button = Pin(4, Pin.IN, Pin.PULL_UP)
    before = button.value()
    time.sleep(2)
    print(before, button())
    """
    told = printed(tmp_path, source, lambda clip: clip.press(BUTTON, at_s=1.0, hold_s=5.0))

    assert told == ["1 0"]


@pytest.mark.parametrize(("edges", "told"), [("FALLING", "1000"), ("RISING", "1500")])
def test_a_pin_interrupts_at_its_edges_only(run: Run, edges: str, told: str):
    source = f"""
    pin = Pin(4, Pin.IN, Pin.PULL_UP)
    pin.irq(lambda pin: print(time.ticks_ms()), Pin.IRQ_{edges})
    time.sleep(9)
    """
    clip = run(source)
    clip.press(BUTTON, at_s=1.0, hold_s=0.5)
    clip.run_until(3.0)

    assert clip.console.split() == [told]


def test_an_interrupt_handler_that_raises_does_not_stop_the_board(run: Run):
    source = """
    Pin(4, Pin.IN, Pin.PULL_UP).irq(lambda pin: print(1 / 0), Pin.IRQ_FALLING)
    time.sleep(2)
    print("going on")
    time.sleep(9)
    """
    clip = run(source)
    clip.press(BUTTON, at_s=1.0)
    clip.run_until(3.0)

    assert clip.console.splitlines()[-2:] == ["ZeroDivisionError: divide by zero", "going on"]


def test_an_imus_line_interrupts_when_the_imu_says(run: Run):
    source = """
    Pin(5, Pin.IN).irq(lambda pin: print(time.ticks_ms()), Pin.IRQ_RISING)
    time.sleep(9)
    """
    clip = run(source, imu=Ticker(), int1_pin=INT1)
    clip.run_until(3.5)

    assert clip.console.split() == ["1000", "2000", "3000"]


def test_every_change_of_the_motor_is_logged_with_its_time(run: Run):
    source = """
    motor = machine.PWM(Pin(10), freq=200, duty_u16=0)
    motor.duty_u16(30000)
    time.sleep_ms(80)
    motor.duty_u16(0)
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(1.0)

    assert [(p.time_s, p.pin, p.duty_u16, p.hz) for p in clip.hardware.pulses] == [
        (0.0, MOTOR, 0, 200),
        (0.0, MOTOR, 30_000, 200),
        (0.08, MOTOR, 0, 200),
    ]


def test_a_voltage_reads_in_microvolts_and_as_a_fraction(run: Run):
    hardware = Hardware(adc_uv={SENSE: 1_650_000})
    clip = run("adc = machine.ADC(Pin(3))\nprint(adc.read_uv(), adc.read_u16())", hardware)
    clip.run_until(1.0)

    assert clip.console == "1650000 32767\n"


def test_registers_are_read_and_written_on_the_bus(run: Run):
    bus = Registers()
    source = """
    i2c = machine.I2C(0, scl=Pin(7), sda=Pin(6), freq=400_000)
    data = bytearray(3)
    i2c.readfrom_mem_into(0x6A, 0x22, data)
    i2c.writeto_mem(0x6A, 0x10, b"\\x40")
    print(data, i2c.scan())
    time.sleep(9)
    """
    clip = run(source, Hardware(bus=bus))
    clip.run_until(1.0)

    assert (clip.console, bus.written) == ("bytearray(b'\"#$') [106]\n", [(0x10, b"\x40")])


def test_a_fault_on_the_bus_is_raised_as_the_bus_raised_it(run: Run):
    bus = Registers()
    bus.fault = errno.ETIMEDOUT
    source = """
    try:
        machine.I2C(0).readfrom_mem(0x6A, 0, 1)
    except OSError as error:
        print(error.errno)
    time.sleep(9)
    """
    clip = run(source, Hardware(bus=bus))
    clip.run_until(1.0)

    assert clip.console == f"{errno.ETIMEDOUT}\n"


def test_a_bus_gets_the_clips_clock(run: Run):
    bus = Registers()
    clip = run("time.sleep(9)", Hardware(bus=bus))
    clip.run_until(2.0)

    assert bus.clock() == 2.0


def test_nine_clocks_free_a_stuck_bus(run: Run):
    freed: list[bool] = []
    hardware = Hardware(watchers={7: ClockCounter(lambda: freed.append(True))})
    source = """
    clock = Pin(7, Pin.OUT)
    for _ in range(9):
        clock.off()
        clock.on()
    time.sleep(9)
    """
    run(source, hardware).run_until(1.0)

    assert freed == [True]


def test_a_word_of_the_chips_memory_is_what_the_host_side_says(run: Run):
    hardware = Hardware(words={0x60043024: lambda: 42})
    clip = run("print(machine.mem32[0x60043024], machine.mem32[0])\ntime.sleep(9)", hardware)
    clip.run_until(1.0)

    assert clip.console == "42 0\n"


def test_a_timer_rings_once(run: Run):
    source = """
    timer = machine.Timer(0)
    ring = lambda timer: print(time.ticks_ms())
    timer.init(mode=machine.Timer.ONE_SHOT, period=700, callback=ring)
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(3.0)

    assert clip.console == "700\n"


def test_a_timer_that_was_stopped_or_set_anew_does_not_ring(run: Run):
    source = """
    ring = lambda timer: print(time.ticks_ms())
    one, other = machine.Timer(0), machine.Timer(1)
    one.init(mode=machine.Timer.ONE_SHOT, period=700, callback=ring)
    other.init(mode=machine.Timer.ONE_SHOT, period=700, callback=ring)
    time.sleep_ms(500)
    one.deinit()
    other.init(mode=machine.Timer.ONE_SHOT, period=700, callback=ring)
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(3.0)

    assert clip.console == "1200\n"


def test_what_stands_in_for_the_boards_modules_takes_none_of_the_heap(tmp_path: Path):
    source = """
    import gc, bluetooth, esp32, machine, os, time
    gc.collect()
    print(gc.mem_free())
    """
    (free,) = printed(tmp_path, source)

    # What is left is asyncio, the launcher and this program.
    assert HEAP_BYTES - 16_384 < int(free) < HEAP_BYTES


# Resets and sleeps

WHY = """
print(machine.reset_cause(), machine.wake_reason(), machine.RTC().memory(), time.ticks_ms())
"""


def causes(clip: VirtualClip) -> list[tuple[float, int, int]]:
    return [(start.time_s, start.cause, start.wake_reason) for start in clip.starts]


def test_a_reset_keeps_rtc_memory_and_starts_the_clock_anew(run: Run):
    source = """
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.RTC().memory(b"kept")
        time.sleep(1)
        machine.reset()
    time.sleep(9)
    """
    clip = run(WHY + dedent(source))
    clip.run_until(2.0)

    assert (clip.console, causes(clip)) == (
        "1 0 b'' 0\n2 0 b'kept' 0\n",
        [(0.0, PWRON_RESET, 0), (1.0, HARD_RESET, 0)],
    )


DAY = "print(machine.reset_cause(), time.time_ns() // 1000000, time.time(), time.ticks_ms())"


def test_the_time_of_day_goes_on_over_resets_and_deep_sleep_as_far_off_as_set(run: Run):
    source = """
    time.sleep(1)
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.reset()
    if machine.reset_cause() == machine.HARD_RESET:
        machine.deepsleep(10000)
    time.sleep(99)
    """
    clip = run(DAY + dedent(source))
    clip.sleep_drift = 0.5
    clip.run_until(14.0)

    assert clip.console == "1 0 0 0\n2 1000 1 0\n4 17000 17 0\n"


def test_the_time_of_day_begins_anew_when_power_comes(run: Run):
    clip = run(DAY + "\nmachine.deepsleep(3000 if machine.reset_cause() == 1 else 99000)")
    clip.at(10.0, clip.cut_power)
    clip.run_until(12.0)

    assert clip.console == "1 0 0 0\n4 3000 3 0\n1 0 0 0\n"


def test_nothing_runs_after_a_reset_not_even_what_finally_says(run: Run):
    source = """
    try:
        if machine.reset_cause() == machine.PWRON_RESET:
            machine.reset()
    finally:
        print("finally", machine.reset_cause())
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(1.0)

    assert clip.console == "finally 2\n"


def test_a_deep_sleep_ends_by_its_timer(run: Run):
    source = """
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.deepsleep(60_000)
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(61.0)

    assert causes(clip)[1:] == [(60.0, DEEPSLEEP_RESET, TIMER_WAKE)]


@pytest.mark.parametrize(
    ("call", "reason"),
    [("esp32.wake_on_ext0(pin, 0)", 2), ("esp32.wake_on_gpio((pin,), 0)", 7)],
)
def test_a_deep_sleep_ends_with_the_level_of_a_pin(run: Run, call: str, reason: int):
    source = f"""
    import esp32
    pin = Pin(4, Pin.IN, Pin.PULL_UP)
    if machine.reset_cause() == machine.PWRON_RESET:
        {call}
        machine.deepsleep()
    time.sleep(9)
    """
    clip = run(source)
    clip.press(BUTTON, at_s=3600.0)
    clip.run_until(3601.0)

    assert causes(clip)[1:] == [(3600.0, DEEPSLEEP_RESET, reason)]


def test_movement_wakes_from_deep_sleep(run: Run):
    source = """
    import esp32
    if machine.reset_cause() == machine.PWRON_RESET:
        esp32.wake_on_ext1((Pin(5, Pin.IN),), esp32.WAKEUP_ANY_HIGH)
        time.sleep_ms(1500)
        machine.deepsleep()
    time.sleep(9)
    """
    clip = run(source, imu=Ticker(), int1_pin=INT1)
    clip.run_until(3.0)

    assert clip.deep_sleeps == [(1.5, 2.0, 3)]


def test_a_light_sleep_goes_on_where_it_began(run: Run):
    source = """
    machine.lightsleep(200)
    print(time.ticks_ms(), machine.wake_reason())
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(1.0)

    assert (clip.console, clip.light_sleep_us) == ("200 4\n", 200_000)


def test_a_pin_ends_a_light_sleep(run: Run):
    source = """
    pin = Pin(4, Pin.IN, Pin.PULL_UP)
    pin.irq(None, Pin.WAKE_LOW, wake=machine.SLEEP)
    machine.lightsleep(10_000)
    print(time.ticks_ms(), machine.wake_reason())
    time.sleep(9)
    """
    clip = run(source)
    clip.press(BUTTON, at_s=3.0)
    clip.run_until(4.0)

    assert clip.console == "3000 2\n"


def test_a_watchdog_that_is_fed_does_not_bite(run: Run):
    source = "dog = machine.WDT(timeout=1000)\nwhile True:\n    time.sleep_ms(900)\n    dog.feed()"
    clip = run(source)
    clip.run_until(60.0)

    assert (len(clip.starts), clip.feeds) == (1, 66)


def test_a_hungry_watchdog_restarts_the_clip_and_the_motor_stops(run: Run):
    source = """
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.WDT(timeout=1000)
        machine.PWM(Pin(10), freq=200, duty_u16=9000)
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(2.0)

    assert (causes(clip)[1:], clip.hardware.pulses[-1][:3]) == (
        [(1.0, WDT_RESET, 0)],
        (1.0, MOTOR, 0),
    )


def test_a_program_that_never_waits_again_is_left_to_the_watchdog(run: Run):
    source = """
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.WDT(timeout=8000)
        while True:
            pass
    time.sleep(9)
    """
    clip = run(source, patience_s=0.3)
    clip.run_until(9.0)

    assert causes(clip)[1:] == [(8.0, WDT_RESET, 0)]


def test_a_program_that_ends_is_left_to_the_watchdog_too(run: Run):
    source = """
    if machine.reset_cause() == machine.PWRON_RESET:
        machine.WDT(timeout=8000)
        raise ValueError("a mistake")
    time.sleep(9)
    """
    clip = run(source)
    clip.run_until(9.0)

    assert causes(clip)[1:] == [(8.0, WDT_RESET, 0)]


def test_a_program_that_ends_without_a_watchdog_is_told_with_what_it_printed(run: Run):
    with pytest.raises(FirmwareEnded, match="ValueError: a mistake"):
        run("raise ValueError('a mistake')").run_until(1.0)


def test_a_power_cut_keeps_flash_and_loses_rtc_memory(run: Run):
    source = """
    machine.RTC().memory(b"gone")
    with open("counter", "a") as file:
        file.write("x")
    with open("counter") as file:
        print(file.read())
    time.sleep(99)
    """
    clip = run(WHY + dedent(source))
    clip.at(5.0, clip.cut_power)
    clip.run_until(7.0)

    assert clip.console == "1 0 b'' 0\nx\n1 0 b'' 0\nxx\n"


def test_the_interpreter_is_gone_afterwards(tmp_path: Path):
    with VirtualClip(Program(DEMO, tmp_path)) as clip:
        clip.run_until(1.0)

    assert psutil.Process().children() == []


# A whole firmware


def test_a_host_streams_for_ten_minutes(tmp_path: Path):
    with VirtualClip(Program(DEMO, tmp_path)) as clip:
        clip.run_until(1.0)
        clip.host.connect()
        clip.settle()
        clip.host.write_control(wire.encode_command(wire.OP_START, 1, 1, 4000, 5))
        clip.run_until(601.0)
        packets = [wire.decode_stream(one.payload) for one in clip.host.notifications[1:]]

    assert [packet.sequence for packet in packets] == list(range(3_000))


def test_a_firmware_hears_its_host_and_its_button(tmp_path: Path):
    with VirtualClip(Program(DEMO, tmp_path)) as clip:
        clip.at(1.0, clip.host.connect)
        buzz = wire.encode_command(wire.OP_BUZZ, 1, wire.PATTERN_NUDGE, 1, 80)
        clip.at(2.0, lambda: clip.host.write_control(buzz))
        clip.press(BUTTON, at_s=3.0)
        clip.run_until(4.0)

    on_s = [pulse.time_s for pulse in clip.hardware.pulses if pulse.duty_u16]
    assert on_s == [2.0, 3.0]
