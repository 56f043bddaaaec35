"""Who stood up, sat down or walked is asked where they are, once they are still for a while."""

from chain.builders import upright

from midback.places import LASTS_S, LONGEST_S, Places
from midback.transitions import SAT_DOWN, STOOD_UP, Transition
from midback.words import State

KNOWN = {"desk": upright(), "my standing place": upright()}


class Day:
    """One packet a second; ``offered`` is what was asked, and when."""

    def __init__(self, context: str = "desk", known=KNOWN) -> None:
        self.places = Places(context)
        self.known = known
        self.now_s = 0.0
        self.offered: list[tuple[float, str]] = []

    def lives(self, seconds: float, state: State = State.UPRIGHT, kind: str | None = None):
        for second in range(round(seconds)):
            self.now_s += 1.0
            moved = Transition(self.now_s, kind, 0.35) if kind and not second else None
            offer = self.places.update(self.now_s, state, moved, self.known)
            if offer is not None:
                self.offered.append((self.now_s, offer))
        return self

    @property
    def elsewhere(self) -> bool:
        return self.places.elsewhere(self.now_s)


def test_who_sits_all_day_is_asked_nothing():
    assert Day().lives(10000).offered == []


def test_who_stands_up_and_stays_is_asked_for_the_standing_place_they_know():
    day = Day().lives(60).lives(60, State.UPRIGHT, STOOD_UP)

    assert day.offered == [(61 + LASTS_S, "my standing place")]
    assert day.elsewhere


def test_without_one_that_is_known_the_usual_name_is_offered():
    assert Day(known={}).lives(60, State.UPRIGHT, STOOD_UP).offered[0][1] == "standing desk"


def test_who_only_stops_on_their_way_is_not_asked():
    day = Day().lives(5, State.UPRIGHT, STOOD_UP)
    for _ in range(10):
        day.lives(20, State.WALKING).lives(10)

    assert day.offered == []


def test_who_walks_to_a_standing_desk_is_asked_there():
    day = Day().lives(60, State.WALKING).lives(60)

    assert [place for _, place in day.offered] == ["my standing place"]


def test_who_sits_down_after_a_walk_is_back():
    day = Day().lives(60, State.WALKING).lives(60, State.UPRIGHT, SAT_DOWN)

    assert day.offered == []
    assert not day.elsewhere


def test_who_sits_down_at_the_standing_desk_is_asked_for_their_last_seat():
    day = Day("sofa").lives(10)
    day.places.chose("standing desk")
    day.lives(60).lives(60, State.UPRIGHT, SAT_DOWN)

    assert [place for _, place in day.offered] == ["sofa"]


def test_an_answer_settles_it():
    day = Day().lives(60, State.UPRIGHT, STOOD_UP)
    day.places.chose("standing desk")
    assert not day.elsewhere

    day = Day().lives(60, State.UPRIGHT, STOOD_UP)
    day.places.denied("standing desk")
    assert not day.elsewhere


def test_who_walked_and_is_not_at_the_standing_desk_is_still_somewhere_else():
    day = Day().lives(60, State.WALKING).lives(60)
    day.places.denied("standing desk")

    assert day.elsewhere
    assert not day.lives(1, State.UPRIGHT, SAT_DOWN).elsewhere


def test_who_did_not_sit_down_is_where_they_stood():
    day = Day("standing desk").lives(60, State.UPRIGHT, SAT_DOWN)
    assert day.elsewhere

    day.places.denied("desk")
    assert not day.elsewhere


def test_without_an_answer_nudges_wait_no_longer_than_ten_minutes():
    day = Day().lives(60, State.UPRIGHT, STOOD_UP).lives(LONGEST_S)

    assert not day.elsewhere
    assert len(day.offered) == 1


def test_a_clip_that_is_taken_off_says_nothing_of_its_wearer():
    assert Day().lives(60, State.AWAY, STOOD_UP).lives(60).offered == []
