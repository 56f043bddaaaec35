"""What a wearer does, told as timelines of packets; runs on CPython and on MicroPython.

Packets come five times a second with five samples each.  A stretch is (seconds, flexion in
degrees, what else): ``w`` walks, ``o`` the clip finds that nobody wears it, ``b`` the motor
buzzes, ``f`` the sensor shows free fall, ``s`` takes steps, two a second, ``d`` the clip is in
doubt of being worn, ``j`` fidgets.
"""

from math import pi, sin

from midback.shared.judge import (
    AWAY,
    BACK,
    DOUBTFUL,
    GAP,
    LEANING,
    MOVED,
    MOVING,
    NEW,
    NO_DATA,
    SAT_UP,
    SLUMPED,
    STARTED,
    TAKEN_OFF,
    UPRIGHT,
    WALKING,
    Judge,
)
from midback.shared.slump import SlumpPolicy

STEP_S = 0.2


def sums(kind, time_s=0.0):
    if kind == "s":
        sizes = [0.25 * sin(4 * pi * (time_s - 0.04 * (4 - k))) for k in range(5)]
        return 5, sum(sizes), sum([size * size for size in sizes]), sum(sizes[:2])
    if kind == "w":
        return 5, 0.0, 5 * 0.2 * 0.2, 0.0
    if kind == "j":
        return 5, 0.0, 5 * 0.06 * 0.06, 0.0
    if kind == "f":
        return 5, -5.0, 5.0, -2.0
    return 5, 0.0, 5 * 0.005 * 0.005, 0.0


def played(stretches, policy):
    on = Judge(policy)
    time_s = 0.0
    changes = []
    states = []
    for seconds, flexion_deg, *rest in stretches:
        kind = rest[0] if rest else ""
        for _ in range(round(seconds / STEP_S)):
            time_s += STEP_S
            change = on.update(
                time_s,
                flexion_deg,
                *sums(kind, time_s),
                off_body=kind == "o",
                doubtful=kind == "d",
                shaken=kind == "b",
            )
            if change is not None:
                changes.append((round(time_s), change))
        states.append(on.state)
    return changes, states


def changes(*stretches):
    return played(stretches, SlumpPolicy(hold_s=10.0))[0]


def states(*stretches):
    return played(stretches, SlumpPolicy(hold_s=10.0))[1]


def check_a_lean_that_is_held_becomes_a_slump_and_sitting_up_ends_it():
    # A turn is movement for the packet in which it comes, and the next one begins the hold.
    assert changes((4.4, 0), (20, 15), (5, 0)) == [(15, STARTED), (27, SAT_UP)]


def check_states_follow_upright_leaning_slumped_and_back():
    assert states((5, 0), (5, 15), (10, 15), (5, 0), (12, -20)) == [
        UPRIGHT,
        LEANING,
        SLUMPED,
        UPRIGHT,
        BACK,
    ]


def check_walking_ends_a_slump_and_a_fidget_does_not():
    assert changes((20, 15), (2, 15, "w"), (5, 15)) == [(10, STARTED)]
    assert changes((20, 15), (12, 15, "w")) == [(10, STARTED), (25, MOVED)]


def check_taking_the_clip_off_ends_a_slump():
    assert changes((20, 15), (1, 15, "o")) == [(10, STARTED), (20, TAKEN_OFF)]


def check_a_clip_laid_flat_counts_as_taken_off_once_it_is_in_doubt_or_after_half_a_minute():
    assert states((5, 0), (4, 88), (3, 88, "d")) == [UPRIGHT, MOVING, AWAY]
    assert states((5, 0), (28, 88), (3, 88)) == [UPRIGHT, MOVING, AWAY]


def check_a_silence_ends_a_slump():
    on = Judge(SlumpPolicy(hold_s=1.0))
    for tenth in range(20):
        on.update(tenth / 10, 15.0, *sums(""))
    assert on.state == SLUMPED
    assert on.update(60.0, 15.0, *sums("")) == GAP


def check_steps_are_walking_and_ten_seconds_after_them_the_wearer_is_judged():
    assert states((5, 0), (8, 0, "s"), (5, 0), (8, 0)) == [UPRIGHT, WALKING, MOVING, UPRIGHT]


def check_a_clip_in_doubt_of_being_worn_is_not_judged():
    assert states((5, 0), (5, 0, "d"), (5, 0)) == [UPRIGHT, DOUBTFUL, UPRIGHT]


def check_upright_after_a_movement_counts_once_it_cannot_have_been_laid_down():
    # The window of two seconds forgets the movement first.
    assert states((5, 0), (2, 0, "w"), (8, 0), (2, 0)) == [UPRIGHT, MOVING, MOVING, UPRIGHT]


def check_doubted_before_that_it_was_never_upright():
    on = Judge(SlumpPolicy())
    seen = set()
    for packet in range(100):
        kind = "w" if packet < 10 else "" if packet < 50 else "d"
        on.update(packet * STEP_S, 0.0, *sums(kind), doubtful=kind == "d")
        seen.add(on.state)
    assert seen == {MOVING, DOUBTFUL}


def check_a_lean_after_a_movement_counts_at_once():
    assert states((5, 0), (2, 0, "w"), (3, 15), (10, 15)) == [UPRIGHT, MOVING, LEANING, SLUMPED]


def check_a_fidget_does_not_put_a_judgement_off():
    assert states((5, 0), (2, 0, "j"), (3, 0)) == [UPRIGHT, MOVING, UPRIGHT]


def check_in_doubt_and_tipped_far_it_was_taken_off():
    assert states((5, 0), (3, 88), (0.2, 88, "d"), (1, 0, "d")) == [
        UPRIGHT,
        MOVING,
        AWAY,
        DOUBTFUL,
    ]


def check_a_bag_that_swings_tipped_far_is_taken_off_after_half_a_minute():
    assert states((5, 0), (29, 80, "w"), (2, 80, "w")) == [UPRIGHT, MOVING, AWAY]


def check_who_cleans_the_floor_and_comes_up_between_wears_it():
    cleaning = [(20, 70, "w"), (1, 30, "w")] * 4
    assert AWAY not in states((5, 0), *cleaning)


def check_while_the_motor_shakes_the_last_judgement_holds_for_five_seconds():
    assert states((5, 0), (4, 40, "b"), (3, 40, "b")) == [UPRIGHT, UPRIGHT, NO_DATA]


def check_a_sensor_in_free_fall_is_no_posture():
    # The first two seconds of the change look like movement.
    assert states((5, 0), (9, 0, "f"))[-1] == NO_DATA


def check_without_a_calibration_nothing_is_judged_but_movement():
    assert played([(5, None), (5, None, "w")], None) == ([], [NEW, MOVING])


def check_the_numbers_of_the_states_are_those_that_recordings_hold():
    told = [NO_DATA, UPRIGHT, LEANING, SLUMPED, BACK, MOVING, AWAY, NEW, WALKING, DOUBTFUL]
    assert list(range(10)) == told


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
