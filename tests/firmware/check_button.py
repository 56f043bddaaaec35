"""What the wearer does with the button, as timelines; runs on CPython and on MicroPython.

A timeline is a list of (time in ms, level: 1 is down).  Between two levels the button is looked
at whenever it asks to be, as the app does; out come (time in ms, event).
"""

from clip_firmware import button
from clip_firmware.button import DOUBLE, FORGET, PAIR, PRESS, TRIPLE, Button


class Finger:
    """Plays timelines on a button that booted at 0 with nobody touching it."""

    def __init__(self, late_ms=0, every_ms=None):
        self.on = Button()
        self.late_ms = late_ms
        self.every_ms = every_ms
        self.events = []
        self.looks = 0
        self.level = 0
        self.now_ms = 0
        self.play([(0, 0)], until_ms=100)

    def look(self, now_ms):
        self.looks += 1
        event = self.on.update(now_ms, bool(self.level))
        if event != button.NONE:
            self.events.append((now_ms, event))

    def due_ms(self):
        if self.every_ms is not None:
            return self.every_ms
        due_ms = self.on.due_ms(self.now_ms)
        return None if due_ms is None else due_ms + self.late_ms

    def pass_until(self, end_ms):
        due_ms = self.due_ms()
        while due_ms is not None and self.now_ms + due_ms <= end_ms:
            self.now_ms += max(due_ms, 1)
            self.look(self.now_ms)
            due_ms = self.due_ms()
        self.now_ms = end_ms

    def play(self, timeline, until_ms=20000):
        for at_ms, level in timeline:
            self.pass_until(at_ms)
            self.level = level
            if self.every_ms is None:
                self.look(at_ms)
        self.pass_until(until_ms)
        return self.events


def events(timeline, **how):
    return Finger(**how).play(timeline)


def kinds(timeline, **how):
    return [event for _, event in events(timeline, **how)]


