"""A MicroPython at the other end of a serial port, its own program interrupted.

Speaks through mpremote's serial transport, which is not a documented interface: this is the only
module that touches it, and the tests run it against a real MicroPython.
It gives no reason for a port that does not open, waits without end unless told not to, and
prints; all three are mended here.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from typing import Protocol, cast

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from midback.errors import ClipError, ClipLost, ClipNotFound
from midback.flashing.chips import DOWNLOADS
from midback.flashing.ports import why_not

PROMPT = b">>> "
_SILENCE_S = 10.0
"""Longer than erasing any block of flash takes."""

_SHORTLY_S = 0.2
_RESTARTED_S = 0.3
_TRIES = 3
_TRY_S = 3.0

# A watchdog that was started cannot be stopped, and runs on through a soft reset.  On the ESP32
# making it anew sets its time anew (ports/esp32/machine_wdt.c).  Ten minutes are enough to copy,
# and bring a board back to life that was left alone half-way.
_WATCHDOG = """
try:
    import machine
    machine.WDT(timeout=600000)
except (ImportError, AttributeError, TypeError, ValueError, OSError):
    pass
"""
_RESTART = "import time, machine\ntime.sleep_ms(100)\nmachine.reset()"


class BoardRefused(ClipError):
    """The board raised an exception; ``error`` is its last line."""

    def __init__(self, error: str) -> None:
        super().__init__(f"the board says {error!r}: restart it, and try again")
        self.error = error


class NoMicroPython(ClipNotFound):
    """Whatever is on the port, it is not a MicroPython that answers."""


class _Transport(Protocol):
    serial: serial.Serial

    def enter_raw_repl(self, soft_reset: bool, timeout_overall: float) -> None: ...
    def exec(self, command: str) -> bytes: ...
    def exec_raw_no_follow(self, command: str) -> None: ...
    def close(self) -> None: ...


class Repl:
    """A board that does what it is told; *patience_s* is how long it may take to come up.

    Raises:
        ClipError: the port cannot be used; the message says why.
    """

    def __init__(self, port: str, patience_s: float = 0.0) -> None:
        self.port = port
        self._deadline_s = time.monotonic() + patience_s
        self._transport = self._open_soon()
        self._stopped = False

    def interrupt(self) -> None:
        """Stop the program that runs, and start MicroPython afresh without it.

        Raises:
            NoMicroPython: none answers.
        """
        tries = 0
        # A board that starts, or a callback of its program, may swallow the interruption.
        while tries < _TRIES or time.monotonic() < self._deadline_s:
            tries += 1
            try:
                with _quiet():
                    if self._stop():
                        return
            except (TransportError, struct.error):
                continue
            except OSError:
                self.close()
                self._transport = self._open_soon()
        raise NoMicroPython(
            f"no MicroPython answers on {self.port}: press the board's reset button and try "
            f"again, or write MicroPython onto it with --base and its image from {DOWNLOADS}"
        )

    def run(self, code: str) -> str:
        """Let the board run *code*; what it printed.

        Raises:
            BoardRefused: it raised an exception.
            ClipLost: it no longer answers.
        """
        try:
            with _quiet():
                return self._transport.exec(code).decode().replace("\r\n", "\n")
        except TransportExecError as error:
            lines = cast(str, error.error_output).strip().splitlines()
            raise BoardRefused(lines[-1] if lines else "nothing") from error
        except (TransportError, OSError, ValueError, struct.error) as error:
            raise ClipLost(
                f"the board on {self.port} no longer answers: see to its cable, and run this "
                "again; it goes on where it stopped"
            ) from error

    def restart(self) -> None:
        """Restart a board that was interrupted; one that is gone is no matter."""
        if not self._stopped:
            return
        with suppress(TransportError, OSError, ValueError, struct.error), _quiet():
            self._enter(soft_reset=False)
            self._transport.exec_raw_no_follow(_RESTART)
            time.sleep(_RESTARTED_S)

    def close(self) -> None:
        """Give the port back."""
        _close(self._transport)

    def _stop(self) -> bool:
        if not self._at_prompt():
            return False
        self._stopped = True
        self._enter(soft_reset=False)
        self._transport.exec(_WATCHDOG)
        self._enter(soft_reset=True)
        return True

    def _at_prompt(self) -> bool:
        """Whether an interruption, and leave from a raw REPL, brings the prompt.

        Here, because mpremote goes on waiting for as long as a program goes on talking.
        """
        link = self._transport.serial
        link.timeout = _SHORTLY_S
        link.write(b"\r\x03\x02")
        heard = b""
        deadline_s = time.monotonic() + _TRY_S
        while not heard.endswith(PROMPT) and time.monotonic() < deadline_s:
            heard += link.read(max(1, link.in_waiting))
        return heard.endswith(PROMPT)

    def _enter(self, *, soft_reset: bool) -> None:
        # Where reading waits for long, mpremote does not see that its own time is up.
        self._transport.serial.timeout = _SHORTLY_S
        within_s = _SILENCE_S if soft_reset else _TRY_S
        self._transport.enter_raw_repl(soft_reset=soft_reset, timeout_overall=within_s)
        self._transport.serial.timeout = _SILENCE_S

    def _open_soon(self) -> _Transport:
        while True:
            try:
                return _open(self.port)
            except ClipError:
                if time.monotonic() >= self._deadline_s:
                    raise
                time.sleep(_SHORTLY_S)


def _open(port: str) -> _Transport:
    try:
        transport = cast(_Transport, SerialTransport(port, timeout=_SILENCE_S))
    except (TransportError, OSError, ValueError):
        raise why_not(port) from None
    transport.serial.write_timeout = _SILENCE_S
    return transport


def _close(transport: _Transport) -> None:
    # mpremote's own order of its lines keeps boards from restarting, but fails on a lost one.
    with suppress(OSError):
        transport.close()
    transport.serial.close()


@contextmanager
def _quiet() -> Generator[None]:
    with redirect_stdout(StringIO()):
        yield


def listen(port: str, patience_s: float) -> Iterator[str]:
    """What the program of a board says, in pieces, through restarts of its USB.

    A line end is sent now and then, which a program leaves alone and a prompt answers.  Behind
    the first prompt the program is started once more, for its last words may not have been heard.
    """
    deadline_s = time.monotonic() + patience_s
    again = b"\x04"
    while time.monotonic() < deadline_s:
        try:
            transport = _open(port)
        except ClipError:
            time.sleep(_SHORTLY_S)
            continue
        try:
            transport.serial.timeout = 0.5
            while time.monotonic() < deadline_s:
                transport.serial.write(b"\r")
                piece = transport.serial.read(256)
                if PROMPT in piece and again:
                    transport.serial.write(again)
                    again = b""
                else:
                    yield piece.decode(errors="replace")
        except OSError:
            time.sleep(_SHORTLY_S)
        finally:
            _close(transport)
