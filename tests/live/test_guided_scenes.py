"""What of a guide's view is shown: no Qt is needed for that."""

from dataclasses import replace

import pytest
from live.leaders import GuidingLeader

from midback.cues import Tone
from midback.exercises.counting import Counted
from midback.exercises.drill import all_drills
from midback.exercises.items import ITEMS, Movement
from midback.exercises.routine_plan import planned
from midback.exercises.routine_view import RoutineView
from midback.exercises.view import Phase, View
from midback.live.guided.check_scene import scene_of
from midback.live.guided.drawings import figure_of
from midback.live.guided.routine_scene import routine_scene
from midback.live.guided.scene import Scene, Where, Wish

BY_ID = {item.id: item for item in ITEMS}
DRILLS = all_drills().known
TASKS = planned(DRILLS)


def resting(test: str, words: str | None = None, **changes: object) -> View:
    item = BY_ID[test]
    return replace(View(item, None, Phase.REST, words or item.how, of=3, number=1), **changes)


def going(test: str, way: int = 0, **changes: object) -> View:
    item = BY_ID[test]
    assert isinstance(item, Movement)
    named = item.ways[way]
    return replace(View(item, named, Phase.GO, named.go, number=2, of=3), **changes)


def scene(view: View, *, paused: bool = False) -> Scene:
    return scene_of(view, ITEMS, paused=paused)


@pytest.fixture(scope="module")
def lived() -> list[Scene]:
    """Every scene of a whole check, four a second."""
    leader = GuidingLeader()
    scenes = [leader.scene()]
    while scenes[-1].where is not Where.OVER:
        leader.live(0.25)
        scenes.append(leader.scene())
    return scenes


def test_every_test_is_shown_with_its_title_figure_and_place(lived: list[Scene]):
    shown = {(each.step, each.title) for each in lived if each.title}
    tests = {(f"Test {n} of 7", item.title) for n, item in enumerate(ITEMS, 1)}

    assert shown == {("To begin with", "Your upright"), *tests}
    assert all(each.figure is not None for each in lived if each.where is Where.LEADING)


def test_the_gauge_reaches_what_the_person_does(lived: list[Scene]):
    turns = [each.gauge for each in lived if each.title == "Turning" and each.gauge is not None]
    left, right = (
        max(gauge.angle_deg for gauge in turns if gauge.side == side) for side in (-1, 1)
    )
    assert (left, right) == (pytest.approx(28.0, abs=2.0), pytest.approx(45.0, abs=2.0))


def test_a_posture_that_is_kept_or_found_is_not_helped_by_a_gauge(lived: list[Scene]):
    minute = [each for each in lived if each.title == BY_ID["tall_hold"].title]
    finding = [each for each in lived if each.title == BY_ID["find_upright"].title]
    back = [each for each in finding if "back" in each.words]

    assert [each for each in minute if each.gauge is not None] == []
    assert [each for each in back if each.gauge is not None] == []
    assert back


def test_a_hold_says_how_long_it_still_takes():
    item = BY_ID["tall_hold"]
    held = scene(View(item, None, Phase.HOLD, "Stay tall.", share=0.75))
    assert (held.share, held.inside) == (0.75, "15 s")


def test_practice_is_marked_and_has_no_number():
    assert scene(going("rotation", practice=True)).count == "Practice"
    assert scene(going("rotation")).count == "2 of 3"


def test_a_repetition_beyond_the_three_is_one_to_be_sure():
    assert scene(going("rotation", number=4)).count == "Once more, to be sure"


def test_what_did_not_count_is_said_apart_from_how_to_sit():
    how = BY_ID["rotation"].how
    failed = scene(resting("rotation", f"You did not come back to where you began. {how}"))
    assert failed.note == "You did not come back to where you began."
    assert failed.how == how
    assert failed.tone is Tone.AGAIN
    assert failed.spoken == "You did not come back to where you began. Once more."


def test_the_figure_turns_the_way_that_is_asked_for():
    # Turning is drawn to the left, and bending to the right.
    left, right = (scene(going("rotation", way)).mirrored for way in (0, 1))
    assert (left, right) == (False, True)
    left, right = (scene(going("side_bend", way)).mirrored for way in (0, 1))
    assert (left, right) == (True, False)


def test_how_to_sit_is_said_once_a_test():
    first = scene(resting("rotation", practice=True))
    later = scene(resting("rotation"))
    assert first.spoken == f"Turning. {BY_ID['rotation'].how}"
    assert later.spoken == ""


def test_each_phase_sounds_otherwise():
    phases = (resting("rotation"), going("rotation"), going("rotation", phase=Phase.BACK))
    tones = [scene(view).tone for view in phases]
    assert tones == [Tone.REST, Tone.GO, Tone.BACK]


