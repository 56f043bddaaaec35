"""Angles against scipy's rotations, for any way the clip hangs and any posture."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from midback.shared import flexion

UP, LEFT = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)


def random_postures(seed: int, n: int):
    """Heading, lateral and flexion in degrees, and earth_from_thorax for each.

    Turn about the vertical, then bend to the right (about forward), then bow (about left).
    """
    chance = np.random.default_rng(seed)
    angles = np.stack(
        [
            chance.uniform(-180, 180, n),
            chance.uniform(-85, 85, n),
            chance.uniform(-179, 179, n),
        ],
        axis=1,
    )
    return angles, Rotation.from_euler("ZXY", angles, degrees=True)


@pytest.mark.parametrize("seed", range(3))
def test_angles_are_exact_for_any_mounting_and_posture(seed: int):
    mountings = Rotation.random(300, np.random.default_rng(seed))  # clip_from_thorax
    angles, earth_from_thorax = random_postures(seed, 300)
    for mounting, (_, lateral, bowed), posture in zip(
        mountings, angles, earth_from_thorax, strict=True
    ):
        frame = flexion.thorax_frame(tuple(mounting.apply(UP)), tuple(mounting.apply(LEFT)))
        up = mounting.apply(posture.inv().apply(UP))
        got = flexion.angles_deg(frame, tuple(up))
        assert np.abs(np.subtract(got, (bowed, lateral))).max() < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_a_bow_finds_the_axis_for_any_mounting(seed: int):
    chance = np.random.default_rng(seed)
    for mounting in Rotation.random(300, np.random.default_rng(seed)):
        bow = Rotation.from_euler("Y", chance.uniform(20, 90), degrees=True)
        bowed = mounting.apply(bow.inv().apply(UP))
        left = flexion.left_from_bow(tuple(mounting.apply(UP)), tuple(bowed))
        assert np.abs(left - mounting.apply(LEFT)).max() < 1e-9


def test_the_frame_is_right_handed_and_square():
    for mounting in Rotation.random(300, np.random.default_rng(4)):
        up = tuple(mounting.apply(UP))
        left = mounting.apply(LEFT) + 0.7 * mounting.apply(UP)
        frame = flexion.thorax_frame(up, tuple(left))
        axes = np.array([frame.forward, frame.left, frame.up])
        assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-12
        assert np.linalg.det(axes) == pytest.approx(1.0)


def test_the_angle_between_two_directions_is_that_of_the_rotation():
    chance = np.random.default_rng(5)
    for a, axis in zip(
        *Rotation.random(600, np.random.default_rng(5)).apply(UP).reshape(2, 300, 3), strict=True
    ):
        square = np.cross(a, axis)
        angle = chance.uniform(0, 180)
        b = Rotation.from_rotvec(angle * square / np.linalg.norm(square), degrees=True).apply(a)
        assert flexion.angle_between_deg(tuple(a), tuple(b)) == pytest.approx(angle, abs=1e-9)
