"""The LSM6DSV16X's driver on a fake bus, against bytes by hand from its datasheet (DS13510).

Runs on CPython and on MicroPython.  A FIFO word is a tag byte (TAG_SENSOR << 3 | TAG_CNT << 1)
and x, y, z, low byte first.
"""

import fake_chip

from clip_firmware.lsm6 import ImuError, rate_counts
from clip_firmware.lsm6dsv16x import Lsm6dsv16x, half_counts
from clip_firmware.samples import CAPACITY, Batch

# One sample in time slot 0: 35, -35 and 1146.8 dps; 1 g along z; a third of a turn.
GYRO = "08e80318fcff7f"
ACC = "10000000000008"
GAME = "98003800b80038"
BIAS = "b0e803000018fc"


def in_slot(word, slot):
    return f"{int(word[:2], 16) | (slot & 3) << 1:02x}{word[2:]}"


def made(mounting="+x+y+z", fine=0):
    """A configured driver whose filters have settled, and its chip with an empty FIFO."""
    chip = fake_chip.lsm6dsv16x(fine=fine)
    imu = Lsm6dsv16x(chip, 0x6A, mounting)
    imu.configure(12)
    for slot in range(4):
        put_samples(chip, slot)
    imu.read(Batch())
    return imu, chip


def put_samples(chip, first, count=1):
    for slot in range(first, first + count):
        chip.put(*[in_slot(word, slot) for word in (GYRO, ACC, GAME, BIAS)])


def read(imu):
    batch = Batch()
    imu.read(batch)
    return batch


def failed(call, *args):
    try:
        call(*args)
    except OSError:
        return True
    return False


def check_it_is_set_up_as_the_datasheet_says():
    chip = fake_chip.lsm6dsv16x()
    imu = Lsm6dsv16x(chip, 0x6A, "+x+y+z")
    chip.log.clear()
    imu.configure(12)
    assert chip.log == [
        (0x01, 0x00),  # the main bank
        (0x0A, 0x00),  # FIFO in bypass mode
        (0x0D, 0x00),
        (0x01, 0x80),
        (0x144, 0x00),  # SFLP no longer into the FIFO
        (0x104, 0x00),  # SFLP off
        (0x01, 0x00),
        (0x10, 0x00),  # both sensors in power-down
        (0x11, 0x00),
        (0x12, 0x01),  # SW_RESET
        (0x12, 0x44),  # BDU, IF_INC
        (0x15, 0x04),  # FS_G 0100: +-2000 dps
        (0x17, 0x03),  # FS_XL 11: +-16 g
        (0x07, 48),  # 12 samples of four words
        (0x09, 0x55),  # BDR_GY and BDR_XL 60 Hz
        (0x0D, 0x08),  # INT1_FIFO_TH
        (0x01, 0x80),
        (0x15E, 0x53),  # SFLP_GAME_ODR 010: 60 Hz, bits 6, 1 and 0 stay 1
        (0x144, 0x22),  # game rotation and gyroscope bias into the FIFO
        (0x166, 0x02),  # SFLP_GAME_INIT
        (0x104, 0x02),  # SFLP_GAME_EN
        (0x01, 0x00),
        (0x10, 0x05),  # 60 Hz, high performance
        (0x11, 0x05),
        (0x0A, 0x06),  # continuous mode
    ]
    assert imu.running()


def check_a_watermark_beyond_its_register_is_the_largest():
    chip = fake_chip.lsm6dsv16x()
    Lsm6dsv16x(chip, 0x6A, "+x+y+z").configure(100)
    assert chip.main[0x07] == 255


def check_the_period_follows_the_trim():
    # 7680 Hz (1 + 0.0013 FREQ_FINE) / 128, section 9.52.
    for fine, period_us in ((0, 16667), (1, 16645), (-1, 16688), (127, 14305), (-128, 19994)):
        assert made(fine=fine)[0].period_us == period_us, fine


