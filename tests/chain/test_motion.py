"""Posture is judged only while the wearer is still."""

from math import pi, sin

import numpy as np
import pytest

from midback.shared.motion import MOVING_G, WINDOW_S, MotionGate

PACKET_S = 0.2
SAMPLES = 10


def moving(swings_g: list[tuple[float, float]], gate: MotionGate | None = None) -> list[bool]:
    """Say for each packet of a timeline of (seconds, swing of |a| in g) whether it moves."""
    gate = gate or MotionGate()
    verdicts: list[bool] = []
    time_s = 0.0
    for seconds, swing_g in swings_g:
        for _ in range(round(seconds / PACKET_S)):
            times = [time_s + (i + 1) * PACKET_S / SAMPLES for i in range(SAMPLES)]
            away = [swing_g * sin(4 * pi * t) for t in times]
            time_s += PACKET_S
            verdicts.append(gate.update(time_s, SAMPLES, sum(away), sum(a * a for a in away)))
    return verdicts


def test_a_wearer_who_sits_is_still():
    # Breathing and typing: 5 mg.
    assert not any(moving([(10, 0.005)]))


def test_a_walker_moves():
    # Within half a step the swing has not been seen yet.
    assert all(moving([(10, 0.2)])[2:])


def test_a_walker_who_sits_down_is_still_two_seconds_later():
    after = moving([(10, 0.2), (4, 0.005)])[50:]

    # The last walking packet leaves the window with the eleventh still one.
    assert after.index(False) * PACKET_S == pytest.approx(WINDOW_S, abs=PACKET_S)


def test_a_clip_that_reads_20_mg_too_much_is_still():
    gate = MotionGate()

    verdicts = [
        gate.update(0.2 * k, SAMPLES, 0.02 * SAMPLES, 0.02**2 * SAMPLES) for k in range(50)
    ]

    assert not any(verdicts)


def test_what_was_before_a_gap_is_forgotten():
    gate = MotionGate()
    moving([(10, 0.2)], gate)
    gate.reset()

    assert not gate.update(100.0, SAMPLES, 0.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_spread_is_the_standard_deviation_of_the_last_two_seconds(seed: int):
    away_g = np.random.default_rng(seed).normal(0, 0.05, (200, SAMPLES))
    gate = MotionGate()

    for k, packet in enumerate(away_g):
        gate.update(PACKET_S * (k + 1), SAMPLES, float(packet.sum()), float(packet @ packet))

    # Sums kept for 40 s round off by some 1e-15.
    assert gate.spread_g == pytest.approx(away_g[-10:].std(), abs=1e-12)


def test_a_day_of_shaking_leaves_no_trace_in_the_sums():
    gate = MotionGate()
    for k in range(50_000):
        gate.update(PACKET_S * k, SAMPLES, 30.0, 90.0)
    for k in range(50_000, 50_020):
        gate.update(PACKET_S * k, SAMPLES, 0.0, 0.0)

    # A thousandth of the line; the sums are added to and taken from 50 000 times.
    assert gate.spread_g < MOVING_G / 1000
