"""The clip has moved on the wearer: noticed when it did, and never when it did not."""

import numpy as np
import pytest
from chain.sitters import CURL_M, SAMPLES, STEP_S, Sitter, Slip, causes, warnings
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.shared import flexion, wire
from midback.slip import (
    JUMPED,
    REMOUNTED,
    RESTS,
    SITS_UP,
    SLID,
    STANDS,
    WALKS,
    SlipWatch,
    packet_motion,
)

UPRIGHT = (0.0, 0.0, 1.0)


def restless(seconds: float = 1500.0, seed: int = 0, **traits) -> Sitter:
    """Changes posture every five minutes, reaches and fidgets in between."""
    rng = np.random.default_rng([seed, 3])
    sitter = Sitter(seconds, seed, **traits)
    for at_s in np.arange(150.0, seconds - 10.0, 300.0):
        sitter.to(at_s, float(rng.normal(0, 3)), float(rng.normal(0, 2)))
        sitter.reach(at_s + 130.0)
    return sitter.stir(0.0, seconds)


# --- a slip is noticed ---


@pytest.mark.parametrize(
    ("forward_deg", "right_deg"), [(10, 0), (-10, 0), (0, 10), (0, -10), (7, 7)]
)
@pytest.mark.parametrize("takes_s", [0.15, 0.3, 0.5])
def test_a_clip_that_is_knocked_askew_is_noticed_within_minutes(
    forward_deg: float, right_deg: float, takes_s: float
):
    sitter = restless()
    sitter.slips.append(Slip(700.0, takes_s, forward_deg, right_deg, knock_g=0.08))
    (warning,) = warnings(sitter)

    assert warning.cause == JUMPED
    assert warning.time_s - 700.0 < 150.0
    assert warning.angle_deg == pytest.approx(10.0, abs=1.5)


@pytest.mark.parametrize(
    ("right_deg", "takes_s"), [(10, 30.0), (-10, 60.0), (10, 120.0), (8, 60.0), (-8, 120.0)]
)
def test_a_clip_that_slides_to_a_side_is_noticed_within_ten_minutes(
    right_deg: float, takes_s: float
):
    sitter = restless()
    sitter.slips.append(Slip(700.0, takes_s, 0.0, right_deg))
    (warning,) = warnings(sitter)

    assert warning.cause == SLID
    assert warning.time_s - 700.0 < 600.0


def test_a_clip_that_slides_backward_on_somebody_who_slumps_forward_is_noticed():
    sitter = restless()
    sitter.slips.append(Slip(700.0, 60.0, -10.0))

    assert causes(sitter, span_deg=18.0) == [SLID]


def test_who_drifts_a_little_to_a_side_and_rests_so_has_no_clip_that_slid():
    # So far for a quarter of an hour, as on a simulated day without a slip.
    sitter = restless(2400.0)
    sitter.slips.append(Slip(900.0, 60.0, 0.0, 3.9))

    assert causes(sitter) == []


def walker(slips: list[Slip], offs: tuple[float, ...] = (0.0,) * 5) -> Sitter:
    """Five walks of 40 s between sits; each leans forward by 2 degrees and *offs* more."""
    sitter = Sitter(5 * 300.0 + 100.0, slips=slips)
    for number, off in enumerate(offs):
        at_s = 100.0 + 300.0 * number
        sitter.walks.append((at_s, at_s + 40.0))
        sitter.to(at_s - 1.0, 2.0 + off).to(at_s + 41.0, 0.0)
    return sitter.stir(0.0, sitter.seconds)


def test_a_clip_that_slides_as_a_slump_would_is_noticed_after_a_walk_and_two_minutes_of_rest():
    (warning,) = warnings(walker([Slip(800.0, 90.0, 10.0)]))

    assert warning.cause == WALKS
    # The fourth walk ends at 1040 s.
    assert 1155.0 < warning.time_s < 1180.0


