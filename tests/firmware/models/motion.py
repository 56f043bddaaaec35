"""What moves a clip, all in one place: still, recorded, worn, shaken, and real people."""

from firmware.models.people import Seen, from_people, handheld, recorded
from firmware.models.recorded import Felt, Moving, Recorded, Still
from firmware.models.shaken import Shaken
from firmware.models.worn import MOUNTING, Worn, clip_from_chip, worn

__all__ = [
    "MOUNTING",
    "Felt",
    "Moving",
    "Recorded",
    "Seen",
    "Shaken",
    "Still",
    "Worn",
    "clip_from_chip",
    "from_people",
    "handheld",
    "recorded",
    "worn",
]
