"""How the link stands by the packets it brings, and the pauses between attempts."""

import random
from itertools import pairwise

import pytest

from midback.link import HURRY_S, LOST_S, STALE_S, STEADY_S, Backoff, Link, LinkWatch


def standing(heard_s, now_s):
    return LinkWatch(start_s=0.0).update(now_s, heard_s)


@pytest.mark.parametrize(
    ("heard_s", "now_s", "link"),
    [
        (None, 0.5, Link.GREETING),
        (None, 1.5, Link.STALE),
        (None, LOST_S + 0.1, Link.LOST),
        (7.0, 7.0 + STALE_S, Link.STREAMING),
        (7.0, 7.1 + STALE_S, Link.STALE),
        (7.0, 7.0 + LOST_S, Link.STALE),
        (7.0, 7.1 + LOST_S, Link.LOST),
    ],
)
def test_silence_is_stale_after_a_second_and_lost_after_five(heard_s, now_s, link):
    assert standing(heard_s, now_s) is link


def pauses(backoff, lost_s, count, each_s=10.0):
    """The pauses after attempts that take *each_s*, from a loss at *lost_s* on."""
    now_s, some = lost_s, []
    for _ in range(count):
        some.append(backoff.pause_s(now_s))
        now_s += some[-1] + each_s
    return some


def after_a_loss(lasted_s=1000.0, seed=1):
    backoff = Backoff(random.Random(seed))
    backoff.lost(500.0, lasted_s)
    return backoff


def test_the_first_attempt_comes_within_a_second():
    assert pauses(after_a_loss(), 500.0, 1)[0] < 0.7


def test_while_the_clip_still_holds_what_is_missing_no_pause_is_long():
    now_s = 500.0
    backoff = after_a_loss()
    while now_s < 500.0 + HURRY_S:
        pause_s = backoff.pause_s(now_s)
        assert pause_s <= 2.4
        now_s += pause_s + 1.0


def test_later_pauses_grow_to_half_a_minute_and_no_further():
    later = pauses(after_a_loss(), 500.0, 30)

    assert 24.0 <= later[-1] <= 36.0
    assert max(later) <= 36.0


def test_pauses_differ_from_one_computer_to_the_next():
    assert pauses(after_a_loss(seed=1), 500.0, 5) != pauses(after_a_loss(seed=2), 500.0, 5)


def test_a_link_that_keeps_breaking_is_tried_less_and_less():
    backoff, now_s, at_s = Backoff(random.Random(1)), 0.0, []
    while now_s < 600.0:
        backoff.lost(now_s, lasted_s=1.0)
        now_s += backoff.pause_s(now_s) + 1.0
        at_s.append(now_s)
    gaps = [after - before for before, after in pairwise(at_s)]

    assert gaps[-1] > 10 * gaps[0]


def test_after_a_good_link_the_pauses_begin_anew():
    backoff = after_a_loss()
    pauses(backoff, 500.0, 20)
    backoff.lost(5000.0, lasted_s=STEADY_S)

    assert backoff.pause_s(5000.0) < 0.7
