"""Bytes on the air against literals; the same file runs on CPython and on MicroPython.

The literals were put together by hand from the layout in words, without ``struct``: every number
is little-endian, its lowest byte first, and a negative one is its two's complement.
"""

import binascii

from midback.shared import wire


def refused(function, *arguments):
    try:
        function(*arguments)
    except wire.WireError:
        return True
    return False


def replaced(values, index, value):
    changed = list(values)
    changed[index] = value
    return changed


def stream(kind, flags, sequence, boot, ticks, period_us, counts):
    return wire.StreamPacket(kind, flags, sequence, boot, ticks, period_us, counts)


def sent(packet):
    buffer = bytearray(b"\xaa" * wire.MAX_PAYLOAD)
    size = wire.encode_stream(packet, buffer)
    assert buffer[size:] == b"\xaa" * (wire.MAX_PAYLOAD - size), "wrote past the end"
    return bytes(buffer[:size])


# A wearer upright, then bowed a quarter turn forward.
# version 1, kind 1, 2 samples, flags lost + shaken | sequence 0x1234 | boot 0xbeef
# | ticks 0x01020304 | 40000 us = 4000 units = 0x0fa0
# upright: w = 32767 = 0x7fff, no turn; 1 g = 2048 = 0x0800 along the clip's z
# bowed: turned 90 degrees about the left, w = y = 32767 cos 45 = 23170 = 0x5a82;
# up is then against the clip's x: -2048 = 0x10000 - 0x800 = 0xf800
ORIENTATION = (
    "01010203" + "3412" + "efbe" + "04030201" + "a00f"
    "ff7f" + "0000" * 3 + "0000" + "0000" + "0008"
    "825a" + "0000" + "825a" + "0000" + "00f8" + "0000" + "0000"
)  # fmt: skip
ORIENTATION_COUNTS = (32767, 0, 0, 0, 0, 0, 2048, 23170, 0, 23170, 0, -2048, 0, 0)

# version 1, kind 2, 1 sample, no flags | sequence 65535 | boot 0 | the last tick before the wrap
# | 10000 us = 1000 units = 0x03e8
# -32768 = 0x8000, 32767 = 0x7fff, -1 = 0xffff; 1, 16384 = 0x4000 (1000 dps), 0
RAW = (
    "01020100" + "ffff" + "0000" + "ffffffff" + "e803"
    "0080" + "ff7f" + "ffff" + "0100" + "0040" + "0000"
)  # fmt: skip
RAW_COUNTS = (-32768, 32767, -1, 1, 16384, 0)


def check_an_orientation_packet():
    packet = stream(1, 3, 0x1234, 0xBEEF, 0x01020304, 40000, ORIENTATION_COUNTS)
    assert sent(packet) == bytes.fromhex(ORIENTATION), sent(packet).hex()


def check_a_raw_packet():
    packet = stream(2, 0, 65535, 0, 4294967295, 10000, list(RAW_COUNTS))
    assert sent(packet) == bytes.fromhex(RAW), sent(packet).hex()


def check_an_orientation_packet_is_read_back():
    for payload in (bytes.fromhex(ORIENTATION), bytearray(bytes.fromhex(ORIENTATION))):
        for view in (payload, memoryview(payload)):
            packet = wire.decode_stream(view)
            assert (packet.kind, packet.flags, packet.sequence) == (1, 3, 0x1234)
            assert (packet.boot, packet.ticks, packet.period_us) == (0xBEEF, 0x01020304, 40000)
            assert packet.count == 2
            assert tuple(packet.counts) == ORIENTATION_COUNTS


def check_a_raw_packet_is_read_back():
    packet = wire.decode_stream(bytes.fromhex(RAW))
    assert (packet.kind, packet.flags, packet.sequence) == (2, 0, 65535)
    assert (packet.boot, packet.ticks, packet.period_us) == (0, 4294967295, 10000)
    assert packet.count == 1
    assert tuple(packet.counts) == RAW_COUNTS


