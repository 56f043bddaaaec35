"""A slump is told once, once more if it goes on, and never so often that it nags."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midback.shared import wire
from midback.shared.nudge import NudgePolicy, Nudger

NUDGE, STRONG = wire.PATTERN_NUDGE, wire.PATTERN_STRONG
Buzzes = list[tuple[int, int]]


def buzzes(
    slumps: list[tuple[int, int]],
    policy: NudgePolicy | None = None,
    snoozes: dict[int, int] | None = None,
) -> Buzzes:
    """Live through slumps (from second, to second); snoozes are {asked at: until}."""
    nudger = Nudger(policy)
    felt: Buzzes = []
    for second in range(slumps[-1][1] + 1):
        if snoozes and second in snoozes:
            nudger.snooze(snoozes[second])
        pattern = None
        for start, end in slumps:
            if second == start:
                pattern = nudger.slump_started(second)
            elif start < second < end:
                pattern = nudger.still_slumped(second)
            elif second == end:
                nudger.slump_ended()
        if pattern is not None:
            felt.append((second, pattern))
    return felt


def test_a_slump_gets_one_buzz_when_it_starts():
    assert buzzes([(10, 30)]) == [(10, NUDGE)]


def test_a_slump_that_goes_on_for_a_minute_gets_one_stronger_buzz_and_then_silence():
    assert buzzes([(10, 3000)]) == [(10, NUDGE), (70, STRONG)]


def test_sitting_up_in_between_spares_the_stronger_buzz():
    assert buzzes([(10, 60), (65, 100)]) == [(10, NUDGE)]


def test_a_second_slump_within_two_minutes_is_left_alone():
    assert buzzes([(10, 20), (60, 80)]) == [(10, NUDGE)]


def test_a_second_slump_after_two_minutes_is_told():
    assert buzzes([(10, 20), (130, 140)]) == [(10, NUDGE), (130, NUDGE)]


def test_a_slump_that_outlasts_the_quiet_time_is_told_at_its_end():
    assert buzzes([(10, 20), (60, 150)]) == [(10, NUDGE), (130, NUDGE)]


def test_a_slump_told_late_gets_its_stronger_buzz_a_minute_after():
    assert buzzes([(10, 20), (60, 400)]) == [(10, NUDGE), (130, NUDGE), (190, STRONG)]


def test_a_slump_that_ended_in_the_quiet_time_is_not_told_after_it():
    nudger = Nudger()
    nudger.slump_started(10)
    nudger.slump_ended()
    nudger.slump_started(60)
    nudger.slump_ended()

    assert nudger.still_slumped(200) is None


def test_no_more_than_the_hourly_number_of_buzzes_is_given():
    slumps = [(start, start + 20) for start in range(0, 3600, 130)]

    assert len(buzzes(slumps)) == NudgePolicy().hourly


def test_an_hour_later_buzzes_come_again():
    slumps = [(start, start + 5) for start in (0, 10, 20, 3601)]
    policy = NudgePolicy(quiet_s=0, hourly=2)

    assert buzzes(slumps, policy) == [(0, NUDGE), (10, NUDGE), (3601, NUDGE)]


def test_the_stronger_buzz_counts_toward_the_hour():
    slumps = [(0, 100), (200, 210)]

    assert buzzes(slumps, NudgePolicy(hourly=2)) == [(0, NUDGE), (60, STRONG)]


def test_a_snooze_is_silent():
    assert buzzes([(10, 20), (200, 300)], snoozes={0: 1000}) == []


def test_a_snooze_spares_the_stronger_buzz_of_a_slump_under_way():
    assert buzzes([(10, 300)], snoozes={30: 40}) == [(10, NUDGE)]


def test_a_slump_that_outlasts_a_snooze_is_told_when_it_ends():
    assert buzzes([(10, 150)], snoozes={0: 100}) == [(100, NUDGE)]


def test_a_snooze_that_is_taken_back_is_over():
    assert buzzes([(100, 120)], snoozes={0: 1000, 50: 0}) == [(100, NUDGE)]


def test_the_end_of_a_snooze_can_be_asked_for():
    nudger = Nudger()
    nudger.snooze(500.0)

    assert (nudger.snoozed_until_s(100.0), nudger.snoozed_until_s(500.0)) == (500.0, None)


@pytest.mark.parametrize(
    "wrong", [{"quiet_s": -1.0}, {"again_s": 0.0}, {"hourly": 0}], ids=lambda w: next(iter(w))
)
def test_a_policy_that_cannot_be_kept_is_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match="must be positive"):
        NudgePolicy(**wrong)  # type: ignore[arg-type]


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), min_size=1, max_size=20),
    st.dictionaries(st.integers(0, 3000), st.integers(0, 4000), max_size=3),
)
def test_whatever_the_wearer_does_first_buzzes_keep_their_distance_and_rest_is_kept(
    lengths: list[tuple[int, int]], snoozes: dict[int, int]
):
    slumps: list[tuple[int, int]] = []
    time_s = 0
    for upright_s, slumped_s in lengths:
        slumps.append((time_s + upright_s, time_s + upright_s + slumped_s))
        time_s += upright_s + slumped_s

    felt = buzzes(slumps, snoozes=snoozes)

    firsts = [second for second, pattern in felt if pattern == NUDGE]
    assert all(b - a >= 120 for a, b in pairwise(firsts))
    asked = sorted(snoozes)
    for second, _ in felt:
        in_force = [at for at in asked if at <= second]
        assert not in_force or second >= snoozes[in_force[-1]]


def test_after_a_buzz_the_nudger_says_until_when_it_is_quiet():
    nudger = Nudger()
    assert nudger.quiet_until_s() < 0
    nudger.slump_started(100.0)

    assert nudger.quiet_until_s() == 220.0


def test_at_the_hourly_cap_the_quiet_lasts_until_the_oldest_buzz_is_an_hour_old():
    nudger = Nudger(NudgePolicy(quiet_s=10.0, hourly=2))
    nudger.slump_started(100.0)
    nudger.slump_ended()
    nudger.slump_started(200.0)

    assert nudger.quiet_until_s() == 3700.0
