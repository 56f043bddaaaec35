"""Which context lies in which slot of the clip, and what it must still learn."""

from dataclasses import replace

from chain.builders import upright
from hypothesis import given
from hypothesis import strategies as st

from midback.shared import wire
from midback.teaching import Slots


def contexts(*names: str, version: int = 1):
    return {name: replace(upright(), id=f"{name} {version}", context=name) for name in names}


def taught(slots: Slots, known, here: str = "desk", hold_s: float = 30.0):
    return [(slot, each.id) for slot, each in slots.lessons(known, here, hold_s)]


def test_each_context_gets_a_slot_and_is_taught_once():
    slots, known = Slots(), contexts("desk", "sofa")

    assert taught(slots, known) == [(0, "desk 1"), (1, "sofa 1")]
    assert taught(slots, known) == []
    assert (slots.slot_of("sofa"), slots.name_of(1), slots.name_of(2)) == (1, "sofa", None)
    assert list(slots.empty()) == [2, 3]


def test_what_has_changed_is_taught_again():
    slots = Slots()
    taught(slots, contexts("desk", "sofa"))

    assert taught(slots, contexts("desk") | contexts("sofa", version=2)) == [(1, "sofa 2")]
    assert taught(slots, contexts("desk") | contexts("sofa", version=2), hold_s=10.0) == [
        (0, "desk 1"),
        (1, "sofa 2"),
    ]


def test_a_context_too_many_takes_the_last_slot_while_the_wearer_is_there():
    slots, known = Slots(), contexts("desk", "sofa", "car", "bed", "train")
    taught(slots, known)

    assert slots.slot_of("train") is None
    assert taught(slots, known, "train") == [(3, "train 1")]
    assert taught(slots, known, "bed") == [(3, "bed 1")]


def test_a_context_without_an_upright_has_no_slot():
    slots = Slots()

    assert taught(slots, {}, "desk") == []
    assert slots.slot_of("desk") is None


def test_what_the_clip_refused_is_tried_again():
    slots, known = Slots(), contexts("desk")
    taught(slots, known)
    slots.forget(0)

    assert taught(slots, known) == [(0, "desk 1")]


def test_a_button_pressed_while_nobody_listened_tells_where_the_wearer_is():
    slots = Slots()
    assert slots.reconnected(1) is None
    taught(slots, contexts("desk", "sofa"))
    slots.seen = 0

    assert slots.reconnected(0) is None
    assert slots.reconnected(1) == "sofa"
    assert slots.reconnected(3) is None
    assert taught(slots, contexts("desk", "sofa")) == [(0, "desk 1"), (1, "sofa 1")]


def test_a_button_pressed_is_told_once():
    slots = Slots()
    taught(slots, contexts("desk", "sofa"))
    slots.seen = 0

    assert [slots.moved(0), slots.moved(1), slots.moved(1), slots.moved(2)] == [
        None,
        "sofa",
        None,
        None,
    ]


NAMES = st.sampled_from(["desk", "sofa", "car", "bed", "train", "kitchen"])


@given(st.lists(st.tuples(st.lists(NAMES, max_size=6, unique=True), NAMES), max_size=12))
def test_the_clip_always_knows_the_context_the_wearer_is_in(steps):
    slots, clip = Slots(), {}
    known = {}
    for more, here in steps:
        known |= contexts(*more)
        for slot, each in slots.lessons(known, here, 30.0):
            assert 0 <= slot < wire.SLOTS
            clip[slot] = each.context
        for slot in range(wire.SLOTS):
            assert slots.name_of(slot) == clip.get(slot)
        if here in known:
            assert clip[slots.slot_of(here)] == here