def test_a_clip_that_slides_as_they_get_up_for_the_first_time_is_noticed_once_they_rest():
    # No walk before tells how they walk, but nobody walks tipped to a side.
    sitter = Sitter(1800.0).stir(0.0, 1800.0)
    sitter.walks.append((900.0, 960.0))
    sitter.slips.append(Slip(890.0, 10.0, 2.0, 10.0))

    assert causes(sitter) == [WALKS]


def test_an_upright_that_was_taken_tipped_to_a_side_is_no_slip():
    # They sit tipped as they walk, before and after.
    sitter = Sitter(2400.0).to(2.0, 0.0, 9.0)
    for at_s in (900.0, 1500.0):
        sitter.walks.append((at_s, at_s + 60.0))

    assert causes(sitter.stir(10.0, 2400.0)) == []


def test_whoever_sits_differently_after_it_is_told_on_the_second_walk():
    sitter = walker([Slip(800.0, 90.0, 10.0)])
    # Reclined until the next walk.
    sitter.moves = [move for move in sitter.moves if not 1042.0 < move[0] < 1298.0]
    sitter.to(1043.0, -12.0)
    (warning,) = warnings(sitter)

    assert warning.cause == WALKS
    assert 1340.0 < warning.time_s < 1350.0


def test_a_clip_that_slides_while_the_wearer_paces_is_noticed_once_they_rest():
    # Steps of six seconds, stops of ten, all one walk: the last of it is tipped.
    sitter = restless(1800.0).to(995.0, 0.0)
    sitter.walks += [(at_s, at_s + 6.0) for at_s in np.arange(1000.0, 1190.0, 16.0)]
    sitter.walks += [(100.0, 140.0), (400.0, 440.0), (700.0, 740.0)]
    sitter.slips.append(Slip(1060.0, 60.0, 7.0, 7.0))
    (warning,) = warnings(sitter)

    assert warning.cause == RESTS
    assert warning.time_s - 1060.0 < 600.0


@pytest.mark.parametrize(("forward_deg", "right_deg"), [(0, 10), (-7, -7), (-10, 0)])
def test_a_clip_that_slides_on_the_way_is_noticed_though_they_rest_until_the_evening(
    forward_deg: float, right_deg: float
):
    # One walk of a minute is all there is: it ends tipped, and so they rest.
    sitter = restless(2400.0)
    sitter.walks.append((1199.0, 1257.0))
    sitter.slips.append(Slip(1202.0, 60.0, forward_deg, right_deg))
    (warning,) = warnings(sitter)

    assert warning.cause == WALKS
    assert warning.time_s - 1262.0 < 600.0


def test_a_clip_that_slides_on_a_long_way_is_noticed_before_they_arrive():
    sitter = restless(1800.0)
    sitter.walks.append((1000.0, 1700.0))
    sitter.slips.append(Slip(1010.0, 60.0, -4.0, 9.0))
    (warning,) = warnings(sitter)

    assert warning.cause == WALKS
    assert warning.time_s < 1300.0


def test_a_clip_that_slides_on_the_way_to_the_printer_is_noticed():
    # A dozen steps there and back; how they walk is known.
    sitter = restless(2400.0)
    sitter.walks += [(300.0, 340.0), (700.0, 740.0), (1302.0, 1312.0), (1342.0, 1352.0)]
    sitter.slips.append(Slip(1304.0, 50.0, 0.0, -10.0))
    (warning,) = warnings(sitter)

    assert warning.cause == WALKS
    assert warning.time_s - 1354.0 < 600.0


def test_who_carries_something_for_a_part_of_the_way_has_no_clip_that_slid():
    # Tipped by 9 degrees for 100 of 300 s, and not at rest.
    sitter = restless(1800.0).to(1100.0, 0.0, 9.0).to(1200.0, 0.0, 0.0)
    sitter.walks += [(300.0, 340.0), (1000.0, 1300.0)]
    sitter.moves.sort()

    assert causes(sitter) == []


def test_who_never_sinks_is_asked_about_a_clip_that_seems_to():
    sitter = restless(7700.0)
    sitter.slips.append(Slip(6700.0, 60.0, 10.0))
    (warning,) = warnings(sitter, span_deg=18.0)

    assert warning.cause == SLID
    assert warning.time_s - 6760.0 < 600.0