def check_another_chip_is_refused_by_name():
    try:
        Lsm6dsv16x(fake_chip.lsm6dsox(), 0x6A, "+x+y+z")
        message = ""
    except ImuError as error:
        message = str(error)
    assert message == "0x6c at 0x6a is no LSM6DSV16X (0x70)"


def check_a_chip_left_in_the_embedded_bank_is_recognised():
    chip = fake_chip.lsm6dsv16x()
    chip.main[0x01] = 0x80
    assert Lsm6dsv16x(chip, 0x6A, "+x+y+z").NAME == "LSM6DSV16X"


def check_a_sample_comes_out_in_the_wires_counts():
    imu, chip = made()
    put_samples(chip, 0)
    batch = read(imu)
    assert batch.count == 1
    assert not batch.lost
    assert list(batch.acc[:3]) == [0, 0, 2048]
    assert list(batch.rate[:3]) == [1147, -1147, 32767]
    assert list(batch.quat[:4]) == [16382, 16384, -16384, 16384]


def check_the_mounting_turns_vectors_into_clip_axes():
    imu, chip = made("-z-x+y")
    put_samples(chip, 0)
    batch = read(imu)
    assert list(batch.acc[:3]) == [-2048, 0, 0]
    assert list(batch.rate[:3]) == [-32768, -1147, -1147]


def check_the_most_negative_count_turned_round_is_the_most_positive():
    imu, chip = made("-z-x+y")
    chip.put(GYRO, "10008000000080", GAME)
    assert list(read(imu).acc[:3]) == [32767, 32767, 0]


def check_an_upright_clip_has_up_along_its_z_whatever_the_chips_axes():
    # The chip's y points up: a quarter turn about x takes chip to earth, sin = cos = 0x39a8.
    imu, chip = made("-z-x+y")
    chip.put(GYRO, ACC, "98a83900000000")
    w, x, y, z = [part / 32767 for part in read(imu).quat[:4]]
    up = (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y))
    # A half float resolves 0.0005 here.
    assert max(abs(up[0]), abs(up[1]), abs(up[2] - 1)) < 1e-3


def check_half_floats_are_decoded_to_the_count():
    for half, counts in (
        (0x0000, 0),
        (0x8000, 0),
        (0x3C00, 32767),  # 1
        (0xBC00, -32767),
        (0x3800, 16384),  # 0.5
        (0x3BFF, 32751),  # 1 - 2**-11
        (0x2400, 512),  # 2**-6
        (0x0400, 2),  # 2**-14, the least normal number
        (0x0200, 1),  # 2**-15, subnormal
        (0x8001, 0),
        (0x3C01, 32767),  # beyond 1
        (0x7C00, 32767),  # infinite
        (0xFE00, -32767),  # no number
    ):
        assert half_counts(half) == counts, half


def check_a_vector_rounded_beyond_1_is_a_half_turn_of_unit_length():
    imu, chip = made()
    chip.put(GYRO, ACC, "98003b00390000")  # 0.875, 0.625: length 1.075
    w, x, y, z = batch_quat(read(imu))
    assert (w, z) == (0, 0)
    assert abs(x * x + y * y - 32767 * 32767) < 2 * 65536  # a count or two


def batch_quat(batch):
    return list(batch.quat[:4])


def check_no_step_leaves_the_small_integers():
    # The largest product is 7168 * 32768, the largest square 32767 ** 2: both below 2 ** 30.
    assert rate_counts(-28570) == -32766
    assert rate_counts(-32768) == -32768
    assert rate_counts(32767) == 32767
    assert 7168 * 32768 + 3125 < 1 << 30
    assert 32767 * 32767 < 1 << 30


def check_words_of_a_sample_may_come_in_any_order():
    imu, chip = made()
    chip.put(GAME, BIAS, ACC, GYRO, in_slot(ACC, 1), in_slot(GAME, 1), in_slot(GYRO, 1))
    assert read(imu).count == 2


