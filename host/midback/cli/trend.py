"""``midback trend``: several days beside each other, as text, JSON or page."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import date, timedelta

from tzlocal import get_localzone

from midback.cli.days import day_called, keep_page, local_day
from midback.errors import NothingRecorded
from midback.local_time import TURN_HOUR
from midback.recording import Store, data_folder
from midback_analysis.trend import Trend, first_day_needed, trend_of
from midback_analysis.trend_days import read_trend_days
from midback_analysis.trend_report import as_html, as_json, as_text


def run(args: argparse.Namespace) -> int:
    """Print how the last days went, or write their page."""
    until = day_called(args.until)
    trend = _invented(until, args.days) if args.demo else _stored(args, until)
    for problem in trend.problems:
        print(f"midback: {problem}", file=sys.stderr)
    if args.html is not None:
        print(keep_page(as_html(trend), args.html))
    elif args.json:
        print(as_json(trend))
    else:
        print(as_text(trend, shutil.get_terminal_size((80, 24)).columns).rstrip())
    return 0


def _invented(until: date, length: int) -> Trend:
    # Here, because stored days need not wait for it to load.
    from midback_analysis.invented_days import INVENTED, invented_days

    days = invented_days(first_day_needed(until, length), until, get_localzone())
    return trend_of(list(days), length, [INVENTED])


def _stored(args: argparse.Namespace, until: date) -> Trend:
    length = args.days
    with Store.open(data_folder(args.data), write=False) as store:
        days = list(
            read_trend_days(
                store, first_day_needed(until, length), until, get_localzone(), TURN_HOUR
            )
        )
        if not any(day.span_s or day.problem for day in days[-length:]):
            raise _nothing_in(store, until, length)
        problems = [f"{day.date}: {day.problem}" for day in days if day.problem]
        return trend_of(days, length, [*store.problems, *problems])


def _nothing_in(store: Store, until: date, length: int) -> NothingRecorded:
    """What to say of days without any recording."""
    sessions = store.sessions()
    if not sessions:
        return NothingRecorded("nothing was ever recorded here; 'midback live' records")
    first = until - timedelta(days=length - 1)
    last = local_day(sessions[-1].started).isoformat()
    return NothingRecorded(
        f"nothing was recorded from {first.isoformat()} to {until.isoformat()}; the last day with "
        f"a recording is {last}: 'midback trend --until {last}' shows the days up to it"
    )