def test_while_paused_no_number_is_shown_that_is_not_current():
    paused = scene(going("rotation", angle_deg=20.0), paused=True)
    assert (paused.gauge, paused.share) == (None, None)
    assert paused.words.startswith("Paused.")
    assert paused.wishes == (Wish.GO_ON, Wish.SKIP, Wish.HURTS)


def test_the_first_tall_hold_cannot_be_left_out():
    first = scene(View(phase=Phase.HOLD, words="Sit tall.", share=0.5))
    assert first.wishes == (Wish.PAUSE, Wish.REPEAT)
    assert first.inside == "2 s"


def test_before_the_first_test_and_drill_the_figure_just_sits():
    first = scene(View(phase=Phase.HOLD, words="Sit tall."))
    routine = routine_scene(RoutineView(phase=Phase.HOLD, words="Sit tall."), TASKS)

    assert {first.figure, routine.figure} == {figure_of("upright")}


# --- a routine ---

LAST = Counted(1.0, 11.0, 1.4, 0.8, 1.6)


def doing(drill: str, phase: Phase = Phase.GO, **changes: object) -> RoutineView:
    one = DRILLS[drill]
    return replace(RoutineView(one, "", phase, one.go, of=one.repetitions), **changes)


def test_repetitions_are_called_seen_where_the_clip_sees_them():
    shown = routine_scene(doing("chair_extension", number=4, last=LAST), TASKS)
    assert shown.count == f"4 of {DRILLS['chair_extension'].repetitions} seen"
    assert shown.facts == ("The last: 11°, 1.4 s there, 0.8 s held, 1.6 s back",)
    assert shown.beat is None
    assert shown.spoken == "4"


def test_what_is_paced_says_so_and_has_a_beat_and_no_gauge():
    view = doing("wall_slide", number=3, paced=True, angle_deg=5.0)
    there = routine_scene(view, TASKS)
    back = routine_scene(replace(view, phase=Phase.BACK), TASKS)

    assert there.count.endswith("paced, not counted")
    assert there.gauge is None
    assert there.beat is not None
    assert back.beat is not None
    assert (there.beat.back, back.beat.back) == (False, True)
    assert there.beat.seconds == DRILLS["wall_slide"].seconds / 2


def test_why_it_is_paced_is_shown_and_spoken_at_the_first_beat():
    why = "You sway too much beside it to be counted surely: keep to the beat. Slide."
    shown = routine_scene(doing("wall_slide", words=why, number=1, paced=True), TASKS)

    assert (shown.words, shown.spoken) == (why, why)


def test_the_time_left_and_what_comes_next_are_shown():
    first, then = TASKS[0].drill, TASKS[1].drill
    shown = routine_scene(doing(first.id, left_s=271.4), TASKS)
    assert (shown.left, shown.coming) == ("4:31 left", f"Next: {then.title}")
    assert shown.step == f"Drill 1 of {len(TASKS)} · {first.dose}"


def test_after_the_last_drill_nothing_comes():
    assert routine_scene(doing(TASKS[-1].drill.id), TASKS).coming == ""


def test_a_drill_begins_with_how_and_its_caution():
    drill = DRILLS["chair_extension"]
    view = doing(drill.id, Phase.REST, words=f"{drill.how} {drill.caution}")
    shown = routine_scene(view, TASKS)
    assert (shown.how, shown.note) == (drill.how, "")
    assert drill.caution in shown.words
    assert shown.spoken == f"{drill.title}. {drill.how} {drill.caution}"


def test_what_was_missed_is_said():
    drill = DRILLS["chair_extension"]
    view = doing(drill.id, Phase.REST, words=f"Some of it was not seen. {drill.how}")
    assert routine_scene(view, TASKS).note == "Some of it was not seen."


def test_a_hold_shows_how_far_from_tall_they_are():
    shown = routine_scene(doing("tall_hold", Phase.HOLD, share=0.5, angle_deg=-3.0), TASKS)
    assert (shown.share, shown.inside) == (0.5, "−3°")


def test_a_drill_can_be_stopped_for_pain_while_it_goes_on_and_while_paused():
    view = doing("chair_extension", number=2)
    going_on, paused = (routine_scene(view, TASKS, paused=paused) for paused in (False, True))

    assert going_on.wishes == (Wish.PAUSE, Wish.CHANGE, Wish.SKIP, Wish.HURTS)
    assert paused.wishes == (Wish.GO_ON, Wish.CHANGE, Wish.SKIP, Wish.HURTS)


def test_the_end_of_the_routine_is_the_end():
    over = routine_scene(RoutineView(phase=Phase.DONE, words="That was all."), TASKS)
    assert over.where is Where.OVER
