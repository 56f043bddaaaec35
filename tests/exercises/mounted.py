"""Checks of simulated wearers whose clip hangs as it is told to, beside what they truly did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from midback.check_led import CheckLed
from midback.clip import Radio
from midback.exercises.check import Check
from midback.exercises.measured import Held, Repetition
from midback.leading import ClipUse
from midback.simulated import virtual_time
from midback.simulated.air import Air
from midback.simulated.clip import SimulatedClip
from midback.simulated.day_plan import workday
from midback.simulated.exerciser import Exerciser, Ranges
from midback.simulated.habits import Habits
from midback.simulated.sensor import SensorErrors
from midback.simulated.traits import ClipTraits
from midback.simulated.wearer import Wearer

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)


class Mounting(NamedTuple):
    """How the clip hangs: turned about the spine to the wearer's left, its top tipped toward
    their front, and to their right."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    @property
    def back_from_clip(self) -> tuple[float, float, float, float]:
        turn = Rotation.from_euler("ZYX", [*self], degrees=True)
        x, y, z, w = turn.as_quat().tolist()
        return w, x, y, z


def coarse(seed: int) -> SensorErrors:
    """The worst that consumer parts are sold as: 1 to 3 % off in scale, and up to 10 dps."""
    rng = np.random.default_rng([seed, 0xC0A])
    bias_x, bias_y, bias_z = rng.uniform(-10.0, 10.0, 3).tolist()
    off = rng.uniform(0.01, 0.03, 3) * rng.choice([-1.0, 1.0], 3)
    scale_x, scale_y, scale_z = (1.0 + off).tolist()
    return replace(
        SensorErrors.drawn(seed),
        gyro_bias_dps=(bias_x, bias_y, bias_z),
        gyro_scale=(scale_x, scale_y, scale_z),
    )


def led_with(
    mounting: Mounting,
    ranges: Ranges,
    items: tuple[str, ...],
    seed: int,
    *,
    errors: SensorErrors | None = None,
    person: Callable[[Wearer, Ranges, int], Exerciser] = Exerciser,
):
    """The check, and who did it: with a usual sensor, another for every seed, unless told."""
    wearer = Wearer(workday(seed, 60.0), Habits.drawn(seed), seed=seed)
    errors = SensorErrors.drawn(seed) if errors is None else errors
    errors = replace(errors, back_from_clip=mounting.back_from_clip)
    air = Air([SimulatedClip(wearer, ClipTraits.drawn(seed), errors, seed=seed)], seed=seed)
    who = person(wearer, ranges, seed)
    led = CheckLed(
        items,
        0,
        ClipUse(
            None,
            UTC,
            radio=Radio(air.scanner_type, air.client_type, air.adapter_type),
            wall=lambda: STARTED,
        ),
        watched=lambda view: who.follow_check(view, air.now_s),
    )

    async def main() -> None:
        async with air:
            await led.run()

    virtual_time.run(main())
    assert led.check is not None
    assert led.check.over
    return led.check, wearer


def errors_deg(check: Check, wearer: Wearer) -> dict[tuple[str, str], float]:
    """Of each flexion and side-bend: the median that was told less the median of the truth.

    The truth is a row a second: of those between begin and end of a repetition that which is
    farthest from the last one before they set off.
    """
    table = wearer.truth.table()
    at_s = table["time_s"] + virtual_time.START_S
    told: dict[tuple[str, str], list[float]] = {}
    true: dict[tuple[str, str], list[float]] = {}
    for each in check.done:
        if isinstance(each, Held) or each.item in ("rotation", "find_upright"):
            continue
        name = "lateral_deg" if each.item == "side_bend" else "flexion_deg"
        key = each.item, each.way
        told.setdefault(key, []).append(each.angle_deg)
        true.setdefault(key, []).append(_went_deg(at_s, table[name], each))
    return {key: float(np.median(told[key]) - np.median(true[key])) for key in told}


def _went_deg(at_s, angle_deg, each: Repetition) -> float:
    # The guide sees them set off at 3 degrees, up to half a second later.
    rested = int(np.flatnonzero(at_s < each.begin_s - 1.0)[-1])
    under_way = (at_s > each.begin_s + 0.5) & (at_s < each.end_s - 0.5)
    went = angle_deg[under_way].astype(float) - float(angle_deg[rested])
    return float(went[np.argmax(np.abs(went))])
