# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: PTH123, SIM115  # files of the operating system's numbers, open for life
"""The board's end of the link to the host side; see ``_ops`` for what is said.

Virtual time stands still except in ``advance``.  In real time a thread of its own reads events
and has them handled by ``micropython.schedule``, between two instructions of the firmware, as the
radio's interrupts are on a board.
"""

import os
import sys
from struct import pack, unpack_from

import _ops
import micropython
import utime

VIRTUAL = os.getenv("CLIP_TIME") == "virtual"

now_us = 0
"""Virtual time since the board came on."""

_requests = open(int(os.getenv("CLIP_REQUESTS")), "r+b", 0)
_head = bytearray(3)
_handlers = {}
_busy = 0
_deferred = []


def send(op, payload=b""):
    _requests.write(pack("<HB", len(payload), op) + payload)


def call(op, payload=b""):
    """Send and wait for the reply; events that come meanwhile are handled after it."""
    global _busy
    _busy += 1
    send(op, payload)
    reply = _read_message(_requests, _head)
    _busy -= 1
    while _deferred and not _busy:
        _handle(*_deferred.pop(0))
    return reply


def _read_message(channel, head):
    if channel.readinto(head) != 3:
        sys.exit(0)  # the host side has gone
    length = head[0] | head[1] << 8
    return channel.read(length) if length else b""


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


# Virtual time


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


# Real time


def _dispatch(message):
    if _busy:  # in the middle of a call: its reply comes first
        _deferred.append(message)
    else:
        _handle(*message)


def _read_events(channel):
    head = bytearray(3)
    while True:
        payload = _read_message(channel, head)
        _schedule((head[2], payload))


def _schedule(message):
    while True:
        try:
            micropython.schedule(_dispatch, message)
            return
        except RuntimeError:  # its queue is full
            utime.sleep_ms(1)


def _start():
    global now_us, boot
    boot = call(_ops.BOOT)
    now_us = unpack_from("<Q", boot, 2)[0]
    if not VIRTUAL:
        import _thread

        channel = open(int(os.getenv("CLIP_EVENTS")), "r+b", 0)
        _thread.start_new_thread(_read_events, (channel,))


boot = b""
"""What the host side said at the start: see ``_ops.BOOT``."""

_start()
