"""``midback context``: tell the running monitor where you are; each place has its upright."""

from __future__ import annotations

import argparse

from midback.asked import now_of
from midback.control import ask
from midback.recording import data_folder


def run(args: argparse.Namespace) -> int:
    """Go to a context, or list which there are."""
    folder = data_folder(args.data)
    if args.name is None:
        answer = ask(folder, "context")
        here = None if answer["now"] is None else now_of(answer["now"]).context
        for name in answer["contexts"]:
            print(f"{'*' if name == here else ' '} {name}")
        return 0
    answer = ask(folder, "context", name=args.name)
    if answer["now"] is None:
        print("No clip was found yet: say it again once it is linked.")
    elif answer["known"]:
        print(f"You are judged by your upright at the {args.name} now.")
    else:
        print(f"No upright is known at the {args.name}: calibrate once you are there.")
    return 0
