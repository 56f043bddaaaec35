"""``midback recompute``: what would have buzzed on a stored day, beside what did."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tzlocal import get_localzone

from midback.cli.days import day_called, nothing_on
from midback.errors import UsageError
from midback.nudge_settings import PLANS, PRESETS, QuietHours
from midback.recording import Store, data_folder
from midback.words import NBSP, duration
from midback_analysis.buzzed_anew import BuzzedAnew, Pair, Side, Told, buzzed_anew
from midback_analysis.recompute import Lines

_LINES = ("enter_deg", "back_enter_deg")


def run(args: argparse.Namespace) -> int:
    """Judge the day anew and tell both sides."""
    changed, lines = _parsed(args.set)
    day = day_called(args.date)
    with Store.open(data_folder(args.data), write=False) as store:
        try:
            told = buzzed_anew(store, day, get_localzone(), changed, lines)
        except ValueError as error:
            raise UsageError(f"that cannot be set: {error}") from error
        if not told.settings:
            raise nothing_on(store, day)
    print(json.dumps(_as_json(told), indent=2) if args.json else _as_text(told, args.set))
    for problem in told.problems:
        print(f"midback: {problem}", file=sys.stderr)
    return 0


def _parsed(pairs: Sequence[str]) -> tuple[dict[str, Any], Lines]:
    """Settings and slump lines out of ``name=value``."""
    changed: dict[str, Any] = {}
    lines: dict[str, float] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in (*_READ, *_LINES):
            names = ", ".join((*_READ, *_LINES))
            raise UsageError(f"--set {pair}: write name=value; the names are {names}")
        try:
            if name in _LINES:
                lines[name] = float(text)
            else:
                changed[name] = _READ[name](text)
        except ValueError as error:
            raise UsageError(f"--set {pair}: {error}") from error
    return changed, Lines(**lines)


def _one_of(choices: Sequence[str]) -> Any:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"choose {', '.join(choices)}")
        return text

    return read


def _quiet_hours(text: str) -> QuietHours | None:
    return None if text == "off" else QuietHours.parse(text)


def _on_or_off(text: str) -> bool:
    return bool(_one_of(("on", "off"))(text) == "on")


_READ: dict[str, Any] = {
    "preset": _one_of(tuple(PRESETS)),
    "hold_s": float,
    "hourly_cap": int,
    "daily_cap": int,
    "quiet_hours": _quiet_hours,
    "confirm": _on_or_off,
    "plan": _one_of(PLANS),
    "seed": int,
}


def _as_json(told: BuzzedAnew) -> dict[str, object]:
    return {
        "date": told.day.isoformat(),
        "judgement_version": told.judgement,
        "settings": [settings.facts() for settings in told.settings],
        "then": _side_json(told.then),
        "anew": _side_json(told.anew),
        "buzzes": [
            {"then": pair.then and asdict(pair.then), "anew": pair.anew and asdict(pair.anew)}
            for pair in told.pairs
        ],
    }


def _side_json(side: Side) -> dict[str, object]:
    return {
        "slumps": side.slumps,
        "slumped_s": side.slumped_s,
        "buzzes": len(side.buzzes),
        "withheld": dict(_withheld(side)),
    }


def _as_text(told: BuzzedAnew, changes: Sequence[str]) -> str:
    by = f" with {', '.join(changes)}" if changes else " with the settings of that day"
    then, anew = told.then, told.anew
    reasons = sorted({*_withheld(then), *_withheld(anew)})
    rows = [
        ("", "then", "anew"),
        ("slumps", str(then.slumps), str(anew.slumps)),
        ("time slumped", duration(then.slumped_s), duration(anew.slumped_s)),
        ("buzzes", str(len(then.buzzes)), str(len(anew.buzzes))),
        *(
            (f"withheld: {why}", str(_withheld(then)[why]), str(_withheld(anew)[why]))
            for why in reasons
        ),
    ]
    lines = [f"{told.day:%A %d %B %Y} judged anew by judgement {told.judgement}{by}.", ""]
    lines += [
        f"{name:24}{a.replace(NBSP, ' '):>12}{b.replace(NBSP, ' '):>12}" for name, a, b in rows
    ]
    if told.pairs:
        lines += ["", "Buzzes (the same if within 10 s)"]
        lines += [_pair_words(pair) for pair in told.pairs]
    return "\n".join(line.rstrip() for line in lines)


def _pair_words(pair: Pair) -> str:
    kinds = f"{_kind(pair.then):>16}{_kind(pair.anew):>16}"
    at = datetime.fromtimestamp(pair.utc_s, get_localzone())
    return f"  {at:%H:%M:%S}{kinds}"


def _kind(told: Told | None) -> str:
    return "–" if told is None else told.kind


def _withheld(side: Side) -> Counter[str]:
    return Counter(told.reason for told in side.withheld)
