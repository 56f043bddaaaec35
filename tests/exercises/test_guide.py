"""A check is led through from the first tall hold to the last repetition."""

import pytest
from exercises.people import DT_S, Person, lived

from midback.exercises.guide import Guide
from midback.exercises.items import ITEMS
from midback.exercises.measured import Held, Repetition
from midback.exercises.rest import Sample
from midback.exercises.view import Phase, View
from midback.shared import flexion

RANGES = {
    ("tall_slump", ""): 18.0,
    ("arm_raise", ""): -9.0,
    ("chair_extension", ""): -12.0,
    ("rotation", "left"): 31.0,
    ("rotation", "right"): -46.0,
    ("side_bend", "left"): -24.0,
    ("side_bend", "right"): 26.0,
    ("find_upright", ""): 15.0,
}


def person(**traits) -> Person:
    return Person(ranges=dict(RANGES), **traits)


def guide(*names: str) -> Guide:
    return Guide(flexion.thorax_frame, [item for item in ITEMS if not names or item.id in names])


def told(guide: Guide, who: Person) -> list[View]:
    return list(lived(guide, who))


def angles(guide: Guide, item: str, way: str = "") -> list[float]:
    return [
        each.angle_deg
        for each in guide.done
        if isinstance(each, Repetition) and (each.item, each.way) == (item, way)
    ]


def test_a_whole_check_finds_the_ranges_of_whoever_does_it():
    check = guide()
    told(check, person(bias_dps=(3.0, -2.0, 4.0), scale=1.01))

    assert check.over
    for (item, way), range_deg in RANGES.items():
        found = angles(check, item, way)
        assert len(found) == (6 if item == "find_upright" else 3), (item, way)
        assert found == pytest.approx([range_deg] * len(found), abs=1.5), (item, way)
    (held,) = (each for each in check.done if isinstance(each, Held))
    assert held.end_s - held.begin_s == pytest.approx(60.0, abs=0.1)


def test_who_sits_up_a_little_more_before_setting_off_is_measured_from_there():
    check, who = guide("tall_slump"), person()
    asked_s, cues = 0.0, -1
    while not check.over:
        view = check.view
        if view.cues != cues:
            cues, asked_s = view.cues, who.time_s
            who.goes((2.0 if view.phase in (Phase.REST, Phase.BACK) else 0.0, 0.0, 0.0))
        if view.phase is Phase.GO and 3.2 <= who.time_s - asked_s < 3.2 + DT_S:
            who.goes((18.0, 0.0, 0.0))
        check.update(Sample(*who.sample()))

    assert angles(check, "tall_slump") == pytest.approx([18.0] * 3, abs=0.4)


# --- what goes wrong ---


def until(check: Guide, who: Person, holds) -> None:
    """Live on, doing what is asked for, until something holds of the view."""
    assert any(holds(view) for view in lived(check, who))


def stubbornly(check: Guide, who: Person, pose, words: str) -> None:
    """Go there whatever is asked for, until the guide says something."""
    who.goes(pose)
    for _ in range(1000):
        check.update(Sample(*who.sample()))
        if words in check.view.words:
            return
    raise AssertionError(f"it never said {words!r}")


def test_samples_that_are_missing_cost_the_repetition_under_way_and_no_other():
    check, who = guide("rotation"), person()
    until(check, who, lambda view: view.number == 2 and view.phase is Phase.BACK)
    who.time_s += 5.0
    until(check, who, lambda view: view.phase is Phase.REST)

    assert "not seen" in check.view.words
    assert check.view.number == 2
    told(check, who)
    assert angles(check, "rotation", "left") == pytest.approx([31.0] * 3, abs=1.0)


def test_a_test_that_is_skipped_counts_nothing():
    check, who = guide("tall_slump", "rotation"), person()
    until(check, who, lambda view: view.number == 3 and view.phase is Phase.GO)
    check.skip()
    told(check, who)

    assert check.left_out == ["tall_slump"]
    assert angles(check, "tall_slump") == []
    assert len(angles(check, "rotation", "left")) == 3


def test_a_test_can_be_done_from_its_beginning():
    check, who = guide("arm_raise"), person()
    until(check, who, lambda view: view.number == 3 and view.phase is Phase.GO)
    check.repeat()

    assert (check.view.practice, check.view.number) == (True, 1)
    told(check, who)
    assert len(angles(check, "arm_raise")) == 3


def test_a_pause_in_the_middle_of_a_repetition_does_it_again():
    check, who = guide("arm_raise"), person()
    until(check, who, lambda view: view.number == 2 and view.phase is Phase.BACK)
    check.pause()
    for _ in range(100):
        check.update(Sample(*who.sample()))
    assert check.view.phase is Phase.BACK

    check.go_on()
    assert check.view.phase is Phase.REST
    told(check, who)
    assert angles(check, "arm_raise") == pytest.approx([-9.0] * 3, abs=1.0)


def test_whoever_does_not_sit_tall_is_told_how_they_sit():
    check, who = guide("rotation"), person()
    until(check, who, lambda view: view.phase is Phase.REST)
    stubbornly(check, who, (12.0, 0.0, 0.0), "You lean 12° forward.")

    assert check.view.phase is Phase.REST


@pytest.mark.parametrize(
    ("goes_deg", "words"), [(-31.0, "That was the other way."), (0.0, "No movement was seen.")]
)
def test_a_turn_the_other_way_or_none_is_done_again(goes_deg: float, words: str):
    check, who = guide("rotation"), person()
    who.ranges["rotation", "left"] = goes_deg
    until(check, who, lambda view: words in view.words)

    assert check.view.phase is Phase.REST
    assert check.done == []


def test_whoever_does_not_come_back_has_not_done_it():
    check, who = guide("rotation"), person()
    until(check, who, lambda view: view.phase is Phase.BACK)
    stubbornly(check, who, (0.0, 0.0, 12.0), "You did not come back to where you began.")

    assert check.view.phase is Phase.REST


def test_repetitions_that_lie_far_apart_are_followed_by_more():
    check, who = guide("tall_slump"), person()
    counts = iter([18.0, 30.0, 18.0, 17.0, 18.0])
    for view in lived(check, who):
        if view.phase is Phase.REST and not view.practice and view.cues != who.seed:
            who.seed = view.cues
            who.ranges["tall_slump", ""] = next(counts, 18.0)

    assert angles(check, "tall_slump") == pytest.approx([18.0, 17.0, 18.0], abs=1.0)


def test_whoever_gets_up_in_a_hold_begins_it_again():
    check, who = guide("tall_hold"), person()
    until(check, who, lambda view: view.phase is Phase.HOLD and view.share > 0.5 and view.item)
    stubbornly(check, who, (35.0, 0.0, 0.0), "You got up or turned away.")

    assert (check.view.phase, check.done) == (Phase.REST, [])
