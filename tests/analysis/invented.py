"""An invented but believable day, second by second, for pictures and timings.

Nothing in it is measured from a person.  The slump detector is the real one.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from analysis.days import LONDON, calibration, heard

from midback.calibration import Calibration
from midback.seconds import Resolution
from midback.shared import slump
from midback.words import State
from midback_analysis.clockface import day_bounds
from midback_analysis.day import DayRecord, Wearing
from midback_analysis.episodes import Episode, Event
from midback_analysis.episodes import slumps as slumps_of
from midback_analysis.kept import CLIP_BUZZ

Plan = list[tuple[str, str, str, float]]
"""From, to, what the wearer does, how strongly the desk pulls them forward."""

FULL: Plan = [
    ("08:38", "10:12", "desk", 0.25),
    ("10:12", "10:20", "moving", 0),
    ("10:20", "11:36", "call", 0.18),
    ("11:36", "11:43", "moving", 0),
    ("11:43", "12:31", "desk", 0.35),
    ("12:31", "12:37", "moving", 0),
    ("12:37", "13:34", "away", 0),
    ("13:34", "14:22", "desk", 0.5),
    ("14:22", "14:46", "silent", 0),
    ("14:46", "15:41", "desk", 0.9),
    ("15:41", "15:52", "moving", 0),
    ("15:52", "16:40", "call", 0.6),
    ("16:40", "16:46", "moving", 0),
    ("16:46", "18:11", "desk", 0.8),
]
_STATES = {"away": State.AWAY, "silent": State.NO_DATA, "moving": State.MOVING}
_SHOWN = {
    slump.UPRIGHT: State.UPRIGHT,
    slump.LEANING: State.LEANING,
    slump.SLUMPED: State.SLUMPED,
    slump.RECLINED: State.BACK,
}


class Wearer:
    """Creeps forward, shifts now and then, and answers most buzzes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.base = self.noise = self.fidget = self.side = 0.0
        self.sits_up_at: float | None = None

    def tilt_deg(self, second: float, pull: float) -> tuple[float, float]:
        rng = self.rng
        if rng.random() < 11 / 3600:
            poses = [rng.gauss(-0.5, 3), rng.gauss(9, 2), rng.gauss(17, 4), rng.gauss(-13, 2)]
            weights = [1 - pull, 0.2 + 0.3 * pull, 0.55 * pull, 0.1]
            self.base = rng.choices(poses, weights)[0]
            self.side = rng.gauss(0, 2)
        self.base += (pull * 21 - self.base) * (0.5 + pull) / 2600 if self.base > -6 else 0
        self.noise += -self.noise * 0.2 + rng.gauss(0, 0.55)
        fidgets = rng.random() < 45 / 3600
        self.fidget = rng.gauss(0, 5) if fidgets else self.fidget * 0.72
        if self.sits_up_at is not None and second >= self.sits_up_at:
            self.base, self.sits_up_at = rng.gauss(-0.5, 2), None
        return self.base + self.noise + self.fidget, self.side + rng.gauss(0, 0.4)

    def feel_buzz(self, second: float) -> None:
        if self.rng.random() < 0.66:
            self.sits_up_at = second + int(self.rng.lognormvariate(2.9, 0.6))

    def take_a_break(self) -> None:
        self.base, self.sits_up_at = self.rng.gauss(0, 2), None


