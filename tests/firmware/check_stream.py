"""Samples into packets on a whole clip with fakes; runs on CPython and on MicroPython.

The sensor is an LSM6DSOX, so that the clip finds the orientation itself.
"""

from fake_clip import BOOT, DEFAULT, PERIOD_US, Bench

from clip_firmware.radio import FULL
from midback.shared import wire

ORIENTATION, RAW = wire.KIND_ORIENTATION, wire.KIND_RAW


def check_the_stream_is_what_the_host_asked_for():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 2000, 6) == wire.OK
    packets = bench.run(3).packets()
    assert {(p.kind, p.count, p.period_us, p.boot) for p in packets} == {(RAW, 6, 19200, BOOT)}
    assert [p.sequence for p in packets] == list(range(len(packets)))
    steps = [packets[i + 1].ticks - packets[i].ticks for i in range(len(packets) - 1)]
    assert max([abs(step - 1152) for step in steps]) <= 1
    assert bench.has(wire.STATUS_STREAMING)


def check_the_hosts_usual_packets_are_those_that_the_clip_judges():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.OK
    packets = bench.run(3).packets()
    assert {(p.kind, p.count, p.period_us) for p in packets} == {(ORIENTATION, 5, 38400)}
    w, x, y, z = packets[-1].counts[-7:-3]
    assert w > 32700
    assert abs(x) + abs(y) + abs(z) < 200


def check_the_slowest_stream_is_five_samples_a_second_of_the_sensors_averaged():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 20000, 2) == wire.OK
    assert {(p.count, p.period_us) for p in bench.run(3).packets()} == {(2, 191990)}


def check_the_fastest_stream_is_the_sensors_own():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 500, 19) == wire.OK
    assert {(p.count, p.period_us) for p in bench.run(3).packets()} == {(19, 19200)}


def check_accelerations_are_those_of_the_clips_own_axes():
    bench = Bench()
    bench.lean_deg = 30.0
    bench.linked().asked(wire.OP_START, RAW, 2000, 6)
    x, y, z = bench.run(1).packets()[-1].counts[:3]
    assert abs(x + 1024) <= 4
    assert (y, abs(z - 1774) <= 1) == (0, True)


def check_a_small_link_gets_smaller_packets():
    bench = Bench().linked(3 + 14 + 30)
    assert bench.asked(wire.OP_START, *DEFAULT) == wire.OK
    assert {p.count for p in bench.run(3).packets()} == {2}


def check_a_link_too_small_for_one_sample_is_refused():
    assert Bench().linked(23).asked(wire.OP_START, *DEFAULT) == wire.REFUSED


def check_more_samples_than_a_packet_holds_are_a_bad_argument():
    assert Bench().linked().asked(wire.OP_START, ORIENTATION, 4000, 17) == wire.BAD_ARGUMENT


def check_asking_again_for_the_same_goes_on_without_a_break():
    bench = Bench().linked()
    bench.asked(wire.OP_START, RAW, 2000, 6)
    bench.run(2)
    bench.asked(wire.OP_START, RAW, 2000, 6)
    ticks = [p.ticks for p in bench.run(2).packets()]
    assert max([ticks[i + 1] - ticks[i] for i in range(len(ticks) - 1)]) < 1152 + 192


def check_the_stream_can_be_changed_and_stopped():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(1)
    bench.asked(wire.OP_START, RAW, 2000, 6)
    bench.run(1)
    kinds = [p.kind for p in bench.packets()]
    assert kinds == sorted(kinds)
    assert bench.asked(wire.OP_STOP) == wire.OK
    bench.radio.sent.clear()
    assert bench.run(1).packets() == []
    assert not bench.has(wire.STATUS_STREAMING)


def check_a_drop_out_costs_no_sample_and_repeats_none():
    sample_ticks = PERIOD_US / 100
    for kind, period, per_packet, every in ((ORIENTATION, 4000, 5, 2), (RAW, 2000, 6, 1)):
        bench = Bench().linked()
        bench.asked(wire.OP_START, kind, period, per_packet)
        bench.run(2)
        bench.radio.unlink()
        bench.run(1)
        bench.linked()
        bench.asked(wire.OP_START, kind, period, per_packet)
        bench.kept(0, 600)
        bench.send()
        bench.run(1)
        packets = {p.sequence: p for p in bench.packets()}
        assert sorted(packets) == list(range(len(packets)))
        for sequence in range(1, len(packets)):
            passed = packets[sequence].ticks - packets[sequence - 1].ticks
            # A sample more or less were a whole one off.
            assert abs(passed - per_packet * every * sample_ticks) < sample_ticks / 2


def check_a_loss_is_flagged_once_and_counted():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.chip.drop(2 * 10)
    bench.time.now_us += 1000000
    bench.sample()
    bench.chip.drop(2 * 20)
    bench.run(2)
    flagged = [p for p in bench.packets() if p.flags & wire.FLAG_LOST]
    assert len(flagged) == 1
    assert 15 <= bench.status().lost_samples <= 25


def check_shaken_packets_are_flagged_until_300_ms_after():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    flags = [p.flags & wire.FLAG_SHAKEN for p in bench.run(3).packets()]
    assert 2 <= flags.count(wire.FLAG_SHAKEN) <= 5
    assert (flags[0], flags[-1]) == (0, 0)


def check_what_was_shaken_is_flagged_however_late_it_is_read():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    began = bench.time.now_us // 100
    bench.time.now_us += 40000
    bench.buzzer.update(bench.time.now_us // 1000)
    bench.time.now_us += 2200000  # nobody reads the sensor: the flash is busy
    bench.run(3)
    shaken = [p.ticks - began for p in bench.packets() if p.flags & wire.FLAG_SHAKEN]
    assert shaken
    assert -2000 < min(shaken) < 2000
    assert max(shaken) < 14500  # 64 samples of the burst, and the packet begun with its last


def check_the_next_host_begins_with_the_newest_packet():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.radio.outcomes = [FULL] * 1000
    bench.run(2)
    bench.radio.outcomes = []
    _, waiting = bench.kept(0, 600)
    bench.radio.unlink()
    bench.linked()
    bench.radio.sent.clear()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.send()
    assert [p.sequence for p in bench.packets()] == [bench.clip.stream._sequence - 1]
    assert waiting > 5


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
