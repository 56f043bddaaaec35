"""The tilt filter in words: poses, a bow, a gyroscope's bias, gaps; on CPython and MicroPython.

A clip worn as printed has its x pointing forward, its y to the wearer's left, its z up the spine.
When the spine tips toward the wearer's front by f degrees,

- the clip turns about its y, right-handed: the rate about y is positive while it tips;
- its x, which points forward, comes to point downward: the accelerometer, which shows what holds
  the clip up, reads -sin f along x and cos f along z, in g; and 'up' is the same direction.

Movements are slow here, so that nothing but gravity acts.  A sensor shows the mean over the time
since its last sample: the mean rate, and the acceleration of the middle.
"""

import math

from midback.shared.tilt import TiltFilter

PERIOD_S = 0.02
NO_BIAS = (0.0, 0.0, 0.0)

# Ten times less than any line that is drawn in degrees, ten times what the filter needs here.
CLOSE_DEG = 0.1


def at_rest(_time_s):
    return 0.0


def bow(degrees, begin_s, last_s):
    """Forward by *degrees* from *begin_s* on, eased in and out over *last_s* seconds."""

    def flexion_deg(time_s):
        share = min(max((time_s - begin_s) / last_s, 0.0), 1.0)
        return degrees * 0.5 * (1.0 - math.cos(math.pi * share))

    return flexion_deg


def steady_turn(rate_dps, begin_s, last_s):
    """Forward at a constant rate for a while, from rest to rest."""

    def flexion_deg(time_s):
        return rate_dps * min(max(time_s - begin_s, 0.0), last_s)

    return flexion_deg


class Wearer:
    """Wears one clip through a movement and keeps the time."""

    def __init__(self):
        self.filter = TiltFilter(PERIOD_S)
        self.time_s = 0.0

    def wear(self, seconds, flexion_deg=at_rest, bias_dps=NO_BIAS, gap_s=0.0):
        """Give the samples of *seconds* to the filter, the first *gap_s* seconds late."""
        dt_s = PERIOD_S + gap_s
        self.time_s += gap_s
        for _ in range(round(seconds / PERIOD_S)):
            self.sample(dt_s, flexion_deg, bias_dps)
            dt_s = PERIOD_S
        return self.filter

    def sample(self, dt_s, flexion_deg, bias_dps=NO_BIAS):
        before, middle = flexion_deg(self.time_s), flexion_deg(self.time_s + 0.5 * PERIOD_S)
        self.time_s += PERIOD_S
        rate_dps = (flexion_deg(self.time_s) - before) / PERIOD_S
        x, y, z = bias_dps
        f = math.radians(middle)
        self.filter.update(dt_s, x, y + rate_dps, z, -math.sin(f), 0.0, math.cos(f))


def flexion_of(up):
    return math.degrees(math.atan2(-up[0], up[2]))


def error_deg(filter_, flexion_deg=0.0):
    """How far 'up' is from that of a wearer bowed by *flexion_deg*, in any direction."""
    f = math.radians(flexion_deg)
    x, y, z = filter_.up
    tx, tz = -math.sin(f), math.cos(f)
    cross = math.sqrt((y * tz) ** 2 + (z * tx - x * tz) ** 2 + (y * tx) ** 2)
    return math.degrees(math.atan2(cross, x * tx + z * tz))


def distance(a, b):
    return math.sqrt(sum((a[i] - b[i]) ** 2 for i in range(3)))


def turned_by(q, vector):
    """The vector turned by a unit quaternion (w, x, y, z)."""
    w, x, y, z = q
    vx, vy, vz = vector
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return (
        vx + w * tx + y * tz - z * ty,
        vy + w * ty + z * tx - x * tz,
        vz + w * tz + x * ty - y * tx,
    )


POSES = (
    ("upright", (0.0, 0.0, 1.0)),
    ("upside down", (0.0, 0.0, -1.0)),
    ("lying on the back", (1.0, 0.0, 0.0)),
    ("lying on the front", (-1.0, 0.0, 0.0)),
    ("lying on the right side", (0.0, 1.0, 0.0)),
    ("lying on the left side", (0.0, -1.0, 0.0)),
    ("askew", (0.48, -0.6, 0.64)),
)


