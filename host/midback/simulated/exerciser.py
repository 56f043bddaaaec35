"""A simulated wearer who does the movement check, with ranges that are known.

It hears what a guide asks for and does it: sits tall, goes as far as it can, stays, comes back.
Whoever repeats a movement differs by about two degrees (SD; Johnson et al. 2012, PubMed 22488230,
measured 0.8 to 2.3 for seated turning).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from midback.simulated.wearer import Stance, Wearer

REPEATS_DEG = 1.0
"""Within one sitting people repeat themselves better than over days (own choice)."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """What somebody can do, in degrees, each a positive number but for the slump's sign.

    Attributes:
        slump: from tall to slumped, negative when it goes backward.
        arms_up, chair: extension with the arms overhead, and over the chair.
        turn, side: to the left and to the right.
        sinks_per_min: how fast sitting tall gives way.
        finds_to: how far forward of their upright they end with eyes closed.
    """

    slump: float = 18.0
    arms_up: float = 10.0
    chair: float = 9.0
    turn: tuple[float, float] = (44.0, 43.0)
    side: tuple[float, float] = (25.0, 25.0)
    sinks_per_min: float = 0.0
    finds_to: float = 1.0


HEALTHY = Ranges()
STIFF = Ranges(turn=(28.0, 45.0), sinks_per_min=6.0)
"""Turns less to the left, and does not keep tall for a minute."""


@dataclass(slots=True)
class Exerciser:
    """Does with a wearer's body what a guide asks for.

    Args:
        wearer: whose body.
        ranges: how far it goes.
        seed: chance.
    """

    wearer: Wearer
    ranges: Ranges = HEALTHY
    seed: int = 0
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng([self.seed, 0xE8E2])

    def go(self, item: str, way: str, time_s: float) -> None:
        """Do the movement of a test, and stay there."""
        ranges, varies = self.ranges, float(self._rng.normal(0.0, REPEATS_DEG))
        left = way == "left"
        match item:
            case "tall_slump" | "find_upright":
                stance = Stance(sag_deg=ranges.slump + varies)
            case "arm_raise":
                stance = Stance(lean_deg=-ranges.arms_up + varies)
            case "chair_extension":
                stance = Stance(lean_deg=-ranges.chair + varies)
            case "rotation":
                size = ranges.turn[not left] + varies
                stance = Stance(turn_deg=size if left else -size)
            case "side_bend":
                size = ranges.side[not left] + varies
                stance = Stance(side_deg=-size if left else size)
            case _:
                raise ValueError(f"no movement {item!r}")
        self.wearer.go_to(stance, time_s)

    def come_back(self, item: str, time_s: float) -> None:
        """Sit tall again, as well as it is felt."""
        lean_deg = self.ranges.finds_to if item == "find_upright" else 0.0
        lean_deg += float(self._rng.normal(0.0, 0.5))
        self.wearer.go_to(Stance(lean_deg=lean_deg), time_s)

    def sit_tall(self, time_s: float) -> None:
        """Sit tall, and rest."""
        self.wearer.go_to(Stance(), time_s)

    def hold(self, seconds: float, time_s: float) -> None:
        """Sit tall for so long, and sink meanwhile."""
        sinks_deg = self.ranges.sinks_per_min * seconds / 60.0
        self.wearer.go_to(Stance(sag_deg=sinks_deg, takes_s=seconds), time_s)
