"""Where the wearer ends up who sits up from a slump, or sits down."""

import pytest

from midback.slip.rests import SLID, SUNK, WALKS, Rests, Suspect
from midback.slip.tilts import Tilt, along, minus, plus, size_deg
from midback.slip.turns import Turn
from midback.slip.uprights import Uprights

CURL_M, HINGE_M = 0.2, 0.45
STAYS_S = 50


class Wearer:
    """Sits up, or down, every two minutes."""

    def __init__(self, span_deg: float | None = 18.0) -> None:
        self.rests = Rests()
        self.uprights = Uprights(self.rests, span_deg)
        self.now_s = 0.0

    def turns(
        self, before: Tilt, after: Tilt, lever_m: float = CURL_M, then: Tilt | None = None
    ) -> Tilt | None:
        """From one tilt to another; where they are *then*, seconds later, if elsewhere."""
        self.now_s += 120.0
        change = minus(after, before)
        size_deg = (change[0] ** 2 + change[1] ** 2) ** 0.5
        turn = Turn(before, change, size_deg, 0.6, lever_m, 0.01, lever_m, lever_m, 1.0)
        return self.stays(then or after, turn)

    def stays(self, tilt: Tilt, turn: Turn | None = None) -> Tilt | None:
        """At rest, for so long that it counts; *turn* led there."""
        told = [
            self.uprights.update(self.now_s + k, 1.0, tilt, None if k else turn, still=True)
            for k in range(STAYS_S)
        ]
        return next((each for each in told if each is not None), None)

    def sits_down(self, there: Tilt) -> Tilt | None:
        """After some time on foot."""
        self.now_s += 120.0
        self.uprights.sat_down(self.now_s)
        return self.stays(there)

    def sits_up(self, off: Tilt = (0.0, 0.0)) -> Tilt | None:
        """From a slump of 12 degrees to upright, with a clip that is *off*."""
        return self.turns(plus((12.0, 0.0), off), off)


@pytest.mark.parametrize("off", [(10.0, 0.0), (7.0, 7.0), (0.0, -9.0)])
def test_whoever_ends_up_tipped_twice_in_the_same_way_wears_a_clip_that_moved(off: Tilt):
    wearer = Wearer()

    assert [wearer.sits_up(off) for _ in range(2)] == [None, pytest.approx(off)]


@pytest.mark.parametrize(
    ("off", "then"),
    [
        ((9.0, 0.0), (5.0, 8.0)),  # another way
        ((6.5, 0.0), (9.5, 0.0)),  # at first hardly more than people vary by
        ((-9.0, 0.0), (-9.0, 0.0)),  # on to the back of the chair
    ],
)
def test_twice_in_other_ways_does_not_tell(off: Tilt, then: Tilt):
    wearer = Wearer()

    assert [wearer.sits_up(off), wearer.sits_up(then)] == [None] * 2


def test_whoever_sits_down_askew_twice_may_well_sit_so():
    wearer = Wearer()

    assert [wearer.sits_down((2.0, 8.0)) for _ in range(3)] == [None] * 3


def test_once_is_enough_where_they_had_seemed_to_sink_that_way():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(SUNK, (14.0, 2.0), 60.0, sure=False))

    assert wearer.sits_up((9.0, 0.0)) == pytest.approx((9.0, 0.0))


def test_so_it_is_if_that_is_noticed_later():
    wearer = Wearer()
    assert wearer.sits_up((9.0, 0.0)) is None
    wearer.rests.suspect(Suspect(SUNK, (9.0, 1.0), 60.0, sure=False))

    assert wearer.stays((9.0, 0.0)) is not None


def test_what_came_after_they_sat_up_says_nothing_of_it():
    wearer = Wearer()
    wearer.sits_up((9.0, 0.0))
    wearer.rests.suspect(Suspect(SUNK, (9.0, 1.0), wearer.now_s + 30.0, sure=False))

    assert wearer.stays((9.0, 0.0)) is None


def test_another_way_than_suspected_is_no_witness():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(SLID, (0.0, 10.0), 60.0))

    assert wearer.sits_up((9.0, 0.0)) is None


def test_an_upright_between_them_settles_it():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(SUNK, (12.0, 0.0), 0.0, sure=False))
    assert wearer.sits_up((2.0, 1.0)) is None

    assert wearer.rests.suspects == {}
    assert wearer.sits_up((9.0, 0.0)) is None


def test_whoever_always_ends_up_a_little_forward_is_compared_with_that():
    wearer = Wearer()
    for _ in range(4):
        wearer.sits_up((5.0, 0.0))

    assert wearer.sits_up((10.0, 0.0)) is None
    assert wearer.sits_up((10.0, 0.0)) is None


@pytest.mark.parametrize(
    ("before", "after", "lever_m"),
    [
        ((25.0, 0.0), (9.0, 0.0), HINGE_M),  # up from the desk, on the hips
        ((1.0, 0.0), (-13.0, 1.0), CURL_M),  # leaning back
        ((2.0, 0.0), (9.0, 0.0), CURL_M),  # sinking
        ((31.0, 16.0), (24.0, 14.0), CURL_M),  # a part of the way
        ((12.0, 0.0), (8.0, 0.0), CURL_M),  # hardly at all
        ((14.0, 0.0), (-9.0, 0.0), CURL_M),  # up, and on to the back of the chair
    ],
)
def test_other_movements_are_no_sit_ups(before: Tilt, after: Tilt, lever_m: float):
    wearer = Wearer()

    assert [wearer.turns(before, after, lever_m) for _ in range(3)] == [None] * 3


