"""Earlier checks, read from their files."""

import gzip
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from exercises.test_check import STARTED, lead, turning

from midback.exercises import history, snapshot
from midback.exercises.check import Check, again
from midback.exercises.check_file import load, save
from midback.exercises.results import Results
from midback.exercises.view import View

ITEMS = ("tall_slump", "find_upright", "tall_hold", "rotation")


def done(holds: Callable[[View], bool] = lambda _: False) -> Check:
    check, clip = turning(ITEMS)
    clip.who.ranges |= {("tall_slump", ""): 18.0, ("find_upright", ""): 17.0}
    lead(check, clip, holds)
    return check


@pytest.fixture(scope="module")
def whole() -> Check:
    return done()


def put(check: Check, folder: Path, started: datetime = STARTED) -> Path:
    check.kept.started = started
    path = history.place_for(folder, started)
    save(check.kept, path, check.snapshot())
    return path


def change(path: Path, **facts: object) -> None:
    told = json.loads(gzip.decompress(path.read_bytes())) | facts
    path.write_bytes(gzip.compress(json.dumps(told).encode()))


def test_a_folder_of_checks_is_read_the_oldest_first(tmp_path: Path, whole: Check):
    later = STARTED + timedelta(days=2)
    put(whole, tmp_path, later)
    put(whole, tmp_path, STARTED)
    found = history.read(tmp_path)

    assert found.problems == ()
    assert [each.started for each in found.checks] == [STARTED, later]
    assert [each.results for each in found.checks] == [whole.results()] * 2
    assert all(each.whole for each in found.checks)
    assert [each.started for each in found.before(later)] == [STARTED]


def test_what_is_kept_of_a_check_is_what_its_packets_come_to(tmp_path: Path, whole: Check):
    path = put(whole, tmp_path)

    assert history.read(tmp_path).checks[0].results == again(load(path)).results()


@pytest.mark.parametrize("kept", [None, {}, {"rules": 1}, {"rules": snapshot.rules()}, "?"])
def test_where_nothing_usable_is_kept_of_a_check_it_is_computed(
    tmp_path: Path, whole: Check, kept: object
):
    change(put(whole, tmp_path), snapshot=kept)

    assert history.read(tmp_path).checks[0].results == whole.results()


def test_what_other_rules_came_to_is_computed_anew_once_and_the_packets_stay(
    tmp_path: Path, whole: Check, monkeypatch: pytest.MonkeyPatch
):
    path = put(whole, tmp_path)
    with monkeypatch.context() as other:
        other.setattr(snapshot, "rules", lambda: "other")
        save(whole.kept, path, snapshot.Snapshot(Results({}, None, None)))
    change(path, remark="of somebody else")
    first = history.read(tmp_path).checks[0].results
    monkeypatch.setattr(history, "again", lambda _: pytest.fail("computed once more"))

    assert first == history.read(tmp_path).checks[0].results == whole.results()
    assert load(path) == whole.kept
    assert json.loads(gzip.decompress(path.read_bytes()))["remark"] == "of somebody else"


def test_the_file_of_a_check_under_way_is_left_to_whoever_writes_it(tmp_path: Path):
    check = done(lambda view: view.item is not None and view.item.id == "find_upright")
    path = put(check, tmp_path)
    change(path, snapshot=None)
    before = path.read_bytes()
    (found,) = history.read(tmp_path).checks

    assert (found.whole, list(found.results.ranges)) == (False, [("tall_slump", "")])
    assert path.read_bytes() == before


def test_a_damaged_file_is_named_and_hides_no_other(tmp_path: Path, whole: Check):
    path = put(whole, tmp_path)
    (tmp_path / f"broken{history.SUFFIX}").write_bytes(path.read_bytes()[:300])
    (tmp_path / f"empty{history.SUFFIX}").write_bytes(b"")
    shutil.copy(path, tmp_path / f"newer{history.SUFFIX}")
    change(tmp_path / f"newer{history.SUFFIX}", format=99)
    found = history.read(tmp_path)

    assert [each.path for each in found.checks] == [path]
    assert len(list(tmp_path.iterdir())) == 4
    for problem, name in zip(found.problems, ("broken", "empty", "newer"), strict=True):
        assert f"{name}{history.SUFFIX}" in problem


def test_a_folder_that_is_not_there_has_no_checks(tmp_path: Path):
    assert history.read(tmp_path / "checks") == history.History()


def test_a_local_day_knows_when_checks_were_under_way(tmp_path: Path, whole: Check):
    zone = ZoneInfo("Europe/Rome")
    # A day turns at four in the morning, which is three in UTC here.
    for hour in (2, 6, 20):
        put(whole, tmp_path, datetime(2026, 11, 29, hour, 59, tzinfo=UTC))
    found = history.read(tmp_path)
    took = found.checks[0].spans[0][1] - found.checks[0].spans[0][0]
    spans = found.spans_on(date(2026, 11, 29), zone)

    assert [(begin.hour, begin.minute) for begin, _ in spans] == [(4, 0), (6, 59), (20, 59)]
    assert [end - begin for begin, end in spans[1:]] == [took, took]
    assert spans[0][1] - spans[0][0] == took - timedelta(minutes=1)
    assert len(found.spans_on(date(2026, 11, 28), zone)) == 1
    assert found.spans_on(date(2026, 11, 30), zone) == []
