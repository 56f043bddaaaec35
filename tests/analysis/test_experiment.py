"""An experiment lived through in the store: what its hours tell, and what they must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from midback.judgement import Change
from midback.nudge_settings import NudgeSettings
from midback.nudging import Nudging
from midback.plans import CONDITIONS, SILENCE, block_of
from midback.recording import Store
from midback.seconds import MISSING
from midback.words import State
from midback_analysis.experiment import (
    ALIKE,
    NOT_YET,
    SHORTER,
    Hour,
    hours_of,
    latest_experiment,
    report,
)

STARTED = date(2026, 11, 2)
PLAN = NudgeSettings(plan="experiment", plan_started=STARTED, seed=3)
NATURAL_S = 150.0
"""How long a slump lasts of itself, on average."""

ANSWER_S = 12.0
"""After a buzz that is felt, sitting up takes so long on average."""


class Wearer:
    """Slumps some times an hour; a felt buzz makes them sit up soon, if they heed it."""

    def __init__(self, seed: int, heed: float) -> None:
        self.chance = np.random.default_rng(seed)
        self.heed = heed

    def slump(self, nudging: Nudging, start_s: float, begun: datetime) -> float:
        """Live through one slump; its end."""
        end_s = start_s + 1 + self.chance.exponential(NATURAL_S)
        second, change = start_s, Change(start_s, "slump_started", 20.0)
        while second < end_s:
            utc = begun + timedelta(seconds=second)
            decision = nudging.update(second, utc, change, True)
            felt = decision is not None and decision.pattern is not None
            if felt and self.chance.random() < self.heed:
                end_s = min(end_s, second + 1 + self.chance.exponential(ANSWER_S))
            second, change = second + 1, None
        ended = Change(end_s, "slump_ended", None, "sat up")
        nudging.update(end_s, begun + timedelta(seconds=end_s), ended, False)
        return end_s


def lived(folder: Path, wearer: Wearer, days: int, plan: NudgeSettings = PLAN) -> None:
    """Working days from nine to five, each a wearing of its own."""
    with Store.open(folder, write=True) as store:
        for day in range(days):
            begun = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=day)
            work(store, wearer, begun, 8 * 3600, plan)


def work(
    store: Store, wearer: Wearer, begun: datetime, seconds: int, plan: NudgeSettings = PLAN
) -> None:
    nudging = Nudging(plan, begun, UTC)
    writer = store.begin("7A3F", plan.facts(), begun)
    state = np.full(seconds, State.UPRIGHT, dtype=np.uint8)
    for second in range(0, seconds, 3600):
        block = block_of(plan, begun + timedelta(seconds=second), UTC)
        writer.add_event(second, "experiment_block", block.number, str(block.condition))
    start_s = 0.0
    while (start_s := start_s + 60 + wearer.chance.exponential(500)) < seconds - 400:
        end_s = min(wearer.slump(nudging, start_s, begun), seconds - 1.0)
        writer.add_event(start_s, "slump_started", 20.0)
        writer.add_event(end_s, "slump_ended", None, "sat up")
        state[int(start_s) : int(end_s)] = State.SLUMPED
        start_s = end_s
    # One in ten, because writing them all takes longer than everything else.
    for second in range(0, seconds, 10):
        writer.add_second(second, (0, MISSING, int(state[second]), 50))
    writer.close(seconds, begun + timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def heeding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("experiment")
    lived(folder, Wearer(1, heed=0.8), 10)
    return folder


def test_nudges_that_are_heeded_are_found_to_shorten_slumps(heeding: Path):
    with Store.open(heeding, write=False) as store:
        told = report(STARTED, hours_of(store, PLAN))
    any_nudge, soon, strong = told.comparisons

    assert (told.days, told.hours) == (10, 80)
    assert any_nudge.verdict == SHORTER
    assert any_nudge.more_days is None
    assert any_nudge.difference_s.high is not None
    assert any_nudge.difference_s.high < 0
    # A slump that is buzzed a minute later lasts longer, as long as most last so long.
    assert soon.difference_s.value is not None
    assert soon.difference_s.value < 0
    assert strong.verdict in (NOT_YET, ALIKE)  # both are heeded alike


def test_each_condition_has_its_hours_slumps_and_share(heeding: Path):
    with Store.open(heeding, write=False) as store:
        hours = hours_of(store, PLAN)
        told = report(STARTED, hours)

    assert [arm.name for arm in told.arms] == [str(each) for each in (SILENCE, *CONDITIONS)]
    assert sum(arm.hours for arm in told.arms) == 80
    assert (
        sum(arm.slumps for arm in told.arms) == told.slumps == sum(len(h.length_s) for h in hours)
    )
    silent, gentle = told.arms[:2]
    assert silent.hours >= 20  # a third of all
    assert gentle.length_s.value is not None
    assert silent.length_s.value is not None
    assert gentle.length_s.value < silent.length_s.value
    assert silent.slumped_percent.value is not None
    assert gentle.slumped_percent.value is not None
    assert gentle.slumped_percent.value < silent.slumped_percent.value
    assert all(h.still_s == 360 for h in hours)


@pytest.mark.parametrize("seed", range(4))
def test_nudges_that_nobody_heeds_are_not_told_to_work(tmp_path: Path, seed: int):
    lived(tmp_path, Wearer(seed, heed=0.0), 6)
    with Store.open(tmp_path, write=False) as store:
        told = report(STARTED, hours_of(store, PLAN))

    assert {each.verdict for each in told.comparisons} == {NOT_YET}
    assert all((each.more_days or 0) > 0 for each in told.comparisons)


def test_the_first_days_say_that_it_is_too_soon(tmp_path: Path):
    lived(tmp_path, Wearer(1, heed=0.8), 1)
    with Store.open(tmp_path, write=False) as store:
        told = report(STARTED, hours_of(store, PLAN))

    assert [each.verdict for each in told.comparisons] == [NOT_YET] * 3
    assert told.comparisons[0].more_days is None


def test_other_wearings_are_no_part_of_it(heeding: Path, tmp_path: Path):
    other = replace(PLAN, seed=4)
    lived(tmp_path, Wearer(1, heed=0.8), 1, other)
    with Store.open(tmp_path, write=True) as store:
        begun = datetime(2026, 11, 20, 9, tzinfo=UTC)
        store.begin("7A3F", {"hold_s": "30", "buzzing": "on"}, begun).close(5, begun)
        store.begin("7A3F", {"nudges": "[broken"}, begun).close(5, begun)

        assert hours_of(store, PLAN) == []
        assert latest_experiment(store) == other
    with Store.open(heeding, write=False) as store:
        assert latest_experiment(store) == PLAN


def test_an_hour_in_which_the_clip_lay_on_the_table_is_none(tmp_path: Path):
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with Store.open(tmp_path, write=True) as store:
        writer = store.begin("7A3F", PLAN.facts(), begun)
        writer.add_event(0, "experiment_block", 100.0, "silence")
        for second in range(60):
            writer.add_second(second, (MISSING, MISSING, State.AWAY, 50))
        writer.close(60.0, begun + timedelta(seconds=60))

        assert hours_of(store, PLAN) == []


def test_an_hour_that_a_restart_cuts_in_two_is_one(tmp_path: Path):
    wearer = Wearer(2, heed=0.5)
    with Store.open(tmp_path, write=True) as store:
        begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
        work(store, wearer, begun, 1500)
        work(store, wearer, begun + timedelta(seconds=1600), 1500)
        hours = hours_of(store, PLAN)

    assert len(hours) == 1
    assert hours[0].still_s == 300


def test_a_slump_across_the_hour_counts_where_it_began_and_one_without_an_end_as_seen(
    tmp_path: Path,
):
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with Store.open(tmp_path, write=True) as store:
        writer = store.begin("7A3F", PLAN.facts(), begun)
        writer.add_event(0, "experiment_block", 100.0, "silence")
        writer.add_event(50.0, "slump_started", 20.0)
        writer.add_event(60.0, "experiment_block", 101.0, str(CONDITIONS[0]))
        writer.add_event(80.0, "slump_ended", None, "moved")
        writer.add_event(100.0, "slump_started", 20.0)
        for second in range(120):
            slumped = 50 <= second < 80 or second >= 100
            state = State.SLUMPED if slumped else State.UPRIGHT
            writer.add_second(second, (0, MISSING, state, 50))
        writer.close(120.0, begun + timedelta(seconds=120))
        hours = hours_of(store, PLAN)

    assert hours == [
        Hour(100, SILENCE, [30.0], [True], 60, 10),
        Hour(101, CONDITIONS[0], [20.0], [False], 60, 40),
    ]


def test_nothing_worth_a_choice_is_said_once_the_interval_is_narrow():
    chance = np.random.default_rng(1)
    hours = [
        Hour(
            number,
            block_of(
                PLAN, datetime(2026, 11, 2, tzinfo=UTC) + timedelta(hours=number), UTC
            ).condition,
            chance.uniform(95, 105, 5).tolist(),
            [True] * 5,
            3600,
            500,
        )
        for number in range(240)
    ]
    any_nudge, soon, _ = report(STARTED, hours).comparisons

    assert any_nudge.verdict == ALIKE
    assert soon.verdict == NOT_YET  # of nudges that do nothing no kind is asked about
