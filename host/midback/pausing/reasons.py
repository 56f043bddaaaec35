"""Why nudges wait: the words for it in events, in requests and on show."""

from __future__ import annotations

PAUSE = "pause"
"""The wearer paused them by hand, until they end it."""

CALL = "call"
"""Somebody records from a microphone."""

QUIET = "do not disturb"
"""The desktop's own switch that holds back notifications."""

PRESENTING = "presenting"
"""The screen is taken or kept on: by a talk, a film or a game."""
