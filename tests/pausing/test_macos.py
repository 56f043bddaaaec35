"""What macOS tells, with a CoreAudio of our own in place of its."""

import ctypes

import pytest

from midback.pausing import CALL, PRESENTING, macos
from midback.pausing.macos import display_kept_on, microphone

SYSTEM, LINE_IN, HEADSET = 1, 40, 50
NO_SUCH_PROPERTY = 0x77686F3F  # 'who?'


class CoreAudio:
    """As much of it as is used: numbers by thing, property and side."""

    def __init__(self, properties):
        self._properties = properties

    def AudioObjectGetPropertyDataSize(self, thing, address, n, extra, size):  # noqa: N802
        found = self._found(thing, address, n, extra)
        if found is None:
            return NO_SUCH_PROPERTY
        size._obj.value = 4 * len(found)
        return 0

    def AudioObjectGetPropertyData(self, thing, address, n, extra, size, data):  # noqa: N802
        found = self._found(thing, address, n, extra)
        if found is None:
            return NO_SUCH_PROPERTY
        assert size._obj.value >= 4 * len(found)
        size._obj.value = 4 * len(found)
        for at, value in enumerate(found):
            data._obj[at] = value
        return 0

    def _found(self, thing, address, n, extra):
        assert (n.value, extra) == (0, None)
        assert address._obj.element == 0
        letters = (address._obj.selector, address._obj.scope)
        selector, scope = (number.to_bytes(4, "big").decode() for number in letters)
        return self._properties.get((thing.value, selector, scope))


def processes(**recording):
    """A macOS that tells of each process whether it records."""
    ids = {f"{name}": 100 + at for at, name in enumerate(recording)}
    known = {(SYSTEM, "prs#", "glob"): list(ids.values())}
    for name, values in recording.items():
        if values is not None:
            known[ids[name], "piri", "glob"] = [values]
    return CoreAudio(known)


def device(number, *, running, outputs=()):
    """A macOS of before, whose default input is this device."""
    return CoreAudio(
        {
            (SYSTEM, "dIn ", "glob"): [number],
            (number, "gone", "glob"): [running],
            (number, "stm#", "outp"): list(outputs),
        }
    )


@pytest.mark.parametrize(
    ("audio", "call"),
    [
        (processes(), False),
        (processes(music=0, chrome_helper=1), True),
        (processes(music=0), False),
        (processes(gone_meanwhile=None, zoom=1), True),
        (device(LINE_IN, running=1), True),
        (device(LINE_IN, running=0), False),
    ],
)
def test_a_process_that_records_is_a_call(audio, call):
    assert microphone(audio) == [(CALL, "CoreAudio", call)]


def test_a_headset_that_may_only_play_music_is_no_sign():
    assert microphone(device(HEADSET, running=1, outputs=[7])) == []


@pytest.mark.parametrize("audio", [CoreAudio({}), device(0, running=0)])
def test_without_a_microphone_there_is_no_sign(audio):
    assert microphone(audio) == []


def test_without_coreaudio_there_is_no_sign(monkeypatch):
    def missing(_):
        raise OSError("not there")

    monkeypatch.setattr(ctypes, "CDLL", missing)

    assert microphone() == []


ASSERTIONS = """2026-11-28 01:38:38 +0000
Assertion status system-wide:
   BackgroundTask                 0
   UserIsActive                   1
   PreventUserIdleDisplaySleep    {}
   PreventSystemSleep             0
   PreventUserIdleSystemSleep     1
Listed by owning process:
   pid 300(caffeinate): [0x3] 00:01:09 PreventUserIdleDisplaySleep named: "caffeinate"
"""


@pytest.mark.parametrize(
    ("printed", "signs"),
    [
        (ASSERTIONS.format(1), [(PRESENTING, "macOS' power assertions", True)]),
        (ASSERTIONS.format(0), [(PRESENTING, "macOS' power assertions", False)]),
        ("nonsense", []),
        (None, []),
    ],
)
def test_a_display_that_is_kept_on_is_a_talk(monkeypatch, printed, signs):
    commands = []
    monkeypatch.setattr(macos, "printed", lambda *command: commands.append(command) or printed)

    assert display_kept_on() == signs
    assert commands == [("pmset", "-g", "assertions")]
