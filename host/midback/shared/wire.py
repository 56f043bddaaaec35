"""Bytes <-> packets: the only definition of what clip and host say to each other.

Runs unchanged on CPython (``midback.shared.wire``) and on the board, so it
uses only the language both share.  All integers are little-endian.  Every
message starts with the protocol version.  Every decoder takes any bytes and
either returns a value or raises ``WireError``; every encoder refuses values
that do not fit, because the board's ``struct`` would wrap them silently.

Limits: stream packets and log pages fit an ATT MTU of 247 bytes.
"""

import binascii
import struct

VERSION = 1

SERVICE_UUID = "6d1d0001-8f5a-4c63-9f0e-2b7a54c0e9d1"
STREAM_UUID = "6d1d0002-8f5a-4c63-9f0e-2b7a54c0e9d1"
CONTROL_UUID = "6d1d0003-8f5a-4c63-9f0e-2b7a54c0e9d1"
STATUS_UUID = "6d1d0004-8f5a-4c63-9f0e-2b7a54c0e9d1"
LOG_UUID = "6d1d0005-8f5a-4c63-9f0e-2b7a54c0e9d1"

MAX_PAYLOAD = 244  # an ATT MTU of 247 less the three bytes of its header

TICK_S = 1e-4
TICKS_MODULUS = 1 << 32
SEQUENCE_MODULUS = 1 << 16
PERIOD_UNIT_US = 10

# Sensor scales on the wire: range matters, bits do not.  A gyroscope at 500 dps
# saturates in fast movement and costs twelve times the tilt error of a coarser one.
G_PER_COUNT = 16.0 / 32768.0
DPS_PER_COUNT = 2000.0 / 32768.0
QUATERNION_ONE = 32767

KIND_ORIENTATION = 1  # w x y z of earth_from_clip, then ax ay az
KIND_RAW = 2  # ax ay az, then gx gy gz
WIDTH = {KIND_ORIENTATION: 7, KIND_RAW: 6}

FLAG_LOST = 0x01  # samples were lost before this packet
FLAG_SHAKEN = 0x02  # the motor ran during these samples or just before
FLAG_OFF_BODY = 0x04  # the clip finds that nobody wears it
FLAG_RESENT = 0x08  # sent again on request
FLAG_DOUBTFUL = 0x10  # it is in doubt whether anybody wears the clip: nothing tells of a body
_STREAM_FLAGS = 0x1F

_HEADER = "<BBBBHHIH"  # version, kind, count, flags, sequence, boot, ticks, period
HEADER_SIZE = 14
MAX_SAMPLES = {KIND_ORIENTATION: 16, KIND_RAW: 19}


class WireError(ValueError):
    """These bytes, or these values, do not follow the protocol."""


class StreamPacket:
    """A run of equally spaced samples.

    ``sequence`` counts packets and wraps at 65536.  ``boot`` is drawn anew at
    every power-on.  ``ticks`` is the clip's clock (100 microseconds a tick,
    wraps after 119 h) at the *last* sample, ``period_us`` what the clip
    believes lies between two samples.  ``counts`` holds the samples oldest
    first, ``WIDTH[kind]`` integers each:

    - ``KIND_ORIENTATION``: the unit quaternion w, x, y, z that takes clip
      coordinates to earth coordinates (z up, any heading; 32767 is 1.0), then
      acceleration x, y, z in ``G_PER_COUNT``.
    - ``KIND_RAW``: acceleration x, y, z in ``G_PER_COUNT``, then rate x, y, z
      in ``DPS_PER_COUNT``.

    Acceleration is the specific force: a clip at rest reads 1 g upwards.
    """

    __slots__ = ("boot", "counts", "flags", "kind", "period_us", "sequence", "ticks")

    def __init__(
        self,
        kind: int,
        flags: int,
        sequence: int,
        boot: int,
        ticks: int,
        period_us: int,
        counts: tuple[int, ...] | list[int],
    ) -> None:
        self.kind = kind
        self.flags = flags
        self.sequence = sequence
        self.boot = boot
        self.ticks = ticks
        self.period_us = period_us
        self.counts = counts

    @property
    def count(self) -> int:
        """How many samples the packet holds."""
        return len(self.counts) // WIDTH[self.kind]


