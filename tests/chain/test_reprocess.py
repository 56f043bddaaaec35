"""A stored day judged at once says exactly what was said live, packet by packet."""

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from chain.builders import Arrived, TinyClip, blocks, up, upright
from numpy.typing import NDArray

from midback.calibration import Calibration
from midback.estimator import Estimator
from midback.judgement import Change
from midback.recording import PacketBlock
from midback.reprocess import Judged, Reprocessor, SampleBlock, reprocess
from midback.seconds import SECOND, Closed, SecondMaker, Seconds, empty_seconds
from midback.shared import wire
from midback.words import State

SEEDS = range(12)
HOLD_S = 3.0
"""Short, so that a minute has many slumps."""
SAME_DEG = 1e-9
"""The filter over arrays adds in another order: some 1e-13 degrees."""

Calibrations = list[tuple[float, Calibration | None]]


class Wearing(NamedTuple):
    """What arrived, and which calibration held from when."""

    arrived: list[Arrived]
    calibrations: Calibrations


@dataclass(frozen=True)
class Live:
    """What the estimator said of a wearing."""

    samples: SampleBlock
    changes: list[Change]
    seconds: Seconds
    lost: int
    duplicates: int


@cache
def wearing(seed: int) -> Wearing:
    """Two minutes in which everything happens that can happen to a stream."""
    rng = np.random.default_rng(seed)
    clip = TinyClip(start_s=0.3, boot=int(rng.integers(65536)))
    clip.first_tick = wire.TICKS_MODULUS - int(rng.integers(1, 1_500_000))
    clip.sequence = 65_000 + int(rng.integers(0, 530))
    arrived: list[Arrived] = []
    while clip.time_s < 120:
        happen(clip, rng)
        arrived += some_seconds(clip, rng)
    heard = over_bad_air(arrived, rng)
    return Wearing(
        caught_up(heard, float(rng.uniform(20, 70)), 50.0) if seed % 3 == 0 else heard,
        [
            (float(rng.uniform(2, 8)), upright()),
            (float(rng.uniform(30, 50)), replace(upright(), neutral_up=up(4, -3))),
            (float(rng.uniform(60, 70)), None),
            (float(rng.uniform(71, 80)), replace(upright(), back_enter_deg=9.0)),
        ],
    )


def some_seconds(clip: TinyClip, rng: np.random.Generator) -> list[Arrived]:
    seconds = float(rng.uniform(1, 9))
    if clip.kind == wire.KIND_ORIENTATION and rng.random() < 0.15:
        return clip.broken(min(seconds, 6.5), rng.integers(-9000, 9000, 4).tolist())
    rare = (wire.FLAG_SHAKEN, wire.FLAG_OFF_BODY, wire.FLAG_DOUBTFUL)
    flags = int(rng.choice([0, 0, 0, 0, 0, 0, *rare]))
    lean_deg = float(rng.choice([0.0, 14.0, 25.0, -14.0]) + rng.normal(0, 2))
    side_deg = float(rng.normal(0, 5))
    return clip.hold(seconds, lean_deg, side_deg, walking=rng.random() < 0.2, flags=flags)


def happen(clip: TinyClip, rng: np.random.Generator) -> None:
    """Let one of the things happen that break a stream, or nothing."""
    match int(rng.integers(10)):
        case 0:
            clip.lose(1)
        case 1:
            clip.lose(int(rng.integers(2, 30)))
        case 2:
            clip.restart(boot=clip.boot ^ int(rng.integers(1, 65536)))
        case 3 | 4:
            clip.kind = 3 - clip.kind
        case 5:
            clip.period_s = float(rng.choice([0.01, 0.02, 0.04]))
        case 6 | 7:
            clip.pause(float(rng.choice([0.05, 0.5, 5.0, 35.0])))
        case _:
            pass


