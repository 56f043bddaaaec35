"""A settings file that people edit: read closely, changed with care."""

from __future__ import annotations

import os
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.errors import SettingsError
from midback.nudge_settings import NudgeSettings, QuietHours
from midback.reminder import ReminderSettings
from midback.settings import NUDGES, REMINDER, Settings, change_settings, read_settings

BY_HAND = """\
# mine
[ nudges ]
  preset = "coach"   # for the first week
'quiet_hours' = "21:30-06:00"

# the end
"""


def written(folder: Path, text: str) -> Path:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def text_in(folder: Path) -> str:
    return (folder / "settings.toml").read_text(encoding="utf-8")


def test_without_a_file_the_usual_settings_hold(tmp_path: Path):
    assert read_settings(tmp_path / "not there") == Settings(NudgeSettings())


def test_what_was_written_by_hand_is_read(tmp_path: Path):
    nudges = read_settings(written(tmp_path, BY_HAND)).nudges

    assert nudges == NudgeSettings(preset="coach", quiet_hours=QuietHours.parse("21:30-06:00"))


def test_a_change_keeps_comments_and_all_else(tmp_path: Path):
    change_settings(written(tmp_path, BY_HAND), NUDGES, {"quiet_hours": "off", "daily_cap": 9})

    assert text_in(tmp_path) == (
        "# mine\n[ nudges ]\n"
        '  preset = "coach"   # for the first week\n'
        'quiet_hours = "off"\n'
        "\n# the end\n"
        "daily_cap = 9\n"
    )


def test_a_first_change_makes_the_file_and_says_what_it_is(tmp_path: Path):
    folder = tmp_path / "new"
    settings = change_settings(
        folder, NUDGES, {"plan": "fade", "plan_started": date(2026, 11, 28)}
    )

    assert settings.nudges.plan == "fade"
    assert text_in(folder).startswith("# Midback's settings")
    assert read_settings(folder) == settings


def test_taking_a_value_out_brings_the_presets_back(tmp_path: Path):
    change_settings(tmp_path, NUDGES, {"hourly_cap": 3})
    settings = change_settings(tmp_path, NUDGES, {"hourly_cap": None})

    assert "hourly_cap" not in text_in(tmp_path)
    assert settings.nudges.hourly == 12


def test_each_table_is_changed_by_itself(tmp_path: Path):
    written(tmp_path, BY_HAND)
    change_settings(tmp_path, REMINDER, {"at": "15:30"})
    settings = change_settings(tmp_path, NUDGES, {"preset": "quiet"})

    assert settings.reminder == ReminderSettings(time(15, 30))
    assert settings.nudges.preset == "quiet"
    assert text_in(tmp_path).endswith('# the end\n\n[reminder]\nat = "15:30"\n')


@pytest.mark.parametrize("text", ["", "[reminder]\n", '[reminder]\nat = "off"\n'])
def test_nobody_is_reminded_who_did_not_ask_for_it(tmp_path: Path, text: str):
    assert read_settings(written(tmp_path, text)).reminder == ReminderSettings(None)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in other ways")