def check_a_clip_that_lies_still_points_up_at_once_and_later():
    for name, (x, y, z) in POSES:
        tilt = TiltFilter(PERIOD_S)
        for number in range(500):
            # An accelerometer that reads 3 % too much shows the same direction.
            tilt.update(PERIOD_S, 0.0, 0.0, 0.0, 1.03 * x, 1.03 * y, 1.03 * z)
            if number in (0, 1, 149, 150, 499):
                assert distance(tilt.up, (x, y, z)) < 1e-6, (name, number, tilt.up)


def check_the_orientation_takes_the_clips_up_to_the_rooms():
    for name, (x, y, z) in POSES:
        tilt = TiltFilter(PERIOD_S)
        for _ in range(10):
            tilt.update(PERIOD_S, 20.0, -30.0, 10.0, x, y, z)
        q = tilt.orientation()
        assert abs(sum(part * part for part in q) - 1.0) < 1e-6, (name, q)
        # A clip upside down to a thousandth of a radian is taken for exactly so.
        assert distance(turned_by(q, tilt.up), (0.0, 0.0, 1.0)) < 2e-3, (name, q)


def check_before_the_first_sample_the_clip_counts_as_upright():
    tilt = TiltFilter(PERIOD_S)
    assert (tilt.up, tilt.orientation()) == ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0, 0.0))
    assert tilt.uncertain
    assert not tilt.at_rest
    assert not tilt.zeroed


def check_a_sensor_that_delivers_zeros_changes_nothing():
    tilt = TiltFilter(PERIOD_S)
    for _ in range(200):
        tilt.update(PERIOD_S, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert (tilt.up, tilt.orientation()) == ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0, 0.0))


def check_bowing_forward_by_forty_degrees_is_plus_forty():
    wearer, movement = Wearer(), bow(40.0, 5.0, 4.0)
    wearer.wear(5.0, movement)
    for moment in range(40):
        wearer.wear(0.1, movement)
        assert error_deg(wearer.filter, movement(wearer.time_s)) < CLOSE_DEG, moment
    tilt = wearer.wear(3.0, movement)
    assert abs(flexion_of(tilt.up) - 40.0) < CLOSE_DEG, flexion_of(tilt.up)


def check_leaning_back_is_negative():
    wearer, movement = Wearer(), bow(-25.0, 5.0, 3.0)
    tilt = wearer.wear(10.0, movement)
    assert abs(flexion_of(tilt.up) + 25.0) < CLOSE_DEG, flexion_of(tilt.up)


def check_a_quick_bow_is_followed_as_it_happens():
    # 40 degrees in half a second, at up to 126 degrees a second.
    wearer, movement = Wearer(), bow(40.0, 10.0, 0.5)
    wearer.wear(10.0, movement)
    for _ in range(50):
        wearer.wear(PERIOD_S, movement)
        assert error_deg(wearer.filter, movement(wearer.time_s)) < CLOSE_DEG, wearer.time_s


def turned_about(axis, degrees, vector):
    """The vector turned about a unit axis, right-handed."""
    a = math.radians(degrees)
    nx, ny, nz = axis
    vx, vy, vz = vector
    along = (1.0 - math.cos(a)) * (nx * vx + ny * vy + nz * vz)
    sin, cos = math.sin(a), math.cos(a)
    return (
        vx * cos + (ny * vz - nz * vy) * sin + nx * along,
        vy * cos + (nz * vx - nx * vz) * sin + ny * along,
        vz * cos + (nx * vy - ny * vx) * sin + nz * along,
    )


def check_tumbling_about_any_axis_is_followed():
    # A clip that turns sees the room turn the other way.  300 dps takes another branch than 45.
    start = (0.48, -0.6, 0.64)
    for axis in ((1 / 3, 2 / 3, -2 / 3), (-2 / 3, 1 / 3, 2 / 3), (2 / 7, 3 / 7, 6 / 7)):
        for rate_dps in (45.0, 300.0, 1500.0):
            tilt = TiltFilter(PERIOD_S)
            x, y, z = axis
            for number in range(1, 500):
                turned = -rate_dps * PERIOD_S * number
                middle = turned_about(axis, turned + 0.5 * rate_dps * PERIOD_S, start)
                tilt.update(PERIOD_S, rate_dps * x, rate_dps * y, rate_dps * z, *middle)
                away = distance(tilt.up, turned_about(axis, turned, start))
                assert away < (1e-3 if rate_dps > 1000.0 else 1e-5), (axis, rate_dps, number, away)


