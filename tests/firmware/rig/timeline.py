"""What is going to happen when, in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[], object]

NEVER_US = 1 << 62


class Timeline:
    """Actions in the order of their time; of one time, in the order they were added."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._heap: list[tuple[int, int, Action]] = []

    def at(self, time_us: int, action: Action) -> None:
        """Do *action* then."""
        heapq.heappush(self._heap, (time_us, next(self._order), action))

    @property
    def next_us(self) -> int:
        """When the next one is due."""
        return self._heap[0][0] if self._heap else NEVER_US

    def run_until(self, now_us: int) -> None:
        """Do everything that is due, also what is added meanwhile."""
        while self._heap and self._heap[0][0] <= now_us:
            heapq.heappop(self._heap)[2]()
