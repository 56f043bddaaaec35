"""The simulated sensor against movements in words, worked out with scipy's Rotation.

The wearer faces earth's x, their left is earth's y, up is earth's z.  A clip worn the nominal
way has its axes along these: x into the wearer, y to their left, z up the spine.
"""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from midback.shared.wire import DPS_PER_COUNT, G_PER_COUNT
from midback.simulated.motion import Motion, thorax_orientation
from midback.simulated.sensor import Sensor, SensorErrors

PERIOD_S = 0.02
FRONT, LEFT, UP = np.eye(3)


def moved(rotations, acceleration_g=(0.0, 0.0, 0.0)):
    quaternions = np.atleast_2d(rotations.as_quat(scalar_first=True))
    n = len(quaternions)
    return Motion(
        time_s=PERIOD_S * np.arange(1, n + 1, dtype=np.float64),
        earth_from_back=quaternions,
        acceleration_g=np.tile(np.asarray(acceleration_g, float), (n, 1)),
        flexion_deg=np.zeros(n),
        lateral_deg=np.zeros(n),
        worn=np.ones(n, bool),
    )


def shown(rotations, errors=None, acceleration_g=(0.0, 0.0, 0.0)):
    """What a sensor shows: specific force in g and rate in dps."""
    counts = Sensor(errors).read(moved(rotations, acceleration_g), PERIOD_S).astype(float)
    return counts[:, :3] * G_PER_COUNT, counts[:, 3:] * DPS_PER_COUNT


def turning(axis, rate_dps, seconds=1.0):
    """A steady turn about an earth axis, right-handed, from facing ahead."""
    angles = np.radians(rate_dps) * PERIOD_S * np.arange(1, round(seconds / PERIOD_S) + 1)
    return Rotation.from_rotvec(angles[:, None] * np.asarray(axis, float))


def toward(start, end, angle_deg):
    """The turn that carries the direction ``start`` toward the direction ``end``."""
    return Rotation.from_rotvec(np.radians(angle_deg) * np.cross(start, end))


def test_an_upright_clip_feels_the_seat_push_it_up():
    force_g, rate_dps = shown(Rotation.identity(1))

    assert force_g[0] == pytest.approx(UP, abs=1e-3)
    assert rate_dps[0] == pytest.approx(np.zeros(3), abs=0.1)


def test_a_spine_that_tips_toward_the_front_moves_the_reaction_from_z_to_minus_x():
    force_g, _ = shown(toward(UP, FRONT, 30))

    # Its back now faces up a little: the reaction points out of the back, which is minus x.
    assert force_g[0] == pytest.approx([-0.5, 0.0, 0.866], abs=2e-3)


def test_a_spine_that_tips_to_the_right_moves_the_reaction_toward_the_left_side():
    force_g, _ = shown(toward(UP, -LEFT, 30))

    assert force_g[0] == pytest.approx([0.0, 0.5, 0.866], abs=2e-3)


def test_facing_another_way_changes_nothing_that_gravity_shows():
    force_g, _ = shown(Rotation.from_rotvec(np.radians(130) * UP) * toward(UP, FRONT, 30))

    assert force_g[0] == pytest.approx([-0.5, 0.0, 0.866], abs=2e-3)


@pytest.mark.parametrize(
    ("movement", "axis", "reading"),
    [
        ("turning to the left", UP, [0.0, 0.0, 20.0]),
        ("the spine tipping toward the front", np.cross(UP, FRONT), [0.0, 20.0, 0.0]),
        ("the spine tipping to the right", np.cross(UP, -LEFT), [20.0, 0.0, 0.0]),
    ],
)
def test_rates_are_right_handed_about_the_clips_axes(movement, axis, reading):
    _, rate_dps = shown(turning(axis, 20.0))

    assert rate_dps[5] == pytest.approx(reading, abs=0.1), movement


def test_being_lifted_feels_heavier():
    force_g, _ = shown(Rotation.identity(1), acceleration_g=(0.0, 0.0, 0.2))

    assert force_g[0, 2] == pytest.approx(1.2, abs=1e-3)


def test_falling_freely_feels_like_nothing():
    force_g, _ = shown(Rotation.identity(1), acceleration_g=(0.0, 0.0, -1.0))

    assert force_g[0] == pytest.approx(np.zeros(3), abs=1e-3)


