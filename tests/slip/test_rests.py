"""Rests before and after a suspicion: what makes it certain, and what settles it."""

from collections.abc import Iterable

import pytest

from midback.slip.rests import JUMPED, SLID, WALKS, Rests, Suspect
from midback.slip.tilts import Tilt

Part = tuple[float, float, float]
"""So many seconds of rest, tipped forward and to the right by so much."""

USUALLY: list[Part] = [(240.0, 0.0, 0.0), (240.0, 4.0, 1.0), (240.0, -3.0, -1.0)] * 3
SUSPECTED_S = sum(lasts_s for lasts_s, _, _ in USUALLY)
SLIDES_S, LEAST_S = 45.0, 120.0
"""So long a clip may slide; so long somebody must rest then."""
ASIDE = Suspect(SLID, (0.0, 10.0), SUSPECTED_S)


def told(
    rests: Rests, before: Iterable[Part], suspect: Suspect, after: Iterable[Part]
) -> tuple[str, float] | None:
    """What became certain, and after how many seconds of rest."""
    feed(rests, 0.0, before)
    rests.suspect(suspect)
    return feed(rests, suspect.since_s, after)


def feed(rests: Rests, from_s: float, parts: Iterable[Part]) -> tuple[str, float] | None:
    now_s = from_s
    for lasts_s, lean, side in parts:
        end_s = now_s + lasts_s
        while now_s < end_s:
            certain = rests.update(now_s, (lean, side))
            now_s += 1.0
            if certain is not None:
                return certain.cause, now_s - from_s
    return None


def test_whoever_rests_tipped_for_minutes_as_they_never_did_wears_a_clip_that_moved():
    cause, after_s = told(Rests(), USUALLY, ASIDE, [(300.0, 0.0, 9.0)]) or ("", 0.0)

    assert cause == SLID
    assert after_s == pytest.approx(SLIDES_S + LEAST_S, abs=2.0)


def test_nearly_as_far_as_suspected_is_enough_half_as_far_is_not():
    assert told(Rests(), USUALLY, ASIDE, [(300.0, 0.0, 7.5)]) is not None
    assert told(Rests(), USUALLY, ASIDE, [(300.0, 0.0, 4.0)]) is None


def test_whoever_rests_twice_as_far_has_taken_another_posture():
    assert told(Rests(), USUALLY, ASIDE, [(300.0, 0.0, 19.0)]) is None


def test_when_a_slide_was_over_is_when_it_begins_to_count():
    suspect = ASIDE._replace(over_s=SUSPECTED_S + 200.0)
    _, after_s = told(Rests(), USUALLY, suspect, [(600.0, 0.0, 9.0)]) or ("", 0.0)

    assert after_s == pytest.approx(200.0 + LEAST_S, abs=2.0)


def test_the_minutes_before_somebody_suspects_it_count_as_well():
    rests = Rests()
    feed(rests, 0.0, [*USUALLY, (300.0, 0.0, 9.0)])
    rests.suspect(ASIDE)

    assert feed(rests, SUSPECTED_S + 300.0, [(60.0, 0.0, 9.0)]) == (SLID, 1.0)


@pytest.mark.parametrize(("lean", "side"), [(0.0, -9.0), (9.0, 0.0), (-9.0, 0.0), (0.0, 0.0)])
def test_whoever_is_tipped_another_way_or_not_at_all_does_not(lean: float, side: float):
    assert told(Rests(), USUALLY, ASIDE, [(480.0, lean, side)]) is None


def test_a_posture_that_they_often_take_is_none():
    # A minute in ten of leaning on the armrest is often.
    leaning: list[Part] = [(540.0, 0.0, 0.0), (61.0, 0.0, 9.5)] * 3
    suspect = Suspect(SLID, (0.0, 10.0), sum(part[0] for part in leaning))

    assert told(Rests(), leaning, suspect, [(480.0, 0.0, 9.0)]) is None


def test_most_of_the_time_is_enough():
    after = [(100.0, 0.0, 9.0), (40.0, 0.0, 0.0), (200.0, 0.0, 9.0)]

    assert told(Rests(), USUALLY, ASIDE, after) is not None


def test_after_twelve_minutes_it_is_too_late():
    assert told(Rests(), USUALLY, ASIDE, [(700.0, 0.0, 0.0), (1800.0, 0.0, 9.0)]) is None


