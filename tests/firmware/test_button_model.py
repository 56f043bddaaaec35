"""The button against a finger that is known: random rows of presses and holds, with bounces.

What a finger means is read here from how long it presses and pauses, not from levels in time.
"""

from firmware.check_button import Finger
from hypothesis import given
from hypothesis import strategies as st

from clip_firmware.button import DOUBLE, FORGET, NONE, PAIR, PRESS, TRIPLE, Button

Touch = tuple[int, int]
"""For how many ms the button is left alone, and then pressed."""

PAUSES_MS = st.sampled_from([60, 200, 399, 402, 405, 900]) | st.integers(50, 1500)
HELD_MS = (
    st.sampled_from([50, 120, 798, 801, 2998, 3001, 9998, 10001])
    | st.integers(50, 400)
    | st.integers(50, 12000)
)
TOUCHES = st.lists(st.tuples(PAUSES_MS, HELD_MS), min_size=1, max_size=8)


def meant(touches: list[Touch]) -> list[int]:
    """What the wearer means by these."""
    told: list[int] = []
    row = 0
    for pause_ms, held_ms in touches:
        if row and pause_ms > 400:
            told.append((PRESS, DOUBLE)[row - 1])
            row = 0
        if held_ms < 800:
            row += 1
        else:
            row = 0
            told += [PAIR] * (held_ms >= 3000) + [FORGET] * (held_ms >= 10000)
        if row == 3:
            told.append(TRIPLE)
            row = 0
    return told + [(PRESS, DOUBLE)[row - 1]] * bool(row)


def edges(touches: list[Touch]) -> list[tuple[int, int]]:
    """(when in ms, level) of these, from 1 s on."""
    at_ms, found = 1000, list[tuple[int, int]]()
    for pause_ms, held_ms in touches:
        found += [(at_ms + pause_ms, 1), (at_ms + pause_ms + held_ms, 0)]
        at_ms += pause_ms + held_ms
    return found


def bouncing(timeline: list[tuple[int, int]], chatter_ms: list[int]) -> list[tuple[int, int]]:
    """The same, with contacts that open and close once more these ms after they met."""
    found: list[tuple[int, int]] = []
    for number, (at_ms, level) in enumerate(timeline):
        found.append((at_ms, level))
        blip_ms = chatter_ms[number % len(chatter_ms)]
        if blip_ms:
            found += [(at_ms + blip_ms, 1 - level), (at_ms + blip_ms + 1, level)]
    return found


@given(TOUCHES)
def test_every_row_of_touches_is_taken_for_what_was_meant(touches: list[Touch]):
    timeline = edges(touches)
    told = Finger().play(timeline, until_ms=timeline[-1][0] + 2000)

    assert [event for _, event in told] == meant(touches)


# A bounce delays what was seen by as much: touches keep that distance from every limit.
CLEAR_PAUSES_MS = st.sampled_from([100, 250, 340, 480, 900])
CLEAR_HELD_MS = st.sampled_from([100, 400, 740, 860, 2900, 3200, 9900, 10200])


@given(
    st.lists(st.tuples(CLEAR_PAUSES_MS, CLEAR_HELD_MS), min_size=1, max_size=8),
    st.lists(st.integers(0, 20), min_size=1, max_size=16),
    st.sampled_from([0, 5, 20]),
)
def test_bounces_and_late_looks_change_nothing(
    touches: list[Touch], chatter_ms: list[int], late_ms: int
):
    timeline = bouncing(edges(touches), chatter_ms)
    told = Finger(late_ms=late_ms).play(timeline, until_ms=timeline[-1][0] + 2000)

    assert [event for _, event in told] == meant(touches)


@given(st.lists(st.tuples(st.integers(-5, 3000), st.booleans()), max_size=60))
def test_whatever_is_seen_whenever_no_more_is_told_than_was_pressed(
    looks: list[tuple[int, bool]],
):
    on, now_ms, told = Button(), 0, list[int]()
    presses = 0
    before = True
    for wait_ms, down in looks:
        now_ms += wait_ms
        told.append(on.update(now_ms, down))
        presses += down and not before
        before = down
        due_ms = on.due_ms(now_ms)
        assert due_ms is None or due_ms >= 0
    counted = {NONE: 0, PRESS: 1, DOUBLE: 2, TRIPLE: 3, PAIR: 1, FORGET: 0}

    assert sum(counted[event] for event in told) <= presses
