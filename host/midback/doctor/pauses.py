"""Which pauses this system makes possible: whether it tells of calls, talks and quiet."""

from __future__ import annotations

from collections.abc import Sequence

from midback.doctor.finding import Finding, note, ok
from midback.pausing import CALL, PRESENTING, QUIET, Look, Sign, looks_of

_NAMES = {CALL: "calls", QUIET: "quiet", PRESENTING: "talks"}
_WHAT = {
    CALL: "a microphone in use holds buzzes",
    QUIET: "do not disturb holds buzzes",
    PRESENTING: "a talk or a film holds buzzes",
}
_BY_HAND = "Hold buzzes by hand: P in the window, or 'midback pause'."


def examine(looks: Sequence[Look] | None = None) -> list[Finding]:
    """For each reason to wait, who tells of it.

    Args:
        looks: whom to ask; those of this system unless given.
    """
    signs = [sign for look in (looks_of() if looks is None else looks) for sign in look()]
    return [
        _finding(reason, [sign for sign in signs if sign.reason == reason]) for reason in _WHAT
    ]


def _finding(reason: str, signs: list[Sign]) -> Finding:
    if not signs:
        return note(_NAMES[reason], "this system does not tell of them", _BY_HAND)
    who = ", ".join(dict.fromkeys(sign.told_by for sign in signs))
    now = ", now" if any(sign.on for sign in signs) else ""
    return ok(_NAMES[reason], f"{_WHAT[reason]}{now}; told by {who}")
