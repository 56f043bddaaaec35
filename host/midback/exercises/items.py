"""The tests of the movement check, and the words that guide through them.

Each starts from sitting tall on the front half of a firm chair, feet flat; angles count from the
rest before each repetition.  What the results compare with is in ``results``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

LEFT, RIGHT = "left", "right"


class Axis(StrEnum):
    """What a movement is measured by, with the project's signs."""

    FLEXION = "flexion"
    LATERAL = "lateral"
    ROTATION = "rotation"


class Way(NamedTuple):
    """One way to go in a test.

    Attributes:
        name: ``left``, ``right``, or empty where there is only one.
        sign: of the angle when they go that way; 0 where people differ.
        go: what to ask for.
    """

    name: str
    sign: int
    go: str


class Movement(NamedTuple):
    """A test made of repetitions, there and back.

    Attributes:
        id: names it in files; its figure has the same name.
        title: for people.
        how: how to sit, before the first repetition.
        axis: what is measured.
        ways: which ways they go, in turn.
        counted: how many repetitions of each way count.
        practice: whether one more, before them, does not.
        most_spread_deg: repetitions that lie further apart are followed by up to three more.
        far_deg: so far from tall they may begin.
        returns_deg: so near to where they began they must come back.
    """

    id: str
    title: str
    how: str
    axis: Axis
    ways: tuple[Way, ...]
    counted: int = 3
    practice: bool = True
    most_spread_deg: float = 6.0
    far_deg: float = 8.0
    returns_deg: float = 5.0


class Hold(NamedTuple):
    """A test that is one posture kept for a while; attributes as in ``Movement``."""

    id: str
    title: str
    how: str
    go: str
    seconds: float


Item = Movement | Hold

TALL = "Sit tall, look straight ahead, and hold still."
BACK = "And back to sitting tall."

ITEMS: tuple[Item, ...] = (
    Movement(
        "tall_slump",
        "Tall to slumped",
        "Sit tall, hands on your thighs.",
        Axis.FLEXION,
        (Way("", 0, "Let yourself slump, and stay."),),
    ),
    Movement(
        "arm_raise",
        "Arms overhead",
        "Sit tall, arms hanging.",
        Axis.FLEXION,
        (Way("", -1, "Raise both arms all the way up, and stay."),),
    ),
    Movement(
        "chair_extension",
        "Bending back over the chair",
        "Sit back in the chair, hands behind your head, hips still.",
        Axis.FLEXION,
        (Way("", -1, "Bend back over the top of the chair, and stay."),),
        far_deg=15.0,
    ),
    Movement(
        "rotation",
        "Turning",
        "Sit tall, arms crossed on your shoulders, something soft between your knees.",
        Axis.ROTATION,
        (
            Way(LEFT, 1, "Turn to your left as far as is comfortable, and stay."),
            Way(RIGHT, -1, "Turn to your right as far as is comfortable, and stay."),
        ),
        most_spread_deg=8.0,
    ),
    Movement(
        "side_bend",
        "Bending to a side",
        "Sit tall, arms hanging.",
        Axis.LATERAL,
        (
            Way(LEFT, -1, "Slide your left hand toward the floor, and stay."),
            Way(RIGHT, 1, "Slide your right hand toward the floor, and stay."),
        ),
    ),
    Hold(
        "tall_hold",
        "Sitting tall for a minute",
        "Sit tall, with something to read in front of you.",
        "Stay tall, and read for a minute.",
        60.0,
    ),
    Movement(
        "find_upright",
        "Finding your upright",
        "Sit tall and close your eyes: this is the posture to find again.",
        Axis.FLEXION,
        (Way("", 0, "Let yourself slump, and stay."),),
        counted=6,
        practice=False,
        most_spread_deg=90.0,
        far_deg=15.0,
        returns_deg=25.0,
    ),
)
"""In their order."""

TITLES = {item.id: item.title for item in ITEMS}
"""By their ids."""
