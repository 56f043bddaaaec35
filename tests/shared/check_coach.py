"""Who buzzes the wearer; little timelines on both Pythons.

A timeline is a list of (second, what the judgement changed, state); what comes out is a list of
(second, pattern).  The nudger buzzes at the start of a slump, again stronger 60 s later, and
starts none within 120 s.
"""

from midback.shared import judge, wire
from midback.shared.coach import Coach

NUDGE, STRONG = wire.PATTERN_NUDGE, wire.PATTERN_STRONG
STARTED, SAT_UP, SLUMPED, UPRIGHT = judge.STARTED, judge.SAT_UP, judge.SLUMPED, judge.UPRIGHT


def buzzes(coach, timeline):
    out = []
    for second, change, state in timeline:
        pattern = coach.judged(1000 * second, float(second), change, state)
        if pattern is not None:
            out.append((second, pattern))
    return out


def slump(first, last, ends=SAT_UP):
    """Slumped from one second on, upright at the other."""
    timeline: list[tuple[int, int | None, int]] = [(first, STARTED, SLUMPED)]
    for second in range(first + 1, last):
        timeline.append((second, None, SLUMPED))
    timeline.append((last, ends, UPRIGHT))
    return timeline


def check_alone_the_clip_buzzes_at_the_start_of_a_slump():
    assert buzzes(Coach(), slump(10, 20)) == [(10, NUDGE)]


def check_a_slump_that_goes_on_is_buzzed_once_more_and_stronger():
    assert buzzes(Coach(), slump(10, 600)) == [(10, NUDGE), (70, STRONG)]


def check_a_slump_soon_after_gets_its_buzz_when_the_quiet_time_is_over():
    assert buzzes(Coach(), slump(10, 20) + slump(30, 140)) == [(10, NUDGE), (130, NUDGE)]


def check_sitting_tall_is_never_buzzed():
    assert buzzes(Coach(), [(second, None, UPRIGHT) for second in range(200)]) == []


def check_a_host_that_holds_the_lease_decides():
    coach = Coach()
    coach.heartbeat(0, 60)
    assert buzzes(coach, slump(10, 50)) == []


def check_a_lease_ends_to_the_millisecond():
    coach = Coach()
    coach.heartbeat(5000, 10)
    assert [coach.held(now_ms) for now_ms in (5000, 14999, 15000)] == [True, True, False]


def check_a_shorter_lease_takes_the_place_of_a_longer():
    coach = Coach()
    coach.heartbeat(0, 60)
    coach.heartbeat(1000, 1)
    assert not coach.held(2000)


def check_nobody_holds_the_lease_at_first():
    assert not Coach().held(0)


def check_a_host_that_dies_owes_the_wearer_a_buzz_which_the_clip_gives():
    coach = Coach()
    coach.heartbeat(0, 15)
    assert buzzes(coach, slump(10, 30)) == [(15, NUDGE)]


def check_a_link_that_ends_takes_the_lease_with_it():
    coach = Coach()
    coach.heartbeat(0, 60)
    assert buzzes(coach, [(10, STARTED, SLUMPED)]) == []
    coach.end_lease()
    assert buzzes(coach, [(11, None, SLUMPED)]) == [(11, NUDGE)]


def check_a_buzz_that_the_host_gave_is_not_doubled():
    coach = Coach()
    coach.heartbeat(0, 15)
    assert buzzes(coach, [(10, STARTED, SLUMPED)]) == []
    coach.buzzed(10000, False)
    assert buzzes(coach, [(second, None, SLUMPED) for second in range(11, 60)]) == []


def check_the_second_buzz_comes_from_the_clip_when_the_host_died_after_the_first():
    coach = Coach()
    coach.heartbeat(0, 15)
    buzzes(coach, [(10, STARTED, SLUMPED)])
    coach.buzzed(10000, False)
    assert buzzes(coach, [(second, None, SLUMPED) for second in range(11, 100)]) == [(70, STRONG)]


