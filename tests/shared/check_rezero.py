"""Taking the present posture as upright; little timelines on both Pythons.

A packet comes every 200 ms; a timeline is a list of (packets, acceleration in g, whether the
wearer moves).
"""

from math import cos, pi, sin

from midback.shared import wire
from midback.shared.rezero import DONE, REFUSED, WAITING, Rezero

TALL = (0.0, 0.0, 1.0)
NOTHING = (0.0, 0.0, 0.0)
STEP_MS = 200
IDENTITY = (wire.QUATERNION_ONE, 0, 0, 0)
A_COUNT = 16  # of acceleration, in 32767ths of 1 g


def leaned(deg):
    return (-sin(deg * pi / 180), 0.0, cos(deg * pi / 180))


def counts_of(force_g, orientation=IDENTITY):
    """An orientation packet's numbers: ten samples of this acceleration."""
    x, y, z = [round(part / wire.G_PER_COUNT) for part in force_g]
    w, i, j, k = orientation
    return (w, i, j, k, x, y, z) * 10


def outcome(timeline, rezero=None, asked_ms=0):
    """(when, DONE or REFUSED), or ``None`` when it still waits at the end."""
    rezero = Rezero() if rezero is None else rezero
    rezero.ask(asked_ms)
    now_ms = asked_ms
    for packets, force_g, moving in timeline:
        for _ in range(packets):
            now_ms += STEP_MS
            found = rezero.update(now_ms, counts_of(force_g), moving)
            if found != WAITING:
                assert not rezero.active
                return (now_ms - asked_ms, found)
    assert rezero.active
    return None


def check_three_still_seconds_are_enough():
    assert outcome([(100, TALL, False)]) == (3200, DONE)


def check_the_new_upright_is_a_unit_vector_in_32767ths():
    rezero = Rezero()
    outcome([(100, TALL, False)], rezero)
    assert rezero.up == (0, 0, 32767)


def check_it_is_the_mean_of_the_still_seconds():
    rezero = Rezero()
    outcome([(8, leaned(9.5), False), (8, leaned(10.5), False)], rezero)
    x, y, z = rezero.up
    assert abs(x + 32767 * sin(10 * pi / 180)) < A_COUNT
    assert (y, abs(z - 32767 * cos(10 * pi / 180)) < A_COUNT) == (0, True)


def check_it_is_where_the_acceleration_points_whatever_the_filter_makes_of_its_gyroscope():
    half = pi / 8
    tipped = (round(32767 * cos(half)), 0, round(32767 * sin(half)), 0)
    rezero = Rezero()
    rezero.ask(0)
    for now_ms in range(200, 3400, 200):
        rezero.update(now_ms, counts_of(TALL, tipped), False)
    assert rezero.up == (0, 0, 32767)


def check_a_sensor_that_feels_a_little_less_than_gravity_tells_as_well():
    rezero = Rezero()
    outcome([(100, (0.0, 0.0, 0.97), False)], rezero)
    assert rezero.up == (0, 0, 32767)


def check_leaning_in_between_begins_the_three_seconds_anew():
    assert outcome([(10, TALL, False), (100, leaned(20), False)]) == (5400, DONE)


def check_a_slow_drift_of_less_than_two_degrees_is_still():
    # Less than two degrees from where it began.
    assert outcome([(5, TALL, False), (100, leaned(1.9), False)]) == (3200, DONE)
    assert outcome([(5, TALL, False), (100, leaned(2.1), False)]) == (4400, DONE)


def check_moving_begins_the_three_seconds_anew():
    assert outcome([(5, TALL, False), (5, TALL, True), (100, TALL, False)]) == (5200, DONE)


def check_packets_that_feel_nothing_begin_them_anew():
    assert outcome([(5, TALL, False), (1, NOTHING, False), (100, TALL, False)]) == (4400, DONE)


def check_who_goes_on_moving_is_refused_after_ten_seconds():
    assert outcome([(100, TALL, True)]) == (10200, REFUSED)


def check_who_sits_still_too_late_is_refused():
    assert outcome([(38, TALL, True), (100, TALL, False)]) == (10200, REFUSED)
    assert outcome([(34, TALL, True), (100, TALL, False)]) == (10000, DONE)


def check_without_gravity_it_is_refused():
    assert outcome([(100, NOTHING, False)]) == (10200, REFUSED)
    assert outcome([(100, (0.0, 0.0, 0.3), False)]) == (10200, REFUSED)


def check_asking_again_begins_anew():
    rezero = Rezero()
    rezero.ask(0)
    for now_ms in range(200, 2600, 200):
        rezero.update(now_ms, counts_of(TALL), False)
    assert outcome([(100, TALL, False)], rezero, 2600) == (3200, DONE)


def check_nothing_is_under_way_until_somebody_asks():
    rezero = Rezero()
    assert not rezero.active
    outcome([(100, TALL, False)], rezero)
    assert outcome([(100, leaned(20), False)], rezero, 60000) == (3200, DONE)
    assert abs(rezero.up[0] + 11207) < A_COUNT


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
