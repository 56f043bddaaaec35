"""What happens on a day of a trial: everything at which a posture monitor was ever wrong.

Desk, standing desk, meetings, calls seated and pacing, lunch at the desk or away, trips to the
printer and to the coffee, stairs, and a clip that lies on a table, on its edge, at somebody's
typing, or in a bag that is carried.  How long each lasts is chosen here; seated time is nine
tenths of a working day (Davidson and Callaghan 2025, PubMed 39255720), less for those with a
standing desk.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from midback.simulated.day_plan import Activity, DayPlan, Stretch
from midback.simulated.resting import Rest

_AWAY_SHARE = 0.6
"""Of a short day at most so much is spent with anything but sitting at the desk; what does not
fit is left out."""


class _Part(NamedTuple):
    activity: Activity
    minutes: float
    rest: Rest = Rest.FLAT


def trial_plan(seed: int, minutes: float) -> DayPlan:
    """A day of so many minutes, different for every seed; from 300 on it has everything.

    Raises:
        ValueError: its length is not positive.
    """
    if not minutes > 0:
        raise ValueError(f"a day of {minutes:g} minutes is none")
    rng = np.random.default_rng([seed, 0x791A])
    left, breaks = minutes, list[list[_Part]]()
    for parts in _breaks(rng):
        length = sum(part.minutes for part in parts)
        if left - length >= (1 - _AWAY_SHARE) * minutes:
            breaks.append(parts)
            left -= length
    shares = rng.uniform(0.6, 1.4, len(breaks) + 1)
    shares *= left / shares.sum()
    parts: list[_Part] = []
    for sit_min, after in zip(shares.tolist(), [*breaks, []], strict=True):
        parts += [_Part(Activity.TYPING, sit_min), *after]
    return DayPlan(tuple(_laid_out(parts)))


def _breaks(rng: np.random.Generator) -> list[list[_Part]]:
    """What happens after each sit but the last, in the order of the day."""
    lunch = _lunch_away(rng) if rng.random() < 0.6 else _lunch_at_the_desk(rng)
    morning = [_coffee(rng), _meeting(rng), _call(rng)]
    afternoon = [_printer(rng), _taken_off(rng), _errand(rng)]
    if rng.random() < 0.5:
        afternoon[0] = [*afternoon[0], *_standing_desk(rng)]
    first, then = rng.permutation(3).tolist(), rng.permutation(3).tolist()
    return [*(morning[i] for i in first), lunch, *(afternoon[i] for i in then)]


def _walk(rng: np.random.Generator, least: float = 0.4, most: float = 2.0) -> _Part:
    return _Part(Activity.WALKING, float(rng.uniform(least, most)))


def _standing(rng: np.random.Generator, least: float, most: float) -> _Part:
    return _Part(Activity.STANDING, float(rng.uniform(least, most)))


def _coffee(rng: np.random.Generator) -> list[_Part]:
    return [_walk(rng), _standing(rng, 1.5, 5.0), _walk(rng)]


def _meeting(rng: np.random.Generator) -> list[_Part]:
    return [_walk(rng), _Part(Activity.MEETING, float(rng.uniform(25.0, 50.0))), _walk(rng)]


def _printer(rng: np.random.Generator) -> list[_Part]:
    """A dozen steps, some seconds there, and back."""
    return [_walk(rng, 0.12, 0.2), _standing(rng, 0.2, 0.8), _walk(rng, 0.09, 0.17)]


def _call(rng: np.random.Generator) -> list[_Part]:
    """Seated; or pacing up and down: a few steps, a stop, a few steps."""
    if rng.random() < 0.5:
        return [_Part(Activity.CALL, float(rng.uniform(8.0, 20.0)))]
    parts: list[_Part] = [_walk(rng, 0.12, 0.2)]
    for _ in range(int(rng.integers(12, 30))):
        parts += [_standing(rng, 0.05, 0.3), _walk(rng, 0.06, 0.15)]
    return parts


def _lunch_at_the_desk(rng: np.random.Generator) -> list[_Part]:
    return [
        *_printer(rng),
        _Part(Activity.EATING, float(rng.uniform(12.0, 20.0))),
        *_taken_off(rng),
    ]


def _lunch_away(rng: np.random.Generator) -> list[_Part]:
    """The clip stays at the desk, and the wearer walks a little when it is on again."""
    lying = (Rest.FLAT, Rest.FACE_UP, Rest.EDGE, Rest.TYPED_AT)
    rest = lying[int(rng.integers(len(lying)))]
    return [_Part(Activity.OFF_BODY, float(rng.uniform(25.0, 45.0)), rest)]


def _taken_off(rng: np.random.Generator) -> list[_Part]:
    """Off for a while, on the table or in the bag."""
    rest = Rest(int(rng.choice(list(Rest), p=(0.2, 0.2, 0.2, 0.25, 0.15))))
    return [_Part(Activity.OFF_BODY, float(rng.uniform(6.0, 14.0)), rest)]


def _errand(rng: np.random.Generator) -> list[_Part]:
    """Through the house and outside, with stairs."""
    stairs = _Part(Activity.STAIRS, float(rng.uniform(0.3, 1.0)))
    return [
        _walk(rng),
        stairs,
        _walk(rng, 2.0, 6.0),
        _standing(rng, 0.5, 3.0),
        _walk(rng, 1.0, 3.0),
        stairs,
        _walk(rng),
    ]


def _standing_desk(rng: np.random.Generator) -> list[_Part]:
    return [_Part(Activity.STANDING_DESK, float(rng.uniform(20.0, 40.0)))]


def _laid_out(parts: list[_Part]) -> list[Stretch]:
    stretches: list[Stretch] = []
    now_s = 0.0
    for activity, minutes, rest in parts:
        end_s = round(now_s + 60 * minutes, 1)
        stretches.append(Stretch(activity, now_s, end_s, rest))
        now_s = end_s
    return stretches
