"""``midback pause``: let the buzzes of the running monitor wait until further notice."""

from __future__ import annotations

import argparse

from tzlocal import get_localzone

from midback.asked import now_of
from midback.control import ask
from midback.live.sentences import over
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Ask for it, and say how it is now."""
    on = args.setting == "on"
    facts = ask(data_folder(args.data), "pause", on=on)["now"]
    if on:
        print("Buzzes wait until 'midback pause off'.")
    else:
        print(over("pause", None if facts is None else now_of(facts), get_localzone()))
    return 0
