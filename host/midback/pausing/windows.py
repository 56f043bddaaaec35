"""Windows: who has the microphone, and whether something is shown in full screen.

Sources: the privacy settings keep in the registry when each program last used the microphone; the
end is 0 while it does (Windows 10 1903 and later; windows.dfirhandbook.com, msxfaq.de, Windows
ConsentStore).  ``SHQueryUserNotificationState`` of shellapi.h.

Limits: the end is missing for good where the computer went off during a call, so that starts
before the last start of Windows do not count.  Focus or "do not disturb" is told by no
documented interface.
"""

from __future__ import annotations

import ctypes
import importlib
import time
from collections.abc import Iterator
from typing import Any

from midback.pausing.reasons import CALL, PRESENTING
from midback.pausing.signs import Sign

MICROPHONE = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone"
)
_DESKTOP_PROGRAMS = "NonPackaged"

_FULL_SCREEN = (2, 3, 4)
"""QUNS_BUSY, QUNS_RUNNING_D3D_FULL_SCREEN, QUNS_PRESENTATION_MODE."""

_FILETIME_OF_1970_S = 11_644_473_600
_FILETIME_HZ = 10_000_000


def microphone_log(registry: Any = None, started_s: float | None = None) -> list[Sign]:
    """Whether a program of this user has the microphone.

    Args:
        registry: in place of the module ``winreg``.
        started_s: when Windows started, Unix time in seconds.
    """
    registry = registry or importlib.import_module("winreg")
    started_s = _started_s() if started_s is None else started_s
    started = round((started_s + _FILETIME_OF_1970_S) * _FILETIME_HZ)
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, MICROPHONE) as programs:
            using = any(_uses(registry, programs, name, started) for name in _all_of(registry))
    except OSError:
        # A Windows that keeps no such log.
        return []
    return [Sign(CALL, "Windows' microphone log", using)]


def full_screen(shell: Any = None) -> list[Sign]:
    """Whether something is shown in full screen, or presentation settings are on.

    Args:
        shell: in place of ``shell32``.
    """
    shell = shell or ctypes.CDLL("shell32")
    state = ctypes.c_int(0)
    if shell.SHQueryUserNotificationState(ctypes.byref(state)) != 0:
        return []
    return [Sign(PRESENTING, "Windows' notification state", state.value in _FULL_SCREEN)]


def _all_of(registry: Any) -> Iterator[str]:
    """The keys of all programs below the microphone's: of the store, and of the desktop."""
    yield from (name for name in _below(registry, MICROPHONE) if name != _DESKTOP_PROGRAMS)
    for name in _below(registry, rf"{MICROPHONE}\{_DESKTOP_PROGRAMS}"):
        yield rf"{_DESKTOP_PROGRAMS}\{name}"


def _below(registry: Any, path: str) -> list[str]:
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, path) as key:
            return [registry.EnumKey(key, at) for at in range(registry.QueryInfoKey(key)[0])]
    except OSError:
        return []


def _uses(registry: Any, programs: Any, name: str, started: int) -> bool:
    try:
        with registry.OpenKey(programs, name) as key:
            began = int(registry.QueryValueEx(key, "LastUsedTimeStart")[0])
            ended = int(registry.QueryValueEx(key, "LastUsedTimeStop")[0])
    except (OSError, ValueError, TypeError):
        # Never used, or not ours to read.
        return False
    return ended == 0 and began > started


def _started_s() -> float:
    kernel: Any = ctypes.CDLL("kernel32")
    kernel.GetTickCount64.restype = ctypes.c_uint64
    return time.time() - kernel.GetTickCount64() / 1000.0