def test_being_pushed_forward_shows_along_the_clips_own_axes():
    # Lying face down, the wearer's front is down: a push toward earth's x goes up the spine.
    force_g, _ = shown(toward(UP, FRONT, 90), acceleration_g=(0.3, 0.0, 0.0))

    assert force_g[0] == pytest.approx([-1.0, 0.0, 0.3], abs=2e-3)


def test_a_clip_fixed_askew_shows_the_same_movement_in_its_own_axes():
    askew = Rotation.from_rotvec([0.1, -0.2, 0.3])
    errors = SensorErrors(back_from_clip=tuple(askew.as_quat(scalar_first=True)))
    movement = turning(np.cross(UP, FRONT), 20.0)
    force_g, rate_dps = shown(movement, errors)

    assert rate_dps[5] == pytest.approx(askew.inv().apply([0.0, 20.0, 0.0]), abs=0.1)
    assert force_g[-1] == pytest.approx(askew.inv().apply(movement[-1].inv().apply(UP)), abs=2e-3)


def test_summing_up_the_rates_follows_every_turn():
    rng = np.random.default_rng(3)
    turns = Rotation.from_rotvec(np.cumsum(rng.normal(0, 0.02, (500, 3)), axis=0))
    _, rate_dps = shown(turns)
    followed = turns[0]
    for rate in rate_dps[1:]:
        followed = followed * Rotation.from_rotvec(np.radians(rate) * PERIOD_S)

    # 500 samples rounded to 0.06 dps.
    assert np.degrees((followed.inv() * turns[-1]).magnitude()) < 0.1


def test_a_blow_stops_at_the_end_of_the_range():
    force_g, rate_dps = shown(turning(UP, 5000.0, 0.1), acceleration_g=(40.0, -40.0, 0.0))

    assert rate_dps[1, 2] == pytest.approx(2000, abs=0.1)
    assert np.abs(force_g).max() <= 16.0


def test_blocks_join_without_a_seam():
    turns = turning([0.6, 0.0, 0.8], 30.0, 2.0)
    whole = Sensor().read(moved(turns), PERIOD_S)
    sensor = Sensor()
    parts = [sensor.read(moved(turns[i : i + 25]), PERIOD_S) for i in range(0, 100, 25)]

    assert np.array_equal(whole, np.concatenate(parts))


def test_noise_is_as_the_datasheet_says():
    errors = SensorErrors(gyro_noise_dps=0.014, accel_noise_g=0.0003)
    force_g, rate_dps = shown(Rotation.identity(5000), errors)

    # Rounding to a count of 0.06 dps hides the gyroscope's noise; 0.5 mg adds to the other's.
    assert rate_dps.std(axis=0).max() < 0.03
    assert force_g.std(axis=0) == pytest.approx([3.3e-4] * 3, rel=0.25)


def test_a_usual_sensor_has_a_bias_of_degrees_a_second_and_sits_askew():
    drawn = [SensorErrors.drawn(seed) for seed in range(60)]
    bias = np.array([errors.gyro_bias_dps for errors in drawn])
    askew_deg = [2 * np.degrees(np.arccos(errors.back_from_clip[0])) for errors in drawn]

    assert 0.8 < bias.std() < 1.6
    assert min(askew_deg) >= 10
    assert max(askew_deg) <= 25


def test_a_mounting_that_is_no_turn_is_refused():
    with pytest.raises(ValueError, match="unit quaternion"):
        SensorErrors(back_from_clip=(1.0, 1.0, 0.0, 0.0))


@pytest.mark.parametrize("heading_deg", [0.0, 200.0])
@pytest.mark.parametrize(("flexion_deg", "lateral_deg"), [(30.0, 0.0), (0.0, 20.0), (25.0, -15.0)])
def test_the_thorax_tips_by_what_a_plumb_line_shows(heading_deg, flexion_deg, lateral_deg):
    quaternion = thorax_orientation(
        *(np.radians([angle]) for angle in (heading_deg, flexion_deg, lateral_deg))
    )
    up = Rotation.from_quat(quaternion[0], scalar_first=True).inv().apply(UP)

    assert np.degrees(np.arctan2(-up[0], up[2])) == pytest.approx(flexion_deg)
    assert np.degrees(np.arcsin(up[1])) == pytest.approx(lateral_deg)
