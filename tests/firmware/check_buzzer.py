"""The buzzer on a motor that writes down what it did; runs on CPython and on MicroPython.

A log is a list of (from, to) in ms: when the motor really ran.
"""

from clip_firmware import buzzer
from clip_firmware.buzzer import Buzzer, OnTime
from midback.shared import wire


class Bench:
    """A motor, a timer and a buzzer on one clock.

    ``late_ms``: how late ``update`` comes.  ``broken``: percents that raise.
    """

    def __init__(self, backstop=True, late_ms=0):
        self.now_ms = 1000
        self.late_ms = late_ms
        self.sets = []
        self.log = []
        self.broken: tuple[int, ...] = ()
        self.since_ms = None
        self.alarm = None
        self.no_timer = False
        self.buzzer = Buzzer(self, self if backstop else None)

    def set(self, percent):
        if percent in self.broken:
            raise OSError(5)
        self.sets.append((self.now_ms, percent))
        if percent and self.since_ms is None:
            self.since_ms = self.now_ms
        if not percent and self.since_ms is not None:
            self.log.append((self.since_ms, self.now_ms))
            self.since_ms = None

    def arm(self, ms, callback):
        if self.no_timer:
            raise OSError(12)
        self.alarm = (self.now_ms + ms, callback)

    def disarm(self):
        self.alarm = None

    def ask(self, pattern, repeats=1, strength=100):
        return self.buzzer.request(pattern, repeats, strength, self.now_ms)

    def sleep_until(self, end_ms):
        """Time passes, and nobody calls ``update``; the timer goes on."""
        while self.alarm is not None and self.alarm[0] <= end_ms:
            self.now_ms, callback = self.alarm
            self.alarm = None
            callback()
        self.now_ms = max(end_ms, self.now_ms)

    def run(self, until_ms=100000):
        """As the app does: ``update`` when it is due, until all is quiet."""
        due_ms = self.buzzer.update(self.now_ms)
        while due_ms is not None and self.now_ms + due_ms <= until_ms:
            self.sleep_until(self.now_ms + due_ms + self.late_ms)
            due_ms = self.buzzer.update(self.now_ms)
        return self.log


def log_of(pattern, repeats=1, strength=100, **how):
    bench = Bench(**how)
    assert bench.ask(pattern, repeats, strength) == wire.OK
    return bench.run()


def lengths(log):
    return [to_ms - from_ms for from_ms, to_ms in log]


def pauses(log):
    return [log[i + 1][0] - log[i][1] for i in range(len(log) - 1)]


def minutes_worth(bench):
    """Six seconds of vibration as fast as they may come."""
    for _ in range(2):
        assert bench.ask(wire.PATTERN_LONG, 5) == wire.OK
        bench.run()


def check_the_patterns_of_the_protocol_are_those_of_the_simulated_clip():
    assert lengths(log_of(wire.PATTERN_TICK)) == [40]
    nudge = log_of(wire.PATTERN_NUDGE)
    assert (lengths(nudge), pauses(nudge)) == ([80, 80], [120])
    strong = log_of(wire.PATTERN_STRONG)
    assert (lengths(strong), pauses(strong)) == ([150] * 3, [150] * 2)
    assert lengths(log_of(wire.PATTERN_LONG)) == [600]
    low = log_of(wire.PATTERN_LOW_BATTERY)
    assert (lengths(low), pauses(low)) == ([40, 40], [200])


def check_the_clips_own_patterns():
    felt = []
    for pattern in (buzzer.CONFIRM, buzzer.REFUSED, buzzer.PAIRING, buzzer.FORGOTTEN):
        log = log_of(pattern)
        felt.append((lengths(log), pauses(log)))
    assert felt == [([80], []), ([40, 40], [80]), ([60] * 3, [100] * 2), ([600], [])]
    log = log_of(buzzer.NO_IMU)
    assert (lengths(log), pauses(log)) == ([600, 80, 80], [200, 200])
    assert lengths(log_of(buzzer.BATTERY)) == [40, 40]


def check_no_two_of_them_feel_the_same():
    felt = []
    for pattern in buzzer._PULSES_MS:
        if pattern != buzzer.FORGOTTEN:  # a long one, and only at the end of a long hold
            log = log_of(pattern)
            felt.append((lengths(log), pauses(log)))
    assert all(felt[i] not in felt[:i] for i in range(len(felt)))


