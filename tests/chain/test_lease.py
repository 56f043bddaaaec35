"""Who gives a buzz: the host as far as it can know, or the clip."""

import pytest

from midback.lease import LEASE_S, TAKE_OVER_S, Lease


def leased(*heartbeats_s):
    """A lease after heartbeats that were answered a tenth of a second later."""
    lease = Lease()
    for sent_s in heartbeats_s:
        lease.renewed(sent_s, sent_s + 0.1)
    return lease


def test_without_a_heartbeat_every_buzz_is_the_clips():
    assert not Lease().gives(10.0, 10.0)


def test_with_a_heartbeat_a_buzz_that_falls_due_is_the_hosts():
    assert leased(10.0).gives(11.0, 11.2)


def test_what_was_due_while_the_clip_was_alone_is_the_clips():
    assert not leased(10.0).gives(5.0, 11.0)


def test_what_was_due_just_before_the_host_took_over_is_given_once_more():
    assert leased(10.0).gives(10.1 - 0.9 * TAKE_OVER_S, 10.3)
    assert not leased(10.0).gives(10.1 - 1.1 * TAKE_OVER_S, 10.3)


@pytest.mark.parametrize(("now_s", "held"), [(10.0 + LEASE_S, True), (10.2 + LEASE_S, False)])
def test_the_lease_ends_a_while_after_the_last_heartbeat_was_sent(now_s, held):
    assert leased(10.0).held(now_s) is held


def test_a_host_that_was_frozen_leaves_what_fell_due_meanwhile_to_the_clip():
    lease = leased(10.0, 12.0)

    assert not lease.gives(18.0, 22.0)
    lease.renewed(22.0, 22.1)
    assert not lease.gives(18.0, 22.2)


def test_heartbeats_in_time_keep_one_lease_going():
    assert leased(10.0, 12.0, 14.0, 16.0).gives(10.5, 16.5)
