"""Sets of a movement, as values over time: repetitions, and what else happens among them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Manner:
    """How somebody does a set.

    Attributes:
        amplitude_deg: how far they go, each time up to a tenth (SD) more or less.
        tempo_s: from one repetition to the next, likewise; up, hold, down and rest share it.
        sway_deg: SD of what the trunk does besides, below 1 Hz.
        drift_deg_per_min: how their rest changes.
        partial: share of repetitions that a partial one follows, of 15 to 40 % of the amplitude.
        pausing: share of repetitions that a pause of 2 to 6 s follows.
    """

    amplitude_deg: float
    tempo_s: float
    sway_deg: float = 0.5
    drift_deg_per_min: float = 0.0
    partial: float = 0.0
    pausing: float = 0.0
    both_sides: bool = False


@dataclass
class Timeline:
    """Values one after the other, ``period_s`` apart."""

    rng: np.random.Generator
    period_s: float = 0.04
    values: list[float] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        return len(self.values) * self.period_s

    @property
    def time_s(self) -> Array:
        return np.arange(len(self.values), dtype=np.float64) * self.period_s

    def stays(self, lasts_s: float) -> None:
        self.values += [self.at_deg] * round(lasts_s / self.period_s)

    def moves_to(self, to_deg: float, takes_s: float) -> None:
        count = max(round(takes_s / self.period_s), 1)
        x = np.arange(1, count + 1) / count
        eased = x**3 * (10.0 - 15.0 * x + 6.0 * x * x)
        self.values += (self.at_deg + (to_deg - self.at_deg) * eased).tolist()

    @property
    def at_deg(self) -> float:
        return self.values[-1] if self.values else 0.0

    def repeats(self, peak_deg: float, tempo_s: float) -> None:
        """There, a hold of up to a second, and back."""
        start_deg = self.at_deg
        moving, holding = self.rng.uniform(0.55, 0.7), self.rng.uniform(0.0, 0.2)
        out = self.rng.uniform(0.4, 0.6)
        self.moves_to(start_deg + peak_deg, tempo_s * moving * out)
        self.stays(tempo_s * holding)
        self.moves_to(start_deg, tempo_s * moving * (1.0 - out))
        self.stays(tempo_s * (1.0 - moving - holding))

    def swayed(self, sway_deg: float, drift_deg_per_min: float) -> Array:
        count = len(self.values)
        low = butter(2, 1.0, fs=1.0 / self.period_s, output="sos")
        noise = self.rng.normal(0.0, 1.0, count + 500)
        sway = np.asarray(sosfilt(low, noise), dtype=np.float64)[500:]
        return (
            np.array(self.values)
            + sway_deg * sway / sway.std()
            + drift_deg_per_min * self.time_s / 60.0
        )


@dataclass(frozen=True)
class Set:
    time_s: Array
    value_deg: Array
    peaks_deg: list[float]


def made(manner: Manner, repetitions: int, rng: np.random.Generator, *, hz: float = 25.0) -> Set:
    """A set: three seconds at rest, the repetitions, two seconds at rest."""
    line = Timeline(rng, 1.0 / hz)
    line.stays(3.0)
    peaks_deg: list[float] = []
    for number in range(repetitions):
        side = -1.0 if manner.both_sides and number % 2 else 1.0
        peaks_deg.append(
            side * manner.amplitude_deg * float(np.clip(rng.normal(1, 0.1), 0.75, 1.25))
        )
        line.repeats(peaks_deg[-1], manner.tempo_s * float(np.clip(rng.normal(1, 0.1), 0.8, 1.2)))
        if rng.random() < manner.partial:
            share = rng.uniform(0.15, 0.4)
            line.repeats(side * share * manner.amplitude_deg, manner.tempo_s)
        if rng.random() < manner.pausing:
            line.stays(rng.uniform(2.0, 6.0))
    line.stays(2.0)
    values = line.swayed(manner.sway_deg, manner.drift_deg_per_min)
    return Set(line.time_s, values, peaks_deg)
