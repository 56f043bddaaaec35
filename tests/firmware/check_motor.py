"""The motor on a PWM pin; runs on CPython and on MicroPython."""

from clip_firmware.motor import PwmMotor


class Pin:
    def __init__(self):
        self.duties = []

    def duty_u16(self, value):
        self.duties.append(value)


def duty(percent):
    pin = Pin()
    PwmMotor(pin).set(percent)
    return pin.duties[-1]


def check_it_is_off_from_the_start():
    pin = Pin()
    PwmMotor(pin)
    assert pin.duties == [0]


def check_off_is_off():
    assert duty(0) == 0


def check_full_strength_is_all_there_is():
    assert duty(100) == 65535


def check_the_least_strength_still_turns():
    # 60 % of the supply.
    assert duty(1) == 39321


def check_strength_rises_all_the_way():
    duties = [duty(percent) for percent in range(101)]
    assert all(duties[i] < duties[i + 1] for i in range(100))


def check_what_is_out_of_range_is_the_nearest_in_it():
    assert (duty(-5), duty(1000)) == (0, 65535)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
