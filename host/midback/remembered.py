"""What earlier wearings leave for the next one: nudges given, a rest that goes on, routines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from midback.exercises.exercise import EXERCISE, Exercise
from midback.local_time import day_begins
from midback.pausing import PAUSE
from midback.recording import Store
from midback.reminder import REMINDED

_LONGEST_SNOOZE = timedelta(days=7)
_A_ROUTINE_S = 120.0  # of five minutes; a shorter one was looked at, or broken off (own choice)


def nudges_between(store: Store, since: datetime, until: datetime) -> list[datetime]:
    """When nudges were given from *since* up to but without *until*, in UTC, oldest first.

    Both are aware of their time zone.  A clock that had been ahead recorded nudges later than
    now: without an end they would count until their time has come.

    Raises:
        RecordingError: the file cannot be read.
    """
    found: list[datetime] = []
    for session in store.sessions(since, until):
        utc_of = store.utc_of(session)
        times_s = [event.time_s for event in store.events(session) if event.kind == "buzz"]
        moments = [datetime.fromtimestamp(each, UTC) for each in utc_of(times_s).tolist()]
        found += [moment for moment in moments if since <= moment < until]
    return sorted(found)


def snoozed_until(store: Store, now: datetime) -> datetime | None:
    """When the rest that the wearer last asked for ends, in UTC; ``None`` if it is over.

    It is kept by wall time: a restart, or another clip, does not end it.  Where the clock was
    put back since, it lasts no longer from now than it was asked for.

    Raises:
        RecordingError: the file cannot be read.
    """
    for session in reversed(store.sessions(start=now - _LONGEST_SNOOZE)):
        asked = [event for event in store.events(session) if event.kind == "snooze"]
        if asked:
            began = datetime.fromtimestamp(float(store.utc_of(session)(asked[-1].time_s)), UTC)
            until = min(began, now) + timedelta(seconds=asked[-1].value or 0.0)
            return until if until > now else None
    return None


def paused(store: Store) -> bool:
    """Whether the wearer let nudges wait until further notice, and has not ended that since.

    Raises:
        RecordingError: the file cannot be read.
    """
    last = store.newest_event(("nudges_held", "nudges_released"), PAUSE)
    return last is not None and last.kind == "nudges_held"


def needs_no_reminder(store: Store, day: date, zone: tzinfo) -> bool:
    """Whether the wearer was reminded on a local day, or did their routine without that.

    Raises:
        RecordingError: the file cannot be read.
    """
    if store.newest_event([REMINDED], day.isoformat()) is not None:
        return True
    begins, ends = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    return any(
        session.clip_facts.get(EXERCISE) == Exercise.ROUTINE
        and session.duration_s >= _A_ROUTINE_S
        and begins <= session.started < ends
        for session in store.sessions(begins, ends)
    )
