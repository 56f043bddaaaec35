"""Posture is judged only while the wearer is still."""

from itertools import groupby
from math import pi

import numpy as np
import pytest
from chain.gaits import NOISE_G, PAIR_HZ, Array, rocking, steps
from reference import reference_data

from midback.reprocess import _acceleration_sums
from midback.shared import wire
from midback.shared.motion import (
    MOVING,
    MOVING_G,
    SETTLE_S,
    STILL,
    WALK_SETTLE_S,
    WALKING,
    WINDOW_S,
    MotionGate,
    acceleration_sums,
)

PACKET_S = 0.2
SAMPLES = 5
MISSING = -32768

SPEEDS_HZ = (1.3, 1.4, 1.7, 2.0, 2.3, 2.5)
SWINGS_G = (0.15, 0.2, 0.3, 0.5, 0.8)  # of |a|, from peak to peak


def sitting(seconds: float, seed: int = 0) -> Array:
    """|a| - 1 g of somebody who types."""
    rng = np.random.default_rng(seed)
    return NOISE_G * rng.standard_normal(round(seconds * PAIR_HZ))


def followed(away_g: Array, gate: MotionGate | None = None) -> list[tuple[int, bool]]:
    """State and settling after each packet of ``SAMPLES`` values of |a| - 1 g."""
    gate = gate or MotionGate()
    found: list[tuple[int, bool]] = []
    for n, packet in enumerate(away_g[: len(away_g) // SAMPLES * SAMPLES].reshape(-1, SAMPLES)):
        time_s, half = PACKET_S * (n + 1), packet[: SAMPLES // 2]
        gate.update(time_s, SAMPLES, packet.sum(), float(packet @ packet), half.sum())
        found.append((gate.state, gate.settling))
    return found


def states(away_g: Array) -> list[int]:
    return [state for state, _ in followed(away_g)]


def swung(swings_g: list[tuple[float, float]]) -> Array:
    """A timeline of (seconds, swing of |a| in g), twice a second."""
    parts: list[Array] = []
    for seconds, swing_g in swings_g:
        parts.append(swing_g * np.sin(4 * pi * np.arange(round(seconds * PAIR_HZ)) / PAIR_HZ))
    return np.concatenate(parts)


def test_a_wearer_who_sits_is_still():
    assert set(followed(sitting(60))) == {(STILL, False)}


def test_a_clip_that_reads_20_mg_too_much_is_still():
    assert set(states(sitting(60) + 0.02)) == {STILL}


# Moving


def test_a_shake_moves_at_once():
    assert states(swung([(2, 0.005), (2, 0.2)]))[10] == MOVING


def test_it_is_still_two_seconds_after_the_last_of_it():
    after = states(swung([(10, 0.2), (4, 0.005)]))[50:]

    # The last packet that moves leaves the window with the eleventh still one.
    assert after.index(STILL) * PACKET_S == pytest.approx(WINDOW_S, abs=PACKET_S)


def test_after_a_movement_it_settles_for_a_moment():
    found = followed(np.concatenate([sitting(5), [0.0, 0.5, 0.0, -0.5, 0.0], sitting(5)]))
    runs = [(of, len(list(run))) for of, run in groupby(found)]

    # The window's two seconds, and then the rest of what nothing is judged for.
    assert [of for of, _ in runs] == [
        (STILL, False),
        (MOVING, False),
        (STILL, True),
        (STILL, False),
    ]
    assert runs[1][1] * PACKET_S == pytest.approx(WINDOW_S, abs=PACKET_S)
    assert runs[2][1] * PACKET_S == pytest.approx(SETTLE_S, abs=PACKET_S)


def test_a_jolt_that_leaves_the_window_calm_costs_less_than_a_second():
    found = followed(np.concatenate([sitting(5), [0.0, 0.06, 0.0, -0.06, 0.0], sitting(5)]))

    assert sum(found[n] != (STILL, False) for n in range(len(found))) * PACKET_S <= 1.0


@pytest.mark.parametrize("rate_dps", [10.0, 20.0])
def test_a_trunk_that_turns_quickly_moves_though_nothing_lifts_it(rate_dps: float):
    gate = MotionGate()
    found = [
        gate.update(PACKET_S * n, SAMPLES, 0.0, 0.0, 0.0, rate_dps * PACKET_S * max(n - 20, 0))
        for n in range(1, 41)
    ]

    assert found[19:21] == [STILL, MOVING if rate_dps > 15 else STILL]


def test_an_angle_that_was_not_known_before_is_no_turn():
    gate = MotionGate()
    for n, flexion_deg in enumerate([0.0, None, 30.0, 30.0]):
        gate.update(PACKET_S * n, SAMPLES, 0.0, 0.0, 0.0, flexion_deg)
        assert gate.state == STILL


def test_what_was_before_a_gap_is_forgotten():
    gate = MotionGate()
    followed(swung([(10, 0.2)]), gate)
    gate.reset()

    assert gate.update(100.0, SAMPLES, 0.0, 0.0, 0.0) == STILL
    assert not gate.settling


# Walking


@pytest.mark.parametrize("step_hz", SPEEDS_HZ)
@pytest.mark.parametrize("swing_g", SWINGS_G)
def test_steps_are_a_walk_after_three_seconds(step_hz: float, swing_g: float):
    for seed in range(4):
        walk = steps(30, step_hz, swing_g, np.random.default_rng(seed))
        found = states(np.concatenate([sitting(10), walk]))[50:]

        # Two seconds of steps, each seen once most of the three before are steps.
        assert found.index(WALKING) * PACKET_S <= 6.0
        assert np.mean(np.array(found[30:]) == WALKING) > 0.95


@pytest.mark.parametrize(("swing_g", "least_s"), [(0.15, 2.0), (0.3, 0.6), (0.5, 0.2)])
def test_hardly_anything_of_a_walk_is_taken_for_stillness(swing_g: float, least_s: float):
    for step_hz in SPEEDS_HZ:
        for seed in range(4):
            walk = steps(30, step_hz, swing_g, np.random.default_rng(seed))
            found = followed(np.concatenate([sitting(10), walk]))[50:]
            judged = [n for n, of in enumerate(found) if of == (STILL, False)]

            # Only before the first steps show, never later.
            assert len(judged) * PACKET_S <= least_s + 1e-9
            assert max(judged, default=0) * PACKET_S < 3.0


def test_nothing_is_judged_for_ten_seconds_after_a_walk():
    walk = steps(20, 1.8, 0.5, np.random.default_rng(1))
    found = followed(np.concatenate([sitting(5), walk, sitting(30)]))
    last = max(n for n, (state, _) in enumerate(found) if state == WALKING)
    judged = next(n for n in range(last, len(found)) if found[n] == (STILL, False))

    assert (judged - last) * PACKET_S == pytest.approx(WALK_SETTLE_S, abs=PACKET_S)
    # Steps stay in sight for as long as half of the three seconds are steps.
    assert 24.0 <= last * PACKET_S <= 27.5


@pytest.mark.parametrize("hz", [0.4, 0.7, 1.0, 3.0, 3.5, 4.5, 6.0])
def test_rocking_and_shaking_at_other_rates_is_no_walk(hz: float):
    for seed in range(4):
        assert WALKING not in states(rocking(60, hz, 0.3, np.random.default_rng(seed)))


def test_shaking_too_quick_for_half_packets_is_no_walk():
    # Each half sums to nothing, whatever the rest does.
    away = np.tile([0.2, -0.2, 0.2, -0.1, -0.1], 300)

    assert set(states(away)[10:]) == {MOVING}


def test_irregular_movement_is_no_walk():
    rng = np.random.default_rng(4)
    walked = 0
    for _ in range(40):
        walked += states(0.15 * rng.standard_normal(30 * PAIR_HZ)).count(WALKING)

    # By chance noise repeats itself now and then: a second in twenty minutes.
    assert walked <= 10


def test_three_steps_are_no_walk():
    rng = np.random.default_rng(5)
    for step_hz in SPEEDS_HZ:
        few = steps(3 / step_hz, step_hz, 0.4, rng)
        found = followed(np.concatenate([sitting(5), few, sitting(20)]))

        assert WALKING not in [state for state, _ in found]
        assert found[-50:] == [(STILL, False)] * 50


@pytest.mark.parametrize("length", [4, 5, 6])
@pytest.mark.parametrize("period_s", [1 / 30, 0.0385, 0.04])
def test_the_chips_own_rates_tell_a_walk_too(period_s: float, length: int):
    rng = np.random.default_rng(6)
    walk = steps(30, 1.8, 0.4, rng, rate_hz=1 / period_s)
    gate = MotionGate()
    found: list[int] = []
    for n, packet in enumerate(walk[: len(walk) // length * length].reshape(-1, length)):
        time_s = period_s * length * (n + 1)
        half = float(packet[: length // 2].sum())
        found.append(gate.update(time_s, length, packet.sum(), float(packet @ packet), half))
    packet_s = period_s * length

    assert (WALKING in found) == (0.15 <= packet_s <= 0.27)
    assert MOVING in found


def test_a_lost_packet_in_a_walk_leaves_movement():
    walk = steps(20, 1.8, 0.4, np.random.default_rng(7)).reshape(-1, SAMPLES)
    gate = MotionGate()
    found: list[int] = []
    for n, packet in enumerate(walk):
        if n != 60:
            half = float(packet[:2].sum())
            found.append(
                gate.update(
                    PACKET_S * (n + 1), SAMPLES, packet.sum(), float(packet @ packet), half
                )
            )

    assert found[59] == WALKING
    assert set(found[60:74]) <= {MOVING, WALKING}
    assert found[-1] == WALKING


# People


@pytest.mark.parametrize("site", ["T4", "L5"])
def test_people_who_hold_a_pose_are_still(site: str):
    packets = moving = walking = 0
    with np.load(reference_data("sitting_spine_dev.npz")) as recorded:
        for key in (key for key in recorded.files if key.endswith(f"/{site}")):
            counts = recorded[key]
            whole = counts[(counts != MISSING).all(axis=1), :3].astype(float) * wire.G_PER_COUNT
            size = np.linalg.norm(whole[: len(whole) // 2 * 2], axis=1) - 1.0
            found = states(size.reshape(-1, 2).mean(axis=1))
            packets += len(found)
            moving += found.count(MOVING)
            walking += found.count(WALKING)

    assert walking == 0
    assert moving / packets < 0.01


# Sums


def test_the_first_half_of_an_odd_packet_is_the_shorter_one():
    counts = [v for n in range(5) for v in (0, 0, 0, 0, 0, 0, 2048 * (n + 1))]

    total_g, squares_g2, half_g = acceleration_sums(counts, 4, 7, 1 / 2048)

    assert (total_g, squares_g2, half_g) == (0 + 1 + 2 + 3 + 4, 0 + 1 + 4 + 9 + 16, 0 + 1)


def test_a_single_sample_has_no_first_half():
    assert acceleration_sums([0, 0, 4096, 0, 0, 0], 0, 6, 1 / 2048) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize("kind", [wire.KIND_ORIENTATION, wire.KIND_RAW])
def test_a_whole_day_at_once_gives_the_same_sums(kind: int):
    rng = np.random.default_rng(kind)
    width, first = wire.WIDTH[kind], 4 if kind == wire.KIND_ORIENTATION else 0
    count = np.array([1, 2, 5, 1, 10, 16, 3, 1])
    counts = rng.integers(-32768, 32768, (count.sum(), width)).astype(np.int16)
    starts = np.cumsum(count) - count
    at_once = _acceleration_sums(kind, counts, count, starts).T

    for n, start in enumerate(starts):
        packet = counts[start : start + count[n]].ravel().tolist()
        # numpy may add in another order.
        assert at_once[n] == pytest.approx(
            acceleration_sums(packet, first, width, wire.G_PER_COUNT), rel=1e-12, abs=1e-12
        )


@pytest.mark.parametrize("seed", range(5))
def test_the_spread_is_the_standard_deviation_of_the_last_two_seconds(seed: int):
    away_g = np.random.default_rng(seed).normal(0, 0.05, (200, SAMPLES))
    gate = MotionGate()
    followed(away_g.ravel(), gate)

    # Sums kept for 40 s round off by some 1e-15.
    assert gate.spread_g == pytest.approx(away_g[-10:].std(), abs=1e-12)


def test_a_day_of_shaking_leaves_no_trace_in_the_sums():
    gate = MotionGate()
    for k in range(50_000):
        gate.update(PACKET_S * k, SAMPLES, 30.0, 90.0, 12.0)
    for k in range(50_000, 50_020):
        gate.update(PACKET_S * k, SAMPLES, 0.0, 0.0, 0.0)

    # A thousandth of the line; the sums are added to and taken from 50 000 times.
    assert gate.spread_g < MOVING_G / 1000
