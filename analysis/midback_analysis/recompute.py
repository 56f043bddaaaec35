"""A stored day judged anew from its packets, by what this version knows.

Seconds and slumps in the store are what was judged live; packets are kept as they
came, so that a better judgement also serves the days of before.
"""

from __future__ import annotations

from datetime import date, tzinfo

from midback.judgement import Change
from midback.recording import Event, Session, Store
from midback.reprocess import Judged, reprocess
from midback.seconds import Seconds, empty_seconds
from midback.words import State

from .day import DayRecord, read_day

HOLD_S = 30.0
"""Where a session does not say how long a lean had to last."""

_SLUMPS = ("slump_started", "slump_ended")


def recomputed_day(store: Store, day: date, zone: tzinfo, turn_hour: int = 4) -> DayRecord:
    """``day.read_day`` with seconds and slumps judged anew; all else is as stored.

    Buzzes stay those that were given, whatever the slumps are now.

    Args:
        store: where the sessions are.
        day: local date.
        zone: where the wearer is.
        turn_hour: local hour at which a day ends.

    Raises:
        RecordingError: the file cannot be read at all; single lost chunks become ``problems``.
    """
    return read_day(_Rejudged(store), day, zone, turn_hour)


class _Rejudged(Store):
    """A store, read only, as it would be had its packets come in today."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._database, None, store.problems)
        self._judged: dict[int, Judged] = {}

    def seconds(self, session: Session) -> Seconds:
        """The seconds judged anew.

        A second in which nothing came stays as it was: that a clip laid aside fell
        silent was judged by the host's clock, which is in no packet.
        """
        stored, anew = super().seconds(session), self._of(session).seconds
        table = empty_seconds(max(len(stored), len(anew)))
        silent = stored["samples"] == 0
        table[: len(stored)][silent] = stored[silent]
        heard = anew["samples"] > 0
        table[: len(anew)][heard] = anew[heard]
        return table

    def events(self, session: Session) -> list[Event]:
        """The events, with the slumps found now."""
        others = [e for e in super().events(session) if e.kind not in _SLUMPS]
        # To the microsecond, as the store keeps times.
        slumps = [Event(round(c.time_s, 6), *c[1:]) for c in self._slumps(session)]
        return sorted([*others, *slumps], key=lambda event: event.time_s)

    def _slumps(self, session: Session) -> list[Change]:
        """What changed; a slump under way when the session ended ends with it."""
        judged = self._of(session)
        changes = list(judged.changes)
        if changes and judged.seconds["state"][-1] == State.SLUMPED:
            changes.append(Change(session.duration_s, "slump_ended", None, "end"))
        return changes

    def _of(self, session: Session) -> Judged:
        if session.id not in self._judged:
            known = self.calibration(session.calibration_id) if session.calibration_id else None
            calibrations = [(0.0, known)]
            for event in super().events(session):
                if event.kind == "calibration":
                    calibrations.append((event.time_s, self.calibration(event.detail)))
            hold_s = float(session.clip_facts.get("hold_s", HOLD_S))
            self._judged[session.id] = reprocess(self.packet_blocks(session), calibrations, hold_s)
        return self._judged[session.id]