def check_repeats_are_400_ms_apart():
    log = log_of(wire.PATTERN_NUDGE, 3)
    assert (lengths(log), pauses(log)) == ([80] * 6, [120, 400, 120, 400, 120])


def check_it_begins_at_once():
    assert log_of(wire.PATTERN_TICK)[0][0] == 1000


def check_a_weak_pulse_begins_with_a_kick():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE, 1, 40)
    bench.run()
    assert bench.sets == [
        (1000, 100),
        (1030, 40),
        (1080, 0),
        (1200, 100),
        (1230, 40),
        (1280, 0),
    ]


def check_a_pulse_at_full_strength_needs_no_kick():
    bench = Bench()
    bench.ask(wire.PATTERN_LONG)
    bench.run()
    assert bench.sets == [(1000, 100), (1600, 0)]


def check_when_idle_it_need_not_be_called():
    bench = Bench()
    assert bench.buzzer.update(1000) is None
    bench.ask(wire.PATTERN_TICK)
    assert (bench.buzzer.running, bench.buzzer.update(1010)) == (True, 30)
    bench.sleep_until(1040)
    assert (bench.buzzer.update(1040), bench.buzzer.running) == (None, False)


def check_while_one_pattern_runs_another_is_busy():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE)
    assert bench.ask(wire.PATTERN_LONG) == wire.BUSY
    assert lengths(bench.run()) == [80, 80]


def check_a_pattern_nobody_finished_does_not_block_the_next():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE)
    bench.sleep_until(9000)
    assert bench.ask(wire.PATTERN_TICK) == wire.OK


def check_buzzes_are_counted_when_they_begin():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE)
    bench.ask(wire.PATTERN_NUDGE)
    bench.run()
    bench.ask(wire.PATTERN_NUDGE)
    assert bench.buzzer.buzzes == 2


def check_what_is_no_pattern_is_no_pattern():
    bench = Bench()
    told = [bench.ask(*what) for what in ((5, 1), (-1, 1), (0, 0), (0, 6), (0, 1, 0), (0, 1, 101))]
    assert (told, bench.sets) == ([wire.BAD_ARGUMENT] * 6, [])


def check_six_seconds_in_a_minute_are_allowed():
    bench = Bench()
    minutes_worth(bench)
    assert sum(lengths(bench.log)) == 6000


def check_one_millisecond_more_is_refused_whole():
    bench = Bench()
    minutes_worth(bench)
    runs = len(bench.log)
    assert bench.ask(wire.PATTERN_TICK) == wire.REFUSED
    bench.run()
    assert len(bench.log) == runs


def check_what_would_go_beyond_in_the_middle_is_refused_at_the_beginning():
    bench = Bench()
    bench.ask(wire.PATTERN_LONG, 5)
    bench.run()
    bench.ask(wire.PATTERN_LONG, 4)
    bench.run()
    assert bench.ask(wire.PATTERN_LONG, 2) == wire.REFUSED
    assert bench.ask(wire.PATTERN_LONG, 1) == wire.OK


def check_all_pulses_of_a_pattern_count():
    bench = Bench()
    for repeats in (5, 4):
        bench.ask(wire.PATTERN_LONG, repeats)
        bench.run()
    bench.ask(wire.PATTERN_TICK, 5)
    bench.run()
    assert bench.ask(wire.PATTERN_STRONG) == wire.REFUSED  # 450 ms of the 400 left
    assert bench.ask(wire.PATTERN_TICK, 5) == wire.OK


def check_the_weakest_pulse_is_one():
    assert lengths(log_of(wire.PATTERN_TICK, 1, 1)) == [40]


def check_a_minute_later_there_is_room_again():
    bench = Bench()
    minutes_worth(bench)
    bench.sleep_until(60900)  # the first pulse began at 1 s
    assert bench.ask(wire.PATTERN_TICK) == wire.REFUSED
    bench.sleep_until(62600)
    assert bench.ask(wire.PATTERN_LONG) == wire.OK


def check_an_hour_without_a_call_forgets_the_hour():
    bench = Bench()
    minutes_worth(bench)
    bench.sleep_until(3600000)
    assert bench.ask(wire.PATTERN_LONG, 5) == wire.OK


