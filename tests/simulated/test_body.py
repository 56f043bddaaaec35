"""What a simulated body feels as it moves."""

import numpy as np
import pytest

from midback.simulated.body import Body
from midback.simulated.habits import Habits

SAMPLE_S = 0.02


@pytest.mark.parametrize(
    ("turned_deg", "front"),
    [(0.0, (1.0, 0.0)), (90.0, (0.0, 1.0)), (180.0, (-1.0, 0.0)), (-90.0, (0.0, -1.0))],
)
def test_who_leans_forward_is_driven_toward_where_they_face(turned_deg: float, front):
    """Earth's x points to where they faced at first, y to their left then."""
    body = Body(np.random.default_rng(1), Habits())
    body.heading.move_to(turned_deg, 0.0, 1.0)
    body.bend.move_to(20.0, 5.0, 1.0)
    held = body.move(0.0, 500, SAMPLE_S, unrest=0.0, tremor_g=0.0)

    gathers_pace = (held.time_s > 5.1) & (held.time_s < 5.4)
    driven_g = held.acceleration_g[gathers_pace, :2].mean(axis=0)
    assert driven_g / np.linalg.norm(driven_g) == pytest.approx(front, abs=0.03)
