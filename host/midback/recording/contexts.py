"""Which upright a wearing was judged by when, and other things that events of a clip say.

A ``calibration`` event's detail is the id of a new calibration; a ``context`` event's is the id
of a stored one, or a dash where the context has none yet, then the context's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from midback.recording.anchors import wall_of
from midback.recording.database import Database
from midback.recording.model import Event

CALIBRATION, CONTEXT = "calibration", "context"

_NONE = "-"


class InUse(NamedTuple):
    """What was judged by from a moment (UTC) on; no calibration: nothing was."""

    since: datetime
    calibration_id: str | None


def detail_of(context: str, calibration_id: str | None) -> str:
    """The detail of a ``context`` event.

    >>> detail_of("sofa", None), detail_of("standing desk", "C-1")
    ('- sofa', 'C-1 standing desk')
    """
    return f"{calibration_id or _NONE} {context}"


def context_of(detail: str) -> str:
    """The name in the detail of a ``context`` event.

    >>> context_of("C-1 standing desk")
    'standing desk'
    """
    return detail.partition(" ")[2]


def calibration_changes(events: Iterable[Event]) -> list[tuple[float, str | None]]:
    """From which session time on each calibration held, ``None`` where none did."""
    return [
        (event.time_s, _id_of(event.kind, event.detail))
        for event in events
        if event.kind in (CALIBRATION, CONTEXT)
    ]


def history(database: Database, clip_id: str) -> list[InUse]:
    """All changes in the sessions of a clip, oldest first."""
    rows = database.rows(
        "SELECT session.started_utc_us + event.time_us AS at, event.kind, event.detail"
        " FROM event JOIN session ON event.session_id = session.id"
        " WHERE session.clip_id = ? AND event.kind IN (?, ?) ORDER BY at, event.id",
        *(clip_id, CALIBRATION, CONTEXT),
    )
    return [InUse(wall_of(at_us), _id_of(kind, detail)) for at_us, kind, detail in rows]


def last_context(database: Database, clip_id: str) -> str | None:
    """The context that was last chosen, by name, if the wearer ever chose."""
    rows = database.rows(
        "SELECT event.detail FROM event JOIN session ON event.session_id = session.id"
        " WHERE session.clip_id = ? AND event.kind = ? ORDER BY event.id DESC LIMIT 1",
        *(clip_id, CONTEXT),
    )
    return context_of(rows[0][0]) if rows else None


def newest_events(database: Database, clip_id: str, kind: str, most: int) -> list[Event]:
    """The newest events of a kind in the sessions of a clip, the newest first."""
    rows = database.rows(
        "SELECT event.time_us, event.value, event.detail"
        " FROM event JOIN session ON event.session_id = session.id"
        " WHERE session.clip_id = ? AND event.kind = ? ORDER BY event.id DESC LIMIT ?",
        *(clip_id, kind, most),
    )
    return [Event(time_us / 1e6, kind, value, detail) for time_us, value, detail in rows]


def _id_of(kind: str, detail: str) -> str | None:
    first = detail if kind == CALIBRATION else detail.partition(" ")[0]
    return None if first == _NONE else first