def test_who_sank_before_is_not():
    sitter = restless(5700.0)
    sitter.to(2000.0, 15.0, 0.0, 150.0, CURL_M).to(2440.0, 0.0)
    sitter.moves = [move for move in sitter.moves if move[0] <= 2000.0 or move[0] >= 2440.0]
    sitter.slips.append(Slip(4700.0, 60.0, 10.0))

    assert causes(sitter, span_deg=18.0) == []


def test_who_leans_in_often_is_told_after_a_strange_walk_as_well():
    # A lean in every five minutes hides ten degrees, but not from how they rest all in all.
    sitter = Sitter(2400.0, walks=[(300.0, 340.0), (700.0, 740.0), (1299.0, 1340.0)])
    for at_s in np.arange(60.0, 1200.0, 150.0):
        sitter.to(at_s, 20.0).to(at_s + 30.0, float(at_s % 4.0) - 2.0)
    sitter.to(1290.0, 1.0).to(1400.0, 4.0).to(1500.0, -2.0).stir(1200.0, 2400.0)
    sitter.slips.append(Slip(1300.0, 4.0, 10.0))
    (warning,) = warnings(sitter)

    assert warning.cause == WALKS
    assert warning.time_s - 1304.0 < 600.0


def slumper(slips: list[Slip]) -> Sitter:
    """Sinks by 14 degrees again and again, and sits up from it."""
    sitter = Sitter(3000.0, slips=slips)
    for at_s in np.arange(100.0, 2900.0, 300.0):
        sitter.to(at_s, 14.0, 0.0, 120.0, CURL_M).to(at_s + 200.0, 0.0, 0.0, 1.0, CURL_M)
    return sitter.stir(0.0, 3000.0)


@pytest.mark.parametrize(("forward_deg", "right_deg"), [(10, 0), (9, 4), (9, -4)])
def test_a_clip_that_slides_as_a_slump_would_is_noticed_once_they_have_sat_up(
    forward_deg: float, right_deg: float
):
    (warning,) = warnings(slumper([Slip(1305.0, 60.0, forward_deg, right_deg)]), span_deg=18.0)

    assert warning.cause == SITS_UP
    assert warning.time_s - 1365.0 < 600.0
    assert warning.angle_deg == pytest.approx(10.0, abs=2.5)


def test_who_slumps_and_sits_up_all_day_has_no_clip_that_slid():
    assert causes(slumper([]), span_deg=18.0) == []


@pytest.mark.parametrize("right_deg", [10, -10])
def test_a_clip_that_slides_within_a_few_steps_is_noticed_by_how_they_rest(right_deg: float):
    # Too few to tell how they walk.
    sitter = restless(2400.0)
    sitter.walks.append((1200.0, 1206.0))
    sitter.slips.append(Slip(1200.0, 6.0, 0.0, right_deg))
    (warning,) = warnings(sitter)

    assert warning.cause == RESTS
    assert warning.time_s - 1206.0 < 600.0


def test_who_sits_with_legs_crossed_after_a_few_steps_has_no_clip_that_slid():
    sitter = restless(2400.0)
    sitter.walks.append((1200.0, 1206.0))
    sitter.moves = [move for move in sitter.moves if not 1208.0 < move[0] < 1900.0]
    sitter.to(1220.0, 0.0, 7.0).to(1700.0, 0.0, 0.0)

    assert causes(sitter) == []


def test_one_walk_with_a_load_is_no_slip():
    assert causes(walker([], (0.0, 0.0, 0.0, 9.0, 0.0))) == []


def test_a_clip_knocked_askew_is_noticed_though_the_wearer_leans_against_it():
    # It tips to the right by 10 degrees; seconds later they lean to the left by as much.
    sitter = restless().to(712.0, 0.0, -9.0)
    sitter.slips.append(Slip(700.0, 0.3, 0.0, 10.0))

    assert causes(sitter) == [JUMPED]


def test_a_clip_that_slides_just_after_they_sat_tall_is_noticed():
    sitter = Sitter(600.0, slips=[Slip(5.0, 60.0, -6.0, 8.0)]).stir(0.0, 600.0)

    assert causes(sitter) == [SLID]


