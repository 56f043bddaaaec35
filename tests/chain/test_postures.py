"""Postures that come again: learnt over days, asked about once."""

from dataclasses import replace

import pytest
from chain.builders import upright
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.errors import DataError
from midback.postures import COUNTS_S, Postures
from midback.seconds import MISSING
from midback.words import State

WEARER = replace(upright(18.0), enter_deg=9.9)
"""Slumps forward by 18 degrees; the way out is at 6.9."""

Stay = tuple[int, float, float]
"""Minutes, flexion, lateral."""

RECLINED: Stay = (12, -14.0, -2.0)
SLUMPED: Stay = (30, 15.0, 0.0)
TALL: Stay = (30, 0.0, 0.0)


class Week:
    """Days at the desk; every posture is followed by a step to the next."""

    def __init__(self, *, says: bool | None = None, wearer=WEARER) -> None:
        self.postures = Postures()
        self.asked: list[tuple[int, str]] = []
        self.says = says
        self.wearer = wearer
        self.day = 0

    def live(self, *stays: Stay) -> "Week":
        """One day more; what was learnt is kept over night."""
        self.day += 1
        self.postures = Postures(self.postures.to_json())
        self.postures.judge_by(self.wearer)
        second = 0
        for minutes, lean, side in stays:
            for _ in range(60 * minutes):
                row = (round(100 * lean), round(100 * side), int(State.UPRIGHT), 25)
                question = self.postures.update(second, row, lambda: 700_000 + self.day)
                second += 1
                if question is not None:
                    self.asked.append((self.day, question.words))
                    self.postures.answer(question, self.says)
            second += 3
        return self

    @property
    def homes(self) -> tuple[float, ...]:
        return self.postures.homes(self.wearer.context)


def test_a_posture_that_comes_again_is_asked_about_on_the_second_day():
    week = Week().live(TALL, RECLINED).live(TALL, RECLINED)

    assert week.asked == [(2, "You often sit like this: 14° back, 2° left. Was it good?")]


def test_the_side_is_told_only_where_there_is_one():
    week = Week().live((20, -14.0, 1.0)).live((20, -14.0, 1.0))

    assert week.asked == [(2, "You often sit like this: 14° back. Was it good?")]


def test_ten_minutes_in_all_are_needed():
    short = Week().live((4, -14.0, 0.0)).live((4, -14.0, 0.0))
    assert short.asked == []

    assert len(short.live((4, -14.0, 0.0)).asked) == 1


def test_a_posture_called_good_becomes_a_home_and_is_not_asked_about_again():
    week = Week(says=True).live(RECLINED).live(RECLINED).live(RECLINED).live(RECLINED)

    assert week.homes == (-14.0,)
    assert len(week.asked) == 1


def test_a_posture_called_bad_is_never_asked_about_again():
    week = Week(says=False)
    for _ in range(20):
        week.live(RECLINED)

    assert (week.homes, len(week.asked)) == ((), 1)


def test_without_an_answer_it_is_asked_three_times_in_all_and_not_day_after_day():
    week = Week()
    for _ in range(20):
        week.live(RECLINED)

    assert [day for day, _ in week.asked] == [2, 5, 8]


def test_a_slump_is_asked_about_once_and_never_a_home_by_itself():
    week = Week()
    for lean in (14.0, 22.0, 12.0, 18.0, 15.0, 21.0, 13.0, 20.0):
        week.live((30, lean, 0.0), (30, lean + 5.0, 4.0))

    assert (week.homes, len(week.asked)) == ((), 1)


def test_a_slump_called_good_is_the_wearers_to_call_so():
    week = Week(says=True).live(SLUMPED).live(SLUMPED)

    assert week.homes == (15.0,)


def test_whoever_slumps_backward_is_asked_about_that_once():
    wearer = replace(upright(-16.0), back_enter_deg=8.8)
    week = Week(wearer=wearer)
    for lean in (-12.0, -19.0, -14.0, -21.0, -12.0, -19.0):
        week.live((30, lean, 0.0))

    assert len(week.asked) == 1


