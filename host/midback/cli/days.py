"""Which day a person means, and that day's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from tzlocal import get_localzone

from midback import local_time
from midback.errors import NothingRecorded, UsageError
from midback.exercises.exercise import Exercise
from midback.local_time import TURN_HOUR
from midback.recording import Store
from midback_analysis.day import DayRecord, read_day
from midback_analysis.report import as_html
from midback_analysis.summarise import summarise_day


def local_day(moment: datetime) -> date:
    """The day to which a moment (with a time zone) belongs."""
    return local_time.local_day(moment, get_localzone())


def day_called(text: str) -> date:
    """The date that *text* means: ``today``, ``yesterday``, or written ``2026-11-22``.

    Raises:
        UsageError: it is none of these.
    """
    today = local_day(datetime.now(get_localzone()))
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        day = named.get(text) or date.fromisoformat(text)
    except ValueError:
        day = None
    # The calendar's first and last year have days without a neighbour.
    if day is None or not date.min.year < day.year < date.max.year:
        raise UsageError(
            f"{text!r} is no date: write it as {today.isoformat()}, or today, or yesterday"
        )
    return day


def day_record(store: Store, day: date, folder: Path | None = None) -> DayRecord:
    """One stored day.

    Args:
        store: where its sessions are.
        day: local date.
        folder: where what was seen in its routines is; left out if ``None``.

    Raises:
        NothingRecorded: nothing was recorded on it; says which day was the last.
    """
    record = read_day(store, day, get_localzone(), TURN_HOUR)
    if not (record.wearings or record.unplaced):
        raise nothing_on(store, day)
    if folder and any(each.exercise == Exercise.ROUTINE for each in record.exercises):
        # Here, because a day without a routine need not wait for scipy to load.
        from midback_analysis.routines import with_routines

        return with_routines(record, folder)
    return record


def write_page(folder: Path, day: date, path: Path) -> Path:
    """Write the page of one stored day; returns where.

    Raises:
        DataError: nothing was recorded, or the store cannot be read.
        UsageError: the file cannot be written.
    """
    with Store.open(folder, write=False) as store:
        html = as_html(summarise_day(day_record(store, day, folder)))
    return keep_page(html, path)


def keep_page(html: str, path: Path) -> Path:
    """Write a page to a file; returns where.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot write {path} ({error.strerror}): choose another place"
        ) from error
    return path.resolve()


def nothing_on(store: Store, day: date | None = None) -> NothingRecorded:
    """What to say of a store without recordings on *day*, or without any."""
    sessions = store.sessions()
    if not sessions or day is None:
        return NothingRecorded("nothing was ever recorded here; 'midback live' records")
    last = local_day(sessions[-1].started).isoformat()
    return NothingRecorded(
        f"nothing was recorded on {day.isoformat()}; the last day with a recording is {last}"
    )