def over_bad_air(arrived: list[Arrived], rng: np.random.Generator) -> list[Arrived]:
    """Delay, lose and repeat packets; a repeated one comes up to five packets late."""
    queue: list[tuple[int, wire.StreamPacket]] = []
    for k, (_, packet) in enumerate(arrived):
        if rng.random() > 0.02:
            queue.append((k, packet))
        if rng.random() < 0.04:
            queue.append((k + int(rng.integers(6)), packet))
    queue.sort(key=lambda one: one[0])
    delayed_s = np.array([arrived[min(k, len(arrived) - 1)][0] for k, _ in queue])
    delayed_s += rng.exponential(0.05, len(queue))
    heard_s: list[float] = np.maximum.accumulate(delayed_s).tolist()
    return [(at_s, packet) for at_s, (_, packet) in zip(heard_s, queue, strict=True)]


def caught_up(arrived: list[Arrived], lost_s: float, for_s: float) -> list[Arrived]:
    """Lose the link at *lost_s*; when it is back, everything comes at once and in order."""
    back_s = lost_s + for_s
    return [(back_s if lost_s <= s < back_s else s, packet) for s, packet in arrived]


@cache
def live(seed: int) -> Live:
    arrived, calibrations = wearing(seed)
    pending = list(calibrations)
    estimator = Estimator(None)
    estimates, changes = [], []
    for arrival_s, packet in arrived:
        while pending and pending[0][0] <= arrival_s:
            calibration = pending.pop(0)[1]
            policy = None if calibration is None else calibration.policy(HOLD_S)
            estimator.recalibrate(calibration, policy)
        estimates += estimator.update(packet, arrival_s)
        changes += estimator.changes
    samples = SampleBlock(
        np.array([e.time_s for e in estimates]),
        np.array([e.flexion_deg for e in estimates]),
        np.array([e.lateral_deg for e in estimates]),
        np.array([e.up for e in estimates]),
        np.array([e.state for e in estimates], np.uint8),
    )
    return Live(
        samples, changes, seconds_of(samples), estimator.lost_packets, estimator.duplicate_packets
    )


def seconds_of(samples: SampleBlock) -> Seconds:
    maker = SecondMaker()
    columns = (samples.time_s, samples.flexion_deg, samples.lateral_deg, samples.state)
    rows: list[Closed] = []
    for time_s, lean, side, state in zip(*(c.tolist() for c in columns), strict=True):
        rows += maker.update([time_s], [(lean, side)], state)
    rows += maker.close()
    table = empty_seconds(rows[-1][0] + 1)
    for second, row in rows:
        table[second] = np.array([row], SECOND)[0]
    return table


@cache
def laid_out(seed: int) -> list[PacketBlock]:
    """Block boundaries anywhere, two of them around a single packet."""
    arrived, _ = wearing(seed)
    cuts = np.random.default_rng(1000 + seed).integers(1, len(arrived), 12).tolist()
    return list(blocks(arrived, [*cuts, 7, 8]))


@cache
def batch(seed: int) -> Judged:
    return reprocess(laid_out(seed), wearing(seed).calibrations, HOLD_S)


@cache
def batch_samples(seed: int) -> SampleBlock:
    reprocessor = Reprocessor(wearing(seed).calibrations, HOLD_S)
    parts = [reprocessor.update(block) for block in laid_out(seed)]
    return SampleBlock(
        np.concatenate([part.time_s for part in parts]),
        np.concatenate([part.flexion_deg for part in parts]),
        np.concatenate([part.lateral_deg for part in parts]),
        np.concatenate([part.up for part in parts]),
        np.concatenate([part.state for part in parts]),
    )


