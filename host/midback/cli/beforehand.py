"""What is said and asked at the terminal before anybody moves: red flags, pain."""

from __future__ import annotations

import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

from midback.errors import UsageError
from midback.exercises.screened import keep_screened
from midback.exercises.screening import (
    MOST_PAIN,
    NOT_MEDICAL,
    RED_FLAGS,
    TOO_MUCH_PAIN,
    advice,
)

NOTICE = textwrap.fill(NOT_MEDICAL, 76)
_MOST_PAIN_SAID = 10


def need_a_person(what: str) -> None:
    """Pass where somebody can answer.

    Args:
        what: the command whose questions they are.

    Raises:
        UsageError: nobody is there.
    """
    if not sys.stdin.isatty():
        raise UsageError(f"some questions come before it: start '{what}' in a terminal")


def no_red_flag(folder: Path) -> bool:
    """Ask what comes before any movement; whether all answers are no, which is kept then."""
    print(
        f"{NOTICE}\n\nSome questions first. A yes means that these movements are not for you now."
    )
    for flag in RED_FLAGS:
        if says_yes(flag.question):
            print(f"\n{advice(flag)}")
            return False
    keep_screened(folder, datetime.now(UTC))
    return True


def bearable(pain: int) -> bool:
    """Whether a check can be done with that much pain; says so where it cannot."""
    if pain > MOST_PAIN:
        print(f"\n{TOO_MUCH_PAIN} Nothing was measured.")
    return pain <= MOST_PAIN


def says_yes(question: str) -> bool:
    """Neither answer is the usual one: ask until it is one of them."""
    while True:
        said = _answer(f"  {question} [y/n] ").lower()
        if said in ("y", "yes", "n", "no"):
            return said.startswith("y")


def pain_now(question: str, *, may_be_unsaid: bool = False) -> int | None:
    """How much pain they say they have, 0 to 10.

    Args:
        question: as it is asked.
        may_be_unsaid: Enter alone leaves it unsaid.
    """
    scale = "0 none, 10 the worst you can imagine" + ", Enter: not said" * may_be_unsaid
    while True:
        said = _answer(f"  {question} [{scale}] ")
        if not said and may_be_unsaid:
            return None
        if said.isdecimal() and int(said) <= _MOST_PAIN_SAID:
            return int(said)


def _answer(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        # Ctrl-D is a way to leave.
        print()
        raise KeyboardInterrupt from None
