"""Standing up and sitting down are told from each other, and from everything else done at a desk.

By people made two ways: those of ``rises.py`` and the simulated wearer.
"""

from functools import cache

import numpy as np
import pytest
from chain.rises import DT_S, Life, Packet, packets_of, worst_sensor
from hypothesis import given
from hypothesis import strategies as st

from midback.shared import wire
from midback.simulated import Activity, Habits, SensorErrors, Wearer, plan_of
from midback.simulated.sensor import Sensor
from midback.transitions import (
    LEAST_M,
    SAT_DOWN,
    STOOD_UP,
    Transition,
    TransitionDetector,
    lift_g,
)

AT_S = 25.0
STEP_S = 0.2
UP = (Activity.STANDING, Activity.WALKING)


def found(packets: list[Packet]) -> list[tuple[Transition, float]]:
    """What happened, each with when it was told."""
    detector = TransitionDetector()
    told = [(detector.update(*packet), packet[0]) for packet in packets]
    return [(transition, time_s) for transition, time_s in told if transition is not None]


@cache
def one_rise(seed: int, then: str) -> tuple[list[Packet], float, float]:
    """A minute with one change of height at ``AT_S``: its packets, seconds it took, metres."""
    rng = np.random.default_rng(seed)
    life = Life(60.0, rng).breathe()
    height_m, took_s = float(rng.uniform(0.2, 0.5)), float(rng.uniform(0.8, 3.0))
    pace = (float(rng.uniform(1.5, 2.2)), float(rng.uniform(0.3, 0.8)))
    if then == "sits down after a walk":
        life.walk(5.0, AT_S - 0.5, *pace)
        height_m = -height_m
    elif then == "sits down":
        height_m = -height_m
    elif then == "walks away":
        life.walk(AT_S + took_s + 0.3, 60.0, *pace)
    life.rise(AT_S, took_s, height_m, float(rng.uniform(12.0, 50.0)))
    return life.packets(seed), took_s, height_m


RISES = ("stands", "walks away", "sits down", "sits down after a walk")


@pytest.mark.parametrize("then", RISES)
def test_every_change_is_told_once_and_nothing_else(then: str):
    for seed in range(25):
        packets, took_s, height_m = one_rise(seed, then)
        told = found(packets)

        assert [of.kind for of, _ in told] == [STOOD_UP if height_m > 0 else SAT_DOWN], seed
        transition, told_s = told[0]
        assert transition.time_s == pytest.approx(AT_S + took_s / 2, abs=1.5)
        assert told_s - (AT_S + took_s) < 6.0


def test_half_of_the_changes_are_told_four_and_a_half_seconds_after_them():
    delays = [
        found(packets)[0][1] - AT_S - took_s
        for packets, took_s, _ in (one_rise(seed, then) for then in RISES for seed in range(25))
    ]

    assert np.median(delays) < 4.6


def test_the_height_is_about_right():
    ratios = [
        found(packets)[0][0].height_m / height_m
        for packets, _, height_m in (one_rise(seed, then) for then in RISES for seed in range(25))
    ]

    # Slow ones begin and end within the second that should be still.
    assert 1.0 <= np.median(ratios) <= 1.25
    assert min(ratios) > 0.7


@cache
def ten_restless_minutes(seed: int) -> list[Packet]:
    """Every quarter of a minute one of nine things, and nobody stands up."""
    rng = np.random.default_rng([seed, 1])
    life = Life(600.0, rng).breathe()
    at_s = 20.0
    while at_s < 585.0:
        match int(rng.integers(9)):
            case 0:
                life.lean(at_s, rng.uniform(8, 25), rng.uniform(0.8, 2), rng.uniform(0.5, 6))
            case 1:  # reaches
                life.lean(at_s, rng.uniform(25, 45), rng.uniform(0.6, 1.1), rng.uniform(0.3, 1.5))
            case 2:  # picks something up from the floor
                life.lean(at_s, rng.uniform(55, 75), rng.uniform(0.9, 1.5), rng.uniform(0.5, 3))
            case 3:
                life.lean(at_s, rng.uniform(-25, -10), rng.uniform(0.8, 2), rng.uniform(1, 6))
            case 4:
                life.jolt(at_s, rng.uniform(0.01, 0.05))
            case 5:
                life.jolt(at_s, rng.uniform(0.01, 0.04))
                life.lean(at_s - 0.3, rng.uniform(5, 20), rng.uniform(0.5, 1), 0.5)
            case 6:  # sits otherwise for a while
                life.lean(at_s, rng.uniform(5, 18), rng.uniform(0.6, 1.5), 5.0)
            case 7:
                life.shake(at_s, 2.0, 0.08)
            case _:  # shuffles on the seat, or changes its height
                life.shift(at_s, rng.uniform(0.02, 0.08), rng.uniform(1, 3))
                life.lean(at_s, rng.uniform(5, 20), 1.0, 1.0)
        at_s += float(rng.uniform(8, 20))
    return life.packets(seed)


def test_of_a_thousand_reaches_leans_and_bumps_in_four_hours_hardly_one_is_a_change():
    told = [found(ten_restless_minutes(seed)) for seed in range(24)]

    # Every ninth picks something up from the floor: that is harsher than an office.
    assert sum(len(one) for one in told) <= 4