def check_a_pulse_ends_in_time_although_update_comes_late():
    for late_ms in (1, 50, 700, 5000):
        assert max(lengths(log_of(wire.PATTERN_STRONG, 2, late_ms=late_ms))) == 150


def check_updates_a_little_late_only_stretch_the_pauses():
    log = log_of(wire.PATTERN_STRONG, late_ms=20)
    assert (lengths(log), pauses(log)) == ([150] * 3, [190, 190])


def check_a_pattern_that_fell_behind_is_given_up():
    assert lengths(log_of(wire.PATTERN_STRONG, late_ms=1100)) == [150]


def check_without_a_backstop_late_pulses_count_as_they_really_ran():
    # 40 ms meant, 440 ms run: the fourteenth begins with 5.72 s used up and is the last.
    bench = Bench(backstop=False, late_ms=400)
    told = []
    for _ in range(4):
        told.append(bench.ask(wire.PATTERN_TICK, 5))
        bench.run()
    assert (told, sum(lengths(bench.log))) == ([wire.OK] * 3 + [wire.REFUSED], 14 * 440)


def check_without_a_backstop_a_pulse_that_would_not_fit_does_not_begin():
    # 600 ms meant, 1400 ms run: after four of them 400 ms are left.
    bench = Bench(backstop=False, late_ms=800)
    bench.ask(wire.PATTERN_LONG, 5)
    assert (lengths(bench.run()), bench.buzzer.running) == ([1400] * 4, False)


def check_off_stops_at_once():
    bench = Bench()
    bench.ask(wire.PATTERN_LONG, 5)
    bench.sleep_until(1100)
    bench.buzzer.off()
    assert (bench.log, bench.buzzer.running, bench.run()) == ([(1000, 1100)], False, bench.log)


def check_off_when_idle_does_nothing():
    bench = Bench()
    bench.buzzer.off()
    assert bench.sets == []


def check_starting_and_stopping_does_not_get_past_the_limit():
    bench = Bench()
    for i in range(2000):
        bench.ask(wire.PATTERN_LONG)
        bench.sleep_until(1000 + 20 * (i + 1))
        bench.buzzer.off()
    assert sum(lengths(bench.log)) <= 6000


def check_a_clock_that_goes_back_does_no_harm():
    bench = Bench()
    bench.ask(wire.PATTERN_STRONG)
    bench.buzzer.update(1100)
    assert bench.buzzer.update(5) == 50


def check_a_clock_that_jumps_ends_the_pulse_early():
    bench = Bench()
    bench.ask(wire.PATTERN_STRONG)
    bench.buzzer.update(50000)
    assert (bench.sets[-1][1], bench.buzzer.running, bench.alarm) == (0, False, None)


def check_a_motor_that_does_not_answer_is_refused_and_counted():
    bench = Bench()
    bench.broken = (100,)
    assert bench.ask(wire.PATTERN_NUDGE) == wire.REFUSED
    assert (bench.buzzer.faults, bench.buzzer.buzzes, bench.buzzer.running) == (1, 0, False)


def check_the_next_pattern_tries_the_motor_again():
    bench = Bench()
    bench.broken = (100,)
    bench.ask(wire.PATTERN_NUDGE)
    bench.broken = ()
    assert bench.ask(wire.PATTERN_NUDGE) == wire.OK
    assert lengths(bench.run()) == [80, 80]


def check_a_motor_that_fails_in_the_middle_is_turned_off():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE, 1, 40)
    bench.broken = (40,)
    bench.run()
    assert (bench.log, bench.buzzer.faults) == ([(1000, 1030)], 1)


def check_any_exception_of_the_motor_is_one():
    class Surprise(Bench):
        def set(self, percent):
            if percent == 40:
                raise ValueError("what")
            Bench.set(self, percent)

    bench = Surprise()
    bench.ask(wire.PATTERN_NUDGE, 1, 40)
    assert lengths(bench.run()) == [30]


def check_a_motor_that_will_not_stop_is_told_again_until_it_does():
    for backstop in (False, True):
        bench = Bench(backstop=backstop)
        bench.ask(wire.PATTERN_TICK)
        bench.broken = (0,)
        bench.run(until_ms=4000)
        assert bench.since_ms == 1000
        bench.broken = ()
        bench.run()
        assert (bench.since_ms, bench.buzzer.update(bench.now_ms)) == (None, None)