def test_the_file_is_its_owners_alone(tmp_path: Path):
    change_settings(tmp_path, NUDGES, {"confirm": True})

    assert (tmp_path / "settings.toml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[nudges", "is not TOML"),
        ("[sounds]\n", "'sounds', which is not known"),
        ("nudges = 3\n", r"write \[nudges\]"),
        ("[nudges]\nhold = 30\n", "'hold' in .* there are preset, hold_s"),
        ("[nudges]\npreset = 3\n", 'preset = 3 cannot be: write "normal"'),
        ('[nudges]\npreset = "loud"\n', "choose coach, normal, quiet"),
        ("[nudges]\nhourly_cap = true\n", "hourly_cap = true cannot be: write 12"),
        ("[nudges]\nhourly_cap = 1.5\n", "hourly_cap = 1.5 cannot be"),
        ("[nudges]\nhold_s = [30]\n", r"hold_s = \[ … \] cannot be: write 30"),
        ("[nudges]\nhold_s = 00:30:00\n", "hold_s = 00:30:00 cannot be: write 30"),
        ("[nudges]\nhourly_cap = 0\n", "hourly_cap 0 is not from 1 to 60"),
        ("[nudges]\nhold_s = nan\n", "hold_s nan is not from 1 to 3600"),
        ('[nudges]\nquiet_hours = "at night"\n', "write it as 22:00-07:00"),
        ('[nudges]\nconfirm = "on"\n', r'confirm = "on" cannot be: write true or false'),
        ('[nudges]\nplan = "fade"\n', "needs plan_started"),
        (
            "[nudges]\nplan_started = 2026-11-28T09:00:00\n",
            "plan_started = 2026-11-28T09:00:00 cannot be: write 2026-11-28",
        ),
        ("[nudges]\nseed = -1\n", "seed -1 is not from 0 to 9223372036854775807"),
        ("[reminder]\nevery = 1\n", r"'every' in \[reminder\], .* there is at"),
        ("[reminder]\nat = 15:30:00\n", 'at = 15:30:00 cannot be: write "15:30" or "off"'),
        ('[reminder]\nat = "3 pm"\n', "'3 pm' is no time of day: write it as 15:30"),
    ],
)
def test_what_cannot_be_is_named_with_what_to_write(tmp_path: Path, text: str, said: str):
    with pytest.raises(SettingsError, match=said) as refusal:
        read_settings(written(tmp_path, text))
    assert "settings.toml" in str(refusal.value)
    before = text_in(tmp_path)
    with pytest.raises(SettingsError):
        change_settings(tmp_path, NUDGES, {"daily_cap": 3})
    assert text_in(tmp_path) == before


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path)


def test_a_change_that_cannot_be_leaves_the_file_alone(tmp_path: Path):
    written(tmp_path, BY_HAND)
    with pytest.raises(SettingsError, match="daily_cap 0"):
        change_settings(tmp_path, NUDGES, {"daily_cap": 0})
    assert text_in(tmp_path) == BY_HAND


@pytest.mark.parametrize(
    "text",
    ["nudges = { preset = 'quiet' }\n", "nudges.preset = 'quiet'\n"],
    ids=["inline", "dotted"],
)
def test_what_is_written_in_another_way_is_left_to_the_person(tmp_path: Path, text: str):
    for change in ("coach", None):
        with pytest.raises(SettingsError, match=r"change preset there yourself"):
            change_settings(written(tmp_path, text), NUDGES, {"preset": change})
        assert text_in(tmp_path) == text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"cannot be (read|written)"):
        change_settings(tmp_path / "file", NUDGES, {"confirm": True})


CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "preset": st.sampled_from(["coach", "normal", "quiet"]),
    "hold_s": st.none() | st.floats(1, 3600) | st.integers(1, 3600),
    "hourly_cap": st.none() | st.integers(1, 60),
    "daily_cap": st.none() | st.integers(1, 500),
    "quiet_hours": st.sampled_from(["off", "22:00-07:00"]),
    "confirm": st.booleans(),
    "plan_started": st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    "seed": st.integers(0, 2**62),
}


@given(st.lists(st.fixed_dictionaries({}, optional=CHANGES), max_size=4))
def test_whatever_is_changed_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, Any]]
):
    folder = tmp_path_factory.mktemp("settings")
    written(folder, BY_HAND)
    kept: dict[str, Any] = {"preset": "coach", "quiet_hours": "21:30-06:00"}
    for change in changes:
        kept |= change
        change_settings(folder, NUDGES, change)

    nudges = read_settings(folder).nudges
    assert str(nudges.quiet_hours or "off") == kept.pop("quiet_hours")
    assert {key: getattr(nudges, key) for key in kept} == kept
    assert text_in(folder).startswith("# mine\n")
