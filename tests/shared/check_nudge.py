"""When a slump gets a buzz, as timelines; runs on CPython and on MicroPython."""

from midback.shared.nudge import NudgePolicy, Nudger
from midback.shared.wire import PATTERN_NUDGE, PATTERN_STRONG


def played(slumps, seconds, policy=None, snooze=None):
    """Buzzes of *slumps*, a list of (start, end) in whole seconds, looked at once a second."""
    nudger = Nudger(policy)
    felt = []
    for second in range(seconds):
        if snooze is not None and second == snooze[0]:
            nudger.snooze(snooze[1])
        pattern = None
        for start, end in slumps:
            if second == start:
                pattern = nudger.slump_started(second)
            elif second == end:
                nudger.slump_ended()
            elif start < second < end:
                pattern = nudger.still_slumped(second)
        if pattern is not None:
            felt.append((second, pattern))
    return felt


def check_a_slump_is_buzzed_at_its_start_once_more_and_then_left_alone():
    assert played([(5, 400)], 400) == [(5, PATTERN_NUDGE), (65, PATTERN_STRONG)]


def check_a_second_slump_waits_for_the_quiet_time():
    assert played([(5, 20), (30, 140)], 140) == [(5, PATTERN_NUDGE), (125, PATTERN_NUDGE)]


def check_nothing_buzzes_while_snoozed_and_what_outlasts_it_does():
    assert played([(5, 90)], 90, snooze=(0, 50)) == [(50, PATTERN_NUDGE)]


def check_no_more_than_the_hourly_number():
    slumps = [(200 * i, 200 * i + 10) for i in range(17)]
    assert len(played(slumps, 3500, NudgePolicy(hourly=4))) == 4


def check_the_last_quarter_of_an_hour_is_for_slumps_that_were_not_told():
    slumps = [(200 * i, 200 * i + 100) for i in range(6)]
    told = played(slumps, 1200, NudgePolicy(hourly=8))
    assert [second for second, pattern in told if pattern == PATTERN_STRONG] == [60, 260, 460]
    assert [second for second, pattern in told if pattern == PATTERN_NUDGE] == [
        200 * i for i in range(5)
    ]


def check_while_held_the_first_buzz_waits_and_the_stronger_one_is_left_out():
    nudger = Nudger()
    assert nudger.slump_started(0, held=True) is None
    assert nudger.still_slumped(30, held=True) is None
    assert nudger.waiting
    assert nudger.still_slumped(40) == PATTERN_NUDGE
    assert not nudger.waiting
    assert nudger.still_slumped(100, held=True) is None
    assert nudger.still_slumped(101) is None


def check_one_that_is_passed_over_takes_its_quiet_time_and_no_place_in_the_hour():
    nudger = Nudger(NudgePolicy(hourly=1))
    nudger.slump_started(0, held=True)
    nudger.pass_over(0)
    assert nudger.still_slumped(500) is None
    nudger.slump_ended()
    assert nudger.slump_started(60) is None
    nudger.slump_ended()
    assert not nudger.full(120)
    assert nudger.slump_started(120) == PATTERN_NUDGE
    assert nudger.full(120)
    assert not nudger.full(3720)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
