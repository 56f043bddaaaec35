"""What a turn tells of the axis that it was about, by wearers drawn by hand."""

from collections.abc import Callable

import pytest
from chain.sitters import CURL_M, HINGE_M, Sitter, Slip

from midback.shared import flexion
from midback.slip.tilts import Tilt, plus
from midback.slip.turns import Turn, Turns

TALL = flexion.thorax_frame((0.0, 0.0, 1.0))


def turned(*moves: tuple[float, float], seed: int = 0) -> Turn:
    """The turn of somebody who moves to each flexion by a lever, one after the other."""
    sitter = Sitter(30.0, seed, sway_deg=0.1)
    for number, (lean, lever_m) in enumerate(moves):
        sitter.to(10.0 + number, lean, 0.0, 1.0, lever_m)
    turns = Turns(TALL)
    found = [
        turns.update(packet, flexion.angles_deg(TALL, packet.up))
        for packet, _, _ in sitter.packets()
    ]
    return max((turn for turn in found if turn is not None), key=lambda turn: turn.size_deg)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("lever_m", [CURL_M, HINGE_M])
def test_both_ways_to_measure_a_lever_agree_on_a_plain_turn(lever_m: float, seed: int):
    turn = turned((20.0, lever_m), seed=seed)

    assert turn.swing_m == pytest.approx(lever_m, abs=0.04)
    assert turn.net_m == pytest.approx(lever_m, abs=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_somebody_far_tipped_swings_at_the_same_lever(seed: int):
    turn = turned((40.0, HINGE_M), (60.0, HINGE_M), seed=seed)

    assert turn.swing_m == pytest.approx(HINGE_M, abs=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_who_bends_down_and_comes_up_slumped_came_to_rest_by_a_curl(seed: int):
    slumped = turned((12.0, HINGE_M), (27.0, CURL_M), (15.0, HINGE_M), seed=seed)
    leaning = turned((12.0, HINGE_M), (27.0, HINGE_M), (15.0, HINGE_M), seed=seed)

    assert slumped.swing_m > 0.3  # what they did on the way
    assert slumped.net_m == pytest.approx(CURL_M, abs=0.07)
    assert leaning.net_m == pytest.approx(HINGE_M, abs=0.1)


def quick_turn(lever_m: float, doubt_m: float, swing_m: float, rise_s: float = 0.3) -> Turn:
    return Turn((0.0, 0.0), (10.0, 0.0), 10.0, rise_s, lever_m, doubt_m, swing_m, swing_m, 1.0)


@pytest.mark.parametrize(
    ("lever_m", "doubt_m", "swing_m", "on_the_spot"),
    [
        (0.16, 0.06, 0.01, True),  # a knock hides how far, but it was no trunk's
        (0.23, 0.09, -0.13, True),
        (0.20, 0.02, 0.20, False),  # a curl
        (0.20, 0.07, 0.15, False),  # one that cannot be told from a knock
        (0.45, 0.08, 0.02, False),  # about an axis far to a side
    ],
)
def test_a_quick_turn_that_no_trunk_makes_is_on_the_spot(
    lever_m: float, doubt_m: float, swing_m: float, on_the_spot: bool
):
    assert quick_turn(lever_m, doubt_m, swing_m).on_the_spot is on_the_spot


def test_of_a_slower_one_that_must_be_surer():
    assert not quick_turn(0.16, 0.06, 0.01, rise_s=0.7).on_the_spot


def slipped(sitter: Sitter) -> Tilt:
    """By how much the clip turned against the trunk, all in all."""
    turns = Turns(TALL)
    by: Tilt = (0.0, 0.0)
    for packet, _, _ in sitter.packets():
        turn = turns.update(packet, flexion.angles_deg(TALL, packet.up))
        if turn is not None and turn.slipped is not None:
            by = plus(by, turn.slipped)
    return by


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "moves",
    [
        [],
        [(9.8, 6.0, 0.0, 0.8)],
        [(9.2, 6.0, 0.0, 0.8), (10.1, 0.0, 0.0, 0.9)],
        [(9.9, 0.0, -7.0, 1.0)],
    ],
    ids=["at rest", "bending", "fidgeting", "tipping against it"],
)
def test_a_jolt_is_found_in_the_midst_of_a_movement(
    moves: list[tuple[float, float, float, float]], seed: int
):
    sitter = Sitter(20.0, seed, sway_deg=0.1, slips=[Slip(10.0, 0.3, 0.0, 10.0, knock_g=0.08)])
    for at_s, lean, side, takes_s in moves:
        sitter.to(at_s, lean, side, takes_s)

    assert slipped(sitter)[1] == pytest.approx(10.0, abs=3.0)


def twitching():
    return Sitter(20.0).to(10.0, 11.0, 0.0, 0.3, 0.05).to(10.4, 0.0, 0.0, 0.3, 0.05)


def dropping_into_a_slump():
    return Sitter(20.0).to(10.0, 15.0, 0.0, 0.5, CURL_M)


def swinging_up_from_the_floor():
    # Thirteen of thirty degrees go fast and on the spot, as they did on a person.
    return Sitter(20.0).to(10.0, 17.0, 0.0, 1.2).to(10.5, 30.0, 0.0, 0.5, 0.05)


def reaching_at_once():
    return Sitter(20.0).to(10.0, 25.0, 0.0, 0.7).to(10.9, 0.0, 0.0, 0.7)


@pytest.mark.parametrize(
    "sitter", [twitching, dropping_into_a_slump, swinging_up_from_the_floor, reaching_at_once]
)
def test_a_quick_movement_of_the_trunk_is_no_jolt(sitter: Callable[[], Sitter]):
    assert slipped(sitter()) == (0.0, 0.0)
