"""Packets into ten-second records, as little timelines; on CPython and on MicroPython.

A timeline is a list of (how many packets of 0.2 s, what was seen in each).
"""

from midback.shared import judge, wire
from midback.shared.epochs import EpochMaker

PERIOD_US = 20000
SAMPLES = 10
PACKET_TICKS = 2000
EPOCH_TICKS = 100000
WIDTH = 7
BOOT = 0x1234


class Seen:
    """What ``Posture`` tells of one packet: a still wearer, upright unless said otherwise."""

    def __init__(
        self,
        state: int = judge.UPRIGHT,
        mean_deg: "float | None" = 5.0,
        spread_deg: float = 0.0,
        lateral_deg: float = 1.0,
    ):
        self.state = state
        self.mean_deg = mean_deg
        self.least_deg = (mean_deg or 0.0) - spread_deg
        self.most_deg = (mean_deg or 0.0) + spread_deg
        self.lateral_deg = None if mean_deg is None else lateral_deg
        self.total_g = 0.0
        self.squares_g2 = 0.0


UPRIGHT = Seen()
LEANING = Seen(judge.LEANING, 15.0)
SLUMPED = Seen(judge.SLUMPED, 20.0)
BACK = Seen(judge.BACK, -10.0)
MOVING = Seen(judge.MOVING, 60.0)
AWAY = Seen(judge.AWAY, 80.0)
NEW = Seen(judge.NEW, None)
UNKNOWN = Seen(judge.NO_DATA, None)