def largest_deg(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Largest difference where both are known; infinite where only one of them is."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    return float(np.nanmax(np.abs(one - other)))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_has_every_sample_at_the_same_time(seed: int):
    assert batch_samples(seed).time_s.tolist() == live(seed).samples.time_s.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_has_the_same_angles(seed: int):
    one, other = batch_samples(seed), live(seed).samples

    assert (
        max(
            largest_deg(one.flexion_deg, other.flexion_deg),
            largest_deg(one.lateral_deg, other.lateral_deg),
        )
        < SAME_DEG
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_has_the_same_up(seed: int):
    # A radian is 57 degrees.
    assert largest_deg(batch_samples(seed).up, live(seed).samples.up) < SAME_DEG / 57


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_has_the_same_states(seed: int):
    states = batch_samples(seed).state

    assert states.tolist() == live(seed).samples.state.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_finds_the_same_slumps(seed: int):
    found = [replaced(change) for change in batch(seed).changes]

    assert found == [replaced(change) for change in live(seed).changes]


def replaced(change: Change) -> Change:
    """The same with its angle to a millionth of a degree."""
    return change._replace(value=None if change.value is None else round(change.value, 6))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_leaves_the_same_seconds(seed: int):
    assert batch(seed).seconds.tolist() == live(seed).seconds.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_batch_counts_the_same_losses(seed: int):
    judged, was = batch(seed), live(seed)

    assert (judged.lost_packets, judged.duplicate_packets) == (was.lost, was.duplicates)


@pytest.mark.parametrize("every", [1, 3])
def test_blocks_of_one_packet_or_three_say_the_same_as_longer_ones(every: int):
    arrived, calibrations = wearing(0)
    cuts = range(0, len(arrived), every)

    judged = reprocess(blocks(arrived, cuts), calibrations, HOLD_S)

    assert judged.seconds.tolist() == batch(0).seconds.tolist()


def test_the_random_wearings_have_everything_in_them():
    states = {State(s) for seed in SEEDS for s in live(seed).samples.state.tolist()}
    kinds = {change.kind for seed in SEEDS for change in live(seed).changes}
    endings = {change.detail for seed in SEEDS for change in live(seed).changes}

    assert (states, kinds, endings - {""}) == (
        set(State),
        {"slump_started", "slump_ended"},
        {"sat up", "moved", "gap", "taken off"},
    )


def test_a_recording_without_a_packet_has_no_seconds():
    judged = reprocess([], [(0.0, upright())])

    assert (len(judged.seconds), judged.changes) == (0, [])


def test_a_block_of_nothing_but_duplicates_adds_nothing():
    arrived = TinyClip().hold(3)

    assert reprocess(blocks([*arrived, *arrived[-2:]], [len(arrived)]), []).duplicate_packets == 2


def test_another_policy_may_be_asked_of_an_old_day():
    arrived = TinyClip().hold(10, 8)
    strict = upright().policy(hold_s=2)
    strict.enter_deg, strict.leave_deg = 5.0, 3.0

    judged = reprocess(blocks(arrived), [(0.0, upright())], policy=strict)

    assert [change.kind for change in judged.changes] == ["slump_started"]


def test_before_the_first_calibration_the_wearer_is_new():
    judged = reprocess(blocks(TinyClip().hold(10, 20)), [(5.0, upright())])

    assert set(judged.seconds["state"][:4].tolist()) == {State.NEW}


def test_a_minute_that_came_late_lies_where_it_was():
    """The clip had it in memory while the link was lost."""
    clip = TinyClip()
    posture_deg = [0.0, 15.0, 0.0, 15.0, 0.0, 15.0, 0.0, 15.0, 0.0, 0.0]
    arrived = [packet for deg in posture_deg for packet in clip.hold(20, deg)]
    calibrations: Calibrations = [(0.0, upright())]

    in_time = reprocess(blocks(arrived), calibrations, HOLD_S)
    late = reprocess(blocks(caught_up(arrived, 70.0, 75.0)), calibrations, HOLD_S)

    assert late.seconds["state"].tolist() == in_time.seconds["state"].tolist()
    assert late.lost_packets == 0
    for one, other in zip(late.changes, in_time.changes, strict=True):
        assert one.kind == other.kind
        # A packet may fall to either side of the end of settling, and of the end of the hold.
        assert one.time_s == pytest.approx(other.time_s, abs=0.41)
