"""What is there, how it is asked for, and what it costs to ask."""

import re

import pytest
from cli.user import COMMANDS, HEAVY, failed_well, in_a_process, loaded_by


def test_help_lists_every_command_each_on_a_line_of_its_own(midback):
    code, out, _ = midback("--help")
    listed = re.findall(r"^    (\w+) +\w", out, re.MULTILINE)

    assert code == 0
    assert tuple(listed) == COMMANDS
    assert "exit codes: 0 done, 2 usage, 3 no Bluetooth, 4 no clip, 5 data" in out


@pytest.mark.parametrize(
    "command", [*COMMANDS, "evaluate tilt", "evaluate sitting", "evaluate strung", "evaluate day"]
)
def test_every_command_explains_itself_and_each_of_its_options(midback, command):
    code, out, _ = midback(*command.split(), "--help")
    options = re.findall(r"^  (-[^\n]*)\n(?=  -|\n|$)", out, re.MULTILINE)

    assert code == 0
    assert out.startswith(f"usage: midback {command}")
    assert all(re.search(r"\S {2,}\S", option) for option in options)


def test_no_help_is_wider_than_a_small_terminal(midback, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = [line for command in COMMANDS for line in midback(command, "--help").out.splitlines()]

    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_that_of_the_package(midback, option):
    code, out, _ = midback(option)

    assert code == 0
    assert re.fullmatch(r"midback \d+\.\d+\.\d+\S*\n", out)


def test_asking_for_help_loads_nothing_that_takes_time():
    code = """
from midback.cli import main
try:
    main(["--help"])
except SystemExit:
    pass
"""

    assert loaded_by(code, names=HEAVY) == set()


def test_the_protocol_needs_nothing_but_the_standard_library():
    assert loaded_by("import midback.shared.wire", names=HEAVY) == set()


def test_analysis_and_recording_know_neither_radio_nor_window():
    code = """
import importlib, pkgutil, midback.recording, midback_analysis
for package in (midback.recording, midback_analysis):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
"""

    assert loaded_by(code, names={"bleak", "PySide6", "pyqtgraph"}) == set()


def test_a_day_is_summed_up_without_radio_window_or_scipy(demo):
    code = f"""
from midback.cli import main
assert main(["day", "{demo.day}", "--data", {str(demo.folder)!r}]) == 0
"""

    assert loaded_by(code, names=HEAVY) == {"numpy"}


@pytest.mark.parametrize("command", ["live", "calibrate", "scan", "setup", "doctor"])
def test_a_real_clip_does_not_wait_for_the_simulation_or_a_window_to_load(command):
    code = f"import midback.cli.{command}"

    assert loaded_by(code, names=HEAVY) <= {"numpy", "bleak"}


def test_the_module_is_the_command():
    assert in_a_process("--version").out.startswith("midback ")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "the following arguments are required: COMMAND; 'midback --help' tells"),
        (("slouch",), "invalid choice: 'slouch'"),
        (("day", "today", "tomorrow"), "unrecognized arguments: tomorrow"),
        (("demo", "--speed", "fast"), "'fast' is not a number from 0.1 to 100000"),
        (("demo", "--speed", "nan"), "'nan' is not a number"),
        (("demo", "--minutes", "1e9"), "'1e9' is not a number from 5 to 720"),
        (("demo", "--seed", "-1"), "'-1' is not a whole number from 0 to 9223372036854775807"),
        (("demo", "--seed", "9" * 20), "is not a whole number from 0 to 9223372036854775807"),
        (("demo", "--seed", "1.5"), "'1.5' is not a whole number"),
        (("live", "--hold", "0"), "'0' is not a number from 1 to 3600"),
        (("scan", "--seconds", "inf"), "'inf' is not a number"),
        (("evaluate",), "required: WHAT; 'midback evaluate --help' tells"),
        (("evaluate", "tilt"), "required: FILE; 'midback evaluate tilt --help' tells"),
        (("day", "--json", "--html", "x"), "not allowed with"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_tells_where_to_look(midback, argv, said):
    assert said in failed_well(midback(*argv), 2)
