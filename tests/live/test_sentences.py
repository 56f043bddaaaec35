from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from live.scenes import NINE, USUAL

from midback.curl import Posture
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.live.sentences import NO_ANGLE, Said, over, rest_until, say, steady
from midback.pausing import CALL, PAUSE, PRESENTING, QUIET
from midback.places import ELSEWHERE
from midback.words import NBSP, State


def said(state: State, **facts: object) -> Said:
    return say(replace(USUAL, state=state, **facts), UTC)  # pyright: ignore[reportArgumentType]


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("state", "facts", "headline", "help_line"),
    [
        (State.UPRIGHT, {}, "Upright", "A lean past 14° for 30 s gets a buzz."),
        (State.LEANING, {"since_s": 14}, "Leaning 14 s", "A buzz follows at 30 s."),
        (State.SLUMPED, {"since_s": 80}, "Slumped 1 min 20 s", "Grow tall from the breastbone."),
        (State.BACK, {"since_s": 17}, "Leaning back 17 s", "Resting back is not a slump."),
        (State.MOVING, {"since_s": 5}, "Moving", "Counting waits until you are still."),
        (State.AWAY, {"since_s": 5}, "Not worn", "Clip it between the shoulder blades."),
        (State.NO_DATA, {"since_s": 12}, "No signal 12 s", "Is the clip near, and charged?"),
        (State.NEW, {"since_s": 5}, "Needs calibration", "Sit tall, then press Calibrate."),
        (State.WALKING, {"since_s": 5}, "Walking", "Posture in walking is not judged."),
        (State.DOUBTFUL, {"since_s": 5}, "Worn?", "Not even breathing moves the clip."),
    ],
)
def test_each_state_has_its_words_and_one_line_of_help(
    state: State, facts: dict[str, object], headline: str, help_line: str
):
    words = said(state, **facts)
    assert (plain(words.headline), plain(words.help)) == (headline, help_line)


def test_help_speaks_in_the_wearers_own_numbers():
    words = said(State.UPRIGHT, enter_deg=11.4, hold_s=12.5)
    assert plain(words.help) == "A lean past 11° for 12.5 s gets a buzz."


def test_a_wearer_who_slumps_backward_is_told_both_lines():
    words = said(State.UPRIGHT, back_enter_deg=12.0)
    assert plain(words.help) == "A lean past 14° or −12° for 30 s gets a buzz."


@pytest.mark.parametrize("state", [State.UPRIGHT, State.LEANING, State.SLUMPED, State.MOVING])
def test_while_snoozed_the_help_says_until_when_and_promises_no_buzz(state: State):
    words = said(state, snoozed_until=NINE + timedelta(minutes=15))
    assert words.help == "Buzzes rest until 09:15."


SLIPPED = "The clip seems to have slipped: you walk as if tipped by 12°. Sit tall and calibrate."


@pytest.mark.parametrize("state", [State.UPRIGHT, State.LEANING, State.SLUMPED, State.MOVING])
def test_a_doubtful_upright_is_told_in_place_of_a_promise(state: State):
    assert said(state, doubt=SLIPPED).help == SLIPPED


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"question": "Is this posture good?"}, "Is this posture good?"),
        ({"notice": "Calibrated."}, "Calibrated."),
        ({"held_by": (CALL,)}, "Buzzes wait: a call is on."),
    ],
)
def test_a_doubtful_upright_can_wait(facts: dict[str, object], words: str):
    assert said(State.UPRIGHT, doubt=SLIPPED, **facts).help == words


def test_a_clip_that_is_not_worn_is_put_on_first():
    assert said(State.AWAY, doubt=SLIPPED).help == "Clip it between the shoulder blades."


