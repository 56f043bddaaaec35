"""macOS: whether anybody records sound, and whether a program keeps the display on.

Neither asks for permission: it is told who uses devices, not what they hear.

Sources: CoreAudio's AudioHardware.h (macOS 14.2 and later: the list of audio processes 'prs#',
each with 'piri', kAudioProcessPropertyIsRunningInput; before that the default input 'dIn ' with
'gone', kAudioDevicePropertyDeviceIsRunningSomewhere); pmset(1), ``pmset -g assertions``.

Limits: before 14.2 a headset in one device with its speakers cannot be told apart from music
that it plays, and is not asked.  Which Focus is on is told to nobody without permission.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

from midback.pausing.answer import printed
from midback.pausing.reasons import CALL, PRESENTING
from midback.pausing.signs import Sign

_CORE_AUDIO = "/System/Library/Frameworks/CoreAudio.framework/CoreAudio"
_SYSTEM = 1
_KEPT_ON = re.compile(r"^ *PreventUserIdleDisplaySleep +(\d+)$", re.MULTILINE)


def display_kept_on() -> list[Sign]:
    """Whether a program keeps the display on, as for a film or a talk."""
    found = _KEPT_ON.search(printed("pmset", "-g", "assertions") or "")
    return [Sign(PRESENTING, "macOS' power assertions", found[1] != "0")] if found else []


def microphone(audio: Any = None) -> list[Sign]:
    """Whether anybody records sound.

    Args:
        audio: in place of CoreAudio.
    """
    try:
        audio = audio or ctypes.CDLL(_CORE_AUDIO)
    except OSError:
        return []
    recorded = _by_process(audio)
    if recorded is None:
        recorded = _by_device(audio)
    return [] if recorded is None else [Sign(CALL, "CoreAudio", recorded)]


class _Address(ctypes.Structure):
    """AudioObjectPropertyAddress: which property, of which side, of which channel."""

    _fields_ = (
        ("selector", ctypes.c_uint32),
        ("scope", ctypes.c_uint32),
        ("element", ctypes.c_uint32),
    )


def _by_process(audio: Any) -> bool | None:
    processes = _numbers(audio, _SYSTEM, "prs#")
    if processes is None:
        return None
    return any(_numbers(audio, process, "piri") == [1] for process in processes)


def _by_device(audio: Any) -> bool | None:
    device = _numbers(audio, _SYSTEM, "dIn ")
    # Without an input the device is 0.
    if not device or device == [0]:
        return None
    if _size(audio, device[0], _address("stm#", "outp")):
        return None
    running = _numbers(audio, device[0], "gone")
    return None if running is None else running != [0]


def _numbers(audio: Any, thing: int, selector: str) -> list[int] | None:
    """A property as whole numbers; ``None`` where there is no such property."""
    address = _address(selector)
    size = _size(audio, thing, address)
    if size is None:
        return None
    values = (ctypes.c_uint32 * (size // 4))()
    got = ctypes.c_uint32(size)
    if audio.AudioObjectGetPropertyData(
        ctypes.c_uint32(thing),
        ctypes.byref(address),
        ctypes.c_uint32(0),
        None,
        ctypes.byref(got),
        ctypes.byref(values),
    ):
        return None
    return list(values[: got.value // 4])


def _size(audio: Any, thing: int, address: _Address) -> int | None:
    size = ctypes.c_uint32(0)
    failed = audio.AudioObjectGetPropertyDataSize(
        ctypes.c_uint32(thing),
        ctypes.byref(address),
        ctypes.c_uint32(0),
        None,
        ctypes.byref(size),
    )
    return None if failed else size.value


def _address(selector: str, scope: str = "glob") -> _Address:
    return _Address(_four(selector), _four(scope), 0)


def _four(letters: str) -> int:
    """Four letters as the number that CoreAudio knows them by."""
    return int.from_bytes(letters.encode("ascii"), "big")