def check_a_large_bias_is_found_within_ten_seconds_of_rest():
    for bias in ((15.0, 0.0, 0.0), (0.0, 15.0, 0.0), (0.0, 0.0, 15.0), (15.0, -15.0, 15.0)):
        tilt = Wearer().wear(10.0, bias_dps=bias)
        assert tilt.at_rest
        assert tilt.zeroed
        assert distance(tilt.bias_dps, bias) < 0.3, (bias, tilt.bias_dps)
        assert error_deg(tilt) < 0.5, (bias, error_deg(tilt))


def check_a_bias_of_three_degrees_a_second_is_not_kept_for_ever():
    # VQF with its default limit of 2 dps never calls this rest, and stays 3 degrees off.
    tilt = Wearer().wear(20.0, bias_dps=(0.0, 3.0, 0.0))
    assert distance(tilt.bias_dps, (0.0, 3.0, 0.0)) < 0.01, tilt.bias_dps
    assert error_deg(tilt) < 0.05, error_deg(tilt)


def check_a_bias_no_sensor_has_is_not_believed():
    # A steady 45 dps is a turntable or an office chair.
    tilt = Wearer().wear(20.0, bias_dps=(0.0, 0.0, 45.0))
    assert not tilt.at_rest
    assert tilt.bias_dps == NO_BIAS


def check_a_bias_that_creeps_in_as_the_clip_warms_is_followed():
    wearer = Wearer()
    wearer.wear(10.0)
    for second in range(100):
        wearer.wear(1.0, bias_dps=(0.0, 0.05 * second, 0.0))
    tilt = wearer.filter
    assert distance(tilt.bias_dps, (0.0, 4.95, 0.0)) < 0.2, tilt.bias_dps
    assert error_deg(tilt) < 0.5, error_deg(tilt)


def check_a_bias_that_jumps_is_found_within_ten_seconds_of_rest():
    wearer = Wearer()
    wearer.wear(10.0, bias_dps=(0.5, 0.0, 0.0))
    tilt = wearer.wear(10.0, bias_dps=(0.5, 6.0, 0.0))
    assert distance(tilt.bias_dps, (0.5, 6.0, 0.0)) < 0.3, tilt.bias_dps
    tilt = wearer.wear(10.0, bias_dps=(0.5, 6.0, 0.0))
    assert error_deg(tilt) < 0.5, error_deg(tilt)


def check_a_slow_steady_bow_is_not_taken_for_bias():
    wearer, movement = Wearer(), steady_turn(5.0, 10.0, 4.0)
    wearer.wear(10.0, movement)
    tilt = wearer.wear(4.0, movement)
    assert distance(tilt.bias_dps, NO_BIAS) < 0.1, tilt.bias_dps
    assert abs(flexion_of(tilt.up) - 20.0) < CLOSE_DEG, flexion_of(tilt.up)
    tilt = wearer.wear(10.0, movement)
    assert distance(tilt.bias_dps, NO_BIAS) < 0.1, tilt.bias_dps
    assert abs(flexion_of(tilt.up) - 20.0) < CLOSE_DEG, flexion_of(tilt.up)


def check_swaying_slowly_for_long_is_not_taken_for_bias():
    # To and fro at 2 and 4 degrees a second, each way for 8 s: as steady as rest, but it turns.
    # One step of learning may pass before a turn shows: 22 % of 2 dps, times tau, is 1.3 degrees.
    # Learning all of it would cost tau times the rate, 6 and 12 degrees.
    for rate_dps in (2.0, 4.0):

        def swaying(time_s, rate_dps=rate_dps):
            phase_s = max(time_s - 5.0, 0.0) % 16.0
            return rate_dps * min(phase_s, 16.0 - phase_s)

        wearer = Wearer()
        for second in range(45):
            tilt = wearer.wear(1.0, swaying)
            away_deg = abs(flexion_of(tilt.up) - swaying(second + 1.0))
            assert away_deg < 1.3, (rate_dps, second, away_deg)


