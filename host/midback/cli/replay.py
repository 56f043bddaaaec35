"""``midback replay``: a stored day, or people's recordings, through the whole live path."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tzlocal import get_localzone

from midback.calibration import Calibration
from midback.cli.days import day_called, local_day
from midback.cli.stage import Stage
from midback.clip import Received
from midback.errors import NothingRecorded, UsageError
from midback.estimator import Estimate
from midback.monitor import TICK_S, Listener, Now, Wearing
from midback.recording import Session, Store, data_folder
from midback.shared import wire
from midback.simulated import virtual_time
from midback.words import degrees
from midback_analysis.evaluate import calibration_of
from midback_analysis.recordings import Hold, PlayedClip, lasting, read_sitting

_SPEED = 60.0
_BETWEEN_S = 5.0
_HOLD_LONGER_S = 10.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is replayed: when it began, by which calibrations, and its packets.

    ``calibrations`` gives from which session time on each one holds; ``packets`` yields
    session time of arrival and bytes; ``labels`` what was going on from when on.
    """

    title: str
    started: datetime
    calibrations: list[tuple[float, Calibration]]
    packets: Iterator[tuple[float, bytes]]
    labels: list[tuple[float, str]]


def run(args: argparse.Namespace) -> int:
    """Play it, then leave."""
    path = Path(args.what)
    if path.is_file() and path.suffix == ".npz":
        _play(args, _person(path, args.person, args.hold))
        return 0
    folder = path if path.is_dir() else data_folder(args.data)
    with Store.open(folder, write=False) as store:
        wanted = _sessions(store, None if path.is_dir() else args.what)
        for session in wanted:
            _play(args, _stored(store, session))
    return 0


def _play(args: argparse.Namespace, scene: Scene) -> None:
    print(scene.title, flush=True)
    stage = Stage(headless=args.headless)
    listeners: list[Listener] = [_Chronicle(scene.started)]
    if not stage.windowed:
        virtual_time.run(_perform(scene, listeners, args.hold), speed=args.speed)
        return
    main = partial(_perform, scene, [*listeners, stage.trace], args.hold)
    run_paced = partial(virtual_time.run, speed=args.speed or _SPEED)
    stage.show(main, run_paced, lambda _: _NoControls())


async def _perform(scene: Scene, listeners: Sequence[Listener], hold_s: float) -> None:
    loop = asyncio.get_running_loop()
    start_s = loop.time()

    def wall() -> datetime:
        return scene.started + timedelta(seconds=loop.time() - start_s)

    wearing = Wearing(start_s, wall, listeners=listeners, hold_s=hold_s, link="replayed")
    ticking = asyncio.create_task(_tick(wearing))
    calibrations, labels = list(scene.calibrations), list(scene.labels)
    try:
        for arrival_s, payload in scene.packets:
            await asyncio.sleep(start_s + arrival_s - loop.time())
            while calibrations and calibrations[0][0] <= arrival_s:
                wearing.recalibrate(calibrations.pop(0)[1], arrival_s)
            while labels and labels[0][0] <= arrival_s:
                wearing.say(labels.pop(0)[1], arrival_s, 3600.0)
            packet = _decoded(payload)
            if packet is not None:
                wearing.receive(Received(start_s + arrival_s, payload, packet))
    finally:
        ticking.cancel()


async def _tick(wearing: Wearing) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(TICK_S)
        wearing.tick(loop.time() - wearing.start_s)


def _decoded(payload: bytes) -> wire.StreamPacket | None:
    try:
        return wire.decode_stream(payload)
    except wire.WireError:
        return None


def _sessions(store: Store, day_text: str | None) -> list[Session]:
    sessions = store.sessions()
    if not sessions:
        raise NothingRecorded("nothing was ever recorded here; 'midback live' records")
    last = local_day(sessions[-1].started)
    day = last if day_text is None else day_called(day_text)
    wanted = [session for session in sessions if local_day(session.started) == day]
    if not wanted:
        raise NothingRecorded(
            f"nothing was recorded on {day.isoformat()}; the last day with a recording is "
            f"{last.isoformat()}"
        )
    return wanted


