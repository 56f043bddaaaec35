"""What a check says afterwards: one account, which terminal, window, page and JSON all tell from.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from midback.exercises.advice import Advice, advise, pain_told
from midback.exercises.changes import Change, Key, Sides, change_since, day_medians, sides_of
from midback.exercises.check import Check, Kept, again
from midback.exercises.curves import Curve, Trace
from midback.exercises.facing import Forward
from midback.exercises.history import Earlier
from midback.exercises.items import TITLES
from midback.exercises.measured import Held
from midback.exercises.results import (
    PUBLISHED,
    Endurance,
    Finding,
    Published,
    Range,
    Results,
)
from midback.local_time import local_day

SIDED = ("rotation", "side_bend")
"""The tests with a left and a right."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One way of one test.

    Attributes:
        found: how far today.
        published: how far others, where somebody measured that.
        past: the median of each earlier day, the oldest first.
        change: today beside them; ``None`` the first time.
        curves: each repetition that counts.
    """

    found: Range
    published: Published | None
    past: tuple[tuple[date, float], ...]
    change: Change | None
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Of one check.

    Attributes:
        spans: when it was under way, in the wearer's time; one stretch unless it was left.
        day: the wearer's day of it.
        clip_id: serial of the clip.
        whole: whether it came to its end.
        pain: before and after, 0 to 10; ``None`` where it was not said.
        pain_between: each time that it was gone on with, where it was said.
        measures: by test and way, in the order of the tests.
        sides: left beside right, by test.
        endurance, held: of the tall hold, and its curve.
        finding: of the upright.
        forward: where forward was taken to be, in each stretch.
        left_out, stopped, missing: ids of the tests that were skipped, stopped because of pain,
            and not come to.
        advice: what to do.
    """

    spans: tuple[tuple[datetime, datetime], ...]
    day: date
    clip_id: str
    whole: bool
    pain: tuple[int | None, int | None]
    pain_between: tuple[int, ...]
    measures: dict[Key, Measure]
    sides: dict[str, Sides]
    endurance: Endurance | None
    held: Held | None
    finding: Finding | None
    forward: tuple[Forward, ...]
    left_out: tuple[str, ...]
    stopped: tuple[str, ...]
    missing: tuple[str, ...]
    advice: tuple[Advice, ...]

    @property
    def compared(self) -> bool:
        """Whether anything of it was measured on an earlier day."""
        return any(each.change is not None for each in self.measures.values())

    @property
    def empty(self) -> bool:
        """Whether nothing was measured."""
        return not (self.measures or self.endurance or self.finding)


def account_of(
    kept: Kept,
    earlier: Sequence[Earlier],
    zone: tzinfo,
    slumped_percent: float | None = None,
) -> Account:
    """What came of a check, beside those before it.

    Args:
        kept: what came in; it is computed again.
        earlier: of the same wearer; those that began later do not count.
        zone: where the wearer is.
        slumped_percent: of the still time of the last days, if that is known.
    """
    trace = Trace()
    check = again(kept, trace.seen)
    results, today = check.results(), local_day(kept.started, zone)
    past = [
        (local_day(each.started, zone), each.results)
        for each in earlier
        if each.started < kept.started
    ]
    curves = trace.curves(check.measured)
    hurt = pain_told(kept.worst_pain, [TITLES[item] for item in check.stopped])
    left_out, missing = _undone(check)
    spans = kept.spans or [(kept.started, kept.started)]
    return Account(
        spans=tuple((begin.astimezone(zone), end.astimezone(zone)) for begin, end in spans),
        day=today,
        clip_id=kept.clip_id,
        whole=check.over,
        pain=kept.pain,
        pain_between=tuple(each.pain for each in kept.breaks if each.pain is not None),
        measures={
            key: Measure(
                found,
                PUBLISHED.get(key[0]),
                tuple(each for each in day_medians(past, key) if each[0] < today),
                change_since(results, past, today, key),
                curves[key],
            )
            for key, found in results.ranges.items()
        },
        sides=_sides(results, past, today),
        endurance=results.endurance,
        held=next((each for each in check.done if isinstance(each, Held)), None),
        finding=results.finding,
        forward=tuple(check.forward),
        left_out=left_out,
        stopped=tuple(check.stopped),
        missing=missing,
        advice=tuple(advise(results, past, today, slumped_percent, hurt)),
    )


def _undone(check: Check) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tests that were skipped, though not for pain, and tests that were not come to."""
    skipped = [item for item in check.left_out if item not in check.stopped]
    over = {*(each.item for each in check.done), *check.left_out}
    missing = [item for item in check.kept.items if item in TITLES and item not in over]
    return tuple(skipped), tuple(missing)


def _sides(
    results: Results, past: Sequence[tuple[date, Results]], today: date
) -> dict[str, Sides]:
    found = {item: sides_of(results, past, today, item) for item in SIDED}
    return {item: sides for item, sides in found.items() if sides is not None}
