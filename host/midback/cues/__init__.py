"""Cues for somebody who sits away from the screen: spoken, or beeped, or neither.

What the computer has is used: no sound library is needed.  A cue never waits and never fails;
one that cannot be heard is left out, because its words are always shown as well.
"""

from midback.cues.cueing import Cueing, Mode
from midback.cues.tones import Tone

__all__ = ["Cueing", "Mode", "Tone"]
