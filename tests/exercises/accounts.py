"""Accounts of checks: of simulated wearers who went through one, and edges made from them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from exercises.test_results import repetitions
from exercises.test_whole_check import STARTED, led

from midback.exercises.account import Account, Measure, account_of
from midback.exercises.advice import Advice
from midback.exercises.changes import Change, Sides
from midback.exercises.check import Kept
from midback.exercises.curves import Curve
from midback.exercises.history import Earlier
from midback.exercises.results import Range, Results, results_of
from midback.simulated.exerciser import HEALTHY, STIFF, Ranges

ZONE = ZoneInfo("Europe/Rome")
HOSTILE = '<script>alert("1")</script>\x00\'&'


@cache
def kept_of(ranges: Ranges) -> Kept:
    return led(ranges).kept


def earlier(days_ago: int, results: Results) -> Earlier:
    started = STARTED - timedelta(days=days_ago)
    spans = ((started, started + timedelta(minutes=6)),)
    return Earlier(Path("old.check.gz"), started, spans, results, True, (None, None))


def results(left: float = 44.0, right: float = 43.0, slump: float = 18.0) -> Results:
    return results_of(
        [
            *repetitions("tall_slump", "", slump, slump, slump),
            *repetitions("rotation", "left", left, left, left),
            *repetitions("rotation", "right", -right, -right, -right),
        ]
    )


@cache
def first() -> Account:
    """Of somebody healthy, for the first time."""
    return account_of(kept_of(HEALTHY), [], ZONE)


@cache
def stiff() -> Account:
    """Of somebody who turned little to the left on another day as well."""
    return account_of(kept_of(STIFF), [earlier(4, results(27.0, 45.0))], ZONE)


@cache
def steady() -> Account:
    """Of somebody healthy who is as they were."""
    past = [earlier(30 - 4 * k, results(43.0 + k % 2, 44.0)) for k in range(7)]
    return account_of(kept_of(HEALTHY), past, ZONE)


@cache
def broken_off() -> Account:
    """Half of the packets only."""
    kept = kept_of(HEALTHY)
    return account_of(replace(kept, packets=kept.packets[:700], whole=False), [], ZONE)


def nothing() -> Account:
    return account_of(Kept(STARTED, "clip-1"), [], ZONE)


def hurt() -> Account:
    return replace(
        first(),
        pain=(2, 5),
        stopped=("rotation",),
        left_out=("side_bend", "chair_extension"),
        advice=(Advice("hurts", (), "No exercises.", "Your pain went from 2 to 5 of 10."),),
    )


def hostile() -> Account:
    return replace(first(), clip_id=HOSTILE)


def crowded() -> Account:
    """As much as one sheet may ever have to hold: all of it has changed, far and to both sides."""
    base, today = first(), first().day
    measures = {
        (item, way): _crowded(each, today, number)
        for number, ((item, way), each) in enumerate(base.measures.items())
    }
    spans = [(at, at + timedelta(minutes=3)) for at in _moments(base.spans[0][0], 6)]
    why = (
        "You turned 26° to the left and 28° to the right; young adults turn 40° and more, and it "
        "gets less with age."
    )
    little = "In raising your arms your upper back went back by 3°, which is little."
    assert base.endurance is not None
    assert base.held is not None
    assert base.finding is not None
    sinks = tuple((second, -second / 3.2) for second, _ in base.held.flexion_deg)
    return replace(
        base,
        spans=tuple(spans),
        whole=False,
        pain=(4, 4),
        measures=measures,
        sides={item: Sides(62.0, 88.0, True, True) for item in base.sides},
        held=replace(base.held, flexion_deg=sinks),
        endurance=replace(
            base.endurance, slope_deg_per_min=-18.7, slope_95_deg_per_min=(-18.9, -18.2),
            away_after_s=16.0,
        ),
        finding=replace(base.finding, errors_deg=(-22.0, 14.0, 12.0, 12.0, 11.0, 21.0)),
        left_out=("side_bend", "chair_extension"),
        missing=("tall_hold", "find_upright"),
        advice=(
            Advice("low_turn", (), "Seated twists to both sides.", why),
            Advice("small_extension", (), "Extensions over the chair.", little),
        ),
    )  # fmt: skip


def _crowded(measure: Measure, today: date, number: int) -> Measure:
    size = 60.0 + number
    past = tuple((today - timedelta(days=3 * k), 8.0 * (k % 4)) for k in range(30, 0, -1))
    found = Range(measure.found.item, measure.found.way, size, 29.0, (50.0, size, 79.0))
    curves = tuple(_stretched(each) for each in measure.curves)
    return replace(
        measure, found=found, past=past, change=Change(51.0, 9.0, 30, 24.0), curves=curves
    )


def _stretched(curve: Curve) -> Curve:
    points = tuple((2.4 * second, 2.2 * deg) for second, deg in curve.points)
    return Curve(points, 2.4 * curve.counted_s, 2.2 * curve.counted_deg)


def _moments(begin: datetime, count: int) -> Sequence[datetime]:
    return [begin + timedelta(minutes=20 * k) for k in range(count)]


ACCOUNTS: dict[str, Callable[[], Account]] = {
    "first": first,
    "stiff": stiff,
    "steady": steady,
    "broken off": broken_off,
    "nothing": nothing,
    "hurt": hurt,
    "hostile": hostile,
    "crowded": crowded,
}
