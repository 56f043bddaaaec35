"""Time without nudges that a fading plan made on purpose: the only fair measure of what is learnt.

With nudges the tilt is that of wearer and clip together.  Ten minutes after a nudge that the plan
left out begin in a slump, and a probe day does not: the two are never put together, and neither
is compared with other time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

import numpy as np
from numpy.typing import NDArray

from midback.local_time import local_day
from midback.nudge_settings import FADE, NudgeSettings, settings_of
from midback.nudging import PLAN, PROBE_DAY
from midback.plans import Stage, stage_of
from midback.recording import Event, Store
from midback.words import STILL, State

WINDOW_S = 600
"""How long after a nudge that was left out, or until the next that is given (own choice)."""


def after_left_out(
    left_out_s: Iterable[float], given_s: Iterable[float], length: int
) -> NDArray[np.bool_]:
    """Which seconds lie within ten minutes after a nudge that was left out, before the next given.

    >>> after_left_out([2], [5], 8).nonzero()[0].tolist()
    [2, 3, 4]
    """
    given = sorted(given_s)
    mask = np.zeros(length, dtype=np.bool_)
    for second in left_out_s:
        end_s = min([second + WINDOW_S, *(each for each in given if each > second)])
        mask[max(int(second), 0) : max(int(end_s), 0)] = True
    return mask


def fading_stage(facts: Mapping[str, str], day: date) -> Stage | None:
    """Where the plan of a wearing stood on a local day; ``None`` without a fading plan."""
    settings = settings_read(facts)
    if settings is None or settings.plan != FADE:
        return None
    return stage_of(settings, day)


def settings_read(facts: Mapping[str, str]) -> NudgeSettings | None:
    """The nudge settings that a wearing kept, ``None`` where they cannot be read."""
    try:
        return settings_of(facts)
    except (ValueError, TypeError):
        # Written by a newer Midback, or damaged: then it took part in no plan we know.
        return None


@dataclass(slots=True)
class Week:
    """One week of a fading plan.

    Attributes:
        number: 1 for the first.
        given: first nudges given; the stronger ones are not counted.
        left_out: nudges that the plan left out.
        after_s: still time within ten minutes after those.
        after_slumped_s: of it, slumped.
        probe_s: still time of the probe day.
        probe_slumped_s: of it, slumped.
    """

    number: int
    given: int = 0
    left_out: int = 0
    after_s: int = 0
    after_slumped_s: int = 0
    probe_s: int = 0
    probe_slumped_s: int = 0


def progress(store: Store, plan: NudgeSettings, zone: tzinfo) -> list[Week]:
    """The weeks of a fading plan that have wearings, in order.

    A wearing across the turn of a day counts to the day it began on.

    Raises:
        RecordingError: the file cannot be read.
    """
    weeks: dict[int, Week] = {}
    for session in store.sessions():
        settings = settings_read(session.clip_facts)
        if settings is None or not _same(settings, plan):
            continue
        stage = stage_of(plan, local_day(session.started.astimezone(UTC), zone))
        week = weeks.setdefault(stage.week, Week(stage.week + 1))
        _add(week, stage, store.events(session), store.seconds(session)["state"])
    return [weeks[number] for number in sorted(weeks)]


def _same(settings: NudgeSettings, plan: NudgeSettings) -> bool:
    return (settings.plan, settings.plan_started, settings.seed) == (
        plan.plan,
        plan.plan_started,
        plan.seed,
    )


def _add(week: Week, stage: Stage, events: list[Event], state: NDArray[np.uint8]) -> None:
    given_s = [event.time_s for event in events if event.kind == "buzz"]
    left_out_s = [
        event.time_s
        for event in events
        if event.kind == "buzz_withheld" and event.detail in (PLAN, PROBE_DAY)
    ]
    week.given += sum(e.kind == "buzz" and not e.detail.startswith("strong") for e in events)
    week.left_out += len(left_out_s)
    still, slumped = np.isin(state, STILL), state == State.SLUMPED
    if stage.probe:
        week.probe_s += int(still.sum())
        week.probe_slumped_s += int(slumped.sum())
        return
    after = after_left_out(left_out_s, given_s, len(state))
    week.after_s += int((after & still).sum())
    week.after_slumped_s += int((after & slumped).sum())
