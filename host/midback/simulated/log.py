"""The epochs a simulated clip keeps until the host has them."""

from __future__ import annotations

from midback.shared import wire

MOST_RECORDS = 80_640
"""Two weeks of 16 hours, one record every ten seconds."""


class Log:
    """Epoch records, oldest first; when it is full the oldest make room.

    Args:
        most: records kept at most.

    Attributes:
        next: the sequence number that the next record will get.
    """

    def __init__(self, most: int = MOST_RECORDS) -> None:
        self.next = 0
        self._most = most
        self._records: list[wire.EpochRecord] = []

    @property
    def first(self) -> int:
        """The oldest sequence number that is kept; equal to ``next`` when there is none."""
        return self.next - len(self._records)

    def append(self, record: wire.EpochRecord) -> None:
        """Give the record its sequence number and keep it."""
        record.sequence = self.next
        self.next += 1
        self._records.append(record)
        if len(self._records) > self._most:
            del self._records[0]

    def read(self, first: int) -> list[wire.EpochRecord]:
        """A page of records from *first* on; none when there is nothing more."""
        at = max(first - self.first, 0)
        return self._records[at : at + wire.MAX_RECORDS]

    def trim(self, up_to: int) -> None:
        """Let go of all records before *up_to*."""
        del self._records[: max(min(up_to, self.next) - self.first, 0)]
