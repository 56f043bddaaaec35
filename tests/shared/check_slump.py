"""Little timelines for every rule of the slump detector; runs on CPython and on MicroPython.

A timeline is a list of (time in seconds, flexion in degrees); what comes out is a list of
(time, what it changed).  The time up to a sample counts for that sample.  Unless a check says
otherwise the lines are the default ones, in past 10 degrees and out below 7, with a hold of 4 s
and an exit hold of 2 s.
"""

from midback.shared import slump
from midback.shared.slump import (
    LEAN_ENDED,
    LEAN_STARTED,
    RECLINE_ENDED,
    RECLINE_STARTED,
    SLUMP_CUT,
    SLUMP_ENDED,
    SLUMP_STARTED,
    SlumpDetector,
    SlumpPolicy,
)


def detector(hold_s=4.0, exit_hold_s=2.0, **settings):
    return SlumpDetector(SlumpPolicy(hold_s=hold_s, exit_hold_s=exit_hold_s, **settings))


def played(on, timeline):
    changes = []
    for time_s, flexion_deg in timeline:
        change = on.update(time_s, flexion_deg)
        if change is not None:
            changes.append((time_s, change))
    return changes


def changes(timeline, **settings):
    return played(detector(**settings), timeline)


def every_second(first, last, flexion_deg):
    return [(second, flexion_deg) for second in range(first, last + 1)]


def slumped(**settings):
    """A detector whose wearer has been slumped since 4 s; the time is 5 s."""
    on = detector(**settings)
    assert played(on, every_second(0, 5, 25)) == [(0, LEAN_STARTED), (4, SLUMP_STARTED)]
    return on


def refused(**settings):
    try:
        SlumpPolicy(**settings)
    except ValueError:
        return True
    return False


def check_sitting_tall_changes_nothing():
    assert changes(every_second(0, 100, 3)) == []


def check_a_lean_that_lasts_becomes_a_slump():
    assert changes(every_second(0, 9, 25)) == [(0, LEAN_STARTED), (4, SLUMP_STARTED)]


def check_the_entry_line_itself_is_not_past_it():
    assert changes(every_second(0, 9, 10)) == []
    assert changes(every_second(0, 9, 10.01)) == [(0, LEAN_STARTED), (4, SLUMP_STARTED)]


def check_sitting_up_in_between_starts_the_hold_again():
    timeline = every_second(0, 2, 25) + every_second(3, 4, 5) + every_second(5, 10, 25)
    assert changes(timeline) == [
        (0, LEAN_STARTED),
        (4, LEAN_ENDED),
        (5, LEAN_STARTED),
        (9, SLUMP_STARTED),
    ]


def check_a_fidget_out_of_it_takes_its_time_off_the_hold():
    timeline = every_second(0, 2, 25) + every_second(3, 3, 5) + every_second(4, 7, 25)
    assert changes(timeline) == [(0, LEAN_STARTED), (6, SLUMP_STARTED)]


def check_a_wobble_between_the_lines_costs_its_own_time_only():
    # Up 2 s, down 1 s, then 3 s more.
    timeline = [(0, 25), (1, 25), (2, 25), (3, 8), (4, 25), (5, 25), (6, 25)]
    assert changes(timeline) == [(0, LEAN_STARTED), (6, SLUMP_STARTED)]


def check_hovering_at_the_entry_line_never_becomes_a_slump():
    timeline = [(second, 11 if second % 2 else 9) for second in range(100)]
    assert SLUMP_STARTED not in [change for _, change in changes(timeline)]


def check_a_lean_drained_between_the_lines_is_over():
    timeline = [(0, 25), (1, 25), (2, 8), (3, 8)]
    assert changes(timeline) == [(0, LEAN_STARTED), (2, LEAN_ENDED)]


def check_the_hold_so_far_can_be_read():
    on = detector()
    played(on, [(0, 25), (1, 25), (2.5, 25)])
    assert (on.state, on.held_s) == (slump.LEANING, 2.5)
    played(on, [(3, 8)])
    assert (on.state, on.held_s) == (slump.LEANING, 2.0)
    played(on, [(4, 0)])
    assert (on.state, on.held_s) == (slump.LEANING, 1.0)
    played(on, [(5, 0)])
    assert (on.state, on.held_s) == (slump.UPRIGHT, 0.0)


def check_without_a_hold_the_first_sample_is_a_slump():
    assert changes([(0, 3), (1, 25)], hold_s=0.0) == [(1, SLUMP_STARTED)]
    assert changes([(0, 3), (1, 25)], hold_s=0.5) == [(1, LEAN_STARTED)]


def check_sitting_up_ends_a_slump_after_the_exit_hold():
    assert played(slumped(), every_second(6, 9, 5)) == [(7, SLUMP_ENDED)]


def check_a_nod_upward_does_not_end_a_slump():
    assert played(slumped(), [(6, 5), (6.5, 25), (7, 5), (8, 25), (9, 25)]) == []


