"""``midback status``: what the running monitor knows, in one line."""

from __future__ import annotations

import argparse
import json

from tzlocal import get_localzone

from midback.asked import now_of
from midback.control import ask
from midback.live.sentences import lean_in_words, say, why_silent
from midback.recording import data_folder
from midback.watching import Now


def run(args: argparse.Namespace) -> int:
    """Ask, and print the answer."""
    facts = ask(data_folder(args.data), "status")["now"]
    if args.json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        print(_in_words(None if facts is None else now_of(facts)))
    return 0


def _in_words(now: Now | None) -> str:
    zone = get_localzone()
    said = say(now, zone)
    if now is None:
        return said.help
    silent = why_silent(now, zone)
    # In some states the wearer needs another word first.
    helps = said.help if silent in (None, said.help) else f"{said.help} {silent}"
    return f"{said.headline}, {lean_in_words(said)}. {helps} {said.link}."