def encode_stream(packet: StreamPacket, buffer: bytearray) -> int:
    """Write *packet* into *buffer*; return the number of bytes used.

    The firmware keeps one buffer for life, so encoding allocates next to nothing.

    Raises:
        WireError: a value does not fit, or the buffer is too short.
    """
    kind = packet.kind
    _check_range(kind, KIND_ORIENTATION, KIND_RAW, "kind")
    width = WIDTH[kind]
    counts = packet.counts
    count = len(counts) // width
    if count * width != len(counts) or not 0 < count <= MAX_SAMPLES[kind]:
        raise WireError("%d numbers are not 1 to %d samples" % (len(counts), MAX_SAMPLES[kind]))
    size = HEADER_SIZE + 2 * len(counts)
    if len(buffer) < size:
        raise WireError("the buffer holds %d of %d bytes" % (len(buffer), size))
    _check_range(packet.period_us, PERIOD_UNIT_US, 0xFFFF * PERIOD_UNIT_US, "period in us")
    period, rest = divmod(packet.period_us, PERIOD_UNIT_US)
    if rest:
        raise WireError("a period of %d us is not in whole 10 us" % packet.period_us)
    _check_range(packet.flags, 0, _STREAM_FLAGS, "flags")
    _check_range(packet.sequence, 0, 0xFFFF, "sequence")
    _check_range(packet.boot, 0, 0xFFFF, "boot id")
    _check_range(packet.ticks, 0, 0xFFFFFFFF, "ticks")
    struct.pack_into(
        _HEADER,
        buffer,
        0,
        VERSION,
        kind,
        count,
        packet.flags,
        packet.sequence,
        packet.boot,
        packet.ticks,
        period,
    )
    for value in counts:
        if type(value) is not int or not -32768 <= value <= 32767:
            raise WireError("count %r is not within -32768 to 32767" % (value,))
    struct.pack_into("<%dh" % len(counts), buffer, HEADER_SIZE, *counts)
    return size


def decode_stream(payload: bytes | bytearray | memoryview) -> StreamPacket:
    """Read one stream notification.

    Raises:
        WireError: it does not follow the protocol.
    """
    if len(payload) < HEADER_SIZE:
        raise WireError("%d bytes are too short for a stream packet" % len(payload))
    version, kind, count, flags, sequence, boot, ticks, period = struct.unpack_from(
        _HEADER, payload, 0
    )
    _check_version(version)
    if kind not in WIDTH:
        raise WireError("unknown stream kind %d" % kind)
    if not 0 < count <= MAX_SAMPLES[kind]:
        raise WireError("%d samples of kind %d cannot be" % (count, kind))
    numbers = count * WIDTH[kind]
    if len(payload) != HEADER_SIZE + 2 * numbers:
        raise WireError("%d bytes do not hold %d samples" % (len(payload), count))
    if flags > _STREAM_FLAGS:
        raise WireError("unknown flags 0x%x" % flags)
    if period == 0:
        raise WireError("samples cannot be 0 us apart")
    counts: tuple[int, ...] = struct.unpack_from("<%dh" % numbers, payload, HEADER_SIZE)
    return StreamPacket(kind, flags, sequence, boot, ticks, period * PERIOD_UNIT_US, counts)


# Control: a command and its reply carry the same tag, so a late reply finds its question.