def check_between_the_lines_a_slump_goes_on():
    assert played(slumped(), every_second(6, 60, 8)) == []


def check_the_way_out_itself_is_not_below_it():
    assert played(slumped(), every_second(6, 60, 7)) == []
    assert played(slumped(), every_second(6, 60, 6.99)) == [(7, SLUMP_ENDED)]


def check_without_an_exit_hold_the_wearer_must_still_pass_the_way_out():
    on = slumped(exit_hold_s=0.0)
    assert played(on, [(6, 25), (7, 8), (8, 9.9)]) == []
    assert played(on, [(9, 6)]) == [(9, SLUMP_ENDED)]


def check_after_a_slump_the_next_needs_its_own_hold():
    on = slumped()
    assert played(on, every_second(6, 7, 0)) == [(7, SLUMP_ENDED)]
    assert played(on, every_second(8, 20, 25)) == [(8, LEAN_STARTED), (12, SLUMP_STARTED)]


def check_a_backward_slumper_is_told_backward():
    # In past 12 degrees behind upright; the way out is 30 % lower, 8.4.
    on = detector(back_enter_deg=12.0)
    assert played(on, every_second(0, 5, -15)) == [(0, LEAN_STARTED), (4, SLUMP_STARTED)]
    assert played(on, every_second(6, 20, -9)) == []
    assert played(on, every_second(21, 23, -8)) == [(22, SLUMP_ENDED)]


def check_the_backward_lines_themselves_are_not_past_them():
    assert changes(every_second(0, 9, -12), back_enter_deg=12.0) == []
    on = detector(back_enter_deg=20.0)
    played(on, every_second(0, 5, -25))
    assert played(on, every_second(6, 20, -14)) == []


def check_a_backward_slumper_is_told_forward_too():
    assert changes(every_second(0, 5, 25), back_enter_deg=12.0) == [
        (0, LEAN_STARTED),
        (4, SLUMP_STARTED),
    ]


def check_swinging_from_front_to_back_is_one_slump():
    on = slumped(back_enter_deg=12.0)
    assert played(on, every_second(6, 20, -15)) == []


def check_a_backward_slumper_does_not_recline_short_of_their_slump():
    assert changes(every_second(0, 60, -10), back_enter_deg=12.0) == []


def check_a_backward_slumper_reclines_far_behind_their_slump():
    # Past two and a half times their line of 12 degrees.
    on = detector(back_enter_deg=12.0)
    assert played(on, every_second(0, 20, -31)) == [(10, RECLINE_STARTED)]
    assert played(on, every_second(21, 30, -29)) == []
    assert played(on, [(31, -27), (32, -27)]) == [(31, RECLINE_ENDED), (32, LEAN_STARTED)]


def check_on_the_way_back_to_rest_a_backward_slumper_only_leans():
    on = detector(back_enter_deg=12.0)
    timeline = every_second(0, 2, -20) + every_second(3, 30, -35)
    assert played(on, timeline) == [(0, LEAN_STARTED), (4, LEAN_ENDED), (14, RECLINE_STARTED)]


def check_a_backward_slump_that_becomes_a_rest_is_over():
    on = detector(back_enter_deg=12.0)
    played(on, every_second(0, 5, -20))
    assert played(on, every_second(6, 30, -35)) == [(15, SLUMP_ENDED)]
    assert on.state == slump.RECLINED
    assert played(on, [(31, 0)]) == [(31, RECLINE_ENDED)]


def check_a_stretch_backward_does_not_end_a_backward_slump():
    on = detector(back_enter_deg=12.0)
    played(on, every_second(0, 5, -20))
    assert played(on, every_second(6, 14, -35) + every_second(15, 23, -20)) == []


def check_leaning_back_for_ten_seconds_is_reclining():
    on = detector()
    assert played(on, every_second(0, 20, -15)) == [(10, RECLINE_STARTED)]
    assert on.state == slump.RECLINED


def check_eight_degrees_back_is_not_yet_reclining():
    assert changes(every_second(0, 60, -8)) == []


def check_a_stretch_backward_is_not_reclining():
    on = detector()
    assert played(on, every_second(0, 9, -15)) == []
    assert played(on, [(10, 0)]) == []
    assert played(on, every_second(11, 19, -15)) == []


def check_reclining_ends_two_degrees_above_where_it_begins():
    on = detector()
    played(on, every_second(0, 20, -15))
    assert played(on, every_second(21, 30, -7)) == []
    assert played(on, [(31, -6)]) == [(31, RECLINE_ENDED)]


def check_from_reclining_straight_into_a_lean_both_are_told():
    on = detector()
    played(on, every_second(0, 20, -15))
    assert played(on, every_second(21, 26, 25)) == [
        (21, RECLINE_ENDED),
        (22, LEAN_STARTED),
        (26, SLUMP_STARTED),
    ]


def check_a_silence_of_two_seconds_counts_as_held():
    assert changes([(0, 25), (2, 25), (4, 25)]) == [(0, LEAN_STARTED), (4, SLUMP_STARTED)]