def check_it_tells_how_long_ago_the_last_nudge_was():
    coach = Coach()
    assert coach.since_buzz_s(5000) == wire.NO_BUZZ_S
    coach.buzzed(10000, False)
    coach.buzzed(20000, False)
    told = [coach.since_buzz_s(now_ms) for now_ms in (20000, 20999, 21000, 65553999, 65555000)]
    assert told == [0, 0, 1, 65533, 65535]
    assert coach.since_buzz_s(1 << 29) == wire.NO_BUZZ_S


def check_it_tells_how_long_the_rest_still_lasts():
    coach = Coach()
    assert coach.snooze_s(0) == 0
    coach.snooze(1000, 65535)
    assert coach.snooze_s(1000) == 65535
    coach.snooze(1000, 2)
    told = [coach.snooze_s(now_ms) for now_ms in (1000, 1001, 2000, 2999, 3000, 99000)]
    assert told == [2, 2, 1, 1, 0, 0]
    coach.snooze(99000, 0)
    assert coach.snooze_s(99000) == 0


def check_a_slump_that_ended_is_owed_nothing():
    coach = Coach()
    coach.heartbeat(0, 60)
    buzzes(coach, slump(10, 20))
    coach.end_lease()
    assert buzzes(coach, [(21, None, UPRIGHT)]) == []


def check_movement_forgives_what_is_owed():
    coach = Coach()
    coach.heartbeat(0, 60)
    buzzes(coach, [(10, STARTED, SLUMPED), (11, None, judge.MOVING)])
    coach.end_lease()
    assert buzzes(coach, [(12, None, SLUMPED)]) == []


def check_only_the_last_buzz_is_owed():
    coach = Coach()
    coach.heartbeat(0, 100)
    buzzes(coach, [(10, STARTED, SLUMPED), (70, None, SLUMPED)])
    coach.end_lease()
    assert buzzes(coach, [(71, None, SLUMPED), (72, None, SLUMPED)]) == [(71, STRONG)]


def check_a_wearer_who_asked_for_rest_is_left_alone():
    coach = Coach()
    coach.snooze(0, 600)
    assert coach.snoozed(599999)
    assert buzzes(coach, slump(10, 500)) == []


def check_a_slump_that_outlasts_the_rest_is_buzzed_when_that_is_over():
    coach = Coach()
    coach.snooze(0, 30)
    assert buzzes(coach, slump(10, 60)) == [(30, NUDGE)]


def check_rest_does_not_use_up_the_buzzes_of_the_hour():
    coach = Coach()
    coach.snooze(0, 2900)
    timeline = []
    for i in range(14):
        timeline += slump(200 * i + 10, 200 * i + 20)
    assert buzzes(coach, timeline + slump(3000, 3010)) == [(3000, NUDGE)]


def check_rest_ends_when_the_wearer_says_so():
    coach = Coach()
    coach.snooze(0, 600)
    buzzes(coach, slump(10, 20))
    coach.snooze(100000, 0)
    assert not coach.snoozed(100000)
    assert buzzes(coach, slump(102, 110)) == [(102, NUDGE)]


def check_rest_forgives_what_is_owed():
    coach = Coach()
    coach.heartbeat(0, 60)
    buzzes(coach, [(10, STARTED, SLUMPED)])
    coach.snooze(11000, 600)
    buzzes(coach, [(11, None, SLUMPED)])
    coach.end_lease()
    assert buzzes(coach, [(second, None, SLUMPED) for second in range(12, 600)]) == []


def check_a_nudge_of_its_own_is_remembered_for_a_moment():
    coach = Coach()
    coach.buzzed(50000, True)
    assert (coach.gave(59999), coach.gave(60000)) == (True, False)


def check_a_nudge_that_the_host_asked_for_is_none_of_its_own():
    coach = Coach()
    coach.buzzed(50000, False)
    assert not coach.gave(50001)


def check_a_new_count_of_seconds_keeps_lease_and_rest():
    coach = Coach()
    coach.heartbeat(0, 60)
    coach.snooze(0, 600)
    coach.restart()
    assert (coach.held(59999), coach.snoozed(599999)) == (True, True)


def check_a_new_count_of_seconds_begins_with_the_next_slump():
    coach = Coach()
    buzzes(coach, slump(3700, 3710))
    coach.restart()
    assert coach.judged(3720000, 5.0, STARTED, SLUMPED) == NUDGE


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