OP_START = 0x01
OP_STOP = 0x02
OP_BUZZ = 0x03
OP_HEARTBEAT = 0x04  # or any other command, at least once in SILENCE_S
OP_ACKNOWLEDGE = 0x05
OP_RESEND = 0x06
OP_SET_TIME = 0x07
OP_ZERO_GYRO = 0x08
OP_SET_NEUTRAL = 0x09
OP_SET_SLUMP = 0x0A
OP_SNOOZE = 0x0B
OP_LOG_READ = 0x0C
OP_LOG_TRIM = 0x0D
OP_IDENTIFY = 0x0E
OP_RESTART = 0x0F
OP_ALONE = 0x10
OP_USE_CONTEXT = 0x11

# A system may keep the link of a program that is dead, and nobody else finds the clip meanwhile: a
# link on which no command came for so long is ended by the clip.  Whoever has nothing to ask for
# sends OP_HEARTBEAT, as midback does every 2 s, or OP_ACKNOWLEDGE, which takes no lease.
SILENCE_S = 300

# A clip keeps so many neutrals of its wearer, each with its slump lines, in slots from 0 on.  It
# judges by the one in use, until the host or the wearer's button goes to another one.
SLOTS = 4

# op -> (arguments as struct sees them, their names, the least and the most of each in turn).  Two
# flat rows and not a table of fields, which would take a board twice the memory.
COMMANDS: dict[int, tuple[str, str, tuple[int, ...]]] = {
    OP_START: ("<BHB", "kind, period in 10 us, samples a packet", (1, 2, 500, 20000, 1, 19)),
    OP_STOP: ("<", "", ()),
    OP_BUZZ: ("<BBB", "pattern, repeats, strength in %", (0, 4, 1, 5, 1, 100)),
    OP_HEARTBEAT: ("<B", "lease in s", (1, 60)),
    OP_ACKNOWLEDGE: ("<HH", "boot id, sequence", (0, 0xFFFF, 0, 0xFFFF)),
    OP_RESEND: ("<HHH", "boot id, first sequence, packets", (0, 0xFFFF, 0, 0xFFFF, 1, 600)),
    OP_SET_TIME: ("<Q", "unix time in ms", (0, (1 << 47) - 1)),
    OP_ZERO_GYRO: ("<", "", ()),
    # Two unit vectors in clip coordinates, 32767 = 1.0: up while sitting tall, and left.  All of
    # them 0 empties the slot; the one in use may not be emptied.
    OP_SET_NEUTRAL: (
        "<Bhhhhhh",
        "slot, up x, up y, up z, left x, left y, left z",
        (0, SLOTS - 1) + 6 * (-32767, 32767),
    ),
    # Centidegrees and tenths of a second; a backward line of 0 means there is none.
    OP_SET_SLUMP: (
        "<BhhhhHH",
        "slot, forward line, forward way out, backward line, backward way out, hold, exit hold",
        (0, SLOTS - 1, 300, 9000, 0, 9000, 0, 9000, 0, 9000, 10, 36000, 0, 600),
    ),
    OP_SNOOZE: ("<H", "seconds", (0, 65535)),
    OP_LOG_READ: ("<IB", "first record, pages", (0, 0xFFFFFFFF, 1, 32)),
    OP_LOG_TRIM: ("<I", "up to record", (0, 0xFFFFFFFF)),
    OP_IDENTIFY: ("<", "", ()),
    OP_RESTART: ("<", "", ()),
    # 1: the radio stays off, but for a minute after the button was held.
    OP_ALONE: ("<B", "alone", (0, 1)),
    # Of an empty slot it is refused.
    OP_USE_CONTEXT: ("<B", "slot", (0, SLOTS - 1)),
}

PATTERN_TICK = 0
PATTERN_NUDGE = 1
PATTERN_STRONG = 2
PATTERN_LONG = 3
PATTERN_LOW_BATTERY = 4

OK = 0
BAD_COMMAND = 1
BAD_ARGUMENT = 2
BUSY = 3
REFUSED = 4
STORAGE = 5
_REPLY_BIT = 0x80
_MAX_REPLY_DATA = MAX_PAYLOAD - 4


