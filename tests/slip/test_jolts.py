"""A jolt of the clip is told from the movement that it happens in."""

import numpy as np
import pytest
from chain.sitters import CURL_M, HINGE_M, STEP_S, Sitter, Slip, swift

from midback.shared import flexion, wire
from midback.slip.jolts import Jolt, find_jolt

TALL = flexion.thorax_frame((0.0, 0.0, 1.0))


def found(sitter: Sitter, from_s: float = 7.0, to_s: float = 13.0) -> Jolt | None:
    """What is found in these seconds."""
    packets = [packet for packet, _, _ in sitter.packets() if from_s < packet.time_s < to_s]
    up = np.array([each for packet in packets for each in packet.ups])
    counts = np.array([packet.counts for packet in packets], float).reshape(-1, 3)
    return find_jolt(TALL, up, counts * wire.G_PER_COUNT, STEP_S)


def knocked(takes_s: float = 0.3, seed: int = 0, forward: float = 0.0, right: float = 10.0):
    slip = Slip(10.0, takes_s, forward, right, knock_g=0.08)
    return Sitter(20.0, seed, sway_deg=0.1, slips=[slip])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("takes_s", [0.2, 0.3, 0.4])
@pytest.mark.parametrize(("forward", "right"), [(10.0, 0.0), (-7.0, 7.0), (0.0, -10.0)])
def test_a_jolt_at_rest_is_measured(takes_s: float, seed: int, forward: float, right: float):
    jolt = found(knocked(takes_s, seed, forward, right))

    assert jolt is not None
    assert jolt.by == pytest.approx((forward, right), abs=2.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_quick_one_is_sure(seed: int):
    jolt = found(knocked(0.3, seed))

    assert jolt is not None
    assert jolt.sure


@pytest.mark.parametrize("seed", range(4))
def test_one_after_somebody_came_back_from_a_reach_is_found_though_that_was_quicker(seed: int):
    sitter = knocked(0.4, seed).to(7.5, 38.0, 0.0, 0.9).to(9.0, 0.0, 0.0, 0.9)
    jolt = found(sitter)

    assert jolt is not None
    assert jolt.by == pytest.approx((0.0, 10.0), abs=4.6)


@pytest.mark.parametrize("seed", range(4))
def test_one_while_somebody_leans_is_found_and_is_larger_by_a_part_of_the_lean(seed: int):
    jolt = found(knocked(0.4, seed, 9.0, 0.0).to(9.3, 18.0, 0.0, 1.5))

    assert jolt is not None
    assert jolt.by == pytest.approx((9.0, 0.0), abs=4.6)


@pytest.mark.parametrize(
    "moves",
    [
        [(9.0, 30.0, 0.0, 0.8, HINGE_M), (10.0, 0.0, 0.0, 0.8, HINGE_M)],
        [(9.0, 0.0, 20.0, 1.0, HINGE_M), (10.5, 0.0, 0.0, 1.0, HINGE_M)],
        [(5.0, 18.0, 0.0, 1.2, CURL_M), (10.0, 0.0, 0.0, 0.9, CURL_M)],
        [(10.0, 10.0, 0.0, 0.5, HINGE_M)],
        [],
    ],
    ids=["a reach", "a bend to a side", "sitting up", "a lurch", "rest"],
)
def test_a_movement_of_the_trunk_is_none(moves: list[tuple[float, float, float, float, float]]):
    sitter = Sitter(20.0, sway_deg=0.1)
    for move in moves:
        sitter.to(*move)

    assert found(sitter) is None


def test_a_curl_as_quick_as_a_slow_jolt_is_not_sure():
    jolt = found(Sitter(20.0).to(10.0, 12.0, 0.0, 0.5, CURL_M))

    assert jolt is None or not jolt.sure


def test_a_jolt_is_found_at_any_rate():
    # A smooth turn of ten degrees in 0.4 s, felt on the spot, at 50 samples a second.
    time_s = np.arange(0.0, 2.0, 0.02)
    angle = np.radians(10.0) * swift((time_s - 0.8) / 0.4)
    up = np.stack([-np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    jolt = find_jolt(TALL, up, up.copy(), 0.02)

    assert jolt is not None
    assert jolt.by == pytest.approx((10.0, 0.0), abs=1.0)


@pytest.mark.parametrize("samples", [0, 1, 2, 8])
def test_in_a_moment_there_is_none(samples: int):
    up = np.tile([0.0, 0.0, 1.0], (samples, 1))

    assert find_jolt(TALL, up, up.copy(), STEP_S) is None
