"""What a routine's guide shows as a scene of the window.

What the clip sees is called seen; what it does not see is paced, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from midback.cues import Tone
from midback.exercises.counting import Counted
from midback.exercises.drill import By, Drill
from midback.exercises.items import LEFT, RIGHT, Axis
from midback.exercises.routine_guide import TALL_S
from midback.exercises.routine_plan import Task
from midback.exercises.routine_view import RoutineView
from midback.exercises.view import Phase
from midback.live.guided.check_scene import PAUSE_WORDS
from midback.live.guided.drawings import figure_of
from midback.live.guided.scene import Beat, Gauge, Scene, Where, Wish
from midback.words import degrees

MOST_DEG = {Axis.FLEXION: 30.0, Axis.LATERAL: 45.0, Axis.ROTATION: 70.0}
"""The ends of the scales: beyond what most people can do."""

_SIDES = {LEFT: -1, RIGHT: 1}
_TONES = {
    Phase.REST: Tone.REST,
    Phase.GO: Tone.GO,
    Phase.BACK: Tone.BACK,
    Phase.HOLD: Tone.GO,
    Phase.DONE: Tone.DONE,
}
_LEADING = (Wish.PAUSE, Wish.CHANGE, Wish.SKIP, Wish.HURTS)
_PAUSED = (Wish.GO_ON, Wish.CHANGE, Wish.SKIP, Wish.HURTS)


def routine_scene(view: RoutineView, tasks: Sequence[Task], *, paused: bool = False) -> Scene:
    """The scene of a routine's view.

    Args:
        view: what the guide shows.
        tasks: today's drills, in their order.
        paused: whether the wearer rests from it.
    """
    drill = view.drill
    if view.phase is Phase.DONE:
        return Scene(Where.OVER, view.words, cues=view.cues, tone=Tone.DONE, spoken=view.words)
    if drill is None:
        return _sitting_tall(view, tasks, paused=paused)
    holds = view.phase is Phase.HOLD and not paused
    return Scene(
        Where.LEADING,
        words=PAUSE_WORDS if paused else _words(view, drill),
        note=_note(view, drill),
        step=_step(drill, tasks),
        title=drill.title,
        how=drill.how,
        figure=drill.figure,
        # The figures of drills to both sides show the left.
        mirrored=view.side == RIGHT and view.phase is not Phase.REST,
        count=_count(view),
        number=view.number + (not view.paced),
        of=view.of,
        gauge=None if paused else _gauge(view, drill),
        share=view.share if holds else None,
        inside=_inside(view, drill) if holds else "",
        beat=None if paused else _beat(view, drill),
        facts=_facts(view, drill),
        left=_left(view.left_s),
        coming=_coming(drill, tasks),
        wishes=_PAUSED if paused else _LEADING,
        cues=view.cues,
        tone=_TONES[view.phase],
        spoken=_spoken(view, drill),
    )


def _sitting_tall(view: RoutineView, tasks: Sequence[Task], *, paused: bool) -> Scene:
    """The hold that flexion counts from."""
    return Scene(
        Where.LEADING,
        words=PAUSE_WORDS if paused else view.words,
        step="To begin with",
        title="Your upright",
        how="Front half of a firm chair, feet flat on the floor.",
        figure=figure_of("upright"),
        share=None if paused else view.share,
        inside="" if paused else f"{(1.0 - view.share) * TALL_S:.0f} s",
        left=_left(view.left_s),
        coming=f"Next: {tasks[0].drill.title}" if tasks else "",
        wishes=(Wish.GO_ON,) if paused else (Wish.PAUSE,),
        cues=view.cues,
        tone=Tone.GO,
        spoken=view.words,
    )


def _words(view: RoutineView, drill: Drill) -> str:
    """How to begin is shown beside; then a caution is what matters."""
    if view.phase is not Phase.REST:
        return view.words
    return f"Get ready. {drill.caution}".strip()


def _note(view: RoutineView, drill: Drill) -> str:
    """What the guide says before it asks for the same once more."""
    if view.phase is not Phase.REST or view.words.startswith(drill.how):
        return ""
    return view.words.removesuffix(drill.how).strip()


def _step(drill: Drill, tasks: Sequence[Task]) -> str:
    ids = [task.drill.id for task in tasks]
    at = f"Drill {ids.index(drill.id) + 1} of {len(ids)}" if drill.id in ids else "Instead"
    return f"{at} · {drill.dose}"


def _coming(drill: Drill, tasks: Sequence[Task]) -> str:
    ids = [task.drill.id for task in tasks]
    after = tasks[ids.index(drill.id) + 1 :] if drill.id in ids else ()
    return f"Next: {after[0].drill.title}" if after else ""


def _count(view: RoutineView) -> str:
    if not view.of:
        return ""
    if view.paced:
        return f"{view.number} of {view.of}, paced, not counted"
    return f"{view.number} of {view.of} seen"


def _gauge(view: RoutineView, drill: Drill) -> Gauge | None:
    if view.paced or drill.by is not By.REPETITIONS:
        return None
    side = _SIDES.get(view.side, 0)
    return Gauge(view.angle_deg, MOST_DEG[drill.axis], side)


def _inside(view: RoutineView, drill: Drill) -> str:
    """Of a hold how far from tall; without the clip the seconds that are left."""
    if drill.by is By.HOLD:
        return degrees(view.angle_deg)
    return f"{(1.0 - view.share) * drill.seconds:.0f} s"


def _beat(view: RoutineView, drill: Drill) -> Beat | None:
    if not view.paced or view.phase not in (Phase.GO, Phase.BACK):
        return None
    return Beat(drill.seconds / 2, back=view.phase is Phase.BACK)


def _facts(view: RoutineView, drill: Drill) -> tuple[str, ...]:
    if view.last is not None and not view.paced:
        return (_tempo(view.last),)
    if drill.by is By.HOLD and view.phase is Phase.HOLD:
        left_s = (1.0 - view.share) * drill.seconds
        return (f"{left_s:.0f} s to go, within {degrees(drill.within_deg)} of tall",)
    return ()


def _tempo(last: Counted) -> str:
    return (
        f"The last: {degrees(last.peak_deg)}, {last.up_s:.1f} s there, "
        f"{last.hold_s:.1f} s held, {last.down_s:.1f} s back"
    )


def _left(left_s: float) -> str:
    minutes, seconds = divmod(round(left_s), 60)
    return f"{minutes}:{seconds:02d} left"


def _spoken(view: RoutineView, drill: Drill) -> str:
    """Words where they are new; then the number of each repetition."""
    if view.phase is Phase.REST:
        return f"{drill.title}. {view.words}"
    if view.phase is Phase.BACK and view.number > 1:
        return ""
    if view.phase is Phase.GO and view.number > view.paced:
        return str(view.number)
    return view.words
