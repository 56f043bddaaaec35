"""A stored day judged anew from its packets, by what this version knows.

Seconds and slumps in the store are what was judged live; packets are kept as they
came, so that a better judgement also serves the days of before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, tzinfo

from midback.calibration import Calibration
from midback.clock import PRIMED, Prior
from midback.judgement import Change
from midback.recording import Event, PacketBlock, Session, Store, calibration_changes
from midback.reprocess import Judged, reprocess
from midback.seconds import Seconds, empty_seconds
from midback.shared.slump import LEAST_ENTER_DEG, MOST_ENTER_DEG
from midback_analysis.day import DayRecord, read_day

HOLD_S = 30.0
"""Where a session does not say how long a lean had to last."""

SILENCE_S = 1.0
"""Silence after which a slump can no longer be seen."""

_SLUMPS = ("slump_started", "slump_ended")


@dataclass(frozen=True, slots=True)
class Lines:
    """Slump lines in place of a calibration's own, in degrees; ``None`` leaves its own.

    Raises:
        ValueError: no calibration could have such a line; says which could.
    """

    enter_deg: float | None = None
    back_enter_deg: float | None = None

    def __post_init__(self) -> None:
        for name, deg in self._given().items():
            if not LEAST_ENTER_DEG <= deg <= MOST_ENTER_DEG:
                raise ValueError(
                    f"{name} {deg:g} is not from {LEAST_ENTER_DEG:g} to {MOST_ENTER_DEG:g} degrees"
                )

    def of(self, calibration: Calibration) -> Calibration:
        """The same calibration with these lines."""
        return replace(calibration, **self._given())

    def _given(self) -> dict[str, float]:
        return {name: deg for name, deg in asdict(self).items() if deg is not None}


USUAL_LINES = Lines()


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
        self._stored = store
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
        others = [event for event in super().events(session) if event.kind not in _SLUMPS]
        # To the microsecond, as the store keeps times.
        slumps = [Event(round(c.time_s, 6), *c[1:]) for c in self._of(session).changes]
        return sorted([*slumps, *others], key=lambda event: event.time_s)

    def _of(self, session: Session) -> Judged:
        if session.id not in self._judged:
            hold_s = float(session.clip_facts.get("hold_s", HOLD_S))
            self._judged[session.id] = judged_anew(self._stored, session, hold_s)
        return self._judged[session.id]


def judged_anew(
    store: Store, session: Session, hold_s: float, lines: Lines = USUAL_LINES
) -> Judged:
    """One wearing judged anew from its packets.

    Args:
        store: where it is.
        session: which.
        hold_s: how long a lean must last to be a slump.
        lines: slump lines to use in place of those of its calibrations.

    Raises:
        RecordingError: the file cannot be read.
    """
    calibrations = _calibrations(store, session, lines)
    packets = _Listener(store.packet_blocks(session))
    judged = reprocess(packets, calibrations, hold_s, prior=_prior(store, session))
    last_s = min(session.duration_s, packets.heard_s + SILENCE_S)
    ends_s = [*(time_s for time_s, _ in calibrations[1:]), last_s]
    return replace(judged, changes=_ended(judged.changes, ends_s))


def _calibrations(
    store: Store, session: Session, lines: Lines
) -> list[tuple[float, Calibration | None]]:
    used = [(0.0, session.calibration_id), *calibration_changes(store.events(session))]
    known = [(at_s, store.calibration(name) if name else None) for at_s, name in used]
    return [(at_s, None if each is None else lines.of(each)) for at_s, each in known]


def _prior(store: Store, session: Session) -> Prior | None:
    for event in store.events(session):
        if event.kind == PRIMED:
            return Prior.of_event(event.value, event.detail)
    return None


class _Listener:
    """Passes packets on; ``heard_s`` is when the last of them came."""

    def __init__(self, blocks: Iterable[PacketBlock]) -> None:
        self.heard_s = 0.0
        self._blocks = blocks

    def __iter__(self) -> Iterator[PacketBlock]:
        for block in self._blocks:
            self.heard_s = float(block.arrival_s[-1])
            yield block


def _ended(changes: Sequence[Change], ends_s: Sequence[float]) -> list[Change]:
    """A slump under way ends with the calibration that judged it, and with the wearing."""
    ends = [Change(time_s, "slump_ended", None, "end") for time_s in ends_s]
    found: list[Change] = []
    under_way = False
    for change in sorted([*changes, *ends], key=lambda each: each.time_s):
        starts = change.kind == "slump_started"
        if starts or under_way:
            found.append(change)
        under_way = starts
    return found
