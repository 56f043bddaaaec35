"""How many slips are noticed, put into simulated days one at a time: a price for every rule.

    uv run poe bench-slips [--days 8] [--first-seed 2001] [--slips 40]

A day without a slip is lived once, through the whole chain.  What its ``SlipWatch`` was given is
played to another one, and from each slip on to a copy that feels the clip turn.  Left out is what
else a slip changes: buzzes for a slump that is none, and who answers them.

One day costs a few seconds more than living it, and tells of as many slips as forty days do.
"""

from __future__ import annotations

import argparse
import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from midback import mounting
from midback.shared import flexion, wire
from midback.simulated.joints import swift
from midback.simulated.trial import drawn_slip, trial
from midback.simulated.wearing import KNOCK_G, KNOCK_S, Slip
from midback.slip import REMOUNTED, PacketMotion, SlipWarning, SlipWatch, packet_motion
from midback.slip.turns import GAP_S
from midback.trials.day_scores import FOUND_WITHIN_S
from midback.trials.lived_day import live_through

Array = NDArray[np.float64]

_PER_DAY = 1000
"""Seeds of the slips of one day."""


class Heard(NamedTuple):
    """A packet as the watch got it, and what the wearer did."""

    packet: PacketMotion
    still: bool
    walking: bool
    worn: bool


Told = Callable[[SlipWatch], None]
"""Something else that the watch was told."""

Call = Heard | Told


class Kept(SlipWatch):
    """A watch that keeps what it is given."""

    calls: ClassVar[list[Call]] = []
    frames: ClassVar[list[tuple[int, flexion.ThoraxFrame, float | None]]] = []
    """Since which call which upright has counted, and the wearer's slump."""

    def rezeroed(self, frame: flexion.ThoraxFrame, span_deg: float | None = None) -> None:
        Kept.frames.append((len(Kept.calls), frame, span_deg))
        super().rezeroed(frame, span_deg)

    def moved(self, place: str) -> None:
        Kept.calls.append(lambda watch: watch.moved(place))
        super().moved(place)

    def stood_up(self, time_s: float) -> None:
        Kept.calls.append(lambda watch: watch.stood_up(time_s))
        super().stood_up(time_s)

    def sat_down(self, time_s: float) -> None:
        Kept.calls.append(lambda watch: watch.sat_down(time_s))
        super().sat_down(time_s)

    def update(
        self, packet: PacketMotion, *, still: bool, walking: bool = False, worn: bool = True
    ) -> SlipWarning | None:
        Kept.calls.append(Heard(packet, still, walking, worn))
        return super().update(packet, still=still, walking=walking, worn=worn)


class Found(NamedTuple):
    """One slip; *warning* is what told of it in time."""

    slip: Slip
    way: str
    warning: SlipWarning | None


class Day(NamedTuple):
    """What became of the slips of a day, and what was told though nothing had slipped."""

    seed: int
    slips: list[Found]
    false: list[SlipWarning]


def lived(seed: int, slips: int) -> Day:
    """Live a day and put slips into it."""
    mounting.SlipWatch = Kept  # type: ignore[misc]
    Kept.calls.clear()
    Kept.frames.clear()
    plan = trial(seed).wearer.plan
    live_through(trial(seed))
    drawn = (drawn_slip(plan, _PER_DAY * seed + number) for number in range(slips))
    wanted = sorted((slip for slip in drawn if slip is not None), key=lambda each: each.at_s)
    return _played(seed, wanted)


def _played(seed: int, wanted: list[Slip]) -> Day:
    calls = Kept.calls
    frames = {at: (frame, span_deg) for at, frame, span_deg in Kept.frames}
    day = Day(seed, [], [])
    _, frame, span_deg = Kept.frames[0]
    watch = SlipWatch(frame, span_deg)
    for index, call in enumerate(calls):
        if index in frames and index > 0:
            frame, span_deg = frames[index]
            watch.rezeroed(frame, span_deg)
        while wanted and isinstance(call, Heard) and call.packet.time_s >= wanted[0].at_s:
            slip = wanted.pop(0)
            if watch.slipped is None:
                anew = min((at for at in frames if at > index), default=len(calls))
                after = calls[index:anew]
                warning = _noticed(copy.deepcopy(watch), frame, slip, after)
                day.slips.append(Found(slip, _way(slip, span_deg), warning))
        warning = _given(watch, call)
        if warning is not None and warning.cause != REMOUNTED:
            day.false.append(warning)
    return day


def _given(watch: SlipWatch, call: Call) -> SlipWarning | None:
    if isinstance(call, Heard):
        packet, still, walking, worn = call
        return watch.update(packet, still=still, walking=walking, worn=worn)
    call(watch)
    return None


