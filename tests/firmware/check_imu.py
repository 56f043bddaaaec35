"""Finding the IMU; runs on CPython and on MicroPython."""

import fake_chip

from clip_firmware.imu import find_imu
from clip_firmware.lsm6 import ImuError


def complaint(bus):
    try:
        find_imu(bus, "-z-x+y")
    except ImuError as error:
        return str(error)
    return ""


def check_either_chip_is_found_at_either_address():
    for address in (0x6A, 0x6B):
        assert find_imu(fake_chip.lsm6dsv16x(address), "-z-x+y").NAME == "LSM6DSV16X"
        assert find_imu(fake_chip.lsm6dsox(address), "-z-x+y").NAME == "LSM6DSOX"


def check_where_nothing_answers_it_says_so():
    assert complaint(fake_chip.lsm6dsox(0x10)) == (
        "nothing at 0x6a; nothing at 0x6b: check the IMU's wiring and supply"
    )


def check_where_a_stranger_answers_it_says_what():
    said = complaint(fake_chip.FakeChip(0x6B, 0x6A))
    assert said.startswith("nothing at 0x6a; 0x6a at 0x6b is no known IMU")


def check_a_bus_stuck_high_is_no_imu():
    bus = fake_chip.lsm6dsox()
    bus.stuck = 0xFF
    assert "0xff at 0x6a is no known IMU" in complaint(bus)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
