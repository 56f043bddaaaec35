"""What earlier wearings leave for the next one: nudges given lately, and a rest that goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from midback.recording import Store

_LONGEST_SNOOZE = timedelta(days=7)


def nudges_since(store: Store, since: datetime) -> list[datetime]:
    """When nudges were given from *since* (aware of its time zone) on, in UTC, oldest first.

    Raises:
        RecordingError: the file cannot be read.
    """
    found: list[datetime] = []
    for session in store.sessions(start=since):
        utc_of = store.utc_of(session)
        times_s = [event.time_s for event in store.events(session) if event.kind == "buzz"]
        moments = [datetime.fromtimestamp(each, UTC) for each in utc_of(times_s).tolist()]
        found += [moment for moment in moments if moment >= since]
    return sorted(found)


def snoozed_until(store: Store, now: datetime) -> datetime | None:
    """When the rest that the wearer last asked for ends, in UTC; ``None`` if it is over.

    It is kept by wall time: a restart, or another clip, does not end it.

    Raises:
        RecordingError: the file cannot be read.
    """
    for session in reversed(store.sessions(start=now - _LONGEST_SNOOZE)):
        asked = [event for event in store.events(session) if event.kind == "snooze"]
        if asked:
            began_s = float(store.utc_of(session)(asked[-1].time_s))
            until = datetime.fromtimestamp(began_s + (asked[-1].value or 0.0), UTC)
            return until if until > now else None
    return None