def test_upright_and_what_is_never_judged_a_slump_is_not_asked_about():
    week = Week()
    for _ in range(5):
        week.live(TALL, (30, 6.0, 3.0), (30, -7.5, 2.0), (30, 0.0, 12.0))

    assert week.asked == []


def test_one_question_in_two_days_is_enough():
    week = Week()
    for _ in range(7):
        week.live(RECLINED, SLUMPED, (20, -24.0, 0.0), (20, 34.0, 0.0))

    assert [day for day, _ in week.asked] == [2, 4, 6]


def test_it_is_asked_while_the_wearer_sits_like_that():
    postures = Week().live(RECLINED).live((7, 0.0, 0.0)).postures
    day = 700_003
    rows = [(-1400, 0, int(State.UPRIGHT), 25)] * 59
    asked = [postures.update(second, row, lambda: day) for second, row in enumerate(rows)]
    assert asked == [None] * 59

    assert postures.update(59, rows[0], lambda: day) is not None


def test_the_clip_hangs_a_little_differently_every_day():
    week = Week()
    for off in (0.0, 2.0, -3.0, 1.5, -2.0):
        week.live((8, -14.0 + off, off / 2))

    assert len(week.postures.of("desk")) == 1


def test_each_context_has_its_own_postures():
    standing = replace(WEARER, context="standing desk")
    week = Week(says=True).live(RECLINED).live(RECLINED)
    week.wearer = standing

    assert week.live(TALL).homes == ()
    assert week.postures.homes("desk") == (-14.0,)


def test_movement_and_unknown_angles_are_not_learnt():
    postures = Postures()
    postures.judge_by(WEARER)
    for second in range(3000):
        state = (State.MOVING, State.UPRIGHT)[second % 2]
        lean = MISSING if state is State.UPRIGHT else -1400
        postures.update(second, (lean, lean, int(state), 25), lambda: 700_000)

    assert postures.of("desk") == []


def test_nothing_is_learnt_without_an_upright():
    postures = Postures()
    for second in range(100):
        postures.update(second, (-1400, 0, int(State.UPRIGHT), 25), lambda: 700_000)

    assert postures.of("desk") == []


def test_old_days_count_less():
    week = Week().live((9, -14.0, 0.0))
    week.day += 60
    week.live((5, -14.0, 0.0))

    assert week.postures.of("desk")[0].still_s < COUNTS_S


def test_a_posture_passed_through_once_is_forgotten():
    week = Week().live((2, -30.0, 0.0))
    week.day += 30
    week.live(RECLINED)

    assert [round(each.lean_deg) for each in week.postures.of("desk")] == [-14]


@pytest.mark.parametrize(
    "kept", ["nonsense", "{}", '{"format": 9}', "[1]", '{"format": 1, "asked_day": 0}']
)
def test_what_cannot_be_read_says_so(kept: str):
    with pytest.raises(DataError, match="learnt anew"):
        Postures(kept)


days = st.lists(
    st.lists(st.tuples(st.integers(1, 25), st.floats(-30, 35), st.floats(-10, 10)), max_size=5),
    max_size=7,
)


@settings(max_examples=40)
@given(days, st.sampled_from([None, False]))
def test_no_week_makes_a_home_of_what_was_not_called_good(
    lived: list[list[Stay]], says: bool | None
):
    week = Week(says=says)
    for day in lived:
        week.live(*day)

    assert week.homes == ()
    asked_on = [day for day, _ in week.asked]
    assert len(asked_on) <= 3
    assert len(set(asked_on)) == len(asked_on)


@settings(max_examples=30)
@given(days)
def test_what_is_kept_is_read_back_as_it_was(lived: list[list[Stay]]):
    week = Week(says=True)
    for day in lived:
        week.live(*day)
    kept = week.postures.to_json()

    assert Postures(kept).to_json() == kept
