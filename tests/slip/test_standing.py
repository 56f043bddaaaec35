"""Whoever stands is as upright as they walk."""

import pytest

from midback.slip.rests import JUMPED, SUNK, WALKS, Rests, Suspect
from midback.slip.standing import Standing
from midback.slip.tilts import Tilt

WALKED: Tilt = (-6.0, 0.5)


def stands(
    there: Tilt, for_s: int = 240, walked: Tilt | None = WALKED, stands: bool = True
) -> list[Tilt]:
    """What is told of somebody who stands so, shifting their weight every 40 s."""
    standing = Standing(Rests(), lambda: walked)
    standing.moved(stands=stands)
    told = [
        standing.update(float(k), (there[0], there[1] + 2.0 * (-1) ** (k // 40)), still=True)
        for k in range(for_s)
    ]
    return [each for each in told if each is not None]


@pytest.mark.parametrize("off", [(10.0, 0.0), (-10.0, 0.0), (0.0, 11.0), (7.0, -7.0)])
def test_whoever_stands_tipped_for_minutes_as_they_never_walk_wears_a_clip_that_moved(off: Tilt):
    # They stoop by two degrees when they walk.
    (told,) = stands((WALKED[0] - 2.0 + off[0], WALKED[1] + off[1]))

    assert told == pytest.approx(off, abs=2.1)


@pytest.mark.parametrize("off", [(0.0, 0.0), (4.0, 2.0), (-5.0, 0.0), (0.0, 5.0)])
def test_as_much_as_standing_and_walking_differ_is_none(off: Tilt):
    assert stands((WALKED[0] - 2.0 + off[0], WALKED[1] + off[1])) == []


def test_somebody_who_leans_on_the_desk_further_off_is_none():
    assert stands((WALKED[0] + 20.0, 0.0)) == []


def test_two_minutes_tell_nothing():
    assert stands((4.0, 0.5), for_s=120) == []


def test_of_whom_no_walk_is_known_nothing_is_told():
    assert stands((4.0, 0.5), walked=None) == []


def test_who_sits_is_not_compared():
    assert stands((4.0, 0.5), stands=False) == []


def test_who_moves_in_between_goes_on_standing():
    standing = Standing(Rests(), lambda: WALKED)
    standing.moved(stands=True)
    told = [standing.update(float(k), (4.0, 0.5), still=k % 2 == 0) for k in range(400)]

    assert [each for each in told if each is not None] == [pytest.approx((12.0, 0.0))]


def test_in_another_place_it_begins_anew():
    standing = Standing(Rests(), lambda: WALKED)
    standing.moved(stands=True)
    for k in range(150):
        assert standing.update(float(k), (4.0, 0.5), still=True) is None
    standing.moved(stands=True)

    assert [standing.update(150.0 + k, (4.0, 0.5), still=True) for k in range(100)] == [None] * 100


OFF: Tilt = (8.0, -3.0)
THERE: Tilt = (WALKED[0] - 2.0 + OFF[0], WALKED[1] + OFF[1])


def got_up(suspect: Suspect, walks: bool = True) -> Standing:
    """Somebody who was seen to get up and walk, of whose clip something is suspected."""
    suspicions = Rests()
    suspicions.suspect(suspect)
    standing = Standing(suspicions, lambda: WALKED)
    standing.stood_up(890.0)
    if walks:
        standing.update(895.0, WALKED, still=False, walking=True)
    return standing


def after(standing: Standing, seconds: int = 100, there: Tilt = THERE) -> list[Tilt]:
    told = [standing.update(1000.0 + k, there, still=True) for k in range(seconds)]
    return [each for each in told if each is not None]


@pytest.mark.parametrize("cause", [WALKS, JUMPED])
def test_a_minute_is_enough_of_who_got_up_where_something_else_has_it_so(cause: str):
    told = after(got_up(Suspect(cause, (9.0, -2.0), 900.0, sure=False)))

    assert told[0] == pytest.approx(OFF)


def test_not_if_that_has_it_another_way():
    assert after(got_up(Suspect(WALKS, (0.0, 9.0), 900.0))) == []


def test_nor_if_they_only_sank():
    # Who has slumped may stand so.
    assert after(got_up(Suspect(SUNK, (9.0, -2.0), 900.0))) == []


def test_nor_if_they_did_not_walk_then_for_who_dives_into_a_drawer_seems_to_get_up():
    assert after(got_up(Suspect(WALKS, (9.0, -2.0), 900.0), walks=False)) == []


def test_nor_after_they_sat_down():
    standing = got_up(Suspect(WALKS, (9.0, -2.0), 900.0))
    standing.sat_down()

    assert after(standing) == []


def test_nor_before_that_was_over():
    suspect = Suspect(WALKS, (9.0, -2.0), 900.0, over_s=1060.0)

    assert after(got_up(suspect), 120) == []
    assert len(after(got_up(suspect), 200)) >= 1


def test_who_only_got_up_is_not_compared_by_themselves():
    standing = got_up(Suspect(SUNK, (9.0, -2.0), 900.0))

    assert after(standing, 600) == []
