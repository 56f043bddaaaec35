"""``midback nudges``: shown in words, changed by options, kept in a file people can read."""

import json
from datetime import UTC, datetime

import pytest
from analysis.test_unaided import wearing
from cli.user import failed_well

from midback.cli.days import local_day
from midback.cli.live import nudges_for_this_run
from midback.nudge_settings import NudgeSettings
from midback.recording import Store
from midback.settings import read_settings


def test_without_options_it_shows_the_usual_settings_and_writes_nothing(midback, tmp_path):
    code, out, _ = midback("nudges", "--data", str(tmp_path / "data"))

    assert code == 0
    assert "preset       normal (there are coach, normal, quiet)" in out
    assert "30 s" in out.replace("\u00a0", " ")
    assert "at most 12 an hour and 60 a day" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    assert "plan         full: every nudge that falls due is given" in out
    assert not (tmp_path / "data").exists()


def test_a_change_is_kept_shown_and_says_when_it_is_in_force(midback, tmp_path):
    data = ("--data", str(tmp_path))
    code, out, _ = midback("nudges", "--preset", "quiet", "--quiet-hours", "22:00-07:00", *data)

    assert code == 0
    assert "in force from the next start of 'midback live'" in out
    again = midback("nudges", *data).out
    assert "quiet (there are" in again
    assert "quiet hours  22:00-07:00" in again


def test_a_preset_brings_its_own_numbers_and_numbers_can_go_with_it(midback, tmp_path):
    data = ("--data", str(tmp_path))
    midback("nudges", "--hold", "45", "--daily-cap", "5", *data)
    midback("nudges", "--preset", "coach", "--daily-cap", "7", *data)

    nudges = read_settings(tmp_path).nudges
    assert (nudges.hold, nudges.hourly, nudges.daily) == (10.0, 20, 7)
    midback("nudges", "--daily-cap", "preset", *data)
    assert read_settings(tmp_path).nudges.daily == 100


def test_a_plan_begins_today_by_a_draw_of_its_own(midback, tmp_path):
    data = ("--data", str(tmp_path))
    out = midback("nudges", "--plan", "fade", *data).out
    first = read_settings(tmp_path).nudges
    midback("nudges", "--plan", "fade", *data)
    again = read_settings(tmp_path).nudges
    midback("nudges", "--plan", "experiment", "--seed", "7", *data)
    other = read_settings(tmp_path).nudges

    assert first.plan_started == local_day(datetime.now(UTC))
    assert "week 1, all nudges" in out
    assert again == first  # it goes on
    assert other.seed == 7
    assert midback("nudges", "--plan", "full", *data).code == 0
    assert read_settings(tmp_path).nudges.plan_started is None


def test_json_has_every_number_as_it_holds(midback, tmp_path):
    told = json.loads(midback("nudges", "--json", "--data", str(tmp_path)).out)

    assert told["hold_s"] == 30
    assert (told["hourly_cap"], told["daily_cap"], told["quiet_s"]) == (12, 60, 120)
    assert (told["quiet_hours"], told["plan"], told["confirm"]) == (None, "full", False)


@pytest.mark.parametrize(
    "options",
    [
        ["--preset", "loud"],
        ["--hold", "0"],
        ["--hourly-cap", "61"],
        ["--daily-cap", "1.5"],
        ["--quiet-hours", "at night"],
        ["--quiet-hours", "10:00-10:00"],
        ["--plan", "never"],
        ["--seed", "-1"],
        ["--reminder", "3 pm"],
        ["--reminder", "24:00"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_in_one_line(midback, tmp_path, options):
    outcome = midback("nudges", *options, "--data", str(tmp_path))

    assert failed_well(outcome, 2)
    assert not (tmp_path / "settings.toml").exists()


def test_quiet_hours_that_are_none_are_told_how_to_write_some(midback, tmp_path):
    said = failed_well(midback("nudges", "--quiet-hours", "10:00-10:00", "--data", tmp_path), 2)

    assert said == (
        "quiet hours begin and end at 10:00: write two times, such as 22:00-07:00, or 'off'"
    )


def test_a_hold_of_half_a_second_is_shown_whole(midback, tmp_path):
    out = midback("nudges", "--hold", "12.5", "--data", tmp_path).out

    assert "slump        a lean past the line for 12.5 s" in out.replace("\u00a0", " ")


def test_a_plan_that_is_under_way_is_said_to_go_on(midback, tmp_path):
    data = ("--data", str(tmp_path))
    first = midback("nudges", "--plan", "fade", *data).out
    again = midback("nudges", "--plan", "fade", *data).out

    assert "already" not in first
    assert again.endswith(
        "\nThe plan is fade already and goes on; to begin it anew, choose full first.\n"
    )


def test_a_change_is_shown_though_the_weeks_of_the_plan_cannot_be_read(midback, tmp_path):
    (tmp_path / "midback.sqlite3").write_bytes(b"this is no database at all" * 1000)
    code, out, err = midback("nudges", "--plan", "fade", "--data", tmp_path)

    assert code == 0
    assert "plan         fade, since" in out
    assert "Kept in" in out
    assert err.startswith("midback: the weeks of the plan are not shown: ")
    assert read_settings(tmp_path).nudges.plan == "fade"


def test_a_broken_file_stops_live_before_anything_opens(midback, tmp_path):
    (tmp_path / "settings.toml").write_text("[nudges]\npreset = 'loud'\n")
    outcome = midback("live", "--headless", "--data", str(tmp_path))

    assert failed_well(outcome, 5)
    assert "choose coach, normal, quiet" in outcome.err


def test_a_reminder_is_set_shown_and_switched_off(midback, tmp_path):
    data = ("--data", str(tmp_path))
    usual = midback("nudges", *data).out
    out = midback("nudges", "--reminder", "15:30", *data).out
    told = json.loads(midback("nudges", "--json", *data).out)
    off = midback("nudges", "--reminder", "off", *data).out

    assert usual.endswith("\nreminder     off\n")
    assert "reminder     of the routine, at 15:30 unless you did it that day" in out
    assert "in force from the next start of 'midback live'" in out
    assert told["reminder"] == "15:30"
    assert "\nreminder     off\n" in off
    assert json.loads(midback("nudges", "--json", *data).out)["reminder"] is None


def test_for_one_run_the_preset_goes_before_the_settings_and_the_hold_before_both():
    kept = NudgeSettings(hold_s=45.0, daily_cap=5, confirm=True)

    assert nudges_for_this_run(kept, None, None) == kept
    assert nudges_for_this_run(kept, "quiet", None) == NudgeSettings(preset="quiet", confirm=True)
    assert nudges_for_this_run(kept, "quiet", 60.0).hold == 60.0


def test_a_fading_plan_shows_its_weeks(midback, tmp_path):
    data = ("--data", tmp_path)
    midback("nudges", "--plan", "fade", *data)
    plan = read_settings(tmp_path).nudges
    begun = datetime.now(UTC)
    with Store.open(tmp_path, write=True) as store:
        wearing(store, begun, plan, (300.0, "buzz", "nudge"))
    out = midback("nudges", *data).out
    told = json.loads(midback("nudges", "--json", *data).out)

    assert "   1      1         0  –                        –".rstrip() in out
    assert told["weeks"][0]["given"] == 1
    assert (told["plan_week"], told["plan_share"]) == (1, 1.0)