def test_what_is_less_sure_must_be_more_unusual():
    # Six minutes of ninety they sat so before.
    before: list[Part] = [(240.0, 0.0, 0.0), (240.0, 4.0, 1.0), (30.0, 0.0, 8.0)] * 4
    suspect = ASIDE._replace(since_s=sum(part[0] for part in before))

    assert told(Rests(), before, suspect, [(240.0, 0.0, 7.0)]) is not None
    assert told(Rests(), before, suspect._replace(sure=False), [(240.0, 0.0, 7.0)]) is None


def test_of_whom_little_is_known_nothing_is_told():
    suspect = Suspect(SLID, (0.0, 10.0), 470.0)

    assert told(Rests(), [(470.0, 0.0, 0.0)], suspect, [(480.0, 0.0, 9.0)]) is None


def test_what_was_usual_more_than_half_an_hour_ago_is_forgotten():
    long_ago: list[Part] = [(1000.0, 0.0, 9.0), (2300.0, 0.0, 0.0)]
    suspect = Suspect(SLID, (0.0, 10.0), 3300.0)

    assert told(Rests(), long_ago, suspect, [(300.0, 0.0, 9.0)]) is not None


def test_whoever_sits_tall_anew_is_suspected_of_nothing():
    rests = Rests()
    feed(rests, 0.0, USUALLY)
    rests.suspect(ASIDE)
    rests.clear(as_worn=True)

    assert rests.suspects == {}
    assert feed(rests, SUSPECTED_S, [(480.0, 0.0, 9.0)]) is None


def test_of_each_cause_the_last_suspicion_counts():
    rests = Rests()
    rests.suspect(Suspect(JUMPED, (0.0, -10.0), 100.0))
    rests.suspect(Suspect(JUMPED, (8.0, 0.0), 500.0))
    rests.suspect(ASIDE)

    assert [each.by for each in rests.suspects.values()] == [(8.0, 0.0), (0.0, 10.0)]


@pytest.mark.parametrize(
    ("walked_off", "settled"), [((1.0, 1.0), True), ((0.0, 6.0), False), ((-5.0, 2.0), True)]
)
def test_a_walk_that_is_nearer_to_none_than_to_a_suspicion_settles_it(
    walked_off: Tilt, settled: bool
):
    rests = Rests()
    rests.suspect(Suspect(WALKS, (0.0, 10.0), 100.0))
    rests.contradict(walked_off, 200.0)

    assert (rests.suspects == {}) is settled


def test_rests_are_compared_with_those_of_the_same_place():
    # At the standing desk they lean back by 10 degrees: that is no clip that moved.
    rests = Rests()
    rests.moved("desk")
    feed(rests, 0.0, USUALLY)
    rests.moved("standing desk")
    feed(rests, SUSPECTED_S, [(600.0, -10.0, 0.0)])
    rests.suspect(Suspect(SLID, (8.0, 0.0), SUSPECTED_S + 600.0))
    rests.moved("desk")

    assert feed(rests, SUSPECTED_S + 600.0, [(600.0, 0.0, 0.0)]) is None


def test_a_place_that_they_come_back_to_is_known():
    rests = Rests()
    rests.moved("desk")
    feed(rests, 0.0, USUALLY)
    rests.suspect(ASIDE)
    rests.moved("standing desk")
    assert feed(rests, SUSPECTED_S, [(300.0, 0.0, 9.0)]) is None
    rests.moved("desk")

    assert feed(rests, SUSPECTED_S + 300.0, [(300.0, 0.0, 9.0)]) is not None


def test_whoever_is_upright_as_since_the_slip_tells_nothing_against_it():
    rests = Rests()
    rests.suspect(ASIDE)
    rests.contradict((1.0, 0.0), SUSPECTED_S + 300.0, SUSPECTED_S + 60.0)
    assert SLID in rests.suspects
    rests.contradict((1.0, 0.0), SUSPECTED_S + 300.0, SUSPECTED_S - 60.0)

    assert SLID not in rests.suspects


def test_a_posture_on_top_of_the_slip_counts_if_there_is_no_doubt_of_it():
    """Off by 17 degrees: too far for a slip, but they were never there in so many places."""
    elsewhere: list[Part] = [(120.0, side / 4.0, side) for side in (11.0, 14.0, 17.0, 17.5, 17.0)]

    assert told(Rests(), USUALLY, ASIDE, [(120.0, 0.0, 17.0)]) is None
    assert told(Rests(), USUALLY, ASIDE, elsewhere) is not None
