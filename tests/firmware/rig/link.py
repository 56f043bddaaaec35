"""The host side's end of the link to a firmware that shares the event loop's time.

The firmware's time passes with the loop's, and only while it waits; while it computes, the loop
does nothing else.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Mapping

from firmware.rig.hardware import Answer
from firmware.rig.lockstep import lockstep_loop
from firmware.rig.process import Process
from firmware.rig.shims import _ops as ops

Work = Callable[[bytes], Awaitable[bytes | None]]
"""Does what the firmware wants, in its time; returns the reply if it waits for one."""

_HEAD = struct.Struct("<HB")
_ENDING_S = 5.0


class Link:
    """The link to one start of the firmware.

    Args:
        process: which runs it.
        answers: what is done at once, for each op.
        works: what takes time; what the firmware wants next waits for its end.
        ended: called once it ended by itself or hangs (``None``), or with what ends the test.
    """

    def __init__(
        self,
        process: Process,
        answers: Mapping[int, Answer],
        works: Mapping[int, Work],
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._process, self._answers, self._works = process, answers, works
        self._ended = ended
        self._loop = lockstep_loop()
        self._start_s = self._loop.time()
        self._known_us = 0
        self._events = bytearray()
        self._waiting: asyncio.TimerHandle | None = None
        self._working: asyncio.Task[None] | None = None
        self._on = True
        self._loop.add_reader(process.socket, self._hear)
        self._loop.computing.add(self)

    def tell(self, op: int, payload: bytes) -> None:
        """Send an event; one that waits for time to pass hears it now."""
        if self._on:
            self._events += _HEAD.pack(len(payload), op) + payload
            if self._waiting is not None:
                self._end_wait()

    def passed(self, after: bytes = b"") -> bytes:
        """The reply to a wait: the time since the last one, *after* that, and the events."""
        before_us, self._known_us = self._known_us, self._now_us
        reply = struct.pack("<I", self._now_us - before_us) + after + self._events
        self._events.clear()
        return reply

    def stop(self) -> None:
        """It has no power any more; again is no matter."""
        if self._on:
            self._on = False
            self._loop.remove_reader(self._process.socket)
            self._loop.computing.discard(self)
            if self._waiting is not None:
                self._waiting.cancel()

    async def close(self) -> None:
        """Let the work under way end, and the process."""
        self.stop()
        if (work := self._working) is not None:
            # bumble does not like to be cancelled in the middle of a command.
            await asyncio.wait({work}, timeout=_ENDING_S)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        self._process.kill()

    def look(self) -> None:
        """It computes, and still says nothing."""
        if self._process.hangs():
            self._loop.computing.discard(self)
            self._ended(None)

    @property
    def _now_us(self) -> int:
        return round((self._loop.time() - self._start_s) * 1e6)

    # What it says

    def _hear(self) -> None:
        if self._process.hear():
            self._do_all()
        else:
            self.stop()
            self._ended(None)

    def _do_all(self) -> None:
        try:
            while self._on and self._working is None and (heard := self._process.message()):
                self._do(*heard)
        except Exception as error:  # such as a fault of a model: it ends the test
            self.stop()
            self._ended(error)

    def _do(self, op: int, payload: bytes) -> None:
        if op == ops.ADVANCE:
            self._wait(*struct.unpack("<I", payload))
        elif op in self._answers:
            self._reply(op, self._answers[op](payload))
        else:
            self._loop.computing.discard(self)
            self._working = self._loop.create_task(self._work(op, payload))

    async def _work(self, op: int, payload: bytes) -> None:
        try:
            reply = await self._works[op](payload)
        except Exception as error:  # as above
            self.stop()
            self._ended(error)
        else:
            self._reply(op, reply)
        finally:
            self._working = None
        self._do_all()

    def _wait(self, us: int) -> None:
        self._loop.computing.discard(self)
        due_s = self._start_s + (self._known_us + us) / 1e6
        self._waiting = self._loop.call_at(due_s, self._end_wait)
        if self._events:
            self._end_wait()

    def _end_wait(self) -> None:
        assert self._waiting is not None
        self._waiting.cancel()
        self._waiting = None
        self._reply(ops.ADVANCE, self.passed())

    def _reply(self, op: int, payload: bytes | None) -> None:
        """Let it go on, with a reply if it waits for one."""
        if not self._on:
            return
        if payload is not None:
            self._process.say(op, payload)
        self._loop.computing.add(self)
