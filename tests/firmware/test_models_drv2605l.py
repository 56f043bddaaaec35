"""The modelled haptic driver: what it makes the motor do, and what is told."""

import pytest
from firmware.models.bench import Bench
from firmware.models.drv2605l import Drv2605l

Entry = tuple[float, float]


class Haptic(Bench):
    """A driver at its address; transfers are asked for at exact times."""

    def __init__(self) -> None:
        self.chip = Drv2605l()
        super().__init__(self.chip, 0x5A)

    def at(self, now_s: float, *pairs: tuple[int, int]) -> None:
        for reg, value in pairs:
            self.chip.write(reg, bytes([value]), now_s)


@pytest.fixture
def haptic() -> Haptic:
    return Haptic()


def test_it_says_that_it_is_a_drv2605l(haptic: Haptic):
    assert haptic.read(0x00)[0] >> 5 == 7


def test_it_begins_in_standby(haptic: Haptic):
    assert haptic.read(0x01) == b"\x40"


def test_real_time_playback_drives_what_is_written(haptic: Haptic):
    haptic.at(1.0, (0x01, 5))
    haptic.at(2.0, (0x02, 0x7F))
    haptic.at(2.5, (0x02, 0x40))
    haptic.at(3.0, (0x02, 0x00))

    assert haptic.chip.log == [(2.0, 100.0), (2.5, pytest.approx(50.4, abs=0.1)), (3.0, 0.0)]


def test_unsigned_playback_has_twice_the_steps(haptic: Haptic):
    haptic.at(0.0, (0x1D, 0xA8), (0x01, 5), (0x02, 0xFF))

    assert (haptic.chip.log, haptic.chip.misuse) == ([(0.0, 100.0)], [])


def test_standby_stops_the_motor(haptic: Haptic):
    haptic.at(0.0, (0x01, 5), (0x02, 0x7F))
    haptic.at(0.5, (0x01, 0x45))

    assert haptic.chip.log == [(0.0, 100.0), (0.5, 0.0)]


def test_waking_in_playback_goes_on_with_what_was_written_last(haptic: Haptic):
    haptic.at(0.0, (0x01, 0x45), (0x02, 0x7F))
    haptic.at(1.0, (0x01, 0x05))

    assert haptic.chip.log == [(1.0, 100.0)]


def test_a_sequence_plays_effects_and_pauses(haptic: Haptic):
    # The 750 ms alert, 200 ms of nothing, the 1000 ms alert.
    haptic.at(0.0, (0x01, 0), (0x04, 15), (0x05, 0x80 | 20), (0x06, 16), (0x0C, 1))

    assert haptic.chip.log == [
        (0.0, 100.0),
        (0.75, 0.0),
        (pytest.approx(0.95), 100.0),
        (pytest.approx(1.95), 0.0),
    ]


def test_go_clears_itself_when_the_sequence_is_over(haptic: Haptic):
    haptic.at(0.0, (0x01, 0), (0x04, 15), (0x0C, 1))

    assert (haptic.chip.read(0x0C, 1, 0.7), haptic.chip.read(0x0C, 1, 0.8)) == (b"\1", b"\0")


def test_taking_go_back_breaks_a_sequence_off(haptic: Haptic):
    haptic.at(0.0, (0x01, 0), (0x04, 16), (0x0C, 1))
    haptic.at(0.3, (0x0C, 0))

    assert haptic.chip.log == [(0.0, 100.0), (0.3, 0.0)]


def test_the_drive_at_any_time_can_be_asked(haptic: Haptic):
    haptic.at(0.0, (0x01, 0), (0x04, 16), (0x0C, 1))

    assert [haptic.chip.percent(t) for t in (-1.0, 0.5, 1.5)] == [0.0, 100.0, 0.0]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (((0x01, 0x45), (0x02, 0x7F)), "RTP_INPUT in standby moves nothing"),
        (((0x01, 5), (0x02, 0xC0)), "RTP_INPUT is signed: above 0x7f it drives backward"),
        (((0x0C, 1),), "GO in standby moves nothing"),
        (((0x01, 0), (0x03, 6), (0x0C, 1)), "library 6 is not for this motor"),
        (((0x01, 3),), "not modelled: mode 3"),
        (((0x01, 0), (0x04, 125), (0x0C, 1)), "there is no effect 125"),
        (((0x0C, 3),), "wrote 0x03 to GO, whose reserved bits stay 0x00 of 0xfe"),
    ],
)
def test_it_tells_of(haptic: Haptic, pairs: tuple[tuple[int, int], ...], sentence: str):
    haptic.at(0.0, *pairs)

    assert sentence in haptic.chip.misuse
