"""What leads the window, over the simulated clip and its air, in quick virtual time."""

import time
from datetime import UTC, datetime
from functools import partial

import pytest

from midback.check_led import CheckLed, left_today
from midback.cli.background import Background
from midback.cli.leaders import CheckLeader, RoutineLeader
from midback.clip import Radio
from midback.errors import ClipNotFound
from midback.exercises.check_file import load
from midback.exercises.drill import all_drills
from midback.exercises.last_check import CHECKS
from midback.exercises.routine_plan import planned
from midback.exercises.screened import screened
from midback.exercises.screening import WHEN_EASED
from midback.leading import ClipUse
from midback.live.guided.scene import Todo, Where, Wish
from midback.routine_led import RoutineLed
from midback.simulated import simulated_day, virtual_time
from midback.simulated.exerciser import STIFF, Exerciser

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
SPEED = 150.0
"""So fast that all is over soon, and so slow that a wish comes in time."""

PATIENCE_S = 300.0
"""Real seconds until something is given up that takes a few."""


def until(happened):
    given_up_s = time.monotonic() + PATIENCE_S
    while not (found := happened()):
        assert time.monotonic() < given_up_s, "waited in vain"
        time.sleep(0.01)
    return found


def check_leader(folder, *items, left=None):
    day = simulated_day(3, STARTED, 40.0)
    person = Exerciser(day.wearer, STIFF, 3)

    def make(pain, left):
        return CheckLed(
            items,
            pain,
            ClipUse(folder, UTC, radio=radio_of(day), wall=day.now),
            left=left,
            watched=lambda view: person.follow_check(view, day.air.now_s),
        )

    return CheckLeader(make, partial(in_virtual_time, day), folder, left)


def routine_leader(folder, wanted):
    day = simulated_day(3, STARTED, 40.0)
    person = Exerciser(day.wearer, STIFF, 3)
    known = all_drills(None).known
    tasks = planned(known, [], wanted)

    def make():
        return RoutineLed(
            tasks,
            known,
            ClipUse(folder, UTC, radio=radio_of(day), wall=day.now),
            watched=lambda view: person.follow(view, day.air.now_s),
        )

    return RoutineLeader(make, tasks, partial(in_virtual_time, day), folder, screens=True)


def in_virtual_time(day, led):
    async def main():
        async with day.air:
            await led.run()

    return Background(main, partial(virtual_time.run, speed=SPEED))


def radio_of(day):
    return Radio(day.air.scanner_type, day.air.client_type, day.air.adapter_type)


def test_a_check_is_led_kept_and_told(tmp_path):
    leader = check_leader(tmp_path, "arm_raise", "rotation")
    leader.cleared()
    leader.begin(1)
    seen = set()

    def over():
        scene = leader.scene()
        seen.add(scene.title)
        return scene.where is Where.OVER

    until(over)
    leader.finish(2)
    outcome = until(leader.outcome)
    leader.close()
    (kept,) = (tmp_path / CHECKS).glob("*.check.gz")
    (page,) = (tmp_path / CHECKS).glob("*.html")
    told = {row.name: row.value for row in outcome.rows}

    assert seen >= {"Arms overhead", "Turning"}
    assert load(kept).pain == (1, 2)
    assert screened(tmp_path)
    assert (outcome.page, outcome.folder) == (page, tmp_path)
    assert told["Turning to the left"] in ("27°", "28°", "29°")
    assert "Turning to the left" in page.read_text("utf-8")


def test_a_check_that_was_left_is_gone_on_with(tmp_path):
    leader = check_leader(tmp_path, "arm_raise", "rotation")
    leader.begin(0)
    until(lambda: leader.scene().title == "Turning")
    leader.close()
    left = left_today(tmp_path / CHECKS, datetime.now(UTC), UTC) or left_today(
        tmp_path / CHECKS, STARTED, UTC
    )
    assert left is not None
    assert not left.whole

    later = check_leader(tmp_path, "arm_raise", "rotation", left=left)
    assert later.left
    later.go_on(True)
    later.begin(0)
    titles = set()

    def over():
        scene = later.scene()
        titles.add(scene.title)
        return scene.where is Where.OVER

    until(over)
    later.close()
    (path,) = (tmp_path / CHECKS).glob("*.check.gz")

    assert load(path).whole
    assert "Arms overhead" not in titles


def test_wishes_reach_the_check(tmp_path):
    leader = check_leader(tmp_path, "arm_raise", "rotation")
    leader.begin(0)
    until(lambda: leader.scene().title == "Arms overhead")
    leader.wish(Wish.HURTS)
    until(lambda: leader.scene().where is Where.OVER)
    leader.finish(None)
    outcome = until(leader.outcome)
    leader.close()

    assert "Stopped because of pain: arms overhead." in outcome.notes


def test_a_routine_is_led_and_told(tmp_path):
    leader = routine_leader(tmp_path, ("seated_twist", "tall_hold"))
    leader.begin(None)
    until(lambda: leader.scene().where is Where.OVER)
    leader.finish(None)
    outcome = until(leader.outcome)
    leader.close()

    assert outcome.sentence.startswith("The whole routine")
    assert {row.name for row in outcome.rows} >= {"Seated twist, left", "Seated twist, right"}
    assert outcome.page is None


def test_a_drill_that_hurts_is_told_with_what_to_do(tmp_path):
    leader = routine_leader(tmp_path, ("seated_twist", "tall_hold"))
    leader.begin(None)
    until(lambda: leader.scene().title == "Seated twist")
    leader.wish(Wish.HURTS)
    until(lambda: leader.scene().where is Where.OVER)
    leader.finish(None)
    outcome = until(leader.outcome)
    leader.close()

    assert outcome.sentence.startswith("The whole routine but for what hurt")
    assert outcome.todo == (Todo(WHEN_EASED, "Stopped because of pain: Seated twist."),)


def test_what_fails_is_said_and_can_be_tried_again(tmp_path):
    async def none_found():
        raise ClipNotFound("no clip is in range: bring it near")

    leader = check_leader(tmp_path, "arm_raise")
    leader._start = lambda _: Background(none_found, virtual_time.run)
    leader.begin(0)
    scene = until(lambda: leader.scene().where is Where.FAILED and leader.scene())

    assert scene.words == "No clip is in range: bring it near."
    with pytest.raises(ClipNotFound):
        leader.close()
