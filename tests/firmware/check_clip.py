"""A whole clip with fake chip, flash, radio and time; runs on CPython and on MicroPython.

The sensor is an LSM6DSOX, so that the clip finds the orientation itself.
"""

import fake_chip
from fake_clip import BOOT, DEFAULT, QUICK, STRAIGHT, Bench, calibrated, lengths, records

from clip_firmware import button, power
from midback.shared import wire

# Start and status


def check_a_new_clip_tells_what_it_is():
    bench = Bench()
    status = bench.status()
    assert (status.mode, status.boot, status.flags) == (
        wire.MODE_ALONE,
        BOOT,
        wire.STATUS_BONDED_ONLY,
    )
    assert (status.battery_percent, status.battery_mv) == (85, 4000)
    assert (status.lost_samples, status.buzzes, status.log_first, status.log_next) == (0, 0, 0, 0)


def check_it_calls_for_a_host_from_the_start():
    radio = Bench().radio
    assert (radio.on, radio.interval_ms, radio.percent) == (True, power.FAST_MS, 85)


def check_the_status_has_its_time_and_temperature():
    bench = Bench()
    bench.chip.main.update({0x20: 0x00, 0x21: 0x0A})  # 10 degrees above 25
    bench.run(10)
    status = bench.status()
    assert (status.ticks, status.temperature_cdeg) == (100000, 3500)


def check_the_status_is_notified_every_ten_seconds():
    bench = Bench().linked().run(31)
    assert [kind for kind, _ in bench.radio.sent] == ["t"] * 3


def check_without_a_sensor_it_says_so_by_status_and_by_buzz_and_finds_it_later():
    bench = Bench(chip=fake_chip.lsm6dsox(0x10))
    assert bench.has(wire.STATUS_NO_IMU)
    bench.run(3)
    assert lengths(bench) == [600, 80, 80]
    assert bench.linked().asked(wire.OP_START, *DEFAULT) == wire.REFUSED
    bench.chip.address = 0x6B
    bench.run(1)
    assert not bench.has(wire.STATUS_NO_IMU)
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.OK
    assert len(bench.run(3).packets()) > 10


def check_a_sensor_that_fails_later_is_no_reason_to_fail():
    bench = Bench().linked()
    bench.chip.faults = 1000
    bench.run(12)
    assert bench.status().temperature_cdeg == 0


def check_damaged_settings_are_told_and_a_new_calibration_mends_them():
    bench = Bench(start=False)
    bench.parts.settings.contexts.slumps[0] = (1000, 1000, 0, 0, 20, 10)
    bench.clip.start()
    assert bench.has(wire.STATUS_SETTINGS_LOST)


def check_what_was_saved_is_there_after_a_restart():
    first = calibrated()
    again = Bench(flash=first.flash)
    assert again.has(wire.STATUS_NEUTRAL_SET)
    assert again.parts.settings.contexts.slump == QUICK


def check_counters_that_reach_their_end_are_told_within_their_range():
    bench = calibrated()
    bench.parts.sampler.lost_samples = 70000
    bench.buzzer.buzzes = bench.clip.wearer._counted_buzzes = 65535
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    bench.run(11)
    assert (bench.status().lost_samples, bench.status().buzzes) == (65535, 0)
    assert [record[2] for record in records(bench)] == [1]


# Battery


def check_a_low_cell_is_told_by_status_and_by_buzz():
    bench = Bench(start=False)
    bench.cell_mv = 3450
    bench.clip.start()
    bench.run(40)
    assert bench.has(wire.STATUS_LOW_BATTERY)
    assert lengths(bench) == []
    bench.clip._seconds = 600 + 8
    assert lengths(bench.run(3)) == [40, 40]


def check_a_cell_too_low_for_it_ends_the_stream():
    bench = Bench(start=False)
    bench.cell_mv = 3350
    bench.clip.start()
    bench.linked()
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.OK
    bench.run(40)
    assert not bench.has(wire.STATUS_STREAMING)
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.REFUSED
    bench.run(1, usb=True)
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.OK


def check_a_cell_that_is_charged_is_told():
    bench = Bench()
    bench.parts.battery.charging = True
    bench.run(1)
    assert bench.has(wire.STATUS_CHARGING)


# Button


def check_pairing_is_open_for_a_minute():
    bench = Bench().run(1)
    bench.clip.pressed(button.PAIR)
    bench.run(59)
    assert bench.parts.bonds.window_open
    bench.run(2)
    assert (bench.parts.bonds.window_open, lengths(bench)) == (False, [60] * 3)


def check_forgetting_takes_bonds_calibration_and_settings():
    bench = calibrated()
    bench.asked(wire.OP_SET_NEUTRAL, 2, *STRAIGHT)
    bench.asked(wire.OP_USE_CONTEXT, 2)
    bench.clip.pressed(button.PAIR)
    bench.parts.bonds.set(1, b"\x00123456", b"key")
    bench.run(7)
    bench.clip.pressed(button.FORGET)
    bench.run(1)
    assert (bench.parts.bonds.count, bench.parts.bonds.window_open) == (0, False)
    assert not bench.has(wire.STATUS_NEUTRAL_SET)
    assert bench.status().context == 0
    assert bench.asked(wire.OP_USE_CONTEXT, 2) == wire.REFUSED
    assert not Bench(flash=bench.flash).has(wire.STATUS_NEUTRAL_SET)


def check_a_triple_press_tells_the_host_at_once():
    bench = calibrated()
    bench.asked(wire.OP_SET_NEUTRAL, 1, *STRAIGHT)
    bench.radio.sent.clear()
    bench.clip.pressed(button.TRIPLE)
    bench.send()
    told = [wire.decode_status(sent).context for kind, sent in bench.radio.sent if kind == "t"]
    assert (told, bench.status().context) == ([1], 1)


# The rest


def check_alone_is_kept_and_told():
    bench = Bench().linked()
    assert bench.asked(wire.OP_ALONE, 1) == wire.OK
    assert bench.run(1).has(wire.STATUS_ALONE)
    bench.radio.unlink()
    bench.run(61)
    assert not bench.radio.on
    assert bench.clip.light_sleep
    bench.clip.pressed(button.PAIR)
    bench.run(1)
    assert bench.radio.on


def check_an_empty_cell_is_a_reason_to_sleep():
    bench = Bench(start=False)
    bench.cell_mv = 3200
    bench.clip.start()
    assert bench.run(35).clip.deep_sleep == power.EMPTY


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