def check_a_silence_of_three_seconds_does_not():
    assert changes([(0, 25), (3, 25), (5, 25)]) == [(0, LEAN_STARTED)]


def check_a_longer_silence_stops_the_hold_but_does_not_lose_it():
    timeline = [(0, 25), (2, 25), (22, 25), (23, 25), (24, 25)]
    assert changes(timeline) == [(0, LEAN_STARTED), (24, SLUMP_STARTED)]


def check_a_longer_silence_stops_the_exit_hold():
    assert played(slumped(), [(6, 0), (26, 0), (27, 0)]) == [(27, SLUMP_ENDED)]


def check_a_slump_goes_on_over_half_a_minute_of_silence():
    assert played(slumped(), [(35, 25), (36, 25)]) == []


def check_a_longer_silence_cuts_the_slump():
    on = slumped()
    assert played(on, [(35.1, 25)]) == [(35.1, SLUMP_CUT)]
    assert played(on, every_second(36, 40, 25)) == [(36, LEAN_STARTED), (40, SLUMP_STARTED)]


def check_a_longer_silence_ends_a_lean_and_a_rest_as_well():
    on = detector()
    assert played(on, [(0, 25), (31, 25), (32, 25)]) == [
        (0, LEAN_STARTED),
        (31, LEAN_ENDED),
        (32, LEAN_STARTED),
    ]
    on = detector()
    played(on, every_second(0, 20, -15))
    assert played(on, [(51, -15), (52, -15)]) == [(51, RECLINE_ENDED)]


def check_one_sample_after_a_silence_is_no_rest():
    assert changes([(0, 0), (60, -15), (61, -15)]) == []
    assert changes([(0, -15), (20, -15), (21, -15)]) == []


def check_standing_up_interrupts_each_state():
    on = slumped()
    assert on.interrupt(6) == SLUMP_ENDED
    assert (on.state, on.held_s) == (slump.UPRIGHT, 0.0)
    on = detector()
    assert on.interrupt(0) is None
    played(on, [(1, 25)])
    assert on.interrupt(2) == LEAN_ENDED
    played(on, every_second(3, 20, -15))
    assert on.interrupt(21) == RECLINE_ENDED
    assert on.interrupt(22) is None


def check_after_an_interruption_the_hold_starts_anew():
    on = detector()
    played(on, every_second(0, 3, 25))
    on.interrupt(3.5)
    assert played(on, every_second(4, 9, 25)) == [(4, LEAN_STARTED), (8, SLUMP_STARTED)]


def check_a_long_interruption_is_no_silence():
    # Interrupted once a second while walking, then seated again.
    on = slumped()
    for second in range(6, 60):
        on.interrupt(second)
    assert played(on, every_second(60, 64, 25)) == [(60, LEAN_STARTED), (64, SLUMP_STARTED)]


def check_samples_from_the_past_change_nothing():
    on = detector()
    played(on, [(0, 25), (2, 25)])
    assert played(on, [(1, 0), (-50, 0), (1.9, 0)]) == []
    assert (on.state, on.held_s) == (slump.LEANING, 2.0)
    assert played(on, [(3, 25), (4, 25)]) == [(4, SLUMP_STARTED)]


def check_a_sample_given_twice_changes_nothing():
    on = detector()
    played(on, [(0, 25), (2, 25)])
    assert played(on, [(2, 0)]) == []
    assert on.held_s == 2.0


def check_thresholds_follow_the_wearers_own_span():
    # 55 % of the span within 8 and 20 degrees, whichever way the wearer slumps.
    assert slump.enter_deg_for(20.0) == 11.0
    assert slump.enter_deg_for(-20.0) == 11.0
    assert slump.enter_deg_for(5.0) == 8.0
    assert slump.enter_deg_for(90.0) == 20.0


def check_the_way_out_is_thirty_percent_lower_at_least_three_degrees():
    assert slump.leave_deg_for(10.0) == 7.0
    assert slump.leave_deg_for(8.0) == 5.0
    assert slump.leave_deg_for(20.0) == 14.0


def check_a_policy_fills_in_what_was_not_chosen():
    policy = SlumpPolicy()
    assert (policy.enter_deg, policy.leave_deg, policy.hold_s, policy.exit_hold_s) == (
        10.0,
        7.0,
        30.0,
        2.0,
    )
    assert (policy.back_enter_deg, policy.back_leave_deg) == (None, None)
    assert SlumpPolicy(back_enter_deg=20.0).back_leave_deg == 14.0


def check_a_policy_that_contradicts_itself_is_refused():
    assert refused(enter_deg=10.0, leave_deg=10.0)
    assert refused(enter_deg=10.0, leave_deg=12.0)
    assert refused(hold_s=-1.0)
    assert refused(exit_hold_s=-0.1)
    assert refused(back_enter_deg=3.0)
    assert refused(back_enter_deg=-12.0)
    assert not refused(enter_deg=10.0, leave_deg=9.9, hold_s=0.0, exit_hold_s=0.0)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
