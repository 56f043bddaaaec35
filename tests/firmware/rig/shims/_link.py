# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: PTH123, SIM115  # files of the operating system's numbers, open for life
"""The board's end of the link to the host side; see ``_ops`` for what is said.

Time stands still except in ``advance``, and events are handled there.
"""

import os
import sys
from struct import pack, unpack_from

import _ops

now_us = 0
"""Virtual time since the board came on."""

_channel = open(int(os.getenv("CLIP_LINK")), "r+b", 0)
_head = bytearray(3)
_handlers = {}


def send(op, payload=b""):
    _channel.write(pack("<HB", len(payload), op) + payload)


def call(op, payload=b""):
    """Send and wait for the reply."""
    send(op, payload)
    if _channel.readinto(_head) != 3:
        sys.exit(0)  # the host side has gone
    length = _head[0] | _head[1] << 8
    return _channel.read(length) if length else b""


def on(op, handler):
    _handlers[op] = handler


def _handle(op, payload):
    handler = _handlers.get(op)
    if handler:
        handler(payload)


def run_handler(handler, argument):
    """Call a soft interrupt handler: what it raises is printed, and the board goes on."""
    try:
        handler(argument)
    except Exception as error:
        sys.print_exception(error)


def advance(us):
    """Let *us* microseconds pass, fewer when something happens earlier; return how many did."""
    reply = call(_ops.ADVANCE, pack("<I", min(us, _ops.LONGEST_US)))
    return _passed(reply, 4)


def light_sleep(ms):
    """Sleep until *ms* are over or a pin wakes the board; return why it woke."""
    reply = call(_ops.LIGHT_SLEEP, pack("<I", ms))
    _passed(reply, 5)
    return reply[4]


def _passed(reply, at):
    global now_us
    us = unpack_from("<I", reply)[0]
    now_us += us
    while at < len(reply):
        length, op = unpack_from("<HB", reply, at)
        at += 3 + length
        _handle(op, reply[at - length : at])
    return us


def _start():
    global now_us, boot
    boot = call(_ops.BOOT)
    now_us = unpack_from("<Q", boot, 2)[0]


boot = b""
"""What the host side said at the start: see ``_ops.BOOT``."""

_start()
