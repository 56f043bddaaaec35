"""What a check says afterwards, of wearers of whom the truth is known."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from exercises.accounts import (
    ACCOUNTS,
    ZONE,
    broken_off,
    earlier,
    first,
    hurt,
    kept_of,
    nothing,
    results,
    steady,
    stiff,
)
from exercises.test_whole_check import led

from midback.exercises import history
from midback.exercises.account import Account, account_of
from midback.exercises.account_text import LEAST_WIDTH, account_text
from midback.exercises.account_words import sentence
from midback.exercises.check import Check, Kept, Wish, again
from midback.exercises.check_file import load, save
from midback.exercises.curves import Trace
from midback.exercises.measured import Repetition
from midback.simulated.exerciser import HEALTHY, STIFF
from midback.words import DISCLAIMER

every_account = pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
BANNED = (
    r"treat|cure|heal(?!thy)|diagnos|prevent|reliev|scoliosis|kyphosis|medical-grade|clinically|"
    r"activat|correct|score|grade|success|fail|\bgood\b|\bbad\b|poor|\bshould\b"
)


def plain(told: str) -> str:
    return re.sub(r"\s+", " ", told)


def row(account: Account, name: str) -> list[str]:
    """The cells of a row of the text."""
    (line,) = [each for each in account_text(account).splitlines() if each.startswith(name)]
    return re.split(r"\s{2,}", line)


@pytest.mark.parametrize("account", [first, steady], ids=["first", "steady"])
def test_of_somebody_healthy_nothing_stands_out(account: Callable[[], Account]):
    assert account().advice == ()
    assert "\n\nNothing stands out.\n\n" in account_text(account())


def test_who_turns_less_to_the_left_on_two_days_and_sinks_is_told_both_with_numbers():
    told = plain(account_text(stiff()))
    left, right = (stiff().measures["rotation", way].found.median_deg for way in ("left", "right"))

    assert (left, right) == pytest.approx(STIFF.turn, abs=3.0)
    assert "Two things stand out: turning to the left and sitting tall for a minute." in told
    assert (
        "1. Seated twists, with one more set to the left. Your turn to the left was "
        f"{right - left:.0f}° smaller, and so on another day."
    ) in told
    # They sink fastest in the middle of the minute.
    assert re.search(r"Sitting tall, you sank forward by [678]° in a minute\.", told)
    assert re.search(
        rf"Turning, two sides {right - left:.0f}° less to the left \(\d+ %\), on", told
    )


def test_each_measure_has_its_spread_what_others_reach_and_its_change():
    found = stiff().measures["rotation", "left"].found

    assert row(stiff(), "Turning to the left") == [
        "Turning to the left",
        f"{found.median_deg:.0f}°",
        f"{found.spread_deg:.0f}°",
        "from 40°",
        "27°",
        "within 8.5°",
    ]
    assert row(stiff(), "Arms overhead")[3:] == ["4 to 17°", "–", "first time"]


@pytest.mark.parametrize(
    ("more", "told"), [(8.0, "within 8.5°"), (14.0, "14° more"), (-16.0, "16° less")]
)
def test_a_change_is_told_where_it_is_clear(more: float, told: str):
    before = first().measures["rotation", "left"].found.median_deg - more
    account = account_of(kept_of(HEALTHY), [earlier(3, results(before))], ZONE)
    line = f"Turning to the left: {told} than at first."

    assert row(account, "Turning to the left")[-1] == told
    assert (line in plain(account_text(account))) is ("within" not in told)
    assert account.advice == ()


def test_a_check_is_not_compared_with_itself_or_with_later_ones():
    past = [earlier(0, results(10.0)), earlier(-2, results(10.0))]

    assert not account_of(kept_of(HEALTHY), past, ZONE).compared


def test_a_check_that_was_broken_off_says_what_is_missing():
    told = plain(account_text(broken_off()))

    assert "· incomplete" in told
    assert "Nothing stands out in what was measured." in told
    assert "Not come to: turning, bending to a side, sitting tall for a minute, finding" in told


def test_pain_is_told_and_no_exercises_come_of_it():
    told = plain(account_text(hurt()))

    assert "pain 2 of 10 before and 5 after" in told
    assert "It hurt, so no exercises come of this check." in told
    assert "Stopped because of pain: turning. Left out: bending to a side, bending back" in told


def test_a_test_that_was_stopped_for_pain_is_no_test_that_was_left_out():
    kept = kept_of(HEALTHY)
    stopped = replace(kept, wishes=[(110, Wish.HURTS)], packets=kept.packets[:350], whole=False)
    account = account_of(stopped, [], ZONE)

    assert (account.stopped, account.left_out) == (("tall_slump",), ())
    assert account.advice[0].why == "Stopped because of pain: Tall to slumped."


def test_a_check_without_packets_says_so():
    assert sentence(nothing()) == "Nothing was measured."
    assert "measured  spread" not in account_text(nothing())


@every_account
@pytest.mark.parametrize("width", [LEAST_WIDTH, 80, 120])
def test_no_line_is_too_long(account: Callable[[], Account], width: int):
    assert max(map(len, account_text(account(), width).splitlines())) <= width


@every_account
def test_nothing_unknown_is_printed_as_a_number(account: Callable[[], Account]):
    assert not re.search(r"\b(nan|None|inf|True|False)\b|−0°|np\.", account_text(account()))


@every_account
def test_nothing_is_claimed_and_nobody_is_judged(account: Callable[[], Account]):
    told = plain(account_text(account()))

    assert re.findall(BANNED, told.replace(DISCLAIMER, ""), re.IGNORECASE) == []
    assert f"Not a medical device. {DISCLAIMER}" in told


def lived(kept: Kept) -> tuple[Trace, Check]:
    trace = Trace()
    return trace, again(kept, trace.seen)


def test_a_curve_goes_from_rest_to_what_counts_and_back():
    trace, check = lived(kept_of(HEALTHY))
    curves = trace.curves(check.measured)

    assert sum(map(len, curves.values())) == sum(isinstance(e, Repetition) for e in check.done)
    for (item, way), those in curves.items():
        for curve in those:
            times, angles = np.array(curve.points).T
            # The guide sees them set off at 3 degrees, half a second later.
            assert abs(angles[0]) < 2.0
            assert np.interp(curve.counted_s, times, angles) == pytest.approx(
                curve.counted_deg, abs=1.0
            )
            # Who finds their upright ends a little beside it.
            if item != "find_upright":
                assert abs(angles[-1]) < 1.5, (item, way)


def test_what_drifts_while_somebody_turns_is_taken_off_along_the_way():
    trace, check = lived(kept_of(HEALTHY))
    turns = [e for e in check.done if isinstance(e, Repetition) and e.item == "rotation"]
    ((frame, _),) = check.measured
    curves = trace.curves([(frame, turns)])
    ends = [curve.points[-1][1] for those in curves.values() for curve in those]

    # The guide ends a turn with a second of rest, whose mean is what was left over.
    assert max(map(abs, ends)) < 0.3


def test_two_checks_in_a_folder_tell_of_two_days(tmp_path: Path):
    for seed, days in ((3, 0), (5, 2)):
        check = led(STIFF, seed)
        check.kept.started += timedelta(days=days)
        save(check.kept, history.place_for(tmp_path, check.kept.started))
    found = history.read(tmp_path)
    account = account_of(load(found.checks[-1].path), found.checks, ZONE)

    assert [(each.id, each.more) for each in account.advice] == [
        ("uneven_turn", "left"),
        ("fades", ""),
    ]
    assert [day.isoformat() for day, _ in account.measures["rotation", "left"].past] == [
        "2026-11-29"
    ]
