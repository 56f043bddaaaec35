"""Worn or not: on people who hold a pose, and on tables that somebody uses.

IMU Sitting Postures Dataset, Cairo University, CC BY 4.0; the tables are made (``tables.py``).
"""

from collections import Counter
from functools import cache

import numpy as np
import pytest
from chain.tables import (
    FLAT,
    HUNG,
    NOISE_G,
    RATE_HZ,
    Array,
    in_a_train,
    leaned_on,
    read,
    still,
    typed_at,
)
from hypothesis import given
from hypothesis import strategies as st
from reference import reference_data

from midback.shared.wear import DOUBTFUL, HANDLED_G, OFF, WORN, WearWatch
from midback.simulated.motion import seen_from
from midback.simulated.resting import Rest, Resting

MISSING = -32768
BODY_C, ROOM_C = 31.0, 24.0
SEEDS = range(6)
TABLES = {
    "still": lambda seconds, _: still(seconds),
    "typed at": typed_at,
    "leaned on": leaned_on,
}


@cache
def felt_on(table: str, seed: int) -> Array:
    """Ten minutes on such a table."""
    return TABLES[table](600, np.random.default_rng(seed))


@cache
def holds(site: str) -> list[Array]:
    """Mean acceleration of each second of each hold in g, shape ``(n, 3)``, in clip axes."""
    found: list[Array] = []
    with np.load(reference_data("sitting_spine_dev.npz")) as recorded:
        for key in sorted(key for key in recorded.files if key.endswith(f"/{site}")):
            counts = recorded[key]
            x, y, z = counts[(counts != MISSING).all(axis=1), :3].astype(float).T * 16 / 32768
            samples = np.stack([-z, y, x], axis=1)
            whole = len(samples) // RATE_HZ
            found.append(samples[: whole * RATE_HZ].reshape(whole, RATE_HZ, 3).mean(axis=1))
    return found


