"""The motor driver on the bus, against bytes by hand from its datasheet (SLOS854D).

Runs on CPython and on MicroPython.
"""

import fake_chip

from clip_firmware.drv2605l import Drv2605l, find_drv2605l


def chip(status=0xE0):
    return fake_chip.FakeChip(0x5A, 0, registers=((0x00, status), (0x01, 0x40)))


def made():
    bus = chip()
    motor = Drv2605l(bus)
    bus.log.clear()
    return motor, bus


def failed(call, *args):
    try:
        call(*args)
    except OSError:
        return True
    return False


def check_it_is_found_by_its_id():
    assert find_drv2605l(chip(0xE0)) is not None
    assert find_drv2605l(chip(0x60)) is None  # a DRV2605
    assert find_drv2605l(fake_chip.FakeChip(0x6A, 0)) is None


def check_it_is_off_from_the_start():
    bus = chip()
    Drv2605l(bus)
    assert bus.log == [(0x02, 0x00), (0x01, 0x45)]


def check_it_turns_an_erm_in_open_loop_by_real_time_playback():
    motor, bus = made()
    motor.set(100)
    assert bus.log == [
        (0x01, 0x05),  # out of standby, real-time playback
        (0x03, 0x01),
        (0x1A, 0x36),  # N_ERM_LRA 0
        (0x1D, 0xA0),  # ERM_OPEN_LOOP, signed
        (0x17, 0x8B),  # 139 * 21.59 mV = 3.0 V
        (0x02, 0x7F),
    ]


def check_strength_is_a_share_of_the_full_input():
    motor, bus = made()
    for percent, value in ((1, 1), (50, 64), (100, 127), (200, 127)):
        motor.set(percent)
        assert bus.main[0x02] == value


def check_a_new_strength_is_one_write():
    motor, bus = made()
    motor.set(100)
    bus.log.clear()
    motor.set(60)
    assert bus.log == [(0x02, 76)]


def check_off_is_no_drive_and_standby():
    motor, bus = made()
    motor.set(100)
    bus.log.clear()
    motor.set(0)
    assert bus.log == [(0x02, 0x00), (0x01, 0x45)]


def check_a_driver_that_lost_its_supply_comes_back_with_the_next_buzz():
    motor, bus = made()
    motor.set(100)
    motor.set(0)
    bus.lose_power()
    motor.set(100)
    assert (bus.main[0x01], bus.main[0x1D], bus.main[0x02]) == (0x05, 0xA0, 0x7F)


def check_a_fault_is_raised():
    motor, bus = made()
    bus.faults = 1
    assert failed(motor.set, 100)


def check_a_fault_while_stopping_still_tries_the_other_way():
    motor, bus = made()
    motor.set(100)
    bus.faults = 1
    assert failed(motor.set, 0)
    assert bus.main[0x01] == 0x45


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
