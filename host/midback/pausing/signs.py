"""What the system tells about calls, talks and quiet, and whom to ask on which system."""

from __future__ import annotations

import sys
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


def looks_of(platform: str = sys.platform) -> tuple[Look, ...]:
    """Whom to ask.

    Args:
        platform: as ``sys.platform``.
    """
    # Here, because each of them has modules that the others lack.
    if platform == "linux":
        from midback.pausing.desktop import ask_bus, ask_gnome
        from midback.pausing.sound import listeners

        return (listeners, ask_bus, ask_gnome)
    if platform == "darwin":
        from midback.pausing.macos import display_kept_on, microphone

        return (microphone, display_kept_on)
    if platform == "win32":
        from midback.pausing.windows import full_screen, microphone_log

        return (microphone_log, full_screen)
    return ()
