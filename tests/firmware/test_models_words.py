"""What stands in the FIFO, against bytes worked out by hand from the datasheets.

At 16 g a count is 0.488 mg, so that 1 g is 2049 = 0x0801; in SFLP's gravity vector it is
0.061 mg, and 1 g is 16393 = 0x4009.  A half float of 0.5 is 0x3800, of 0.7071 0x39a8.
"""

import numpy as np
import pytest
from firmware.models import words
from firmware.models.bench import Bench
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Still
from scipy.spatial.transform import Rotation

DSV_HEAD = ((0x15, 3), (0x17, 3), (0x09, 0x55))
DSV_SFLP = ((0x01, 0x80), (0x04, 0x02), (0x5E, 0x53), (0x44, 0x32), (0x01, 0))
DSV_ON = ((0x0A, 6), (0x10, 5), (0x11, 5))
DSOX_ON = ((0x18, 0xE2), (0x09, 0x33), (0x0A, 6), (0x10, 0x34), (0x11, 0x38))


def dsv(*pairs: tuple[int, int]) -> Bench:
    bench = Bench(Lsm6dsv16x(Still()))
    bench.write(*DSV_HEAD, *pairs, *DSV_ON)
    return bench


@pytest.mark.parametrize(
    ("quaternion", "expected"),
    [
        ((1.0, 0.0, 0.0, 0.0), "000000000000"),
        ((0.5, 0.5, 0.5, 0.5), "003800380038"),
        ((0.5, -0.5, 0.25, -0.66143783), "00b800344bb9"),
        # w is not stored, so it has to come out positive.
        ((-0.5, 0.5, -0.5, 0.5), "00b8003800b8"),
    ],
)
def test_a_game_rotation_is_three_half_floats(quaternion: tuple[float, ...], expected: str):
    assert words.game_rotation(np.array([quaternion])).tobytes().hex() == expected


def test_the_lsm6dsv16x_tags_a_slot_with_a_counter_of_two_bits():
    bench = dsv()
    bench.wait(5.5 / 60)

    assert [word[:2] for word in bench.words(10)] == [
        *("08", "10"),
        *("0a", "12"),
        *("0c", "14"),
        *("0e", "16"),
        *("08", "10"),
    ]


def test_the_lsm6dsox_adds_a_bit_that_makes_the_ones_even():
    bench = Bench(Lsm6dsox(Still()))
    bench.write(*DSOX_ON)
    bench.wait(5.5 / 52)

    assert [word[:2] for word in bench.words(10)] == [
        *("09", "11"),
        *("0a", "12"),
        *("0c", "14"),
        *("0f", "17"),
        *("09", "11"),
    ]


def test_an_upright_lsm6dsox_feels_1_g_along_its_y():
    bench = Bench(Lsm6dsox(Still()))
    bench.write(*DSOX_ON)
    bench.wait(1.5 / 52)

    assert bench.words(2) == ["09000000000000", "11000001080000"]


def test_sflp_puts_rotation_bias_and_gravity_behind_the_samples():
    bench = dsv(*DSV_SFLP)
    bench.wait(1.5 / 60)

    # Chip y up is a quarter turn about x: 0.7071, 0.7071, 0, 0.
    assert bench.words(5) == [
        "08000000000000",
        "10000001080000",
        "98a83900000000",
        "b0000000000000",
        "b8000009400000",
    ]


def test_a_slower_fusion_speaks_in_every_other_slot_only():
    bench = dsv((0x01, 0x80), (0x04, 0x02), (0x5E, 0x4B), (0x44, 0x02), (0x01, 0))
    bench.wait(4.5 / 60)

    assert [word[:2] for word in bench.words(10)] == [
        *("08", "10"),
        *("0a", "12", "9a"),
        *("0c", "14"),
        *("0e", "16", "9e"),
    ]


def test_the_gravity_word_says_where_up_is_in_the_chips_axes():
    turn = Rotation.from_euler("xyz", [20.0, -50.0, 70.0], degrees=True)
    quaternions = np.array([turn.as_quat(scalar_first=True)])
    up_g = words.gravity(quaternions)[0] * words.GRAVITY_G

    assert up_g == pytest.approx(turn.inv().apply([0.0, 0.0, 1.0]), abs=words.GRAVITY_G)


def test_the_bias_word_is_in_counts_of_the_smallest_range():
    # 0.4375 deg/s is 100 = 0x0064 counts of 4.375 mdps, -0.875 deg/s is -200 = 0xff38.
    bias = words.counts(np.array([[0.4375, -0.875, 0.0]]), words.BIAS_DPS)

    assert bias.tobytes().hex() == "640038ff0000"


def test_a_timestamp_word_counts_46080_a_second():
    chip = Lsm6dsv16x(Still())
    for reg, value in ((0x50, 0x40), (0x09, 0x55), (0x0A, 0x46), (0x10, 5), (0x11, 5)):
        chip.write(reg, bytes([value]), 0.0)
    slot = chip.read(0x78, 21, 1.5 / 60)

    # A sixtieth of a second is 768 = 0x0300 counts; the first slot's tag counter is 0.
    assert slot[14:].hex() == "20000300000000"