class Command:
    """What the host asks: ``op``, a ``tag`` that the reply repeats, and integer ``args``."""

    __slots__ = ("args", "op", "tag")

    def __init__(self, op: int, tag: int, args: tuple[int, ...]) -> None:
        self.op = op
        self.tag = tag
        self.args = args


class Reply:
    """What the clip answers: the ``op`` and ``tag`` asked, a ``result`` code, ``data``."""

    __slots__ = ("data", "op", "result", "tag")

    def __init__(self, op: int, tag: int, result: int, data: bytes) -> None:
        self.op = op
        self.tag = tag
        self.result = result
        self.data = data


def encode_command(op: int, tag: int, *args: int) -> bytes:
    """Return the bytes of one command.

    Raises:
        WireError: unknown op, wrong number of arguments, or one out of its range.
    """
    _check_range(op, 0, 0x7F, "op")
    if op not in COMMANDS:
        raise WireError("unknown command 0x%02x" % op)
    layout, names, limits = COMMANDS[op]
    _check_range(tag, 0, 0xFF, "tag")
    _check_arguments(args, names, limits)
    return bytes((VERSION, op, tag)) + struct.pack(layout, *args)


def decode_command(payload: bytes | bytearray | memoryview) -> Command:
    """Read one command.

    Raises:
        WireError: it does not follow the protocol.
    """
    if len(payload) < 3:
        raise WireError("%d bytes are too short for a command" % len(payload))
    _check_version(payload[0])
    op, tag = payload[1], payload[2]
    if op not in COMMANDS:
        raise WireError("unknown command 0x%02x" % op)
    layout, names, limits = COMMANDS[op]
    if len(payload) != 3 + struct.calcsize(layout):
        raise WireError("command 0x%02x does not have %d bytes" % (op, len(payload)))
    args: tuple[int, ...] = struct.unpack_from(layout, payload, 3)
    _check_arguments(args, names, limits)
    return Command(op, tag, args)


def encode_reply(
    op: int, tag: int, result: int, data: bytes | bytearray | memoryview = b""
) -> bytes:
    """Return the bytes that answer a command.

    Raises:
        WireError: a value does not fit.
    """
    _check_range(op, 0, 0x7F, "op")
    _check_range(tag, 0, 0xFF, "tag")
    _check_range(result, OK, STORAGE, "result")
    if len(data) > _MAX_REPLY_DATA:
        raise WireError("%d bytes are too long for a reply" % len(data))
    return bytes((VERSION, _REPLY_BIT | op, tag, result)) + bytes(data)


def decode_reply(payload: bytes | bytearray | memoryview) -> Reply:
    """Read one reply.

    Raises:
        WireError: it does not follow the protocol.
    """
    if not 4 <= len(payload) <= MAX_PAYLOAD:
        raise WireError("%d bytes are no reply" % len(payload))
    _check_version(payload[0])
    if not payload[1] & _REPLY_BIT:
        raise WireError("0x%02x is not a reply" % payload[1])
    _check_range(payload[3], OK, STORAGE, "result")
    return Reply(payload[1] & 0x7F, payload[2], payload[3], bytes(payload[4:]))


_KEPT = "<HH"


def encode_kept(first: int, count: int) -> bytes:
    """Return the data of the reply to ``OP_RESEND``.

    Of the packets asked for that it has made, the clip still has *count* from sequence *first*
    on, sent before or still to come in their turn; a *count* of 0 is none.  All others asked for
    never come.  Those sent again come in order: one that a later one overtakes has made room for
    newer packets meanwhile, and does not come either.

    Raises:
        WireError: a value does not fit.
    """
    _check_range(first, 0, 0xFFFF, "first sequence")
    _check_range(count, 0, 0xFFFF, "packets kept")
    return struct.pack(_KEPT, first, count)


def decode_kept(data: bytes | bytearray | memoryview) -> tuple[int, int]:
    """Read the data of the reply to ``OP_RESEND``: ``(first, count)``.

    Raises:
        WireError: it does not follow the protocol.
    """
    if len(data) != struct.calcsize(_KEPT):
        raise WireError("%d bytes do not tell which packets are kept" % len(data))
    first, count = struct.unpack_from(_KEPT, data, 0)
    return first, count


