"""The file of a movement check: every packet and wish, and beside them what came of it.

The packets stay the truth; the snapshot is only for speed.  Gzipped JSON, so that others can read
it as well.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from midback.calibration import Calibration
from midback.errors import DataError, RecordingTooNew
from midback.exercises.check import Break, Kept, Wish, again
from midback.exercises.snapshot import Snapshot

FORMAT = 1
_FIRST_YEAR, _LAST_YEAR = 2000, 9000  # local times of these exist everywhere
_LONGEST_S = 1e9  # no computer counts on for so long
_DAMAGE = (
    DataError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    EOFError,
    zlib.error,
)


def save(kept: Kept, path: Path, snapshot: Snapshot | None = None) -> None:
    """Write it, whole or not at all.

    Args:
        kept: what came in.
        path: where to.
        snapshot: what came of it until now; it is computed where it is not at hand.

    Raises:
        OSError: it could not be written.
    """
    spans = kept.spans
    _write(
        path,
        {
            "format": FORMAT,
            "what": "midback movement check",
            "started": kept.started.isoformat(),
            "ended": spans[-1][1].isoformat() if spans else None,
            "spans": [[begin.isoformat(), end.isoformat()] for begin, end in spans],
            "clip": kept.clip_id,
            "items": kept.items,
            "before": None if kept.before is None else kept.before.to_json(),
            "pain": kept.pain,
            "whole": kept.whole,
            "snapshot": (again(kept).snapshot() if snapshot is None else snapshot).to_json(),
            "wishes": kept.wishes,
            "breaks": [
                [each.packets, each.wishes, each.at.isoformat(), each.pain] for each in kept.breaks
            ],
            "packets": [[at_s, base64.b64encode(data).decode()] for at_s, data in kept.packets],
        },
    )


def load(path: Path) -> Kept:
    """Read what ``save`` wrote.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    return load_with_snapshot(path)[0]


def load_with_snapshot(path: Path) -> tuple[Kept, Snapshot | None]:
    """The same, and what this version made of it; ``None`` where another version did.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    try:
        facts = _read(path)
        if facts["format"] > FORMAT:
            raise RecordingTooNew(f"{path} was written by a newer Midback: update this one")
        return _kept(facts), Snapshot.from_json(facts.get("snapshot"))
    except RecordingTooNew:
        raise
    except gzip.BadGzipFile as error:
        raise DataError(f"{path} is no movement check, or is damaged") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except _DAMAGE as error:
        raise DataError(f"{path} is no movement check, or is damaged: {error}") from error


def renew(path: Path, snapshot: Snapshot) -> None:
    """Put another snapshot into a file; everything else in it stays.

    Raises:
        OSError: it could not be written.
    """
    _write(path, _read(path) | {"snapshot": snapshot.to_json()})


def _write(path: Path, facts: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.part")
    # Pain and health are nobody else's business.
    part.touch(mode=0o600)
    with gzip.open(part, "wt", encoding="utf-8") as file:
        json.dump(facts, file)
    part.replace(path)


def _read(path: Path) -> dict[str, Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return cast("dict[str, Any]", json.load(file))


def _kept(facts: dict[str, Any]) -> Kept:
    before = facts["before"]
    packets = [
        (float(at_s), base64.b64decode(data, validate=True)) for at_s, data in facts["packets"]
    ]
    if not all(abs(at_s) < _LONGEST_S for at_s, _ in packets):
        raise ValueError("a packet has no time")
    first, last = (None if each is None else int(each) for each in facts["pain"])
    return Kept(
        _moment(facts["started"]),
        str(facts["clip"]),
        tuple(str(name) for name in facts["items"]),
        None if before is None else Calibration.from_json(before),
        (first, last),
        packets,
        [(int(number), Wish(wish)) for number, wish in facts["wishes"]],
        bool(facts["whole"]),
        [_break(*each) for each in facts["breaks"]],
    )


def _break(packets: int, wishes: int, at: str, pain: int | None = None) -> Break:
    """Of files that were written before pain was asked, there is none."""
    return Break(int(packets), int(wishes), _moment(at), None if pain is None else int(pain))


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(f"{told} has no time zone")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"{told} is no time of a check")
    return moment
