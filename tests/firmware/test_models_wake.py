"""Wake on motion as the models know it: asleep on the table until somebody moves the clip."""

import numpy as np
import pytest
from firmware.models.bench import Bench
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Recorded, Still
from scipy.spatial.transform import Rotation

DSV, DSOX = "LSM6DSV16X", "LSM6DSOX"

# Accelerometer alone, in low power at 15 and 13 Hz and +-2 g; 62.5 mg; latched; INT1.
ASLEEP = {
    DSV: (
        *((0x50, 0x80), (0x56, 0x01), (0x54, 0x24), (0x5B, 0x02)),
        *((0x5E, 0x20), (0x11, 0x00), (0x10, 0x43)),
    ),
    DSOX: (
        *((0x18, 0xE2), (0x15, 0x10), (0x56, 0x41), (0x58, 0x80), (0x5B, 0x02)),
        *((0x5E, 0x20), (0x11, 0x00), (0x10, 0x10)),
    ),
}
PERIOD_S = {DSV: 1 / 15, DSOX: 512 / 6667}
SOURCE = {DSV: 0x45, DSOX: 0x1B}
LIFTED_S = 40.0


@pytest.fixture(params=[DSV, DSOX])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def lifted(angle_deg: float, over_s: float, at_s: float = LIFTED_S) -> Recorded:
    """Lies with z up, and after a while is tipped about x: gravity moves into y."""
    times_s = np.concatenate([[0.0], np.linspace(at_s, at_s + over_s, 200), [1000.0]])
    angles_deg = np.interp(times_s, [at_s, at_s + over_s], [0.0, angle_deg])
    turns = Rotation.from_rotvec(np.radians(angles_deg)[:, None] * [1.0, 0.0, 0.0])
    return Recorded.of_orientations(times_s, turns.as_quat(scalar_first=True))


def sleeping(name: str, motion: Recorded | Still, *changes: tuple[int, int]) -> Bench:
    bench = Bench((Lsm6dsv16x if name == DSV else Lsm6dsox)(motion))
    bench.write(*ASLEEP[name], *changes)
    return bench


def chip_of(bench: Bench) -> Lsm6dsv16x | Lsm6dsox:
    chip = bench.bus.devices[bench.address]
    assert isinstance(chip, Lsm6dsv16x | Lsm6dsox)
    return chip


def test_asleep_it_runs_the_accelerometer_alone(name: str):
    assert chip_of(sleeping(name, Still())).state == "low power"


def test_lying_still_raises_nothing(name: str):
    chip = chip_of(sleeping(name, Still()))

    assert (chip.next_int1_s(3600.0), chip.int1(7200.0)) == (None, False)


def test_a_swift_lift_is_foreseen_and_raises_int1_then(name: str):
    # 40 degrees in a third of a second: five samples of some 0.13 g.
    chip = chip_of(sleeping(name, lifted(40.0, 0.3)))
    due_s = chip.next_int1_s(0.0) or 0.0
    before, then = chip.int1(due_s - 1e-3), chip.int1(due_s)

    assert (before, then) == (False, True)
    assert LIFTED_S < due_s <= LIFTED_S + 3 * PERIOD_S[name]


def test_far_ahead_nobody_knows(name: str):
    chip = chip_of(sleeping(name, lifted(40.0, 0.3)))

    assert chip.next_int1_s(0.0, horizon_s=20.0) is None


def test_being_asked_again_and_again_foresees_the_same_lift(name: str):
    once = chip_of(sleeping(name, lifted(40.0, 0.3)))
    often = chip_of(sleeping(name, lifted(40.0, 0.3)))
    for now_s in np.arange(0.0, 30.0, 0.7):
        often.next_int1_s(float(now_s))
        often.int1(float(now_s))

    assert often.next_int1_s(30.0) == once.next_int1_s(0.0)


def test_a_slow_turn_stays_below_the_threshold(name: str):
    chip = chip_of(sleeping(name, lifted(40.0, 20.0)))

    assert chip.next_int1_s(30.0) is None


def test_the_axis_that_moved_is_told_and_reading_ends_it(name: str):
    bench = sleeping(name, lifted(40.0, 0.3))
    bench.now_s = LIFTED_S + 10.0
    first, second = bench.read(SOURCE[name]), bench.read(SOURCE[name])

    # WU_IA and Y_WU; the clip lies still again.
    assert (first.hex(), second.hex(), chip_of(bench).int1(bench.now_s)) == ("0a", "00", False)


def test_without_the_latch_it_falls_with_the_next_quiet_sample(name: str):
    bench = sleeping(name, lifted(40.0, 0.3), (0x56, 0x40 if name == DSOX else 0x00))

    chip = chip_of(bench)
    due_s = chip.next_int1_s(0.0) or 0.0
    assert (chip.int1(due_s), chip.int1(due_s + 1.0)) == (True, False)


@pytest.mark.parametrize("tenths", range(12))
def test_a_longer_duration_wants_more_samples_in_a_row(name: str, tenths: int):
    # Wherever in the model's second of looking ahead the lift begins.
    lift = lifted(40.0, 0.3, LIFTED_S + tenths / 10)
    once = chip_of(sleeping(name, lift)).next_int1_s(0.0) or 0.0
    thrice = chip_of(sleeping(name, lift, (0x5C, 0x40)))
    polled_s = (once + 1e-3 * k for k in range(1000))

    raised_s = next(now_s for now_s in polled_s if thrice.int1(now_s))
    assert raised_s - once == pytest.approx(2 * PERIOD_S[name], abs=2e-3)


def test_the_lsm6dsox_weighs_its_threshold_by_its_range():
    # The same two counts are 0.5 g at +-16 g.
    chip = chip_of(sleeping(DSOX, lifted(40.0, 0.3), (0x10, 0x14)))

    assert chip.next_int1_s(0.0) is None


def test_the_lsm6dsox_weighs_its_threshold_finer_when_told():
    # At most 70 mg in a slope: two counts of 31.25 mg, and two of 7.8 mg.
    gentle = lifted(40.0, 1.2)
    coarse = chip_of(sleeping(DSOX, gentle)).next_int1_s(0.0)
    fine = chip_of(sleeping(DSOX, gentle, (0x5C, 0x10))).next_int1_s(0.0)

    assert (coarse, fine is not None) == (None, True)


def test_the_lsm6dsv16x_weighs_its_threshold_by_its_own_register():
    # 125 mg instead of 31.25 mg a count.
    chip = chip_of(sleeping(DSV, lifted(40.0, 0.3), (0x54, 0x44)))

    assert chip.next_int1_s(0.0) is None


def test_a_whole_sleep_is_within_the_datasheet(name: str):
    bench = sleeping(name, lifted(40.0, 0.3))
    bench.wait(60.0)
    bench.read(SOURCE[name])

    assert chip_of(bench).misuse == []
