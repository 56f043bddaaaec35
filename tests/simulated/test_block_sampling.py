"""Packets made a block at a time are those that the clip makes a step at a time."""

import pytest

from midback.shared import flexion, wire
from midback.simulated import Activity, Habits, SensorErrors, Wearer, plan_of
from midback.simulated.block_sampling import BlockSampler
from midback.simulated.motor import Motor
from midback.simulated.packing import judged_pack
from midback.simulated.sampling import Sampler, WornSensor

PARTS = [(Activity.TYPING, 1.5), (Activity.WALKING, 0.5), (Activity.OFF_BODY, 1.5)]


class InSmallBlocks(BlockSampler):
    """Blocks as large as the step-by-step sampler's, so that the wearer decides as often."""

    block = Sampler.block


def sampled(make, seed):
    """Content of each packet of three minutes with two buzzes, and whether it was off the body."""
    wearer = Wearer(plan_of(PARTS), Habits.drawn(seed), seed=seed)
    motor = Motor(wearer.feel_buzz, seed=seed)
    sampler = make(WornSensor(wearer, SensorErrors.drawn(seed), seed=seed), motor)
    packs = []
    for step in range(900):
        if step in (100, 307):
            motor.buzz(wire.PATTERN_STRONG, 1, 80, sampler.now_s)
        sampler.go_on()
        pack = sampler.pack() if isinstance(sampler, BlockSampler) else judged_pack(sampler.take())
        packs.append((pack, sampler.off_body))
    return packs


def up(counts):
    found = flexion.up_from_quaternion(*(count / wire.QUATERNION_ONE for count in counts))
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_block_at_a_time_is_the_same_as_a_step_at_a_time(seed):
    for (one, one_off), (other, other_off) in zip(
        sampled(Sampler, seed), sampled(InSmallBlocks, seed), strict=True
    ):
        assert (one.shaken, one.last, one.lost, one_off) == (
            other.shaken,
            other.last,
            other.lost,
            other_off,
        )
        for at in range(0, len(one.counts), 7):
            assert one.counts[at + 4 : at + 7] == other.counts[at + 4 : at + 7]
            between_deg = flexion.angle_between_deg(
                up(one.counts[at : at + 4]), up(other.counts[at : at + 4])
            )
            # A count of the quaternion is 0.004 degrees; both round.
            assert between_deg < 0.01


def test_a_buzz_shakes_what_comes_after_it():
    shaken = [pack.shaken for pack, _ in sampled(BlockSampler, 1)]

    assert any(shaken[100:108])
    assert any(shaken[307:315])
    assert not any(shaken[:100] + shaken[120:307])
