"""Which neutrals a clip knows and which it judges by; runs on CPython and on MicroPython.

Slots are told as (neutrals, slump lines, the slot in use), empty ones as ``None``.
"""

from midback.shared import wire
from midback.shared.contexts import Contexts

DESK = (0, 0, 32767, 0, 32767, 0)
SOFA = (-8481, 0, 31651, 0, 32767, 0)  # 15 degrees to the front
EMPTY = (0, 0, 0, 0, 0, 0)
LINES = (1000, 700, 0, 0, 300, 20)
NONE = [None] * 4


def told(contexts):
    return (contexts.neutrals, contexts.slumps, contexts.slot)


def filled(*slots):
    """Contexts with these slots filled, the first of them in use."""
    contexts = Contexts()
    for slot in slots:
        assert contexts.set_neutral(slot, DESK) == wire.OK
    assert contexts.use(slots[0]) == wire.OK
    return contexts


def check_a_new_clip_knows_nothing_and_would_judge_by_its_first_slot():
    contexts = Contexts()
    assert told(contexts) == (NONE, NONE, 0)
    assert (contexts.neutral, contexts.slump) == (None, None)


def check_what_is_set_is_kept_in_its_slot_and_in_no_other():
    contexts = Contexts()
    assert contexts.set_neutral(2, SOFA) == wire.OK
    assert contexts.set_slump(2, LINES) == wire.OK
    assert told(contexts) == ([None, None, SOFA, None], [None, None, LINES, None], 0)


def check_what_is_in_use_is_what_its_slot_holds():
    contexts = filled(1, 3)
    contexts.set_neutral(3, SOFA)
    contexts.set_slump(3, LINES)
    assert (contexts.neutral, contexts.slump) == (DESK, None)
    contexts.use(3)
    assert (contexts.neutral, contexts.slump) == (SOFA, LINES)


def check_an_empty_slot_cannot_be_used():
    contexts = filled(1)
    contexts.set_slump(2, LINES)
    for slot in (0, 2, 3):
        assert contexts.use(slot) == wire.REFUSED, slot
    assert contexts.slot == 1


def check_a_slot_is_emptied_with_its_lines():
    contexts = filled(0, 1)
    contexts.set_slump(1, LINES)
    assert contexts.set_neutral(1, EMPTY) == wire.OK
    assert told(contexts) == ([DESK, None, None, None], NONE, 0)
    assert contexts.set_neutral(1, EMPTY) == wire.OK


def check_the_slot_in_use_is_not_emptied():
    contexts = filled(0, 1)
    assert contexts.set_neutral(0, EMPTY) == wire.REFUSED
    assert told(contexts) == ([DESK, DESK, None, None], NONE, 0)


def check_what_cannot_be_is_refused_and_what_was_stays():
    contexts = filled(0)
    contexts.set_slump(0, LINES)
    before = (list(contexts.neutrals), list(contexts.slumps), 0)
    for axes in ((0, 0, 32767, 0, 0, 32767), (0, 0, 0, 0, 32767, 0), (0, 0, 9, 0, 0, 0)):
        assert contexts.set_neutral(0, axes) == wire.BAD_ARGUMENT, axes
        assert contexts.set_neutral(1, axes) == wire.BAD_ARGUMENT, axes
    for lines in ((1000, 1000, 0, 0, 300, 20), (1000, 700, 900, 900, 300, 20)):
        assert contexts.set_slump(0, lines) == wire.BAD_ARGUMENT, lines
    assert told(contexts) == before


def check_the_next_slot_is_the_next_filled_one_going_round():
    for slots, next_slot in (
        ((0, 1), 1),
        ((1, 0), 0),
        ((0, 3), 3),
        ((3, 0, 1), 0),
        ((2, 1), 1),
        ((1, 2, 3, 0), 2),
    ):
        assert filled(*slots).next_slot() == next_slot, slots


def check_without_another_filled_slot_there_is_no_next_one():
    assert Contexts().next_slot() is None
    for slot in range(4):
        assert filled(slot).next_slot() is None, slot


def check_from_a_slot_that_was_never_filled_the_next_one_is_found():
    contexts = Contexts()
    contexts.set_neutral(2, DESK)
    assert contexts.next_slot() == 2


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
