"""What a turn tells of the axis that it was about, by wearers drawn by hand."""

import pytest
from chain.sitters import CURL_M, HINGE_M, Sitter

from midback.shared import flexion
from midback.slip.turns import Turn, Turns

TALL = flexion.thorax_frame((0.0, 0.0, 1.0))


def turned(*moves: tuple[float, float], seed: int = 0) -> Turn:
    """The turn of somebody who moves to each flexion by a lever, one after the other."""
    sitter = Sitter(30.0, seed, sway_deg=0.1)
    for number, (lean, lever_m) in enumerate(moves):
        sitter.to(10.0 + number, lean, 0.0, 1.0, lever_m)
    turns = Turns()
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


@pytest.mark.parametrize(("lever_m", "loose"), [(0.0, True), (0.4, False)])
def test_a_sudden_turn_among_others_is_of_the_clip_only_where_nothing_carried_it(
    lever_m: float, loose: bool
):
    turn = Turn((0.0, 0.0), (6.0, 0.0), 6.0, 0.1, lever_m, 0.02, lever_m, lever_m, 2.3)

    assert turn.loose is loose


@pytest.mark.parametrize(
    ("rise_s", "lever_m", "loose"),
    [
        (0.17, 0.1, True),  # half of it another movement
        (0.17, 0.15, False),  # may be a trunk's
        (0.3, 0.1, False),  # not so sudden
    ],
)
def test_nobody_curls_up_in_half_a_second_whatever_else_they_do(
    rise_s: float, lever_m: float, loose: bool
):
    turn = Turn((0.0, 0.0), (9.0, 0.0), 9.0, rise_s, lever_m, 0.04, 0.0, 0.1, 1.8)

    assert turn.loose is loose
