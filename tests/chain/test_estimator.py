"""Packets in, estimates out: the wearer's tilt, and what of it can be relied on."""

import math
from itertools import pairwise

import numpy as np
import pytest
from chain.builders import (
    PERIOD_S,
    Arrived,
    TinyClip,
    quaternion_counts,
    up,
    upright,
    watch,
)

from midback.estimator import Estimate, Estimator, Quality
from midback.shared import wire
from midback.shared.slump import SlumpPolicy
from midback.words import State

KINDS = [wire.KIND_ORIENTATION, wire.KIND_RAW]
SETTLED_S = 3.0


def by_kind(kind: int) -> str:
    return {wire.KIND_ORIENTATION: "orientation", wire.KIND_RAW: "raw"}[kind]


def estimates(arrived: list[Arrived], estimator: Estimator | None = None) -> list[Estimate]:
    return watch(arrived, estimator)[0]


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
@pytest.mark.parametrize(("lean_deg", "side_deg"), [(0, 0), (20, 0), (-12, 0), (15, 8), (0, -20)])
def test_a_held_posture_has_its_angles(kind: int, lean_deg: float, side_deg: float):
    last = estimates(TinyClip(kind).hold(12, lean_deg, side_deg))[-1]

    # Half a count of acceleration is 0.014 degrees, of a quaternion 0.002.
    assert (last.flexion_deg, last.lateral_deg) == pytest.approx((lean_deg, side_deg), abs=0.05)


def test_orientation_and_raw_packets_give_the_same_flexion_while_the_wearer_moves():
    def flexion_deg(kind: int) -> list[float]:
        clip = TinyClip(kind)
        plan = [(6, 0), (4, 25), (4, -10), (5, 12), (3, 0)]
        arrived = [one for seconds, lean_deg in plan for one in clip.hold(seconds, lean_deg)]
        return [e.flexion_deg for e in estimates(arrived)]

    orientation, raw = flexion_deg(wire.KIND_ORIENTATION), flexion_deg(wire.KIND_RAW)

    # Rates are rounded to 0.06 dps: 0.03 dps over the filter's 3 s, and as much again.
    assert raw == pytest.approx(orientation, abs=0.2)


def test_up_is_a_unit_vector_in_clip_coordinates():
    last = estimates(TinyClip().hold(3, 20, 5))[-1]

    assert last.up == pytest.approx(up(20, 5), abs=1e-3)


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_every_sample_has_its_own_time(kind: int):
    times_s = [e.time_s for e in estimates(TinyClip(kind, start_s=50.0).hold(4))]

    # The clock knows the ticks to 0.1 ms.
    assert np.diff(times_s) == pytest.approx(np.full(199, PERIOD_S), abs=1e-4)


def test_time_never_runs_backward_though_packets_come_earlier_and_earlier():
    arrived = [
        (arrival_s + 1.5 * math.exp(-k / 4), packet)
        for k, (arrival_s, packet) in enumerate(TinyClip().hold(10))
    ]

    times_s = [e.time_s for e in estimates(arrived)]

    assert all(one < other for one, other in pairwise(times_s))


def test_a_packet_heard_twice_gives_its_estimates_once():
    arrived = TinyClip().hold(2)

    assert estimates([one for one in arrived for _ in range(2)]) == estimates(arrived)


def test_duplicates_and_lost_packets_are_counted():
    clip = TinyClip()
    first = clip.hold(1)
    clip.lose(3)
    estimator = Estimator(upright())

    watch([*first, first[-1], *clip.hold(1)], estimator)

    assert (estimator.lost_packets, estimator.duplicate_packets) == (3, 1)


def test_raw_samples_settle_for_three_seconds_after_the_start():
    settling = [
        e.time_s
        for e in estimates(TinyClip(wire.KIND_RAW).hold(10))
        if e.quality == Quality.SETTLING
    ]

    # A packet that settled at its end only counts as settling.
    assert settling[-1] == pytest.approx(SETTLED_S, abs=0.2)


def test_orientation_packets_need_no_settling():
    assert {e.quality for e in estimates(TinyClip().hold(5))} == {0}


def gap_of(packets: int) -> list[Estimate]:
    clip = TinyClip(wire.KIND_RAW)
    before = clip.hold(10, 12)
    clip.lose(packets)
    return estimates([*before, *clip.hold(10, 12)])[len(before) * 10 :]


def test_one_lost_packet_is_bridged():
    after = gap_of(1)

    assert {e.quality for e in after} == {0}


def test_a_bridged_gap_leaves_the_angle_alone():
    # Half a count of acceleration is 0.014 degrees.
    assert max(abs(e.flexion_deg - 12) for e in gap_of(1)) < 0.05


def test_more_than_0_3_seconds_of_lost_samples_are_settled_anew_for_three_seconds():
    settling = [e.quality == Quality.SETTLING for e in gap_of(2)]

    # 15 packets of 0.2 s; the last of them ends with its filter settled or just before.
    assert settling.index(False) in (140, 150, 160)
    assert not any(settling[settling.index(False) :])


def test_samples_that_the_clip_lost_are_settled_anew_too():
    clip = TinyClip(wire.KIND_RAW)
    before = clip.hold(10)
    clip.pause(1.0)
    after = clip.hold(5)
    after[0][1].flags = wire.FLAG_LOST

    assert estimates([*before, *after])[500].quality == Quality.SETTLING


