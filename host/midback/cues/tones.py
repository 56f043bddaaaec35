"""What a beep sounds like, as a WAV file of a few kilobytes."""

from __future__ import annotations

import io
import math
import struct
import wave
from enum import Enum

RATE_HZ = 22050
LOUD = 0.4
"""Of full scale: to be heard two metres away, and not to startle."""

_FADE_S = 0.01  # a tone that begins or ends at once clicks


class Tone(Enum):
    """What a beep tells: pitches in Hz, each for so many seconds."""

    GO = ((880.0, 0.18),)
    BACK = ((587.0, 0.18),)
    REST = ((440.0, 0.10),)
    AGAIN = ((330.0, 0.12), (0.0, 0.06), (330.0, 0.12))
    DONE = ((587.0, 0.14), (880.0, 0.24))
    BEAT = ((740.0, 0.05),)


def sound(tone: Tone) -> bytes:
    """The beep as a WAV file: one channel, 16 bits.

    >>> sound(Tone.GO)[:4], len(sound(Tone.BEAT)) < len(sound(Tone.GO))
    (b'RIFF', True)
    """
    samples = [value for pitch_hz, seconds in tone.value for value in _wave(pitch_hz, seconds)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def _wave(pitch_hz: float, seconds: float) -> list[int]:
    count = round(seconds * RATE_HZ)
    fade = _FADE_S * RATE_HZ
    return [
        round(
            32767
            * LOUD
            * min(1.0, k / fade, (count - 1 - k) / fade)
            * math.sin(2.0 * math.pi * pitch_hz * k / RATE_HZ)
        )
        for k in range(count)
    ]
