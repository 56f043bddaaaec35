"""Swings at the hips, through the tilt filter and the wearer's axes, beside the truth."""

from functools import cache

import numpy as np
import pytest
from shared.swings import PERIOD_S, Mover, some_clip

from midback.shared import flexion

AT_S = 6.0
"""When they swing: till then they sit still."""


@cache
def swings_off_deg(what: str) -> list[float]:
    """Error of flexion or side-bend at each sample of 50 swings at the hips, there and back."""
    off_deg: list[float] = []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        mover, clip = Mover(16.0, rng), some_clip(rng)
        by_deg, takes_s = rng.uniform(5.0, 40.0) * rng.choice([-1.0, 1.0]), rng.uniform(1.0, 3.0)
        swing = mover.leans_forward if what == "flexion" else mover.bends_to_their_right
        swing(AT_S, by_deg, takes_s)
        swing(AT_S + takes_s + 1.0, -by_deg, takes_s)
        samples = mover.samples(clip)
        truth_deg = mover.flexion if what == "flexion" else mover.right
        # Sitting tall, to begin with: four seconds, once the filter has settled.
        tall, at = slice(100, 300), round(AT_S / PERIOD_S)
        up = np.mean([each.up for each in samples[tall]], axis=0)
        x, y, z = (up / np.linalg.norm(up)).tolist()
        left = clip.trunk_from_clip.inv().apply([0.0, 1.0, 0.0]).tolist()
        frame = flexion.thorax_frame((x, y, z), tuple(left))
        for number in range(at, at + round((2.0 * takes_s + 1.0) / PERIOD_S)):
            found = flexion.angles_deg(frame, samples[number].up)
            seen_deg = found[0] if what == "flexion" else found[1]
            off_deg.append(seen_deg - (truth_deg[number] - truth_deg[tall].mean()))
    return off_deg


@pytest.mark.parametrize("what", ["flexion", "side-bend"])
def test_swings_at_the_hips_are_right_to_a_degree_all_the_way(what: str):
    assert np.sqrt(np.mean(np.square(swings_off_deg(what)))) <= 1.0
