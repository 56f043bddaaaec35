"""The host's commands on a whole clip with fakes: bytes in, replies out; on both Pythons."""

from fake_clip import BOOT, DEFAULT, QUICK, STRAIGHT, Bench, calibrated, lengths

from midback.shared import wire

EIO = 5
FIRST = (0,)  # slot
ARGUMENTS = {
    wire.OP_START: DEFAULT,
    wire.OP_STOP: (),
    wire.OP_BUZZ: (wire.PATTERN_NUDGE, 2, 80),
    wire.OP_HEARTBEAT: (30,),
    wire.OP_ACKNOWLEDGE: (BOOT, 65535),
    wire.OP_RESEND: (BOOT, 65535, 600),
    wire.OP_SET_TIME: (1 << 46,),
    wire.OP_ZERO_GYRO: (),
    wire.OP_SET_NEUTRAL: FIRST + STRAIGHT,
    wire.OP_SET_SLUMP: FIRST + QUICK,
    wire.OP_SNOOZE: (65535,),
    wire.OP_LOG_READ: (0xFFFFFFFF, 32),
    wire.OP_LOG_TRIM: (0xFFFFFFFF,),
    wire.OP_IDENTIFY: (),
    wire.OP_RESTART: (),
    wire.OP_ALONE: (1,),
    wire.OP_USE_CONTEXT: (0,),
}


def refused(payload):
    """The reply to what is no command: op, tag, result."""
    reply = wire.decode_reply(Bench().linked().control.answer(payload))
    return (reply.op, reply.tag, reply.result)


# Any bytes


def check_every_command_of_the_protocol_is_obeyed():
    assert sorted(ARGUMENTS) == sorted(wire.COMMANDS)
    for op in sorted(ARGUMENTS):
        bench = Bench().linked()
        bench.breathing = False
        bench.asked(wire.OP_SET_NEUTRAL, 0, *STRAIGHT)
        assert bench.run(4).asked(op, *ARGUMENTS[op]) == wire.OK


def check_the_reply_repeats_op_and_tag_and_tells_the_result():
    bench = Bench().linked()
    assert bench.control.answer(b"\x01\x0e\xab") == b"\x01\x8e\xab\x00"
    assert bench.control.answer(b"\x01\x0e\xac") == bytes((1, 0x8E, 0xAC, wire.BUSY))


def check_an_unknown_command_is_bad():
    assert refused(b"\x01\x12\x05") == (0x12, 5, wire.BAD_COMMAND)
    assert refused(b"\x01\xff\x05") == (0x7F, 5, wire.BAD_COMMAND)


def check_another_version_is_bad():
    assert refused(b"\x02\x0e\x05") == (0x0E, 5, wire.BAD_COMMAND)


def check_a_command_of_another_length_is_bad():
    assert refused(b"\x01\x0e\x05\x00") == (0x0E, 5, wire.BAD_COMMAND)
    assert refused(b"\x01\x04\x05") == (0x04, 5, wire.BAD_COMMAND)


def check_an_argument_out_of_range_is_a_bad_argument():
    assert refused(b"\x01\x04\x05\x00") == (0x04, 5, wire.BAD_ARGUMENT)
    assert refused(b"\x01\x10\x05\x02") == (0x10, 5, wire.BAD_ARGUMENT)
    assert refused(b"\x01\x11\x05\x04") == (0x11, 5, wire.BAD_ARGUMENT)


def check_next_to_nothing_is_answered_too():
    assert refused(b"") == (0, 0, wire.BAD_COMMAND)
    assert refused(b"\x01") == (0, 0, wire.BAD_COMMAND)
    assert refused(b"\x01\x0e") == (0x0E, 0, wire.BAD_COMMAND)


