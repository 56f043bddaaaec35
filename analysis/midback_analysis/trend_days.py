"""The days of a trend, read from the store one after the other.

A day that cannot be read costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, tzinfo

from midback.errors import RecordingError
from midback.recording import Store
from midback_analysis.clockface import day_bounds
from midback_analysis.day import read_day
from midback_analysis.trend_day import TrendDay, trend_day


def read_trend_days(
    store: Store, first: date, last: date, zone: tzinfo, turn_hour: int = 4
) -> Iterator[TrendDay]:
    """Every date from *first* to *last*, whether or not anything was recorded on it.

    Args:
        store: where the sessions are.
        first: local date.
        last: local date, the last one.
        zone: where the wearer is.
        turn_hour: local hour at which a day ends.
    """
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        try:
            yield trend_day(read_day(store, day, zone, turn_hour))
        except RecordingError as error:
            begins, ends = day_bounds(day, zone, turn_hour)
            hours = (ends - begins).total_seconds() / 3600
            yield TrendDay(day.isoformat(), hours, problem=str(error))
