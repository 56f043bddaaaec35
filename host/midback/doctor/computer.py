"""The computer, and the libraries that matter."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from midback.doctor import pauses
from midback.doctor.finding import Finding, ok, problem
from midback.errors import BluetoothUnavailable


def examine() -> list[Finding]:
    """What runs on what."""
    bleak = _version("bleak")
    return [
        ok("Midback", _version("midback") or "run from its sources"),
        ok("Python", f"{platform.python_version()}, {'64' if sys.maxsize >> 32 else '32'} bit"),
        ok("system", _system()),
        ok("bleak", bleak)
        if bleak
        else problem("bleak", "not installed", "Install Midback anew.", BluetoothUnavailable),
        *pauses.examine(),
    ]


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _system() -> str:
    """The system's name without the computer's own."""
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}, {machine}"
    if sys.platform == "win32":
        return f"Windows {platform.release()} ({platform.version()}), {machine}"
    kernel = f"{platform.system()} {platform.release()}, {machine}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except (OSError, KeyError):
        return kernel