# Status: read on connecting, notified about every ten seconds, and when another slot is in use.

STATUS_STREAMING = 0x0001
STATUS_NEUTRAL_SET = 0x0002
STATUS_OFF_BODY = 0x0004
STATUS_CHARGING = 0x0008
STATUS_LOW_BATTERY = 0x0010
STATUS_TIME_SET = 0x0020
STATUS_BONDED_ONLY = 0x0040
STATUS_SETTINGS_LOST = 0x0080
STATUS_NO_IMU = 0x0100
STATUS_SAFE_MODE = 0x0200
STATUS_ALONE = 0x0400  # the radio goes off by itself
_STATUS_FLAGS = 0x07FF

NO_BUZZ_S = 0xFFFF

_STATUS = "<BBHHIBHhHHIIHHB"
_STATUS_NAMES = (
    "mode, flags, boot id, ticks, battery in %, battery in mV, temperature, lost samples, buzzes, "
    "first log record, next log record, seconds since the last nudge, seconds of snooze, "
    "slot in use"
)
_STATUS_LIMITS = (
    (0, 255, 0, _STATUS_FLAGS, 0, 0xFFFF, 0, 0xFFFFFFFF, 0, 100, 0, 0xFFFF, -32768, 32767)
    + (0, 0xFFFF, 0, 0xFFFF, 0, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0, NO_BUZZ_S, 0, 0xFFFF)
    + (0, SLOTS - 1)
)

MODE_LIVE = 0
MODE_ALONE = 1
MODE_SAFE = 2


class Status:
    """How the clip is: battery (percent, millivolts), chip temperature (0.01 degC), counters.

    The log holds records ``log_first`` up to but without ``log_next``.  ``since_buzz_s`` counts
    whole seconds from the last nudge or strong nudge, whoever asked for it; ``NO_BUZZ_S``: none
    in this boot, or longer ago.  ``snooze_s`` is how long the wearer's rest still lasts, and
    ``context`` the slot in use, whose neutral ``STATUS_NEUTRAL_SET`` is about.
    """

    __slots__ = (
        "battery_mv",
        "battery_percent",
        "boot",
        "buzzes",
        "context",
        "flags",
        "log_first",
        "log_next",
        "lost_samples",
        "mode",
        "since_buzz_s",
        "snooze_s",
        "temperature_cdeg",
        "ticks",
    )

    def __init__(
        self,
        mode: int,
        flags: int,
        boot: int,
        ticks: int,
        battery_percent: int,
        battery_mv: int,
        temperature_cdeg: int,
        lost_samples: int,
        buzzes: int,
        log_first: int,
        log_next: int,
        since_buzz_s: int = NO_BUZZ_S,
        snooze_s: int = 0,
        context: int = 0,
    ) -> None:
        self.mode = mode
        self.flags = flags
        self.boot = boot
        self.ticks = ticks
        self.battery_percent = battery_percent
        self.battery_mv = battery_mv
        self.temperature_cdeg = temperature_cdeg
        self.lost_samples = lost_samples
        self.buzzes = buzzes
        self.log_first = log_first
        self.log_next = log_next
        self.since_buzz_s = since_buzz_s
        self.snooze_s = snooze_s
        self.context = context


