"""Done routines are kept and read again, whatever lies beside them."""

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from exercises.routines import Led, seen
from hypothesis import given
from hypothesis import strategies as st

from midback.errors import DataError
from midback.exercises.counting import Counted
from midback.exercises.drill import By
from midback.exercises.routine import DoneRoutine, RoutineWish
from midback.exercises.routine_record import (
    FOLDER,
    Routines,
    hurt_last_time,
    load_routine,
    place_for,
    read_routines,
    routines_on,
    save_routine,
)
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.exercises.routine_text import as_text

BEGIN = datetime(2026, 11, 29, 8, 30, 5, tzinfo=timezone(timedelta(hours=1)))
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
HOLD = DoneSet("tall_hold", "Sitting tall", "", By.HOLD, 0, 45.0, Outcome.BROKEN_OFF, held_s=12.5)
DONE = DoneRoutine(BEGIN, BEGIN + timedelta(seconds=301), "clip-1", (TWIST, HOLD), whole=False)


def kept(folder: Path, done: DoneRoutine = DONE) -> Path:
    path = place_for(folder, done.begin)
    save_routine(done, path)
    return path


def test_what_is_read_is_what_was_kept(tmp_path: Path):
    assert load_routine(kept(tmp_path)) == DONE


def test_that_somebody_swayed_too_much_is_kept_and_older_files_are_read_without(tmp_path: Path):
    done = replace(DONE, sets=(replace(TWIST, sways=True),))
    path = kept(tmp_path, done)
    again = load_routine(path)
    facts = json.loads(path.read_text())
    del facts["sets"][0]["sways"]
    path.write_text(json.dumps(facts))

    assert (again, load_routine(path).sets) == (done, (TWIST,))


def test_it_lies_under_the_local_time_at_which_it_began(tmp_path: Path):
    assert kept(tmp_path) == tmp_path / "routines" / "2026-11-29T083005.json"


def test_a_file_with_more_in_it_than_is_known_is_read(tmp_path: Path):
    path = kept(tmp_path)
    facts = json.loads(path.read_text())
    facts["mood"] = "good"
    facts["sets"][0]["sweat"] = 1
    path.write_text(json.dumps(facts))

    assert load_routine(path) == DONE


def test_a_newer_format_asks_for_an_update(tmp_path: Path):
    path = kept(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))

    with pytest.raises(DataError, match="newer Midback"):
        load_routine(path)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{}", '{"what": "midback routine", "format": "x"}', "[" * 100_000, "\0"],
)
def test_a_damaged_file_is_named_and_hides_no_other(tmp_path: Path, text: str):
    kept(tmp_path)
    (tmp_path / FOLDER / "2026-11-28T080000.json").write_text(text)
    found = read_routines(tmp_path)

    assert found.done == (DONE,)
    assert ["2026-11-28T080000.json" in problem for problem in found.problems] == [True]


@pytest.mark.parametrize(
    ("key", "value"),
    [("begin", "2026-11-29T08:30:05"), ("end", "2026-11-29T08:00:00+01:00"), ("sets", [1])],
)
def test_what_cannot_be_is_refused(tmp_path: Path, key: str, value: object):
    path = kept(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))

    with pytest.raises(DataError, match="is no routine, or is damaged"):
        load_routine(path)


@given(st.data())
def test_a_file_of_which_any_part_is_missing_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    path = kept(tmp_path_factory.mktemp("data"))
    text = path.read_text()
    begin = data.draw(st.integers(0, len(text)))
    path.write_text(text[:begin] + text[data.draw(st.integers(begin, len(text))) :])
    found = read_routines(path.parent.parent)

    assert len(found.done) + len(found.problems) == 1


