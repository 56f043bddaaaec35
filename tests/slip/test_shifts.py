"""Who rests tipped to one side since a moment, as they seldom did: how much that tells."""

import math
from collections.abc import Iterable, Sequence

import pytest

from midback.slip.rests import RESTS
from midback.slip.shifts import BOTH_SIDES, Shift, log_usual_s
from midback.slip.tilts import Tilt

Part = tuple[float, float]
"""So many seconds of rest, tipped to the right by so much."""

USUALLY: list[Part] = [(300.0, 0.0), (240.0, 2.0), (300.0, -3.0), (60.0, 6.0)] * 2
SINCE_S = sum(lasts_s for lasts_s, _ in USUALLY)


def seconds(parts: Iterable[Part]) -> list[Tilt]:
    return [(0.0, side) for lasts_s, side in parts for _ in range(round(lasts_s))]


def told_after_s(after: Iterable[Part], before: Sequence[Part] = USUALLY) -> float | None:
    """After how long a shift to either side was told of."""
    shifts = [Shift(SINCE_S, way, RESTS) for way in BOTH_SIDES]
    known = seconds(before)
    for number, tilt in enumerate(seconds(after), 1):
        told = [s.rest(SINCE_S + number, tilt, "", lambda _: known) for s in shifts]
        if any(told):
            return float(number)
    return None


AWRY: list[Part] = [(120.0, 10.0), (100.0, 8.0), (120.0, 13.0), (140.0, 6.5)]


def test_whoever_keeps_to_places_ten_degrees_off_all_of_theirs_wears_a_clip_that_turned():
    found = told_after_s(AWRY)

    assert found is not None
    assert found < 400.0


def test_either_side_is_looked_at():
    assert told_after_s([(lasts_s, -side) for lasts_s, side in AWRY]) is not None


@pytest.mark.parametrize(
    "after",
    [
        [(480.0, 0.0)],
        [(240.0, 2.0), (240.0, -3.0)],
        [(600.0, 5.0)],
        [(180.0, 0.0), (420.0, 7.0)],
    ],
    ids=["as ever", "where they were", "a little off", "legs crossed for long"],
)
def test_whoever_rests_as_people_do_does_not(after: list[Part]):
    assert told_after_s(after) is None


def test_one_place_tells_no_more_after_two_minutes():
    # Whoever has found a new seat keeps to it.
    shift = Shift(0.0, (0.0, 1.0), RESTS, told=0.5)
    told = [
        shift.rest(60.0 + n, (0.0, 4.0), "", lambda _: [(0.0, 0.0)] * 1800) for n in range(900)
    ]

    assert not any(told)


def test_what_is_seen_while_a_clip_may_still_slide_does_not_count():
    later = told_after_s([(44.0, 0.0), *AWRY])

    assert later == told_after_s([(44.0, 10.0), *AWRY])


def test_of_whom_too_little_is_known_nothing_is_told():
    assert told_after_s(AWRY * 2, before=[(470.0, 0.0)]) is None


def test_a_habit_of_this_morning_is_none_of_a_clip():
    assert told_after_s(AWRY, before=[*USUALLY, *AWRY]) is None


def test_it_tells_by_how_much_they_have_been_tipped():
    shift = Shift(0.0, (0.0, 1.0), RESTS)
    for second in range(300):
        shift.rest(60.0 + second, (3.0, 9.0), "", lambda _: [(0.0, 1.0)] * 600)

    assert shift.by == pytest.approx((0.0, 8.0))


@pytest.mark.parametrize(
    ("off", "began_s", "settled"),
    [
        ((0.0, 1.0), 200.0, True),
        ((8.0, 2.0), 200.0, True),
        ((0.0, 4.0), 200.0, False),  # nearly half way: it may have or not
        ((0.0, 7.0), 200.0, False),
        ((0.0, 1.0), 100.0, False),  # it may have slid on that very walk
    ],
)
def test_an_upright_after_it_that_was_no_further_off_settles_it(
    off: Tilt, began_s: float, settled: bool
):
    assert Shift(100.0, (0.0, 1.0), RESTS).contradicted(off, began_s) is settled


def test_what_is_usual_has_the_seconds_of_its_bin_at_most_and_people_elsewhere():
    usual = log_usual_s([0.0] * 1800)

    assert max(usual) == usual[20]
    assert usual[19] > usual[17] > usual[10] > 0.0  # a second in 40 minutes, far off
    assert log_usual_s([500.0])[40] > log_usual_s([])[40]


@pytest.mark.parametrize(("elsewhere", "told"), [(-math.inf, True), (0.0, False)])
def test_one_posture_tells_against_the_others_only_where_it_may(elsewhere: float, told: bool):
    # Two minutes far off, and back to where they always are before anything was told.
    known = seconds(USUALLY)
    shift = Shift(SINCE_S, (0.0, 1.0), RESTS, 1.5, elsewhere=elsewhere)
    after = seconds([(125.0, 11.0), (75.0, 1.0)])

    tells = [
        shift.rest(SINCE_S + 46.0 + k, tilt, "", lambda _: known) for k, tilt in enumerate(after)
    ]
    assert any(tells) is told
