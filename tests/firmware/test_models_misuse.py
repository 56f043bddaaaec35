"""What a driver does wrong is done, and told."""

import pytest
from firmware.models.bench import Bench
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Still

SFLP = ((0x01, 0x80), (0x04, 0x02), (0x5E, 0x53), (0x44, 0x02), (0x01, 0x00))
# +-16 g, +-1000 deg/s, all batched at 60 Hz, 36 words on INT1, continuous mode, both sensors on.
GOOD_DSV = (
    *((0x15, 3), (0x17, 3), (0x07, 36), (0x09, 0x55), (0x0D, 0x08)),
    *SFLP,
    *((0x0A, 6), (0x10, 5), (0x11, 5)),
)
GOOD_DSOX = (
    *((0x12, 0x44), (0x18, 0xE2), (0x07, 24), (0x09, 0x33), (0x0D, 0x08)),
    *((0x0A, 6), (0x10, 0x34), (0x11, 0x38)),
)
Pair = tuple[int, int]


def told(chip: Lsm6dsv16x | Lsm6dsox, *pairs: Pair, seconds: float = 0.3) -> list[str]:
    bench = Bench(chip)
    bench.write(*pairs)
    bench.wait(seconds)
    bench.read(0x0F)
    return list(chip.misuse)


def dsv(*pairs: Pair) -> list[str]:
    return told(Lsm6dsv16x(Still()), *pairs)


def dsox(*pairs: Pair) -> list[str]:
    return told(Lsm6dsox(Still()), *pairs)


def test_a_careful_configuration_is_told_nothing():
    assert (dsv(*GOOD_DSV), dsox(*GOOD_DSOX)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (((0x17, 0x13),), "wrote 0x13 to CTRL8, whose reserved bits stay 0x00 of 0x14"),
        (((0x1A, 1),), "wrote 0x01 to read-only CTRL_STATUS in the LSM6DSV16X"),
        (((0x3C, 1),), "wrote 0x01 to 0x3c, reserved in the LSM6DSV16X"),
        (((0x10, 0x03),), "SFLP is on, and a sensor slower than it"),
        (((0x10, 0x03),), "batches the accelerometer faster than it runs"),
        (((0x11, 0x00),), "batches the gyroscope faster than it runs"),
        (
            ((0x15, 0x02),),
            "changed rate or range while the FIFO took samples",
        ),
        (((0x07, 0),), "INT1 for a watermark of 0 words"),
        (((0x0A, 3),), "not modelled: this mode of the FIFO"),
        (((0x08, 0x40),), "not modelled: bits 0x40 of FIFO_CTRL2"),
        (((0x10, 0x15),), "not modelled: accelerometer mode 1"),
        (((0x10, 0x01),), "1.875 Hz is for the accelerometer in low power only"),
        (((0x10, 0x42),), "7.5 Hz is not for low power"),
        (((0x12, 0x45),), "SW_RESET with a sensor running"),
        (((0x5E, 0x04),), "not modelled: bits 0x04 of MD1_CFG"),
        (((0x01, 0x80), (0x04, 0x0A)), "not modelled: bits 0x08 of EMB_FUNC_EN_A"),
        (((0x5E, 0x20),), "wake-up on INT1 with the interrupts disabled"),
        (((0x50, 0x80),), "a wake-up threshold of 0: noise wakes it"),
    ],
)
def test_the_lsm6dsv16x_tells_of(changes: tuple[Pair, ...], sentence: str):
    assert any(line.startswith(sentence) for line in dsv(*GOOD_DSV, *changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (((0x18, 0xE0),), "left I3C on, which I2C traffic may wake"),
        (((0x19, 0x01),), "wrote 0x01 to CTRL10_C, whose reserved bits stay 0x00 of 0xdf"),
        (((0x10, 0xB4),), "1.6 Hz is for the accelerometer in low power only"),
        (((0x10, 0xE4),), "an ODR that is none"),
        (((0x56, 0x10),), "not modelled: bits 0x10 of TAP_CFG0"),
        (((0x11, 0x36),), "a gyroscope range that is none"),
        (((0x08, 0x01),), ""),
    ],
)
def test_the_lsm6dsox_tells_of(changes: tuple[Pair, ...], sentence: str):
    found = dsox(*GOOD_DSOX, *changes)
    assert any(line.startswith(sentence) for line in found) if sentence else found == []


def test_reserved_bits_of_the_fusions_rate_must_stay():
    # 0x10 is 60 Hz with the bits beside it cleared.
    assert dsv((0x01, 0x80), (0x5E, 0x10), (0x01, 0x00)) == [
        "wrote 0x10 to SFLP_ODR, whose reserved bits stay 0x43 of 0xc7"
    ]


def test_batching_a_fusion_that_is_off_is_told():
    assert dsv((0x01, 0x80), (0x44, 0x02), (0x01, 0x00), (0x09, 0x55), (0x10, 5), (0x11, 5)) == [
        "batches SFLP, which is off"
    ]


def test_a_page_left_open_is_told():
    assert "left the embedded functions' page open" in dsv(*GOOD_DSV, (0x01, 0x80))


def test_the_main_pages_registers_are_not_there_while_the_other_is_open():
    chip = Lsm6dsv16x(Still())
    bench = Bench(chip)
    bench.write((0x01, 0x80))
    bench.read(0x1B)
    bench.write((0x10, 5))

    assert chip.misuse == [
        "read 0x1b, which the LSM6DSV16X's embedded functions does not have",
        "wrote 0x05 to 0x10, reserved in the LSM6DSV16X's embedded functions",
    ]


def test_samples_without_block_data_update_are_told():
    chip = Lsm6dsox(Still())
    bench = Bench(chip)
    bench.write((0x18, 0xE2), (0x10, 0x30))
    bench.wait(0.1)
    bench.read(0x28, 6)

    assert chip.misuse == ["read samples without BDU: halves of two may be mixed"]


def test_a_burst_without_address_increment_is_told_and_repeats_its_register():
    chip = Lsm6dsv16x(Still())
    bench = Bench(chip)
    bench.write((0x12, 0x40))

    assert (bench.read(0x0F, 3).hex(), chip.misuse) == (
        "707070",
        ["read several bytes without IF_INC"],
    )


def test_without_address_increment_the_fifo_shows_one_byte_over_and_over():
    chip = Lsm6dsox(Still())
    bench = Bench(chip)
    bench.write((0x18, 0xE2), (0x09, 0x33), (0x0A, 6), (0x10, 0x30), (0x11, 0x30), (0x12, 0x40))
    bench.wait(0.1)

    assert (bench.words(2), chip.misuse) == (["09" * 7] * 2, ["read several bytes without IF_INC"])


def test_the_same_mistake_is_told_once():
    chip = Lsm6dsv16x(Still())
    bench = Bench(chip)
    for _ in range(5):
        bench.write((0x3C, 1))

    assert len(chip.misuse) == 1
