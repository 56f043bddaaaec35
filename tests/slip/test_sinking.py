"""Whether somebody sinks who does not usually."""

from midback.slip.sinking import Sinking


def after(minutes: int, sunk_deg: float = 0.5) -> Sinking:
    sinking = Sinking()
    for minute in range(minutes):
        sinking.minute(60.0 * minute, sunk_deg)
    return sinking


def test_the_first_time_in_a_day_is_one_after_forty_minutes():
    sinking = after(45)
    assert not sinking.first(2700.0)
    sinking.minute(2700.0, 8.0)

    assert sinking.first(2700.0)
    assert sinking.first(2760.0)
    assert not sinking.first(3000.0)


def test_before_that_it_may_be_their_habit():
    sinking = after(20)
    sinking.minute(1200.0, 8.0)

    assert not sinking.first(1200.0)


def test_who_sank_once_may_sink_again():
    sinking = after(10)
    sinking.minute(600.0, 8.0)
    for minute in range(11, 60):
        sinking.minute(60.0 * minute, 0.5)
    sinking.minute(3600.0, 8.0)

    assert not sinking.first(3600.0)


def test_after_long_without_it_is_something_new_each_time():
    sinking = after(101)
    assert not sinking.anew()
    sinking.minute(6060.0, 7.0)
    assert sinking.anew()
    sinking.minute(6120.0, 7.0)
    assert sinking.anew()  # the same sinking
    sinking.minute(6180.0, 0.5)
    assert not sinking.anew()
    sinking.minute(6240.0, 7.0)
    assert not sinking.anew()


def test_after_an_hour_some_have_only_dropped_into_their_slumps():
    sinking = after(80)
    sinking.minute(4800.0, 7.0)

    assert not sinking.anew()


def test_after_hours_without_it_is_newer_still():
    sinking = after(100)
    sinking.minute(6000.0, 7.0)

    assert sinking.anew(90)
    assert not sinking.anew(120)
