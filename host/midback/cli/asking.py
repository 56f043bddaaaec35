"""Questions to the person at the terminal, and a simulated person who answers them."""

from __future__ import annotations

import sys
from typing import Protocol

from midback.errors import UsageError


class Person(Protocol):
    """Whoever is guided."""

    def ready(self, prompt: str) -> None:
        """Wait until they say that they have done it."""
        ...

    def agrees(self, question: str, *, usually: bool) -> bool:
        """Whether they say yes; Enter alone means what is usual."""
        ...

    def tries_again(self) -> bool:
        """Whether they want to try once more what has just failed."""
        ...


class AtTheTerminal:
    """A person at standard input.

    Raises:
        UsageError: nobody is there.
    """

    def __init__(self) -> None:
        if not sys.stdin.isatty():
            raise UsageError(
                "setup asks as it goes along: start it in a terminal; a script can use "
                "'midback scan' and 'midback calibrate'"
            )

    def ready(self, prompt: str) -> None:
        """Wait for Enter."""
        _answer(f"  {prompt} ")

    def agrees(self, question: str, *, usually: bool) -> bool:
        """Ask until it is yes, no or Enter."""
        choice = "Y/n" if usually else "y/N"
        while True:
            said = _answer(f"  {question} [{choice}] ").lower()
            if not said:
                return usually
            if said in ("y", "yes", "n", "no"):
                return said.startswith("y")

    def tries_again(self) -> bool:
        """Enter is another try, Q is none."""
        return _answer("  Press Enter to try again, or Q and Enter to leave: ").lower() not in (
            "q",
            "quit",
            "n",
        )


class Simulated:
    """Does as told at once, and agrees to whatever is usual; what it answers is shown."""

    def ready(self, prompt: str) -> None:
        """Be ready."""
        print(f"  {prompt}", flush=True)

    def agrees(self, question: str, *, usually: bool) -> bool:
        """Answer as usual."""
        print(f"  {question} {'yes' if usually else 'no'}", flush=True)
        return usually

    def tries_again(self) -> bool:
        """Nobody is there to do anything else than before."""
        return False


def _answer(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        # Ctrl-D is a way to leave as well.
        print()
        raise KeyboardInterrupt from None
