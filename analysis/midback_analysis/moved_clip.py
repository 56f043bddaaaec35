"""What is told of a clip that moved on the wearer, and of uprights that were questioned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from midback.recording import CALIBRATION
from midback.slip import JUMPED, RESTS, SITS_UP, SLID, STANDS, WALKS
from midback.words import degrees
from midback_analysis.summary import Happening

SLIPPED, REMOUNTED, QUESTIONED = "slipped", "remounted", "upright_questioned"

_ANSWERED_S = 90.0
"""A question about an upright is open for a minute, and the upright follows its answer."""

_SOON_S = 600.0
"""Whoever sets a new upright so soon need not be told that it was time (own choice)."""

_REASONS = {
    JUMPED: "it turned by {} and your back did not",
    SLID: "it slid by {} while you sat still",
    RESTS: "for some minutes you had rested as if tipped by {}",
    SITS_UP: "you sat up as if tipped by {}",
    STANDS: "you stood as if tipped by {}",
    WALKS: "you walked as if tipped by {}",
}
_MOVED = "it seemed tipped by {}"


def notes(happenings: Sequence[Happening]) -> Iterator[str]:
    """A sentence or two for each time that an upright became doubtful.

    A clip that was put on anew is told of where no new upright followed soon, once.

    Args:
        happenings: those of the day, in order.
    """
    doubtful = False
    for index, each in enumerate(happenings):
        later = happenings[index + 1 :]
        anew = _next_upright(later)
        if each.kind == CALIBRATION:
            doubtful = False
        elif each.kind == SLIPPED:
            doubtful = True
            yield f"{_slipped(each)} {_since(each, anew)}"
        elif each.kind == REMOUNTED and not doubtful and not _soon(each, anew):
            doubtful = True
            yield f"You put the clip on anew at {each.at.clock}. {_since(each, anew)}"
        elif each.kind == QUESTIONED:
            yield f"{_questioned(each)} {_taken(each, later)}"


def line(happenings: Sequence[Happening]) -> str:
    """By how much tilts are doubtful because the clip slipped, and until when; empty if never.

    When it slipped is not known, only when that was noticed.
    """
    told = list[str]()
    for index, each in enumerate(happenings):
        if each.kind == SLIPPED:
            anew = _next_upright(happenings[index + 1 :])
            until = f"until the new upright at {anew.at.clock}" if anew else "no new upright since"
            off = degrees(abs(each.value or 0.0))
            told.append(f"by {off}, noticed at {each.at.clock}, {until}")
    seems = "the clip seems to have slipped, so tilts may be off"
    return f"{seems}: {'; '.join(told)}" if told else ""


def reason(cause: str, angle_deg: float | None) -> str:
    """What made a slip certain, in words.

    >>> reason(WALKS, -9.6)
    'you walked as if tipped by 10°'
    """
    return _REASONS.get(cause, _MOVED).format(degrees(abs(angle_deg or 0.0)))


def _next_upright(later: Sequence[Happening]) -> Happening | None:
    return next((each for each in later if each.kind == CALIBRATION), None)


def _soon(doubtful: Happening, anew: Happening | None) -> bool:
    return anew is not None and anew.at.second - doubtful.at.second <= _SOON_S


def _slipped(slip: Happening) -> str:
    why = reason(slip.detail, slip.value)
    return f"The clip seems to have slipped, noticed at {slip.at.clock}: {why}."


def _since(doubtful: Happening, anew: Happening | None) -> str:
    off = "by as much" if doubtful.kind == SLIPPED else "by some degrees"
    if anew is None:
        return f"No new upright was set after it: tilts from then on may be off {off}."
    return f"You set a new upright at {anew.at.clock}: tilts until then may be off {off}."


def _questioned(doubt: Happening) -> str:
    return f"A new upright was questioned at {doubt.at.clock} (“{doubt.detail}”)"


def _taken(doubt: Happening, later: Sequence[Happening]) -> str:
    for other in later:
        if other.at.second - doubt.at.second > _ANSWERED_S or other.kind == QUESTIONED:
            break
        if other.kind == CALIBRATION:
            return "and taken all the same: tilts from then on are measured from it."
    return "and not taken."
