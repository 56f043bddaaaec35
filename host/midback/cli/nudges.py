"""``midback nudges``: how soon and how often it buzzes, by which plan, and the reminder."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path

from tzlocal import get_localzone

from midback.cli.days import local_day
from midback.errors import DataError, NothingRecorded, UsageError
from midback.nudge_settings import EXPERIMENT, FADE, FULL, PRESETS, NudgeSettings
from midback.plans import stage_of
from midback.recording import Store, data_folder
from midback.reminder import WAIT_S, ReminderSettings
from midback.settings import (
    NUDGES,
    OFF,
    REMINDER,
    SETTINGS,
    Settings,
    Value,
    change_settings,
    quiet_hours,
    read_settings,
)
from midback.words import NBSP, duration, exactly, spoken
from midback_analysis.unaided import Week, progress

_WIDTH = 80
_OF_A_PRESET = ("hold_s", "hourly_cap", "daily_cap")


def run(args: argparse.Namespace) -> int:
    """Change what was asked for, then show what holds."""
    folder, today = data_folder(args.data), local_day(datetime.now(UTC))
    settings = read_settings(folder)
    before = settings.nudges
    changes = {NUDGES: _changes(args, before, today), REMINDER: _reminder(args.reminder)}
    for table, values in changes.items():
        if values:
            settings = change_settings(folder, table, values)
    nudges = settings.nudges
    weeks = _weeks(folder, nudges)
    if args.json:
        print(json.dumps(_as_data(settings, today, weeks), ensure_ascii=False))
        return 0
    for name, words in _lines(settings, today):
        print(
            textwrap.fill(words, _WIDTH, initial_indent=f"{name:<13}", subsequent_indent=" " * 13)
        )
    if nudges.plan == FADE and weeks:
        print("\n".join(["", *_progress(weeks)]))
    if args.plan == before.plan:
        print(f"\n{_goes_on(args.plan)}")
    if any(changes.values()):
        print(f"\nKept in {folder / SETTINGS}; in force from the next start of 'midback live'.")
    return 0


def _reminder(asked: time | str | None) -> dict[str, Value | None]:
    return {} if asked is None else {"at": f"{asked:%H:%M}" if isinstance(asked, time) else OFF}


def _changes(
    args: argparse.Namespace, before: NudgeSettings, today: date
) -> dict[str, Value | None]:
    changes: dict[str, Value | None] = {}
    if args.preset is not None:
        # A preset brings its own numbers.
        changes = {"preset": args.preset, **dict.fromkeys(_OF_A_PRESET)}
    for key, asked in zip(_OF_A_PRESET, (args.hold, args.hourly_cap, args.daily_cap), strict=True):
        if asked is not None:
            changes[key] = None if asked == "preset" else asked
    if args.quiet_hours is not None:
        changes["quiet_hours"] = _quiet_hours(args.quiet_hours)
    if args.confirm is not None:
        changes["confirm"] = args.confirm == "on"
    if args.seed is not None:
        changes["seed"] = args.seed
    if args.plan is not None and args.plan != before.plan:
        changes |= _begun(args.plan, today, args.seed)
    return changes


def _begun(plan: str, today: date, seed: int | None) -> dict[str, Value | None]:
    """A plan begins anew, by a draw of its own."""
    if plan == FULL:
        return {"plan": FULL, "plan_started": None}
    drawn = secrets.randbelow(10**9) if seed is None else seed
    return {"plan": plan, "plan_started": today, "seed": drawn}


def _goes_on(plan: str) -> str:
    if plan == FULL:
        return "The plan is full already."
    return f"The plan is {plan} already and goes on; to begin it anew, choose full first."


def _quiet_hours(text: str) -> str:
    try:
        hours = quiet_hours(text)
    except ValueError as error:
        raise UsageError(f"{error}, or 'off'") from error
    return OFF if hours is None else str(hours)


def _lines(settings: Settings, today: date) -> Iterator[tuple[str, str]]:
    nudges, reminder = settings.nudges, settings.reminder
    own = [key for key in _OF_A_PRESET if getattr(nudges, key) is not None]
    changed = ", with numbers of your own" if own else ""
    yield "preset", f"{nudges.preset}{changed} (there are {', '.join(PRESETS)})"
    yield "slump", f"a lean past the line for {exactly(nudges.hold)}"
    yield (
        "buzzes",
        (
            f"{spoken(PRESETS[nudges.preset].quiet_s)} apart at least, once more if the slump "
            f"goes on, at most {nudges.hourly} an hour and {nudges.daily} a day (the last "
            "quarter of either for new slumps only)"
        ),
    )
    yield "quiet hours", str(nudges.quiet_hours or OFF)
    yield "confirm", "a tick when you sit up after a buzz" if nudges.confirm else OFF
    yield "plan", _plan(nudges, today)
    yield "reminder", _reminded(reminder)


def _reminded(reminder: ReminderSettings) -> str:
    if reminder.at is None:
        return OFF
    return (
        f"of the routine, at {reminder} unless you did it that day; while you walk, or are in a "
        f"call or the like, it waits, {WAIT_S / 3600:g}{NBSP}h at most"
    )


def _plan(nudges: NudgeSettings, today: date) -> str:
    if nudges.plan == FADE:
        stage = stage_of(nudges, today)
        # Who knows that today is a probe day sits otherwise.
        if stage.probe:
            stage = stage._replace(probe=False)
        return f"fade, since {nudges.plan_started}: {stage}"
    if nudges.plan == EXPERIMENT:
        return (
            f"experiment, since {nudges.plan_started}: each hour its own kind of nudge or none; "
            "'midback experiment' tells what came of it"
        )
    return "full: every nudge that falls due is given"


def _weeks(folder: Path, nudges: NudgeSettings) -> list[Week]:
    """What the weeks of a fading plan were like; none where nothing is recorded yet.

    Where they cannot be read, that is told beside what was asked for.
    """
    if nudges.plan != FADE:
        return []
    try:
        with Store.open(folder, write=False) as store:
            return progress(store, nudges, get_localzone())
    except NothingRecorded:
        return []
    except DataError as error:
        print(f"midback: the weeks of the plan are not shown: {error}", file=sys.stderr)
        return []


def _progress(weeks: Sequence[Week]) -> Iterator[str]:
    yield "week  given  left out  in a slump after those   in a slump on the probe day"
    for week in weeks:
        after = _share(week.after_slumped_s, week.after_s)
        probe = _share(week.probe_slumped_s, week.probe_s)
        yield f"{week.number:>4}{week.given:>7}{week.left_out:>10}  {after:<25}{probe}".rstrip()
    yield "Of still time: in the 10 min after a nudge that was left out, or of a whole probe day."
    yield "Weeks compare down a column; the two columns do not compare."


def _share(slumped_s: int, still_s: int) -> str:
    if not still_s:
        return "–"
    return f"{100 * slumped_s / still_s:.0f} % of {_plain(duration(still_s))}"


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _as_data(settings: Settings, today: date, weeks: Sequence[Week]) -> dict[str, object]:
    nudges, reminder = settings.nudges, settings.reminder
    told: dict[str, object] = {
        **asdict(nudges),
        "hold_s": nudges.hold,
        "hourly_cap": nudges.hourly,
        "daily_cap": nudges.daily,
        "quiet_hours": None if nudges.quiet_hours is None else str(nudges.quiet_hours),
        "plan_started": nudges.plan_started and nudges.plan_started.isoformat(),
        "quiet_s": PRESETS[nudges.preset].quiet_s,
        "reminder": None if reminder.at is None else str(reminder),
    }
    if nudges.plan == FADE:
        stage = stage_of(nudges, today)
        told["plan_week"] = stage.week + 1
        told["plan_share"] = round(stage.given / stage.of, 2)
        told["weeks"] = [asdict(week) for week in weeks]
    return told
