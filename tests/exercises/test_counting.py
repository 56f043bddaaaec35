"""Repetitions are counted in sets that simulated people make, and nothing else is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from exercises.sets import Manner, Set, Timeline, made
from scipy.signal import butter, find_peaks, sosfiltfilt

from midback.exercises.counting import LEAST_DEG, Counted, Direction, RepetitionCounter, Unseen

REPETITIONS = 10
SETS = 150


def told(
    counter: RepetitionCounter, time_s: list[float], value_deg: list[float]
) -> list[Counted | Unseen]:
    found = [
        counter.update(at_s, value, counts=True)
        for at_s, value in zip(time_s, value_deg, strict=True)
    ]
    return [each for each in found if each is not None]


def counted(a_set: Set, amplitude_deg: float | None, way: Direction) -> list[Counted]:
    found = told(
        RepetitionCounter(amplitude_deg, way=way), a_set.time_s.tolist(), a_set.value_deg.tolist()
    )
    return [each for each in found if isinstance(each, Counted)]


def counted_of(line: Timeline, amplitude_deg: float | None = 20.0) -> list[Counted]:
    return counted(Set(line.time_s, line.swayed(0.5, 0.0), []), amplitude_deg, Direction.POSITIVE)


def line() -> Timeline:
    """Somebody at rest for three seconds."""
    begun = Timeline(np.random.default_rng(0))
    begun.stays(3.0)
    return begun


def some_manner(rng: np.random.Generator, *, both_sides: bool) -> Manner:
    """Half of them go less than 15 degrees far."""
    return Manner(
        amplitude_deg=float(np.exp(rng.uniform(np.log(5.0), np.log(45.0)))),
        tempo_s=rng.uniform(2.5, 6.0),
        sway_deg=rng.uniform(0.3, 1.0),
        drift_deg_per_min=rng.uniform(-3.0, 3.0),
        partial=0.15,
        pausing=0.15,
        both_sides=both_sides,
    )


@cache
def too_many(learning: bool, both_sides: bool) -> list[int]:
    """By how many repetitions each set was counted too high."""
    off: list[int] = []
    for seed in range(SETS):
        rng = np.random.default_rng(seed)
        manner = some_manner(rng, both_sides=both_sides)
        # What they did in their check is not quite what they do today.
        usual_deg = max(manner.amplitude_deg * rng.uniform(0.9, 1.1), LEAST_DEG)
        found = counted(
            made(manner, REPETITIONS, rng),
            None if learning else usual_deg,
            Direction.BOTH if both_sides else Direction.POSITIVE,
        )
        off.append(len(found) - REPETITIONS)
    return off


@pytest.mark.parametrize("both_sides", [False, True])
@pytest.mark.parametrize("learning", [False, True])
def test_nineteen_sets_in_twenty_are_counted_right_within_one(learning: bool, both_sides: bool):
    assert np.mean(np.abs(too_many(learning, both_sides)) <= 1) >= 0.95


@pytest.mark.parametrize("both_sides", [False, True])
@pytest.mark.parametrize("learning", [False, True])
def test_nine_sets_in_ten_are_counted_exactly(learning: bool, both_sides: bool):
    assert np.mean(np.equal(too_many(learning, both_sides), 0)) >= 0.9


def offline(a_set: Set, amplitude_deg: float) -> list[float]:
    """The peaks that scipy finds, with all of the set at hand (posture.md 4.3)."""
    hz = 1.0 / float(a_set.time_s[1])
    smooth = sosfiltfilt(butter(2, 2.0, fs=hz, output="sos"), a_set.value_deg)
    found, _ = find_peaks(
        smooth,
        prominence=max(0.45 * amplitude_deg, 4.0),
        distance=round(0.8 * hz),
        width=0.2 * hz,
    )
    return a_set.time_s[found].tolist()


def test_whoever_makes_whole_repetitions_is_counted_as_scipy_counts_them_afterwards():
    agree: list[bool] = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        manner = Manner(rng.uniform(10.0, 45.0), rng.uniform(2.5, 6.0), rng.uniform(0.3, 1.0))
        a_set = made(manner, REPETITIONS, rng)
        ends_s = [0.0, *(each.time_s for each in counted(a_set, None, Direction.POSITIVE))]
        peaks_s = offline(a_set, manner.amplitude_deg)
        # One peak of scipy's in each repetition.
        agree.append(np.histogram(peaks_s, ends_s)[0].tolist() == [1] * REPETITIONS)

    assert np.mean(agree) >= 0.95


def test_how_far_each_went_is_told():
    rng = np.random.default_rng(1)
    a_set = made(Manner(30.0, 4.0, sway_deg=0.3), REPETITIONS, rng)

    found = [each.peak_deg for each in counted(a_set, 30.0, Direction.POSITIVE)]

    # Sway, and a twentieth less by the low-pass filter.
    assert found == pytest.approx(a_set.peaks_deg, abs=2.0)


def test_how_long_each_part_took_is_told():
    rises = line()
    rises.moves_to(20.0, 1.0)
    rises.stays(2.0)
    rises.moves_to(0.0, 2.0)
    rises.stays(1.0)

    (found,) = counted_of(rises)

    # Between a quarter and four fifths of the way, the least jerk takes 0.31 of the time, and
    # 0.33 above: that is held.
    assert found.up_s == pytest.approx(0.31, abs=0.15)
    assert found.hold_s == pytest.approx(2.0 + 0.33 + 0.66, abs=0.25)
    assert found.down_s == pytest.approx(0.62, abs=0.2)


def test_left_and_right_are_told_by_their_sign():
    a_set = made(Manner(35.0, 4.0, both_sides=True), 6, np.random.default_rng(2))

    signs = [np.sign(each.peak_deg) for each in counted(a_set, 35.0, Direction.BOTH)]

    assert signs == [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]


@pytest.mark.parametrize(
    ("way", "count"), [(Direction.NEGATIVE, 5), (Direction.POSITIVE, 0), (Direction.BOTH, 5)]
)
def test_extension_counts_where_flexion_is_to_fall(way: Direction, count: int):
    a_set = made(Manner(12.0, 4.0, sway_deg=0.3), 5, np.random.default_rng(3))
    backward = Set(a_set.time_s, -a_set.value_deg, [])

    assert len(counted(backward, 12.0, way)) == count


def test_each_is_told_when_they_have_come_back():
    rises = line()
    rises.moves_to(20.0, 1.5)
    rises.moves_to(0.0, 1.5)
    rises.stays(2.0)

    (found,) = counted_of(rises)

    assert found.time_s == pytest.approx(5.5, abs=0.3)


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_one_broken_off_before_two_fifths_does_not_count(share: float):
    broken_off = line()
    for _ in range(3):
        broken_off.moves_to(20.0 * share, 0.8)
        broken_off.stays(0.5)
        broken_off.moves_to(0.0, 0.8)
        broken_off.stays(1.0)

    assert counted_of(broken_off) == []


def test_one_broken_off_while_it_is_learnt_how_far_they_go_does_not_count():
    learning = line()
    for share in (1.0, 0.4, 1.0, 0.4, 1.0):
        learning.repeats(20.0 * share, 3.0)

    assert len(counted_of(learning, None)) == 3


def test_a_twitch_on_the_way_back_is_no_second_one():
    twitches = line()
    twitches.moves_to(20.0, 1.5)
    twitches.moves_to(8.0, 1.0)
    twitches.moves_to(14.0, 0.6)
    twitches.moves_to(0.0, 1.2)
    twitches.stays(1.0)

    assert len(counted_of(twitches)) == 1


@pytest.mark.parametrize("by_deg", [-30.0, -12.0, 6.0, 12.0, 25.0])
def test_who_sits_otherwise_from_now_on_counts_nothing_by_it_and_goes_on(by_deg: float):
    reseated = line()
    reseated.moves_to(by_deg, 1.5)
    reseated.stays(12.0)
    for _ in range(4):
        reseated.repeats(20.0, 3.5)

    found = counted_of(reseated)

    assert len(found) == 4
    assert found[0].time_s > 15.0


def test_who_holds_one_for_ten_seconds_is_counted_again_from_the_next():
    holds = line()
    holds.moves_to(20.0, 1.5)
    holds.stays(10.0)
    holds.moves_to(0.0, 1.5)
    for _ in range(8):
        holds.repeats(20.0, 3.5)

    assert len(counted_of(holds)) == 8


def test_who_slumps_for_three_seconds_meanwhile_is_counted_on_from_their_rest():
    slumps = line()
    slumps.repeats(10.0, 3.5)
    slumps.moves_to(-12.0, 1.0)
    slumps.stays(2.0)
    slumps.moves_to(0.0, 1.0)
    slumps.stays(1.0)
    slumps.repeats(10.0, 3.5)

    assert len(counted_of(slumps, 10.0)) == 2


def test_a_rest_that_sinks_slowly_is_followed():
    sinking = Manner(10.0, 5.0, sway_deg=0.2, drift_deg_per_min=6.0)
    a_set = made(sinking, REPETITIONS, np.random.default_rng(8))

    found = counted(a_set, 10.0, Direction.POSITIVE)

    # Five degrees in the end, of which the rest lags behind by two; faster, it is lost.
    assert [each.peak_deg for each in found] == pytest.approx(a_set.peaks_deg, abs=3.0)


def test_who_shakes_is_not_counted_at_each_swing():
    shakes = line()
    for _ in range(12):
        shakes.moves_to(20.0, 0.4)
        shakes.moves_to(0.0, 0.4)
    shakes.stays(1.0)

    assert len(counted_of(shakes)) <= 6


def test_a_sensor_that_jitters_makes_no_repetition_larger():
    rng = np.random.default_rng(9)
    a_set = made(Manner(30.0, 4.0, sway_deg=0.3), 6, rng)
    jitters = Set(a_set.time_s, a_set.value_deg + rng.normal(0.0, 3.0, len(a_set.time_s)), [])

    found = [each.peak_deg for each in counted(jitters, 30.0, Direction.POSITIVE)]

    assert found == pytest.approx(a_set.peaks_deg, abs=4.0)


def test_a_first_sample_that_is_off_does_not_become_their_rest():
    off = Timeline(np.random.default_rng(0), values=[6.0, 0.0])
    off.stays(3.0)
    off.repeats(10.0, 3.0)
    off.stays(1.0)

    assert len(counted_of(off, 10.0)) == 1


def test_who_bends_down_for_something_is_not_counted():
    bends = line()
    bends.moves_to(50.0, 1.2)
    bends.moves_to(0.0, 1.5)
    bends.stays(2.0)

    assert counted_of(bends, 12.0) == []


def walking(line: Timeline, lasts_s: float) -> None:
    """The trunk leans, and swings by 8 degrees at each stride."""
    time_s = np.arange(0.0, lasts_s, line.period_s)
    line.values += (line.at_deg + 8.0 * np.sin(2.0 * np.pi * 0.9 * time_s)).tolist()


def standing_up(line: Timeline, _: float) -> None:
    line.moves_to(line.at_deg + 35.0, 1.0)
    line.moves_to(line.at_deg - 38.0, 1.2)


def reseating(line: Timeline, _: float) -> None:
    for to_deg in (18.0, -4.0, 15.0, 2.0):
        line.moves_to(to_deg, 1.2)
        line.stays(0.8)


@pytest.mark.parametrize("what", [walking, standing_up, reseating])
@pytest.mark.parametrize("told_late_s", [0.0, 0.5])
def test_nothing_counts_while_they_are_not_at_the_exercise(what, told_late_s: float):
    busy = line()
    busy.repeats(10.0, 3.0)
    from_s = busy.now_s + told_late_s
    what(busy, 12.0)
    until_s = busy.now_s + 0.5
    busy.stays(4.0)
    busy.repeats(10.0, 3.0)
    busy.stays(1.0)
    values = busy.swayed(0.5, 0.0).tolist()
    counter = RepetitionCounter(10.0)

    found = [
        counter.update(at_s, value, counts=not from_s <= at_s < until_s)
        for at_s, value in zip(busy.time_s.tolist(), values, strict=True)
    ]

    counted_s = [each.time_s for each in found if each is not None]
    assert len(counted_s) == 2
    assert counted_s[0] < from_s
    assert counted_s[1] > until_s


def test_the_same_would_count_if_it_were_not_said():
    busy = line()
    reseating(busy, 0.0)

    assert len(counted_of(busy, 10.0)) > 0


def test_one_under_way_is_dropped_when_they_get_up():
    gets_up = line()
    gets_up.moves_to(20.0, 1.5)
    up_s = gets_up.now_s
    gets_up.moves_to(0.0, 1.5)
    gets_up.stays(1.0)
    counter = RepetitionCounter(20.0)

    found = [
        counter.update(at_s, value, counts=not up_s <= at_s < up_s + 0.2)
        for at_s, value in zip(gets_up.time_s.tolist(), gets_up.values, strict=True)
    ]

    assert found == [None] * len(found)


def test_how_far_they_go_is_learnt_from_the_first_two():
    two = line()
    two.repeats(25.0, 4.0)
    two.repeats(16.0, 4.0)
    counter = RepetitionCounter()

    told(counter, two.time_s.tolist(), two.values)

    # The larger: one may have been broken off.
    assert counter.amplitude_deg == pytest.approx(25.0, abs=1.0)


def test_who_moves_less_than_three_degrees_is_told_that_it_is_not_seen():
    counter = RepetitionCounter()
    a_set = made(Manner(2.0, 4.0, sway_deg=0.2), 8, np.random.default_rng(5))

    (found,) = told(counter, a_set.time_s.tolist(), a_set.value_deg.tolist())

    assert isinstance(found, Unseen)
    assert found.farthest_deg < LEAST_DEG
    assert not found.sways
    assert counter.unseen


def test_who_takes_half_a_minute_for_the_first_two_is_still_seen():
    slow = line()
    for _ in range(3):
        slow.stays(12.0)
        slow.repeats(15.0, 6.0)

    assert len(counted_of(slow, None)) == 3


def test_an_amplitude_that_cannot_be_seen_is_refused():
    with pytest.raises(ValueError, match="at least 3"):
        RepetitionCounter(2.0)


def test_a_sample_that_failed_or_comes_twice_changes_nothing():
    a_set = made(Manner(20.0, 3.0), 4, np.random.default_rng(6))
    time_s, value_deg = a_set.time_s.tolist(), a_set.value_deg.tolist()
    odd_s = [*time_s[:200], time_s[199], time_s[200] - 0.01, *time_s[200:]]
    odd_deg = [*value_deg[:200], 90.0, float("nan"), *value_deg[200:]]

    assert told(RepetitionCounter(20.0), odd_s, odd_deg) == told(
        RepetitionCounter(20.0), time_s, value_deg
    )


def test_a_long_silence_begins_anew():
    a_set = made(Manner(20.0, 3.0), 1, np.random.default_rng(7))
    value_deg = a_set.value_deg.tolist()
    later_s = [at_s + (0.0 if at_s < 4.0 else 60.0) for at_s in a_set.time_s.tolist()]

    assert told(RepetitionCounter(20.0), later_s, value_deg) == []


def test_a_long_silence_is_no_time_to_learn_in():
    counter = RepetitionCounter()
    counter.update(0.0, 0.0, counts=True)

    assert counter.update(60.0, 0.0, counts=True) is None


# --- beside sway ---

USUAL_SWAYS, FEW_SWAYS = 20.0, 5.0
"""How far they go, as a multiple of their sway (SD).  Sitting people sway by 0.5 degrees (T4), so
that drills are ten and more; no set of ``some_manner`` is below five."""


@cache
def swaying(sways: float, sway_deg: float, learning: bool, both_sides: bool) -> list[int | None]:
    """By how many repetitions each set was counted too high; ``None`` where it was given up."""
    off: list[int | None] = []
    for seed in range(SETS):
        rng = np.random.default_rng([seed, 0xC0])
        manner = replace(
            some_manner(rng, both_sides=both_sides),
            amplitude_deg=sways * sway_deg,
            sway_deg=sway_deg,
        )
        usual_deg = manner.amplitude_deg * rng.uniform(0.9, 1.1)
        way = Direction.BOTH if both_sides else Direction.POSITIVE
        a_set = made(manner, REPETITIONS, rng)
        counter = RepetitionCounter(None if learning else usual_deg, way=way)
        found = told(counter, a_set.time_s.tolist(), a_set.value_deg.tolist())
        seen = sum(isinstance(each, Counted) for each in found)
        off.append(None if counter.unseen else seen - REPETITIONS)
    return off


each_way = pytest.mark.parametrize(
    ("learning", "both_sides"), [(False, False), (False, True), (True, False), (True, True)]
)


@each_way
@pytest.mark.parametrize("sways", [FEW_SWAYS, 8.0])
def test_who_goes_little_beside_their_sway_is_counted_right_within_one_or_told(
    sways: float, learning: bool, both_sides: bool
):
    off = swaying(sways, 1.0, learning, both_sides)

    assert np.mean([each is None or abs(each) <= 1 for each in off]) >= 0.95


@each_way
def test_at_eight_times_their_sway_nine_sets_in_ten_are_counted_exactly_or_told(
    learning: bool, both_sides: bool
):
    off = swaying(8.0, 1.0, learning, both_sides)

    assert np.mean([each is None or each == 0 for each in off]) >= 0.9


@each_way
def test_who_goes_as_far_as_people_do_beside_their_sway_is_hardly_ever_given_up(
    learning: bool, both_sides: bool
):
    off = swaying(USUAL_SWAYS, 0.5, learning, both_sides)

    assert np.mean([each is None for each in off]) <= 0.03


@each_way
def test_at_five_times_their_sway_two_in_three_are_told(learning: bool, both_sides: bool):
    off = swaying(FEW_SWAYS, 1.0, learning, both_sides)

    assert np.mean([each is None for each in off]) >= 2 / 3


def test_who_is_given_up_beside_their_sway_is_told_that_it_is_for_that():
    a_set = made(Manner(5.0, 4.0, sway_deg=1.2), 10, np.random.default_rng(1))
    found = told(RepetitionCounter(5.0), a_set.time_s.tolist(), a_set.value_deg.tolist())

    assert [each.sways for each in found if isinstance(each, Unseen)] == [True]


def in_hindsight(a_set: Set, amplitude_deg: float) -> int:
    """Peaks by scipy as it does best at small sizes: tried out on 150 other sets."""
    hz = 1.0 / float(a_set.time_s[1])
    smooth = sosfiltfilt(butter(2, 0.7, fs=hz, output="sos"), a_set.value_deg)
    found, _ = find_peaks(
        smooth, prominence=0.7 * amplitude_deg, distance=round(0.8 * hz), width=0.2 * hz
    )
    return len(found)


@pytest.mark.parametrize(("sways", "can"), [(FEW_SWAYS, False), (10.0, True)])
def test_not_even_with_all_of_the_set_at_hand_five_times_the_sway_is_enough(
    sways: float, can: bool
):
    exact: list[bool] = []
    for seed in range(SETS):
        rng = np.random.default_rng([seed, 0xC1])
        manner = replace(some_manner(rng, both_sides=False), amplitude_deg=sways, sway_deg=1.0)
        exact.append(in_hindsight(made(manner, REPETITIONS, rng), sways) == REPETITIONS)

    assert bool(np.mean(exact) >= 0.9) is can
