import io
from datetime import timedelta

import pytest
from live.scenes import NINE, Wearing, Wishes

from midback.live.keys import Keys
from midback.live.terminal import Terminal, watch
from midback.live.trace import Trace
from midback.pausing import CALL, PAUSE
from midback.words import NBSP, State


class Screen(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


class Narrow(io.TextIOWrapper):
    """A file with a small character set."""


class Typed(Keys):
    """Key presses, one each second."""

    def __init__(self, keys: str) -> None:
        self._typed = iter(keys)

    @property
    def listening(self) -> bool:
        return True

    def __enter__(self) -> Keys:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def wait(self, seconds: float) -> str | None:
        del seconds
        return next(self._typed)


def shown(trace: Trace, out: io.StringIO, environment: dict[str, str] | None = None) -> str:
    Terminal(trace, out, environment or {}).look()
    return out.getvalue().replace(NBSP, " ")


def test_a_terminal_shows_the_same_facts_in_one_line():
    wearing = Wearing()
    wearing.wears(5, State.SLUMPED, 20.0)
    line = shown(wearing.trace, Screen(), {"NO_COLOR": "1"})
    assert line.lstrip("\r\x1b[2K").startswith("▲ Slumped 5 s  ·  20° forward of your upright")
    assert "\n" not in line


def test_the_line_never_wraps(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    wearing = Wearing()
    wearing.wears(5, State.SLUMPED, 20.0)
    line = shown(wearing.trace, Screen(), {"NO_COLOR": "1"})
    assert len(line.removeprefix("\r\x1b[2K")) == 39


def test_a_terminal_gets_colour_unless_it_is_not_wanted():
    wearing = Wearing()
    wearing.wears(5, State.SLUMPED, 20.0)
    coloured = shown(wearing.trace, Screen())
    plain = shown(wearing.trace, Screen(), {"NO_COLOR": "1"})
    assert ("38;5" in coloured, "38;5" in plain) == (True, False)


def test_a_file_gets_a_line_at_each_change_of_state_and_no_other():
    wearing, out = Wearing(), io.StringIO()
    terminal = Terminal(wearing.trace, out, {})
    for state, lean_deg in [
        (State.UPRIGHT, 1.0),
        (State.UPRIGHT, 2.0),
        (State.SLUMPED, 20.0),
        (State.SLUMPED, 21.0),
        (State.NO_DATA, 0.0),
    ]:
        wearing.wears(5, state, lean_deg)
        terminal.look()
    assert out.getvalue().replace(NBSP, " ").splitlines() == [
        "09:00:05  Upright, 1° forward of your upright. A lean past 14° for 30 s gets a buzz.",
        "09:00:15  Slumped, 20° forward of your upright. Grow tall from the breastbone.",
        "09:00:25  No signal, last seen at 21°. Is the clip near, and charged?",
    ]


def test_guidance_is_written_as_it_changes():
    wearing, out = Wearing(), io.StringIO()
    terminal = Terminal(wearing.trace, out, {})
    for notice in ("Hold still: 2 s", "Hold still: 1 s", None):
        wearing.wears(1, State.UPRIGHT, notice=notice)
        terminal.look()
    assert len(out.getvalue().splitlines()) == 3


def test_a_terminal_with_a_small_character_set_gets_plain_signs():
    wearing = Wearing()
    wearing.wears(5, State.BACK, -14.0)
    raw = io.BytesIO()
    out = Narrow(raw, encoding="ascii")
    Terminal(wearing.trace, out, {}).look()
    assert b"14 deg behind your upright" in raw.getvalue()


def test_keys_ask_for_the_same_as_the_buttons():
    wearing, wishes = Wearing(), Wishes()
    wearing.wears(1, State.UPRIGHT)
    watch(wearing.trace, wishes, out=Screen(), keys=Typed("cspbrxq"))
    assert wishes.heard == ["calibrate", "snooze 15", "pause on", "buzz", "report"]


def test_the_snooze_key_ends_a_snooze():
    wearing, wishes = Wearing(), Wishes()
    wearing.wears(1, State.UPRIGHT, snoozed_until=NINE + timedelta(minutes=5))
    watch(wearing.trace, wishes, out=Screen(), keys=Typed("sq"))
    assert wishes.heard == ["snooze 0"]


def test_the_pause_key_ends_a_pause():
    wearing, wishes = Wearing(), Wishes()
    wearing.wears(1, State.UPRIGHT, held_by=(CALL, PAUSE))
    watch(wearing.trace, wishes, out=Screen(), keys=Typed("pq"))
    assert wishes.heard == ["pause off"]


def test_a_file_gets_a_line_when_buzzes_begin_or_cease_to_wait():
    wearing, out = Wearing(), io.StringIO()
    terminal = Terminal(wearing.trace, out, {})
    for held_by in [(), (CALL,), (CALL,), ()]:
        wearing.wears(1, State.UPRIGHT, 1.0, held_by=held_by)
        terminal.look()
    helps = [line.partition("upright. ")[2] for line in out.getvalue().splitlines()]
    assert [line.startswith("Buzzes wait: a call is on.") for line in helps] == [
        *(False, True, False)
    ]


def test_a_file_gets_no_line_twice_when_what_changed_is_not_said():
    wearing, out = Wearing(), io.StringIO()
    terminal = Terminal(wearing.trace, out, {})
    for held_by in [(), (CALL,), ()]:
        wearing.wears(1, State.NEW, held_by=held_by)
        terminal.look()
    assert out.getvalue().count("\n") == 1


def test_watching_ends_when_the_wearing_has():
    out = io.StringIO()
    looks = iter([False, False, True])
    watch(Wearing().trace, Wishes(), finished=lambda: next(looks), out=out, keys=Typed("xx"))
    assert "Looking for the clip." in out.getvalue()


def test_input_that_is_no_terminal_presses_no_keys():
    with Keys(io.StringIO("cq")) as keys:
        assert not keys.listening
        assert keys.wait(0.0) is None
