"""``midback doctor``: how what was found is shown."""

import io
import json
import re
import sys

import pytest
from cli.user import in_a_process, run
from doctor.buses import without_a_bus

from midback.cli.pen import Pen
from midback.doctor import Mark

MARKED = re.compile(r"^  (ok|note|problem) +(\S.*?) {2,}\S", re.MULTILINE)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_simulated_clip_is_well(midback):
    code, out, err = midback("doctor", "--demo")

    assert (code, err) == (0, "")
    assert "  ok       link         to C0:5E:…:" in out
    assert out.splitlines()[-1].startswith("No problem")


def test_every_finding_stands_on_a_line_of_its_own_with_its_mark_as_a_word(midback):
    out = midback("doctor", "--demo").out
    names = [name for _, name in MARKED.findall(out)]

    assert names[:4] == ["Midback", "Python", "system", "bleak"]
    assert {"calls", "quiet", "talks", "adapter", "scan"} <= set(names)
    assert {"firmware", "battery", "log", "folder", "disk", "Qt"} <= set(names)


def test_what_is_not_a_terminal_gets_no_colour_and_no_long_lines(midback):
    out = midback("doctor", "--demo", "--data", "x" * 70).out

    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines() if "xxx" not in line) <= 80


def test_json_has_the_same_facts(midback):
    code, out, err = midback("doctor", "--demo", "--json")
    report = json.loads(out)
    words = midback("doctor", "--demo").out

    assert (code, err) == (0, "")
    assert report["exit_code"] == 0
    assert list(report["parts"]) == [
        "This computer",
        "Bluetooth",
        "Clip",
        "Recordings",
        "Window",
    ]
    found = [finding for part in report["parts"].values() for finding in part]
    assert [(f["mark"], f["name"]) for f in found] == MARKED.findall(words)
    assert set(found[0]) == {"name", "mark", "found", "to_do", "exit_code"}


def test_the_exit_code_is_that_of_the_first_problem_and_no_check_is_left_out(midback, monkeypatch):
    without_a_bus(monkeypatch)
    code, out, err = midback("doctor", "--seconds", "1")

    assert (code, err) == (3, "")
    assert {"D-Bus", "scan", "folder", "Qt"} <= {name for _, name in MARKED.findall(out)}
    assert re.search(r"^1 problem, \d notes?\.  Begin with the first: D-Bus\.$", out, re.MULTILINE)


def test_the_report_of_a_whole_process_tells_neither_home_nor_name(tmp_path):
    code, out, err = in_a_process(
        "doctor", "--demo", HOME=str(tmp_path), LOGNAME="anne", MIDBACK_DATA=""
    )

    assert (code, err) == (0, "")
    assert str(tmp_path) not in out
    assert "anne" not in out
    assert "  note     folder       ~/" in out
    assert list(tmp_path.rglob("midback")) == []


def test_a_folder_is_told_with_how_it_was_chosen(midback, tmp_path, monkeypatch):
    assert "chosen with --data" in midback("doctor", "--demo", "--data", tmp_path).out
    assert "chosen with MIDBACK_DATA" in midback("doctor", "--demo").out.replace("\n", "")
    monkeypatch.delenv("MIDBACK_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert "the system's place" in " ".join(midback("doctor", "--demo").out.split())


# Colour


def marked(environment, out):
    Pen(out, environment).marked(Mark.PROBLEM, "adapter", "switched off", "Switch it on.")
    return out.getvalue()


def test_on_a_terminal_the_mark_has_a_colour_and_is_a_word_all_the_same():
    assert marked({}, Terminal()).startswith("  \x1b[31mproblem  \x1b[0madapter ")


@pytest.mark.parametrize(
    ("environment", "out"),
    [
        ({"NO_COLOR": "1"}, Terminal()),
        ({"TERM": "dumb"}, Terminal()),
        ({}, io.StringIO()),
    ],
)
def test_colour_can_be_declined(environment, out):
    assert marked(environment, out) == (
        "  problem  adapter      switched off\n                        → Switch it on.\n"
    )


def test_a_terminal_without_the_signs_gets_others():
    class Old(Terminal):
        encoding = "ascii"

    assert marked({"NO_COLOR": "1"}, Old()).endswith("> Switch it on.\n")


def test_a_narrow_terminal_gets_narrow_lines(monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    out = Terminal()
    Pen(out, {"NO_COLOR": "1"}).marked(Mark.NOTE, "clock", "not set since it started", "Go live.")

    assert max(map(len, out.getvalue().splitlines())) <= 44


def test_a_path_is_never_broken_so_that_it_can_be_copied():
    out = io.StringIO()
    path = "/" + "/".join(30 * ["folder"])
    Pen(out).marked(Mark.OK, "folder", f"{path}, the system's place")

    assert path in out.getvalue()


# While it takes its time


class Watched(Terminal):
    encoding = "utf-8"


@pytest.mark.parametrize(
    ("term", "terminals", "said"),
    [
        ("xterm", ("stdout", "stderr"), True),
        ("dumb", ("stdout", "stderr"), False),
        ("xterm", ("stderr",), False),
    ],
)
def test_who_watches_is_told_what_takes_so_long(monkeypatch, term, terminals, said):
    watched = {name: Watched() for name in terminals}
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", term)
    for name, terminal in watched.items():
        monkeypatch.setattr(sys, name, terminal)

    assert run(["doctor", "--demo"]) == 0
    told = watched["stderr"].getvalue()
    assert ("Listening for clips" in told) is said
    assert not any(len(line) > 40 for line in told.replace("\x1b[2K", "").split("\r"))
    assert not said or told.endswith("\r\x1b[2K")
