"""What another program prints, if it is there and answers in time."""

from __future__ import annotations

import os
import subprocess

_ANSWER_S = 3.0


def printed(*command: str) -> str | None:
    """What *command* prints; ``None`` where it is not there, hangs or fails."""
    try:
        done = subprocess.run(
            command,
            # Numbers with a point, words in English.
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_S,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
