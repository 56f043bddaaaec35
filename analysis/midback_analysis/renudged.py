"""What would have buzzed in a stored wearing, by these slumps and settings.

Slumps come from a judgement, old or new; what the wearer asked for then (a snooze, a hold) is in
the events, and what a plan drew follows from the settings and from when the wearing began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from midback.judgement import Change
from midback.local_time import day_begins, local_day
from midback.nudge_settings import NudgeSettings, settings_of
from midback.nudging import Decision, Nudging
from midback.recording import Event, Session, Store, WallTimes
from midback.remembered import nudges_between

STEP_S = 0.2
"""A wearing decides once a packet: about so often."""


def renudged(
    store: Store,
    session: Session,
    changes: Sequence[Change],
    zone: tzinfo,
    settings: NudgeSettings | None = None,
) -> list[Decision]:
    """Decide anew on the nudges of a stored wearing, in order.

    Where the clip decided by itself, it is told what the host would have decided.

    Args:
        store: where it is.
        session: which.
        changes: slumps that began and ended, in order; session time in seconds.
        zone: where the wearer is.
        settings: to decide by, in place of those it was nudged by.

    Raises:
        RecordingError: the file cannot be read.
        ValueError: the settings it kept make no sense.
    """
    chosen = settings or settings_of(session.clip_facts)
    nudging = Nudging(chosen, session.started, zone)
    for moment in _before(store, session, zone):
        nudging.buzzed((moment - session.started).total_seconds(), moment)
    return _Renudging(nudging, store.utc_of(session)).through(changes, store.events(session))


def _before(store: Store, session: Session, zone: tzinfo) -> list[datetime]:
    """The nudges of earlier wearings that caps and distances count."""
    began = session.started
    since = min(day_begins(local_day(began, zone), zone), began - timedelta(hours=1))
    return nudges_between(store, since, began)


class _Renudging:
    def __init__(self, nudging: Nudging, utc_of: WallTimes) -> None:
        self._nudging = nudging
        self._utc_of = utc_of
        self._slumped = False
        self._decided_s = 0.0
        self._decisions: list[Decision] = []

    def through(self, changes: Sequence[Change], events: Sequence[Event]) -> list[Decision]:
        told = [*changes, *(event for event in events if event.kind in _ASKS)]
        for each in sorted(told, key=lambda one: one.time_s):
            self._go_on_to(each.time_s)
            if isinstance(each, Change):
                self._slumped = each.kind == "slump_started"
                self._decide(each.time_s, each)
            else:
                self._asked(each)
        return self._decisions

    def _go_on_to(self, time_s: float) -> None:
        while self._slumped and self._decided_s + STEP_S < time_s:
            self._decide(self._decided_s + STEP_S, None)
        self._decided_s = time_s

    def _decide(self, time_s: float, change: Change | None) -> None:
        self._decided_s = time_s
        utc = datetime.fromtimestamp(float(self._utc_of(time_s)), UTC)
        decision = self._nudging.update(time_s, utc, change, self._slumped)
        if decision is not None:
            self._decisions.append(decision)

    def _asked(self, event: Event) -> None:
        if event.kind == "snooze":
            self._nudging.snooze(event.time_s + (event.value or 0.0))
        elif event.kind == "nudges_held":
            self._nudging.hold(event.detail)
        elif event.kind == "nudges_released":
            self._nudging.release(event.detail)
        else:
            utc = datetime.fromtimestamp(float(self._utc_of(event.time_s)), UTC)
            self._nudging.buzzed(event.time_s, utc)


_ASKS = ("snooze", "nudges_held", "nudges_released", "buzz_by_clip")
