"""The signs that hardware.md promises, checked with scipy's rotations and nothing of ours."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from midback.shared import flexion

TABLE = Path(__file__).parents[1] / "hardware.md"

# The wearer faces along earth's x; earth's y is to their left, z up.  A right-handed turn
# about 'left' takes 'up' forward, one about 'forward' takes 'up' to the right.
TURNS = {
    "the spine tips toward the wearer's front": [0.0, 1.0, 0.0],
    "the spine tips toward the wearer's back": [0.0, -1.0, 0.0],
    "the spine tips toward the wearer's right": [1.0, 0.0, 0.0],
    "the spine tips toward the wearer's left": [-1.0, 0.0, 0.0],
    "the wearer turns to the left on the chair": [0.0, 0.0, 1.0],
    "the wearer turns to the right on the chair": [0.0, 0.0, -1.0],
}
SIGN = {"+": 1, "−": -1, "0": 0}
GAINS = {"−x": [-1, 0, 0], "+x": [1, 0, 0], "+y": [0, 1, 0], "−y": [0, -1, 0], "nothing": [0] * 3}


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("| movement"))
    body = lines[start + 2 :]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in body[: next(k for k, line in enumerate(body) if not line.startswith("|"))]
    ]


def test_every_movement_of_the_table_is_checked():
    assert {row[0] for row in rows()} == set(TURNS)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
@pytest.mark.parametrize("mounting", [(0, 0, 0), (20, -15, 10), (-25, 5, -30)], ids=str)
def test_a_movement_has_the_sign_that_the_table_says(row: list[str], mounting: tuple[float, ...]):
    movement, flexion_sign, lateral_sign, _ = row
    thorax_from_clip = Rotation.from_euler("xyz", mounting, degrees=True)
    tipped = Rotation.from_rotvec(np.radians(18.0) * np.array(TURNS[movement]))
    neutral_up = thorax_from_clip.inv().apply([0.0, 0.0, 1.0])
    left = thorax_from_clip.inv().apply([0.0, 1.0, 0.0])
    frame = flexion.thorax_frame(tuple(neutral_up), tuple(left))

    up = (tipped * thorax_from_clip).inv().apply([0.0, 0.0, 1.0])
    angles = flexion.angles_deg(frame, tuple(up))

    expected = (18.0 * SIGN[flexion_sign], 18.0 * SIGN[lateral_sign])
    assert angles == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_accelerometer_gains_what_the_table_says(row: list[str]):
    tipped = Rotation.from_rotvec(np.radians(18.0) * np.array(TURNS[row[0]]))

    felt = tipped.inv().apply([0.0, 0.0, 1.0])

    sideways = math.sin(math.radians(18.0)) * np.array(GAINS[row[3]])
    assert felt[:2] == pytest.approx(sideways[:2], abs=1e-9)