def check_the_fullest_packets_fit_a_notification():
    for kind, width, most in ((1, 7, 16), (2, 6, 19)):
        packet = stream(kind, 0, 0, 0, 0, 20000, (0,) * (width * most))
        assert len(sent(packet)) == 14 + 2 * width * most <= 244
        assert wire.decode_stream(sent(packet)).count == most
        assert refused(sent, stream(kind, 0, 0, 0, 0, 20000, (0,) * (width * (most + 1))))
        assert refused(sent, stream(kind, 0, 0, 0, 0, 20000, (0,) * (width + 1)))
        assert refused(sent, stream(kind, 0, 0, 0, 0, 20000, ()))


def check_a_buffer_that_is_too_short_is_refused():
    packet = stream(2, 0, 0, 0, 0, 20000, RAW_COUNTS)
    assert wire.encode_stream(packet, bytearray(26)) == 26
    assert refused(wire.encode_stream, packet, bytearray(25))


def check_stream_values_that_do_not_fit_are_refused():
    good = (2, 0, 0, 0, 0, 20000, RAW_COUNTS)
    assert sent(stream(*good))
    impossible = (
        (0, (0, 3, -1, 1.0, True, None, "raw")),  # kind
        (1, (-1, 32, 0.0, False, None)),  # flags
        (2, (-1, 65536, 7.0, True, None)),  # sequence
        (3, (-1, 65536, 7.0, True, None)),  # boot
        (4, (-1, 4294967296, 7.0, True, None)),  # ticks
        (5, (0, -10, 5, 20001, 655360, 20000.0, True, None)),  # period in us
    )
    for index, values in impossible:
        for value in values:
            assert refused(sent, stream(*replaced(good, index, value))), (index, value)
    for value in (40000, 32768, -32769, 1.0, True, None):
        assert refused(sent, stream(*replaced(good, 6, (0, 0, 0, value, 0, 0)))), value


def check_a_stream_packet_that_breaks_the_protocol_is_refused():
    good = bytes.fromhex(RAW)
    assert wire.decode_stream(good).count == 1
    for size in range(len(good)):
        assert refused(wire.decode_stream, good[:size]), size
    assert refused(wire.decode_stream, good + b"\x00")
    # version, kind, count, flags, and the period, each given something it cannot be
    for at, values in ((0, (0, 2, 255)), (1, (0, 3, 255)), (2, (0, 2, 20, 255)), (3, (32, 128))):
        for value in values:
            bad = bytearray(good)
            bad[at] = value
            assert refused(wire.decode_stream, bad), (at, value)
    assert refused(wire.decode_stream, good[:12] + b"\x00\x00" + good[14:])


# (op, arguments, what follows the version, the op and tag 7)
COMMANDS = (
    (0x01, (2, 2000, 10), "02" + "d007" + "0a"),  # start raw, 20 ms = 2000 = 0x07d0, 10 a packet
    (0x02, (), ""),  # stop
    (0x03, (1, 3, 80), "01" + "03" + "50"),  # a nudge, three times, 80 % = 0x50
    (0x04, (5,), "05"),  # a lease of 5 s
    (0x05, (0xBEEF, 0x1234), "efbe" + "3412"),  # acknowledge
    (0x06, (0xBEEF, 65534, 5), "efbe" + "feff" + "0500"),  # resend five, across the wrap
    # 1700000000000 ms = 0x018bcfe56800
    (0x07, (1700000000000,), "0068e5cf8b010000"),  # set time
    (0x08, (), ""),  # zero the gyroscope
    # up is z but for a little: -3277 = 0x10000 - 0x0ccd = 0xf333, 32603 = 0x7f5b; left is y
    (0x09, (1, -3277, 0, 32603, 0, 32767, 0), "0133f3" + "00005b7f" + "0000" + "ff7f" + "0000"),
    # slump: in at 10 degrees = 1000 = 0x03e8, out at 7 = 700 = 0x02bc, no backward line,
    # hold 30 s = 300 = 0x012c, exit hold 2 s = 20 = 0x14
    (0x0A, (3, 1000, 700, 0, 0, 300, 20), "03e803bc02" + "0000" + "0000" + "2c01" + "1400"),
    (0x0B, (3600,), "100e"),  # snooze for an hour: 3600 = 0x0e10
    (0x0C, (65536, 32), "00000100" + "20"),  # read 32 pages of log
    (0x0D, (4294967295,), "ffffffff"),  # trim the log
    (0x0E, (), ""),  # identify
    (0x0F, (), ""),  # restart
    (0x10, (1,), "01"),  # the radio off
    (0x11, (2,), "02"),  # judge by slot 2
)