def test_while_it_settles_nothing_is_judged():
    clip = TinyClip(wire.KIND_RAW)
    estimator = Estimator(upright(), SlumpPolicy(hold_s=0.4))

    _, changes = watch(clip.hold(2.8, 40), estimator)

    assert changes == []


@pytest.mark.parametrize("after", ["reboot", "orientation packets", "another period"])
def test_raw_samples_settle_anew_after(after: str):
    clip = TinyClip(wire.KIND_RAW)
    arrived = clip.hold(10)
    if after == "reboot":
        clip.restart(boot=8)
    elif after == "orientation packets":
        clip.kind = wire.KIND_ORIENTATION
        arrived += clip.hold(2)
        clip.kind = wire.KIND_RAW
    else:
        clip.period_s = 0.01

    begun = len(arrived) * 10
    arrived += clip.hold(1)

    assert {e.quality for e in estimates(arrived)[begun:]} == {Quality.SETTLING}


@pytest.mark.parametrize(
    "quaternion", [(0, 0, 0, 0), (32767, 32767, 32767, 32767), (100, -7, 3, 9), (-1, -1, -1, -1)]
)
def test_a_quaternion_that_is_no_rotation_is_invalid_and_has_no_angle(
    quaternion: tuple[int, int, int, int],
):
    clip = TinyClip()
    bad = estimates(clip.broken(1, quaternion))

    assert all(
        e.quality == Quality.INVALID and math.isnan(e.flexion_deg + e.lateral_deg + sum(e.up))
        for e in bad
    )


def test_a_quaternion_that_was_rounded_is_taken_as_it_is():
    rounded = [round(0.97 * v) for v in quaternion_counts(up(18))]

    last = estimates(TinyClip().broken(1, rounded))[-1]

    # 3 % fewer counts round by 3 % more than the 0.002 degrees of a whole one.
    assert last.flexion_deg == pytest.approx(18, abs=0.01)


def test_a_broken_sensor_is_never_judged():
    clip = TinyClip()
    arrived = [*clip.hold(10), *clip.broken(120)]

    states = {e.state for e in estimates(arrived)[1000:]}

    assert (watch(arrived)[1], states) == ([], {State.NO_DATA})


def test_a_broken_sample_leaves_the_others_of_its_packet_to_be_judged():
    arrived = TinyClip().hold(40, 15)
    for _, packet in arrived:
        packet.counts = (*packet.counts[:21], 0, 0, 0, 0, *packet.counts[25:])

    assert [change.kind for change in watch(arrived)[1]] == ["slump_started"]


def test_shaken_samples_say_so_and_keep_their_angle():
    shaken = estimates(TinyClip().hold(1, 0, flags=wire.FLAG_SHAKEN))

    assert all(e.quality == Quality.SHAKEN and e.flexion_deg == 0.0 for e in shaken)


def test_shaken_samples_are_not_judged():
    assert watch(TinyClip().hold(60, 30, flags=wire.FLAG_SHAKEN))[1] == []


def test_a_buzz_does_not_look_like_walking():
    clip = TinyClip()
    arrived = [
        *clip.hold(40, 20),
        *clip.hold(1, 20, walking=True, flags=wire.FLAG_SHAKEN),
        *clip.hold(5, 20),
    ]

    assert {e.state for e in estimates(arrived)[-250:]} == {State.SLUMPED}


def test_without_a_calibration_the_wearer_is_new_and_has_no_angle():
    new = estimates(TinyClip().hold(3, 20), Estimator(None))

    assert all(e.state is State.NEW and math.isnan(e.flexion_deg + e.lateral_deg) for e in new)


def test_without_a_calibration_up_is_known_all_the_same():
    assert estimates(TinyClip().hold(3, 20), Estimator())[-1].up == pytest.approx(up(20), abs=1e-3)


def test_a_new_calibration_holds_from_the_next_packet_on():
    clip = TinyClip()
    estimator = Estimator(None)
    before = estimates(clip.hold(3), estimator)
    estimator.recalibrate(upright())

    after = estimates(clip.hold(1), estimator)

    assert (before[-1].state, after[0].state) == (State.NEW, State.UPRIGHT)


def test_a_slump_is_found_with_its_end():
    clip = TinyClip()

    _, changes = watch([*clip.hold(10), *clip.hold(40, 20), *clip.hold(10)])

    # A second to bend or to rise and 0.6 s to settle, in which nothing is judged; the hold is
    # 30 s, the exit hold 2 s.
    assert [(c.kind, pytest.approx(c.time_s, abs=1.3)) for c in changes] == [
        ("slump_started", 41),
        ("slump_ended", 52),
    ]


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_a_walker_walks(kind: int):
    assert estimates(TinyClip(kind).hold(10, 20, walking=True))[-1].state is State.WALKING


def test_a_clip_that_is_not_worn_is_away():
    last = estimates(TinyClip().hold(2, 60, flags=wire.FLAG_OFF_BODY))[-1]

    assert last.state is State.AWAY


@pytest.mark.parametrize("kind", KINDS, ids=by_kind)
def test_the_size_of_the_acceleration_is_that_of_the_last_packet(kind: int):
    estimator = Estimator()
    watch(TinyClip(kind).hold(2, 10), estimator)

    # A count is 0.0005 g.
    assert estimator.size_g == pytest.approx(1.0, abs=1e-3)


def test_the_slump_line_of_the_policy_goes_before_that_of_the_calibration():
    _, changes = watch(
        TinyClip().hold(10, 6), Estimator(upright(), SlumpPolicy(enter_deg=5.0, hold_s=2))
    )

    assert [c.kind for c in changes] == ["slump_started"]