def _noticed(
    watch: SlipWatch, frame: flexion.ThoraxFrame, slip: Slip, calls: Sequence[Call]
) -> SlipWarning | None:
    """What tells of the slip in time."""
    for call in _slipping(frame, slip, calls):
        if isinstance(call, Heard) and call.packet.time_s > slip.end_s + FOUND_WITHIN_S:
            return None
        warning = _given(watch, call)
        if warning is not None:
            return warning
    return None


def _slipping(frame: flexion.ThoraxFrame, slip: Slip, calls: Sequence[Call]) -> Iterator[Call]:
    """The same as a clip feels it that turns against the trunk."""
    rng = np.random.default_rng(round(1000 * slip.at_s))
    x, y, _ = slip.axis.tolist()
    axis = x * np.array(frame.forward) + y * np.array(frame.left)
    last: PacketMotion | None = None
    for call in calls:
        if not isinstance(call, Heard):
            yield call
            continue
        packet = call.packet
        spacing_s = packet.span_s / len(packet.ups)
        ago_s = spacing_s * np.arange(len(packet.ups) - 1, -1, -1.0)
        gone = np.clip((packet.time_s - ago_s - slip.at_s) / slip.duration_s, 0.0, 1.0)
        turn = -np.radians(slip.turn_deg) * swift(gone)
        ups = _turned(np.array(packet.ups), axis, turn)
        rows = np.array(packet.counts, float).reshape(len(ups), packet.width)
        felt = _turned(rows[:, packet.first : packet.first + 3], axis, turn)
        if slip.duration_s <= KNOCK_S:
            knocked = ((gone > 0.0) & (gone < 1.0))[:, None] * rng.standard_normal(felt.shape)
            # Two of the sensor's samples make one of a packet's.
            felt += KNOCK_G / np.sqrt(2.0) / wire.G_PER_COUNT * knocked
        joined = last is not None and packet.time_s - packet.span_s - last.time_s < GAP_S
        before = last.ups[-1] if last is not None and joined else None
        samples = [(each[0], each[1], each[2]) for each in ups.tolist()]
        counts = np.round(felt).astype(int).ravel().tolist()
        last = packet_motion(packet.time_s, spacing_s, samples, counts, 0, 3, before)
        if last is not None:
            yield call._replace(packet=last)


def _turned(vectors: Array, axis: Array, turn: Array) -> Array:
    """Each row about a unit axis by its own angle (Rodrigues)."""
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    along = (vectors @ axis)[:, None] * axis
    turned: Array = vectors * cosine + np.cross(axis, vectors) * sine + along * (1.0 - cosine)
    return turned


def _way(slip: Slip, span_deg: float | None) -> str:
    """Which way it goes, by how the wearer slumps."""
    toward = np.cos(np.radians(slip.toward_deg)) * np.sign(span_deg or 1.0)
    way = "as a slump" if toward > 0.7 else "against it" if toward < -0.7 else "to a side"
    return f"{'jolt' if slip.duration_s <= KNOCK_S else 'slide'} {way}"


def without_slip(first_seed: int, days: int) -> list[int]:
    """Seeds of days whose clip does not slip by itself."""
    seeds = (seed for seed in range(first_seed, first_seed + 4 * days))
    return [seed for seed in seeds if trial(seed).slip is None][:days]


def main() -> None:
    """Live the days and print which slips were noticed."""
    parser = argparse.ArgumentParser(description="Put slips into simulated days.")
    parser.add_argument(
        "--days", type=int, default=8, help="how many, without a slip of their own"
    )
    parser.add_argument("--first-seed", type=int, default=2001, help="where to look for them")
    parser.add_argument("--slips", type=int, default=40, help="a day")
    args = parser.parse_args()
    seeds = without_slip(args.first_seed, args.days)
    found: dict[str, list[bool]] = defaultdict(list)
    false_days = 0
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for day in pool.map(lived, seeds, [args.slips] * len(seeds)):
            for _, way, warning in day.slips:
                found[way].append(warning is not None)
                found["all"].append(warning is not None)
            false_days += bool(day.false)
            for warning in day.false:
                print(f"day {day.seed}, where nothing slipped: {warning}")
    for way, noticed in sorted(found.items(), key=lambda item: (item[0] == "all", item[0])):
        share = sum(noticed) / len(noticed)
        print(f"{way:20} {sum(noticed):5} of {len(noticed):5} noticed  {share:.3f}")
    print(f"days told of a slip where there was none: {false_days} of {len(seeds)}")


if __name__ == "__main__":
    main()
