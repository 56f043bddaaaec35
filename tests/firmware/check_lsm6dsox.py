"""The LSM6DSOX's driver on a fake bus, against bytes by hand from ST's lsm6dsox_reg.h.

Runs on CPython and on MicroPython.  A FIFO word is a tag byte (TAG_SENSOR << 3 | TAG_CNT << 1
| parity) and x, y, z, low byte first.
"""

import fake_chip

from clip_firmware.lsm6dsox import Lsm6dsox
from clip_firmware.samples import CAPACITY, Batch

GYRO = ("09e80318fcff7f", "0ae80318fcff7f", "0ce80318fcff7f", "0fe80318fcff7f")
ACC = ("11000000000008", "12000000000008", "14000000000008", "17000000000008")


def made(mounting="+x+y+z", fine=0):
    """A configured driver whose filters have settled, and its chip with an empty FIFO."""
    chip = fake_chip.lsm6dsox(fine=fine)
    imu = Lsm6dsox(chip, 0x6A, mounting)
    imu.configure(10)
    put_samples(chip, 0, 4)
    imu.read(Batch())
    return imu, chip


def put_samples(chip, first, count=1):
    for slot in range(first, first + count):
        chip.put(GYRO[slot & 3], ACC[slot & 3])


def read(imu):
    batch = Batch()
    imu.read(batch)
    return batch


def check_it_is_set_up_as_the_datasheet_says():
    chip = fake_chip.lsm6dsox()
    imu = Lsm6dsox(chip, 0x6A, "+x+y+z")
    chip.log.clear()
    imu.configure(10)
    assert chip.log == [
        (0x01, 0x00),  # the main bank
        (0x0A, 0x00),  # FIFO in bypass mode
        (0x0D, 0x00),
        (0x10, 0x00),  # both sensors in power-down
        (0x11, 0x00),
        (0x12, 0x01),  # SW_RESET
        (0x12, 0x44),  # BDU, IF_INC
        (0x18, 0xE2),  # I3C_disable
        (0x07, 20),  # 10 samples of two words
        (0x08, 0x00),
        (0x09, 0x33),  # BDR_GY and BDR_XL 52 Hz
        (0x0D, 0x08),  # INT1_FIFO_TH
        (0x10, 0x34),  # 52 Hz, +-16 g
        (0x11, 0x3C),  # 52 Hz, +-2000 dps
        (0x0A, 0x06),  # continuous mode
    ]
    assert imu.running()


def check_a_large_watermark_spreads_over_two_registers():
    chip = fake_chip.lsm6dsox()
    imu = Lsm6dsox(chip, 0x6A, "+x+y+z")
    for samples, low, high in ((200, 0x90, 0x01), (1000, 0xFF, 0x01)):
        imu.configure(samples)
        assert (chip.main[0x07], chip.main[0x08]) == (low, high)


def check_the_period_follows_the_trim():
    # 6667 Hz (1 + 0.0015 INTERNAL_FREQ_FINE) / 128.
    for fine, period_us in ((0, 19199), (1, 19170), (-1, 19228), (127, 16127), (-128, 23761)):
        assert made(fine=fine)[0].period_us == period_us, fine


def check_a_sample_comes_out_in_the_wires_counts_and_clip_axes():
    imu, chip = made("-z-x+y")
    put_samples(chip, 0)
    batch = read(imu)
    assert (batch.count, batch.lost) == (1, False)
    assert list(batch.acc[:3]) == [-2048, 0, 0]
    assert list(batch.rate[:3]) == [-32768, -1147, -1147]


def check_the_parity_bit_is_no_part_of_the_slot():
    imu, chip = made()
    chip.put("08e80318fcff7f", "11000000000008")
    assert read(imu).count == 1


def check_a_sample_half_received_is_kept_for_the_next_read():
    imu, chip = made()
    chip.put(GYRO[0], ACC[0], GYRO[1])
    assert read(imu).count == 1
    chip.put(ACC[1])
    assert read(imu).count == 1


def check_words_of_different_slots_are_never_one_sample():
    imu, chip = made()
    chip.put(GYRO[0], ACC[1], GYRO[2], ACC[3])
    assert read(imu).count == 0


def check_after_an_overrun_torn_samples_are_dropped_and_the_loss_is_told():
    imu, chip = made()
    chip.put(GYRO[0])
    assert read(imu).count == 0
    chip.overrun = True
    chip.put(ACC[0])  # four slots later: the same count
    put_samples(chip, 1, 5)
    batch = read(imu)
    assert (batch.count, batch.lost) == (5, True)


def check_five_seconds_of_fifo_come_in_batches_and_whole():
    imu, chip = made()
    put_samples(chip, 0, 256)
    counts = []
    while True:
        batch = read(imu)
        if not batch.count:
            break
        counts.append(batch.count)
        assert batch.count <= CAPACITY
        assert imu.waiting == 256 - sum(counts)
    assert sum(counts) == 256


def check_it_has_no_estimate_of_the_gyroscopes_bias():
    assert made()[0].gyro_bias_dps() is None


def check_it_wakes_on_motion():
    imu, chip = made()
    chip.log.clear()
    imu.wake_on_motion(100)
    assert chip.log[7:] == [
        (0x5C, 0x10),  # WAKE_THS_W: 2 g / 256 a count
        (0x5B, 13),  # 101.6 mg
        (0x12, 0x64),  # INT1 active low
        (0x56, 0x01),
        (0x5E, 0x20),
        (0x15, 0x10),
        (0x10, 0x20),
        (0x58, 0x80),
    ]


def check_a_coarse_threshold_takes_a_coarse_weight():
    imu, chip = made()
    for threshold_mg, weight, step in ((1, 0x10, 1), (500, 0x00, 16), (5000, 0x00, 63)):
        imu.wake_on_motion(threshold_mg)
        assert (chip.main[0x5C], chip.main[0x5B]) == (weight, step), threshold_mg


def check_a_chip_that_lost_its_supply_no_longer_runs():
    imu, chip = made()
    chip.lose_power()
    assert not imu.running()


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
