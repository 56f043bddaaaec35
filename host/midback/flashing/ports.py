"""Finding the serial port that a board is on, and saying why one cannot be used."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import NamedTuple

import serial
from serial.tools import list_ports

from midback.errors import ClipError, ClipNotFound, UsageError

_ANY = None
_KNOWN = (
    (0x303A, _ANY),  # Espressif: USB inside the chip
    (0x2886, _ANY),  # Seeed Studio
    (0x10C4, 0xEA60),  # Silicon Labs CP210x, on the TinyPICO
    (0x1A86, _ANY),  # WCH CH340 and its kin
)


class Port(NamedTuple):
    """A serial port that a board may be on."""

    device: str
    description: str


def candidates() -> list[Port]:
    """The serial ports whose USB names a maker of our boards."""
    return [
        Port(found.device, found.product or found.description)
        for found in sorted(list_ports.comports(), key=lambda found: found.device)
        if any(found.vid == vid and pid in (_ANY, found.pid) for vid, pid in _KNOWN)
    ]


def find_port() -> str:
    """The port of the only board there is.

    Raises:
        ClipNotFound: none is connected.
        UsageError: several are.
    """
    found = candidates()
    if not found:
        raise ClipNotFound(
            "no board is connected: plug it in with a cable that carries data, wake it with its "
            "reset button, or name its port with --port"
        )
    if len(found) > 1:
        names = ", ".join(f"{port.device} ({port.description})" for port in found)
        raise UsageError(f"several boards may be meant: choose one with --port: {names}")
    return found[0].device


def why_not(port: str) -> ClipError:
    """The reason why *port* did not open, found by opening it once more."""
    try:
        serial.Serial(port, exclusive=True).close()
    except (OSError, ValueError) as error:
        return _explained(port, error)
    return ClipError(f"{port} did not open at first: try again")


def _explained(port: str, error: Exception) -> ClipError:
    number = getattr(error, "errno", None)
    said = str(error)
    if number in (errno.EBUSY, errno.EAGAIN) or "Access is denied" in said:
        return ClipError(f"another program uses {port}: close it, and try again")
    if number in (errno.EACCES, errno.EPERM):
        return ClipError(f"no permission to use {port}: {_permission(port)}")
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in said:
        return ClipNotFound(f"there is no port {port}: plug the board in, or leave out --port")
    return ClipError(f"{port} cannot be used as a serial port ({said}): choose another")


def _permission(port: str) -> str:
    if not sys.platform.startswith("linux"):
        return "give your account access to it"
    group = _group(port)
    if group in ("", "root"):
        return (
            'add a udev rule like SUBSYSTEM=="tty", ATTRS{idVendor}=="303a", MODE="0666", '
            "and plug the board in again"
        )
    return f"'sudo usermod -aG {group} {_user()}', then log out and in again"


def _group(port: str) -> str:
    try:
        return Path(port).group()
    except (OSError, KeyError, NotImplementedError):
        return "dialout"


def _user() -> str:
    return os.environ.get("USER", "$USER")
