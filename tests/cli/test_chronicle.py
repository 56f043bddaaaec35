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