# op -> (least, most) of each argument
RANGES = {
    0x01: ((1, 2), (500, 20000), (1, 19)),
    0x03: ((0, 4), (1, 5), (1, 100)),
    0x04: ((1, 60),),
    0x05: ((0, 65535), (0, 65535)),
    0x06: ((0, 65535), (0, 65535), (1, 600)),
    0x07: ((0, (1 << 47) - 1),),
    0x09: ((0, 3),) + ((-32767, 32767),) * 6,
    0x0A: ((0, 3), (300, 9000), (0, 9000), (0, 9000), (0, 9000), (10, 36000), (0, 600)),
    0x0B: ((0, 65535),),
    0x0C: ((0, 4294967295), (1, 32)),
    0x0D: ((0, 4294967295),),
    0x10: ((0, 1),),
    0x11: ((0, 3),),
}


def check_every_command():
    for op, arguments, literal in COMMANDS:
        got = wire.encode_command(op, 7, *arguments)
        assert got == bytes((1, op, 7)) + bytes.fromhex(literal), (op, got.hex())
    assert len(COMMANDS) == len(wire.COMMANDS)


def check_every_command_is_read_back():
    for op, arguments, literal in COMMANDS:
        command = wire.decode_command(bytes((1, op, 7)) + bytes.fromhex(literal))
        assert (command.op, command.tag, tuple(command.args)) == (op, 7, arguments), op


def check_a_command_of_the_wrong_length_is_refused():
    for op, _, literal in COMMANDS:
        payload = bytes((1, op, 7)) + bytes.fromhex(literal)
        assert refused(wire.decode_command, payload + b"\x00"), op
        for size in range(len(payload)):
            assert refused(wire.decode_command, payload[:size]), (op, size)


def check_unknown_commands_are_refused():
    for op in (0, 0x12, 0x7F, 0x81, 255, 256, -1, 1.0, True, None):
        assert refused(wire.encode_command, op, 7), op
    for op in (0, 0x12, 0x7F, 0x81, 255):
        assert refused(wire.decode_command, bytes((1, op, 7))), op
    assert refused(wire.decode_command, bytes((2, 2, 7))), "a later version"


def check_arguments_are_taken_within_their_ranges_and_refused_beyond():
    for op, ranges in RANGES.items():
        for end in (0, 1):
            arguments = tuple([span[end] for span in ranges])
            command = wire.decode_command(wire.encode_command(op, 7, *arguments))
            assert tuple(command.args) == arguments, (op, arguments)
        for index in range(len(ranges)):
            least, most = ranges[index]
            for value in (least - 1, most + 1, float(least), True, None):
                bad = replaced(arguments, index, value)
                assert refused(wire.encode_command, op, 7, *bad), (op, bad)


def check_a_command_needs_its_arguments_and_a_tag():
    assert refused(wire.encode_command, 0x02, 7, 1)
    assert refused(wire.encode_command, 0x04, 7)
    for tag in (-1, 256, 7.0, True, None):
        assert refused(wire.encode_command, 0x02, tag), tag


def check_arguments_out_of_range_are_refused_on_the_way_in():
    # a lease of 0 s, a buzz at 101 %, an axis of -32768, a fifth slot
    axes = "ff7f" + "0000" * 5
    for literal in ("01040700", "010307010365", "01090700" + "0080" + axes[4:], "01090704" + axes):
        assert refused(wire.decode_command, bytes.fromhex(literal)), literal


def check_a_reply():
    # "busy" (3) to the buzz (3) with tag 7; a reply has the highest bit of the op set.
    assert wire.encode_reply(3, 7, wire.BUSY) == bytes.fromhex("01830703")
    assert wire.encode_reply(0x0C, 255, wire.OK, b"\x05\x00") == bytes.fromhex("018cff000500")
    reply = wire.decode_reply(bytes.fromhex("018cff000500"))
    assert (reply.op, reply.tag, reply.result, reply.data) == (0x0C, 255, 0, b"\x05\x00")
    reply = wire.decode_reply(memoryview(bytes.fromhex("01830703")))
    assert (reply.op, reply.tag, reply.result, reply.data) == (3, 7, 3, b"")


