"""``midback snooze``: let the buzzes of the running monitor rest for a while."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from tzlocal import get_localzone

from midback.asked import now_of
from midback.control import ask
from midback.live.sentences import over, rest_until
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Ask for it, and say until when."""
    facts = ask(data_folder(args.data), "snooze", minutes=args.length / 60.0)["now"]
    if args.length:
        now = datetime.now(UTC)
        print(rest_until(now + timedelta(seconds=args.length), now, get_localzone()))
    else:
        print(over("snooze", None if facts is None else now_of(facts), get_localzone()))
    return 0