def _stored(store: Store, session: Session) -> Scene:
    calibrations: list[tuple[float, Calibration]] = []
    if session.calibration_id is not None:
        first = store.calibration(session.calibration_id)
        calibrations += [(0.0, first)] if first is not None else []
    for event in store.events(session):
        later = store.calibration(event.detail) if event.kind == "calibration" else None
        if later is not None:
            calibrations.append((event.time_s, later))
    return Scene(
        f"A wearing of {session.started.astimezone():%A %d %B %Y, %H:%M}, "
        f"{session.duration_s / 60:.0f} min, clip {session.clip_id}.",
        session.started,
        calibrations,
        store.packets(session),
        [],
    )


def _person(path: Path, wanted: str | None, hold_s: float) -> Scene:
    by_person: dict[str, list[Hold]] = {}
    for hold in read_sitting(path):
        by_person.setdefault(hold.person, []).append(hold)
    person = wanted or next(iter(by_person))
    if person not in by_person:
        raise UsageError(f"{path} has nobody called {person}: choose from {', '.join(by_person)}")
    holds = by_person[person]
    upright = next((hold for hold in holds if hold.posture == "upright"), None)
    if upright is None:
        raise UsageError(f"{person} has no upright hold to calibrate on: choose another person")
    clip = PlayedClip(time_s=0.0)
    spans: list[tuple[float, Hold]] = []
    for hold in holds:
        spans.append((clip.time_s, hold))
        clip.time_s += hold_s + _HOLD_LONGER_S + _BETWEEN_S
    return Scene(
        f"{person}: {len(holds)} held postures, one after the other, each made to last "
        f"{hold_s + _HOLD_LONGER_S:.0f} s.",
        datetime.now(UTC),
        [(0.0, calibration_of(upright))],
        _strung(spans, hold_s + _HOLD_LONGER_S),
        [(begin_s, f"Recorded as {hold.posture} ({hold.trial}).") for begin_s, hold in spans],
    )


def _strung(spans: list[tuple[float, Hold]], seconds: float) -> Iterator[tuple[float, bytes]]:
    clip = PlayedClip(time_s=0.0)
    buffer = bytearray(wire.MAX_PAYLOAD)
    for begin_s, hold in spans:
        clip.time_s = begin_s
        for arrival_s, packet in clip.play(lasting(hold.counts, seconds)):
            yield arrival_s, bytes(buffer[: wire.encode_stream(packet, buffer)])


class _Chronicle:
    """Tells what is judged, with the time it had when it was recorded."""

    def __init__(self, started: datetime) -> None:
        self._started = started.astimezone(get_localzone())
        self._label: str | None = None

    def estimates(self, estimates: Sequence[Estimate]) -> None:
        """Single estimates are not told."""

    def now(self, now: Now) -> None:
        """Tell a new label."""
        if now.notice is not None and now.notice != self._label:
            self._tell(now.time_s, now.notice)
        self._label = now.notice

    def event(self, time_s: float, kind: str, value: float | None, detail: str) -> None:
        """Tell an event."""
        words = _EVENTS.get(kind, kind.replace("_", " "))
        lean = f", {degrees(value)}" if kind in ("slump_started", "buzz") and value else ""
        self._tell(time_s, f"  {words}{lean}{f', {detail}' if detail else ''}")

    def _tell(self, time_s: float, text: str) -> None:
        print(f"{self._started + timedelta(seconds=time_s):%H:%M:%S}  {text}", flush=True)


_EVENTS = {
    "buzz": "a buzz is due",
    "calibration": "judged by calibration",
    "slump_started": "slump begins",
    "slump_ended": "slump ends",
}


class _NoControls:
    """A recording cannot be calibrated, snoozed or buzzed."""

    def calibrate(self) -> None:
        """Nothing."""

    def snooze(self, minutes: float) -> None:
        """Nothing."""

    def buzz(self) -> None:
        """Nothing."""

    def report(self) -> None:
        """Nothing."""
