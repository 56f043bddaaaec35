"""Whom to ask about calls, talks and quiet on which system."""

from __future__ import annotations

import sys

from midback.pausing.signs import Look


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