def test_walking_is_no_change():
    for seed in range(6):
        rng = np.random.default_rng([seed, 2])
        life = Life(300.0, rng).breathe()
        for at_s in (10.0, 70.0, 150.0, 230.0):
            life.walk(
                at_s, at_s + 50.0, float(rng.uniform(1.4, 2.3)), float(rng.uniform(0.2, 0.9))
            )

        assert found(life.packets(seed)) == []


def simulated(seed: int) -> tuple[list[Packet], list[tuple[float, str]]]:
    """Half an hour of a simulated wearer, and when they really stood up or sat down."""
    parts = [
        (Activity.TYPING, 6.0),
        (Activity.WALKING, 1.0),
        (Activity.TYPING, 5.0),
        (Activity.STANDING, 2.0),
        (Activity.WALKING, 0.5),
        (Activity.MEETING, 6.0),
        (Activity.STANDING, 1.0),
        (Activity.TYPING, 6.0),
    ]
    plan = plan_of(parts)
    wearer = Wearer(plan, Habits.drawn(seed), seed=seed)
    sensor = Sensor(SensorErrors.drawn(seed), seed=seed)
    counts: list[np.ndarray] = []
    while wearer.now_s < plan.duration_s:
        counts.append(sensor.read(wearer.move(50, DT_S), DT_S))
    changes: list[tuple[float, str]] = []
    for before, after in zip(plan.stretches, plan.stretches[1:], strict=False):
        if (before.activity in UP) != (after.activity in UP):
            changes.append((after.start_s + 1.3, STOOD_UP if after.activity in UP else SAT_DOWN))
    return packets_of(np.concatenate(counts)), changes


@pytest.mark.parametrize("seed", range(3))
def test_the_simulated_wearers_changes_are_all_told_and_no_other(seed: int):
    packets, changes = simulated(seed)

    assert [(of.kind, pytest.approx(of.time_s, abs=1.5)) for of, _ in found(packets)] == [
        (kind, time_s) for time_s, kind in changes
    ]


# The stream


def test_a_lost_packet_does_not_hide_a_change():
    packets, _, _ = one_rise(3, "stands")
    for lost_s in np.arange(22.0, 29.0, 0.8):
        kept = [packet for packet in packets if abs(packet[0] - lost_s) > 0.11]

        assert len(kept) == len(packets) - 1
        assert [of.kind for of, _ in found(kept)] == [STOOD_UP]


def test_nothing_is_told_across_a_silence():
    packets, took_s, _ = one_rise(3, "stands")
    within = AT_S + took_s / 2
    kept = [packet for packet in packets if not within - 1 < packet[0] < within + 1]

    assert found(kept) == []


def test_what_is_not_known_is_no_change():
    detector = TransitionDetector()

    assert {detector.update(STEP_S * n, None, 0.0) for n in range(100)} == {None}
    assert {detector.update(STEP_S * n, 0.0, None) for n in range(100, 200)} == {None}


@pytest.mark.parametrize("step_s", [0.125, 0.16, 0.2, 0.3])
def test_packets_of_other_lengths_do_as_well(step_s: float):
    for seed in range(8):
        packets, _, height_m = one_rise(seed, "stands")
        times, lifts, leans = np.array(packets).T
        # What lies within each of the new packets, by way of the running sums.
        ends = np.arange(step_s, times[-1], step_s)
        sums = [np.interp(ends, times, np.cumsum(v) * STEP_S) for v in (lifts, leans)]
        means = [np.diff(v, prepend=0.0) / step_s for v in sums]
        others = list(zip(ends.tolist(), means[0].tolist(), means[1].tolist(), strict=True))

        assert [of.kind for of, _ in found(others)] == [STOOD_UP], (seed, height_m)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.01, 0.2, 0.4, 0.6, 1.0, 40.0]),
            st.one_of(st.none(), st.floats(-4, 4)),
            st.one_of(st.none(), st.floats(-180, 180)),
        ),
        max_size=120,
    )
)
def test_whatever_comes_it_tells_changes_in_order(
    stream: list[tuple[float, float | None, float | None]],
):
    detector = TransitionDetector()
    time_s = 0.0
    for step_s, lift, flexion_deg in stream:
        time_s += step_s
        told = detector.update(time_s, lift, flexion_deg)
        if told is not None:
            assert told.time_s <= time_s
            assert abs(told.height_m) >= LEAST_M
            assert told.kind == (STOOD_UP if told.height_m > 0 else SAT_DOWN)


def test_lift_is_the_mean_of_the_acceleration_along_up():
    # 1.5 g and 1 g upward, with the clip tipped onto its side in the second sample.
    counts = [0, 0, 0, 0, 0, 0, 3072, 0, 0, 0, 0, 0, 2048, 0]
    ups = [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0)]

    assert lift_g(ups, counts, 4, wire.WIDTH[wire.KIND_ORIENTATION]) == pytest.approx(0.25)
    assert lift_g([(0.0, 0.0, 1.0), None], counts, 4, 7) is None


def test_the_worst_sensor_is_off_by_as_much_as_it_says():
    offsets = np.array([worst_sensor(seed).accel_offset_g for seed in range(50)])

    assert 0.038 < np.abs(offsets).max() <= 0.040