class Wearing:
    """Feeds packets whose time follows on; collects the records."""

    def __init__(self, ticks=0, boot=BOOT):
        self.maker = EpochMaker()
        self.ticks = ticks
        self.boot = boot
        self.records = []

    def packet(self, seen, flags=0, buzzes=0, samples=SAMPLES, period_us=PERIOD_US):
        self.ticks = (self.ticks + samples * period_us // 100) % wire.TICKS_MODULUS
        counts = [0] * (samples * WIDTH)
        packet = wire.StreamPacket(
            wire.KIND_ORIENTATION, flags, 0, self.boot, self.ticks, period_us, counts
        )
        self.keep(self.maker.add(packet, seen, buzzes))

    def close(self):
        """The record of what there is so far."""
        record = self.maker.close()
        assert record is not None
        return record

    def keep(self, record):
        if record is not None:
            self.records.append(record)

    def play(self, *timeline):
        for packets, seen in timeline:
            for _ in range(packets):
                self.packet(seen)
        return self

    def silence(self, ticks):
        self.ticks = (self.ticks + ticks) % wire.TICKS_MODULUS
        return self


def times(record):
    return (record.upright_ds, record.slumped_ds, record.back_ds, record.moving_ds)


def angles(record):
    return (record.mean_cdeg, record.min_cdeg, record.max_cdeg, record.lateral_cdeg)


def only(records):
    assert len(records) == 1, len(records)
    return records[0]


def check_ten_seconds_make_one_record():
    wearing = Wearing().play((49, UPRIGHT))
    assert wearing.records == []
    record = only(wearing.play((1, UPRIGHT)).records)
    assert (record.ticks, record.boot, record.sequence, record.flags) == (EPOCH_TICKS, BOOT, 0, 0)
    assert times(record) == (100, 0, 0, 0)
    assert angles(record) == (500, 500, 500, 100)


def check_each_state_gets_its_time():
    timeline = ((20, UPRIGHT), (5, LEANING), (10, SLUMPED), (5, BACK), (10, MOVING))
    assert times(only(Wearing().play(*timeline).records)) == (50, 20, 10, 20)


def check_what_is_not_known_gets_none():
    record = only(Wearing().play((20, UPRIGHT), (30, UNKNOWN)).records)
    assert times(record) == (40, 0, 0, 0)


def check_angles_are_those_of_the_still_states():
    seen = Seen(judge.UPRIGHT, 4.0, 3.0, -2.0)
    record = only(Wearing().play((10, seen), (10, SLUMPED), (20, MOVING), (10, AWAY)).records)
    assert angles(record) == (1200, 100, 2000, -50)


def check_without_calibration_there_are_no_angles():
    unknown = wire.ANGLE_UNKNOWN
    record = only(Wearing().play((50, NEW)).records)
    assert (times(record), angles(record)) == ((0, 0, 0, 0), (unknown,) * 4)


def check_angles_count_by_samples():
    wearing = Wearing()
    wearing.packet(Seen(judge.UPRIGHT, 0.0), samples=15)
    wearing.packet(Seen(judge.UPRIGHT, 8.0), samples=5)
    assert wearing.close().mean_cdeg == 200


def check_epochs_follow_each_other_without_a_gap():
    records = Wearing(ticks=777).play((500, UPRIGHT)).records
    assert [record.ticks for record in records] == [777 + EPOCH_TICKS * n for n in range(1, 11)]
    assert all(times(record) == (100, 0, 0, 0) for record in records)


def check_a_packet_over_the_end_gives_each_side_its_time():
    # Packets of 0.3 s: the 34th lasts from 9.9 s to 10.2 s.
    wearing = Wearing()
    for number in range(67):
        wearing.packet(SLUMPED if number == 33 else UPRIGHT, samples=15)
    assert [times(record) for record in wearing.records] == [(99, 1, 0, 0), (98, 2, 0, 0)]
    assert [record.ticks for record in wearing.records] == [EPOCH_TICKS, 2 * EPOCH_TICKS]


def check_the_tenths_sum_to_the_time_that_is_known():
    # 0.14 s in each of seven packets: tenths rounded one by one would be off.
    wearing = Wearing()
    for seen in (UPRIGHT, SLUMPED, BACK, MOVING, UPRIGHT, SLUMPED, UPRIGHT):
        wearing.packet(seen, samples=7)
    assert sum(times(wearing.close())) == 10


def check_the_clock_of_the_clip_wraps():
    records = Wearing(ticks=wire.TICKS_MODULUS - 30000).play((100, UPRIGHT)).records
    assert [record.ticks for record in records] == [70000, 170000]


def check_a_long_silence_ends_the_epoch_early():
    wearing = Wearing().play((10, SLUMPED)).silence(20000).play((50, UPRIGHT))
    assert [record.ticks for record in wearing.records] == [20000, 140000]
    assert [times(record) for record in wearing.records] == [(0, 20, 0, 0), (100, 0, 0, 0)]


def check_a_short_silence_is_time_of_which_nothing_is_known():
    wearing = Wearing().play((10, SLUMPED)).silence(19000).play((31, UPRIGHT))
    record = only(wearing.records)
    assert (record.ticks, times(record)) == (EPOCH_TICKS, (61, 20, 0, 0))


def check_a_silence_over_the_end_ends_the_epoch_in_time():
    wearing = Wearing().play((48, SLUMPED)).silence(15000).play((1, UPRIGHT))
    record = only(wearing.records)
    assert (record.ticks, times(record)) == (EPOCH_TICKS, (0, 96, 0, 0))
    assert wearing.close().ticks == 96000 + 15000 + PACKET_TICKS


def check_a_clock_that_differs_a_little_from_the_period_leaves_no_holes():
    # The chip says 20 ms, the clip's clock finds 20.2 ms: the clock counts.
    wearing = Wearing()
    for _ in range(100):
        wearing.silence(20).packet(UPRIGHT)
    assert [times(record) for record in wearing.records] == [(100, 0, 0, 0)] * 2
    wearing = Wearing()
    for _ in range(110):
        wearing.silence(-20).packet(UPRIGHT)
    assert [times(record) for record in wearing.records] == [(100, 0, 0, 0)] * 2


def check_a_restart_ends_the_epoch_with_what_it_has():
    wearing = Wearing().play((10, SLUMPED))
    wearing.boot, wearing.ticks = 7, 0
    wearing.play((50, UPRIGHT))
    assert [(r.boot, r.ticks) for r in wearing.records] == [(BOOT, 20000), (7, EPOCH_TICKS)]
    assert [times(record) for record in wearing.records] == [(0, 20, 0, 0), (100, 0, 0, 0)]


def check_a_clock_that_runs_back_ends_the_epoch():
    wearing = Wearing().play((10, SLUMPED)).silence(-15000).play((1, UPRIGHT))
    assert only(wearing.records).ticks == 20000
    assert times(wearing.close()) == (2, 0, 0, 0)


def check_closing_tells_what_there_is_and_nothing_twice():
    wearing = Wearing().play((10, SLUMPED))
    assert times(wearing.close()) == (0, 20, 0, 0)
    assert wearing.maker.close() is None
    assert EpochMaker().close() is None


def check_buzzes_are_counted_and_saturate():
    wearing = Wearing()
    for number in range(50):
        wearing.packet(UPRIGHT, buzzes=2 if number in (3, 30) else 0)
    for _ in range(50):
        wearing.packet(UPRIGHT, buzzes=9)
    assert [record.buzzes for record in wearing.records] == [4, 255]


def check_flags_are_those_of_the_epoch():
    wearing = Wearing().play((10, UPRIGHT))
    wearing.packet(UPRIGHT, flags=wire.FLAG_LOST)
    wearing.play((88, UPRIGHT))
    wearing.packet(AWAY, flags=wire.FLAG_OFF_BODY)
    wearing.play((50, UPRIGHT))
    lost, off_body = wire.RECORD_LOST, wire.RECORD_OFF_BODY
    assert [record.flags for record in wearing.records] == [lost, off_body, 0]


def check_nobody_wearing_it_leaves_no_record():
    wearing = Wearing().play((25, UPRIGHT), (225, AWAY), (50, UPRIGHT))
    assert [times(record) for record in wearing.records] == [(50, 0, 0, 0), (100, 0, 0, 0)]
    assert [record.ticks for record in wearing.records] == [EPOCH_TICKS, 6 * EPOCH_TICKS]


def check_movement_is_the_spread_of_the_acceleration():
    # 10 samples a packet, half of them 30 mg above 1.02 g and half below.
    seen = Seen()
    seen.total_g, seen.squares_g2 = 10 * 0.02, 5 * (0.05**2 + 0.01**2)
    assert only(Wearing().play((50, seen)).records).motion_mg == 30


def check_shaking_of_the_motor_is_no_movement_and_no_angle():
    shaken = Seen(judge.SLUMPED, 45.0)
    shaken.total_g, shaken.squares_g2 = 1.0, 10.0
    wearing = Wearing().play((20, SLUMPED))
    for _ in range(10):
        wearing.packet(shaken, flags=wire.FLAG_SHAKEN)
    record = only(wearing.play((20, SLUMPED)).records)
    assert (times(record), record.motion_mg) == ((0, 100, 0, 0), 0)
    assert angles(record) == (2000, 2000, 2000, 100)


def check_everything_saturates_to_what_the_wire_takes():
    seen = Seen(judge.UPRIGHT, 200.0, 200.0, -120.0)
    seen.total_g, seen.squares_g2 = 0.0, 10.0 * 100.0**2
    record = only(Wearing().play((50, seen)).records)
    wire.encode_record(record, bytearray(wire.RECORD_SIZE))
    assert (angles(record), record.motion_mg) == ((18000, 0, 18000, -9000), 65535)


def check_packets_longer_than_an_epoch_make_records_that_can_be():
    # The longest that the wire takes: 16 samples 0.65535 s apart.
    wearing = Wearing()
    for _ in range(5):
        wearing.packet(UPRIGHT, samples=16, period_us=655350)
    assert len(wearing.records) == 4
    assert max([sum(times(record)) for record in wearing.records]) <= 100


def check_records_sum_to_the_time_worn():
    # Ten minutes of packets of changing length and state, every tick accounted for.
    wearing = Wearing()
    states = (UPRIGHT, LEANING, SLUMPED, BACK, MOVING)
    number = total = 0
    while total < 6_000_000:
        samples = min(1 + number * 7 % 16, (6_000_000 - total) // 200)
        wearing.packet(states[number // 50 % 5], samples=samples)
        total += samples * 200
        number += 1
    assert len(wearing.records) == 60
    assert sum(sum(times(record)) for record in wearing.records) == 6000


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
