"""Whatever was streamed and whatever was kept: each second is told once, by what knows it best."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from analysis.days import calibration
from analysis.wear import NINE, Wear, read
from hypothesis import given, settings
from hypothesis import strategies as st
from recording.worn_clip import CLIP, MORNING, WornClip, at

from midback.recording import Store
from midback.seconds import Resolution
from midback.shared import wire
from midback.words import State
from midback_analysis.measured import measure
from midback_analysis.summarise import summarise_day

NINE_S = (NINE - MORNING).total_seconds()
SPAN_S = 3000
KINDS: dict[State, dict[str, int]] = {
    State.UPRIGHT: {},
    State.SLUMPED: {"upright_ds": 0, "slumped_ds": 100, "mean_cdeg": 1800},
    State.MOVING: {"upright_ds": 0, "moving_ds": 100, "mean_cdeg": wire.ANGLE_UNKNOWN},
    State.AWAY: {},
}
stretches = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), st.integers(1, 60)), min_size=1, max_size=10
)
windows = st.lists(st.tuples(st.integers(0, SPAN_S), st.integers(3, 600)), max_size=5)


def sessions_of(wanted: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sessions one after the other, at least three seconds apart: nearer ones meet."""
    found: list[tuple[int, int]] = []
    for start_s, length_s in sorted(wanted):
        start_s = max(start_s, found[-1][1] + 3 if found else 0)
        found.append((start_s, start_s + length_s))
    return found


def record(store: Store, timeline: list[tuple[State, int]], sessions: list[tuple[int, int]]):
    store.save_calibration(calibration("A"))
    clip = WornClip(started_s=NINE_S)
    store.mark_clip_time(CLIP, clip.boot, clip.ticks(), NINE)
    for state, epochs in timeline:
        if state is State.AWAY:
            clip.wait(10 * epochs)
        else:
            records = [each.record for each in clip.wear(epochs, **KINDS[state])]
            store.save_epochs(CLIP, records, at(clip.now_s))
    for start_s, end_s in sessions:
        Wear(store, NINE + timedelta(seconds=start_s)).sit(end_s - start_s, 4.0).end()


@settings(max_examples=40, deadline=None)  # each makes a file
@given(stretches, windows)
def test_each_second_is_told_once_by_what_knows_it_best(timeline, wanted):
    sessions = sessions_of(wanted)
    timeline = [*timeline, (State.UPRIGHT, 1)]
    with TemporaryDirectory() as folder, Store.open(Path(folder), write=True) as store:
        record(store, timeline, sessions)
        day = read(store)
    kept = [None if s is State.AWAY else s for s, n in timeline for _ in range(10 * n)]
    length = max([len(kept), *(end_s for _, end_s in sessions)])
    state = np.full(length, State.AWAY)
    resolution = np.full(length, Resolution.NOTHING)
    for second, each in enumerate(kept):
        if each is not None:
            state[second], resolution[second] = each, Resolution.EPOCHS
    for start_s, end_s in sessions:
        state[start_s:end_s], resolution[start_s:end_s] = State.UPRIGHT, Resolution.FULL
    first = int(np.flatnonzero(state != State.AWAY)[0])

    assert day.utc_s[0] == NINE.timestamp() + first
    assert np.diff(day.utc_s).tolist() == [1.0] * (len(day.utc_s) - 1)
    assert day.state.tolist() == state[first:].tolist()
    worn = day.state != State.AWAY
    assert day.resolution[worn].tolist() == resolution[first:][worn].tolist()


@settings(max_examples=40, deadline=None)
@given(stretches, windows)
def test_no_slump_is_told_that_the_clip_did_not_keep_and_none_twice(timeline, wanted):
    with TemporaryDirectory() as folder, Store.open(Path(folder), write=True) as store:
        record(store, [*timeline, (State.UPRIGHT, 1)], sessions_of(wanted))
        day = read(store)
    runs = np.flatnonzero(np.diff((day.state == State.SLUMPED).astype(int), prepend=0) == 1)
    episodes = measure(day).episodes
    summary = summarise_day(day)

    # Every run of slumped seconds is in one of them, and they do not overlap.
    for second in runs.tolist():
        assert sum(each.start_s <= second < each.end_s for each in episodes) == 1
    assert all(one.end_s <= two.start_s for one, two in pairwise(episodes))
    assert len(episodes) <= len(runs)
    assert summary.coverage.kept_s <= summary.coverage.measured_s
    assert sum(summary.state_s.values()) == len(day.state)
