"""Done routines, kept: a small JSON file for each, ``routines/<local time>.json``.

It is written anew after each set, whole or not at all, so that one which is left or killed stays
as not whole, with what was broken off marked.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast

from midback.errors import DataError
from midback.exercises.counting import Counted
from midback.exercises.drill import By
from midback.exercises.routine import DoneRoutine
from midback.exercises.routine_sets import DoneSet, Outcome
from midback.local_time import day_begins

FOLDER = "routines"
"""In the data folder."""

FORMAT = 1
_WHAT = "midback routine"


@dataclass(frozen=True, slots=True)
class Routines:
    """The routines of a folder.

    Attributes:
        done: the oldest first.
        problems: what could not be read, each a sentence that names the file.
    """

    done: tuple[DoneRoutine, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """From when to when each lasted."""
        return [(each.begin, each.end) for each in self.done]


def place_for(folder: Path, begin: datetime) -> Path:
    """The file of a routine in the data folder, by the local time at which it began.

    >>> place_for(Path("data"), datetime(2026, 11, 29, 8, 30, 5)).as_posix()
    'data/routines/2026-11-29T083005.json'
    """
    return folder / FOLDER / f"{begin:%Y-%m-%dT%H%M%S}.json"


def save_routine(done: DoneRoutine, path: Path) -> None:
    """Write it; the old file stays until the new one is whole.

    Raises:
        DataError: it could not be written; says what to do.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".routine-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{json.dumps(_facts(done), indent=1)}\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}): check that the disk has space, or "
            "choose another folder with --data"
        ) from error


def load_routine(path: Path) -> DoneRoutine:
    """Read what ``save_routine`` wrote; what it does not know is passed over.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    try:
        facts = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        if facts["what"] != _WHAT:
            raise ValueError("it is something else")
        if int(facts["format"]) > FORMAT:
            raise DataError(f"{path} was written by a newer Midback: update this one")
        begin, end = (datetime.fromisoformat(facts[name]) for name in ("begin", "end"))
        if begin.utcoffset() is None or not timedelta() <= end - begin:
            raise ValueError("its times cannot be")
        sets = tuple(_set(each) for each in facts["sets"])
        return DoneRoutine(begin, end, str(facts["clip"]), sets, bool(facts["whole"]))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise DataError(f"{path} is no routine, or is damaged: {error}") from error


def read_routines(folder: Path) -> Routines:
    """All routines in the data folder; one file that cannot be read hides no other."""
    done: list[DoneRoutine] = []
    problems: list[str] = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            done.append(load_routine(path))
        except DataError as error:
            problems.append(str(error))
    done.sort(key=lambda each: each.begin)
    return Routines(tuple(done), tuple(problems))


def routines_on(folder: Path, day: date, zone: tzinfo) -> Routines:
    """Those that began on a local day; its ``spans`` are ``[begin, end)``."""
    begins, ends = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    found = read_routines(folder)
    done = tuple(each for each in found.done if begins <= each.begin < ends)
    return Routines(done, found.problems)


def hurt_last_time(routines: Routines) -> list[str]:
    """Ids of the drills that were stopped because of pain the last time they were done."""
    hurt: dict[str, bool] = {}
    for routine in routines.done:
        done = {each.drill for each in routine.sets if each.outcome is Outcome.DONE}
        stopped = {each.drill for each in routine.sets if each.outcome is Outcome.HURT}
        hurt |= dict.fromkeys(done, False) | dict.fromkeys(stopped, True)
    return [drill for drill, hurts in hurt.items() if hurts]


def _facts(done: DoneRoutine) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "what": _WHAT,
        "begin": done.begin.isoformat(),
        "end": done.end.isoformat(),
        "clip": done.clip_id,
        "whole": done.whole,
        "sets": [_set_facts(each) for each in done.sets],
    }


def _set_facts(done: DoneSet) -> dict[str, Any]:
    return {
        "drill": done.drill,
        "title": done.title,
        "side": done.side,
        "by": done.by,
        "asked": done.asked,
        "seconds": done.seconds,
        "outcome": done.outcome,
        "paced": done.paced,
        "held_s": round(done.held_s, 1),
        "sways": done.sways,
        "repetitions": [_repetition_facts(each) for each in done.repetitions],
    }


def _repetition_facts(each: Counted) -> dict[str, float]:
    return {name: round(value, 2) for name, value in each._asdict().items()}


def _set(facts: dict[str, Any]) -> DoneSet:
    repetitions = [
        Counted(**{name: _number(each[name]) for name in Counted._fields})
        for each in cast("Sequence[dict[str, Any]]", facts["repetitions"])
    ]
    return DoneSet(
        drill=str(facts["drill"]),
        title=str(facts["title"]),
        side=str(facts["side"]),
        by=By(facts["by"]),
        asked=int(facts["asked"]),
        seconds=_number(facts["seconds"]),
        outcome=Outcome(facts["outcome"]),
        repetitions=tuple(repetitions),
        paced=int(facts["paced"]),
        held_s=_number(facts["held_s"]),
        # The first files have none.
        sways=bool(facts.get("sways", False)),
    )


def _number(value: object) -> float:
    number = float(cast("float", value))
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number")
    return number
