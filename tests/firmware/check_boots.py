"""Starts that come to nothing lead to safe mode; on CPython and on MicroPython."""

from faulty_flash import ENOSPC, FaultyFlash

from clip_firmware.boots import Boots
from clip_firmware.files import Files


class Chance:
    """What ``os.urandom`` gives, from a list."""

    def __init__(self, *drawn):
        self.drawn = list(drawn)

    def __call__(self, count):
        assert count == 2
        value = self.drawn.pop(0) if len(self.drawn) > 1 else self.drawn[0]
        return bytes((value & 0xFF, value >> 8))


def start(flash, cold=True, good=False, chance=None):
    """One start; whether it was in safe mode, and its id."""
    boots = Boots(Files("/clip", flash, flash.open), chance or Chance(7))
    safe = boots.begin(cold)
    if good:
        boots.good()
    return safe, boots.boot


def starts(flash, count, **how):
    return [start(flash, **how)[0] for _ in range(count)]


def check_a_clip_that_works_never_sees_safe_mode():
    assert not any(starts(FaultyFlash(), 20, good=True))


def check_three_failed_starts_lead_to_safe_mode():
    assert starts(FaultyFlash(), 4) == [False, False, False, True]


def check_one_good_start_makes_up_for_the_failed_ones():
    flash = FaultyFlash()
    assert starts(flash, 2) + starts(flash, 1, good=True) == [False, False, False]
    assert starts(flash, 4) == [False, False, False, True]


def check_after_safe_mode_the_program_gets_one_try():
    flash = FaultyFlash()
    starts(flash, 4)
    assert starts(flash, 5) == [False, True, False, True, False]


def check_a_repaired_program_is_back_for_good():
    flash = FaultyFlash()
    starts(flash, 4)
    assert starts(flash, 1, good=True) + starts(flash, 3) == [False, False, False, False]


def check_waking_from_deep_sleep_does_not_count():
    flash = FaultyFlash()
    starts(flash, 2)
    assert not any(starts(flash, 20, cold=False))
    assert starts(flash, 2) == [False, True]


def check_waking_after_three_failed_starts_is_no_safe_mode():
    flash = FaultyFlash()
    starts(flash, 3)
    assert starts(flash, 2, cold=False) == [False, False]


def check_every_start_has_an_id_of_its_own():
    flash = FaultyFlash()
    chance = Chance(7, 7, 8, 0xFFFF, 0xFFFF, 0)
    ids = [start(flash, cold, chance=chance)[1] for cold in (True, False, True, False, True)]
    assert ids == [7, 8, 9, 0xFFFF, 0]


def check_a_full_flash_does_not_keep_it_from_starting():
    flash = FaultyFlash()
    flash.refusing = ENOSPC
    assert start(flash, good=True) == (False, 7)


def check_a_damaged_count_begins_anew():
    flash = FaultyFlash()
    starts(flash, 3)
    flash.files["/clip/boots"][-1] ^= 1
    assert starts(flash, 1) == [False]


def check_good_writes_only_what_has_changed():
    flash = FaultyFlash()
    boots = Boots(Files("/clip", flash, flash.open), Chance(7))
    boots.begin(True)
    boots.good()
    before = flash.operations
    boots.good()
    assert flash.operations == before


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
