"""What a simulated clip says on the wire, without a radio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from midback.shared import wire
from midback.simulated import Activity, ClipTraits, SensorErrors, SimulatedClip, Wearer, plan_of

RAW = (wire.KIND_RAW, 2000, 10)
ORIENTATION = (wire.KIND_ORIENTATION, 4000, 5)


def worn_clip(parts=((Activity.TYPING, 60),), errors=None, seed=1, **traits):
    clip = SimulatedClip(
        Wearer(plan_of(parts), seed=seed), ClipTraits(**traits), errors, seed=seed
    )
    clip.link_up()
    return clip


def tell(clip, op, *args, tag=7):
    """Send a command; return its reply and what else came of it."""
    first, *rest = clip.write(wire.encode_command(op, tag, *args), clip.now_s)
    assert first.uuid == wire.CONTROL_UUID
    return wire.decode_reply(first.payload), rest


def packets(notifications):
    return [wire.decode_stream(n.payload) for n in notifications if n.uuid == wire.STREAM_UUID]


def streamed(clip, seconds, kind=ORIENTATION):
    assert tell(clip, wire.OP_START, *kind)[0].result == wire.OK
    return packets(clip.advance(clip.now_s + seconds))


def statuses(notifications):
    return [wire.decode_status(n.payload) for n in notifications if n.uuid == wire.STATUS_UUID]


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

    assert packets(clip.advance(clip.now_s + 5.0)) == []


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
    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)[0].result == wire.OK
    got = packets(clip.advance(clip.now_s + 4.0))
    shaken = [bool(p.flags & wire.FLAG_SHAKEN) for p in got]

    # 0.6 s of motor and 0.3 s after, in packets of 0.2 s.
    assert shaken[:5] == [True] * 5
    assert not any(shaken[5:])
    assert clip.wearer.truth.buzzes[0].time_s == buzzed_s


def test_the_motor_really_shakes_the_sensor():
    clip = worn_clip()
    calm = np.array([p.counts for p in streamed(clip, 2.0, RAW)], float)
    tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)
    shaken = np.array([p.counts for p in packets(clip.advance(clip.now_s + 0.6))], float)

    assert shaken.reshape(-1, 6)[:, 0].std() > 10 * calm.reshape(-1, 6)[:, 0].std()


def test_a_second_buzz_waits_for_the_first():
    clip = worn_clip()
    tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)

    assert tell(clip, wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)[0].result == wire.BUSY


def test_no_host_gets_past_the_motors_limit():
    clip = worn_clip()
    results = []
    for _ in range(20):
        results.append(tell(clip, wire.OP_BUZZ, wire.PATTERN_LONG, 1, 100)[0].result)
        clip.advance(clip.now_s + 1.0)

    # 6 s of motor in a minute are ten long pulses.
    assert results == [wire.OK] * 10 + [wire.REFUSED] * 10


def test_a_clip_on_the_desk_finds_so_after_a_minute_and_forgets_it_when_worn():
    parts = ((Activity.TYPING, 2), (Activity.OFF_BODY, 3), (Activity.TYPING, 2))
    clip = worn_clip(parts, SensorErrors.drawn(1))
    got = streamed(clip, 360.0)
    off_s = [0.2 * i for i, p in enumerate(got) if p.flags & wire.FLAG_OFF_BODY]

    # A minute of stillness after laying it down, and a block of 3 s at either end.
    assert 178 <= off_s[0] <= 190
    assert 295 <= off_s[-1] <= 305


def test_a_worn_clip_never_takes_itself_for_set_down():
    clip = worn_clip(errors=SensorErrors.drawn(2))
    clip.wearer.ask("tall", 0.0)

    assert not any(p.flags & wire.FLAG_OFF_BODY for p in streamed(clip, 300.0))


def test_the_last_minute_can_be_had_again():
    clip = worn_clip()
    first = streamed(clip, 90.0)
    reply, again = tell(clip, wire.OP_RESEND, clip.boot, 440, 5)

    assert reply.result == wire.OK
    assert [p.sequence for p in packets(again)] == [440, 441, 442, 443, 444]
    assert all(p.flags == wire.FLAG_RESENT for p in packets(again))
    assert packets(again)[0].counts == first[440].counts


def test_what_is_older_than_a_minute_is_gone():
    clip = worn_clip()
    streamed(clip, 90.0)

    assert tell(clip, wire.OP_RESEND, clip.boot, 0, 100)[1] == []


def test_acknowledged_packets_are_let_go():
    clip = worn_clip()
    streamed(clip, 20.0)
    tell(clip, wire.OP_ACKNOWLEDGE, clip.boot, 60)

    assert [p.sequence for p in packets(tell(clip, wire.OP_RESEND, clip.boot, 59, 4)[1])] == [
        61,
        62,
    ]


def test_packets_of_another_boot_are_not_had():
    clip = worn_clip()
    streamed(clip, 20.0)

    assert tell(clip, wire.OP_RESEND, (clip.boot + 1) % 65536, 0, 9)[0].result == wire.REFUSED


def test_sampling_goes_on_while_the_link_is_down():
    clip = worn_clip()
    before = streamed(clip, 10.0)
    clip.link_down()
    assert packets(clip.advance(clip.now_s + 10.0)) == []
    clip.link_up()
    after = streamed(clip, 5.0)
    missing = after[0].sequence - before[-1].sequence - 1
    again = packets(tell(clip, wire.OP_RESEND, clip.boot, before[-1].sequence + 1, missing)[1])

    assert missing in (49, 50, 51)
    assert len(again) == missing


def test_a_full_notification_queue_leaves_a_hole_that_can_be_filled():
    clip = worn_clip(notify_failure_rate=0.2)
    got = [p.sequence for p in streamed(clip, 40.0)]
    missing = sorted(set(range(got[-1])) - set(got))
    again = packets(tell(clip, wire.OP_RESEND, clip.boot, missing[0], 1)[1])

    assert 15 < len(missing) < 70
    assert again[0].sequence == missing[0]


def test_lost_samples_are_owned_up_to():
    clip = worn_clip()
    before = streamed(clip, 5.0)[-1]
    clip.lose_samples(3.0)
    got = packets(clip.advance(clip.now_s + 6.0))

    assert [bool(p.flags & wire.FLAG_LOST) for p in got] == [True] + [False] * (len(got) - 1)
    # 3 s of nothing before the 0.2 s of the packet itself.
    assert got[0].ticks - before.ticks == pytest.approx(32000, abs=2)
    assert wire.decode_status(clip.read(wire.STATUS_UUID) or b"").lost_samples == 150


def test_a_restart_begins_anew_with_another_boot():
    clip = worn_clip(uptime_s=500.0)
    streamed(clip, 10.0)
    boot = clip.boot
    tell(clip, wire.OP_RESTART)
    clip.advance(clip.now_s + 1.0)
    assert not clip.powered
    clip.advance(clip.now_s + 2.0)
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
    tell(clip, wire.OP_SET_NEUTRAL, 0, 0, 32767, 0, 32767, 0)
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
    least = [field[1] for field in wire.COMMANDS[op][1]]
    reply, _ = tell(clip, op, *least)

    assert (reply.op, reply.tag) == (op, 7)
    assert reply.result != wire.BAD_COMMAND


@pytest.mark.parametrize(
    ("args", "result"),
    [
        ((wire.KIND_RAW, 2000, 19), wire.OK),
        ((wire.KIND_ORIENTATION, 2000, 16), wire.OK),
        ((wire.KIND_ORIENTATION, 4000, 19), wire.BAD_ARGUMENT),
        ((wire.KIND_RAW, 3000, 10), wire.BAD_ARGUMENT),
        ((wire.KIND_RAW, 1000, 10), wire.BAD_ARGUMENT),
    ],
)
def test_only_streams_that_the_sensor_can_give_are_started(args, result):
    assert tell(worn_clip(), wire.OP_START, *args)[0].result == result


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
