"""The clip's clock on counters that wrap as the board's do; runs on CPython and on MicroPython."""

from clip_firmware.clock import Clock

PERIOD = 1 << 30
MINUTE_US = 60 * 1000 * 1000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class Counters:
    """A board's ``time`` module, some microseconds after its power-on."""

    def __init__(self, us=0):
        self.us = us

    def ticks_us(self):
        return self.us % PERIOD

    def ticks_ms(self):
        return self.us // 1000 % PERIOD

    def ticks_diff(self, ticks1, ticks2):
        return (ticks1 - ticks2 + PERIOD // 2) % PERIOD - PERIOD // 2


def random_pauses(most_us, seed=1):
    """Microseconds, anything up to *most_us*; the same on both Pythons."""
    while True:
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        yield 1 + seed * most_us // (1 << 31)


def furthest_off(start_us, most_us, days):
    """How far the clock is from the truth at worst: (100 us ticks, ms)."""
    counters = Counters(start_us)
    clock = Clock(counters)
    off_ticks = off_ms = 0
    for pause_us in random_pauses(most_us):
        counters.us += pause_us
        passed_us = counters.us - start_us
        if passed_us > days * DAY_US:
            return off_ticks, off_ms
        off_ticks = max(off_ticks, abs(clock.ticks() - passed_us // 100 % (1 << 32)))
        ms_off = clock.ms() - (counters.us // 1000 - start_us // 1000)
        off_ms = max(off_ms, abs(ms_off))
    return None


def check_time_begins_with_the_clock():
    clock = Clock(Counters(987654321))
    assert (clock.ticks(), clock.ms()) == (0, 0)


def check_a_tick_is_a_hundred_microseconds_and_nothing_is_lost_between():
    counters = Counters()
    clock = Clock(counters)
    shown = []
    for us in (99, 100, 199, 250, 1000):
        counters.us = us
        shown.append(clock.ticks())
    assert shown == [0, 1, 1, 2, 10]


def check_a_minute_of_bursts_is_exact():
    counters = Counters()
    clock = Clock(counters)
    for _ in range(300):
        counters.us += 200007
        clock.ticks()
    assert clock.ticks() == 300 * 200007 // 100


def check_twenty_days_of_short_pauses_over_every_wrap_are_exact():
    # The microseconds wrap 1600 times, the milliseconds once, the ticks four times.
    assert furthest_off(PERIOD - 5 * MINUTE_US, 8 * MINUTE_US, 20) == (0, 0)


def check_pauses_longer_than_the_wrap_of_the_microseconds_are_exact():
    assert furthest_off(0, 5 * HOUR_US, 60) == (0, 0)


def check_five_days_of_light_sleep_at_a_time_are_exact():
    assert furthest_off(12345, 5 * DAY_US, 120) == (0, 0)


def check_a_pause_near_half_a_wrap_of_the_microseconds_is_exact():
    for pause_us in (PERIOD // 2 - 1, PERIOD // 2, PERIOD // 2 + 1, PERIOD - 1, PERIOD):
        counters = Counters(777)
        clock = Clock(counters)
        counters.us += pause_us
        assert clock.ticks() == pause_us // 100


def check_ticks_wrap_after_five_days():
    counters = Counters()
    clock = Clock(counters)
    last = 0
    while counters.us < 5 * DAY_US:
        counters.us += 7 * MINUTE_US
        last = clock.ticks()
    assert last == counters.us // 100 - (1 << 32)


def check_milliseconds_do_not_wrap_in_a_month():
    counters = Counters()
    clock = Clock(counters)
    last = 0
    for _ in range(30):
        counters.us += DAY_US
        last = clock.ms()
    assert last == 30 * DAY_US // 1000


def check_when_a_sample_was_is_told_in_milliseconds_across_the_wrap_of_the_ticks():
    counters = Counters()
    clock = Clock(counters)
    for _ in range(119 * 60 // 10 + 8):
        counters.us += 10 * MINUTE_US
        clock.ticks()
    now_ms, ticks = clock.ms(), clock.ticks()
    assert now_ms * 10 > 1 << 32
    for ago_ms in (0, 1, 1500, 119 * 3600 * 1000):
        assert clock.ms_at((ticks - 10 * ago_ms) % (1 << 32)) == now_ms - ago_ms


def check_reading_one_does_not_disturb_the_other():
    counters = Counters()
    clock = Clock(counters)
    for _ in range(1000):
        counters.us += 999
        clock.ms()
    assert (clock.ticks(), clock.ms()) == (9990, 999)


def check_after_a_week_of_silence_it_does_not_go_back():
    counters = Counters()
    clock = Clock(counters)
    counters.us += 1000000
    before = (clock.ticks(), clock.ms())
    counters.us += 7 * DAY_US
    assert (clock.ticks(), clock.ms()) == before
    counters.us += 1000000
    assert (clock.ticks(), clock.ms()) == (20000, 2000)


# What time it is

NOW_MS = 1700000000123  # of the year 2023, since 1970


def check_nobody_knows_the_time_until_it_is_told():
    clock = Clock(Counters())
    assert clock.unix_ms(0) is None
    assert clock.carried(5000) == b""


def check_told_once_the_time_goes_on():
    counters = Counters(7000)
    clock = Clock(counters)
    counters.us += 60000000
    clock.set_unix_ms(NOW_MS)
    assert clock.unix_ms(60000) == NOW_MS
    counters.us += 3 * DAY_US
    assert clock.unix_ms(clock.ms()) == NOW_MS + 3 * DAY_US // 1000


def check_it_also_tells_when_something_was_before_it_knew():
    counters = Counters()
    clock = Clock(counters)
    counters.us += 60000000
    clock.set_unix_ms(NOW_MS)
    assert clock.unix_ms(59000) == NOW_MS - 1000


def check_told_again_it_is_corrected():
    clock = Clock(Counters())
    clock.set_unix_ms(NOW_MS)
    clock.set_unix_ms(NOW_MS - 5000)
    assert clock.unix_ms(0) == NOW_MS - 5000


def woken(slept_ms, woke_at_ms, awake_us=0):
    """A clip's clock that was told the time, slept, and took it up *awake_us* after waking."""
    before = Clock(Counters())
    before.set_unix_ms(NOW_MS)
    counters = Counters()
    after = Clock(counters)
    counters.us += awake_us
    after.take_up(before.carried(woke_at_ms - slept_ms), woke_at_ms)
    return after


def check_over_a_deep_sleep_it_goes_on_as_the_board_measured_it():
    after = woken(slept_ms=8 * HOUR_US // 1000, woke_at_ms=10 * HOUR_US // 1000)
    assert after.unix_ms(0) == NOW_MS + 8 * HOUR_US // 1000


def check_what_starting_took_is_not_counted_twice():
    after = woken(slept_ms=5000, woke_at_ms=9000, awake_us=400000)
    assert after.unix_ms(400) == NOW_MS + 5000


def check_from_sleep_to_sleep_it_is_carried_on():
    after = woken(slept_ms=5000, woke_at_ms=9000)
    next_one = Clock(Counters())
    next_one.take_up(after.carried(10000), 17000)
    assert next_one.unix_ms(0) == NOW_MS + 5000 + 7000


def check_a_sleep_that_the_board_did_not_measure_loses_the_time():
    before = Clock(Counters())
    before.set_unix_ms(NOW_MS)
    for woke_at_ms, wanted in ((1999, None), (2000, NOW_MS)):
        clock = Clock(Counters())
        clock.take_up(before.carried(2000), woke_at_ms)
        assert clock.unix_ms(0) == wanted


def check_what_was_not_carried_is_not_taken_up():
    told = Clock(Counters())
    told.set_unix_ms(NOW_MS)
    whole = told.carried(0)
    for carried in (b"", whole[:-1], whole + b"\x00"):
        clock = Clock(Counters())
        clock.take_up(carried, 1000)
        assert clock.unix_ms(0) is None


def check_a_counter_that_does_not_wrap_there_is_taken_as_it_is():
    # The desktop's counters are wider than the board's.
    class Wide(Counters):
        def ticks_us(self):
            return self.us

        def ticks_ms(self):
            return self.us // 1000

        def ticks_diff(self, ticks1, ticks2):
            return ticks1 - ticks2

    counters = Wide(5)
    clock = Clock(counters)
    counters.us += 3 * HOUR_US
    assert (clock.ticks(), clock.ms()) == (3 * HOUR_US // 100, 3 * HOUR_US // 1000)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
