"""The FIFO of ST's six-axis parts: words of a tag and six bytes, the oldest overwritten first."""

from __future__ import annotations

WORD = 7

BYPASS, STOP_WHEN_FULL, CONTINUOUS = 0, 1, 6


class Fifo:
    """Words in the order they came.

    Args:
        words: how many it holds.

    Attributes:
        depth: how many it may hold.
        mode: as in FIFO_CTRL4.
        overrun: a word was lost and none has been read since.
        overrun_latched: a word was lost and nobody has been told.
        overread: words asked for that were not there.
    """

    def __init__(self, words: int) -> None:
        self.words = words
        self.mode = BYPASS
        self.depth = words
        self.clear()

    def clear(self) -> None:
        """Empty it, as bypass mode does."""
        self._data = bytearray()
        self._at = 0
        self.overrun = self.overrun_latched = False
        self.overread = 0

    def limit(self, words: int) -> None:
        """Hold no more than so many words (STOP_ON_WTM); 0 is no limit."""
        self.depth = min(words or self.words, self.words)

    @property
    def level(self) -> int:
        """Words not yet read."""
        return len(self._data) // WORD

    @property
    def full(self) -> bool:
        """Whether the next word finds no room."""
        return self.level >= self.depth

    def push(self, words: bytes | bytearray | memoryview) -> None:
        """Take words, as far as the mode lets it."""
        if self.mode == BYPASS:
            return
        self._data += words
        excess = len(self._data) - self.depth * WORD
        if excess <= 0:
            return
        self.overrun = self.overrun_latched = True
        if self.mode == CONTINUOUS:
            self.drop(excess // WORD)
        else:
            del self._data[-excess:]

    def drop(self, words: int) -> None:
        """Lose the oldest words."""
        del self._data[: words * WORD]
        self._at = 0

    def seek(self, at: int) -> None:
        """Read on at byte ``at`` of the oldest word."""
        self._at = at

    @property
    def at(self) -> int:
        """Which byte of the oldest word comes next."""
        return self._at

    def peek(self, at: int) -> bytes:
        """One byte of the oldest word, which stays."""
        return bytes(self._data[at : at + 1]) or b"\0"

    def pull(self, n: int) -> bytes:
        """Read ``n`` bytes; a word goes with its last byte.  An empty FIFO shows tag 0."""
        end = self._at + n
        whole = end // WORD
        missing = max(0, -(-end // WORD) - self.level)
        self.overread += missing
        out = bytes(self._data[self._at : end])
        if whole:
            del self._data[: whole * WORD]
            self.overrun = False
        self._at = end % WORD
        return out + bytes(n - len(out))