def test_the_old_file_stays_where_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = kept(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        save_routine(replace(DONE, sets=()), path)

    assert load_routine(path) == DONE
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_can_read_it(tmp_path: Path):
    path = kept(tmp_path)

    assert [path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777] == [0o600, 0o700]


def test_those_of_a_local_day_are_told_with_their_times(tmp_path: Path):
    late = replace(DONE, begin=BEGIN.replace(hour=23), end=BEGIN.replace(hour=23, minute=36))
    # Before four in the morning it still is the evening before.
    after = BEGIN.replace(day=30, hour=2)
    night = replace(DONE, begin=after, end=after + timedelta(minutes=5))
    for done in (night, DONE, late):
        kept(tmp_path, done)
    next_day = BEGIN.replace(day=30, hour=9)
    kept(tmp_path, replace(DONE, begin=next_day, end=next_day))

    found = routines_on(tmp_path, date(2026, 11, 29), timezone(timedelta(hours=1)))

    assert found.spans == [(each.begin, each.end) for each in (DONE, late, night)]


def test_a_folder_without_routines_has_none(tmp_path: Path):
    assert routines_on(tmp_path, date(2026, 11, 29), UTC).done == ()


def test_a_routine_is_kept_as_it_went(tmp_path: Path):
    wanted = ["chair_extension", "roller_extension"]
    led = Led(wanted=wanted, folder=tmp_path).run()
    (found,) = read_routines(tmp_path).done

    assert found.whole
    assert [each.outcome for each in found.sets] == [Outcome.DONE, Outcome.DONE]
    assert found.sets[0].seen == 9
    assert found.sets[0].range_deg == pytest.approx(led.done.sets[0].range_deg, abs=0.01)


def test_what_hurt_stays_in_the_record(tmp_path: Path):
    hurt = [(seen("chair_extension", 2), lambda led: led.led.wish(RoutineWish.HURTS))]
    Led(wanted=["chair_extension", "tall_hold"], folder=tmp_path, happens=hurt).run()
    (found,) = read_routines(tmp_path).done

    assert found.whole
    assert [(each.drill, each.outcome) for each in found.sets] == [
        ("chair_extension", Outcome.HURT),
        ("tall_hold", Outcome.DONE),
    ]


def test_the_text_of_a_routine_says_what_hurt_and_what_to_do():
    hurt = replace(DONE, sets=(replace(TWIST, outcome=Outcome.HURT),), whole=True)
    told = " ".join(as_text(hurt, 60).split())

    assert told.startswith("The whole routine but for what hurt, ")
    assert "Stopped because of pain: Seated twist. Come back when it has eased" in told


def after(*outcomes: Outcome) -> list[str]:
    """What hurt the last time, after routines of which each ended one twist so."""
    done = [
        replace(DONE, begin=BEGIN + timedelta(days=day), sets=(replace(TWIST, outcome=outcome),))
        for day, outcome in enumerate(outcomes)
    ]
    return hurt_last_time(Routines(tuple(done)))


def test_what_hurt_the_last_time_is_known_until_it_was_done_without():
    assert after(Outcome.DONE) == []
    assert after(Outcome.DONE, Outcome.HURT) == ["seated_twist"]
    assert after(Outcome.HURT, Outcome.SKIPPED, Outcome.NO_TIME) == ["seated_twist"]
    assert after(Outcome.HURT, Outcome.DONE) == []


def test_one_side_that_hurt_is_enough():
    sets = (TWIST, replace(TWIST, side="right", outcome=Outcome.HURT))

    assert hurt_last_time(Routines((replace(DONE, sets=sets),))) == ["seated_twist"]


def test_one_that_is_left_is_kept_as_not_whole(tmp_path: Path):
    left = [(seen("wall_slide", 2), Led.leave)]
    Led(wanted=["chair_extension", "wall_slide"], folder=tmp_path, happens=left).run()
    (found,) = read_routines(tmp_path).done

    assert not found.whole
    assert [(each.seen, each.outcome) for each in found.sets] == [
        (9, Outcome.DONE),
        (2, Outcome.BROKEN_OFF),
    ]


def test_a_routine_goes_on_though_it_cannot_be_kept(tmp_path: Path):
    (tmp_path / FOLDER).write_text("a file, not a folder")
    led = Led(wanted=["chair_extension"], folder=tmp_path).run()

    assert led.done.whole
    assert "cannot be written" in led.led.problem
