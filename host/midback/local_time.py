"""Which local day a moment belongs to: a day turns at four in the morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

TURN_HOUR = 4
"""Late work still belongs to the evening before."""


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day to which a moment (with a time zone) belongs where the wearer is.

    >>> from datetime import UTC
    >>> local_day(datetime(2026, 11, 28, 3, 59, tzinfo=UTC), UTC).isoformat()
    '2026-11-27'
    """
    return (moment.astimezone(zone) - timedelta(hours=TURN_HOUR)).date()


def day_begins(day: date, zone: tzinfo) -> datetime:
    """First instant of a local day; the next day's is 23 to 25 hours later.

    >>> from datetime import UTC
    >>> day_begins(date(2026, 11, 28), UTC).isoformat()
    '2026-11-28T04:00:00+00:00'
    """
    return datetime(day.year, day.month, day.day, TURN_HOUR, tzinfo=zone)