def check_replies_that_break_the_protocol_are_refused():
    assert len(wire.encode_reply(3, 7, 0, bytes(240))) == 244
    assert refused(wire.encode_reply, 3, 7, 0, bytes(241))
    for op, tag, result in ((128, 7, 0), (-1, 7, 0), (3, 256, 0), (3, 7, 6), (3, 7, 0.0)):
        assert refused(wire.encode_reply, op, tag, result), (op, tag, result)
    # cut short, no reply bit, an unknown result, a later version
    for literal in ("", "018307", "01030700", "01830706", "02830700"):
        assert refused(wire.decode_reply, bytes.fromhex(literal)), literal
    assert refused(wire.decode_reply, bytes.fromhex("01830700") + bytes(241))


def check_which_packets_are_kept():
    # 65534, 65535, 0, 1: the four from 65534 = 0xfffe on
    assert wire.encode_kept(65534, 4) == bytes.fromhex("feff0400")
    assert wire.decode_kept(bytes.fromhex("feff0400")) == (65534, 4)
    assert wire.decode_kept(memoryview(bytes.fromhex("07000000"))) == (7, 0)


def check_what_cannot_be_kept_is_refused():
    for value in (-1, 65536, 1.0, True, None):
        assert refused(wire.encode_kept, value, 1), value
        assert refused(wire.encode_kept, 1, value), value
    for size in (0, 3, 5):
        assert refused(wire.decode_kept, bytes(size)), size


def check_the_numbers_that_mean_something():
    assert (wire.OK, wire.BAD_COMMAND, wire.BAD_ARGUMENT) == (0, 1, 2)
    assert (wire.BUSY, wire.REFUSED, wire.STORAGE) == (3, 4, 5)
    assert (wire.KIND_ORIENTATION, wire.KIND_RAW) == (1, 2)
    assert (wire.FLAG_LOST, wire.FLAG_SHAKEN, wire.FLAG_OFF_BODY, wire.FLAG_RESENT) == (1, 2, 4, 8)
    assert wire.FLAG_DOUBTFUL == 16
    assert (wire.OP_START, wire.OP_STOP, wire.OP_BUZZ, wire.OP_HEARTBEAT) == (1, 2, 3, 4)
    assert (wire.OP_ACKNOWLEDGE, wire.OP_RESEND, wire.OP_SET_TIME) == (5, 6, 7)
    assert (wire.OP_ZERO_GYRO, wire.OP_SET_NEUTRAL, wire.OP_SET_SLUMP) == (8, 9, 10)
    assert (wire.OP_SNOOZE, wire.OP_LOG_READ, wire.OP_LOG_TRIM) == (11, 12, 13)
    assert (wire.OP_IDENTIFY, wire.OP_RESTART, wire.OP_ALONE) == (14, 15, 16)
    assert (wire.OP_USE_CONTEXT, wire.SLOTS) == (17, 4)
    assert (wire.PATTERN_TICK, wire.PATTERN_NUDGE, wire.PATTERN_STRONG) == (0, 1, 2)
    assert (wire.PATTERN_LONG, wire.PATTERN_LOW_BATTERY) == (3, 4)
    assert (wire.STATUS_STREAMING, wire.STATUS_NEUTRAL_SET, wire.STATUS_OFF_BODY) == (1, 2, 4)
    assert (wire.STATUS_CHARGING, wire.STATUS_LOW_BATTERY, wire.STATUS_TIME_SET) == (8, 16, 32)
    assert (wire.STATUS_BONDED_ONLY, wire.STATUS_SETTINGS_LOST) == (64, 128)
    assert (wire.STATUS_NO_IMU, wire.STATUS_SAFE_MODE) == (256, 512)
    assert (wire.MODE_LIVE, wire.MODE_ALONE, wire.MODE_SAFE) == (0, 1, 2)
    assert (wire.RECORD_TIME_SET, wire.RECORD_OFF_BODY, wire.RECORD_LOST) == (1, 2, 4)
    assert (wire.EPOCH_S, wire.RECORD_SIZE, wire.MAX_RECORDS) == (10, 32, 7)
    assert (wire.HEADER_SIZE, wire.PAGE_HEADER_SIZE, wire.ANGLE_UNKNOWN) == (14, 8, -32768)
    assert wire.MAX_SAMPLES == {1: 16, 2: 19}
    assert wire.TICKS_MODULUS == 4294967296
    assert wire.SEQUENCE_MODULUS == 65536