def bouncing(at_ms, level, times=4):
    """Contacts that close and open for 20 ms before they come to rest."""
    train = [(at_ms + 20 * i // times, level if i % 2 == 0 else 1 - level) for i in range(times)]
    train.append((at_ms + 20, level))
    return train


def hold(from_ms, to_ms):
    return [(from_ms, 1), (to_ms, 0)]


def presses(times, from_ms=1000):
    """So many in a row, 100 ms long and 200 ms apart."""
    timeline = []
    for number in range(times):
        timeline += hold(from_ms + 300 * number, from_ms + 300 * number + 100)
    return timeline


def check_nobody_touches_it_and_nothing_happens():
    assert events([]) == []


def check_untouched_it_need_not_be_looked_at():
    finger = Finger()
    assert (finger.on.due_ms(100), finger.looks < 5) == (None, True)


def check_it_says_when_it_must_be_looked_at_next():
    on = Finger().on
    due = [on.due_ms(100)]
    on.update(1000, True)
    due += [on.due_ms(1000), on.due_ms(1010), on.due_ms(1100)]
    on.update(1010, True)
    due += [on.due_ms(1010)]
    on.update(1025, True)
    due += [on.due_ms(1025), on.due_ms(1125)]
    on.update(1100, False)
    on.update(1125, False)
    due += [on.due_ms(1125)]
    assert due == [None, 25, 15, 0, 15, 250, 150, 376]


def check_a_press_is_told_once_no_second_one_followed():
    assert events(hold(1000, 1150)) == [(1551, PRESS)]


def check_two_presses_are_a_double_press_once_no_third_one_followed():
    assert events(presses(2)) == [(1801, DOUBLE)]


def check_three_presses_are_a_triple_press_at_once():
    assert events(presses(3)) == [(1725, TRIPLE)]


def check_a_second_press_just_within_the_window_is_a_double_press():
    assert kinds(hold(1000, 1100) + hold(1500, 1600)) == [DOUBLE]


def check_a_second_press_after_the_window_is_another_press():
    assert kinds(hold(1000, 1100) + hold(1502, 1600)) == [PRESS, PRESS]


def check_a_third_press_just_within_its_window_is_a_triple_press():
    assert kinds(hold(1000, 1100) + hold(1500, 1600) + hold(2000, 2100)) == [TRIPLE]


def check_a_third_press_after_its_window_is_another_press():
    assert kinds(hold(1000, 1100) + hold(1500, 1600) + hold(2002, 2100)) == [DOUBLE, PRESS]


def check_a_fourth_press_is_a_press_of_its_own():
    assert kinds(presses(4)) == [TRIPLE, PRESS]
    assert kinds(presses(7)) == [TRIPLE, TRIPLE, PRESS]


def check_contacts_that_bounce_make_one_press():
    assert kinds(bouncing(1000, 1) + bouncing(1200, 0)) == [PRESS]
    assert kinds(bouncing(1000, 1, 10) + bouncing(1200, 0, 10)) == [PRESS]


def check_contacts_that_bounce_make_one_double_press():
    timeline = bouncing(1000, 1) + bouncing(1100, 0) + bouncing(1300, 1) + bouncing(1400, 0)
    assert kinds(timeline) == [DOUBLE]


def check_contacts_that_bounce_make_one_triple_press():
    timeline = []
    for at_ms in (1000, 1300, 1600):
        timeline += bouncing(at_ms, 1) + bouncing(at_ms + 100, 0)
    assert kinds(timeline) == [TRIPLE]


def check_a_blip_of_20_ms_is_nothing():
    for width_ms in range(1, 21):
        assert events(hold(1000, 1000 + width_ms)) == []


def check_the_shortest_press_that_counts_lasts_as_long_as_the_debounce():
    assert (kinds(hold(1000, 1024)), kinds(hold(1000, 1025))) == ([], [PRESS])


def check_an_opening_of_20_ms_does_not_end_a_hold():
    assert events([(1000, 1), (2500, 0), (2520, 1), (4500, 0)]) == [(4000, PAIR)]


def check_a_blip_in_the_window_is_no_second_press():
    assert events(hold(1000, 1100) + hold(1300, 1310)) == [(1501, PRESS)]


def check_a_blip_in_the_second_window_is_no_third_press():
    assert events(presses(2) + hold(1600, 1620)) == [(1801, DOUBLE)]


def check_a_hold_of_three_seconds_pairs_while_held():
    assert events(hold(1000, 4500)) == [(4000, PAIR)]


def check_released_just_before_three_seconds_it_does_nothing():
    assert events(hold(1000, 3999)) == []


def check_a_hold_too_long_for_a_press_and_too_short_to_pair_does_nothing():
    assert events(hold(1000, 1800)) == []
    assert events(hold(1000, 2500)) == []


def check_just_short_of_that_it_is_a_press():
    assert kinds(hold(1000, 1799)) == [PRESS]


def check_a_hold_of_ten_seconds_forgets_after_it_paired():
    assert events(hold(1000, 12000)) == [(4000, PAIR), (11000, FORGET)]


def check_released_before_ten_seconds_it_only_paired():
    assert kinds(hold(1000, 10999)) == [PAIR]


def check_held_for_a_minute_nothing_more_is_said():
    finger = Finger()
    finger.play(hold(1000, 61000), until_ms=70000)
    assert [event for _, event in finger.events] == [PAIR, FORGET]


def check_after_a_hold_a_press_counts_again():
    assert kinds(hold(1000, 4500) + hold(5000, 5100)) == [PAIR, PRESS]


def check_a_press_and_then_a_hold_is_a_hold():
    assert kinds(hold(1000, 1100) + hold(1300, 4500)) == [PAIR]


def check_two_presses_and_then_a_hold_are_a_hold():
    assert kinds(presses(2) + hold(1600, 4700)) == [PAIR]


def check_a_press_and_then_half_a_hold_is_nothing():
    assert kinds(hold(1000, 1100) + hold(1300, 2500)) == []
    assert kinds(presses(2) + hold(1600, 2700)) == []


def check_after_half_a_hold_presses_are_counted_anew():
    assert kinds(presses(1) + hold(1300, 2300) + presses(2, 2400)) == [DOUBLE]


def check_after_a_triple_press_presses_are_counted_anew():
    assert kinds(presses(3) + presses(2, 5000)) == [TRIPLE, DOUBLE]


def check_held_since_before_boot_it_means_nothing_until_released():
    finger = Finger()
    finger.on = Button()
    finger.events = []
    finger.level, finger.now_ms = 1, 0
    assert finger.play(bouncing(15000, 0)) == []
    assert finger.play(hold(21000, 21100), until_ms=30000) == [(21501, PRESS)]


def check_looked_at_late_a_hold_is_still_a_hold():
    for late_ms in (10, 50, 200):
        assert kinds(hold(1000, 12500), late_ms=late_ms) == [PAIR, FORGET]


def check_looked_at_late_a_press_is_still_a_press():
    for late_ms in (10, 50, 200):
        assert kinds(hold(1000, 1300), late_ms=late_ms) == [PRESS]


def check_looked_at_late_three_presses_are_still_three():
    timeline = hold(1000, 1300) + hold(1600, 1900) + hold(2200, 2500)
    for late_ms in (10, 50, 200):
        assert kinds(timeline[:4], late_ms=late_ms) == [DOUBLE]
        assert kinds(timeline, late_ms=late_ms) == [TRIPLE]


def check_a_press_seen_only_once_is_lost_rather_than_invented():
    # Whoever looks 200 ms late cannot tell it from a blip.
    assert kinds(hold(1000, 1200), late_ms=200) == []


def check_polled_every_20_ms_without_interrupts_it_works_as_well():
    assert kinds(hold(1000, 1200), every_ms=20) == [PRESS]
    assert kinds(hold(1000, 1100) + hold(1300, 1400), every_ms=20) == [DOUBLE]
    assert kinds(presses(3), every_ms=20) == [TRIPLE]
    assert kinds(bouncing(1000, 1) + bouncing(12000, 0), every_ms=20) == [PAIR, FORGET]


def check_two_looks_eleven_seconds_apart_are_no_long_hold():
    # Nobody looked in between: it may have been two presses.
    on = Button()
    told = [on.update(at_ms, down) for at_ms, down in ((0, False), (30, False), (1000, True))]
    told += [on.update(12000, True), on.update(12100, True), on.update(12200, False)]
    told += [on.update(12300, False)]
    assert told == [button.NONE] * 7


def check_looked_at_once_a_second_a_hold_takes_longer_but_comes_in_order():
    on = Button()
    on.update(0, False)
    on.update(30, False)
    told = [on.update(1000 * second, True) for second in range(1, 40)]
    assert [event for event in told if event != button.NONE] == [PAIR, FORGET]


def check_time_that_goes_back_does_no_harm():
    on = Button()
    assert [on.update(at_ms, True) for at_ms in (5000, 10, 4000, 5001)] == [button.NONE] * 4


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
