"""``midback snooze``: let the buzzes of the running monitor rest for a while."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from tzlocal import get_localzone

from midback.control import ask
from midback.live.sentences import clock_time
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Ask for it, and say until when."""
    ask(data_folder(args.data), "snooze", minutes=args.length / 60.0)
    if args.length:
        ends = datetime.now(UTC) + timedelta(seconds=args.length)
        print(f"Buzzes rest until {clock_time(ends, get_localzone())}.")
    else:
        print("Buzzes are back.")
    return 0