def check_scales():
    # 2048 counts are 1 g, 16384 counts are 1000 dps, a tick is a tenth of a millisecond.
    assert 2048 * wire.G_PER_COUNT == 1.0
    assert 16384 * wire.DPS_PER_COUNT == 1000.0
    assert wire.QUATERNION_ONE == 32767
    assert abs(10000 * wire.TICK_S - 1.0) < 1e-6


# version 1, mode 1 (alone) | flags streaming + off body + time set = 0x01 + 0x04 + 0x20 = 0x0025
# | boot 0xbeef | ticks 0x01020304 | 87 % = 0x57 | 3912 mV = 0x0f48
# | -5.50 degrees: -550 = 0x10000 - 0x226 = 0xfdda | 300 lost = 0x012c | 12 buzzes
# | log from 65536 = 0x010000 up to 65540 | 258 s since a nudge = 0x0102 | 600 s of rest = 0x0258
# | slot 2 is in use
STATUS = (
    "0101" + "2500" + "efbe" + "04030201" + "57" + "480f"
    "dafd" + "2c01" + "0c00" + "00000100" + "04000100" + "0201" + "5802" + "02"
)  # fmt: skip
STATUS_VALUES = (1, 0x25, 0xBEEF, 0x01020304, 87, 3912, -550, 300, 12, 65536, 65540, 258, 600, 2)


def status_values(status):
    return (
        status.mode,
        status.flags,
        status.boot,
        status.ticks,
        status.battery_percent,
        status.battery_mv,
        status.temperature_cdeg,
        status.lost_samples,
        status.buzzes,
        status.log_first,
        status.log_next,
        status.since_buzz_s,
        status.snooze_s,
        status.context,
    )


def check_a_status():
    got = wire.encode_status(wire.Status(*STATUS_VALUES))
    assert got == bytes.fromhex(STATUS), got.hex()
    assert status_values(wire.decode_status(got)) == STATUS_VALUES


def check_a_status_may_say_nothing_of_nudges_and_contexts():
    status = wire.decode_status(wire.encode_status(wire.Status(*STATUS_VALUES[:11])))
    assert (status.since_buzz_s, status.snooze_s, status.context) == (65535, 0, 0)
    assert wire.NO_BUZZ_S == 65535


def check_what_a_later_release_appends_to_a_status_is_ignored():
    later = bytes.fromhex(STATUS) + b"\x01\x02\x03"
    assert status_values(wire.decode_status(later)) == STATUS_VALUES


def check_a_status_may_be_at_its_ends():
    for values in (
        (0, 0, 0, 0, 0, 0, -32768, 0, 0, 0, 0, 0, 0, 0),
        (255, 2047, 65535, 4294967295, 100, 65535, 32767)
        + (65535,) * 2
        + (4294967295,) * 2
        + (65535,) * 2
        + (3,),
    ):
        status = wire.decode_status(wire.encode_status(wire.Status(*values)))
        assert status_values(status) == values


def check_a_status_that_does_not_fit_is_refused():
    impossible = (
        (-1, 256, 1.0),  # mode
        (-1, 0x800, 1.0),  # flags
        (-1, 65536, 1.0),  # boot
        (-1, 1 << 32, 1.0),  # ticks
        (-1, 101, 87.5),  # battery in %
        (-1, 65536, 3912.0),  # battery in mV
        (-32769, 40000, -5.5),  # temperature
        (-1, 65536),  # lost samples
        (-1, 65536),  # buzzes
        (-1, 1 << 32),  # the log
        (-1, 1 << 32),
        (-1, 65536, 0.5),  # since the last nudge
        (-1, 65536, 0.5),  # snooze
        (-1, 4, 0.5),  # slot
    )
    for index in range(len(impossible)):
        for value in impossible[index] + (True, None):
            status = wire.Status(*replaced(STATUS_VALUES, index, value))
            assert refused(wire.encode_status, status), (index, value)


