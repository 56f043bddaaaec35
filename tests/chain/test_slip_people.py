"""Slips on people: their recorded holds strung into sessions, with a movement between any two.

IMU Sitting Postures Dataset, Cairo University, CC BY 4.0: 22 people, six postures three times
each, a sensor between the shoulder blades.  The movements between holds are not in the set: they
are drawn as swings about the hips.  A slip turns all that is felt after it.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from chain.sitters import HINGE_M, SAMPLES, STEP_S, G, swift
from numpy.typing import NDArray
from reference import reference_data

from midback.shared import flexion, wire
from midback.shared.motion import MotionGate, acceleration_sums
from midback.slip import SlipWatch, packet_motion
from midback.tilt_array import TiltArray
from midback_analysis.recordings import PERIOD_S, lasting, read_sitting

Array = NDArray[np.float64]

HOLD_S = 75.0
MOVE_S = 1.2
HOLDS = 16
SLIPS_AFTER = 8
KNOCK_S = 0.3
SLIDE_S = 60.0
SPAN_DEG = 20.0
TOWARD = {"front": (10.0, 0.0), "back": (-10.0, 0.0), "right": (0.0, 10.0), "left": (0.0, -10.0)}


@cache
def people() -> dict[str, list[tuple[str, Array, Array]]]:
    """Each person's holds: the posture, 'up' and specific force at 25 Hz, shape ``(n, 3)``."""
    found: dict[str, list[tuple[str, Array, Array]]] = {}
    for hold in read_sitting(reference_data("sitting_spine_dev.npz")):
        counts = hold.counts[(hold.counts != -32768).all(axis=1)]
        felt = lasting(counts, HOLD_S).astype(float)
        force = felt[:, :3] * wire.G_PER_COUNT
        up, _ = TiltArray(PERIOD_S).update(PERIOD_S, felt[:, 3:] * wire.DPS_PER_COUNT, force)
        mean = (force[0::2] + force[1::2]) / 2
        found.setdefault(hold.person, []).append((hold.posture, up[1::2], mean))
    return found


def session(person: str) -> tuple[Array, Array]:
    """Half upright, half anything else, in an order drawn for each person."""
    holds = people()[person]
    rng = np.random.default_rng(int(person.strip("s")))
    upright = [hold for hold in holds if hold[0] == "upright"]
    others = [hold for hold in holds if hold[0] != "upright"]
    ups, forces = list(upright[0][1:2]), list(upright[0][2:3])
    for number in range(1, HOLDS):
        among = upright if number % 2 == 0 else others
        _, up, force = among[int(rng.integers(len(among)))]
        between, felt = moved(ups[-1][-1], up[0])
        ups += [between, up]
        forces += [felt, force]
    return np.concatenate(ups), np.concatenate(forces)


def moved(start: Array, end: Array) -> tuple[Array, Array]:
    """From one posture to the next, as a trunk swings."""
    gone = swift(np.arange(1.0, round(MOVE_S / STEP_S)) * STEP_S / MOVE_S)[:, None]
    up = start * (1 - gone) + end * gone
    up /= np.linalg.norm(up, axis=1)[:, None]
    bent = np.gradient(np.gradient(up, STEP_S, axis=0), STEP_S, axis=0)
    return up, up - HINGE_M / G * bent


def turned(vectors: Array, frame: flexion.ThoraxFrame, by: tuple[float, float], gone: Array):
    """As a clip feels it that turns by so many degrees, forward and to the right."""
    axes = np.array([frame.forward, frame.left, frame.up])
    x, y, z = axes @ vectors.T
    angle = np.radians(by[0]) * gone
    x, z = x * np.cos(angle) - z * np.sin(angle), z * np.cos(angle) + x * np.sin(angle)
    angle = np.radians(by[1]) * gone
    y, z = y * np.cos(angle) + z * np.sin(angle), z * np.cos(angle) - y * np.sin(angle)
    return (axes.T @ np.array([x, y, z])).T


def told_after_s(
    person: str, by: tuple[float, float] = (0.0, 0.0), takes_s: float = KNOCK_S
) -> Iterator[float]:
    """When it was told that the clip moved, in seconds after it did."""
    up, force = session(person)
    neutral = next(up for posture, up, _ in people()[person] if posture == "upright").mean(axis=0)
    frame = flexion.thorax_frame(tuple(neutral.tolist()))
    slips_s = SLIPS_AFTER * (HOLD_S + MOVE_S) + 30.0
    gone = swift((np.arange(float(len(up))) * STEP_S - slips_s) / takes_s)
    up, force = (turned(each, frame, by, gone) for each in (up, force))
    counts = np.round(force / wire.G_PER_COUNT).astype(int)
    watch, gate, last = SlipWatch(frame, SPAN_DEG), MotionGate(), None
    for first in range(0, len(up) - SAMPLES, SAMPLES):
        time_s = (first + SAMPLES) * STEP_S
        ups = [tuple(each) for each in up[first : first + SAMPLES].tolist()]
        numbers = counts[first : first + SAMPLES].ravel().tolist()
        motion = packet_motion(time_s, STEP_S, ups, numbers, 0, 3, last)
        assert motion is not None
        last = ups[-1]
        moving = gate.update(time_s, SAMPLES, *acceleration_sums(numbers, 0, 3, wire.G_PER_COUNT))
        if watch.update(motion, still=not moving) is not None:
            yield time_s - slips_s


def names() -> list[str]:
    return sorted(people())


def test_nobody_who_only_changes_posture_is_told_of_a_slip():
    assert [name for name in names() if list(told_after_s(name))] == []


@pytest.mark.parametrize("toward", TOWARD)
def test_a_knock_is_noticed_on_nine_in_ten(toward: str):
    found = [any(0 < t < 600 for t in told_after_s(name, TOWARD[toward])) for name in names()]

    assert len(found) == 22
    assert sum(found) / len(found) >= 0.9


@pytest.mark.parametrize("toward", ["left", "right"])
def test_a_slide_to_a_side_is_noticed_on_nine_in_ten(toward: str):
    found = [
        any(0 < t < 600 for t in told_after_s(name, TOWARD[toward], SLIDE_S)) for name in names()
    ]

    assert sum(found) / len(found) >= 0.9
