"""What Windows tells, with a registry and a shell of our own in place of its."""

import pytest

from midback.pausing import CALL, PRESENTING
from midback.pausing.windows import MICROPHONE, full_screen, microphone_log

STARTED_S = 1_700_000_000.0
"""When this Windows started."""

BEFORE, AFTER = 133_444_735_990_000_000, 133_444_736_010_000_000
"""A second before and a second after, as Windows counts: tenths of a microsecond since 1601."""


class Registry:
    """As much of ``winreg`` as is used: keys below the current user's.

    Args:
        programs: key of each program below the microphone's, and its two times.
    """

    HKEY_CURRENT_USER = "user"

    def __init__(self, programs, hidden=()):
        self.keys = {"user\\" + MICROPHONE: {}}
        for name, values in programs.items():
            path = "user\\" + MICROPHONE
            for part in name.split("\\"):
                path += "\\" + part
                self.keys.setdefault(path, {})
            self.keys[path] = values
        self.hidden = hidden

    def OpenKey(self, parent, path):  # noqa: N802 (winreg's name)
        return Key(self, f"{parent}\\{path}")

    def QueryInfoKey(self, key):  # noqa: N802 (winreg's name)
        return (len(self._below(key)), 0, 0)

    def EnumKey(self, key, at):  # noqa: N802 (winreg's name)
        return self._below(key)[at]

    def QueryValueEx(self, key, name):  # noqa: N802 (winreg's name)
        if name not in self.keys[key.path]:
            raise FileNotFoundError(name)
        return self.keys[key.path][name], 11

    def _below(self, key):
        rest = [path.removeprefix(key.path + "\\") for path in self.keys if path != key.path]
        return [name for name in rest if "\\" not in name]


class Key:
    def __init__(self, registry, path):
        if path not in registry.keys or path.rsplit("\\")[-1] in registry.hidden:
            raise FileNotFoundError(path)
        self.path = path

    def __str__(self):
        return self.path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def used(began, ended):
    return {"Value": "Allow", "LastUsedTimeStart": began, "LastUsedTimeStop": ended}


ZOOM = r"NonPackaged\C:#Program Files#Zoom#bin#Zoom.exe"
TEAMS = "MSTeams_8wekyb3d8bbwe"


@pytest.mark.parametrize(
    ("programs", "call"),
    [
        ({}, False),
        ({TEAMS: used(AFTER, 0)}, True),
        ({ZOOM: used(AFTER, 0)}, True),
        ({ZOOM: used(AFTER, AFTER + 10), TEAMS: used(AFTER, AFTER + 10)}, False),
        ({ZOOM: used(AFTER, AFTER + 10), TEAMS: used(AFTER, 0)}, True),
        ({TEAMS: used(0, 0)}, False),
        ({TEAMS: {"Value": "Allow"}}, False),
        ({TEAMS: used("never", 0)}, False),
    ],
)
def test_a_program_that_has_not_let_the_microphone_go_is_a_call(programs, call):
    assert microphone_log(Registry(programs), STARTED_S) == [
        (CALL, "Windows' microphone log", call)
    ]


def test_a_call_in_which_the_computer_went_off_is_over():
    assert not microphone_log(Registry({ZOOM: used(BEFORE, 0)}), STARTED_S)[0].on


def test_a_program_that_cannot_be_read_hides_no_other():
    registry = Registry({"Hidden": used(AFTER, 0), TEAMS: used(AFTER, 0)}, hidden=["Hidden"])

    assert microphone_log(registry, STARTED_S)[0].on


def test_a_windows_without_the_log_gives_no_sign():
    registry = Registry({})
    registry.keys.clear()

    assert microphone_log(registry, STARTED_S) == []


class Shell:
    """As much of ``shell32`` as is used."""

    def __init__(self, state, result=0):
        self._state, self._result = state, result

    def SHQueryUserNotificationState(self, reference):  # noqa: N802 (Windows' name)
        reference._obj.value = self._state
        return self._result


@pytest.mark.parametrize(
    ("state", "on"),
    [(1, False), (2, True), (3, True), (4, True), (5, False), (6, False), (7, False)],
)
def test_what_is_in_full_screen_is_a_talk(state, on):
    assert full_screen(Shell(state)) == [(PRESENTING, "Windows' notification state", on)]


def test_a_shell_that_does_not_answer_gives_no_sign():
    assert full_screen(Shell(2, result=-1)) == []
