"""What one live sample costs, from the bytes to the stored second, beside filters alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from invented_day import HZ, calibration, samples
from peers import scaled, steppers
from rounds import side_by_side
from rows import Row, Topic

from midback.estimator import Estimator
from midback.seconds import SecondMaker
from midback.shared import wire
from midback.shared.tilt import TiltFilter
from midback_analysis.recordings import PlayedClip

NAME, TITLE = "live", "CPU time per sample while live (2 min of one wearing, the same samples)"
SECONDS, ROUNDS = 120.0, 5
GOAL_US = 40.0

Payloads = Sequence[tuple[float, bytes]]


def measure() -> Topic:
    """Race the whole chain against filters that get numbers and keep nothing."""
    counts = samples(np.random.default_rng(2), SECONDS)
    raw, orientation = (_payloads(kind, counts) for kind in (wire.KIND_RAW, wire.KIND_ORIENTATION))
    gyr_dps, acc_g = scaled(counts)
    peers = steppers(gyr_dps, acc_g, 1 / HZ)
    contenders: dict[str, Callable[[], object]] = {
        "raw": lambda: _live(raw),
        "orientation": lambda: _live(orientation),
        "tilt": lambda: _tilt([*map(tuple, gyr_dps.tolist())], [*map(tuple, acc_g.tolist())]),
    }
    contenders |= {name: run for name, run in peers.items() if run is not None}
    raced = side_by_side(contenders, ROUNDS)
    against = "vqf" if "vqf" in contenders else "tilt"

    def row(name: str, text: str, number: int, goal_us: float | None = None) -> Row:
        # A round of orientation packets has half the samples.
        ratio = raced.ratio(name, against) * len(counts) / number
        us = 1e6 * raced.least_s(name) / number
        return Row(text, us, "us", goal_us, ratio, against)

    rows = [
        row("raw", "whole chain, raw 50 Hz", len(counts), GOAL_US),
        row("orientation", "whole chain, orientation 25 Hz", len(counts) // 2, GOAL_US),
        row("tilt", "shared/tilt.py alone (pure Python)", len(counts)),
    ]
    for name, text in (
        ("vqf", "vqf update + getQuat6D"),
        ("imufusion", "imufusion bias + update + get_quaternion"),
        ("ahrs", "ahrs Madgwick updateIMU"),
    ):
        here = name in contenders
        rows.append(
            row(name, text, len(counts)) if here else Row(text, None, "us", note="missing")
        )
    return Topic(NAME, TITLE, rows)


def _payloads(kind: int, counts: np.ndarray) -> Payloads:
    buffer = bytearray(wire.MAX_PAYLOAD)
    return [
        (arrival_s, bytes(buffer[: wire.encode_stream(packet, buffer)]))
        for arrival_s, packet in PlayedClip(kind).play(counts)
    ]


def _live(payloads: Payloads) -> None:
    estimator, seconds = Estimator(calibration()), SecondMaker()
    for arrival_s, payload in payloads:
        estimates = estimator.update(wire.decode_stream(payload), arrival_s)
        seconds.update(estimates.times_s, estimates.tilts, estimates.state)


def _tilt(gyr_dps: Sequence[tuple[float, ...]], acc_g: Sequence[tuple[float, ...]]) -> None:
    tilt = TiltFilter(1 / HZ)
    for (gx, gy, gz), (ax, ay, az) in zip(gyr_dps, acc_g, strict=True):
        tilt.update(1 / HZ, gx, gy, gz, ax, ay, az)
