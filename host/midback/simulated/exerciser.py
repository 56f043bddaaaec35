"""A simulated wearer who does the movement check and the routine, with ranges that are known.

It hears what a guide asks for and does it: sits tall, goes as far as it can, stays, comes back.
In a routine it repeats a movement at its own pace, or follows the beat where there is one.
Whoever repeats a movement differs by about two degrees (SD; Johnson et al. 2012, PubMed 22488230,
measured 0.8 to 2.3 for seated turning).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from midback.exercises.drill import By
from midback.exercises.items import Hold
from midback.exercises.routine_view import RoutineView
from midback.exercises.view import Phase, View
from midback.simulated.wearer import Stance, Wearer

REPEATS_DEG = 1.0
"""Within one sitting people repeat themselves better than over days (own choice)."""

_OF_TEMPO = 0.35  # so long a movement takes, each way; between them they hold and rest


@dataclass(frozen=True, slots=True)
class Ranges:
    """What somebody can do, in degrees, each a positive number but for the slump's sign.

    Attributes:
        slump: from tall to slumped, negative when it goes backward.
        arms_up, chair: extension with the arms overhead, and over the chair.
        turn, side: to the left and to the right.
        sinks_per_min: how fast sitting tall gives way.
        finds_to: how far forward of their upright they end with eyes closed.
        slides, rows: extension while the arms slide up a wall, and while they row.
    """

    slump: float = 18.0
    arms_up: float = 10.0
    chair: float = 9.0
    turn: tuple[float, float] = (44.0, 43.0)
    side: tuple[float, float] = (25.0, 25.0)
    sinks_per_min: float = 0.0
    finds_to: float = 1.0
    slides: float = 7.0
    rows: float = 1.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody repeats a movement.

    Attributes:
        tempo_s: from one repetition to the next.
        fades: by what share of the range each goes less far than that before it.
        partial: share of repetitions that one of a quarter of the range follows.
    """

    tempo_s: float = 4.5
    fades: float = 0.0
    partial: float = 0.0


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
        manner: how they repeat a movement.

    Attributes:
        made: whole repetitions of the routine, by drill and side, in degrees.
    """

    wearer: Wearer
    ranges: Ranges = HEALTHY
    seed: int = 0
    manner: Manner = field(default_factory=Manner)
    made: dict[tuple[str, str], list[float]] = field(
        default_factory=dict[tuple[str, str], list[float]]
    )
    _rng: np.random.Generator = field(init=False)
    _cues: int = -1
    _next_s: float | None = None
    _out: bool = False
    _number: int = 0
    _short: bool = False
    _holds: bool = False

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng([self.seed, 0xE8E2])

    def go(self, item: str, way: str, time_s: float) -> None:
        """Do the movement of a test, and stay there."""
        size_deg = self._range_deg(item, way) + float(self._rng.normal(0.0, REPEATS_DEG))
        self._go(item, way, size_deg, 1.4, time_s)

    def come_back(self, item: str, time_s: float, takes_s: float = 1.4) -> None:
        """Sit tall again, as well as it is felt."""
        lean_deg = self.ranges.finds_to if item == "find_upright" else 0.0
        lean_deg += float(self._rng.normal(0.0, 0.5))
        self.wearer.go_to(Stance(lean_deg=lean_deg, takes_s=takes_s), time_s)

    def sit_tall(self, time_s: float) -> None:
        """Sit tall, and rest."""
        self.wearer.go_to(Stance(), time_s)

    def hold(self, seconds: float, time_s: float) -> None:
        """Sit tall for so long, and sink meanwhile."""
        sinks_deg = self.ranges.sinks_per_min * seconds / 60.0
        self.wearer.go_to(Stance(sag_deg=sinks_deg, takes_s=seconds), time_s)

    def follow_check(self, view: View, time_s: float) -> None:
        """Do what a check shows; to be called with each packet."""
        if view.cues == self._cues:
            return
        self._cues = view.cues
        item = view.item
        if isinstance(item, Hold) and view.phase is Phase.HOLD:
            self.hold(item.seconds, time_s)
        elif item is not None and view.way is not None and view.phase is Phase.GO:
            self.go(item.id, view.way.name, time_s)
        elif item is not None and view.phase is Phase.BACK:
            self.come_back(item.id, time_s)
        else:
            self.sit_tall(time_s)

    def follow(self, view: RoutineView, time_s: float) -> None:
        """Do what a routine shows; to be called several times a second."""
        if view.cues != self._cues:
            self._cues = view.cues
            self._hear(view, time_s)
        if self._next_s is not None and time_s >= self._next_s and not self.wearer.has_to_move:
            self._next_s = time_s + self.manner.tempo_s / 2
            self._repeat(view, time_s)

    def _hear(self, view: RoutineView, time_s: float) -> None:
        drill = view.drill
        repeats = drill is not None and drill.by is By.REPETITIONS and not view.paced
        if repeats and view.phase is Phase.GO:
            if self._next_s is None:
                self._next_s, self._out, self._number, self._short = time_s, False, 0, False
            return
        self._next_s = None
        holds, self._holds = self._holds, False
        if drill is None or view.phase is Phase.REST or drill.by is By.OFF:
            self.sit_tall(time_s)
        elif drill.by is By.HOLD:
            # What they are told once they have sunk does not bring a tired back up for long.
            if not holds:
                self.hold(drill.seconds, time_s)
            self._holds = True
        elif view.phase is Phase.GO:
            size_deg = self._range_deg(drill.id, view.side)
            self._go(drill.id, view.side, size_deg, drill.seconds * _OF_TEMPO, time_s)
        else:
            self.come_back(drill.id, time_s, drill.seconds * _OF_TEMPO)

    def _repeat(self, view: RoutineView, time_s: float) -> None:
        assert view.drill is not None
        drill, side, takes_s = view.drill.id, view.side, self.manner.tempo_s * _OF_TEMPO
        self._out = not self._out
        if not self._out:
            self.come_back(drill, time_s, takes_s)
            return
        size_deg = self._range_deg(drill, side) * (1.0 - self.manner.fades * self._number)
        if self._short:
            self._short = False
            self._go(drill, side, 0.25 * size_deg, takes_s, time_s)
            return
        size_deg += float(self._rng.normal(0.0, 0.03 * size_deg))
        self._go(drill, side, size_deg, takes_s, time_s)
        self.made.setdefault((drill, side), []).append(size_deg)
        self._number += 1
        self._short = float(self._rng.random()) < self.manner.partial

    def _range_deg(self, item: str, way: str) -> float:
        """How far they go, positive but for a slump that goes backward."""
        ranges = self.ranges
        sizes = {
            "tall_slump": ranges.slump,
            "find_upright": ranges.slump,
            "arm_raise": ranges.arms_up,
            "chair_extension": ranges.chair,
            "rotation": ranges.turn[way != "left"],
            "seated_twist": ranges.turn[way != "left"],
            "side_bend": ranges.side[way != "left"],
            "wall_slide": ranges.slides,
        }
        # Whatever else is done with the arms moves the trunk as rowing does.
        return sizes.get(item, ranges.rows)

    def _go(self, item: str, way: str, size_deg: float, takes_s: float, time_s: float) -> None:
        side = 1.0 if way == "left" else -1.0
        stance = Stance(lean_deg=-size_deg, takes_s=takes_s)
        if item in ("tall_slump", "find_upright"):
            stance = Stance(sag_deg=size_deg, takes_s=takes_s)
        elif item in ("rotation", "seated_twist"):
            stance = Stance(turn_deg=side * size_deg, takes_s=takes_s)
        elif item == "side_bend":
            stance = Stance(side_deg=-side * size_deg, takes_s=takes_s)
        self.wearer.go_to(stance, time_s)
