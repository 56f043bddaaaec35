"""Hearing from the clip after its restart that its program runs."""

from __future__ import annotations

from midback.errors import ClipError, ClipLost
from midback.flashing.repl import PROMPT, listen

READY = "midback: "
"""What the line begins with that the firmware prints, again and again in its first seconds."""

_PROMPT = PROMPT.decode()
_NO_WORDS = ("MPY: ", "MicroPython ", "Type ", _PROMPT.strip())
_PATIENCE_S = 30.0


def wait_for_clip(port: str, patience_s: float = _PATIENCE_S) -> str:
    """What the clip says of itself once it runs.

    Raises:
        ClipError: its program ended.
        ClipLost: nothing is heard.
    """
    heard = ""
    for piece in listen(port, patience_s):
        heard += piece
        for line in heard.splitlines(keepends=True):
            if line.startswith(READY) and line.endswith("\n"):
                return line.removeprefix(READY).strip()
        if _PROMPT in heard:
            raise _ended(heard)
    if "Traceback" in heard:
        raise _ended(heard)
    raise ClipLost(
        f"the clip was restarted, but is not heard on {port}: unplug it, plug it in again, and "
        "look for it with 'midback scan'"
    )


def _ended(heard: str) -> ClipError:
    lines = [line.strip() for line in heard.splitlines()]
    words = [line for line in lines if line and not line.startswith(_NO_WORDS)]
    return ClipError(
        f"the clip's program ended ({words[-1] if words else 'without a word'}): run this again, "
        "and if it stays so, report it with these words"
    )
