"""What the judgement of one simulated day is worth, against what really happened.

Definitions, all from the truth, none from what the monitor found:

- *a real slump*: sagging, not bending, by at least 60 % of the wearer's own slump and by 8
  degrees, while the upper back as a whole is past that line too (a shift backward can undo a
  shallow slump).  People who sit up again differ from their upright by as much (8.3 degrees at
  p99, 45 people, estimator.md 4): less is no slump that anybody could tell.  Whoever rests on
  the back of the chair is not in one.
  Somebody who poses their slump and their upright repeats neither exactly, by about 5 % of it:
  a slump that hovers about its middle is neither missed nor false.  Small movements of up to
  five seconds out of it do not end it, and it is the same one until the wearer sits up: comes
  back to less than half that far for two seconds.  Whoever bends down to a drawer and comes back
  as slumped as before, within the hold time, has not sat up.
- *a slump that counts*: a real one that lasts the hold time and ten seconds more.  Where the
  wearer had just been buzzed, it must outlast the quiet time as well.
- *buzzed*: a buzz while it lasted, in the hold time before it was deep enough, or since the wearer
  sagged half way into it and has not sat up: that one is not false, so it is this slump's.
- *a false buzz*: one without sagging half way into a slump within the hold time before it.
- *walking*: steps, from the third on to the last.
- *on a table*: a packet whose first sample nobody wore; one that began on the body is neither.
- *slipped*: from the end of the slip until the wearer sat tall anew because of a warning.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from midback.shared.nudge import NudgePolicy
from midback.simulated.day_plan import Activity, Stretch
from midback.trials.lived_day import LivedDay
from midback.words import STILL, State

SLUMP_SHARE = 0.6
LEAST_SLUMP_DEG = 8.0
SAT_UP_SHARE, SAT_UP_S = 0.5, 2
HOLD_S = 30.0
"""The hold of the normal preset."""

BEYOND_HOLD_S = 10.0
FOUND_WITHIN_S = 600.0

_HOLE_S = 5
_QUIET_S = NudgePolicy().quiet_s
_COUNTS_S = HOLD_S + BEYOND_HOLD_S

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DayScore:
    """One day's figures; times in seconds.

    Attributes:
        seed: which day.
        good: whether the wearer never slumped.
        hours: how long the clip was worn and sat as it was calibrated.
        buzzes: how many there were in that time.
        false_buzzes: how many of them came without a slump.
        false_while: what the wearer did instead at each: a small movement or an activity.
        slumps: real ones that count.
        slumps_buzzed: how many of them got a buzz.
        walking_s: true walking.
        walking_judged_s: how much of it was judged as a posture.
        worn_s: how long the clip was worn.
        day_s: the whole day.
        worn_right_s: how long worn or not worn was told right.
        worn_wrong_s: how long it was told wrong while worn, and while it lay in which way.
        table_upright_s: how long a clip that nobody wore was called upright.
        slip_deg: by how much the clip slipped; 0 on days without.
        slip_found_after_s: from its end to the warning; ``None`` if none came in time.
        slip_warnings: warnings while nothing had slipped.
        calibrations_refused: poses that the monitor would not take.
    """

    seed: int
    good: bool
    hours: float
    buzzes: int
    false_buzzes: int
    false_while: dict[str, int]
    slumps: int
    slumps_buzzed: int
    walking_s: float
    walking_judged_s: float
    worn_s: float
    day_s: float
    worn_right_s: float
    worn_wrong_s: dict[str, float]
    table_upright_s: float
    slip_deg: float
    slip_found_after_s: float | None
    slip_warnings: int
    calibrations_refused: int

    def to_json(self) -> dict[str, object]:
        """Figures by name."""
        return asdict(self)


def score(day: LivedDay) -> DayScore:
    """Compare what the monitor told with what really happened."""
    truth = day.truth.table()
    row_s = day.row_s
    row = np.minimum((day.times_s / row_s).astype(int), len(truth) - 1)
    packet_s = row_s * len(truth) / len(row)
    straight = _straight(day, truth["time_s"])
    buzzes = [t for t in day.times_of("buzz") if straight[_row(day, t)]]
    false = [time_s for time_s in buzzes if not _slumped_before(day, time_s)]
    slumps = [s for s in real_slumps(day) if straight[_row(day, s[0]) : _row(day, s[1])].all()]
    due = [slump for slump in slumps if _due_s(slump, buzzes) is not None]
    away = day.states == State.AWAY
    off = _lies(day, day.times_s)
    lay = off & _lies(day, day.times_s - packet_s)
    warnings = day.times_of("slipped")
    slip = day.trial.slip
    found = [t - slip.end_s for t in warnings if slip is not None and t >= slip.at_s]
    early = [t for t in warnings if slip is None or t < slip.at_s]
    return DayScore(
        seed=day.trial.seed,
        good=day.trial.good,
        hours=row_s * float((truth["worn"] & straight).sum()) / 3600,
        buzzes=len(buzzes),
        false_buzzes=len(false),
        false_while=dict(Counter(_doing(day, time_s) for time_s in false)),
        slumps=len(due),
        slumps_buzzed=sum(_buzzed(day, slump, buzzes) for slump in due),
        walking_s=row_s * float(truth["walking"].sum()),
        walking_judged_s=packet_s
        * float((truth["walking"][row] & np.isin(day.states, STILL)).sum()),
        worn_s=row_s * float(truth["worn"].sum()),
        day_s=row_s * len(truth),
        worn_right_s=packet_s * float((away == off).sum()),
        worn_wrong_s=_wrong_while(day, day.times_s[away != off], packet_s),
        table_upright_s=packet_s * float((lay & (day.states == State.UPRIGHT)).sum()),
        slip_deg=0.0 if slip is None else slip.turn_deg,
        slip_found_after_s=found[0] if found and found[0] <= FOUND_WITHIN_S else None,
        slip_warnings=len(early),
        calibrations_refused=len(day.refused),
    )


def real_slumps(day: LivedDay) -> list[tuple[float, float]]:
    """Slumps that last the hold time and ten seconds more: when they begin and end.

    A wearer who does not sit up between two is in one, which begins with the first of them.
    """
    truth = day.truth.table()
    toward, line_deg = _line(day)
    sagging = truth["worn"] & (truth["sag_deg"] * toward >= line_deg)
    past = sagging & (truth["flexion_deg"] * toward >= line_deg)
    past &= ~_reclined(day, truth["time_s"])
    runs = _runs(sagging & _closed(past, _HOLE_S))
    long = [(first, end) for first, end in runs if day.row_s * (end - first) > _COUNTS_S]
    joined = _joined(long, _down(day))
    return [(day.row_s * first, day.row_s * end) for first, end in joined]


def _line(day: LivedDay) -> tuple[float, float]:
    """Which way the wearer slumps, as a sign, and how far is a slump."""
    span_deg = day.trial.wearer.habits.slump_span_deg
    return float(np.sign(span_deg)), max(SLUMP_SHARE * abs(span_deg), LEAST_SLUMP_DEG)


def _down(day: LivedDay) -> Mask:
    """When the wearer has not sat up from a slump, if they were in one."""
    truth = day.truth.table()
    toward, line_deg = _line(day)
    half_deg = SAT_UP_SHARE * line_deg
    down = _closed(truth["flexion_deg"] * toward >= half_deg, SAT_UP_S - 1)
    back_soon = _closed(down, round(HOLD_S)) & (truth["sag_deg"] * toward >= half_deg)
    return truth["worn"] & (down | back_soon)


def _reclined(day: LivedDay, time_s: NDArray[np.float64]) -> Mask:
    """When the wearer rests on the back of the chair, which is a posture of its own."""
    rests = np.zeros(len(time_s), bool)
    for name, begin_s, end_s in day.truth.doings:
        if name == "recline":
            rests |= (time_s >= begin_s) & (time_s < end_s)
    return rests


def _joined(runs: list[tuple[int, int]], down: Mask) -> list[tuple[int, int]]:
    """Those between which the wearer never sat up, as one."""
    joined: list[tuple[int, int]] = []
    for first, end in runs:
        if joined and down[joined[-1][1] : first].all():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    return joined


def _straight(day: LivedDay, time_s: NDArray[np.float64]) -> Mask:
    """When the clip sits as it did when it was last calibrated."""
    slip = day.trial.slip
    if slip is None:
        return np.ones(len(time_s), bool)
    anew = [at_s for at_s in day.times_of("calibration") if at_s > slip.end_s]
    return (time_s < slip.at_s) | (time_s > (anew[0] if anew else np.inf))


def _slumped_before(day: LivedDay, time_s: float) -> bool:
    rows = slice(_row(day, max(time_s - HOLD_S, 0.0)), _row(day, time_s) + 1)
    return bool(day.truth.table()["slumped"][rows].any())


def _offs(day: LivedDay) -> list[Stretch]:
    """When nobody wore the clip, and how it lay."""
    return [s for s in day.trial.wearer.plan.stretches if s.activity is Activity.OFF_BODY]


def _lies(day: LivedDay, times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    lies = np.zeros(len(times_s), bool)
    for off in _offs(day):
        lies |= _within(times_s, off)
    return lies


def _within(times_s: NDArray[np.float64], stretch: Stretch) -> NDArray[np.bool_]:
    return (times_s >= stretch.start_s) & (times_s < stretch.end_s)


def _wrong_while(day: LivedDay, times_s: NDArray[np.float64], packet_s: float) -> dict[str, float]:
    """How long each way of lying, or being worn, was taken for the other."""
    wrong: Counter[str] = Counter()
    for off in _offs(day):
        wrong[off.rest.name.lower()] += int(_within(times_s, off).sum())
    wrong["worn"] = len(times_s) - wrong.total()
    return {name: round(packet_s * count, 1) for name, count in wrong.items() if count}


def _doing(day: LivedDay, time_s: float) -> str:
    """What of the small movements lasted the longest of those under way, or the activity."""
    doings = [
        (end_s - begin_s, name)
        for name, begin_s, end_s in day.truth.doings
        if begin_s <= time_s - HOLD_S / 2 and time_s < end_s
    ]
    if doings:
        return max(doings)[1]
    return Activity(day.truth.table()["activity"][_row(day, time_s)]).name.lower()


def _due_s(slump: tuple[float, float], buzzes: list[float]) -> float | None:
    """When a slump must have got its buzz at the latest; ``None`` if it ends before that."""
    begin_s, end_s = slump
    due_s = begin_s + _COUNTS_S
    before = [time_s for time_s in buzzes if begin_s - _QUIET_S < time_s < begin_s - HOLD_S]
    if before:
        due_s = max(due_s, before[-1] + _QUIET_S + BEYOND_HOLD_S)
    return due_s if due_s <= end_s else None


def _buzzed(day: LivedDay, slump: tuple[float, float], buzzes: list[float]) -> bool:
    # A little before it was deep enough to count is early, not late.
    from_s = min(slump[0] - HOLD_S, _half_way_s(day, slump[0]))
    return any(from_s <= time_s <= slump[1] + 1.0 for time_s in buzzes)


def _half_way_s(day: LivedDay, begin_s: float) -> float:
    """Since when the wearer has been half way into the slump that begins, without sitting up."""
    before = (day.truth.table()["slumped"] & _down(day))[: _row(day, begin_s)]
    up = np.flatnonzero(~before)
    return day.row_s * (float(up[-1] + 1) if len(up) else 0.0)


def _row(day: LivedDay, time_s: float) -> int:
    return int(time_s / day.row_s)


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """The stretches where it holds: first index, index after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _closed(mask: Mask, longest: int) -> Mask:
    """The same with short holes filled."""
    filled = mask.copy()
    for (_, end), (begin, _) in pairwise(_runs(mask)):
        if begin - end <= longest:
            filled[end:begin] = True
    return filled
