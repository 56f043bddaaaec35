"""Packets lost, doubled, late and asked for: what comes out is in order, once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from midback import gather
from midback.gather import Gatherer, Missing, Place
from midback.received import Received
from midback.shared import wire

PERIOD_TICKS = 2000
"""Five packets a second."""


def packet(number, boot=7, flags=0, first_ticks=0, first_sequence=0):
    """The packet with this number since the boot."""
    return wire.StreamPacket(
        wire.KIND_ORIENTATION,
        flags,
        (first_sequence + number) % wire.SEQUENCE_MODULUS,
        boot,
        (first_ticks + number * PERIOD_TICKS) % wire.TICKS_MODULUS,
        40_000,
        (wire.QUATERNION_ONE, 0, 0, 0, 0, 0, 2048) * 5,
    )


def received(number, at_s=None, **facts):
    at_s = 0.2 * number if at_s is None else at_s
    return Received(at_s, b"", packet(number, **facts))


def numbers(ready):
    return [each.packet.ticks // PERIOD_TICKS for each in ready]


def asking(gatherer, now_s):
    """What it asks the clip for, which it must do now."""
    asked = gatherer.ask(now_s)
    assert asked is not None
    return asked


def taking(gatherer, *some, **facts):
    return [numbers(gatherer.take(received(number, **facts))) for number in some]


def linked(*some, **facts):
    """A gatherer that was linked from the first of these packets on."""
    gatherer = Gatherer()
    gatherer.link_up()
    taking(gatherer, *some, **facts)
    return gatherer


def test_packets_in_order_pass_at_once():
    assert taking(Gatherer(), 1, 2, 3) == [[1], [2], [3]]


def test_a_packet_that_comes_twice_is_given_once():
    gatherer = Gatherer()

    assert taking(gatherer, 1, 2, 2, 1, 3) == [[1], [2], [], [], [3]]
    assert gatherer.duplicates == 2


def test_what_comes_after_a_hole_waits_for_what_is_missing():
    gatherer = Gatherer()

    assert taking(gatherer, 1, 4, 5, 3, 2, 6) == [[1], [], [], [], [2, 3, 4, 5], [6]]
    assert gatherer.whole


def test_a_packet_that_waits_is_not_taken_twice():
    gatherer = Gatherer()

    assert taking(gatherer, 1, 3, 3, 2) == [[1], [], [], [2, 3]]
    assert gatherer.duplicates == 1


def test_what_was_held_back_arrives_when_it_is_given_so_that_time_never_runs_backward():
    gatherer = Gatherer()
    for number, at_s in ((1, 0.2), (3, 0.6)):
        gatherer.take(received(number, at_s))

    given = gatherer.take(received(2, 5.0))

    assert [each.arrival_s for each in given] == [5.0, 5.0]


def test_the_clip_is_asked_for_just_what_is_missing():
    assert linked(1, 5, 6).ask(1.3) == Missing(boot=7, first=2, packets=3)


def test_without_a_hole_nothing_is_asked_for():
    assert linked(1, 2, 3).ask(1.0) is None


def test_without_a_link_nothing_is_asked_for():
    gatherer = linked(1, 5)
    gatherer.link_down()

    assert gatherer.ask(1.0) is None


def test_it_asks_once_while_what_it_asked_for_comes():
    gatherer = linked(1, 5)
    gatherer.ask(1.0)
    gatherer.take(received(2, 3.9, flags=wire.FLAG_RESENT))

    assert gatherer.ask(1.0 + gather.PATIENCE_S) is None


def test_it_asks_again_for_what_did_not_come():
    gatherer = linked(1, 5)
    gatherer.ask(1.0)
    gatherer.take(received(2, 2.0, flags=wire.FLAG_RESENT))

    assert gatherer.ask(2.0 + gather.PATIENCE_S) == Missing(7, first=3, packets=2)


def test_what_a_later_one_overtakes_is_asked_for_again_at_once():
    gatherer = linked(1, 9)
    gatherer.ask(1.0)
    gatherer.take(received(3, 1.2, flags=wire.FLAG_RESENT))

    assert gatherer.ask(1.3) == Missing(7, first=2, packets=1)


def test_what_comes_in_order_is_not_asked_for_again():
    gatherer = linked(1, 9)
    gatherer.ask(1.0)
    gatherer.take(received(2, 1.2, flags=wire.FLAG_RESENT))

    assert gatherer.ask(1.3) is None


def test_a_hole_that_is_asked_for_in_vain_is_given_up_in_the_end():
    gatherer = linked(1, 5)
    now_s, asked = 1.0, 0
    while not (given := gatherer.given_up_by(now_s)):
        asked += gatherer.ask(now_s) is not None
        now_s += 0.1

    assert (numbers(given), asked, gatherer.given_up) == ([5], gather.ATTEMPTS, 3)
    assert now_s < 1.0 + (gather.ATTEMPTS + 1) * gather.PATIENCE_S


def test_while_the_link_is_down_nothing_is_given_up():
    gatherer = linked(1, 5)
    for attempt in range(gather.ATTEMPTS):
        gatherer.ask(1.0 + gather.PATIENCE_S * attempt)
    gatherer.link_down()

    assert gatherer.given_up_by(1000.0) == []


def test_what_the_clip_no_longer_has_is_not_waited_for():
    gatherer = linked(1, 6)
    asked = asking(gatherer, 1.3)

    assert gatherer.answered(asked, first=4, count=2, now_s=1.4) == []
    assert taking(gatherer, 4, 5) == [[4], [5, 6]]
    assert gatherer.given_up == 2


def test_a_clip_that_has_none_of_it_ends_the_wait_at_once():
    gatherer = linked(1, 6)
    asked = asking(gatherer, 1.3)

    assert numbers(gatherer.answered(asked, first=2, count=0, now_s=1.4)) == [6]


def test_an_answer_to_an_earlier_question_changes_nothing():
    gatherer = linked(1, 6)

    assert gatherer.answered(Missing(7, 1, 9), first=2, count=0, now_s=1.4) == []
    assert not gatherer.whole


def test_what_was_given_up_and_comes_after_all_is_still_in_time_before_anything_later():
    gatherer = linked(1, 6)
    gatherer.answered(asking(gatherer, 1.3), first=4, count=2, now_s=1.4)

    assert taking(gatherer, 2, 3, 4, 5) == [[2], [3], [4], [5, 6]]
    assert gatherer.given_up == 0


def test_two_holes_are_filled_one_after_the_other():
    gatherer = linked(1, 3, 5)

    assert gatherer.ask(1.0) == Missing(7, 2, 1)
    assert taking(gatherer, 2) == [[2, 3]]
    assert gatherer.ask(1.1) == Missing(7, 4, 1)


def test_a_restart_of_the_clip_ends_every_wait():
    gatherer = linked(1, 5)

    assert taking(gatherer, 1, 2, boot=8) == [[5, 1], [2]]
    assert gatherer.last == Place(8, 2, 2 * PERIOD_TICKS)


def test_sequences_and_ticks_may_wrap():
    facts = {"first_sequence": 65534, "first_ticks": wire.TICKS_MODULUS - 3 * PERIOD_TICKS}
    gatherer = linked(1, 5, **facts)

    assert gatherer.ask(1.0) == Missing(7, first=0, packets=3)
    assert [len(ready) for ready in taking(gatherer, 2, 3, 4, **facts)] == [1, 1, 2]


def test_after_hours_only_the_last_minutes_are_asked_for():
    gatherer = linked(1, 20_000)

    assert gatherer.ask(4000.0) == Missing(7, 20_000 - gather.MOST_ASKED, gather.MOST_ASKED)


def test_after_hours_sequences_that_came_round_are_not_taken_for_the_next_ones():
    # 65 538 packets later the sequence is just one further than it was.
    far = 1 + 65_536 + 1
    gatherer = linked(1, far)

    assert not gatherer.whole
    asked = asking(gatherer, 14_000.0)
    answer = gatherer.answered(asked, (far - 3) % 65536, 3, 14_000.1)
    assert answer == []
    assert taking(gatherer, far - 3, far - 2, far - 1) == [[far - 3], [far - 2], [far - 1, far]]


def test_a_new_wearing_takes_up_where_an_earlier_one_ended():
    gatherer = Gatherer(Place(7, 40, 40 * PERIOD_TICKS))
    gatherer.link_up()

    assert taking(gatherer, 50) == [[]]
    assert gatherer.ask(1.0) == Missing(7, 41, 9)


def test_how_far_it_is_behind_is_told_in_seconds():
    assert linked(1, 51).behind_s == 10.0
    assert linked(1, 2).behind_s == 0.0


def test_the_end_of_a_wearing_gives_out_all_that_came():
    gatherer = linked(1, 5, 6, 9)

    assert numbers(gatherer.rest(2.0)) == [5, 6, 9]


def test_what_is_held_back_is_bounded():
    gatherer = linked(1)
    given = []
    for number in range(3, 3 + 3 * gather.MOST_HELD):
        given += gatherer.take(received(number))

    assert numbers(given)[0] == 3
    assert len(given) >= 2 * gather.MOST_HELD


class Ring:
    """A clip that holds the newest packets only, and a host that loses, doubles and asks."""

    def __init__(self, keeps):
        self.keeps = keeps
        self.made = 0
        self.sent = 0
        self.dropped = set()

    def kept(self, first, count):
        """Those numbers of a range that it still holds."""
        oldest = max(1, self.made - self.keeps + 1)
        return [n for n in range(first, first + count) if oldest <= n <= self.sent]


# What happens to one packet: it arrives, is lost, comes twice; or the link breaks for so many.
FATES = st.lists(
    st.one_of(st.sampled_from(["comes", "comes", "comes", "lost", "twice"]), st.integers(1, 60)),
    min_size=5,
    max_size=80,
)


@settings(max_examples=300)
@given(FATES, st.sampled_from([20, 375]), st.integers(0, 65535), st.integers(0, 3))
def test_whatever_the_radio_does_what_comes_out_is_in_order_and_once(
    fates, keeps, first_sequence, lost_answers
):
    ring, gatherer = Ring(keeps), Gatherer()
    facts = {"first_sequence": first_sequence}
    out, ever_kept = [], set()
    now_s = 0.0

    def take(number, flags=0):
        got = gatherer.take(received(number, now_s, flags=flags, **facts))
        out.extend(numbers(got))
        ever_kept.add(number)

    def obey():
        nonlocal lost_answers
        out.extend(numbers(gatherer.given_up_by(now_s)))
        missing = gatherer.ask(now_s)
        if missing is None:
            return
        first = (missing.first - first_sequence) % wire.SEQUENCE_MODULUS
        kept = ring.kept(first, missing.packets)
        answer = (first_sequence + (kept[0] if kept else first)) % wire.SEQUENCE_MODULUS
        out.extend(numbers(gatherer.answered(missing, answer, len(kept), now_s)))
        for number in kept:
            if lost_answers:
                lost_answers -= 1
                continue
            take(number, wire.FLAG_RESENT)

    gatherer.link_up()
    for fate in [*fates, "comes", "comes"]:
        if isinstance(fate, int):
            gatherer.link_down()
            ring.made += fate
            ring.sent = ring.made
            now_s += 0.2 * fate
            gatherer.link_up()
            continue
        ring.made += 1
        ring.sent = ring.made
        now_s += 0.2
        if fate != "lost":
            take(ring.made)
        if fate == "twice":
            take(ring.made)
        obey()
    for _ in range(400):
        now_s += 0.1
        obey()

    assert out == sorted(set(out))
    assert set(out) == ever_kept
    if keeps == 375 and ring.made <= 375:
        assert out == list(range(out[0], ring.made + 1))