def test_a_slide_while_the_wearer_slumps_is_noticed():
    # Backward and to a side, while they sink forward as far: only the side is left of it.
    sitter = restless().to(700.0, 9.0, 0.0, 90.0, CURL_M)
    sitter.slips.append(Slip(700.0, 60.0, -7.0, -7.0))

    assert causes(sitter) == [SLID]


# --- what is none ---


def test_stairs_at_the_end_of_a_walk_and_at_the_start_of_the_next_are_no_slip():
    sitter = Sitter(1200.0)
    stretches = [(100, 140, 2), (400, 440, 2), (700, 740, 2), (746, 771, 11), (960, 985, 11)]
    for begin_s, end_s, lean in [*stretches, (991, 1041, 2)]:
        sitter.walks.append((begin_s, end_s))
        sitter.to(begin_s - 1.0, lean).to(end_s + 1.0, 0.0)

    assert causes(sitter.stir(0.0, 1200.0)) == []


def leaning_on_an_armrest():
    return restless(2400.0).to(600.0, 3.0, 12.0).to(1800.0, 0.0, 0.0).reach(900.0)


def with_legs_crossed():
    return restless().to(500.0, -2.0, 6.0).to(1100.0, 1.0, -6.0)


def chin_in_hand():
    return restless().to(500.0, 13.0, 5.0, 1.5)


def reclining():
    return restless(2400.0).to(600.0, -15.0, 0.0, 1.8).to(1900.0, 0.0)


def sliding_down_under_a_resting_back():
    # The pelvis goes forward, the shoulders stay where they are: no lever at all.
    return restless().to(600.0, -12.0, 0.0, 1.6, 0.03)


def slumping_slowly():
    return restless().to(500.0, 20.0, 0.0, 180.0, CURL_M).to(1100.0, 0.0)


def sitting_up_out_of_a_slump_at_once():
    return restless().to(300.0, 18.0, 0.0, 240.0, CURL_M).to(700.0, -1.0, 0.0, 0.6, CURL_M)


def at_a_standing_desk():
    sitter = Sitter(1800.0, sway_deg=0.6).to(400.0, 30.0, 0.0, 1.0).to(401.2, -6.0, 0.0, 1.4)
    for number in range(12):
        sitter.to(500.0 + 100.0 * number, -6.0, 4.0 * (-1) ** number, 1.4)
    return sitter.stir(0.0, 1800.0)


def shifting_from_leg_to_leg():
    """Slow and small, but nothing that creeps."""
    sitter = Sitter(1800.0, sway_deg=0.6)
    for number in range(25):
        sitter.to(100.0 + 60.0 * number, -8.0, 3.0 - 3.5 * (number % 3), 2.0)
    return sitter.stir(0.0, 1800.0)


def stretching_with_both_arms_up():
    # Extends the upper back by 12 degrees without carrying it along, for half a minute.
    return restless().to(600.0, -12.0, 0.0, 0.7, 0.05).to(630.0, 0.0, 0.0, 0.7, 0.05)


@pytest.mark.parametrize(
    "sitter",
    [
        leaning_on_an_armrest,
        with_legs_crossed,
        chin_in_hand,
        reclining,
        sliding_down_under_a_resting_back,
        slumping_slowly,
        sitting_up_out_of_a_slump_at_once,
        at_a_standing_desk,
        shifting_from_leg_to_leg,
        stretching_with_both_arms_up,
    ],
)
def test_postures_that_change_are_no_slip(sitter):
    assert causes(sitter()) == []


@pytest.mark.parametrize("seed", range(6))
def test_an_hour_of_restless_sitting_is_none(seed: int):
    assert causes(restless(3600.0, seed)) == []


postures = st.tuples(
    st.floats(-15, 25), st.floats(-12, 12), st.floats(0.8, 2.0), st.sampled_from([0.2, 0.3, 0.45])
)