def check_before_each_command_the_clip_sees_whose_link_it_is():
    bench = Bench().linked()
    bench.asked(wire.OP_HEARTBEAT, 60)
    bench.radio.unlink()
    bench.linked().asked(wire.OP_STOP)
    assert not bench.clip.wearer.coach.held(bench.time.now_us // 1000)


# The stream


def check_packets_missed_while_away_can_be_asked_for():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    last = bench.packets()[-1].sequence
    bench.radio.unlink()
    bench.run(2)
    bench.linked()
    bench.radio.sent.clear()
    assert bench.run(1).packets() == []
    bench.asked(wire.OP_START, *DEFAULT)
    first, count = bench.kept(last + 1, 600)
    bench.send()
    again = [p.sequence for p in bench.packets() if p.flags & wire.FLAG_RESENT]
    live = [p.sequence for p in bench.packets() if not p.flags & wire.FLAG_RESENT]
    assert again + live == list(range(first, first + count))
    assert first == last + 1
    assert bench.asked(wire.OP_RESEND, BOOT + 1, 0, 1) == wire.REFUSED


def check_an_acknowledged_packet_need_not_be_kept():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    assert bench.asked(wire.OP_ACKNOWLEDGE, BOOT + 1, 4) == wire.OK
    assert bench.kept(0, 7) == (0, 7)
    assert bench.asked(wire.OP_ACKNOWLEDGE, BOOT, 4) == wire.OK
    assert bench.kept(0, 5) == (0, 0)
    assert bench.kept(0, 7) == (5, 2)


# The wearer


def check_the_host_may_buzz_the_wearer():
    bench = Bench().linked()
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == wire.OK
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == wire.BUSY
    bench.run(1)
    assert (lengths(bench), bench.status().buzzes) == ([80, 80], 1)


def check_the_limits_of_the_motor_hold_for_the_host():
    bench = Bench().linked()
    for _ in range(2):
        assert bench.asked(wire.OP_BUZZ, wire.PATTERN_LONG, 5, 100) == wire.OK
        bench.run(6)
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100) == wire.REFUSED


def check_identify_is_felt_even_by_who_asked_for_rest():
    bench = Bench().linked()
    bench.asked(wire.OP_SNOOZE, 600)
    assert bench.asked(wire.OP_IDENTIFY) == wire.OK
    assert lengths(bench.run(2)) == [80] * 4


# The log and the clip


def check_the_host_reads_the_log_and_lets_go_of_it():
    bench = calibrated()
    bench.run(30)
    assert bench.asked(wire.OP_LOG_READ, 0, 32) == wire.OK
    bench.send()
    pages = [wire.decode_page(sent)[2] for kind, sent in bench.radio.sent if kind == "l"]
    assert [[record.sequence for record in page] for page in pages] == [[0, 1, 2], []]
    assert bench.asked(wire.OP_LOG_TRIM, 2) == wire.OK
    bench.run(1)
    assert (bench.status().log_first, bench.status().log_next) == (2, 3)
    bench.radio.sent.clear()
    assert bench.asked(wire.OP_LOG_READ, 0xFFFFFFFF, 1) == wire.OK
    bench.send()
    assert [len(sent) for kind, sent in bench.radio.sent if kind == "l"] == [8]
    bench.flash.refusing = EIO
    assert bench.asked(wire.OP_LOG_TRIM, 3) == wire.STORAGE
    assert bench.asked(wire.OP_LOG_TRIM, 0) == wire.OK


def check_a_link_too_small_for_a_record_cannot_read_it():
    assert Bench().linked(3 + 8 + 31).asked(wire.OP_LOG_READ, 0, 1) == wire.REFUSED


def check_the_gyroscope_is_at_zero_when_the_clip_rests():
    bench = Bench().linked()
    assert bench.asked(wire.OP_ZERO_GYRO) == wire.REFUSED
    bench.breathing = False
    assert bench.run(4).asked(wire.OP_ZERO_GYRO) == wire.OK


def check_from_when_it_is_told_the_time_records_tell_it():
    bench = calibrated()
    bench.run(15)
    assert not bench.has(wire.STATUS_TIME_SET)
    assert bench.asked(wire.OP_SET_TIME, 1700000000000) == wire.OK
    bench.run(10)
    assert bench.has(wire.STATUS_TIME_SET)
    log = bench.parts.log
    assert [record.flags for record in log.read(log.first)] == [0, wire.RECORD_TIME_SET]


def check_a_restart_is_asked_for_and_answered():
    bench = Bench().linked()
    assert bench.asked(wire.OP_RESTART) == wire.OK
    assert bench.control.restart_asked


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
