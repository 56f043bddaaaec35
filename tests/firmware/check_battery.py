"""The cell's voltage and what follows from it, as timelines; runs on CPython and on MicroPython.

A timeline is a list of cell voltages in mV, one every 30 s.
"""

from clip_firmware import battery
from clip_firmware.battery import EMPTY, GOOD, LOW, NO_STREAM, Battery, percent_at


class Pin:
    """A converter behind the divider; every reading is made of the last voltages given."""

    def __init__(self, cell_mv, divider=2.0):
        self.divider = divider
        self.cells_mv: list[int | None] = [cell_mv]
        self.reads = 0

    def read_uv(self):
        cell_mv = self.cells_mv[self.reads % len(self.cells_mv)]
        self.reads += 1
        if cell_mv is None:
            raise OSError(5)
        return int(cell_mv * 1000 / self.divider)


def levels(voltages, start=GOOD):
    pin = Pin(0)
    cell = Battery(pin.read_uv, level=start)
    told = []
    for i in range(len(voltages)):
        pin.cells_mv = [voltages[i]]
        cell.update(30000 * i, False)
        told.append(cell.level)
    return told


def settled(mv, before=GOOD):
    """The level after a quarter of an hour at this voltage."""
    return levels([mv] * 30, before)[-1]


def measured(cells_mv, divider=2.0):
    pin = Pin(0, divider)
    pin.cells_mv = cells_mv
    cell = Battery(pin.read_uv, divider)
    cell.update(0, False)
    return cell


def check_the_voltage_is_that_of_the_cell():
    assert measured([3812]).mv == 3812


def check_another_divider_is_taken_into_account():
    assert abs(measured([3812], 3.7625).mv - 3812) <= 1


def check_a_few_wild_readings_change_nothing():
    assert measured([3800] * 9 + [0] * 3 + [5000] * 4).mv == 3800
    assert measured([0, 3800, 5000, 3800, 0, 3800, 3800, 3800] * 2).mv == 3800


def check_of_two_middle_readings_the_mean_counts():
    assert measured([3900, 3800] * 8).mv == 3850


def check_before_the_first_reading_nothing_is_known():
    cell = Battery(Pin(3800).read_uv)
    assert (cell.known, cell.mv, cell.percent, cell.level) == (False, 0, 100, GOOD)
    assert not cell.charging


def check_it_measures_every_half_minute():
    pin = Pin(3800)
    cell = Battery(pin.read_uv)
    told = [cell.update(at_ms, False) for at_ms in (0, 1000, 29999, 30000, 45000, 60000)]
    assert told == [True, False, False, True, False, True]


def check_while_the_motor_runs_it_waits():
    pin = Pin(3800)
    cell = Battery(pin.read_uv)
    told = [cell.update(0, True), cell.update(1000, True), cell.update(1300, False)]
    assert (told, pin.reads) == ([False, False, True], 16)


def check_one_odd_half_minute_moves_the_mean_by_a_quarter():
    pin = Pin(3800)
    cell = Battery(pin.read_uv)
    cell.update(0, False)
    pin.cells_mv = [3600]
    cell.update(30000, False)
    assert cell.mv == 3750


def check_the_mean_arrives_where_the_voltage_is():
    pin = Pin(3300)
    cell = Battery(pin.read_uv)
    cell.update(0, False)
    pin.cells_mv = [4000]
    for i in range(1, 60):
        cell.update(30000 * i, False)
    assert abs(cell.mv - 4000) <= 1


def check_the_charge_follows_the_typical_curve():
    assert [percent_at(mv) for mv in (4150, 3950, 3800, 3700, 3600, 3500, 3300)] == [
        100,
        80,
        55,
        30,
        12,
        5,
        0,
    ]


def check_between_its_points_the_curve_is_straight():
    assert [percent_at(mv) for mv in (4050, 3750, 3400)] == [90, 42, 2]


def check_beyond_its_ends_the_curve_is_full_or_empty():
    assert [percent_at(mv) for mv in (0, 2600, 3299, 4151, 4600)] == [0, 0, 0, 100, 100]


def check_more_voltage_is_never_less_charge():
    curve = [percent_at(mv) for mv in range(3200, 4300)]
    assert curve == sorted(curve)


def check_each_line_is_crossed_below_it_and_not_on_it():
    assert [settled(mv) for mv in (3500, 3499)] == [GOOD, LOW]
    assert [settled(mv) for mv in (3400, 3399)] == [LOW, NO_STREAM]
    assert [settled(mv) for mv in (3300, 3299)] == [NO_STREAM, EMPTY]


def check_the_way_up_is_80_mv_higher():
    assert [settled(mv, LOW) for mv in (3579, 3581)] == [LOW, GOOD]
    assert [settled(mv, NO_STREAM) for mv in (3479, 3481)] == [NO_STREAM, LOW]
    assert [settled(mv, EMPTY) for mv in (3379, 3381)] == [EMPTY, NO_STREAM]


def check_a_level_needs_two_readings_that_agree():
    assert levels([3450, 3450]) == [GOOD, LOW]


def check_one_low_reading_is_not_believed():
    assert levels([3600, 3150, 3800, 3800]) == [GOOD] * 4


def check_a_cell_that_falls_fast_goes_as_far_as_both_readings_say():
    assert levels([3450, 3000, 3000]) == [GOOD, LOW, NO_STREAM]


def check_hovering_at_a_line_changes_the_level_once():
    told = levels([3490 if i % 2 else 3505 for i in range(100)])
    assert [told[i] for i in range(1, 100) if told[i] != told[i - 1]] in ([LOW], [])


def check_a_clip_that_slept_empty_and_was_charged_knows_at_once():
    assert levels([3700], EMPTY) == [GOOD]


def check_a_clip_that_slept_empty_and_was_not_stays_empty():
    assert levels([3350, 3360], EMPTY) == [EMPTY, EMPTY]


def check_without_a_divider_nobody_is_warned():
    for mv in (0, 2499, 4601, 6000):
        cell = measured([mv])
        assert (cell.known, cell.mv, cell.percent, cell.level) == (False, 0, 100, GOOD)


def check_the_emptiest_and_the_fullest_cell_are_cells():
    assert [measured([mv]).known for mv in (2500, 4600)] == [True, True]


def check_a_clip_that_slept_empty_and_lost_its_divider_stays_awake():
    assert levels([0, 0], EMPTY) == [EMPTY, GOOD]


def check_a_converter_that_fails_is_no_cell():
    cell = measured([None])
    assert (cell.known, cell.level) == (False, GOOD)


def check_one_failed_reading_is_passed_over():
    pin = Pin(3700)
    cell = Battery(pin.read_uv)
    for i in range(3):
        pin.cells_mv = [None if i == 1 else 3700]
        cell.update(30000 * i, False)
        assert (cell.known, cell.mv) == (True, 3700)


def check_a_divider_that_breaks_is_found_out():
    pin = Pin(3250)
    cell = Battery(pin.read_uv)
    for i in range(4):
        pin.cells_mv = [3250 if i < 2 else 0]
        cell.update(30000 * i, False)
    assert (cell.known, cell.level, cell.percent) == (False, GOOD, 100)


def check_a_divider_that_works_again_starts_a_new_mean():
    pin = Pin(0)
    cell = Battery(pin.read_uv)
    cell.update(0, False)
    pin.cells_mv = [3700]
    cell.update(30000, False)
    assert (cell.known, cell.mv) == (True, 3700)


def check_the_levels_get_worse_upwards():
    assert battery.GOOD < battery.LOW < battery.NO_STREAM < battery.EMPTY


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
