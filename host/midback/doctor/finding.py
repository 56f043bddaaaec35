"""What a check finds: a mark, words, and where something is wrong what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from midback.errors import MidbackError


class Mark(StrEnum):
    """How it is."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        name: what was looked at, in a word or two.
        mark: how it is.
        found: what was found, as words without a full stop.
        to_do: one sentence; empty where there is nothing to do.
        exit_code: what the command returns if this is the first problem; 0 where it is none.
    """

    name: str
    mark: Mark
    found: str
    to_do: str = ""
    exit_code: int = 0


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding(name, Mark.OK, found)


def note(name: str, found: str, to_do: str = "") -> Finding:
    """Worth knowing, but nothing that keeps Midback from working."""
    return Finding(name, Mark.NOTE, found, to_do)


def problem(name: str, found: str, to_do: str, kind: type[MidbackError]) -> Finding:
    """Something keeps Midback from working; *kind* is the error that a command would end with."""
    return Finding(name, Mark.PROBLEM, found, to_do, kind.exit_code)


def failed(name: str, error: MidbackError) -> Finding:
    """A problem as an error of ours tells it: what happened, a colon, what to do."""
    found, _, to_do = str(error).rpartition(": ")
    return Finding(name, Mark.PROBLEM, found, _sentence(to_do), error.exit_code)


def exit_code(findings: Iterable[Finding]) -> int:
    """What a command returns that found these: the code of the first problem, or 0."""
    return next((found.exit_code for found in findings if found.mark is Mark.PROBLEM), 0)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