@settings(max_examples=25)
@given(st.lists(postures, min_size=1, max_size=12), st.integers(0, 50))
def test_no_order_of_postures_that_a_trunk_takes_up_is_a_slip(
    taken: list[tuple[float, float, float, float]], seed: int
):
    sitter = Sitter(60.0 * len(taken) + 200.0, seed)
    for number, (lean, side, takes_s, lever_m) in enumerate(taken, 1):
        sitter.to(60.0 * number, lean, side, takes_s, lever_m)

    assert causes(sitter) == []


def test_sitting_back_after_a_slump_is_none_though_so_little_is_known_of_the_wearer():
    sitter = Sitter(740.0).to(420.0, 13.8, 0.0, 1.8, CURL_M)
    sitter.to(480.0, -10.0, 0.0, 1.0, CURL_M).to(540.0, -9.0, 0.0, 1.0, CURL_M)

    assert causes(sitter) == []


def test_who_sinks_to_a_side_and_comes_back_from_that_alone_has_slumped():
    sitter = Sitter(1500.0).to(600.0, 9.0, 7.0, 90.0, CURL_M).to(725.0, 9.0, 0.0, 2.5)
    sitter.stir(0.0, 1500.0)

    assert causes(sitter) == []


def test_a_slump_that_sinks_to_a_side_is_a_slump():
    sitter = restless().to(600.0, 14.0, 6.0, 150.0, CURL_M)

    assert causes(sitter) == []


def test_a_clip_that_springs_back_within_a_minute_is_not_told_of():
    sitter = restless()
    sitter.slips += [Slip(700.0, 0.2, 10.0), Slip(740.0, 0.2, -10.0)]

    assert causes(sitter) == []


def test_a_buzz_that_leaves_the_tilt_off_for_seconds_is_none():
    # While the motor runs nothing is known; then the error fades, and later the wearer moves.
    sitter = Sitter(1000.0).to(660.0, 0.0, -5.0).stir(0.0, 1000.0)
    sitter.slips += [Slip(600.0, 1.0, 0.0, 6.0), Slip(601.5, 14.0, 0.0, -6.0)]
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    told = [
        watch.update(packet, still=still)
        for packet, still, _ in sitter.packets()
        if not 599.5 < packet.time_s < 601.5
    ]

    assert [warning for warning in told if warning is not None] == []


# --- what is said, and how often ---


def test_a_second_slip_is_not_told_of_before_the_upright_was_taken_anew():
    sitter = restless()
    sitter.slips += [Slip(500.0, 0.2, 0.0, 10.0), Slip(900.0, 0.2, 10.0)]

    assert causes(sitter) == [JUMPED]


def test_a_warning_says_what_was_seen_and_what_to_do():
    sitter = restless()
    sitter.slips.append(Slip(700.0, 0.2, 0.0, 10.0))
    (warning,) = warnings(sitter)

    assert warning.words == (
        "The clip seems to have slipped: it turned by 10° and your back did not. "
        "Put it straight, sit tall and calibrate."
    )


def worn_again(watch: SlipWatch, sitter: Sitter, off_s: tuple[float, float]) -> list[str]:
    told = [
        watch.update(packet, still=still, worn=not off_s[0] < packet.time_s < off_s[1])
        for packet, still, _ in sitter.packets()
    ]
    return [warning.cause for warning in told if warning is not None]


def test_a_clip_that_is_put_on_anew_asks_for_a_new_upright_once():
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)

    assert worn_again(watch, Sitter(400.0), (100.0, 200.0)) == [REMOUNTED]


def test_after_it_was_put_on_anew_a_slip_is_still_noticed():
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    sitter = restless(900.0)
    sitter.slips.append(Slip(500.0, 0.2, 0.0, 10.0))

    assert worn_again(watch, sitter, (100.0, 200.0)) == [REMOUNTED, JUMPED]