def beginning_worn(noise_g: float = 0.0) -> WearWatch:
    """One that breathes until it is sure."""
    watch = WearWatch(noise_g)
    for second in range(20):
        watch.update(0.0, 0.01 * (second // 2 % 2), 1.0)
    assert watch.state == WORN
    return watch


def answers(means_g: Array, watch: WearWatch, cools: bool = False) -> list[int]:
    """The state after each second; taken off, the clip comes to the room's temperature.

    At first that is the 0.40 degrees a minute of DETACH.
    """
    found: list[int] = []
    for second, mean_g in enumerate(means_g.tolist()):
        if cools and second % 10 == 0:
            watch.feel(ROOM_C + (BODY_C - ROOM_C) * float(np.exp(-second / 1000)))
        found.append(watch.update(*mean_g))
    return found


def to_and_fro(means_g: Array, minutes: int) -> Array:
    """A hold, held that long: forward, backward, forward..."""
    there = np.concatenate([means_g, means_g[::-1]])
    return np.tile(there, (60 * minutes // len(there) + 1, 1))[: 60 * minutes]


@pytest.mark.parametrize("site", ["T4", "L5"])
def test_people_who_hold_a_pose_are_worn(site: str):
    seen: Counter[int] = Counter()
    for hold in holds(site):
        seen.update(answers(hold, beginning_worn()))

    # Three hours and a quarter; each begins with the step from the breaths before.
    assert seen[OFF] == seen[DOUBTFUL] == 0


@pytest.mark.parametrize("site", ["T4", "L5"])
def test_no_one_who_holds_a_pose_for_ten_minutes_is_ever_doubted(site: str):
    for hold in holds(site):
        assert set(answers(to_and_fro(hold, 10), beginning_worn())) == {WORN}


@pytest.mark.parametrize("site", ["T4", "L5"])
def test_nobody_who_has_just_moved_counts_as_laid_down(site: str):
    seen: Counter[int] = Counter()
    for hold in holds(site):
        for first in range(7):
            restless = hold.copy()
            restless[first::7, 0] += 0.03  # two degrees, for a second in seven
            seen.update(answers(restless, beginning_worn()))

    # At the waist 3 of 82 579 such seconds are doubted.
    assert seen[WORN] / seen.total() > 0.9999
    assert seen[OFF] == 0


def test_nor_are_they_in_a_draught():
    seen: Counter[int] = Counter()
    for hold in holds("T4"):
        watch = beginning_worn()
        watch.feel(BODY_C)
        watch.feel(ROOM_C)
        seen.update(answers(to_and_fro(hold, 3), watch))

    # As cold as on a table: twice the life is asked for.
    assert seen[WORN] / seen.total() > 0.998
    assert seen[OFF] == 0


@pytest.mark.parametrize("chip", ["LSM6DSO", "BMI270", "ICM20948"])
def test_a_sensor_as_noisy_as(chip: str):
    rng = np.random.default_rng(1)
    noise_g = NOISE_G[chip] / 5  # of the mean of 25
    seen: Counter[int] = Counter()
    for hold in holds("T4"):
        noisy = hold + noise_g * rng.standard_normal(hold.shape)
        seen.update(answers(noisy, beginning_worn(noise_g)))

    assert seen[WORN] / seen.total() > 0.995
    assert seen[OFF] == 0


@pytest.mark.parametrize("chip", sorted(NOISE_G))
@pytest.mark.parametrize("gravity", [FLAT, HUNG], ids=["flat", "hung"])
@pytest.mark.parametrize("table", sorted(TABLES))
def test_on_a_table_it_is_doubted_soon_and_off_within_ninety_seconds_for_good(
    table: str, gravity: tuple[float, float, float], chip: str
):
    for seed in SEEDS:
        felt = felt_on(table, seed)
        means_g = read(felt, gravity, NOISE_G[chip], seed).reshape(-1, RATE_HZ, 3).mean(axis=1)
        found = answers(means_g, beginning_worn(NOISE_G[chip] / 5), cools=True)

        assert found.index(DOUBTFUL) <= 25
        assert set(found[90:]) == {OFF}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_in_a_room_as_warm_as_the_body_it_is_off_all_the_same(table: str):
    for seed in SEEDS:
        felt = felt_on(table, seed)
        means_g = read(felt, FLAT, NOISE_G["LSM6DSO"], seed).reshape(-1, RATE_HZ, 3).mean(axis=1)
        found = answers(means_g, beginning_worn())

        assert found.index(OFF) <= 90
        assert np.mean(np.array(found[90:]) == OFF) > 0.99


@pytest.mark.parametrize("rms_g", [0.003, 0.01])
def test_flat_in_a_train_it_is_off_once_it_is_cold(rms_g: float):
    felt = in_a_train(900, np.random.default_rng(3), rms_g)
    means_g = read(felt, FLAT, NOISE_G["LSM6DSO"], 3).reshape(-1, RATE_HZ, 3).mean(axis=1)
    found = answers(means_g, beginning_worn(), cools=True)

    # It is a degree colder after 154 s, and what it forgets meanwhile.
    assert 150 <= found.index(OFF) <= 280
    assert set(found[280:]) == {OFF}


@pytest.mark.parametrize("seed", [0, 4, 6, 8, 9, 10])  # in the others its arrow points up
def test_a_bag_is_found_out_when_it_is_first_set_down_and_stays_off(seed: int):
    rng = np.random.default_rng(seed)
    time_s = np.arange(600 * RATE_HZ) / RATE_HZ
    hangs, felt = Resting(rng, Rest.CARRIED).go_on(time_s)
    felt_g = seen_from(hangs, felt + np.array([0.0, 0.0, 1.0]))
    felt_g += NOISE_G["LSM6DSO"] * rng.standard_normal(felt_g.shape)
    means_g = felt_g.reshape(-1, RATE_HZ, 3).mean(axis=1)
    found = answers(means_g, beginning_worn(), cools=True)

    # It is carried for 80 s, set down for 40, and so on.
    assert found.index(OFF) <= 110
    assert set(found[110:]) == {OFF}


def test_worn_in_a_train_it_stays_worn():
    for seed, hold in enumerate(holds("T4")[::20]):
        pose = to_and_fro(hold, 10)
        felt = in_a_train(600, np.random.default_rng(seed), 0.01)
        swaying = pose + felt.reshape(-1, RATE_HZ, 3).mean(axis=1)

        assert set(answers(swaying, beginning_worn())) == {WORN}


SECONDS = st.one_of(
    st.tuples(st.just("mean"), st.sampled_from([0.0, 0.0004, 0.002, 0.02, 0.5, -1.0])),
    st.tuples(st.just("feel"), st.floats(-20, 60)),
)


@given(st.lists(st.tuples(SECONDS, st.integers(1, 40)), max_size=40))
def test_whatever_happens_doubt_comes_before_off_and_handling_never_brings_it(
    happenings: list[tuple[tuple[str, float], int]],
):
    watch = WearWatch()
    before, seen = DOUBTFUL, [0.0, 0.0]
    for (what, value), times in happenings:
        if what == "feel":
            watch.feel(value)
            continue
        for second in range(times):
            seen.append(value * (second // 2 % 2))
            state = watch.update(seen[-1], 0.0, 1.0)
            assert (before, state) != (WORN, OFF)
            if state == OFF and before != OFF:
                assert abs(seen[-1] - seen[-3]) < HANDLED_G
            before = state
