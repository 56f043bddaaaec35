"""``midback replay``: a stored day, or people's recordings, through the whole live path."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from tzlocal import get_localzone

from midback.calibration import Calibration
from midback.cli.chronicle import Chronicle
from midback.cli.days import day_called, local_day, nothing_on
from midback.cli.stage import Stage
from midback.errors import UsageError
from midback.link import Link
from midback.received import Received
from midback.recording import Session, Store, calibration_changes, data_folder
from midback.shared import wire
from midback.simulated import virtual_time
from midback.watching import Listener
from midback.wearing import TICK_S, Wearing
from midback_analysis.evaluate import calibration_of
from midback_analysis.recordings import Hold, PlayedClip, lasting, read_sitting

_SPEED = 60.0
_HOLD_S = 30.0
_BETWEEN_S = 5.0
_HOLD_LONGER_S = 10.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is replayed: when it began, by which calibrations, and its packets.

    ``hold_s`` is how long a lean must last to be a slump; ``calibrations`` gives from which
    session time on each one holds; ``packets`` yields session time of arrival and bytes;
    ``labels`` what was going on from when on.
    """

    title: str
    started: datetime
    hold_s: float
    calibrations: list[tuple[float, Calibration | None]]
    packets: Iterator[tuple[float, bytes]]
    labels: list[tuple[float, str]]


def run(args: argparse.Namespace) -> int:
    """Play it, then leave."""
    path = Path(args.what).expanduser()
    if path.suffix == ".npz":
        _play(args, _person(path, args.person, args.hold or _HOLD_S))
        return 0
    if path.is_file():
        raise UsageError(
            f"{path} is no archive (.npz): name a day, a folder of recordings or an archive"
        )
    folder, day = (path, None) if path.is_dir() else (data_folder(args.data), _day(args.what))
    with Store.open(folder, write=False) as store:
        for session in _sessions(store, day):
            _play(args, _stored(store, session, args.hold))
        for problem in store.problems:
            print(f"midback: {problem}", file=sys.stderr)
    return 0


def _day(text: str) -> date:
    try:
        return day_called(text)
    except UsageError as error:
        raise UsageError(f"there is no file or folder {text}, and {error}") from error


def _play(args: argparse.Namespace, scene: Scene) -> None:
    print(scene.title, flush=True)
    stage = Stage(headless=args.headless)
    listeners: list[Listener] = [Chronicle(scene.started, closely=bool(scene.labels))]
    if not stage.windowed:
        virtual_time.run(_perform(scene, listeners), speed=args.speed)
        return
    main = partial(_perform, scene, [*listeners, stage.trace])
    run_paced = partial(virtual_time.run, speed=args.speed or _SPEED)
    stage.show(main, run_paced, lambda _: _NoControls())


async def _perform(scene: Scene, listeners: Sequence[Listener]) -> None:
    loop = asyncio.get_running_loop()
    start_s = loop.time()

    def wall() -> datetime:
        return scene.started + timedelta(seconds=loop.time() - start_s)

    wearing = Wearing(start_s, wall, listeners=listeners, hold_s=scene.hold_s, link=Link.REPLAYED)
    ticking = asyncio.create_task(_tick(wearing))
    calibrations, labels = list(scene.calibrations), list(scene.labels)
    try:
        for arrival_s, payload in scene.packets:
            await asyncio.sleep(start_s + arrival_s - loop.time())
            while calibrations and calibrations[0][0] <= arrival_s:
                _, calibration = calibrations.pop(0)
                if calibration is None:
                    wearing.choose("a context without an upright", None, arrival_s)
                else:
                    wearing.recalibrate(calibration, arrival_s)
            while labels and labels[0][0] <= arrival_s:
                wearing.say(labels.pop(0)[1], arrival_s, 3600.0)
            packet = _decoded(payload)
            if packet is not None:
                wearing.receive(Received(start_s + arrival_s, payload, packet))
    finally:
        ticking.cancel()
        wearing.close(loop.time() - start_s)


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


def _sessions(store: Store, day: date | None) -> list[Session]:
    sessions = store.sessions()
    if not sessions:
        raise nothing_on(store)
    day = day or local_day(sessions[-1].started)
    wanted = [session for session in sessions if local_day(session.started) == day]
    if not wanted:
        raise nothing_on(store, day)
    return wanted


def _stored(store: Store, session: Session, hold_s: float | None) -> Scene:
    calibrations: list[tuple[float, Calibration | None]] = []
    if session.calibration_id is not None:
        first = store.calibration(session.calibration_id)
        calibrations += [(0.0, first)] if first is not None else []
    for time_s, calibration_id in calibration_changes(store.events(session)):
        calibrations.append((time_s, store.calibration(calibration_id or "")))
    started = session.started.astimezone(get_localzone())
    return Scene(
        f"A wearing of {started:%A %d %B %Y, %H:%M}, "
        f"{session.duration_s / 60:.0f} min, clip {session.clip_id}.",
        session.started,
        hold_s or _hold_then_s(session),
        calibrations,
        store.packets(session),
        [],
    )


def _hold_then_s(session: Session) -> float:
    try:
        return float(session.clip_facts["hold_s"])
    except (KeyError, ValueError):
        return _HOLD_S


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
        hold_s,
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


class _NoControls:
    """A recording cannot be calibrated, snoozed, paused or buzzed."""

    def calibrate(self) -> None:
        """Nothing."""

    def choose_next(self) -> None:
        """Nothing."""

    def answer(self, yes: bool) -> None:
        """Nothing."""

    def snooze(self, minutes: float) -> None:
        """Nothing."""

    def pause(self, *, on: bool) -> None:
        """Nothing."""

    def buzz(self) -> None:
        """Nothing."""

    def report(self) -> None:
        """Nothing."""
