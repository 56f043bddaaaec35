"""What a system tells about calls, talks and quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Sign(NamedTuple):
    """One thing that the system tells.

    Attributes:
        reason: why nudges should wait while it is on, of ``midback.pausing.reasons``.
        told_by: who tells it, in words.
        on: whether it is on now.
    """

    reason: str
    told_by: str
    on: bool


Look = Callable[[], Iterable[Sign]]
"""Asks once; gives a sign for each thing it is told of, none where nobody tells.

May take a few seconds where somebody does not answer, and raises nothing on purpose.
"""
