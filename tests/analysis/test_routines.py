"""What was seen in a day's routines, on the page, in the terminal and in the JSON."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from analysis.days import LONDON, moving, record, upright

from midback.exercises.counting import Counted
from midback.exercises.drill import By
from midback.exercises.exercise import EXERCISE, Exercise
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_record import FOLDER, place_for, save_routine
from midback.exercises.routine_sets import DoneSet, Outcome
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.footnotes import SETS_NOTE
from midback_analysis.report import as_html, as_json
from midback_analysis.routines import with_routines
from midback_analysis.summarise import summarise_day
from midback_analysis.text import LEAST_WIDTH, day_text

TEN = datetime(2026, 11, 12, 10, 0, tzinfo=LONDON)
TWIST = DoneSet(
    "seated_twist",
    "Seated twist",
    "left",
    By.REPETITIONS,
    5,
    0.0,
    Outcome.DONE,
    tuple(Counted(10.0 + 4.5 * n, 28.0 + n, 0.5, 1.5, 0.5) for n in range(5)),
)
ROW = DoneSet(
    "band_row", "Band row", "", By.METRONOME, 12, 0.0, Outcome.BROKEN_OFF, (), paced=7
)  # fmt: skip


def day(*routines: tuple[float, float]) -> DayRecord:
    """Four hours from eight on, with routines at these minutes."""
    wearings = [
        Wearing("7A3F", {EXERCISE: str(Exercise.ROUTINE)}, round(60 * begin), round(60 * end))
        for begin, end in routines
    ]
    made = record([upright(120), moving(5), upright(115)])
    return replace(made, wearings=(*made.wearings, *wearings))


def keep(folder: Path, begin: datetime = TEN, *sets: DoneSet, whole: bool = True) -> Path:
    path = place_for(folder, begin)
    save_routine(
        DoneRoutine(begin, begin + timedelta(minutes=5), "7A3F", sets or (TWIST, ROW), whole), path
    )
    return path


def test_the_day_tells_what_was_seen_of_each_set(tmp_path: Path):
    keep(tmp_path)
    (routine,) = summarise_day(with_routines(day((120, 125)), tmp_path)).exercises

    assert routine.whole is True
    assert [(each.name, each.seen, each.paced) for each in routine.sets] == [
        ("Seated twist, left", 5, 0),
        ("Band row", 0, 7),
    ]
    assert routine.sets[0].range_deg == pytest.approx(30.0)
    assert routine.sets[0].tempo_s == pytest.approx((0.5, 1.5, 0.5))
    assert routine.sets[0].every_s == pytest.approx(4.5)
    assert routine.sets[1].range_deg is None


def test_text_page_and_json_tell_it(tmp_path: Path):
    keep(tmp_path, whole=False)
    summary = summarise_day(with_routines(day((120, 125)), tmp_path))
    text = " ".join(day_text(summary).split())
    page = as_html(summary)
    told = json.loads(as_json(summary))["exercises"][0]

    assert "left before its end" in text
    for words in ("5 of 5 repetitions seen; about 30° each", "7 paced, not counted; broken off"):
        assert words in text
        assert words in page
    assert SETS_NOTE in text
    assert SETS_NOTE in page
    assert (told["whole"], told["sets"][0]["seen"]) == (False, 5)
    assert (told["sets"][1]["paced"], told["sets"][1]["range_deg"]) == (7, None)


@pytest.mark.parametrize("width", [LEAST_WIDTH, 80])
def test_a_long_name_of_their_own_keeps_the_lines_short(tmp_path: Path, width: int):
    keep(tmp_path, TEN, replace(TWIST, title="Leaning into the doorway with both arms up high"))
    summary = summarise_day(with_routines(day((120, 125)), tmp_path))

    assert max(map(len, day_text(summary, width).splitlines())) <= width


def test_a_title_from_outside_stays_text(tmp_path: Path):
    keep(tmp_path, TEN, replace(TWIST, title="<b>\x1b[31m"))
    summary = summarise_day(with_routines(day((120, 125)), tmp_path))

    assert "\x1b" not in day_text(summary)
    assert "&lt;b&gt;" in as_html(summary)
    assert "<b>\ufffd" not in as_html(summary)


def test_each_routine_has_its_own_sets(tmp_path: Path):
    keep(tmp_path, TEN, TWIST)
    keep(tmp_path, TEN + timedelta(minutes=60), ROW)
    two = summarise_day(with_routines(day((120, 125), (180, 185)), tmp_path)).exercises

    assert [[each.drill for each in routine.sets] for routine in two] == [
        ["seated_twist"],
        ["band_row"],
    ]


def test_a_routine_without_its_file_is_told_without_sets(tmp_path: Path):
    summary = summarise_day(with_routines(day((120, 125)), tmp_path))

    assert (summary.exercises[0].whole, summary.exercises[0].sets) == (None, ())
    assert SETS_NOTE not in day_text(summary)
    assert summary.problems == ()


def test_a_damaged_file_is_named_where_a_routine_lacks_its_own(tmp_path: Path):
    keep(tmp_path).write_text("{")
    summary = summarise_day(with_routines(day((120, 125)), tmp_path))

    assert "2026-11-12T100000.json is no routine, or is damaged" in " ".join(summary.problems)


def test_a_damaged_file_of_another_day_is_not_this_day_s_problem(tmp_path: Path):
    keep(tmp_path)
    (tmp_path / FOLDER / "2026-10-01T100000.json").write_text("{")

    assert with_routines(day((120, 125)), tmp_path).problems == ()
