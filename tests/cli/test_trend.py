"""``midback trend``: several days beside each other."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from analysis.days import calibration
from analysis.wear import Wear
from cli.user import HEAVY, failed_well, loaded_by
from tzlocal import get_localzone

from midback.exercises.exercise import EXERCISE
from midback.recording import Store
from midback.recording.folder import DATABASE
from midback.words import State

SUNDAY = date(2026, 11, 15)


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), get_localzone())


def sit(store: Store, day: date, slumped_s: int) -> None:
    """A little over three hours in turns of upright and slumped."""
    wear = Wear(store, at_nine(day))
    for _ in range(19):
        wear.sit(600 - slumped_s).sit(slumped_s, 18.0, State.SLUMPED)
    wear.end()


def exercise(store: Store, day: date, kind: str, hour: int) -> None:
    """Five minutes of it."""
    begun = at_nine(day) + timedelta(hours=hour - 9)
    writer = store.begin("7A3F", {EXERCISE: kind}, begun)
    for second in range(300):
        writer.add_second(second, (0, 0, State.MOVING, 50))
    writer.close(300.0, begun + timedelta(seconds=300))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Four days of the week up to Sunday, one of them of a check alone."""
    folder = tmp_path_factory.mktemp("trend")
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration("A"))
        for number, slumped_s in ((6, 60), (5, 120), (4, 60)):
            sit(store, SUNDAY - timedelta(days=number), slumped_s)
        exercise(store, SUNDAY - timedelta(days=6), "routine", 13)
        exercise(store, SUNDAY - timedelta(days=2), "movement check", 10)
    yield str(folder)
    shutil.rmtree(folder)


def test_it_shows_the_seven_days_up_to_a_date(midback, data):
    code, out, err = midback("trend", "--until", SUNDAY, "--data", data)
    told = " ".join(out.split())

    assert (code, err) == (0, "")
    assert out.startswith("9 to 15 November 2026\n")
    assert "4 days worn, 3 count." in told
    assert "Fri 13 5 min 100 % – – – movement check 10:00; too short to count" in told
    assert "Sat 14 – – – – not worn" in told
    assert "After 1 routine: cannot tell yet, 0 of 3 days" in told
    assert told.endswith("Not for diagnosis, monitoring or treatment of any disease or injury.")


def test_it_shows_four_weeks(midback, data):
    out = midback("trend", "--days", 28, "--until", SUNDAY, "--data", data).out

    assert out.startswith("19 October to 15 November 2026\n")
    assert "Cannot tell yet: 3 of 10 days that count; wear it" in " ".join(out.split())


def test_it_is_read_as_json(midback, data):
    told = json.loads(midback("trend", "--json", "--until", SUNDAY, "--data", data).out)

    assert [day["counts"] for day in told["days"]] == [True] * 3 + [False] * 4
    assert told["days"][0]["upright_percent"] == pytest.approx(90.0, abs=0.5)


def test_it_writes_the_page_into_a_folder_that_is_made_for_it(midback, data, tmp_path):
    page = tmp_path / "pages" / "week.html"
    code, out, _ = midback("trend", "--html", page, "--until", SUNDAY, "--data", data)

    assert (code, out.strip()) == (0, str(page))
    assert "9 to 15 November 2026" in page.read_text(encoding="utf-8")


def test_in_a_narrow_terminal_it_is_narrow(midback, data, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    out = midback("trend", "--until", SUNDAY, "--data", data).out

    assert max(map(len, out.splitlines())) <= 50


def test_the_demo_s_day_is_one_day(midback, demo):
    out = midback("trend", "--until", demo.day, "--data", demo.folder).out

    assert "1 day worn, none counts. Cannot tell yet: 0 of 3 days" in " ".join(out.split())


def test_a_folder_without_recordings_says_how_to_get_some(midback, tmp_path):
    assert "start 'midback live'" in failed_well(midback("trend"), 5)
    with Store.open(tmp_path / "data", write=True):
        pass
    said = failed_well(midback("trend", "--data", tmp_path / "data"), 5)
    assert "nothing was ever recorded here" in said


def test_days_without_a_recording_name_the_last_with_one(midback, data):
    said = failed_well(midback("trend", "--until", "2026-12-31", "--data", data), 5)

    assert said == (
        "nothing was recorded from 2026-12-25 to 2026-12-31; the last day with a recording is "
        "2026-11-13: 'midback trend --until 2026-11-13' shows the days up to it"
    )


@pytest.mark.parametrize("word", ["tuesday", "9999-12-31", "2026-02-30"])
def test_what_is_no_date_is_shown_how_to_write_one(midback, data, word):
    said = failed_well(midback("trend", "--until", word, "--data", data), 2)

    assert f"{word!r} is no date: write it as 20" in said


def test_other_lengths_are_refused(midback):
    assert "invalid choice: 14" in failed_well(midback("trend", "--days", 14), 2)


def test_a_page_that_cannot_be_written_is_said(midback, data, tmp_path):
    (tmp_path / "file").write_text("")
    said = failed_well(
        midback("trend", "--html", tmp_path / "file" / "x", "--until", SUNDAY, "--data", data), 2
    )

    assert "choose another place" in said


def test_damage_costs_its_minute_and_is_told(midback, data, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(data, folder)
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("UPDATE minute SET crc = crc + 1 WHERE minute = 5 AND session_id = 1")
    connection.close()
    code, out, err = midback("trend", "--until", SUNDAY, "--data", folder)

    assert code == 0
    assert "minute 5 of session 1" in " ".join(out.split())
    assert err.startswith("midback: ")
    assert "4 days worn, 3 count." in out


def test_what_is_recorded_stays_as_it_is(midback, data, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(data, folder)
    before = (folder / DATABASE).read_bytes()
    midback("trend", "--until", SUNDAY, "--data", folder)

    assert (folder / DATABASE).read_bytes() == before


def test_days_without_exercises_need_neither_radio_nor_window_nor_scipy(demo):
    code = f"""
from midback.cli import main
assert main(["trend", "--until", "{demo.day}", "--data", {str(demo.folder)!r}]) == 0
"""

    assert loaded_by(code, names=HEAVY) == {"numpy"}


@pytest.mark.parametrize("days", [7, 28])
def test_anybody_can_see_invented_days_and_is_told_that_they_are(midback, days, tmp_path):
    code, out, err = midback("trend", "--demo", "--days", days, "--until", SUNDAY)
    again = midback("trend", "--demo", "--days", days, "--until", SUNDAY)

    assert code == 0
    assert (
        err == "midback: These days are invented, to show what this looks like; nobody sat them.\n"
    )
    assert "These days are invented" in out
    assert re.search(r"(After \d+ routines?|in the hour after a routine):", " ".join(out.split()))
    assert out == again.out
    assert list(tmp_path.rglob("*.sqlite3")) == []
