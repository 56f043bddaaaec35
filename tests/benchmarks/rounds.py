"""Timing side by side: every contender runs once a round, so that all meet the same noise."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Rounds:
    """CPU seconds of each contender, one number a round."""

    spent_s: Mapping[str, list[float]]

    def least_s(self, name: str) -> float:
        """The undisturbed time: the least."""
        return min(self.spent_s[name])

    def ratio(self, name: str, against: str) -> float:
        """The median over the rounds of how many times as long *name* took."""
        pairs = zip(self.spent_s[name], self.spent_s[against], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


def side_by_side(contenders: Mapping[str, Callable[[], object]], rounds: int) -> Rounds:
    """Run every contender once a round."""
    spent_s: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            gc.collect()
            began = time.process_time()
            run()
            spent_s[name].append(time.process_time() - began)
    return Rounds(spent_s)
