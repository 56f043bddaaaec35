"""What a view says about this moment: the same sentences in the window and on a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from midback.calibration import CONTEXTS
from midback.curl import Posture
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.pausing import CALL, PAUSE, PRESENTING, QUIET
from midback.places import ELSEWHERE
from midback.watching import Now
from midback.words import LOOK, LOOKING, NBSP, UNKNOWN, State, degrees, duration, exactly, spoken

TIMED = (State.LEANING, State.SLUMPED, State.BACK, State.NO_DATA)
"""The states whose length matters to the wearer."""

PROMISING = (State.UPRIGHT, State.LEANING, State.SLUMPED, State.BACK)
"""The states in which a wearer would wait for a buzz."""

LOW_PERCENT = 15
"""From here down the battery is worth a word."""

BEHIND_S = 2.0
"""From here on it is worth a word that missing packets come in first."""

SAME_S = 1200
"""From here on it is worth a word that the posture has not changed."""

STEADY_DEG = 0.7
"""How far the lean may be from the number that is on show."""

NO_ANGLE = f"–{NBSP}–"

_WAITING = {
    PAUSE: "Buzzes wait until you end the pause.",
    CALL: "Buzzes wait: a call is on.",
    QUIET: "Buzzes wait: do not disturb is on.",
    PRESENTING: "Buzzes wait: a talk or a film is on.",
    Posture.LEAN: "A lean from the hips gets no buzz.",
    LOOKS_LIKE_A_LEAN: "This looks like a lean from the hips, which gets no buzz.",
    ELSEWHERE: "Buzzes wait: you seem to be in another place.",
}
"""What is said of these reasons; of several, the first here."""


@dataclass(frozen=True, slots=True)
class Said:
    """One moment in words.

    Attributes:
        state: what it is about.
        headline: the state, and how long where that matters.
        number: the lean in whole degrees, without a sign, or two dashes when none is current.
        unit: what the number counts from, or when it was last known.
        help: one sentence that helps now, or the question to answer.
        asks: whether that is a question.
        link: the clip's battery and connection.
        spoken: headline and number for somebody who listens.
    """

    state: State
    headline: str
    number: str
    unit: str
    help: str
    link: str
    spoken: str
    asks: bool = False


def say(now: Now | None, zone: tzinfo) -> Said:
    """Put *now* into words; None is the time before anything is known."""
    if now is None:
        words = LOOK[State.NO_DATA].words
        return Said(State.NO_DATA, words, NO_ANGLE, "no angle yet", LOOKING, "Clip", words)
    headline = _headline(now)
    known = now.flexion_deg is not None and now.state not in UNKNOWN
    lean_deg = now.flexion_deg if known else None
    return Said(
        state=now.state,
        headline=headline,
        # The unit tells the side.
        number=NO_ANGLE if lean_deg is None else degrees(abs(lean_deg)),
        unit=_unit(now, lean_deg),
        help=_help(now, zone),
        link=_link(now),
        spoken=headline if lean_deg is None else f"{headline}, {_in_words(lean_deg)}",
        asks=now.question is not None,
    )


def steady(shown_deg: int | None, lean_deg: float | None) -> int | None:
    """The whole number to show for *lean_deg* when *shown_deg* is on show.

    It stays until the lean is clearly nearer to another: a lean near a half would
    flicker between two numbers.
    """
    if shown_deg is None or lean_deg is None or abs(lean_deg - shown_deg) > STEADY_DEG:
        return None if lean_deg is None else round(lean_deg)
    return shown_deg


def snoozed(now: Now | None) -> bool:
    """Whether buzzes rest now."""
    return now is not None and now.snoozed_until is not None and now.snoozed_until > now.wall


def paused(now: Now | None) -> bool:
    """Whether the wearer let buzzes wait by hand."""
    return now is not None and PAUSE in now.held_by


def why_silent(now: Now, zone: tzinfo) -> str | None:
    """Why no buzz comes whatever the wearer does, and until when; ``None`` when one may.

    What the wearer asked for goes first, and of that what has no end of its own.
    """
    if snoozed(now) and now.snoozed_until and not paused(now):
        return rest_until(now.snoozed_until, now.wall, zone)
    for reason, words in _WAITING.items():
        if reason in now.held_by:
            return words
    return f"Buzzes wait: {now.held_by[0]}." if now.held_by else None


def rest_until(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Until when buzzes rest, with the day where that is not today."""
    local = moment.astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f" on {local:%A}"
    return f"Buzzes rest until {local:%H:%M}{day}."


