"""``midback pause``: let the buzzes of the running monitor wait until further notice."""

from __future__ import annotations

import argparse

from midback.control import ask
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Ask for it, and say how it is now."""
    on = args.setting == "on"
    ask(data_folder(args.data), "pause", on=on)
    print("Buzzes wait until 'midback pause off'." if on else "The pause is over.")
    return 0