def check_other_words_are_passed_over():
    imu, chip = made()
    chip.put("18000000000000", GYRO, "20000000000000", ACC, "00000000000000", GAME)
    assert read(imu).count == 1


def check_a_sample_half_received_is_kept_for_the_next_read():
    imu, chip = made()
    put_samples(chip, 0)
    chip.put(in_slot(GYRO, 1))
    assert read(imu).count == 1
    assert read(imu).count == 0
    chip.put(in_slot(ACC, 1), in_slot(GAME, 1))
    batch = read(imu)
    assert (batch.count, batch.lost) == (1, False)
    assert list(batch.rate[:3]) == [1147, -1147, 32767]


def check_after_an_overrun_torn_samples_are_dropped_and_the_loss_is_told():
    imu, chip = made()
    chip.put(GYRO)
    assert read(imu).count == 0
    chip.overrun = True
    chip.put(in_slot(GAME, 1), in_slot(BIAS, 1))
    put_samples(chip, 2, 3)
    batch = read(imu)
    assert (batch.count, batch.lost) == (3, True)


def check_an_overrun_does_not_lend_an_old_orientation_to_a_torn_sample():
    imu, chip = made()
    chip.overrun = True
    chip.put(in_slot(GYRO, 1), in_slot(ACC, 1), in_slot(GYRO, 2), in_slot(ACC, 2))
    chip.put(in_slot(GAME, 2))
    assert read(imu).count == 1


def check_a_loss_is_told_once():
    imu, chip = made()
    chip.overrun = True
    put_samples(chip, 0)
    assert read(imu).lost
    put_samples(chip, 1)
    assert not read(imu).lost


def check_a_sample_without_its_own_orientation_takes_the_last():
    # Should the chip count its fusion's words otherwise than the sensors', samples still come.
    imu, chip = made()
    chip.put(GYRO, ACC, in_slot(GAME, 2), in_slot(GYRO, 1), in_slot(ACC, 1), in_slot(GAME, 3))
    chip.put(in_slot(GYRO, 2))
    assert read(imu).count == 2


def check_before_the_first_orientation_there_are_no_samples():
    chip = fake_chip.lsm6dsv16x()
    imu = Lsm6dsv16x(chip, 0x6A, "+x+y+z")
    imu.configure(12)
    for slot in range(12):
        chip.put(in_slot(GYRO, slot), in_slot(ACC, slot))
    assert read(imu).count == 0


def check_a_long_fifo_is_read_in_several_transfers():
    imu, chip = made()
    put_samples(chip, 0, 40)
    batch = read(imu)
    assert (batch.count, imu.waiting) == (40, 0)


def check_a_full_batch_leaves_the_rest_in_the_fifo():
    imu, chip = made()
    put_samples(chip, 0, CAPACITY + 30)
    first = read(imu)
    left = imu.waiting
    second = read(imu)
    assert CAPACITY - 2 <= first.count <= CAPACITY
    assert left == CAPACITY + 30 - first.count
    assert (first.count + second.count, second.lost) == (CAPACITY + 30, False)


def check_an_overrun_while_reading_ends_the_batch_there():
    imu, chip = made()
    put_samples(chip, 0, 20)
    counted = chip.readfrom_mem_into
    transfers = []

    def overrun_after_the_first_burst(address, register, buffer):
        counted(address, register, buffer)
        transfers.append(register)
        chip.overrun = len(transfers) == 2

    chip.readfrom_mem_into = overrun_after_the_first_burst
    first = read(imu)
    second = read(imu)
    assert (first.count, first.lost) == (12, False)
    assert (second.count, second.lost) == (8, True)


def check_a_fault_of_the_bus_passes_through_and_what_it_cost_is_told():
    imu, chip = made()
    put_samples(chip, 0, 20)
    counted = chip.readfrom_mem_into
    transfers = []

    def fault_in_the_second_burst(address, register, buffer):
        transfers.append(register)
        if len(transfers) == 4:
            raise OSError(5)
        counted(address, register, buffer)

    chip.readfrom_mem_into = fault_in_the_second_burst
    assert failed(imu.read, Batch())
    batch = read(imu)
    assert (batch.count, batch.lost) == (8, True)


