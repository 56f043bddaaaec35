"""Samples into packets, by hand; runs on CPython and on MicroPython.

A sample is written as one number n: acceleration (n, 0, -n), rate (0, n, 0) and quaternion
(n, 1, 2, 3).  Samples are 20 ms apart, 200 ticks.
"""

from clip_firmware.packer import Packer
from clip_firmware.samples import Batch
from midback.shared import wire

ORIENTATION, RAW = wire.KIND_ORIENTATION, wire.KIND_RAW


def batch_of(numbers, ticks, lost=False, shaken=False):
    batch = Batch()
    batch.count, batch.ticks, batch.period_us = len(numbers), ticks, 20000
    batch.lost, batch.shaken = lost, shaken
    for i in range(len(numbers)):
        n = numbers[i]
        for axis in range(3):
            batch.acc[3 * i + axis] = (n, 0, -n)[axis]
            batch.rate[3 * i + axis] = (0, n, 0)[axis]
        for part in range(4):
            batch.quat[4 * i + part] = (n, 1, 2, 3)[part]
    return batch


def told(packer):
    return (list(packer.counts), packer.ticks, packer.lost, packer.shaken)


def packed(packer, *batches):
    """What ``clip`` makes of batches: counts, ticks, lost, shaken of each packet."""
    out = []
    for batch in batches:
        if packer.begin(batch):
            out.append(told(packer))
        for index in range(batch.count):
            if packer.add(batch, index):
                out.append(told(packer))
    return out


def raw(n):
    return [n, 0, -n, 0, n, 0]


def check_each_sample_of_the_sensor_may_go_as_it_is():
    packets = packed(Packer(RAW, 1, 2, 20000), batch_of([5, 6, 7, 8], 1000))
    assert packets == [
        (raw(5) + raw(6), 600, False, False),
        (raw(7) + raw(8), 1000, False, False),
    ]


def check_two_samples_into_one_are_averaged_and_the_orientation_is_the_later_ones():
    packets = packed(Packer(ORIENTATION, 2, 1, 20000), batch_of([10, 20], 1000))
    assert packets == [([20, 1, 2, 3, 15, 0, -15], 1000, False, False)]


def check_no_sample_is_picked_out_wherever_the_shock_lies():
    for shock in range(5):
        numbers = [0] * 5
        numbers[shock] = 500
        assert packed(Packer(RAW, 5, 1, 20000), batch_of(numbers, 1000))[0][0] == raw(100)


def check_averages_are_rounded_to_the_nearest():
    packets = packed(Packer(RAW, 3, 1, 20000), batch_of([1, 1, 2, 1, 2, 2], 1000))
    # 4/3 and 5/3; the negative axis alike.
    assert [packet[0] for packet in packets] == [raw(1), raw(2)]


def check_the_largest_counts_stay_what_they_are():
    batch = batch_of([0] * 12, 1000)
    for i in range(36):
        batch.acc[i], batch.rate[i] = 32767, -32768
    packets = packed(Packer(RAW, 12, 1, 16667), batch)
    assert packets[0][0] == [32767] * 3 + [-32768] * 3


def check_a_sample_may_reach_over_two_bursts():
    packets = packed(
        Packer(RAW, 4, 1, 20000), batch_of([4, 4, 4], 1000), batch_of([8, 0, 0], 1600)
    )
    assert packets == [(raw(5), 1200, False, False)]


def check_a_packet_may_reach_over_many_bursts():
    packer = Packer(RAW, 1, 3, 20000)
    assert packed(packer, batch_of([1], 200), batch_of([2], 400)) == []
    assert packed(packer, batch_of([3], 600)) == [
        (raw(1) + raw(2) + raw(3), 600, False, False),
    ]


def check_ticks_are_those_of_the_packets_last_sample_not_of_the_burst():
    packets = packed(Packer(RAW, 2, 1, 20000), batch_of([1] * 5, 1000))
    assert [packet[1] for packet in packets] == [400, 800]


def check_ticks_go_on_across_the_wrap_of_the_clock():
    packets = packed(Packer(RAW, 1, 1, 20000), batch_of([1, 2, 3], 200))
    assert [packet[1] for packet in packets] == [(1 << 32) - 200, 0, 200]


def check_the_period_is_the_averaged_samples_own_in_whole_ten_microseconds():
    periods = [Packer(RAW, every, 1, own).period_us for every, own in ((1, 16667), (2, 19199))]
    assert periods == [16670, 38400]
    # The slowest that a host may ask for, of the slowest sensor there is.
    assert Packer(RAW, 12, 1, 16667).period_us == 200000


def check_a_loss_in_the_middle_of_a_packet_finishes_it_early_and_flags_the_next():
    packets = packed(
        Packer(RAW, 1, 3, 20000),
        batch_of([1, 2], 400),
        batch_of([7, 8, 9, 10], 2000, lost=True),
        batch_of([11, 12], 2400),
    )
    assert packets == [
        (raw(1) + raw(2), 400, False, False),
        (raw(7) + raw(8) + raw(9), 1800, True, False),
        (raw(10) + raw(11) + raw(12), 2400, False, False),
    ]


def check_an_average_does_not_reach_over_a_loss():
    packets = packed(
        Packer(RAW, 2, 1, 20000),
        batch_of([100], 200),
        batch_of([7, 9], 2000, lost=True),
    )
    assert packets == [(raw(8), 2000, True, False)]


def check_a_loss_between_two_packets_cuts_none():
    packets = packed(
        Packer(RAW, 1, 2, 20000), batch_of([1, 2], 400), batch_of([3, 4], 2000, lost=True)
    )
    assert packets == [(raw(1) + raw(2), 400, False, False), (raw(3) + raw(4), 2000, True, False)]


def check_after_a_packet_cut_short_whole_ones_follow():
    packer = Packer(ORIENTATION, 1, 2, 20000)
    packets = packed(packer, batch_of([1], 200), batch_of([3, 4, 5, 6], 2000, lost=True))
    assert [len(packet[0]) for packet in packets] == [7, 14, 14]
    assert [packet[0][0] for packet in packets] == [1, 3, 5]


def check_a_shaken_burst_flags_every_packet_it_has_a_part_in():
    packets = packed(
        Packer(RAW, 1, 4, 20000),
        batch_of([1, 2], 400),
        batch_of([3, 4, 5], 1000, shaken=True),
        batch_of([6, 7, 8], 1600),
        batch_of([9, 10, 11, 12], 2400),
    )
    assert [packet[3] for packet in packets] == [True, True, False]


def check_a_shaken_burst_that_ends_with_its_packet_leaves_the_next_alone():
    packets = packed(
        Packer(RAW, 1, 2, 20000), batch_of([1, 2], 400, shaken=True), batch_of([3, 4], 800)
    )
    assert [packet[3] for packet in packets] == [True, False]


def check_a_shake_after_a_loss_is_not_the_packets_that_was_cut():
    packets = packed(
        Packer(RAW, 1, 2, 20000),
        batch_of([1], 200),
        batch_of([3, 4], 2000, lost=True, shaken=True),
    )
    assert [(packet[2], packet[3]) for packet in packets] == [(False, False), (True, True)]


def check_a_packet_holds_until_the_next_is_ready():
    packer = Packer(RAW, 1, 1, 20000)
    assert packed(packer, batch_of([1], 200)) == [(raw(1), 200, False, False)]
    first = packer.counts
    packer.begin(batch_of([2], 400))
    assert first == raw(1)


def check_its_setting_is_told():
    assert Packer(ORIENTATION, 2, 5, 20000).setting == (ORIENTATION, 2, 5)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