def check_without_update_the_backstop_tells_it_again():
    bench = Bench()
    bench.ask(wire.PATTERN_TICK)
    bench.broken = (0,)
    bench.sleep_until(4000)
    bench.broken = ()
    bench.sleep_until(4300)
    # At the end of the pulse at 1040, then after 50, 100, 200, 400, 800 and 1600 ms.
    assert (bench.log, bench.buzzer.faults) == ([(1000, 4190)], 6)


def check_a_motor_that_ran_too_long_gets_no_more_that_minute():
    bench = Bench()
    bench.ask(wire.PATTERN_TICK)
    bench.broken = (0,)
    bench.sleep_until(9000)
    assert bench.ask(wire.PATTERN_TICK) == wire.REFUSED
    bench.broken = ()
    assert bench.ask(wire.PATTERN_TICK) == wire.REFUSED
    bench.sleep_until(75000)
    assert bench.ask(wire.PATTERN_TICK) == wire.OK


def check_a_motor_that_will_not_stop_is_asked_less_and_less_often():
    bench = Bench(backstop=False)
    bench.ask(wire.PATTERN_TICK)
    bench.broken = (0,)
    bench.run(until_ms=61000)
    # 50, 100 ... 6400 ms make 12.75 s, then every 6.4 s.
    assert bench.buzzer.faults == 16


def check_a_timer_that_would_go_on_is_stopped():
    bench = Bench()
    bench.ask(wire.PATTERN_TICK)
    bench.alarm = None
    bench.arm(5000, print)
    bench.buzzer._cut()
    assert (bench.alarm, bench.since_ms) == (None, None)


def check_a_timer_that_cannot_be_armed_lets_nothing_begin():
    bench = Bench()
    bench.no_timer = True
    assert (bench.ask(wire.PATTERN_TICK), bench.log) == (wire.REFUSED, [])


def check_samples_are_suspect_while_it_runs_and_300_ms_after():
    bench = Bench()
    bench.ask(wire.PATTERN_LONG)
    shook = bench.buzzer.shook
    assert (shook(800, 999), shook(900, 1000), shook(1100, 1200)) == (False, True, True)
    bench.run()
    assert (shook(1600, 1700), shook(1900, 2000), shook(1901, 2000)) == (True, True, False)
    assert (shook(0, 999), shook(0, 5000)) == (False, True)


def check_before_anything_ran_nothing_is_suspect():
    assert not Bench().buzzer.shook(-1000, 1000)


def check_a_shake_is_remembered_until_its_samples_are_sent():
    bench = Bench()
    bench.ask(wire.PATTERN_NUDGE)
    bench.run()
    bench.sleep_until(5000)
    bench.ask(wire.PATTERN_NUDGE)
    bench.run()
    shook = bench.buzzer.shook
    assert (shook(1100, 1100), shook(1581, 4999), shook(5100, 5100)) == (True, False, True)


def check_the_busiest_motor_is_remembered_for_nine_seconds():
    ran = OnTime()
    for i in range(100):
        ran.add(341 * i, 341 * i + 40)
    last_ms = 341 * 99
    assert all(ran.shook(last_ms - back_ms, last_ms - back_ms) for back_ms in range(0, 9000, 341))


def check_shakes_close_to_each_other_are_one():
    ran = OnTime()
    for i in range(100):
        ran.add(140 * i, 140 * i + 40)
    assert all(ran.shook(at_ms, at_ms) for at_ms in range(14000))


def check_hours_of_pulses_are_counted_right():
    ran, pulses, now_ms, seed = OnTime(), [], 0, 1
    for _ in range(1000):
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        from_ms = now_ms + (seed >> 8) % 20000
        now_ms = from_ms + (seed >> 4) % 1000
        ran.add(from_ms, now_ms)
        pulses.append((from_ms, now_ms))
        pulses = pulses[-70:]
        first_ms = (now_ms // 1000 - 60) * 1000
        on_ms = sum([max(to_ms - max(from_ms, first_ms), 0) for from_ms, to_ms in pulses])
        assert ran.within_minute_ms(now_ms) == on_ms


def check_time_on_is_counted_over_the_last_sixty_seconds():
    ran = OnTime()
    ran.add(500, 1500)
    ran.add(30000, 30250)
    told = [ran.within_minute_ms(now_ms) for now_ms in (31000, 60999, 61000, 62000, 91000)]
    assert told == [1250, 1250, 750, 250, 0]


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
