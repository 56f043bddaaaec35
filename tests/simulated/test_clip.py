"""What a simulated clip says on the wire, without a radio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from simulated.worn import (
    ORIENTATION,
    RAW,
    UPRIGHT,
    packets,
    pass_s,
    status,
    statuses,
    streamed,
    tell,
    worn_clip,
)

from midback.shared import wire
from midback.simulated import Activity, SensorErrors


@pytest.mark.parametrize(("kind", "count"), [(RAW, 10), (ORIENTATION, 5)])
def test_five_packets_a_second_of_either_kind(kind, count):
    got = streamed(worn_clip(), 20.0, kind)

    assert len(got) in (99, 100)
    assert {(p.kind, p.count, p.period_us) for p in got} == {(kind[0], count, kind[1] * 10)}


def test_nothing_is_streamed_before_it_is_asked_for():
    assert packets(worn_clip().advance(30.0)) == []


def test_packets_are_numbered_without_a_hole():
    got = streamed(worn_clip(), 60.0)

    assert [p.sequence for p in got] == list(range(len(got)))


def test_stopping_ends_the_stream():
    clip = worn_clip()
    streamed(clip, 5.0)
    tell(clip, wire.OP_STOP)

    assert packets(pass_s(clip, 5.0)) == []


@pytest.mark.parametrize(
    ("rate_error", "crystal_ppm", "ticks_a_packet"),
    [(0.0, 0.0, 2000.0), (0.03, 0.0, 2060.0), (-0.01, 100.0, 1980.198)],
)
def test_ticks_tell_the_true_rate_that_the_stated_period_does_not(
    rate_error, crystal_ppm, ticks_a_packet
):
    clip = worn_clip(errors=SensorErrors(rate_error=rate_error), crystal_ppm=crystal_ppm)
    got = streamed(clip, 60.0)
    mean = (got[-1].ticks - got[0].ticks) / (len(got) - 1)

    # A tick of rounding over a minute.
    assert mean == pytest.approx(ticks_a_packet, abs=0.01)
    assert got[0].period_us == 40000


def test_the_orientation_follows_the_wearers_true_lean():
    clip = worn_clip()
    clip.wearer.ask("tall", 0.0)
    clip.advance(10.0)
    clip.wearer.ask("bow", clip.now_s)
    got = streamed(clip, 12.0)
    w, x, y, z = np.array(got[-1].counts[-7:-3]) / wire.QUATERNION_ONE
    up = Rotation.from_quat([x, y, z, w]).inv().apply([0.0, 0.0, 1.0])
    flexion_deg = np.degrees(np.arctan2(-up[0], up[2]))

    # The filter's and the sway's few tenths of a degree.
    assert flexion_deg == pytest.approx(clip.wearer.truth.table()["flexion_deg"][-1], abs=1.0)
    assert flexion_deg > 20


def test_a_raw_stream_of_a_still_clip_shows_gravity():
    got = streamed(worn_clip(), 5.0, RAW)
    counts = np.array(got[-1].counts).reshape(-1, 6)

    assert np.linalg.norm(counts[:, :3] * wire.G_PER_COUNT, axis=1) == pytest.approx(
        np.ones(10), abs=0.05
    )


def test_a_buzz_marks_samples_as_shaken_until_a_moment_after_the_motor_stopped():
    clip = worn_clip()
    streamed(clip, 2.0)
    buzzed_s = clip.now_s
    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100).result == wire.OK
    got = packets(pass_s(clip, 4.0))
    shaken = [bool(p.flags & wire.FLAG_SHAKEN) for p in got]

    # 0.6 s of motor and 0.3 s after, in packets of 0.2 s.
    assert shaken[:5] == [True] * 5
    assert not any(shaken[5:])
    assert clip.wearer.truth.buzzes[0].time_s == buzzed_s


def test_the_motor_really_shakes_the_sensor():
    clip = worn_clip()
    calm = np.array([p.counts for p in streamed(clip, 2.0, RAW)], float)
    tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)
    shaken = np.array([p.counts for p in packets(pass_s(clip, 0.6))], float)

    assert shaken.reshape(-1, 6)[:, 0].std() > 10 * calm.reshape(-1, 6)[:, 0].std()


def test_a_second_buzz_waits_for_the_first():
    clip = worn_clip()
    tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)

    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100).result == wire.BUSY


def test_no_host_gets_past_the_motors_limit():
    clip = worn_clip()
    results = []
    for _ in range(20):
        results.append(tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100).result)
        pass_s(clip, 1.0)

    # 6 s of motor in a minute are ten long pulses.
    assert results == [wire.OK] * 10 + [wire.REFUSED] * 10


def test_a_clip_on_the_desk_finds_so_within_a_minute_and_forgets_it_when_worn():
    parts = ((Activity.TYPING, 2), (Activity.OFF_BODY, 3), (Activity.TYPING, 2))
    clip = worn_clip(parts, SensorErrors.drawn(1))
    got = streamed(clip, 360.0)
    doubtful_s = [0.2 * i for i, p in enumerate(got) if p.flags & wire.FLAG_DOUBTFUL and i > 50]
    off_s = [0.2 * i for i, p in enumerate(got) if p.flags & wire.FLAG_OFF_BODY]

    # 3 s of laying it down, and 2 in which the last is compared; then 4 s, and 18 as it cools.
    assert 127 <= doubtful_s[0] <= 133
    assert 145 <= off_s[0] <= 152
    assert off_s[-1] == pytest.approx(300, abs=5)
    assert doubtful_s[-1] < off_s[-1]


def test_a_worn_clip_never_takes_itself_for_set_down():
    clip = worn_clip(errors=SensorErrors.drawn(2))
    clip.wearer.ask("tall", 0.0)

    flags = [p.flags for p in streamed(clip, 900.0)]

    # It begins in doubt, until a breath shows.
    assert {bool(f & wire.FLAG_DOUBTFUL) for f in flags[:15]} == {True, False}
    assert not any(f & (wire.FLAG_DOUBTFUL | wire.FLAG_OFF_BODY) for f in flags[25:])


def test_lost_samples_are_owned_up_to():
    clip = worn_clip()
    before = streamed(clip, 5.0)[-1]
    clip.lose_samples(3.0)
    got = packets(pass_s(clip, 6.0))

    assert [bool(p.flags & wire.FLAG_LOST) for p in got] == [True] + [False] * (len(got) - 1)
    # 3 s of nothing before the 0.2 s of the packet itself.
    assert got[0].ticks - before.ticks == pytest.approx(32000, abs=2)
    assert status(clip).lost_samples == 150


def test_a_restart_begins_anew_with_another_boot():
    clip = worn_clip(uptime_s=500.0)
    streamed(clip, 10.0)
    boot = clip.boot
    tell(clip, wire.OP_RESTART)
    pass_s(clip, 1.0)
    assert not clip.powered
    pass_s(clip, 2.0)
    clip.link_up()
    got = streamed(clip, 5.0)

    assert clip.boot != boot
    assert got[0].sequence == 0
    assert got[0].ticks < 50000


def test_an_empty_battery_ends_it():
    clip = worn_clip(battery_percent=1.0, battery_hours=1.0)
    streamed(clip, 30.0)
    clip.advance(60.0)

    assert not clip.powered


def test_the_battery_runs_down_over_the_day():
    clip = worn_clip(((Activity.OFF_BODY, 600),), battery_percent=90.0, battery_hours=5.0)
    notifications = clip.advance(300.0)
    last = statuses(notifications)[-1]

    assert clip.read("00002a19-0000-1000-8000-00805f9b34fb") == bytes([last.battery_percent])
    assert last.battery_percent == 89
    assert 3300 < last.battery_mv < 4200


def test_the_status_comes_every_ten_seconds_and_tells_what_was_set():
    clip = worn_clip()
    tell(clip, wire.OP_HEARTBEAT, 60)
    tell(clip, wire.OP_SET_TIME, 1_700_000_000_000)
    tell(clip, wire.OP_SET_NEUTRAL, 0, *UPRIGHT)
    tell(clip, wire.OP_START, *ORIENTATION)
    got = statuses(clip.advance(40.0))

    assert len(got) in (3, 4)
    assert got[0].mode == wire.MODE_LIVE
    assert got[0].flags == wire.STATUS_STREAMING | wire.STATUS_TIME_SET | wire.STATUS_NEUTRAL_SET
    assert got[0].boot == clip.boot


def test_without_a_heartbeat_the_clip_is_on_its_own():
    clip = worn_clip()
    tell(clip, wire.OP_HEARTBEAT, 5)

    assert [s.mode for s in statuses(clip.advance(25.0))] == [wire.MODE_ALONE] * 2


@pytest.mark.parametrize("op", sorted(wire.COMMANDS))
def test_every_command_is_known(op):
    clip = worn_clip()
    limits = wire.COMMANDS[op][2]
    reply = tell(clip, op, *limits[::2])

    assert (reply.op, reply.tag) == (op, 7)
    assert reply.result != wire.BAD_COMMAND


@pytest.mark.parametrize(
    ("args", "period_us"),
    [
        ((wire.KIND_RAW, 2000, 19), 20_000),
        ((wire.KIND_ORIENTATION, 2000, 16), 20_000),
        ((wire.KIND_RAW, 1000, 10), 20_000),
        ((wire.KIND_RAW, 2900, 10), 20_000),
        ((wire.KIND_ORIENTATION, 3000, 5), 40_000),
        ((wire.KIND_ORIENTATION, 20000, 1), 200_000),
    ],
)
def test_a_stream_comes_at_the_nearest_rate_that_the_sensor_can_give(args, period_us):
    got = streamed(worn_clip(), 10.0, args)

    assert {(p.kind, p.count, p.period_us) for p in got} == {(args[0], args[2], period_us)}
    assert got[1].ticks - got[0].ticks == pytest.approx(period_us * args[2] / 100, abs=1)


def test_more_samples_than_a_packet_holds_are_refused():
    assert tell(worn_clip(), wire.OP_START, wire.KIND_ORIENTATION, 4000, 19).result == (
        wire.BAD_ARGUMENT
    )


def test_a_slower_stream_is_the_mean_of_a_faster_one():
    def accelerations(period):
        got = streamed(worn_clip(errors=SensorErrors.drawn(3)), 10.0, (wire.KIND_RAW, period, 4))
        return np.concatenate([p.counts for p in got]).reshape(-1, 6)[:400]

    fast = accelerations(2000)

    # Halves are rounded up, as the firmware's integers do it.
    assert np.array_equal(
        (fast[0::2] + fast[1::2] + 1) // 2, accelerations(4000)[: len(fast) // 2]
    )


@pytest.mark.parametrize("every", [1, 3])
def test_every_stream_carries_the_orientation_of_its_own_samples(every):
    """At any rate, 'up' agrees with that of the usual stream at the same clip time."""

    def ups(kind):
        got = streamed(worn_clip(), 12.0, kind)
        found = {}
        for p in got:
            rows = np.reshape(p.counts, (-1, 7))
            for ago, row in enumerate(rows[::-1]):
                ticks = p.ticks - ago * p.period_us // 100
                w, x, y, z = row[:4] / wire.QUATERNION_ONE
                found[round(ticks / 200)] = Rotation.from_quat([x, y, z, w]).as_matrix()[2]
        return found

    usual, own = ups(ORIENTATION), ups((wire.KIND_ORIENTATION, 2000 * every, 5))
    both = sorted(set(usual) & set(own))

    assert len(both) >= 250 / every
    assert np.allclose([usual[at] for at in both], [own[at] for at in both])


def test_an_argument_out_of_range_is_told_from_a_command_that_is_none():
    clip = worn_clip()
    bad_argument = wire.encode_command(wire.OP_HEARTBEAT, 3, 5)[:-1] + b"\xff"
    reply = wire.decode_reply(clip.write(bad_argument, 0.0)[0].payload)

    assert (reply.op, reply.tag, reply.result) == (wire.OP_HEARTBEAT, 3, wire.BAD_ARGUMENT)


_SHARED = worn_clip()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=30).map(lambda junk: b"\x01" + junk))
def test_no_bytes_kill_it(junk):
    reply = wire.decode_reply(_SHARED.write(junk, _SHARED.now_s)[0].payload)
    _SHARED.advance(_SHARED.now_s + 0.1)

    assert reply.result in range(6)
    assert len(_SHARED.read(wire.STATUS_UUID) or b"") > 20


def test_two_clips_of_one_seed_send_the_same_bytes():
    def day():
        clip = worn_clip(errors=SensorErrors.drawn(5), seed=5)
        tell(clip, wire.OP_START, *ORIENTATION)
        return clip.advance(60.0)

    assert day() == day()