def invented_day(
    plan: Plan = FULL,
    seed: int = 599,
    day: date = date(2026, 11, 12),
    zone: ZoneInfo = LONDON,
    made: Calibration | None = None,
    buzzing: bool = True,
    name: str = "Midback 7A3F",
) -> DayRecord:
    """Let the wearer live through *plan*."""
    made = made or calibration("C-20261112-083900", 13.2, span_deg=24.0)
    start = _at(day, plan[0][0], zone)
    wearer, detector = Wearer(seed), slump.SlumpDetector(made.policy())
    rows: list[tuple[float, float, int]] = []
    events = [Event(60.0, "calibration", None, made.id)]
    quiet_until = 0.0
    for begin, end, doing, pull in plan:
        stop = (_at(day, end, zone) - start).total_seconds()
        assert (_at(day, begin, zone) - start).total_seconds() == len(rows)
        while len(rows) < stop:
            second = float(len(rows))
            if doing in _STATES:
                if detector.interrupt(second) == slump.SLUMP_ENDED:
                    how = "moved" if doing == "moving" else "gap" if doing == "silent" else "end"
                    events.append(Event(second, "slump_ended", None, how))
                wearer.take_a_break()
                rows.append((np.nan, np.nan, _STATES[doing]))
                continue
            flexion, lateral = wearer.tilt_deg(second, pull)
            change = detector.update(second, flexion)
            if change == slump.SLUMP_STARTED:
                events.append(Event(second, "slump_started", flexion))
            if change == slump.SLUMP_ENDED:
                events.append(Event(second, "slump_ended", None, "sat up"))
            asked = detector.state == slump.SLUMPED and second >= quiet_until
            if asked and doing == "desk" and buzzing:
                events.append(Event(second, "buzz", None, "two pulses"))
                quiet_until = second + 480
                wearer.feel_buzz(second)
            rows.append((flexion, lateral, _SHOWN[detector.state]))
    if detector.interrupt(float(len(rows))) == slump.SLUMP_ENDED:
        events.append(Event(float(len(rows)), "slump_ended", None, "end"))
    flexion_deg, lateral_deg, state = (np.array(column) for column in zip(*rows, strict=True))
    begins, ends = day_bounds(day, zone)
    facts = {"name": name, "firmware": "0.4.1", "buzzing": "normal" if buzzing else "off"}
    return DayRecord(
        day,
        zone,
        4,
        begins,
        ends,
        start.timestamp() + np.arange(len(state), dtype=np.float64),
        flexion_deg.astype(np.float32),
        lateral_deg.astype(np.float32),
        state.astype(np.uint8),
        np.zeros(len(state), dtype=np.int16),
        heard(state),
        (made,),
        tuple(events),
        (Wearing("7A3F", facts, 0, len(state)),),
    )


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = int(clock[:2]), int(clock[3:])
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight + timedelta(hours=hour, minutes=minute)


def recalibrated(record: DayRecord, clock_s: int, second: Calibration) -> DayRecord:
    """The same day, judged by another calibration from a grid second on."""
    part = record.part.copy()
    part[clock_s:] = 1
    events = (*record.events, Event(float(clock_s), "calibration", 9.0, second.id))
    return replace(
        record,
        part=part,
        calibrations=(*record.calibrations, second),
        events=tuple(sorted(events, key=lambda event: event.second)),
    )


def kept_by_clip(record: DayRecord, *spans: tuple[str, str]) -> DayRecord:
    """The same day, but from one clock time to another only the clip was there."""
    flexion, lateral = record.flexion_deg.copy(), record.lateral_deg.copy()
    resolution = record.resolution.copy()
    events, slumps = list(record.events), list[Episode]()
    for begin, end in spans:
        first, stop = (_second(record, clock) for clock in (begin, end))
        inside = slumps_of([each for each in events if first <= each.second < stop], record.state)
        slumps += [replace(each, kept=True) for each in inside]
        for start in range(first, stop, 10):
            cut = slice(start, min(start + 10, stop))
            for angle in (flexion, lateral):
                known = ~np.isnan(angle[cut])
                if known.any():
                    angle[cut][known] = angle[cut][known].mean()
        worn = np.isin(record.state[first:stop], (State.AWAY, State.NO_DATA), invert=True)
        resolution[first:stop][worn] = Resolution.EPOCHS
        events = [_of_clip(e) if first <= e.second < stop else e for e in events]
    return replace(
        record,
        flexion_deg=flexion,
        lateral_deg=lateral,
        resolution=resolution,
        events=tuple(each for each in events if each.kind != "nothing"),
        slumps=tuple(slumps),
    )


def _of_clip(event: Event) -> Event:
    return replace(event, kind=CLIP_BUZZ if event.kind == "buzz" else "nothing")


def _second(record: DayRecord, clock: str) -> int:
    at = _at(record.date, clock, LONDON) - _at(record.date, FULL[0][0], LONDON)
    return round(at.total_seconds())