def over(what: str, now: Now | None, zone: tzinfo) -> str:
    """That a snooze or a pause was ended, and what still stands against a buzz."""
    if now is None:
        return f"The {what} is over."
    return f"The {what} is over. {why_silent(now, zone) or 'Buzzes are back.'}"


def lean_in_words(said: Said) -> str:
    """The lean and what it counts from."""
    return said.unit if said.number == NO_ANGLE else f"{said.number} {said.unit}"


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The hour and minute of *moment* on the wearer's clock."""
    return f"{moment.astimezone(zone):%H:%M}"


def _headline(now: Now) -> str:
    words = LOOK[now.state].words
    return f"{words} {spoken(now.since_s)}" if now.state in TIMED else words


def _in_words(lean_deg: float) -> str:
    whole = round(lean_deg)
    unit = "degree" if abs(whole) == 1 else "degrees"
    return f"{'minus ' if whole < 0 else ''}{abs(whole)} {unit}"


def _unit(now: Now, lean_deg: float | None) -> str:
    if lean_deg is None:
        if now.last_deg is None or now.state is State.NEW:
            return "no angle yet"
        return f"last seen at {degrees(now.last_deg)}"
    whole = round(lean_deg)
    if whole == 0:
        return f"at your upright{_at(now.context)}"
    side = "forward of" if whole > 0 else "behind"
    return f"{side} your upright{_at(now.context)}"


def _at(context: str) -> str:
    """Said only where it is not the usual place."""
    return "" if context == CONTEXTS[0] else f", {context}"


def _help(now: Now, zone: tzinfo) -> str:
    if now.question:
        return now.question
    if now.notice:
        return now.notice
    unpromised = why_silent(now, zone) or now.doubt
    if unpromised is not None and now.state in (*PROMISING, State.MOVING):
        return unpromised
    told = _promise(now)
    # A plan may leave this one out, and nobody can know before.
    return (
        told
        if now.certain
        else told.replace(" gets ", " may get ").replace(" follows ", " may follow ")
    )


def _promise(now: Now) -> str:
    if now.state is State.LEANING and now.quiet_until is not None:
        due = now.wall + timedelta(seconds=now.hold_s - now.since_s)
        if now.quiet_until > due:
            left_s = (now.quiet_until - now.wall).total_seconds()
            return f"A buzz follows in {spoken(left_s)}, not sooner."
    if now.state is State.UPRIGHT and now.same_s >= SAME_S:
        return f"In one posture for {duration(now.same_s)}."
    if now.back_enter_deg is not None and now.state is State.UPRIGHT:
        lines = f"{degrees(now.enter_deg)} or {degrees(-now.back_enter_deg)}"
        return f"A lean past {lines} for {exactly(now.hold_s)} gets a buzz."
    if now.state is State.NEW and "stand" in now.context:
        return LOOK[State.NEW].help.replace("Sit", "Stand")
    return LOOK[now.state].help.format(enter=degrees(now.enter_deg), hold=exactly(now.hold_s))


def _link(now: Now) -> str:
    link = now.link.value
    if now.behind_s >= BEHIND_S:
        link = f"catching up, {spoken(now.behind_s)} behind"
    if now.battery_percent is None:
        return f"Clip {link}"
    low = ", low" if now.battery_percent <= LOW_PERCENT else ""
    return f"Clip {now.battery_percent}{NBSP}%{low}  ·  {link}"