@pytest.mark.parametrize(("sits_tall", "told"), [(True, [REMOUNTED, WALKS]), (False, [REMOUNTED])])
def test_walks_of_the_morning_count_after_lunch_once_the_wearer_sat_tall(
    sits_tall: bool, told: list[str]
):
    # Off after the second walk; it slides slowly before the third, and two more follow.
    sitter = walker([Slip(620.0, 60.0, 10.0)])
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    causes_told: list[str] = []
    for packet, still, walking in sitter.packets():
        worn = not 460.0 < packet.time_s < 540.0
        warning = watch.update(packet, still=still, walking=walking, worn=worn)
        if warning is not None:
            causes_told.append(warning.cause)
            if warning.cause == REMOUNTED and sits_tall:
                watch.rezeroed(flexion.thorax_frame(UPRIGHT), 20.0)

    assert causes_told == told


def test_whoever_sits_tall_anew_settles_it():
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    sitter = restless()
    sitter.slips += [Slip(400.0, 0.2, 0.0, 10.0), Slip(900.0, 0.2, 0.0, -10.0)]
    told = []
    for packet, still, _ in sitter.packets():
        told.append(watch.update(packet, still=still))
        if watch.slipped is not None and packet.time_s > 700.0:
            watch.rezeroed(flexion.thorax_frame(packet.up), 20.0)

    assert [warning.cause for warning in told if warning is not None] == [JUMPED, JUMPED]


# --- packets ---


def test_a_packet_is_condensed_to_its_mean_and_its_fastest_turn():
    ups = [flexion_up(lean) for lean in (0.0, 1.0, 3.0, 4.0)]
    packet = packet_motion(8.0, STEP_S, ups, [0] * 12, 0, 3, before=flexion_up(-1.0))

    assert packet is not None
    assert packet.span_s == pytest.approx(4 * STEP_S)
    assert packet.rate_dps == pytest.approx(2.0 / STEP_S, rel=1e-3)
    assert flexion.angles_deg(flexion.thorax_frame(UPRIGHT), packet.up)[0] == pytest.approx(2.0)


def flexion_up(lean_deg: float) -> tuple[float, float, float]:
    return -float(np.sin(np.radians(lean_deg))), 0.0, float(np.cos(np.radians(lean_deg)))


@pytest.mark.parametrize("ups", [[], [UPRIGHT, (float("nan"),) * 3]])
def test_a_packet_with_a_failed_sample_tells_nothing(ups: list[tuple[float, float, float]]):
    assert packet_motion(8.0, STEP_S, ups, [0] * 6, 0, 3) is None


def test_the_same_slip_is_seen_in_raw_packets():
    # Their acceleration comes first, and the rates after it.
    sitter = restless(900.0)
    sitter.slips.append(Slip(500.0, 0.3, 10.0))
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    told = []
    for packet, still, _ in sitter.packets():
        rows = np.array(packet.counts).reshape(SAMPLES, 3)
        wide = np.hstack([rows, np.zeros((SAMPLES, 3), int)]).ravel().tolist()
        raw = packet_motion(packet.time_s, STEP_S, packet.ups, wide, 0, wire.WIDTH[wire.KIND_RAW])
        assert raw is not None
        told.append(watch.update(raw, still=still))

    assert [warning.cause for warning in told if warning is not None] == [JUMPED]


@pytest.mark.parametrize(("sits", "told"), [(False, [STANDS]), (True, [])])
def test_whoever_stands_otherwise_than_they_walk_is_told_unless_they_sat_down(
    sits: bool, told: list[str]
):
    # They never said that they had left the standing desk.
    sitter = Sitter(1100.0)
    for at_s in (100.0, 300.0, 500.0):
        sitter.walks.append((at_s, at_s + 40.0))
        sitter.to(at_s - 1.0, -5.0).to(at_s + 41.0, 0.0)
    sitter.to(600.0, 5.0)
    watch = SlipWatch(flexion.thorax_frame(UPRIGHT), 20.0)
    watch.moved("standing desk")
    causes_told: list[str] = []
    for packet, still, walking in sitter.packets():
        if sits and 602.0 <= packet.time_s < 602.2:
            watch.sat_down(packet.time_s)
        if packet.time_s < 590.0:
            watch.moved("standing desk")
        warning = watch.update(packet, still=still, walking=walking)
        if warning is not None:
            causes_told.append(warning.cause)

    assert causes_told == told
