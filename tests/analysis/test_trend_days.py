"""Days of a trend as they are read from a store."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from analysis.days import LONDON, calibration
from analysis.wear import Wear

from midback.errors import RecordingError
from midback.recording import Session, Store
from midback.seconds import Seconds
from midback_analysis.trend_days import read_trend_days

SATURDAY = date(2026, 10, 24)
"""Turns at four, so the hour that comes again in the night after it is its own."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, write=True) as opened:
        opened.save_calibration(calibration("A"))
        yield opened


def sit(store: Store, day: date, minutes: int = 90) -> None:
    wear = Wear(store, datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    wear.sit(60 * minutes).end()


def test_every_date_is_there_whether_or_not_it_was_worn(store: Store):
    sit(store, SATURDAY)
    sit(store, SATURDAY + timedelta(days=2))
    first, last = SATURDAY - timedelta(days=1), SATURDAY + timedelta(days=2)
    days = list(read_trend_days(store, first, last, LONDON))

    assert [day.date for day in days] == ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"]
    assert [day.still_s for day in days] == [0, 5400, 0, 5400]
    assert [day.day_hours for day in days] == [24.0, 25.0, 24.0, 24.0]


def test_the_ribbon_is_by_the_wearer_s_clock_before_and_after_the_change(store: Store):
    sit(store, SATURDAY)
    sit(store, SATURDAY + timedelta(days=1))
    days = list(read_trend_days(store, SATURDAY, SATURDAY + timedelta(days=1), LONDON))

    # Nine by UTC is ten in summer.
    assert [day.ribbon[0].start_s for day in days] == [36000, 32400]


def test_a_day_that_cannot_be_read_costs_only_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for number in range(3):
        sit(store, SATURDAY + timedelta(days=number))
    seconds = Store.seconds

    def broken(store: Store, session: Session) -> Seconds:
        if session.started.day == 25:
            raise RecordingError("the file is damaged")
        return seconds(store, session)

    monkeypatch.setattr(Store, "seconds", broken)
    days = list(read_trend_days(store, SATURDAY, SATURDAY + timedelta(days=2), LONDON))

    assert [day.problem for day in days] == ["", "the file is damaged", ""]
    assert [day.still_s for day in days] == [5400, 0, 5400]