def check_a_wearer_who_moves_at_power_on_teaches_no_bias():
    def rocking(time_s):
        return 10.0 * math.sin(math.pi * time_s) if time_s < 20.0 else 0.0

    bias = (2.0, -5.0, 1.0)
    wearer = Wearer()
    tilt = wearer.wear(20.0, rocking, bias)
    assert not tilt.zeroed
    assert tilt.bias_dps == NO_BIAS
    tilt = wearer.wear(10.0, rocking, bias)
    assert tilt.zeroed
    assert distance(tilt.bias_dps, bias) < 0.3, tilt.bias_dps
    # The 15 degrees that the bias made of itself meanwhile fade with tau.
    tilt = wearer.wear(5.0, rocking, bias)
    assert error_deg(tilt) < 0.5, error_deg(tilt)


def check_a_steady_bow_at_power_on_is_unlearnt_at_the_next_rest():
    # Nothing tells the very first steady turn from a bias; 10 s of rest do.
    wearer, movement = Wearer(), steady_turn(5.0, 0.0, 6.0)
    wearer.wear(6.0, movement)
    tilt = wearer.wear(10.0, movement)
    assert distance(tilt.bias_dps, NO_BIAS) < 0.3, tilt.bias_dps


def check_the_filter_says_when_the_clip_rests():
    wearer, movement = Wearer(), bow(40.0, 5.0, 1.0)
    assert not wearer.wear(1.0, movement).at_rest
    assert wearer.wear(3.0, movement).at_rest
    assert not wearer.wear(1.5, movement).at_rest
    assert wearer.wear(5.0, movement).at_rest


def check_unrest_on_any_one_axis_is_no_rest():
    for axis in range(6):
        tilt = TiltFilter(PERIOD_S)
        for number in range(500):
            sample = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
            sample[axis] += (5.0 if axis < 3 else 0.1) * (1 if number // 25 % 2 else -1)
            tilt.update(PERIOD_S, *sample)
        assert not tilt.at_rest, axis
        assert not tilt.zeroed, axis


def check_the_filter_is_uncertain_for_three_seconds():
    wearer = Wearer()
    assert wearer.wear(2.9).uncertain
    assert not wearer.wear(0.1).uncertain


def check_a_short_gap_in_a_bow_is_bridged():
    # 0.2 s without samples at the middle of a bow, where it is fastest: 31 degrees a second.
    wearer, movement = Wearer(), bow(40.0, 10.0, 2.0)
    wearer.wear(11.0, movement)
    wearer.wear(1.0, movement, gap_s=0.2)
    assert not wearer.filter.uncertain
    tilt = wearer.wear(1.0, movement)
    assert abs(flexion_of(tilt.up) - 40.0) < CLOSE_DEG, flexion_of(tilt.up)


def check_a_long_gap_starts_anew_and_keeps_the_bias():
    bias = (3.0, -4.0, 5.0)
    wearer, movement = Wearer(), bow(40.0, 20.2, 0.4)
    before = wearer.wear(20.0, movement, bias).bias_dps
    assert distance(before, bias) < 0.01
    # The wearer bowed meanwhile; the first sample after 0.8 s shows it.
    tilt = wearer.wear(PERIOD_S, movement, bias, gap_s=0.8)
    assert tilt.uncertain
    assert tilt.bias_dps == before
    assert abs(flexion_of(tilt.up) - 40.0) < CLOSE_DEG, flexion_of(tilt.up)
    for _ in range(28):
        assert wearer.wear(0.1, movement, bias).uncertain
    assert not wearer.wear(0.2, movement, bias).uncertain
    assert distance(tilt.bias_dps, bias) < 0.01
    assert abs(flexion_of(tilt.up) - 40.0) < CLOSE_DEG, flexion_of(tilt.up)


def check_restarting_keeps_the_bias_only():
    wearer = Wearer()
    before = wearer.wear(10.0, bias_dps=(3.0, 0.0, 0.0)).bias_dps
    wearer.filter.restart()
    assert wearer.filter.uncertain
    assert not wearer.filter.at_rest
    assert wearer.filter.zeroed
    assert wearer.filter.bias_dps == before


def check_a_sideways_push_that_lasts_is_believed_slowly():
    # Half a g forward for a second, as in a braking car: far less than the 27 degrees that the
    # accelerometer alone would show.
    wearer = Wearer()
    wearer.wear(10.0)
    for _ in range(50):
        wearer.filter.update(PERIOD_S, 0.0, 0.0, 0.0, 0.5, 0.0, 1.0)
    assert 0.5 < error_deg(wearer.filter) < 5.0, error_deg(wearer.filter)
    # Leaning back is what an acceleration forward looks like.
    assert flexion_of(wearer.filter.up) < 0.0


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
