"""Orientation from the chip and from the filter; runs on CPython and on MicroPython."""

from clip_firmware.chip_orientation import ChipOrientation
from clip_firmware.filter_orientation import FilterOrientation
from clip_firmware.samples import Batch

PERIOD_US = 19199
UPRIGHT = (0, 0, 2048)
BOWED = (-1024, 0, 1774)  # by 30 degrees
SLOW_TURN = 164  # 10 dps in the wire's counts


class Imu:
    bias: "tuple[float, float, float] | None" = None

    def gyro_bias_dps(self):
        return self.bias


def batch_of(count, acc=UPRIGHT, rate=(0, 0, 0), ticks=0, lost=False):
    batch = Batch()
    for n in range(count):
        for axis in range(3):
            batch.acc[3 * n + axis] = acc[axis]
            batch.rate[3 * n + axis] = rate[axis]
    batch.count, batch.ticks, batch.lost = count, ticks, lost
    batch.period_us = PERIOD_US
    return batch


def up(batch, n=-1):
    n = batch.count + n if n < 0 else n
    w, x, y, z = [part / 32767 for part in batch.quat[4 * n : 4 * n + 4]]
    return 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)


def near(a, b, tolerance):
    return max([abs(a[i] - b[i]) for i in range(3)]) < tolerance


def fed(orientation, batches, ticks=0, **what):
    """*batches* of ten, one after the other; the last one and its time."""
    batch = Batch()
    for _ in range(batches):
        ticks += 1920
        batch = batch_of(10, ticks=ticks, **what)
        orientation.update(batch)
    return batch, ticks


def check_the_filter_says_where_up_is():
    for acc, expected in ((UPRIGHT, (0, 0, 1)), (BOWED, (-0.5, 0, 0.866))):
        batch, _ = fed(FilterOrientation(PERIOD_US), 3, acc=acc)
        # Two counts of the acceleration at most.
        assert near(up(batch), expected, 0.001)
        assert near(up(batch, 0), expected, 0.001)


def check_the_filter_follows_a_turn():
    # Forward at 10 dps for a second and a half, about the axis to the left.
    orientation = FilterOrientation(PERIOD_US)
    fed(orientation, 2)
    batch, _ = fed(orientation, 8, rate=(0, SLOW_TURN, 0), ticks=3840)
    assert up(batch)[0] < -0.1


def check_the_filter_takes_a_steady_rate_at_rest_for_bias():
    orientation = FilterOrientation(PERIOD_US)
    fed(orientation, 20, rate=(16, 0, 0))
    assert orientation.at_rest
    assert 0.9 < orientation.bias_dps[0] < 1.05


def check_the_filter_settles_within_three_seconds():
    orientation = FilterOrientation(PERIOD_US)
    assert orientation.uncertain
    fed(orientation, 16)
    assert not orientation.uncertain


def check_a_long_gap_starts_the_filter_again():
    orientation = FilterOrientation(PERIOD_US)
    _, ticks = fed(orientation, 20)
    batch = batch_of(10, BOWED, ticks=ticks + 20000, lost=True)
    orientation.update(batch)
    assert orientation.uncertain
    assert near(up(batch), (-0.5, 0, 0.866), 0.001)


def check_a_short_gap_is_bridged():
    orientation = FilterOrientation(PERIOD_US)
    _, ticks = fed(orientation, 20)
    orientation.update(batch_of(10, ticks=ticks + 1920 + 1000, lost=True))
    assert not orientation.uncertain


def check_a_gap_across_the_wrap_of_the_clock_is_a_short_one():
    orientation = FilterOrientation(PERIOD_US)
    start = (1 << 32) - 20 * 1920
    _, ticks = fed(orientation, 20, ticks=start)
    orientation.update(batch_of(10, ticks=(ticks + 1920 + 1000) % (1 << 32), lost=True))
    assert not orientation.uncertain


def check_a_batch_that_only_says_lost_changes_nothing():
    orientation = FilterOrientation(PERIOD_US)
    _, ticks = fed(orientation, 20)
    orientation.update(batch_of(10, ticks=ticks + 1900, lost=True))
    assert not orientation.uncertain


def check_a_first_batch_after_a_loss_is_like_any_first():
    orientation = FilterOrientation(PERIOD_US)
    batch = batch_of(10, ticks=5000000, lost=True)
    orientation.update(batch)
    assert near(up(batch), (0, 0, 1), 0.001)


def check_the_chips_quaternions_are_left_alone():
    orientation = ChipOrientation(Imu())
    batch = batch_of(1)
    batch.quat[0] = 12345
    orientation.update(batch)
    assert batch.quat[0] == 12345


def check_the_chips_bias_is_passed_on():
    imu = Imu()
    orientation = ChipOrientation(imu)
    assert orientation.bias_dps == (0.0, 0.0, 0.0)
    imu.bias = (1.0, 2.0, 3.0)
    assert orientation.bias_dps == (1.0, 2.0, 3.0)


def check_with_the_chips_fusion_rest_takes_a_second_and_a_half_of_stillness():
    orientation = ChipOrientation(Imu())
    fed(orientation, 7)
    assert not orientation.at_rest
    fed(orientation, 2)
    assert orientation.at_rest


def check_with_the_chips_fusion_a_movement_ends_the_rest():
    for moved in (batch_of(1, acc=BOWED), batch_of(1, rate=(0, SLOW_TURN, 0))):
        orientation = ChipOrientation(Imu())
        fed(orientation, 10)
        orientation.update(moved)
        assert not orientation.at_rest


def check_the_chips_fusion_settles_in_a_second_and_a_half():
    orientation = ChipOrientation(Imu())
    fed(orientation, 7)
    assert orientation.uncertain
    fed(orientation, 2)
    assert not orientation.uncertain
    orientation.restart()
    assert orientation.uncertain


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
