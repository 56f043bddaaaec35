"""What every decoder makes of each line of a file; runs on CPython and on MicroPython.

A line is the name of a decoder and the payload in hex; the answer is the values read, or
``refused``.  Anything but ``WireError`` escapes and fails the run.
"""

import sys

from midback.shared import wire


def stream(payload):
    packet = wire.decode_stream(payload)
    header = [packet.kind, packet.flags, packet.sequence, packet.boot, packet.ticks]
    return header + [packet.period_us, packet.count] + list(packet.counts)  # noqa: RUF005


def command(payload):
    read = wire.decode_command(payload)
    return [read.op, read.tag, list(read.args)]


def reply(payload):
    read = wire.decode_reply(payload)
    return [read.op, read.tag, read.result, read.data.hex()]


def status(payload):
    read = wire.decode_status(payload)
    return [getattr(read, name) for name in wire.Status.__slots__]


def record(payload):
    return fields(wire.decode_record(payload))


def page(payload):
    boot, ticks, records = wire.decode_page(payload)
    return [boot, ticks, [fields(read) for read in records]]


def fields(read):
    return [getattr(read, name) for name in wire.EpochRecord.__slots__]


DECODERS = {
    "stream": stream,
    "command": command,
    "reply": reply,
    "status": status,
    "record": record,
    "page": page,
}


def verdict(name, payload):
    try:
        return str(DECODERS[name](payload))
    except wire.WireError:
        return "refused"


if __name__ == "__main__":
    with open(sys.argv[1]) as lines:  # noqa: PTH123  # the board has no pathlib
        for line in lines:
            decoder, payload = (line.strip() + " ").split(" ")[:2]
            print(verdict(decoder, bytes.fromhex(payload)))
