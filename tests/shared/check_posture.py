"""What the clip makes of its packets; runs on CPython and on MicroPython.

A straight clip: its z is up while the wearer sits tall.  Movements are those of hardware.md.
"""

from math import cos, pi, sin

from midback.shared import judge, wire
from midback.shared.posture import Posture, frame_of, policy_of

ONE = wire.QUATERNION_ONE
STRAIGHT = (0, 0, ONE, 0, ONE, 0)
LINES = (1000, 700, 0, 0, 40, 20)  # past 10 degrees, out below 7, held 4 s, 2 s to get out


def tipped(x_deg=0.0, y_deg=0.0, turned_deg=0.0):
    """earth_from_clip: about the clip's y (forward) or x (to the right), after a turn."""
    ex, ey, ez = x_deg * pi / 360, y_deg * pi / 360, turned_deg * pi / 360
    w, x, y, z = cos(ex) * cos(ey), sin(ex) * cos(ey), cos(ex) * sin(ey), sin(ex) * sin(ey)
    c, s = cos(ez), sin(ez)
    return tuple(
        [
            round(ONE * part)
            for part in (c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w)
        ]
    )


def packet_of(*quaternions, flags=0, acc=(0, 0, 2048)):
    counts = []
    for quaternion in quaternions:
        counts += quaternion + acc
    return wire.StreamPacket(wire.KIND_ORIENTATION, flags, 0, 1, 0, 40000, counts)


def near(value, wanted, within=0.02):
    return value is not None and abs(value - wanted) < within


def calibrated(lines=LINES):
    posture = Posture()
    posture.calibrate(STRAIGHT, lines)
    return posture


def measured(*quaternions):
    posture = calibrated()
    posture.update(packet_of(*quaternions), 0.0)
    return posture


def refused(function, *args):
    try:
        function(*args)
    except ValueError:
        return True
    return False


def check_tipping_toward_the_wearers_front_is_positive():
    posture = measured(tipped(y_deg=20))
    assert near(posture.mean_deg, 20)
    assert near(posture.lateral_deg, 0)


def check_tipping_toward_the_wearers_back_is_negative():
    posture = measured(tipped(y_deg=-20))
    assert near(posture.mean_deg, -20)
    assert near(posture.lateral_deg, 0)


def check_tipping_to_the_right_is_lateral_and_positive():
    posture = measured(tipped(x_deg=20))
    assert near(posture.mean_deg, 0)
    assert near(posture.lateral_deg, 20)


def check_tipping_to_the_left_is_lateral_and_negative():
    assert near(measured(tipped(x_deg=-20)).lateral_deg, -20)


def check_turning_on_the_chair_is_nothing():
    for turned_deg in (-170, -40, 90, 180):
        posture = measured(tipped(y_deg=20, turned_deg=turned_deg))
        assert near(posture.mean_deg, 20)
        assert near(posture.lateral_deg, 0)


def check_a_packet_has_its_mean_least_and_most():
    posture = measured(tipped(y_deg=-10), tipped(y_deg=20), tipped(y_deg=50))
    assert near(posture.mean_deg, 20)
    assert near(posture.least_deg, -10)
    assert near(posture.most_deg, 50)


def check_lean_is_from_the_wearers_own_upright():
    # The clip hangs 30 degrees forward while its wearer sits tall.
    posture = Posture()
    posture.calibrate((round(-ONE * 0.5), 0, round(ONE * 0.8660254), 0, ONE, 0), None)
    posture.update(packet_of(tipped(y_deg=45)), 0.0)
    assert near(posture.mean_deg, 15)


def check_a_sample_that_is_no_rotation_is_left_out():
    posture = measured(tipped(y_deg=20), (0, 0, 0, 0), tipped(y_deg=40))
    assert near(posture.mean_deg, 30)
    assert near(posture.least_deg, 20)


def check_a_packet_without_any_rotation_says_nothing():
    posture = measured((0, 0, 0, 0), (32767, 32767, 0, 0))
    assert (posture.mean_deg, posture.lateral_deg) == (None, None)
    assert posture.state == judge.NO_DATA


def check_before_calibration_it_knows_no_lean():
    posture = Posture()
    posture.update(packet_of(tipped(y_deg=20)), 0.0)
    assert (posture.calibrated, posture.mean_deg, posture.state) == (False, None, judge.NEW)


