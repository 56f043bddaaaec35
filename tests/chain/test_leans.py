"""A lean is told from a slump by the swings that led there, as timelines of a packet a second."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.leans import Leans
from midback.shared.slump import SlumpPolicy
from midback.slip.turns import Turn

HIPS, CURL = 0.45, 0.2
LINES = SlumpPolicy(12.0)  # the way out is at 8.4 degrees
SHALLOW_LINES = SlumpPolicy(8.0)  # of who slumps by no more than 11 degrees
BACK_LINES = SlumpPolicy(10.0, back_enter_deg=10.0)


def swing(by_deg: float, lever_m: float = HIPS, doubt_m: float = 0.02) -> Turn:
    return Turn(
        (0.0, 0.0), (by_deg, 0.0), abs(by_deg), 0.8, lever_m, doubt_m, lever_m, lever_m, 1.0
    )


class Wearer:
    """Swings, and stays."""

    def __init__(self, lines: SlumpPolicy = LINES, *, settled: bool = True) -> None:
        self.leans = Leans()
        self.lines = lines
        self.time_s = 0.0
        self.flexion_deg = 0.0
        self.still = settled
        if settled:
            self.stays(1)

    def swings(self, by_deg: float, lever_m: float = HIPS, doubt_m: float = 0.02) -> "Wearer":
        self.flexion_deg += by_deg
        self.packet(swing(by_deg, lever_m, doubt_m))
        return self

    def sags(self, by_deg: float, seconds: int = 60) -> "Wearer":
        for _ in range(seconds):
            self.flexion_deg += by_deg / seconds
            self.packet(None)
        return self

    def stays(self, seconds: int) -> bool:
        """Whether it looks like a lean afterwards."""
        said = False
        for _ in range(seconds):
            said = self.packet(None)
        return said

    def packet(self, turn: Turn | None) -> bool:
        self.time_s += 1.0
        return self.leans.update(self.time_s, self.flexion_deg, turn, self.lines, still=self.still)


def test_a_swing_at_the_hips_is_a_lean():
    assert Wearer().swings(15.0).stays(60)


def test_a_swing_by_curling_up_is_none():
    assert not Wearer().swings(15.0, CURL).stays(60)


def test_sagging_is_no_lean():
    assert not Wearer().sags(15.0).stays(60)


def test_a_lean_that_goes_on_and_on_is_none_any_more():
    wearer = Wearer().swings(18.0)

    assert wearer.stays(180)
    assert not wearer.stays(900)


def test_one_that_was_undone_begins_anew():
    wearer = Wearer().swings(18.0)
    wearer.stays(240)

    assert wearer.swings(-18.0).swings(18.0).stays(180)


def test_who_sits_up_leans_no_more_after_some_seconds():
    wearer = Wearer().swings(15.0)
    wearer.stays(10)

    assert wearer.swings(-15.0).stays(2)
    assert not wearer.stays(8)


def test_who_stops_between_the_lines_on_the_way_up_has_not_slumped_yet():
    wearer = Wearer().swings(5.0).swings(12.0)
    wearer.stays(40)

    assert wearer.swings(-14.0).sags(7.5, 2).stays(20)


def test_who_curls_up_while_leaning_in_has_slumped_once_it_was_no_twitch():
    wearer = Wearer().swings(15.0)
    wearer.stays(10)

    assert wearer.swings(14.0, CURL).stays(4)
    assert not wearer.stays(6)


def test_who_twitches_while_leaning_in_leans_still():
    wearer = Wearer().swings(15.0)
    wearer.stays(10)
    wearer.swings(14.0, CURL).stays(3)

    assert wearer.swings(-14.0, CURL).stays(30)


def test_who_slumps_while_leaning_in_has_slumped():
    wearer = Wearer().swings(10.0)

    assert not wearer.sags(12.0).stays(5)


def test_a_slump_found_after_a_lean_is_one():
    wearer = Wearer().sags(14.0).swings(10.0)
    wearer.stays(20)

    assert not wearer.swings(-10.0).stays(10)


def test_back_on_the_chair_and_forward_again_a_slump_is_still_one():
    wearer = Wearer().sags(14.0).swings(-20.0)
    wearer.stays(100)

    assert not wearer.swings(20.0).stays(30)


def test_two_minutes_back_on_the_chair_do_not_make_a_lean_of_a_slump():
    wearer = Wearer().sags(8.0, 200).swings(-17.0).sags(8.0, 200)
    wearer.stays(150)

    assert not wearer.swings(17.0).stays(30)


def test_who_slumped_while_they_sat_a_little_back_has_slumped_once_they_sit_forward_again():
    wearer = Wearer(SHALLOW_LINES).swings(-6.0).sags(9.0, 300)
    wearer.stays(300)

    assert not wearer.swings(6.0).stays(30)


def test_fidgets_leave_nothing_behind():
    wearer = Wearer()
    for _ in range(60):
        wearer.swings(5.0).swings(-5.0).stays(10)

    assert wearer.leans.hinge_deg == pytest.approx(0.0, abs=1.0)


def test_a_movement_that_nobody_saw_may_have_been_anything():
    wearer = Wearer()
    wearer.flexion_deg = 16.0
    wearer.stays(10)

    assert 3.0 < wearer.leans.hinge_deg < 13.0


def test_what_was_not_seen_ending_fades():
    wearer = Wearer().swings(16.0)
    wearer.flexion_deg = 0.0
    wearer.stays(600)

    assert wearer.leans.hinge_deg == pytest.approx(0.0, abs=1.0)


def test_a_turn_between_a_curl_and_a_hinge_is_shared_out():
    wearer = Wearer().swings(10.0, 0.3, 0.0)

    assert 3.0 < wearer.leans.hinge_deg < 8.0


def test_a_sideways_push_of_the_same_size_is_no_hinge():
    wearer = Wearer()
    wearer.flexion_deg = 15.0
    wearer.packet(swing(15.0)._replace(swing_m=0.0, net_m=0.0))

    assert not wearer.stays(30)


def test_moving_into_place_after_sitting_down_is_no_swing():
    wearer = Wearer(settled=False)
    wearer.flexion_deg = -12.0
    wearer.swings(12.0)
    wearer.still = True
    wearer.stays(2)

    assert wearer.leans.hinge_deg == pytest.approx(0.0, abs=0.5)
    assert wearer.swings(15.0).leans.hinge_deg == pytest.approx(15.0, abs=1.0)


def test_nobody_slumps_the_other_way():
    assert Wearer().swings(15.0).sags(-15.0).swings(1.0).leans.hinge_deg <= 4.0
    assert Wearer(BACK_LINES).swings(-15.0).sags(15.0).swings(-1.0).leans.hinge_deg >= -4.0


def test_who_slumps_backward_and_lies_back_rests():
    assert Wearer(BACK_LINES).swings(-15.0).stays(600)
    assert not Wearer(BACK_LINES).sags(-15.0).stays(60)


def test_who_gets_up_begins_anew():
    wearer = Wearer().swings(15.0)
    wearer.leans.reset()

    # Seen first at 15 degrees, they may be slumped.
    wearer.stays(40)
    assert not wearer.stays(60)


@pytest.mark.parametrize(("net_m", "leans"), [(0.03, False), (0.4, True)])
def test_of_a_turn_there_and_back_counts_where_the_clip_came_to_rest(net_m: float, leans: bool):
    wearer = Wearer()
    wearer.flexion_deg = 15.0
    wearer.packet(swing(15.0)._replace(net_m=net_m, detour=1.5))

    assert wearer.stays(30) is leans


@pytest.mark.parametrize(("net_m", "leans"), [(-0.1, False), (0.4, True)])
def test_whoever_sags_while_they_move_has_slumped(net_m: float, leans: bool):
    # The swing says hips, but the clip did not come to rest where they carry it.
    wearer = Wearer()
    wearer.flexion_deg = 15.0
    wearer.packet(swing(15.0)._replace(net_m=net_m))

    assert wearer.stays(60) is leans


@pytest.mark.parametrize(("rise_s", "leans"), [(0.8, True), (2.5, False)])
def test_of_a_slow_turn_nobody_knows_the_lever(rise_s: float, leans: bool):
    wearer = Wearer()
    wearer.flexion_deg = 15.0
    wearer.packet(swing(15.0)._replace(rise_s=rise_s))

    assert wearer.stays(60) is leans


def test_on_the_way_to_somewhere_what_was_known_holds():
    # Slumped forward, they reach: the flexion runs ahead of the turn that explains it.
    wearer = Wearer().sags(15.0)
    wearer.stays(40)
    wearer.flexion_deg += 20.0

    assert not wearer.stays(1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-60.0, 60.0),  # where the wearer is
            st.none() | st.floats(-80.0, 80.0),  # what the turn says
            st.floats(-5.0, 5.0),  # its levers
            st.floats(0.0, 60.0),  # seconds
        ),
        max_size=30,
    )
)
def test_whatever_comes_it_stays_a_belief(steps: list[tuple[float, float | None, float, float]]):
    for lines in (LINES, BACK_LINES):
        leans, time_s = Leans(), 0.0
        for flexion_deg, by_deg, lever_m, seconds in steps:
            time_s += seconds
            turn = None if by_deg is None else swing(by_deg, lever_m, abs(lever_m))
            leans.update(time_s, flexion_deg, turn, lines, still=True)

            assert -50.0 <= leans.hinge_deg <= 70.0


def test_who_sits_down_a_little_forward_has_not_slumped():
    wearer = Wearer(settled=False)
    wearer.flexion_deg = 6.0
    wearer.still = True
    wearer.stays(5)

    assert wearer.swings(10.0).stays(40)
