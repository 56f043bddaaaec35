"""What a routine is planned by: the last check, and what hurt in it."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest
from exercises.test_check import STARTED, lead, turning
from exercises.test_history import put

from midback.exercises.check import Check, Wish
from midback.exercises.last_check import CHECKS, last_advice
from midback.exercises.view import Phase, View

STOPPED = "Stopped because of pain: Turning."


def turns(view: View) -> bool:
    return view.item is not None and view.item.id == "rotation" and view.phase is Phase.GO


def checked(*, stopped: bool = False, left: bool = False) -> Check:
    """Turns and arms, which go back little; *stopped* where a turn hurts, *left* right after."""
    check, clip = turning(("rotation", "arm_raise"))
    clip.who.ranges |= {("arm_raise", ""): -3.6}
    lead(check, clip, turns)
    if stopped:
        check.wish(Wish.HURTS)
    if not left:
        lead(check, clip)
    return check


@pytest.fixture(scope="module")
def fine() -> Check:
    return checked()


def told(folder: Path, *checks: Check) -> list[tuple[str, str, tuple[str, ...]]]:
    """What checks of one day after the other come to."""
    (folder / CHECKS).mkdir(parents=True)
    for day, check in enumerate(checks):
        put(check, folder / CHECKS, STARTED + timedelta(days=day))
    return [(each.id, each.why, each.drills) for each in last_advice(folder, UTC)]


def test_a_test_that_was_stopped_because_it_hurt_leaves_no_exercises(tmp_path: Path):
    assert told(tmp_path, checked(stopped=True)) == [("hurts", STOPPED, ())]


def test_so_it_does_where_the_check_was_left_for_it(tmp_path: Path, fine: Check):
    left = checked(stopped=True, left=True)

    assert told(tmp_path / "first", left) == [("hurts", STOPPED, ())]
    assert told(tmp_path / "later", fine, left) == [("hurts", STOPPED, ())]


def test_a_check_that_was_left_later_without_pain_takes_back_none(tmp_path: Path):
    assert told(tmp_path, checked(stopped=True), checked(left=True)) == [("hurts", STOPPED, ())]


def test_a_whole_check_without_pain_ends_it(tmp_path: Path, fine: Check):
    (advice,) = told(tmp_path, checked(stopped=True), fine)

    assert (advice[0], advice[2]) == ("small_extension", ("chair_extension",))


def test_a_check_that_was_left_without_pain_advises_nothing(tmp_path: Path):
    assert told(tmp_path, checked(left=True)) == []