def check_a_lean_held_for_its_time_is_a_slump_and_sitting_up_ends_it():
    posture = calibrated()
    changes = []
    for second in range(13):
        lean_deg = 25 if second < 7 else 0
        change = posture.update(packet_of(tipped(y_deg=lean_deg)), float(second))
        if change is not None:
            changes.append((second, change))
    assert changes == [(4, judge.STARTED), (8, judge.SAT_UP)]


def check_a_shaken_packet_does_not_move_the_judgement():
    posture = calibrated()
    posture.update(packet_of(tipped()), 0.0)
    posture.update(packet_of(tipped(y_deg=25), flags=wire.FLAG_SHAKEN), 1.0)
    assert posture.state == judge.UPRIGHT


def check_what_is_off_the_body_is_away():
    posture = calibrated()
    posture.update(packet_of(tipped(), flags=wire.FLAG_OFF_BODY), 0.0)
    assert posture.state == judge.AWAY


def check_sums_of_acceleration_are_of_its_size_less_one_g():
    posture = calibrated()
    posture.update(packet_of(tipped(), tipped(), acc=(0, 0, 2048 + 1024)), 0.0)
    assert near(posture.total_g, 1.0)
    assert near(posture.squares_g2, 0.5)


def check_the_default_lines_are_used_until_the_host_sets_some():
    policy = policy_of(None)
    assert (policy.enter_deg, policy.leave_deg, policy.hold_s, policy.exit_hold_s) == (
        10,
        7,
        30,
        2,
    )
    assert policy.back_enter_deg is None


def check_lines_come_in_centidegrees_and_tenths_of_a_second():
    policy = policy_of((1250, 900, 0, 0, 305, 15))
    assert (policy.enter_deg, policy.leave_deg) == (12.5, 9)
    assert (policy.hold_s, policy.exit_hold_s) == (30.5, 1.5)


def check_a_backward_line_brings_its_own_way_out():
    policy = policy_of((1000, 700, 1500, 1100, 300, 20))
    assert (policy.back_enter_deg, policy.back_leave_deg) == (15, 11)


def check_without_a_backward_line_its_way_out_means_nothing():
    assert policy_of((1000, 700, 0, 9000, 300, 20)).back_enter_deg is None


def check_lines_that_cannot_be_are_refused():
    assert refused(policy_of, (1000, 1000, 0, 0, 300, 20))
    assert refused(policy_of, (1000, 1001, 0, 0, 300, 20))
    assert refused(policy_of, (1000, 700, 1500, 1500, 300, 20))
    assert refused(policy_of, (1000, 700, 300, 0, 300, 20))
    assert not refused(policy_of, (1000, 999, 301, 300, 300, 20))


def check_directions_that_cannot_be_are_refused():
    assert refused(frame_of, (0, 0, 0, 0, ONE, 0))
    assert refused(frame_of, (0, 0, ONE, 0, 0, 0))
    assert refused(frame_of, (0, ONE, 0, 0, ONE, 0))
    assert refused(frame_of, (0, ONE, 0, 0, -ONE, 0))
    assert not refused(frame_of, STRAIGHT)


def check_the_frame_is_square_whatever_left_was_given():
    frame = frame_of((0, 0, ONE, 0, 23170, 23170))
    assert near(frame.left[1], 1, 1e-4)
    assert near(frame.forward[0], 1, 1e-4)


def check_after_a_refused_calibration_the_old_one_goes_on():
    posture = calibrated()
    assert refused(posture.calibrate, (0, 0, 0, 0, 0, 0), LINES)
    assert refused(posture.calibrate, (0, 0, ONE, ONE, 0, 0), (1000, 1000, 0, 0, 300, 20))
    assert posture.calibrated
    posture.update(packet_of(tipped(y_deg=20)), 0.0)
    assert near(posture.mean_deg, 20)


def check_a_calibration_can_be_taken_away():
    posture = calibrated()
    posture.calibrate(None, None)
    posture.update(packet_of(tipped(y_deg=20)), 0.0)
    assert (posture.calibrated, posture.state) == (False, judge.NEW)


def check_a_new_count_of_seconds_keeps_the_wearer_and_forgets_the_lean():
    posture = calibrated()
    posture.update(packet_of(tipped(y_deg=25)), 3700.0)
    posture.restart()
    assert (posture.calibrated, posture.state) == (True, judge.NO_DATA)
    posture.update(packet_of(tipped(y_deg=25)), 0.0)
    assert posture.state == judge.LEANING


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
