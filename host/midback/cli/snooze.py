"""``midback snooze``: let the buzzes of the running monitor rest for a while."""

from __future__ import annotations

import argparse

from tzlocal import get_localzone

from midback.asked import now_of
from midback.control import ask
from midback.live.sentences import clock_time, snoozed
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Ask for it, and say until when."""
    answer = ask(data_folder(args.data), "snooze", minutes=args.length / 60.0)
    now = now_of(answer["now"])
    if snoozed(now) and now.snoozed_until is not None:
        print(f"Buzzes rest until {clock_time(now.snoozed_until, get_localzone())}.")
    else:
        print("Buzzes are back.")
    return 0
