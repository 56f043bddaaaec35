"""Each epoch finds the time at which it was, as far as anybody knew the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recording.worn_clip import (
    CLIP,
    LONG_AGO,
    MORNING,
    MUCH_LATER,
    Kept,
    WornClip,
    at,
    encoded,
    ends_s,
    mark,
    save,
)

from midback.recording import KeptEpochs, Store, Unplaced
from midback.recording.epochs import RECORD
from midback.recording.placing import Mark, place

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
WRAP_S = 2**32 / 1e4
TIME_STEP_S = 20.0
ROUNDING_S = 2e-4
"""A tick at the epoch and one at the mark."""


def found(store: Store, start: datetime = LONG_AGO, end: datetime = MUCH_LATER) -> KeptEpochs:
    (kept,) = store.epochs(start, end)
    return kept


def true_ends_s(kept: list[Kept]) -> list[float]:
    return [each.end_s for each in kept]


@pytest.fixture
def store(folder: Path):
    with Store.open(folder, write=True) as opened:
        yield opened


def test_epochs_lie_where_the_mark_before_them_says(store: Store):
    clip = WornClip(started_s=-5000)
    mark(store, clip, 0)
    kept = clip.wait(5000).wear(30)
    save(store, kept, 400)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_epochs_of_before_the_host_knew_the_time_get_theirs_afterwards(store: Store):
    clip = WornClip()
    kept = clip.wear(30)
    save(store, kept, 400)
    assert ends_s(store) == []

    mark(store, clip, 400)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_between_two_marks_a_clock_that_is_off_is_evened_out(store: Store):
    clip = WornClip(ppm=150)
    mark(store, clip, 0)
    kept = clip.wear(8 * 360)
    mark(store, clip, 8 * HOUR_S)
    save(store, kept, 8 * HOUR_S)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_after_the_last_mark_a_clock_errs_by_as_much_as_it_is_off(store: Store):
    clip = WornClip(ppm=100)
    mark(store, clip, 0)
    kept = clip.wear(360)
    save(store, kept, HOUR_S)

    off_s = np.subtract(ends_s(store), true_ends_s(kept))
    assert off_s[-1] == pytest.approx(0.36, abs=1e-3)
    assert off_s.max() == off_s[-1]


@pytest.mark.parametrize("seconds_before_wrap", [5.0, 10.0, 100.0, 3600.0])
def test_the_wrap_of_the_ticks_is_no_leap(store: Store, seconds_before_wrap: float):
    clip = WornClip(first_tick=round(2**32 - 1e4 * seconds_before_wrap))
    mark(store, clip, 0)
    kept = clip.wear(720)
    save(store, kept, 2 * HOUR_S)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_a_clip_may_stay_away_for_longer_than_its_ticks_take_to_wrap(store: Store):
    clip = WornClip()
    mark(store, clip, 0)
    kept = [each for _ in range(8) for each in clip.wait(23 * HOUR_S).wear(360)]
    save(store, kept, 9 * DAY_S)
    assert clip.now_s > WRAP_S

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_what_was_read_before_still_counts_the_wraps_of_what_comes_later(store: Store):
    clip = WornClip()
    mark(store, clip, 0)
    early = clip.wear(10)
    save(store, early, 200)
    late = clip.wait(70 * HOUR_S).wear(10)
    save(store, late, 12 * DAY_S)

    assert ends_s(store) == pytest.approx(true_ends_s([*early, *late]), abs=ROUNDING_S)


def test_each_start_goes_by_its_own_marks(store: Store):
    clip = WornClip(boot=7)
    mark(store, clip, 0)
    first = clip.wear(10)
    second = clip.wait(500).restart(boot=8).wear(10)
    mark(store, clip, 700)
    save(store, [*first, *second], 701)

    assert ends_s(store) == pytest.approx(true_ends_s([*first, *second]), abs=ROUNDING_S)


def test_where_the_clock_was_set_the_nearer_mark_counts_and_doubt_is_told(store: Store):
    """Between 705 and 1405 s somebody sets the clock an hour ahead."""
    clip = WornClip()
    for second in (0, 705):
        mark(store, clip, second)
    kept = clip.wear(210)
    for second in (1405, 2105):
        store.mark_clip_time(CLIP, clip.boot, clip.ticks(second), at(second + HOUR_S))
    save(store, kept, HOUR_S + 2106)

    truth_s = true_ends_s(kept)
    expected = [s if s < 1055 else s + HOUR_S for s in truth_s]
    assert ends_s(store) == pytest.approx(expected, abs=ROUNDING_S)
    assert found(store).doubtful.tolist() == [705 < s < 1405 for s in truth_s]


def test_a_mark_of_another_year_is_not_of_this_start_though_it_has_its_name(store: Store):
    old, new = WornClip(boot=7, started_s=-300 * DAY_S), WornClip(boot=9, first_sequence=99)
    mark(store, old, -300 * DAY_S)
    mark(store, new, 0)
    known = new.wear(5)
    unknown = new.restart(boot=7).wear(5)
    save(store, [*known, *unknown], 200)

    assert ends_s(store) == pytest.approx(true_ends_s(known), abs=ROUNDING_S)
    assert found(store).unplaced == (Unplaced(50.0, at(50), at(200)),)


def test_no_epoch_is_placed_after_the_host_got_it(store: Store):
    """The mark of a later start with the same name, days ahead."""
    clip = WornClip(boot=7)
    kept = clip.wear(5)
    save(store, kept, 100)
    later = WornClip(boot=7, started_s=3 * DAY_S)
    mark(store, later, 3 * DAY_S)

    assert all(end_s <= 100 for end_s in ends_s(store))


def test_what_nobody_knows_the_time_of_lies_between_what_is_known(store: Store):
    clip = WornClip(boot=1)
    mark(store, clip, 0)
    before = clip.wear(6)
    unknown = [*clip.wait(600).restart(2).wear(12), *clip.wait(600).restart(3).wear(6)]
    after = clip.wait(600).restart(4).wear(6)
    mark(store, clip, clip.now_s)
    save(store, [*before, *unknown, *after], clip.now_s)

    assert ends_s(store) == pytest.approx(true_ends_s([*before, *after]), abs=ROUNDING_S)
    (told,) = found(store).unplaced
    assert told.length_s == 180
    assert told.after == at(60)
    assert told.before == at(after[0].end_s - 10)


def test_before_the_first_thing_known_there_is_no_lower_end(store: Store):
    save(store, WornClip().wear(6), 500)

    assert found(store).unplaced == (Unplaced(60.0, None, at(500)),)


def test_what_has_no_time_is_told_on_every_day_it_may_be_of(store: Store):
    clip = WornClip(boot=1)
    mark(store, clip, 0)
    save(store, [*clip.wear(6), *clip.restart(2).wear(6)], 2 * DAY_S)

    def told(day: int) -> int:
        return sum(
            len(each.unplaced) for each in store.epochs(at(day * DAY_S), at((day + 1) * DAY_S))
        )

    assert [told(day) for day in (-1, 0, 1, 2)] == [0, 1, 1, 0]


def test_what_the_host_had_before_a_day_is_not_of_that_day(store: Store):
    clip = WornClip(boot=1)
    save(store, clip.wear(6), 0.5 * DAY_S)
    save(store, clip.wear(3), 1.5 * DAY_S)

    (told,) = found(store, at(DAY_S), at(2 * DAY_S)).unplaced
    assert told.length_s == 30


def test_a_clip_that_counts_anew_is_later_than_what_it_counted_before(store: Store):
    old = WornClip(boot=1, first_sequence=5000)
    mark(store, old, 0)
    save(store, old.wear(6), 100)
    new = WornClip(boot=2, started_s=200)
    save(store, new.wear(6), 400)

    assert found(store).unplaced == (Unplaced(60.0, at(60), at(400)),)


def test_an_epoch_that_a_silence_cut_short_does_not_reach_over_the_one_before(store: Store):
    clip = WornClip()
    mark(store, clip, 0)
    kept = clip.wear(2)
    clip.wait(-6)
    kept += clip.wear(1)
    save(store, kept, 100)

    begins_s = found(store).start_s - MORNING.timestamp()
    assert begins_s.tolist() == pytest.approx([0, 10, 20], abs=ROUNDING_S)


def test_without_a_mark_the_clips_own_time_places_its_epochs_within_ten_seconds(store: Store):
    clip = WornClip(started_s=-7, ppm=50)
    clip.off_s = 0.0
    kept = clip.wear(720)
    save(store, kept, 8000)

    off_s = np.subtract(ends_s(store), true_ends_s(kept))
    assert np.abs(off_s).max() <= TIME_STEP_S / 2
    # One offset for all: nothing overlaps, nothing is torn.
    assert np.diff(ends_s(store)) == pytest.approx(10, abs=1e-3)


def test_a_time_that_was_told_anew_does_not_tear_a_start(store: Store):
    """Another computer corrects it by a minute; most of the records say so."""
    clip = WornClip()
    clip.off_s = -60.0
    kept = clip.wear(50)
    clip.off_s = 0.0
    kept += clip.wear(200)
    save(store, kept, 3000)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=TIME_STEP_S / 2)


def test_a_time_that_wraps_is_told_going_back_from_what_is_known(store: Store):
    """Five weeks on a shelf in between, and each week an hour of wear."""
    clip = WornClip(boot=1)
    clip.off_s = 0.0
    kept: list[Kept] = []
    for week in range(5):
        kept += clip.restart(2 + week, off_s=0.0).wear(360)
        clip.wait(7 * DAY_S)
    save(store, kept, clip.now_s)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=TIME_STEP_S / 2)


def test_a_time_that_is_off_cannot_reach_into_what_is_known(store: Store):
    """After a night asleep the clip is half an hour slow, or fast."""
    clip = WornClip(boot=1)
    mark(store, clip, 0)
    evening = clip.wear(6)
    slow = clip.wait(100).restart(2, off_s=-1800).wear(6)
    fast = clip.wait(100).restart(3, off_s=1800).wear(6)
    morning = clip.wait(100).restart(4).wear(6)
    mark(store, clip, clip.now_s)
    save(store, [*evening, *slow, *fast, *morning], clip.now_s)

    found_s = ends_s(store)
    assert found_s == sorted(found_s)
    assert found_s == pytest.approx(true_ends_s([*evening, *slow, *fast, *morning]), abs=300)


def test_marks_count_more_than_what_the_clip_believed(store: Store):
    clip = WornClip(boot=1)
    clip.off_s = 3000.0
    kept = clip.wear(60)
    mark(store, clip, 700)
    save(store, kept, 701)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=ROUNDING_S)


def test_what_the_clip_believed_tells_a_mark_of_another_start_with_its_name(store: Store):
    """Six days ago, which no order of records can tell."""
    old = WornClip(boot=7, started_s=-6 * DAY_S)
    mark(store, old, -6 * DAY_S)
    new = WornClip(boot=7)
    new.off_s = 0.0
    kept = new.wear(60)
    save(store, kept, 700)

    assert ends_s(store) == pytest.approx(true_ends_s(kept), abs=TIME_STEP_S / 2)


@dataclass
class Life:
    """What a clip goes through; the truth of it, and what the host came to know."""

    clip: WornClip
    kept: list[Kept] = field(default_factory=list[Kept])
    received_s: list[float] = field(default_factory=list[float])
    marks: dict[int, list[Mark]] = field(default_factory=dict[int, list[Mark]])
    marked_s: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    ppm: dict[int, float] = field(default_factory=dict[int, float])
    off_s: dict[int, float | None] = field(default_factory=dict[int, float | None])
    spans_s: dict[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])

    def wear(self, epochs: int) -> None:
        kept = self.clip.wear(epochs)
        self.kept += kept
        first_s, _ = self.spans_s.get(self.clip.boot, (kept[0].end_s, 0.0))
        self.spans_s[self.clip.boot] = (first_s, kept[-1].end_s)

    def connect(self) -> None:
        """The host knows both clocks, tells the time, and reads what the log has."""
        clip = self.clip
        clip.off_s = 0.0
        self.marks.setdefault(clip.boot, []).append(
            Mark(clip.ticks(), MORNING.timestamp() + clip.now_s)
        )
        self.marked_s.setdefault(clip.boot, []).append(clip.now_s)
        unread = len(self.kept) - len(self.received_s)
        self.received_s += [clip.now_s] * unread

    def placed_s(self) -> list[float]:
        records = np.frombuffer(b"".join(encoded(each.record) for each in self.kept), RECORD)
        received_s = np.array(self.received_s) + MORNING.timestamp()
        placed = place(records, received_s, self.marks)
        assert not placed.doubtful.any()
        return (placed.end_s - MORNING.timestamp()).tolist()

    def most_off_s(self, each: Kept) -> float | None:
        """How far the clock of its start can have gone wrong; ``None`` if nobody knew it."""
        marked_s = self.marked_s.get(each.record.boot)
        if marked_s is None:
            return self._most_believed_off_s(each.record.boot)
        beyond_s = max(min(marked_s) - each.end_s, each.end_s - max(marked_s), 0.0)
        return 1e-6 * abs(self.ppm[each.record.boot]) * beyond_s + 2 * ROUNDING_S

    def _most_believed_off_s(self, boot: int) -> float | None:
        """As far as this start can be off by its own time, or a later one that it must have
        ended before: which of two that overlap is wrong, nobody can tell.

        A start that was marked and kept something lies between for sure.  One that kept nothing
        does not: starts have names and no order, so its mark may be older than both.
        """
        if self.off_s[boot] is None:
            return None
        most_s = 0.0
        for later in range(boot, self.clip.boot + 1):
            if later not in self.spans_s:
                continue
            if later in self.marked_s:
                break
            first_s, last_s = self.spans_s[later]
            uneven_s = 1e-6 * abs(self.ppm[later]) * (last_s - first_s)
            most_s = max(most_s, abs(self.off_s[later] or 0.0) + uneven_s)
        return most_s + TIME_STEP_S


wearing = st.tuples(st.just("wear"), st.integers(1, 400))
waiting = st.tuples(st.just("wait"), st.floats(0, 29 * HOUR_S))
connecting = st.tuples(st.just("connect"), st.just(0))
asleep_off = st.one_of(st.none(), st.floats(-1800, 1800))
restarting = st.tuples(st.just("restart"), st.tuples(st.floats(-200, 200), asleep_off))


@settings(deadline=None, max_examples=150)
@example(
    0,
    0.0,
    [
        ("restart", (0.0, 0.0)),
        ("connect", 0),
        ("restart", (0.0, 0.0)),
        ("wear", 1),
        ("restart", (0.0, -21.0)),
        ("wear", 1),
    ],
)
@example(
    0,
    0.0,
    [
        ("restart", (0.0, 0.0)),
        ("wear", 1),
        ("restart", (0.0, None)),
        ("connect", 0),
        ("restart", (0.0, -21.0)),
        ("wear", 1),
    ],
)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(-200, 200),
    st.lists(
        st.one_of(wearing, st.tuples(waiting, wearing), connecting, restarting),
        max_size=14,
    ),
)
def test_whatever_a_clip_goes_through_its_epochs_are_placed_as_well_as_its_clock_goes(
    first_tick: int, ppm: float, script: list[Any]
):
    clip = WornClip(boot=0, ppm=ppm, first_tick=first_tick)
    life = Life(clip, ppm={0: ppm}, off_s={0: None})
    for step in script:
        for what, how in step if isinstance(step[0], tuple) else [step]:
            if what == "wear":
                life.wear(how)
            elif what == "wait":
                life.clip.wait(how)
            elif what == "connect":
                life.connect()
            else:
                boot = life.clip.boot + 1
                life.ppm[boot], life.off_s[boot] = how
                life.clip.restart(boot, *how)
    life.clip.restart(1000)
    life.connect()

    for each, placed_s in zip(life.kept, life.placed_s(), strict=True):
        most_off_s = life.most_off_s(each)
        if most_off_s is None:
            assert np.isnan(placed_s)
        else:
            assert abs(placed_s - each.end_s) <= most_off_s
