"""Posture shifts and the longest spell without one."""

import numpy as np

from midback_analysis.movement import Spell, longest_still, shifts, shifts_between

NAN = float("nan")


def seconds(*stretches: tuple[int, float]) -> np.ndarray:
    return np.repeat(
        np.array([deg for _, deg in stretches], dtype=np.float32), [s for s, _ in stretches]
    )


def found(flexion, lateral=None, part=None) -> list[int]:
    level = np.zeros_like(flexion)
    part = np.zeros(len(flexion), dtype=np.int16) if part is None else part
    return shifts(flexion, level if lateral is None else lateral, part).tolist()


def test_settling_five_degrees_further_forward_is_a_shift():
    assert found(seconds((60, 0), (60, 5))) == [60]


def test_settling_four_degrees_further_is_none():
    assert found(seconds((60, 0), (60, 4))) == []


def test_tipping_sideways_is_a_shift():
    assert found(seconds((120, 0)), seconds((60, 0), (60, -6))) == [60]


def test_a_reach_and_back_within_ten_seconds_is_none():
    assert found(seconds((60, 0), (9, 25), (60, 0))) == []


def test_a_change_across_a_gap_is_none():
    assert found(seconds((60, 0), (1, NAN), (60, 20))) == []


def test_a_new_upright_is_no_shift():
    part = np.repeat(np.array([0, 1], dtype=np.int16), 60)

    assert found(seconds((60, 0), (60, 9)), part=part) == []


def test_two_shifts_half_a_minute_apart_both_count():
    assert found(seconds((60, 0), (30, 10), (60, 20))) == [60, 90]


def test_a_day_shorter_than_the_two_windows_has_none():
    assert found(seconds((39, 0))) == []


def spell(still: str, shift_s: list[int], part: str = "") -> Spell | None:
    parts = np.array([int(c) for c in part or "0" * len(still)], dtype=np.int16)
    return longest_still(np.array([c == "s" for c in still]), np.array(shift_s, dtype=int), parts)


def test_moving_about_ends_a_still_spell():
    assert spell("sssmssss", []) == Spell(4, 8)


def test_a_shift_ends_a_still_spell():
    assert spell("ssssssss", [3]) == Spell(3, 8)


def test_a_new_upright_ends_a_still_spell():
    assert spell("ssssssss", [], part="00000111") == Spell(0, 5)


def test_someone_never_still_has_no_still_spell():
    assert spell("mmm", []) is None


def test_the_interval_holds_the_rate_and_is_the_same_every_time():
    still = np.ones(4 * 3600, dtype=bool)
    shift_s = np.arange(150, len(still), 300)

    low, high = shifts_between(still, shift_s) or (0, 0)

    assert low <= 12 <= high
    assert shifts_between(still, shift_s) == (low, high)


def test_without_a_shift_there_is_no_interval():
    assert shifts_between(np.ones(7200, dtype=bool), np.zeros(0, dtype=int)) is None
