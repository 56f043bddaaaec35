"""What a guide shows as a scene of the window.

A gauge is no help, and may spoil the test, where a posture is to be kept or found without one.
"""

from __future__ import annotations

from collections.abc import Sequence

from midback.cues import Tone
from midback.exercises.guide import TALL_S
from midback.exercises.items import LEFT, RIGHT, Hold, Item, Movement
from midback.exercises.view import Phase, View
from midback.live.guided.drawings import figure_of
from midback.live.guided.scene import Gauge, Scene, Where, Wish

MOST_DEG = {
    "tall_slump": 40.0,
    "arm_raise": 30.0,
    "chair_extension": 30.0,
    "rotation": 70.0,
    "side_bend": 45.0,
    "find_upright": 40.0,
}
"""The ends of the scales: beyond what most people can do."""

_DRAWN = {"rotation": LEFT, "side_bend": RIGHT}
_UNSEEN = "find_upright"
_SIDES = {LEFT: -1, RIGHT: 1}
_TONES = {
    Phase.REST: Tone.REST,
    Phase.GO: Tone.GO,
    Phase.BACK: Tone.BACK,
    Phase.HOLD: Tone.GO,
    Phase.DONE: Tone.DONE,
}
LEADING = (Wish.PAUSE, Wish.REPEAT, Wish.SKIP, Wish.HURTS)
PAUSED = (Wish.GO_ON, Wish.SKIP, Wish.HURTS)
PAUSE_WORDS = "Paused. What was under way is done again."


def scene_of(view: View, items: Sequence[Item], *, paused: bool = False) -> Scene:
    """The scene of a guide's view.

    Args:
        view: what the guide shows.
        items: its tests, in their order.
        paused: whether the wearer rests from it.
    """
    item, note = view.item, _note(view)
    if view.phase is Phase.DONE:
        return Scene(Where.OVER, view.words, cues=view.cues, tone=Tone.DONE, spoken=view.words)
    if item is None:
        return _calibrating(view, paused=paused)
    way = view.way.name if view.way is not None else ""
    resting = view.phase is Phase.REST
    return Scene(
        Where.LEADING,
        words=PAUSE_WORDS if paused else _words(view, item),
        note=note,
        step=f"Test {items.index(item) + 1} of {len(items)}",
        title=item.title,
        how=item.how,
        figure=figure_of(item.id),
        mirrored=way != "" and not resting and _DRAWN.get(item.id, way) != way,
        count=_count(view, item),
        number=view.number,
        of=view.of if isinstance(item, Movement) else 0,
        practice=view.practice,
        gauge=None if paused else _gauge(view, item, way),
        share=view.share if view.phase is Phase.HOLD and not paused else None,
        inside="" if paused or not isinstance(item, Hold) else _left(view, item.seconds),
        wishes=PAUSED if paused else LEADING,
        cues=view.cues,
        tone=Tone.AGAIN if note else _TONES[view.phase],
        spoken=_spoken(view, item, note),
    )


def _calibrating(view: View, *, paused: bool) -> Scene:
    """The tall hold that everything counts from; it has no test, and cannot be left out."""
    return Scene(
        Where.LEADING,
        words=PAUSE_WORDS if paused else view.words,
        step="To begin with",
        title="Your upright",
        how="Front half of a firm chair, feet flat on the floor.",
        figure=figure_of("upright"),
        share=None if paused else view.share,
        inside="" if paused else _left(view, TALL_S),
        wishes=(Wish.GO_ON,) if paused else (Wish.PAUSE, Wish.REPEAT),
        cues=view.cues,
        tone=Tone.GO,
        spoken=view.words,
    )


def _note(view: View) -> str:
    """What a guide says before it asks for the same once more."""
    if view.item is None or view.phase is not Phase.REST:
        return ""
    return view.words.removesuffix(view.item.how).strip()


def _words(view: View, item: Item) -> str:
    """How to sit is shown beside; what counts at rest is that they hold still."""
    if view.phase is not Phase.REST:
        return view.words
    if item.id == _UNSEEN:
        return "Close your eyes, and hold still."
    return "Get ready, and hold still."


def _count(view: View, item: Item) -> str:
    if isinstance(item, Hold):
        return ""
    if view.practice:
        return "Practice"
    return f"{view.number} of {view.of}" if view.number <= view.of else "Once more, to be sure"


def _gauge(view: View, item: Item, way: str) -> Gauge | None:
    if not isinstance(item, Movement) or (item.id == _UNSEEN and view.phase is not Phase.GO):
        return None
    # Between two repetitions there is no way yet, and nothing to show but the zero.
    side = 0 if len(item.ways) == 1 else _SIDES.get(way, 1)
    return Gauge(view.angle_deg, MOST_DEG.get(item.id, 60.0), side)


def _left(view: View, seconds: float) -> str:
    return f"{(1.0 - view.share) * seconds:.0f} s" if view.phase is Phase.HOLD else ""


def _spoken(view: View, item: Item, note: str) -> str:
    """At rest all is said the first time, afterwards only what is new."""
    if note:
        return f"{note} Once more."
    if view.phase is not Phase.REST:
        return view.words
    first = view.practice or (view.number == 1 and not _practises(item))
    return f"{item.title}. {item.how}" if first else ""


def _practises(item: Item) -> bool:
    """Whether a test has a repetition for practice."""
    return isinstance(item, Movement) and item.practice
