"""``midback recompute``: what would have buzzed on a stored day, beside what did."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from tzlocal import get_localzone

from midback.cli.days import day_called, nothing_on
from midback.errors import UsageError
from midback.nudge_settings import PLANS, PRESETS
from midback.recording import Store, data_folder
from midback.settings import quiet_hours
from midback.words import NBSP, duration
from midback_analysis.buzzed_anew import BuzzedAnew, Pair, Side, Told, buzzed_anew
from midback_analysis.footnotes import why_withheld
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
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in _READ:
            names = ", ".join(_READ)
            raise UsageError(f"--set {pair}: write name=value; the names are {names}")
        try:
            changed[name] = _READ[name](text)
        except ValueError as error:
            raise UsageError(f"--set {pair}: {error}") from error
    lines = {name: changed.pop(name) for name in _LINES if name in changed}
    try:
        return changed, Lines(**lines)
    except ValueError as error:
        raise UsageError(f"that cannot be set: {error}") from error


def _one_of(choices: Sequence[str]) -> Any:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"choose {', '.join(choices)}")
        return text

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError("write a number, such as 12.5") from error


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError("write a whole number, such as 12") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("write a day, such as 2026-11-28") from error


def _on_or_off(text: str) -> bool:
    return bool(_one_of(("on", "off"))(text) == "on")


_READ: dict[str, Any] = {
    "preset": _one_of(tuple(PRESETS)),
    "hold_s": _number,
    "hourly_cap": _whole,
    "daily_cap": _whole,
    "quiet_hours": quiet_hours,
    "confirm": _on_or_off,
    "plan": _one_of(PLANS),
    "plan_started": _day,
    "seed": _whole,
    **dict.fromkeys(_LINES, _number),
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
    withheld_then, withheld_anew = _withheld(then), _withheld(anew)
    rows = [
        ("", "then", "anew"),
        ("slumps", str(then.slumps), str(anew.slumps)),
        ("time slumped", duration(then.slumped_s), duration(anew.slumped_s)),
        ("buzzes", str(len(then.buzzes)), str(len(anew.buzzes))),
        *(
            (f"withheld {why_withheld(why)}", str(withheld_then[why]), str(withheld_anew[why]))
            for why in sorted({*withheld_then, *withheld_anew})
        ),
    ]
    width = max(24, *(len(name) + 1 for name, *_ in rows))
    lines = [f"{told.day:%A %d %B %Y} judged anew by judgement {told.judgement}{by}.", ""]
    lines += [
        f"{name:{width}}{a.replace(NBSP, ' '):>12}{b.replace(NBSP, ' '):>12}"
        for name, a, b in rows
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
