"""What is kept of a slump and its buzz, and what the clip is told to buzz."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from midback.judgement import Change
from midback.nudge_settings import NudgeSettings
from midback.nudging import Nudging
from midback.plans import block_of
from midback.shared import wire
from midback.slumps import Slumps

NINE = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
NUDGE, STRONG, TICK = wire.PATTERN_NUDGE, wire.PATTERN_STRONG, wire.PATTERN_TICK
LEAN_DEG = 18.0
BEGINS = ("slump_started", LEAN_DEG, "")


class Sitter:
    """Somebody whose slumps come and go; times are seconds since nine."""

    def __init__(self, settings: NudgeSettings | None = None, *, alone: bool = False) -> None:
        self.nudging = Nudging(settings, NINE, UTC)
        self.slumps = Slumps(self.nudging)
        self.alone = alone
        self.patterns: list[int | None] = []

    def slumps_at(self, time_s: float):
        return self.judged(time_s, Change(time_s, "slump_started", LEAN_DEG), slumped=True)

    def sits_up_at(self, time_s: float):
        return self.judged(time_s, Change(time_s, "slump_ended", None, "sat up"))

    def judged(self, time_s: float, *changes: Change, slumped: bool = False):
        """What is kept, without its time; what is buzzed goes to ``patterns``."""
        utc = NINE + timedelta(seconds=time_s)
        events, pattern = self.slumps.update(
            time_s, utc, changes, slumped=slumped, lean_deg=LEAN_DEG, alone=self.alone
        )
        self.patterns.append(pattern)
        return [event[1:] for event in events]


def test_a_slump_and_its_buzz_are_kept_and_the_buzz_is_given():
    sitter = Sitter()

    assert sitter.slumps_at(10.0) == [BEGINS, ("buzz", LEAN_DEG, "nudge")]
    assert sitter.judged(40.0, slumped=True) == []
    assert sitter.judged(70.0, slumped=True) == [("buzz", LEAN_DEG, "strong")]
    assert sitter.patterns == [NUDGE, None, STRONG]


def test_a_buzz_of_the_clip_alone_is_kept_as_such_and_not_given_again():
    sitter = Sitter(alone=True)
    sitter.nudging.hold("call")  # of which the clip knows nothing

    assert sitter.slumps_at(10.0) == [BEGINS, ("buzz", LEAN_DEG, "nudge alone")]
    assert sitter.patterns == [None]


def test_a_buzz_that_is_withheld_is_kept_with_its_reason():
    sitter = Sitter()
    sitter.nudging.hold("call")

    assert sitter.slumps_at(10.0) == [BEGINS, ("buzz_withheld", LEAN_DEG, "call")]
    assert sitter.patterns == [None]


def test_sitting_up_after_a_buzz_is_confirmed_where_the_wearer_wants_it():
    sitter = Sitter(NudgeSettings(confirm=True))
    sitter.slumps_at(10.0)

    assert sitter.sits_up_at(20.0) == [
        ("slump_ended", None, "sat up"),
        ("confirmation", LEAN_DEG, ""),
    ]
    assert sitter.patterns == [NUDGE, TICK]


def test_every_block_of_an_experiment_is_kept_as_it_begins():
    settings = NudgeSettings(plan="experiment", plan_started=NINE.date(), seed=3)
    sitter = Sitter(settings)
    kept = [event for half_hour in range(4) for event in sitter.judged(1800.0 * half_hour)]
    blocks = [block_of(settings, NINE + timedelta(hours=hour), UTC) for hour in range(2)]

    assert kept == [("experiment_block", block.number, str(block.condition)) for block in blocks]


def test_a_slump_under_way_ends_with_what_it_was_judged_by():
    sitter = Sitter()
    sitter.slumps_at(10.0)

    assert sitter.slumps.end(30.0) == (30.0, "slump_ended", None, "end")
    assert sitter.slumps.end(31.0) is None


def test_who_does_not_slump_has_no_slump_to_end():
    sitter = Sitter()
    sitter.slumps_at(10.0)
    sitter.sits_up_at(20.0)

    assert sitter.slumps.end(30.0) is None


def test_a_slump_that_ended_so_is_not_buzzed_again():
    sitter = Sitter()
    sitter.slumps_at(10.0)
    sitter.slumps.end(30.0)

    assert sitter.judged(70.0, slumped=True) == []
