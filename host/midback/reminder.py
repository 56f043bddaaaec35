"""When the wearer is reminded of their routine: once a day, at a time of day that they chose.

It waits while it would be out of place, and after ``WAIT_S`` lets it be for that day.  Wall time
tells which day it is and whether the time has come; how long it waits goes by session time too,
so that a clock which is set back does not draw it out.

Pure: no clock; session time and wall time are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from midback.local_time import TURN_HOUR, local_day

WAIT_S = 7200.0
"""A meeting may last so long; a reminder that comes still later is a surprise (own choice)."""

APART_S = 72_000.0
"""The days of an unchanged clock are 23 h apart at least, of which two may be waited away."""

REMINDED = "reminded"
"""Kind of the event; its detail is the local day that it was for."""

TIME_FOR_ROUTINE = "Time for your five minutes: close this, then run 'midback routine'."
"""What the wearer is told then; both need the clip, so one has to end first."""


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """What is in ``[reminder]`` of the settings.

    Attributes:
        at: the time of day by the wearer's wall clock; ``None``: never.

    Raises:
        ValueError: it says more than hours and minutes.
    """

    at: time | None = None

    def __post_init__(self) -> None:
        if self.at is not None and (self.at.second or self.at.microsecond or self.at.tzinfo):
            raise ValueError("a reminder has hours and minutes only: write it as 15:30")

    def __str__(self) -> str:
        return "off" if self.at is None else f"{self.at:%H:%M}"


def time_of_day(text: str) -> time:
    """The time of day that *text*, such as ``15:30``, means.

    Raises:
        ValueError: it means none; says how to write it.
    """
    told = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text.strip())
    if told is None:
        raise ValueError(f"{text!r} is no time of day: write it as 15:30")
    return time(int(told[1]), int(told[2]))


def due_at(at: time, day: date, zone: tzinfo) -> datetime:
    """When a time of day comes on a local day, in UTC.

    Where the clock shows it twice it is the first time; where the clock skips it, as much later
    as is skipped, or sooner where that would be the next day already.

    >>> due_at(time(3, 30), date(2026, 11, 28), UTC).isoformat()
    '2026-11-29T03:30:00+00:00'
    """
    shown = day if at.hour >= TURN_HOUR else day + timedelta(days=1)
    folds = [datetime.combine(shown, at.replace(fold=fold), zone) for fold in (0, 1)]
    moments = [moment.astimezone(UTC) for moment in folds]
    return next((each for each in moments if local_day(each, zone) == day), moments[0])


class Reminder:
    """Decides when to remind; follows one wearing.

    Args:
        settings: when.
        zone: where the wearer is.
        settled: tells of a local day whether nothing is to be said on it, because something was
            said already, or because they did their routine; asked once, when it would be said.
    """

    def __init__(
        self,
        settings: ReminderSettings | None = None,
        zone: tzinfo = UTC,
        settled: Callable[[date], bool] = lambda _: False,
    ) -> None:
        self._at = settings.at if settings is not None else None
        self._zone = zone
        self._settled = settled
        self._waits: tuple[date, float] | None = None
        self._turns: dict[date, float] = {}

    @property
    def off(self) -> bool:
        """Whether the wearer wants none, so that nothing comes of ``update``."""
        return self._at is None

    def update(self, time_s: float, utc: datetime, *, free: bool) -> date | None:
        """Let time pass; return the local day to remind for, if that is to be done now.

        Args:
            time_s: session time.
            utc: the same on the wall clock.
            free: whether a word is in place now.
        """
        if self._at is None:
            return None
        day = local_day(utc, self._zone)
        late_s = (utc - due_at(self._at, day, self._zone)).total_seconds()
        if late_s < 0.0:
            self._waits = None
            return None
        if self._waits is None or self._waits[0] != day:
            self._waits = day, time_s + WAIT_S - late_s
        # A computer that slept counts no session time meanwhile.
        too_late = late_s >= WAIT_S or time_s >= self._waits[1]
        if too_late or not free or self._had(day, time_s):
            return None
        self._turns[day] = time_s
        return None if self._settled(day) else day

    def _had(self, day: date, time_s: float) -> bool:
        """Whether that day had its turn, or a later one just did, by a clock set back since."""
        if day in self._turns:
            return True
        return any(
            day < later and time_s - turn_s < APART_S for later, turn_s in self._turns.items()
        )
