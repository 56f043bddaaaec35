"""The states a wearer can be in and the words for them: the same in window, terminal and page."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import NamedTuple

DISCLAIMER = "Not for diagnosis, monitoring or treatment of any disease or injury."
"""Follows "Not a medical device." wherever something measured is told."""

LOOKING = "Looking for the clip."
OUT_OF_REACH = "The clip is out of reach: come nearer. Then this is done once more."
"""Said in an exercise, window and terminal alike."""

NBSP = "\u00a0"


class State(IntEnum):
    """What is known about the wearer at one moment; stored as this number."""

    NO_DATA = 0
    """A session runs, but nothing arrives."""
    UPRIGHT = 1
    """Still, and on the upright side of the slump line."""
    LEANING = 2
    """Past the slump line, the hold not yet over."""
    SLUMPED = 3
    """Past the slump line for the hold time, and not yet back."""
    BACK = 4
    """Leaning back: behind upright, neither upright nor slumped."""
    MOVING = 5
    """Standing up, reaching about, settling down: posture is not judged."""
    AWAY = 6
    """The clip is not worn."""
    NEW = 7
    """Worn, but there is no calibration to judge by."""
    WALKING = 8
    """Posture in walking cannot be judged with one clip."""
    DOUBTFUL = 9
    """Perhaps not worn: not even breathing moves the clip."""


STILL = (State.UPRIGHT, State.LEANING, State.SLUMPED, State.BACK)
"""The states in which posture is judged."""

UNKNOWN = (State.NO_DATA, State.AWAY, State.NEW, State.DOUBTFUL)
"""The states that have no angle."""


class Look(NamedTuple):
    """A state in shape and words, so that colour never stands alone."""

    shape: str
    words: str
    help: str


LOOK: dict[State, Look] = {
    State.UPRIGHT: Look("●", "Upright", "A lean past {enter} for {hold} gets a buzz."),
    State.LEANING: Look("△", "Leaning", "A buzz follows at {hold}."),
    State.SLUMPED: Look("▲", "Slumped", "Grow tall from the breastbone."),
    State.BACK: Look("◁", "Leaning back", "Resting back is not a slump."),
    State.MOVING: Look("≈", "Moving", "Counting waits until you are still."),
    State.AWAY: Look("○", "Not worn", "Clip it between the shoulder blades."),
    State.NO_DATA: Look("×", "No signal", "Is the clip near, and charged?"),
    State.NEW: Look("○", "Needs calibration", "Sit tall, then press Calibrate."),
    State.WALKING: Look("≈", "Walking", "Posture in walking is not judged."),
    State.DOUBTFUL: Look("○", "Worn?", "Not even breathing moves the clip."),
}


def sentence(text: str) -> str:
    """What an error says, as a sentence of its own.

    >>> sentence("the clip is busy: try again")
    'The clip is busy: try again.'
    """
    return f"{text[:1].upper()}{text[1:]}."


# The window's toolkit sets the locale of the process; what Midback says stays in one language.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> str:
    """A date for people.

    >>> day_in_words(date(2026, 11, 12))
    'Thursday 12 November 2026'
    """
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """The same where the year is known.

    >>> short_day(date(2026, 11, 12)).replace(NBSP, " ")
    '12 Nov'
    """
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1][:3]}"


def degrees(value: float) -> str:
    """Whole degrees with a true minus sign, never a negative zero.

    >>> degrees(-3.4), degrees(-0.2)
    ('−3°', '0°')
    """
    return f"{round(value) + 0}°".replace("-", "−")


def spoken(seconds: float) -> str:
    """A running duration: 14 s, 1 min 20 s, 2 h 05 min; its parts never break apart.

    >>> spoken(80).replace(NBSP, " "), spoken(7500).replace(NBSP, " ")
    ('1 min 20 s', '2 h 05 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}{NBSP}min"
    parts = [f"{minutes}{NBSP}min"] * (minutes > 0) + [f"{rest}{NBSP}s"] * (
        not minutes or rest > 0
    )
    return NBSP.join(parts)


def exactly(seconds: float) -> str:
    """A time that somebody set: as ``spoken``, but nothing of it is rounded away.

    >>> exactly(90).replace(NBSP, " "), exactly(12.5).replace(NBSP, " ")
    ('1 min 30 s', '12.5 s')
    """
    return spoken(seconds) if seconds == round(seconds) else f"{seconds:g}{NBSP}s"


def duration(seconds: float) -> str:
    """A length of time as a summary gives it: whole minutes, hours from 90 minutes on.

    >>> [duration(s).replace(NBSP, " ") for s in (0, 12, 3600, 5400)]
    ['0 min', '<1 min', '60 min', '1 h 30 min']
    """
    minutes = round(seconds / 60)
    if minutes >= 90:
        return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}{NBSP}min"
    return f"{'<1' if seconds > 0 and not minutes else minutes}{NBSP}min"
