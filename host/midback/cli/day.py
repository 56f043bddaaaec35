"""``midback day``: the summary of one day, as text, JSON or page."""

from __future__ import annotations

import argparse
import shutil
import sys

from midback.cli.days import day_called, day_record, write_page
from midback.recording import Store, data_folder
from midback_analysis.report import as_json, as_text
from midback_analysis.summarise import summarise_day


def run(args: argparse.Namespace) -> int:
    """Print the summary of a day, or write its page."""
    folder = data_folder(args.data)
    day = day_called(args.date)
    if args.html is not None:
        print(write_page(folder, day, args.html))
        return 0
    with Store.open(folder, write=False) as store:
        summary = summarise_day(day_record(store, day, folder))
        for problem in store.problems:
            print(f"midback: {problem}", file=sys.stderr)
    if args.json:
        print(as_json(summary))
    else:
        print(as_text(summary, shutil.get_terminal_size((80, 24)).columns).rstrip())
    return 0