def test_whoever_leans_on_the_back_of_the_chair_is_off_only_if_something_else_says_so():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(SLID, (-10.0, 0.0), 60.0))

    assert wearer.turns((14.0, 0.0), (-9.0, 0.0)) == pytest.approx((-9.0, 0.0))


def test_whoever_sits_down_as_they_walked_wears_a_clip_that_moved():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(WALKS, (9.0, -3.0), 60.0))

    assert wearer.sits_down((10.0, -2.0)) == pytest.approx((10.0, -2.0))


def test_whoever_drops_into_a_slump_each_time_they_sit_down_does_not():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(SUNK, (12.0, 0.0), 0.0, sure=False))

    assert [wearer.sits_down((10.0, 0.0)) for _ in range(3)] == [None] * 3


def test_whoever_sits_down_upright_was_upright_before():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(WALKS, (9.0, -3.0), 60.0))
    wearer.sits_down((1.0, 0.0))

    assert wearer.rests.suspects == {}


def test_whoever_gets_up_at_once_did_not_sit_there():
    wearer = Wearer()
    wearer.rests.suspect(Suspect(WALKS, (9.0, -3.0), 60.0))
    wearer.uprights.sat_down(0.0)
    told = [
        wearer.uprights.update(float(k), 1.0, (9.0, -3.0), None, still=k < 20) for k in range(200)
    ]

    assert told == [None] * 200


def test_whoever_does_not_stay_there_is_still_on_the_way():
    wearer = Wearer()

    assert [wearer.turns((28.0, 0.0), (9.0, 0.0), then=(3.0, 0.0)) for _ in range(3)] == [None] * 3


def test_somebody_who_slumps_backward_sits_up_forward():
    wearer = Wearer(-16.0)
    wearer.rests.suspect(Suspect(SUNK, (-12.0, 0.0), 60.0, sure=False))

    assert wearer.turns((-22.0, 0.0), (-9.0, 0.0)) is not None


def test_where_it_is_not_known_how_they_slump_nothing_is_told():
    wearer = Wearer(None)

    assert [wearer.sits_up((10.0, 0.0)) for _ in range(3)] == [None] * 3


def looked_at(wearer: Wearer) -> list[tuple[Tilt, float]]:
    """Which way the rests are asked from now on, and how much other places must tell."""
    looks: list[tuple[Tilt, float]] = []

    def look(_since_s, ways, _told, *, elsewhere, **_):
        looks.extend((way, elsewhere) for way in ways)

    wearer.rests.look = look  # type: ignore[method-assign]
    return looks


@pytest.mark.parametrize("off", [(-9.0, 1.0), (9.0, 0.0), (0.0, 8.0)])
def test_the_rests_are_asked_after_whoever_sits_up_far_off_whichever_way(off: Tilt):
    wearer = Wearer()
    looks = looked_at(wearer)
    wearer.turns(plus((18.0, 0.0), off), off)

    ((way, elsewhere),) = looks
    assert along(off, way) == pytest.approx(size_deg(off))
    assert elsewhere < 0.0


@pytest.mark.parametrize("span_deg", [18.0, -18.0])
@pytest.mark.parametrize("off", [(9.0, 0.0), (-9.0, 0.0), (0.0, 9.0)])
def test_who_sits_down_far_off_must_rest_so_in_more_than_one_place(off: Tilt, span_deg: float):
    wearer = Wearer(span_deg)
    looks = looked_at(wearer)
    wearer.sits_down(off)

    ((way, elsewhere),) = looks
    assert along(off, way) == pytest.approx(9.0)
    assert elsewhere > 0.0


def test_so_must_who_curls_up_past_their_upright():
    # A clip that slid back while they slumped, or somebody who leans back.
    wearer = Wearer()
    looks = looked_at(wearer)
    wearer.turns((4.0, 9.0), (-9.0, 3.0))

    ((_, elsewhere),) = looks
    assert elsewhere > 0.0


@pytest.mark.parametrize(
    ("off", "rests_at", "told"),
    [
        ((6.5, 0.0), (15.0, 0.0), False),  # a slump, after an upright that was a little forward
        ((0.0, 8.0), (9.0, 8.0), True),
    ],
)
def test_what_they_sink_by_after_it_is_no_evidence(off: Tilt, rests_at: Tilt, told: bool):
    wearer = Wearer()
    for k in range(1300):
        wearer.rests.update(float(k), (0.0, 0.0))
    wearer.now_s = 1300.0
    wearer.sits_up(off)
    sinks_s = wearer.now_s + 60.0
    wearer.rests.suspect(Suspect(SUNK, (9.0, 0.0), sinks_s, sure=False))

    rested = [wearer.rests.update(sinks_s + 60.0 + k, rests_at) for k in range(400)]
    assert any(rested) is told