def check_a_broken_status_is_refused():
    good = bytes.fromhex(STATUS)
    for size in range(len(good)):
        assert refused(wire.decode_status, good[:size]), size
    assert refused(wire.decode_status, b"\x02" + good[1:]), "a later version"
    assert refused(wire.decode_status, good[:3] + b"\x08" + good[4:]), "an unknown flag"
    assert refused(wire.decode_status, good[:10] + b"\x65" + good[11:]), "101 %"
    assert refused(wire.decode_status, good[:-1] + b"\x04"), "a fifth slot"


# record 65536 | ticks 0x01020304 | boot 0xbeef | mean 12.50 = 1250 = 0x04e2
# | least -1.00 = -100 = 0xff9c | most 23.45 = 2345 = 0x0929 | lateral -0.50 = -50 = 0xffce
# | 15 mg | 4.0 s upright = 40 = 0x28, 5.5 s slumped = 55 = 0x37, 0, 0.5 s moving | 1 buzz
# | flags time set + samples lost = 5 | 1 700 000 000 // 20 = 85 000 000 = 1296 * 65536 + 0xff40
# | CRC-32 as in zip files over these 28 bytes = 0xaeaad26f, from a bitwise division by 0xedb88320
RECORD = (
    "00000100" + "04030201" + "efbe" + "e204" + "9cff" + "2909" + "ceff"
    "0f00" + "28" + "37" + "00" + "05" + "01" + "05" + "40ff" + "6fd2aaae"
)  # fmt: skip
RECORD_VALUES = (65536, 0x01020304, 0xBEEF, 1250, -100, 2345, -50, 15, 40, 55, 0, 5, 1, 5, 0xFF40)


def record_values(record):
    return (
        record.sequence,
        record.ticks,
        record.boot,
        record.mean_cdeg,
        record.min_cdeg,
        record.max_cdeg,
        record.lateral_cdeg,
        record.motion_mg,
        record.upright_ds,
        record.slumped_ds,
        record.back_ds,
        record.moving_ds,
        record.buzzes,
        record.flags,
        record.time_20s,
    )


def crc32_bit_by_bit(body):
    """The checksum in its textbook form, to know that both Pythons' own is the same."""
    remainder = 0xFFFFFFFF
    for byte in body:
        remainder ^= byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def check_the_checksum_is_that_of_zip_files():
    assert binascii.crc32(b"123456789") & 0xFFFFFFFF == 0xCBF43926  # its published check value
    body = bytes.fromhex(RECORD)[:28]
    assert crc32_bit_by_bit(body) == binascii.crc32(body) & 0xFFFFFFFF


def check_an_epoch_record():
    buffer = bytearray(b"\xaa" * 40)
    wire.encode_record(wire.EpochRecord(*RECORD_VALUES), buffer, 4)
    assert bytes(buffer[4:36]) == bytes.fromhex(RECORD), buffer[4:36].hex()
    assert bytes(buffer[:4]) == bytes(buffer[36:]) == b"\xaa" * 4
    assert record_values(wire.decode_record(buffer, 4)) == RECORD_VALUES


def check_a_record_may_be_at_its_ends():
    for values in (
        (0, 0, 0, -32768, -32768, -32768, -32768, 0, 0, 0, 0, 0, 0, 0, 0),
        (4294967295,) * 2 + (65535,) + (18000,) * 3 + (9000, 65535) + (100,) * 4 + (255, 7, 65535),
    ):
        buffer = bytearray(32)
        wire.encode_record(wire.EpochRecord(*values), buffer)
        assert record_values(wire.decode_record(buffer)) == values


