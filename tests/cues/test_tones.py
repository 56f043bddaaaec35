"""The beeps, read back by others: Python's WAV reader and a Fourier transform."""

import io
import wave

import numpy as np
import pytest

from midback.cues.tones import LOUD, Tone, sound


def samples(tone: Tone) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(sound(tone))) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


@pytest.mark.parametrize("tone", Tone)
def test_a_beep_lasts_as_long_as_its_parts(tone: Tone):
    played, rate_hz = samples(tone)
    assert len(played) / rate_hz == pytest.approx(sum(s for _, s in tone.value), abs=0.001)


@pytest.mark.parametrize("tone", [Tone.GO, Tone.BACK, Tone.REST])
def test_a_beep_has_its_pitch(tone: Tone):
    played, rate_hz = samples(tone)
    pitch_hz, _ = tone.value[0]
    spectrum = np.abs(np.fft.rfft(played, rate_hz))
    # A hertz a bin.
    assert spectrum.argmax() == pytest.approx(pitch_hz, abs=2.0)


@pytest.mark.parametrize("tone", Tone)
def test_a_beep_neither_clicks_nor_clips(tone: Tone):
    played, _ = samples(tone)
    assert abs(int(played[0])) + abs(int(played[-1])) == 0
    # Of a sine, some sample comes near its top; a whole count is rounded up.
    assert 0.9 * LOUD * 32767 <= np.abs(played.astype(float)).max() <= LOUD * 32767 + 1


def test_no_two_beeps_are_alike():
    assert len({sound(tone) for tone in Tone}) == len(Tone)
