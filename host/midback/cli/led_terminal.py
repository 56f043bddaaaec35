"""Shows in the terminal what the wearer is led through, and hands on their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from midback.cli.background import Background
from midback.live.keys import Keys

LOOK_S = 0.1


def follow(
    background: Background,
    out: TextIO,
    hint: str,
    look: Callable[[], None],
    wishes: Mapping[str, Callable[[], None]],
    keys: Keys | None = None,
) -> None:
    """Look ten times a second until it is over, Q or Ctrl-C.

    Args:
        background: where it runs, and where wishes go.
        out: where the hint goes, if there are keys.
        hint: which keys there are.
        look: writes what is new.
        wishes: what each key asks for.
        keys: where keys come from; standard input unless given.
    """
    with keys or Keys() as pressed:
        if pressed.listening:
            out.write(f"{hint}\n")
        try:
            while not background.finished():
                look()
                key = pressed.wait(LOOK_S)
                if key == "q":
                    break
                if key is not None and key in wishes:
                    background.call(wishes[key])
        except KeyboardInterrupt:
            return