def encode_status(status: Status) -> bytes:
    """Return the bytes of a status.

    Raises:
        WireError: a value does not fit.
    """
    values = (
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
    _check_arguments(values, _STATUS_NAMES, _STATUS_LIMITS)
    return struct.pack(_STATUS, VERSION, *values)


def decode_status(payload: bytes | bytearray | memoryview) -> Status:
    """Read a status; bytes that a later minor release appended are ignored.

    Raises:
        WireError: it does not follow the protocol.
    """
    size = struct.calcsize(_STATUS)
    if len(payload) < size:
        raise WireError("%d bytes are too short for a status" % len(payload))
    values = struct.unpack_from(_STATUS, payload, 0)
    _check_version(values[0])
    _check_arguments(values[1:], _STATUS_NAMES, _STATUS_LIMITS)
    return Status(*values[1:])


# The log: one record every ten seconds, kept in the clip's flash until the host has it.

EPOCH_S = 10
RECORD_SIZE = 32
MAX_RECORDS = 7
ANGLE_UNKNOWN = -32768

RECORD_TIME_SET = 0x01  # the clip knew the time: ``time_20s`` holds it
RECORD_OFF_BODY = 0x02
RECORD_LOST = 0x04  # samples were lost in this epoch

TIME_UNIT_S = 20
TIME_MODULUS = 1 << 16

_RECORD = "<IIHhhhhHBBBBBBH"
_RECORD_NAMES = (
    "sequence, ticks, boot id, mean flexion, least flexion, most flexion, mean lateral, motion, "
    "upright, slumped, leaning back, moving, buzzes, flags, time in 20 s"
)
_RECORD_LIMITS = (
    (0, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0, 0xFFFF, -32768, 18000, -32768, 18000, -32768, 18000)
    + (-32768, 9000, 0, 0xFFFF, 0, 100, 0, 100, 0, 100, 0, 100, 0, 255, 0, 7)
    + (0, TIME_MODULUS - 1)
)
_PAGE_HEADER = "<BBHI"  # version, count, boot at the time of reading, ticks then
PAGE_HEADER_SIZE = 8


class EpochRecord:
    """Ten seconds on the clip.

    Angles in 0.01 deg (``ANGLE_UNKNOWN`` without calibration), motion as the
    spread of acceleration in milli-g, times in states in tenths of a second.
    ``ticks`` is the clip's clock at the end of the epoch, ``time_20s`` the
    unix time there in whole units of 20 s, modulo 65536: 15.2 days, so that
    going back from now, record by record, tells them apart as long as no
    pause is longer.  It means something where ``RECORD_TIME_SET`` is among
    the flags, and no more than the clip knew: a clock that runs on in deep
    sleep is some percent off.
    """

    __slots__ = (
        "back_ds",
        "boot",
        "buzzes",
        "flags",
        "lateral_cdeg",
        "max_cdeg",
        "mean_cdeg",
        "min_cdeg",
        "motion_mg",
        "moving_ds",
        "sequence",
        "slumped_ds",
        "ticks",
        "time_20s",
        "upright_ds",
    )

    def __init__(
        self,
        sequence: int,
        ticks: int,
        boot: int,
        mean_cdeg: int,
        min_cdeg: int,
        max_cdeg: int,
        lateral_cdeg: int,
        motion_mg: int,
        upright_ds: int,
        slumped_ds: int,
        back_ds: int,
        moving_ds: int,
        buzzes: int,
        flags: int,
        time_20s: int = 0,
    ) -> None:
        self.sequence = sequence
        self.ticks = ticks
        self.boot = boot
        self.mean_cdeg = mean_cdeg
        self.min_cdeg = min_cdeg
        self.max_cdeg = max_cdeg
        self.lateral_cdeg = lateral_cdeg
        self.motion_mg = motion_mg
        self.upright_ds = upright_ds
        self.slumped_ds = slumped_ds
        self.back_ds = back_ds
        self.moving_ds = moving_ds
        self.buzzes = buzzes
        self.flags = flags
        self.time_20s = time_20s

    def set_time(self, unix_s: int) -> None:
        """The clip knew the time: *unix_s* at the end of the epoch."""
        self.time_20s = unix_s // TIME_UNIT_S % TIME_MODULUS
        self.flags |= RECORD_TIME_SET


def encode_record(record: EpochRecord, buffer: bytearray, at: int = 0) -> None:
    """Write one 32-byte record, its CRC last, into *buffer* at *at*.

    Raises:
        WireError: a value does not fit.
    """
    values = (
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
    _check_arguments(values, _RECORD_NAMES, _RECORD_LIMITS)
    if len(buffer) < at + RECORD_SIZE:
        raise WireError("no room for a record")
    struct.pack_into(_RECORD, buffer, at, *values)
    body = memoryview(buffer)[at : at + RECORD_SIZE - 4]
    struct.pack_into("<I", buffer, at + RECORD_SIZE - 4, binascii.crc32(body) & 0xFFFFFFFF)


def decode_record(payload: bytes | bytearray | memoryview, at: int = 0) -> EpochRecord:
    """Read one record.

    Raises:
        WireError: it is cut short, or its CRC does not match.
    """
    if len(payload) < at + RECORD_SIZE:
        raise WireError("a record is cut short")
    body = memoryview(payload)[at : at + RECORD_SIZE - 4]
    (crc,) = struct.unpack_from("<I", payload, at + RECORD_SIZE - 4)
    if binascii.crc32(body) & 0xFFFFFFFF != crc:
        raise WireError("a log record is damaged")
    values = struct.unpack_from(_RECORD, payload, at)
    _check_arguments(values, _RECORD_NAMES, _RECORD_LIMITS)
    return EpochRecord(*values)


def encode_page(
    boot: int,
    ticks: int,
    records: list[EpochRecord] | tuple[EpochRecord, ...],
    buffer: bytearray,
) -> int:
    """Write a log page, stamped with the clip's clock now; return the bytes used.

    Raises:
        WireError: a value does not fit.
    """
    count = len(records)
    if not 0 <= count <= MAX_RECORDS:
        raise WireError("a page holds up to %d records, not %d" % (MAX_RECORDS, count))
    size = PAGE_HEADER_SIZE + count * RECORD_SIZE
    if len(buffer) < size:
        raise WireError("the buffer holds %d of %d bytes" % (len(buffer), size))
    _check_range(boot, 0, 0xFFFF, "boot id")
    _check_range(ticks, 0, 0xFFFFFFFF, "ticks")
    struct.pack_into(_PAGE_HEADER, buffer, 0, VERSION, count, boot, ticks)
    for i in range(count):
        encode_record(records[i], buffer, PAGE_HEADER_SIZE + i * RECORD_SIZE)
    return size


def decode_page(payload: bytes | bytearray | memoryview) -> tuple[int, int, list[EpochRecord]]:
    """Read a log page: ``(boot, ticks, records)``; an empty page ends the log.

    Raises:
        WireError: it does not follow the protocol, or a record is damaged.
    """
    if len(payload) < PAGE_HEADER_SIZE:
        raise WireError("%d bytes are too short for a log page" % len(payload))
    version, count, boot, ticks = struct.unpack_from(_PAGE_HEADER, payload, 0)
    _check_version(version)
    if count > MAX_RECORDS or len(payload) != PAGE_HEADER_SIZE + count * RECORD_SIZE:
        raise WireError("%d bytes do not hold %d records" % (len(payload), count))
    records = [decode_record(payload, PAGE_HEADER_SIZE + i * RECORD_SIZE) for i in range(count)]
    return boot, ticks, records


def _check_version(version: int) -> None:
    if version != VERSION:
        raise WireError("protocol version %d, expected %d" % (version, VERSION))


def _check_range(value: object, least: int, most: int, names: str, at: int = 0) -> None:
    # The board's struct takes a float, and there a bool is no int: both are refused everywhere.
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        name = names.split(", ")[at]
        raise WireError("%s %r is not within %d to %d" % (name, value, least, most))


def _check_arguments(values: tuple[int, ...], names: str, limits: tuple[int, ...]) -> None:
    if 2 * len(values) != len(limits):
        raise WireError("%d values where %d belong" % (len(values), len(limits) // 2))
    for i in range(len(values)):
        _check_range(values[i], limits[2 * i], limits[2 * i + 1], names, i)
