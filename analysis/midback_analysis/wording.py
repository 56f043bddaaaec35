"""The words of a summary, once for page and terminal.

No praise, no blame, no score; nothing about treating or preventing anything.  Numbers are
whole; a share that is there but under a half is ``<1``; what is not known is a dash.
"""

from __future__ import annotations

from midback.words import LOOK, NBSP, State, degrees
from midback_analysis.levels import Level, borders_deg
from midback_analysis.summary import STATES, DaySummary

STATE_WORDS = {
    "upright": LOOK[State.UPRIGHT].words.lower(),
    "mild": "mildly forward",
    "slumped": LOOK[State.SLUMPED].words.lower(),
    "back": LOOK[State.BACK].words.lower(),
    "moving": LOOK[State.MOVING].words.lower(),
    "nodata": "no data",
    "uncalibrated": LOOK[State.NEW].words.lower(),
    "off": LOOK[State.AWAY].words.lower(),
}
HELD_WORDS = tuple(
    f"{held}".replace(" ", NBSP)
    for held in ("5 s", "15 s", "1 min", "5 min", "15 min", "30 min", "longer")
)


def number(value: float) -> str:
    """A whole number; ``<1`` for a little, ``0`` only for nothing, a true minus.

    >>> number(0), number(0.2), number(56.6), number(-3.2)
    ('0', '<1', '57', '−3')
    """
    if 0 < value < 0.5:
        return "<1"
    return f"{round(value) + 0}".replace("-", "−")


def whole_shares(shares: dict[str, float]) -> dict[str, str]:
    """Whole per cent that still add up to 100: the largest remainders are rounded up.

    >>> whole_shares({"a": 33.4, "b": 33.3, "c": 33.3})
    {'a': '34', 'b': '33', 'c': '33'}
    """
    floors = {name: int(share) for name, share in shares.items()}
    # A share under a half is told as "<1" and takes no part in the sum.
    takers = [name for name, share in shares.items() if share >= 0.5]
    takers.sort(key=lambda name: floors[name] - shares[name])
    for name in takers[: 100 - sum(floors.values())]:
        floors[name] += 1
    return {
        name: "<1" if not floor and shares[name] > 0 else str(floor)
        for name, floor in floors.items()
    }


def times(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 shift``, ``2 shifts``, ``no shift``."""
    return f"{count or 'no'}{NBSP}{one if count < 2 else many or one + 's'}"


def lines_deg(summary: DaySummary) -> list[float]:
    """The slump lines of the day, each once, in order of use."""
    return list(dict.fromkeys(each.enter_deg for each in summary.judged))


def line_words(summary: DaySummary) -> str:
    """The slump line as a number, where the day had only one."""
    told = {degrees(line) for line in lines_deg(summary)}
    return told.pop() if len(told) == 1 else "the slump line"


def ranges(summary: DaySummary) -> dict[str, str]:
    """What each of ``STATES`` means."""
    line = line_words(summary)
    return {
        "upright": "−8 to 5°",
        "mild": f"5{'' if line[0].isdigit() else '°'} to {line}",
        "slumped": f"over {line}",
        "back": "below −8°",
        "moving": "posture not judged",
        "nodata": "worn, nothing received",
        "uncalibrated": "worn, no upright set",
        "off": "",
    }


def shown_states(summary: DaySummary) -> tuple[str, ...]:
    """The states of the legend: all, but on a day that says too little only those that occurred.

    An uncalibrated time is rare and always named only if it occurred.
    """
    told = summary.state_s
    return tuple(s for s in STATES if told[s] or (summary.enough and s != "uncalibrated"))


def level_words(summary: DaySummary) -> dict[Level, str]:
    """Names of the levels, without those that this slump line leaves empty."""
    lines = lines_deg(summary)
    line = max(lines, default=0.0)
    bounds = borders_deg(line)
    start = degrees(line) if len(lines) == 1 else "slump line"
    told = {
        Level.BACK: STATE_WORDS["back"],
        Level.UPRIGHT: STATE_WORDS["upright"],
        Level.MILD: STATE_WORDS["mild"],
        Level.PAST_LINE: f"{start.rstrip('°')} to 20°",
        Level.PAST_20: f"{round(bounds[3])} to {round(bounds[4])}°",
        Level.PAST_30: f"over {round(bounds[4])}°",
    }
    if min(lines, default=0.0) >= 20:
        del told[Level.PAST_LINE]
    return told


def level_share(summary: DaySummary, level: Level) -> str:
    """Per cent of still time at a level; rounded as the share of the same name."""
    shares, exposure = summary.shares or {}, summary.exposure or ()
    name = {Level.BACK: "back", Level.UPRIGHT: "upright", Level.MILD: "mild"}.get(level)
    return whole_shares(shares)[name] if name else number(sum(exposure[level]))
