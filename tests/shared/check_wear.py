"""Whether a clip is worn, told as timelines; runs on CPython and on MicroPython.

A stretch is (seconds, what happens): ``b`` somebody breathes, by 0.05 degrees every four seconds,
``f`` faintly something trembles, by a quarter of that,
``q`` it lies quietly, ``h`` it is handled, ``k`` the table gets a knock that tips it for good,
``t`` it lies in a train that sways.
"""

from math import pi, sin

from midback.shared.wear import DOUBTFUL, OFF, WORN, WearWatch

BREATH_G = 0.0009


class Lying:
    """One clip and its mean acceleration of each second; *flat* on its back or upright."""

    def __init__(self, flat=False):
        self.watch = WearWatch()
        self.states = []
        self._flat = flat
        self._at = 0.0

    def go(self, *stretches):
        for seconds, what in stretches:
            for second in range(seconds):
                self._second(what, second)
        return self

    def cools(self, seconds, what, from_c, c_per_minute=0.4):
        """Let time pass while the chip's temperature falls."""
        for second in range(0, seconds, 10):
            self.watch.feel(from_c - c_per_minute * second / 60)
            self.go((10, what))
        return self

    def _second(self, what, second):
        side = 0.0
        if what == "b":
            side = BREATH_G * sin(2 * pi * len(self.states) / 4 + 0.4)
        elif what == "f":
            side = BREATH_G / 4 * sin(2 * pi * len(self.states) / 4 + 0.8)
        elif what == "h":
            side = 0.3 * (second % 3)
        elif what == "t":
            side = 0.012 * sin(2 * pi * len(self.states) / 5)
        elif what == "k" and second == 0:
            self._at += 0.03
        across = self._at + side
        x, z = (1.0, 0.0) if self._flat else (0.0, 1.0)
        self.states.append(self.watch.update(x, across, z))

    @property
    def now(self):
        return self.states[-1]

    def first(self, state, after=0):
        """Seconds until this state."""
        return self.states[after:].index(state)


def worn(flat=False):
    """One that somebody breathes with."""
    lying = Lying(flat).go((30, "b"))
    lying.states.clear()
    return lying


def check_the_numbers_of_the_answers():
    assert (WORN, DOUBTFUL, OFF) == (0, 1, 2)


def check_it_begins_in_doubt_and_the_first_breath_ends_that():
    states = Lying().go((10, "b")).states
    assert states[0] == DOUBTFUL
    assert states.index(WORN) <= 3


def check_switched_on_where_nobody_is_it_never_says_worn():
    assert WORN not in Lying().go((120, "q")).states


def check_laid_down_it_doubts_after_ten_seconds_and_is_off_within_a_minute():
    # The last breath is in the difference for two seconds more.
    lying = worn().go((75, "q"))
    assert 9 <= lying.first(DOUBTFUL) <= 12
    assert 49 <= lying.first(OFF) <= 53


def check_a_clip_that_cools_is_off_sooner():
    lying = worn().cools(75, "q", 31.0)
    assert 39 <= lying.first(OFF) <= 43


def check_breathing_for_an_hour_is_worn_for_an_hour():
    assert set(worn().go((3600, "b")).states) == {WORN}


def check_a_breath_held_for_half_a_minute_is_forgiven():
    assert OFF not in worn().go((35, "q"), (60, "b"), (35, "q")).states


def check_handled_for_three_seconds_it_is_worn_at_once():
    lying = worn().go((120, "q"))
    assert lying.now == OFF
    lying.states.clear()
    assert lying.go((5, "h")).first(WORN) <= 4


def check_breathing_alone_wears_it_again_within_ninety_seconds():
    lying = worn().go((120, "q"))
    lying.states.clear()
    assert lying.go((90, "b")).first(WORN) <= 70


def check_a_knock_does_not_wear_it():
    assert WORN not in worn().go((120, "q"), (60, "k"), (60, "k")).states[20:]


def check_a_cold_clip_is_not_worn_because_its_table_trembles():
    assert set(worn().go((600, "f")).states) == {WORN}
    trembling = worn().cools(600, "f", 31.0)
    assert trembling.now == OFF
    # Three minutes until it is cold; then as ever.
    assert 150 <= trembling.first(OFF) <= 230


def check_a_cold_clip_is_worn_as_long_as_somebody_breathes():
    assert set(worn().cools(1200, "b", 31.0).states) == {WORN}


def check_in_a_train_only_a_cold_flat_clip_is_found_out():
    assert worn(flat=True).cools(600, "t", 31.0).now == OFF
    assert worn().cools(600, "t", 31.0).now == WORN


def check_put_on_again_it_may_be_as_cold_as_it_is():
    lying = worn().cools(600, "q", 31.0).go((5, "h"), (120, "b"))
    assert lying.now == WORN


def check_stock_still_after_a_movement_it_is_doubted_in_seconds_and_off_within_half_a_minute():
    # The movement is in the difference for two seconds more.
    lying = worn().go((5, "h"))
    lying.states.clear()
    lying.go((40, "q"))
    assert (lying.first(DOUBTFUL), lying.first(OFF)) == (5, 24)


def check_who_sits_down_and_holds_stock_still_for_three_seconds_is_worn():
    # The first two quiet seconds still differ from those before.
    assert set(worn().go((5, "h"), (5, "q"), (60, "b")).states) == {WORN}


def check_who_moved_and_breathed_since_may_hold_their_breath_as_long_as_ever():
    lying = worn().go((5, "h"), (10, "b"))
    lying.states.clear()
    assert 9 <= lying.go((75, "q")).first(DOUBTFUL) <= 12
    assert 49 <= lying.first(OFF) <= 53


def check_a_bag_is_not_worn_for_being_carried_and_set_down():
    lying = worn(flat=True).cools(120, "q", 31.0)
    assert lying.now == OFF
    lying.states.clear()
    lying.cools(80, "h", 30.2).cools(40, "q", 29.7).cools(80, "h", 29.4)
    assert set(lying.states) == {OFF}


def check_put_on_with_its_arrow_up_it_is_worn_at_once():
    lying = worn().cools(120, "q", 31.0)
    assert lying.now == OFF
    lying.states.clear()
    assert lying.go((5, "h")).first(WORN) <= 4


def check_put_on_askew_it_is_worn_once_it_breathes():
    lying = worn(flat=True).cools(120, "q", 31.0).go((5, "h"))
    lying.states.clear()
    assert lying.go((10, "b")).first(WORN) <= 7


def check_put_on_askew_by_who_walks_off_it_is_worn_once_it_is_warmed():
    lying = worn(flat=True).cools(120, "q", 31.0).go((20, "h"))
    assert lying.now == OFF
    lying.watch.feel(30.5)
    lying.states.clear()
    assert lying.go((5, "h")).first(WORN) <= 4


def check_a_noisy_sensor_needs_more_to_believe():
    quiet, noisy = WearWatch(), WearWatch(0.0003)
    for second in range(100):
        side = 0.0004 * (second // 2 % 2)
        quiet.update(0.0, side, 1.0)
        noisy.update(0.0, side, 1.0)
    assert (quiet.state, noisy.state) == (WORN, OFF)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