def check_a_record_that_does_not_fit_is_refused():
    impossible = (
        (-1, 1 << 32, 1.0),  # sequence
        (-1, 1 << 32, 1.0),  # ticks
        (-1, 65536, 1.0),  # boot
        (-32769, 18001, 40000, 12.5),  # mean
        (-32769, 18001, 40000, 12.5),  # least
        (-32769, 18001, 40000, 12.5),  # most
        (-32769, 9001, 40000, 12.5),  # lateral
        (-1, 65536, 0.5),  # motion
        (-1, 101, 0.5),  # the four states
        (-1, 101, 0.5),
        (-1, 101, 0.5),
        (-1, 101, 0.5),
        (-1, 256, 0.5),  # buzzes
        (-1, 8, 0.5),  # flags
        (-1, 65536, 0.5),  # time
    )
    for index in range(len(impossible)):
        for value in impossible[index] + (True, None):
            record = wire.EpochRecord(*replaced(RECORD_VALUES, index, value))
            assert refused(wire.encode_record, record, bytearray(32)), (index, value)
    good = wire.EpochRecord(*RECORD_VALUES)
    assert refused(wire.encode_record, good, bytearray(31))
    assert refused(wire.encode_record, good, bytearray(32), 1)


def check_a_record_tells_the_time_in_steps_of_20_s_for_fifteen_days():
    # 1 700 000 000 s is a whole number of steps, the 85 000 000th.
    for unix_s, told in (
        (1700000000, 65344),
        (1700000019, 65344),
        (1700000020, 65345),
        (1700000000 + 20 * 192, 0),
        (1700000000 + 20 * 65536, 65344),
    ):
        record = wire.EpochRecord(*RECORD_VALUES[:13], 2)
        record.set_time(unix_s)
        assert (record.time_20s, record.flags) == (told, 2 | wire.RECORD_TIME_SET), unix_s


def check_a_damaged_record_is_refused():
    good = bytes.fromhex(RECORD)
    for at in range(32):
        for bit in range(8):
            damaged = bytearray(good)
            damaged[at] ^= 1 << bit
            assert refused(wire.decode_record, damaged), (at, bit)
    for size in range(32):
        assert refused(wire.decode_record, good[:size]), size


# version 1, how many records | the clip's boot and ticks while it reads
PAGE_OF_ONE = "0101" + "f0be" + "05030201" + RECORD
PAGE_AT_THE_END = "0100" + "f0be" + "05030201"


def check_a_log_page():
    buffer = bytearray(b"\xaa" * wire.MAX_PAYLOAD)
    size = wire.encode_page(0xBEF0, 0x01020305, [wire.EpochRecord(*RECORD_VALUES)], buffer)
    assert bytes(buffer[:size]) == bytes.fromhex(PAGE_OF_ONE), buffer[:size].hex()
    size = wire.encode_page(0xBEF0, 0x01020305, [], buffer)
    assert bytes(buffer[:size]) == bytes.fromhex(PAGE_AT_THE_END)


def check_a_log_page_is_read_back():
    boot, ticks, records = wire.decode_page(bytes.fromhex(PAGE_OF_ONE))
    assert (boot, ticks) == (0xBEF0, 0x01020305)
    assert [record_values(record) for record in records] == [RECORD_VALUES]
    assert wire.decode_page(bytes.fromhex(PAGE_AT_THE_END)) == (0xBEF0, 0x01020305, [])


def check_a_full_page_fits_a_notification():
    records = [wire.EpochRecord(*RECORD_VALUES)] * 7
    buffer = bytearray(244)
    assert wire.encode_page(0, 0, records, buffer) == 8 + 7 * 32 <= 244
    assert len(wire.decode_page(memoryview(buffer)[:232])[2]) == 7
    assert refused(wire.encode_page, 0, 0, records + records[:1], bytearray(300))
    assert refused(wire.encode_page, 0, 0, records, bytearray(231))


def check_a_page_that_breaks_the_protocol_is_refused():
    good = bytes.fromhex(PAGE_OF_ONE)
    for size in range(len(good)):
        assert refused(wire.decode_page, good[:size]), size
    assert refused(wire.decode_page, good + b"\x00")
    assert refused(wire.decode_page, b"\x02" + good[1:]), "a later version"
    assert refused(wire.decode_page, good[:-1] + b"\x00"), "a damaged record"
    for boot, ticks in ((-1, 0), (65536, 0), (0, -1), (0, 1 << 32), (0.0, 0), (0, True)):
        assert refused(wire.encode_page, boot, ticks, [], bytearray(8)), (boot, ticks)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