def test_a_rest_into_another_day_names_the_day():
    assert rest_until(NINE + timedelta(hours=14), NINE, UTC) == "Buzzes rest until 23:00."
    assert (
        rest_until(NINE + timedelta(hours=24), NINE, UTC)
        == f"Buzzes rest until 09:00 on {NINE + timedelta(days=1):%A}."
    )
    words = said(State.UPRIGHT, snoozed_until=NINE + timedelta(hours=24))
    assert words.help == rest_until(NINE + timedelta(hours=24), NINE, UTC)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Buzzes are back."),
        ({"held_by": (PAUSE,)}, "Buzzes wait until you end the pause."),
        ({"held_by": ("quiet hours",)}, "Buzzes wait: quiet hours."),
        ({"snoozed_until": NINE + timedelta(minutes=15)}, "Buzzes rest until 09:15."),
    ],
)
def test_what_still_holds_buzzes_is_said_when_something_else_is_over(
    facts: dict[str, object], words: str
):
    now = replace(USUAL, **facts)  # pyright: ignore[reportArgumentType]
    assert over("snooze", now, UTC) == f"The snooze is over. {words}"


def test_before_a_clip_was_found_only_the_end_is_said():
    assert over("pause", None, UTC) == "The pause is over."


def test_a_snooze_does_not_hide_how_to_get_the_signal_back():
    words = said(State.NO_DATA, snoozed_until=NINE + timedelta(minutes=15))
    assert words.help == "Is the clip near, and charged?"


def test_a_snooze_that_is_over_is_not_mentioned():
    words = said(State.LEANING, snoozed_until=NINE - timedelta(seconds=1))
    assert "rest" not in words.help


@pytest.mark.parametrize(
    ("held_by", "words"),
    [
        ((CALL,), "Buzzes wait: a call is on."),
        ((QUIET,), "Buzzes wait: do not disturb is on."),
        ((PRESENTING,), "Buzzes wait: a talk or a film is on."),
        ((PAUSE,), "Buzzes wait until you end the pause."),
        ((PRESENTING, CALL), "Buzzes wait: a call is on."),
        ((CALL, PAUSE), "Buzzes wait until you end the pause."),
        (("quiet hours",), "Buzzes wait: quiet hours."),
        ((Posture.LEAN,), "A lean from the hips gets no buzz."),
        ((LOOKS_LIKE_A_LEAN,), "This looks like a lean from the hips, which gets no buzz."),
        ((LOOKS_LIKE_A_LEAN, CALL), "Buzzes wait: a call is on."),
        ((ELSEWHERE,), "Buzzes wait: you seem to be in another place."),
    ],
)
@pytest.mark.parametrize("state", [State.UPRIGHT, State.LEANING, State.SLUMPED, State.MOVING])
def test_while_buzzes_wait_the_help_says_why_and_promises_none(
    state: State, held_by: tuple[str, ...], words: str
):
    assert said(state, held_by=held_by).help == words


def test_a_pause_that_has_no_end_is_told_before_a_snooze_that_has():
    words = said(State.UPRIGHT, held_by=(CALL, PAUSE), snoozed_until=NINE + timedelta(minutes=15))
    assert words.help == "Buzzes wait until you end the pause."


@pytest.mark.parametrize("state", [State.NO_DATA, State.AWAY, State.NEW])
def test_what_holds_buzzes_does_not_hide_what_the_wearer_must_do_first(state: State):
    assert said(state, held_by=(CALL,)).help == said(state).help


def test_a_lean_soon_after_a_buzz_is_not_promised_one_at_the_hold():
    words = said(State.LEANING, since_s=10.0, quiet_until=NINE + timedelta(seconds=80))
    assert words.help.replace(NBSP, " ") == "A buzz follows in 1 min 20 s, not sooner."


def test_a_quiet_time_that_ends_before_the_hold_changes_nothing():
    words = said(State.LEANING, since_s=10.0, quiet_until=NINE + timedelta(seconds=5))
    assert words.help.replace(NBSP, " ") == "A buzz follows at 30 s."


def test_guidance_goes_before_everything():
    words = said(
        State.NEW, notice="Sit tall and hold still: 3 s", snoozed_until=NINE + timedelta(hours=1)
    )
    assert words.help == "Sit tall and hold still: 3 s"


@pytest.mark.parametrize(
    ("lean_deg", "number", "unit"),
    [
        (3.4, "3°", "forward of your upright"),
        (-14.2, "14°", "behind your upright"),
        (-0.3, "0°", "at your upright"),
    ],
)
def test_the_number_is_whole_and_says_from_where_it_counts(
    lean_deg: float, number: str, unit: str
):
    words = said(State.UPRIGHT, flexion_deg=lean_deg)
    assert (words.number, words.unit) == (number, unit)


