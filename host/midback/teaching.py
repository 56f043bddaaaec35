"""What the clip is taught of the wearer's contexts, slot by slot, and what its slots mean.

Pure: which name lies in which slot, and what the clip does not know yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from midback.calibration import Calibration
from midback.shared import wire


class Lesson(NamedTuple):
    """A calibration to teach, and the slot it belongs into."""

    slot: int
    calibration: Calibration


class Slots:
    """The slots of one clip, over all connections of a wearing.

    The first contexts of the wearer have a slot each, in their order; one that comes when all
    are taken gets the last slot while the wearer is there.

    Attributes:
        seen: the slot that was last known to be in use; ``None`` before the first teaching.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._taught: dict[int, tuple[str, float]] = {}
        self.seen: int | None = None

    def reconnected(self, slot: int) -> str | None:
        """A connection begins, with this slot in use; nothing is taken for granted any more.

        Returns:
            The context that the wearer went to meanwhile by the clip's button, if they did.
        """
        self._taught.clear()
        return None if self.seen in (None, slot) else self.name_of(slot)

    def moved(self, slot: int) -> str | None:
        """This slot is in use now; the context the wearer went to by the button, if any."""
        before, self.seen = self.seen, slot
        return None if before == slot else self.name_of(slot)

    def lessons(
        self, contexts: Mapping[str, Calibration], here: str, hold_s: float
    ) -> Iterator[Lesson]:
        """Yield what the clip does not know yet, and take for granted that it learns it.

        Args:
            contexts: the wearer's, by name.
            here: where the wearer is.
            hold_s: how long a lean must last to be a slump.
        """
        self._place(contexts, here)
        for slot, name in enumerate(self._names):
            known = (contexts[name].id, hold_s)
            if self._taught.get(slot) != known:
                self._taught[slot] = known
                yield Lesson(slot, contexts[name])

    def forget(self, slot: int) -> None:
        """The clip did not learn it after all."""
        self._taught.pop(slot, None)

    def slot_of(self, name: str) -> int | None:
        """Where a context lies, if the clip knows it."""
        return self._names.index(name) if name in self._names else None

    def name_of(self, slot: int) -> str | None:
        """The context in a slot."""
        return self._names[slot] if slot < len(self._names) else None

    def empty(self) -> range:
        """The slots that hold nothing of this wearer."""
        return range(len(self._names), wire.SLOTS)

    def _place(self, contexts: Mapping[str, Calibration], here: str) -> None:
        for name in contexts:
            if name not in self._names and len(self._names) < wire.SLOTS:
                self._names.append(name)
        if here in contexts and here not in self._names:
            self._names[-1] = here
