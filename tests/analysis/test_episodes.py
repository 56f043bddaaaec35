"""Slumps from what the monitor stored."""

import numpy as np

from midback.words import State
from midback_analysis.episodes import Episode, Event, runs, slumps

_CODES = {
    "u": State.UPRIGHT,
    "l": State.LEANING,
    "S": State.SLUMPED,
    "x": State.NO_DATA,
    "m": State.MOVING,
    "o": State.AWAY,
}


def found(timeline: str, *events: tuple[float, str, str]) -> list[Episode]:
    state = np.array([_CODES[c] for c in timeline], dtype=np.uint8)
    return slumps([Event(t, f"slump_{kind}", None, how) for t, kind, how in events], state)


def test_the_hold_belongs_to_the_slump():
    assert found("uulllSSSuu", (5, "started", ""), (8, "ended", "sat up")) == [
        Episode(2, 8, "sat up")
    ]


def test_a_gap_is_not_part_of_the_slump_it_ended():
    """The event comes when data return, long after they stopped."""
    (episode,) = found("lSSSxxxxxxuu", (1, "started", ""), (10, "ended", "gap"))

    assert (episode.start_s, episode.end_s, episode.censored) == (0, 4, True)


def test_a_slump_without_an_end_lasts_as_long_as_it_was_judged():
    assert found("uSSSxx", (1, "started", "")) == [Episode(1, 4, "gap")]


def test_a_slump_at_the_end_of_wearing_is_cut():
    assert found("uSSS", (1, "started", "")) == [Episode(1, 4, "end")]


def test_a_second_start_ends_the_one_before():
    assert found("SSooSS", (0, "started", ""), (4, "started", "")) == [
        Episode(0, 2, "end"),
        Episode(4, 6, "end"),
    ]


def test_an_end_without_a_start_is_nothing():
    assert found("uu", (1, "ended", "sat up")) == []


def test_a_day_without_seconds_has_no_runs():
    assert len(runs(np.zeros(0))) == 0
