"""Somebody who does what a guide asks for, with ranges that are known.

Made without the host's own geometry.

The thorax turns to the wearer's left about the vertical, then tips forward about the axis to their
left, then to their right about the axis to their front.  The clip is fixed to it askew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from midback.exercises.guide import Guide
from midback.exercises.items import Movement
from midback.exercises.rest import Sample
from midback.exercises.view import View

DT_S = 0.04


@dataclass
class Person:
    """Ranges in degrees by test and way, as the project's signs are; what is missing is nothing.

    Errors are those of a consumer's gyroscope; *askew* is how the clip sits on the thorax, as
    turns about its own front, left and up.
    """

    ranges: dict[tuple[str, str], float] = field(default_factory=dict)
    askew_deg: tuple[float, float, float] = (5.0, 15.0, 0.0)
    bias_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: float = 1.0
    noise_dps: float = 0.05
    sways_deg: float = 0.1
    fades_deg_per_min: float = 0.0
    error_deg: float = 0.0
    late_s: float = 0.6
    takes_s: float = 1.4
    seed: int = 0

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)
        self.time_s = 0.0
        self.pose = np.zeros(3)  # flexion, lateral, rotation
        self.moves: list[tuple[float, np.ndarray, np.ndarray]] = []
        self.clip = Rotation.from_euler("xyz", self.askew_deg, degrees=True)
        self.last = self.thorax(self.pose) * self.clip

    @staticmethod
    def thorax(pose) -> Rotation:
        """Earth from thorax: x to the front, y to the left, z up."""
        flexion, lateral, rotation = pose
        turned = Rotation.from_euler("z", rotation, degrees=True)
        tipped = Rotation.from_euler("y", flexion, degrees=True)
        return turned * tipped * Rotation.from_euler("x", lateral, degrees=True)

    def goes(self, to) -> None:
        """Sets off for a pose after ``late_s``."""
        self.moves = [(self.time_s + self.late_s, self.pose.copy(), np.asarray(to, float))]

    def sample(self):
        """The next sample: time, 'up' and rate in clip axes."""
        self.time_s += DT_S
        for at_s, begin, end in self.moves:
            share = np.clip((self.time_s - at_s) / self.takes_s, 0.0, 1.0)
            self.pose = begin + (end - begin) * share**3 * (10 - 15 * share + 6 * share**2)
        sway = self.sways_deg * np.sin(2 * np.pi * 0.2 * self.time_s)
        earth_from_clip = self.thorax(self.pose + np.array([sway, 0.0, 0.0])) * self.clip
        rate = (self.last.inv() * earth_from_clip).as_rotvec(degrees=True) / DT_S
        self.last = earth_from_clip
        up = earth_from_clip.inv().apply([0.0, 0.0, 1.0])
        rate = rate * self.scale + self.bias_dps + self.rng.normal(0.0, self.noise_dps, 3)
        return self.time_s, tuple(up.tolist()), tuple(rate.tolist())

    def wanted(self, view: View) -> list[float]:
        """The pose that a guide asks for."""
        pose = [0.0, 0.0, 0.0]
        if view.phase == "go":
            assert isinstance(view.item, Movement)
            assert view.way is not None
            axis = ("flexion", "lateral", "rotation").index(view.item.axis)
            pose[axis] = self.ranges[view.item.id, view.way.name]
        elif view.phase == "back" and view.item is not None and view.item.id == "find_upright":
            pose[0] = self.error_deg
        return pose


def lived(guide: Guide, person: Person, *, longest_s: float = 1200.0) -> Iterator[View]:
    """Do what the guide asks for; gives its view after each sample."""
    seen = -1
    while person.time_s < longest_s and not guide.over:
        view = guide.view
        if view.cues != seen:
            seen = view.cues
            person.goes(person.wanted(view))
        guide.update(Sample(*person.sample()))
        yield guide.view