def check_a_fault_before_anything_was_read_costs_nothing():
    imu, chip = made()
    chip.faults = 1
    assert failed(imu.read, Batch())
    put_samples(chip, 0)
    assert not read(imu).lost


def check_whatever_the_fifo_holds_nothing_breaks():
    imu, chip = made("-z-x+y")
    noise = 12345
    for _ in range(40):
        words = []
        for _ in range(50):
            word = []
            for _ in range(7):
                noise = (noise * 1103 + 12345) % 1000003
                word.append(f"{noise >> 4 & 0xFF:02x}")
            words.append("".join(word))
        chip.put(*words)
        batch = read(imu)
        assert batch.count <= CAPACITY
        for n in range(batch.count):
            size = sum([part * part for part in batch.quat[4 * n : 4 * n + 4]])
            assert abs(size - 32767 * 32767) < 1e6, n


def check_a_bus_stuck_high_comes_to_an_end():
    imu, chip = made()
    chip.stuck = 0xFF
    assert read(imu).count == 0


def check_the_gyroscopes_bias_is_the_chips_in_clip_axes():
    chip = fake_chip.lsm6dsv16x()
    imu = Lsm6dsv16x(chip, 0x6A, "-z-x+y")
    assert imu.gyro_bias_dps() is None
    imu.configure(12)
    chip.put(BIAS)
    imu.read(Batch())
    bias = imu.gyro_bias_dps()
    # 1000, 0, -1000 counts of 4.375 mdps along chip x, y, z.
    assert bias is not None
    assert [round(1000 * part) for part in bias] == [4375, -4375, 0]


def check_the_temperature_is_in_hundredths_of_a_degree():
    imu, chip = made()
    for low, high, cdeg in ((0x00, 0x00, 2500), (0x00, 0x01, 2600), (0x80, 0xFF, 2450)):
        chip.main[0x20], chip.main[0x21] = low, high
        assert imu.temperature_cdeg() == cdeg


def check_it_wakes_on_motion():
    imu, chip = made()
    chip.log.clear()
    imu.wake_on_motion(100)
    assert chip.log[10:] == [
        (0x54, 0x04),  # 7.8125 mg a count
        (0x5B, 13),  # 101.6 mg
        (0x03, 0x10),  # INT1 active low
        (0x56, 0x21),
        (0x5E, 0x20),
        (0x10, 0x43),
        (0x50, 0x80),
    ]


def check_a_coarse_threshold_takes_a_coarse_weight():
    imu, chip = made()
    for threshold_mg, weight, step in ((1, 0, 1), (492, 0, 63), (500, 1, 32), (1000, 2, 32)):
        imu.wake_on_motion(threshold_mg)
        assert (chip.main[0x54] >> 4, chip.main[0x5B]) == (weight, step), threshold_mg


def check_powered_down_it_no_longer_runs():
    imu, chip = made()
    imu.power_down()
    assert (chip.main[0x10], chip.main[0x11], chip.main[0x0A]) == (0, 0, 0)
    assert chip.embedded[0x04] == 0
    assert not imu.running()


def check_a_chip_that_lost_its_supply_no_longer_runs():
    imu, chip = made()
    chip.lose_power()
    assert not imu.running()


def check_a_chip_that_stays_in_its_reset_is_reported():
    chip = fake_chip.lsm6dsv16x()
    imu = Lsm6dsv16x(chip, 0x6A, "+x+y+z")
    imu.identify = lambda: None
    chip.stuck = 0x01
    try:
        imu.configure(12)
        message = ""
    except ImuError as error:
        message = str(error)
    assert message == "the LSM6DSV16X does not come back from its reset"


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