@pytest.mark.parametrize("state", [State.NO_DATA, State.AWAY])
def test_a_number_that_is_not_current_is_only_told_as_last_seen(state: State):
    words = said(state, last_deg=2.2)
    assert (words.number, words.unit) == (NO_ANGLE, "last seen at 2°")


def test_without_a_calibration_there_is_no_angle_to_have_seen():
    assert said(State.NEW, last_deg=2.2).unit == "no angle yet"


def test_somebody_who_listens_hears_state_and_number_without_signs():
    words = said(State.SLUMPED, since_s=80, flexion_deg=24.0)
    assert plain(words.spoken) == "Slumped 1 min 20 s, 24 degrees"


def test_a_lean_back_is_heard_as_minus():
    assert said(State.UPRIGHT, flexion_deg=-1.0).spoken == "Upright, minus 1 degree"


def test_before_anything_is_known_the_clip_is_looked_for():
    words = say(None, UTC)
    assert (words.headline, words.help) == ("No signal", "Looking for the clip.")


@pytest.mark.parametrize(
    ("percent", "link"),
    [(82, "Clip 82 %  ·  linked"), (9, "Clip 9 %, low  ·  linked"), (None, "Clip linked")],
)
def test_battery_and_link_stand_together(percent: int | None, link: str):
    assert plain(said(State.UPRIGHT, battery_percent=percent).link) == link


def test_while_missing_data_come_in_it_says_how_far_behind_it_is():
    assert (
        plain(said(State.UPRIGHT, behind_s=42.4).link) == "Clip 82 %  ·  catching up, 42 s behind"
    )


def test_a_lean_near_a_half_does_not_flicker_between_two_numbers():
    shown: int | None = None
    seen: list[int | None] = []
    for lean_deg in (2.45, 2.55, 2.45, 2.6, 3.3):
        shown = steady(shown, lean_deg)
        seen.append(shown)
    assert seen == [2, 2, 2, 2, 3]


def test_a_lean_that_is_gone_leaves_no_number():
    assert steady(5, None) is None


def test_a_posture_that_never_changes_is_worth_a_word():
    assert plain(said(State.UPRIGHT, same_s=1440).help) == "In one posture for 24 min."
    assert "gets a buzz" in said(State.UPRIGHT, same_s=600).help


def test_a_question_goes_before_guidance_and_is_marked_as_one():
    words = said(State.UPRIGHT, question="Is it good?", notice="Saved.")
    assert (words.help, words.asks) == ("Is it good?", True)
    assert said(State.UPRIGHT).asks is False


def test_away_from_the_desk_the_number_says_whose_upright_it_counts_from():
    words = said(State.UPRIGHT, flexion_deg=4.0, last_deg=4.0, context="sofa")
    assert words.unit == "forward of your upright, sofa"


def test_who_needs_an_upright_on_their_feet_is_told_to_stand():
    assert said(State.NEW, context="standing desk").help.startswith("Stand tall")


@pytest.mark.parametrize("state", [State.UPRIGHT, State.LEANING, State.MOVING])
def test_while_nudges_are_held_the_help_says_why_and_promises_nothing(state: State):
    assert said(state, held_by=("quiet hours",)).help == "Buzzes wait: quiet hours."


def test_a_snooze_goes_before_what_else_holds():
    words = said(State.UPRIGHT, held_by=("call",), snoozed_until=NINE + timedelta(hours=5))

    assert words.help.startswith("Buzzes rest until")


@pytest.mark.parametrize(
    ("state", "facts", "help_line"),
    [
        (State.UPRIGHT, {}, "A lean past 14° for 30 s may get a buzz."),
        (
            State.UPRIGHT,
            {"back_enter_deg": 12.0},
            "A lean past 14° or −12° for 30 s may get a buzz.",
        ),
        (State.LEANING, {}, "A buzz may follow at 30 s."),
    ],
)
def test_under_a_plan_a_buzz_is_only_possible(
    state: State, facts: dict[str, object], help_line: str
):
    assert plain(said(state, certain=False, **facts).help) == help_line
