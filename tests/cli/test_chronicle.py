"""A wearing in words, line by line."""

from datetime import UTC, datetime
from io import StringIO

from midback.cli.chronicle import Chronicle


def told(*events, closely=False):
    """What is written of events, without the clock."""
    out = StringIO()
    chronicle = Chronicle(datetime(2026, 11, 12, 9, tzinfo=UTC), out, closely=closely)
    for event in events:
        chronicle.event(*event)
    return [line[10:].replace("\u00a0", " ") for line in out.getvalue().splitlines()]


def test_a_slump_whose_nudges_were_withheld_says_why():
    assert told(
        (0.0, "slump_started", 18.0, ""),
        (0.0, "buzz_withheld", 18.0, "call"),
        (20.0, "buzz_withheld", 18.0, "snooze"),
        (60.0, "slump_ended", None, "sat up"),
    ) == ["slump, 18° for 1 min, no buzz (call, snooze), sat up"]


def test_a_slump_that_got_its_buzz_in_the_end_tells_only_that():
    assert told(
        (0.0, "slump_started", 18.0, ""),
        (0.0, "buzz_withheld", 18.0, "call"),
        (20.0, "buzz", 18.0, "nudge"),
        (60.0, "slump_ended", None, "sat up"),
        (60.0, "confirmation", 3.0, ""),
        (90.0, "slump_started", 18.0, ""),
        (99.0, "slump_ended", None, "moved"),
    ) == ["slump, 18° for 1 min, 1 buzz, sat up", "slump, 18° for 9 s, no buzz, moved"]


def test_told_closely_each_decision_has_its_line():
    assert told(
        (0.0, "experiment_block", 7.0, "silence"),
        (0.0, "buzz_withheld", 18.0, "experiment"),
        (5.0, "confirmation", 3.0, ""),
        closely=True,
    ) == [
        "  the experiment's next hour: silence",
        "  a buzz is withheld: experiment",
        "  sat up after the buzz",
    ]


def test_leans_are_told_only_where_a_slump_got_no_buzz():
    lean = "looks like a lean"
    events = [
        (0.0, "nudges_held", None, lean),
        (5.0, "slump_started", 18.0, ""),
        (5.0, "buzz_withheld", 18.0, lean),
        (9.0, "slump_ended", None, "sat up"),
        (9.0, "nudges_released", None, lean),
    ]

    assert told(*events) == [f"slump, 18° for 4 s, no buzz ({lean}), sat up"]
    assert told(*events, closely=True)[0] == f"  buzzes wait: {lean}"


def test_another_reason_to_wait_has_its_line():
    assert told((0.0, "nudges_held", None, "call"), (9.0, "nudges_released", None, "call")) == [
        "buzzes wait: call",
        "buzzes no longer wait: call",
    ]


def test_a_question_is_told_with_what_it_is_about_and_what_was_said():
    assert told(
        (0.0, "asked", None, "place"),
        (9.0, "answered", 1.0, "place"),
        (9.0, "context", None, "C-1 standing desk"),
        (20.0, "asked", None, "posture"),
        (29.0, "answered", 0.0, "posture"),
        (30.0, "upright_questioned", 14.0, "You look slumped: 14° from your usual upright."),
        (30.0, "asked", None, "upright"),
    ) == [
        "asked whether you are in another place",
        "answered yes",
        "now at the standing desk",
        "asked whether this posture is good",
        "answered no",
        "this upright is questioned: You look slumped: 14° from your usual upright.",
        "asked whether this upright is meant",
    ]


def test_a_clip_that_moved_is_told_with_the_reason():
    assert told((0.0, "slipped", 11.7, "walks"), (60.0, "remounted", 0.0, "remounted")) == [
        "the clip seems to have slipped: you walked as if tipped by 12°",
        "the clip was put on anew",
    ]


def test_half_an_hour_in_one_posture_is_told_with_its_length():
    assert told((0.0, "move", 31.5, "")) == ["time for another posture, after 31 min 30 s in one"]
