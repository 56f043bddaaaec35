"""The modelled six-axis parts: identity, reset, clock, ranges, filters, fusion, registers."""

import struct

import numpy as np
import pytest
from firmware.models.bench import Bench
from firmware.models.lsm6 import Lsm6
from firmware.models.lsm6dsox import Lsm6dsox
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.motion import Moving, Recorded, Shaken, Still
from firmware.models.sensing import Imperfect
from scipy.spatial.transform import Rotation

DSV, DSOX = "LSM6DSV16X", "LSM6DSOX"
HZ = {DSV: 60.0, DSOX: 6667 / 128}
# +-16 g and +-1000 deg/s at the rates above, block data update on.
BEGIN = {
    DSV: ((0x15, 3), (0x17, 3), (0x10, 5), (0x11, 5)),
    DSOX: ((0x12, 0x44), (0x18, 0xE2), (0x10, 0x34), (0x11, 0x38)),
}
G, DPS = 0.488e-3, 35e-3


def bench_of(name: str, motion: Moving | None = None, error: Imperfect | None = None) -> Bench:
    part: type[Lsm6dsv16x | Lsm6dsox] = Lsm6dsv16x if name == DSV else Lsm6dsox
    return Bench(part(Still() if motion is None else motion, error=error))


def chip_of(bench: Bench) -> Lsm6:
    chip = bench.bus.devices[bench.address]
    assert isinstance(chip, Lsm6)
    return chip


def shown(bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """Rate in deg/s and acceleration in g, from the output registers."""
    counts = np.array(struct.unpack("<6h", bench.read(0x22, 12)), float)
    return counts[:3] * DPS, counts[3:] * G


def spinning(rate_dps: float, axis: tuple[float, float, float]) -> Recorded:
    """Two seconds of turning about a chip axis, chip z up at first."""
    times_s = np.linspace(0.0, 2.0, 2001)
    turn = np.radians(rate_dps) * times_s[:, None] * np.array(axis)
    return Recorded.of_orientations(times_s, Rotation.from_rotvec(turn).as_quat(scalar_first=True))


@pytest.fixture(params=[DSV, DSOX])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


# Identity and reset


@pytest.mark.parametrize(("part", "identity"), [(DSV, 0x70), (DSOX, 0x6C)])
def test_it_says_which_part_it_is(part: str, identity: int):
    assert bench_of(part).read(0x0F)[0] == identity


def test_a_reset_takes_its_time_and_ends_by_itself(name: str):
    chip = chip_of(bench_of(name))
    chip.write(0x12, b"\x01", 0.0)

    assert [chip.read(0x12, 1, now_s)[0] & 1 for now_s in (1e-5, 0.002)] == [1, 0]


def test_a_reset_puts_registers_back(name: str):
    bench = bench_of(name)
    bench.write(*BEGIN[name], (0x10, 0), (0x11, 0), (0x12, 0x01))
    bench.wait(0.020)

    assert bench.read(0x10, 2) + bench.read(0x15) == b"\0\0\0"


def test_what_is_asked_of_it_during_a_reset_is_told(name: str):
    chip = chip_of(bench_of(name))
    # Not over the bus: the shorter reset is over in less than one transfer.
    chip.write(0x12, b"\x01", 0.0)
    chip.read(0x0F, 1, 1e-5)
    chip.write(0x10, b"\x50", 1e-5)

    assert chip.misuse == [
        "read while SW_RESET was under way",
        "wrote while SW_RESET was under way, which is lost",
    ]


def test_it_does_not_answer_while_it_boots(name: str):
    bench = bench_of(name)
    chip_of(bench).power_on(0.0)
    with pytest.raises(OSError, match="booting"):
        bench.read(0x0F)
    bench.wait(0.010)

    assert bench.read(0x0F)[0] == chip_of(bench).ID


# The clock


@pytest.mark.parametrize(
    ("part", "trim", "hz"),
    [
        (DSV, 0, 60.0),
        # 7680 (1 + 0.0013 trim) / 128
        (DSV, 10, 60.78),
        (DSV, -20, 58.44),
        # 6667 (1 + 0.0015 trim) / 128
        (DSOX, 0, 52.0859),
        (DSOX, 27, 54.1954),
    ],
)
def test_the_trim_register_says_the_true_rate(part: str, trim: int, hz: float):
    chip = (Lsm6dsv16x if part == DSV else Lsm6dsox)(Still(), trim=trim)
    bench = Bench(chip)
    bench.write(*BEGIN[part], (0x09, 0x55 if part == DSV else 0x33), (0x0A, 6), (0x07, 200))
    bench.write((0x0D, 0x08))
    due_s = chip.next_int1_s(0.0) or 0.0
    register = bench.read(0x4F if part == DSV else 0x63)

    assert struct.unpack("b", register) == (trim,)
    # 100 slots of two words; the bus took less than a millisecond before.
    assert 100 / hz == pytest.approx(due_s, abs=1.1e-3)


@pytest.mark.parametrize(("part", "enable", "hz"), [(DSV, 0x50, 46080), (DSOX, 0x19, 40000)])
def test_the_timestamp_counts_the_chips_own_time(part: str, enable: int, hz: int):
    chip = (Lsm6dsv16x if part == DSV else Lsm6dsox)(Still())
    chip.write(enable, b"\x40" if part == DSV else b"\x20", 1.0)

    assert struct.unpack("<I", chip.read(0x40, 4, 3.0)) == (2 * hz,)


def test_the_timestamp_starts_again_when_told(name: str):
    chip = (Lsm6dsv16x if name == DSV else Lsm6dsox)(Still())
    chip.write(*((0x50, b"\x40") if name == DSV else (0x19, b"\x20")), 0.0)
    chip.write(0x42, b"\xaa", 3.0)

    assert struct.unpack("<I", chip.read(0x40, 4, 3.0)) == (0,)


# Samples


def test_the_temperature_has_256_counts_a_degree_above_25(name: str):
    bench = bench_of(name)
    chip_of(bench).temperature_c = 31.5

    assert bench.read(0x20, 2).hex() == "8006"


def test_the_axis_that_points_up_feels_1_g(name: str):
    bench = bench_of(name, Still(up=(0.0, 0.0, -1.0)))
    bench.write(*BEGIN[name])
    bench.wait(0.1)

    assert shown(bench)[1] == pytest.approx([0.0, 0.0, -1.0], abs=G)


def test_a_turn_about_an_axis_shows_on_that_axis(name: str):
    bench = bench_of(name, spinning(-90.0, (1.0, 0.0, 0.0)))
    bench.write(*BEGIN[name])
    bench.wait(0.5)

    assert shown(bench)[0] == pytest.approx([-90.0, 0.0, 0.0], abs=DPS)


def test_what_is_past_the_range_stops_at_its_end(name: str):
    bench = bench_of(name, spinning(1500.0, (0.0, 0.0, 1.0)))
    bench.write(*BEGIN[name])
    bench.wait(0.5)

    assert shown(bench)[0][2] == 32767 * DPS


@pytest.mark.parametrize(
    ("part", "code", "full_g"),
    [
        *((DSV, (0x17, code), full) for code, full in ((0, 2), (1, 4), (2, 8), (3, 16))),
        *((DSOX, (0x10, 0x30 | code), full) for code, full in ((0, 2), (8, 4), (12, 8), (4, 16))),
    ],
)
def test_each_part_has_its_own_code_for_its_range(part: str, code: tuple[int, int], full_g: int):
    bench = bench_of(part)
    bench.write(*BEGIN[part], code)
    bench.wait(0.1)
    (counts,) = struct.unpack("<h", bench.read(0x2A, 2))

    assert counts * full_g == pytest.approx(32768, rel=1e-3)


def test_bias_offset_and_noise_are_those_asked_for(name: str):
    error = Imperfect((1.0, -2.0, 0.5), (0.02, 0.0, -0.01), 2.8e-3, 60e-6, seed=3)
    bench = bench_of(name, error=error)
    bench.write(*BEGIN[name])
    bench.wait(0.5 / HZ[name])
    rows: list[np.ndarray] = []
    for _ in range(400):
        bench.wait(1 / HZ[name])
        rows.append(np.concatenate(shown(bench)))
    mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)

    # Noise is the density times the root of half the rate, besides a count's 0.29.
    noise = np.array([np.hypot(2.8e-3 * np.sqrt(HZ[name] / 2), 0.29 * DPS)] * 3)
    assert mean == pytest.approx([1.0, -2.0, 0.5, 0.02, 1.0, -0.01], abs=0.01)
    assert spread[:3] == pytest.approx(noise, rel=0.2)


LOW_POWER = {DSV: ((0x10, 0x43), (0x11, 0)), DSOX: ((0x15, 0x10), (0x10, 0x24), (0x11, 0))}


def shaking_g(name: str, *pairs: tuple[int, int]) -> float:
    """How much of a running motor the accelerometer shows."""
    bench = bench_of(name, Shaken(Still(), [(0.0, 100.0)]))
    bench.write(*BEGIN[name], *pairs)
    bench.wait(1.0)
    rows: list[np.ndarray] = []
    for _ in range(100):
        bench.wait(1 / 13)
        rows.append(shown(bench)[1])
    return float(np.std(rows, axis=0).max())


def test_low_power_samples_a_point_and_takes_a_motors_full_swing(name: str):
    # A sine of 1.2 g has a spread of 0.85 g.
    assert shaking_g(name, *LOW_POWER[name]) == pytest.approx(0.85, rel=0.1)


def test_high_performance_averages_most_of_a_motor_away(name: str):
    assert shaking_g(name) < 0.2


@pytest.mark.parametrize(
    ("part", "pairs"),
    [(DSV, ((0x17, 0x23), (0x18, 0x08))), (DSOX, ((0x10, 0x36), (0x17, 0x20)))],
)
def test_the_second_low_pass_filter_takes_more_of_it(
    part: str, pairs: tuple[tuple[int, int], ...]
):
    # A tenth of the rate.
    assert shaking_g(part, *pairs) < 0.6 * shaking_g(part)


def test_data_ready_holds_until_the_samples_are_read(name: str):
    bench = bench_of(name)
    bench.write(*BEGIN[name])
    bench.wait(0.11)
    before = bench.read(0x1E)[0] & 3
    bench.read(0x22, 12)

    assert (before, bench.read(0x1E)[0] & 3) == (3, 0)


# Fusion

SFLP = ((0x01, 0x80), (0x04, 0x02), (0x5E, 0x53), (0x44, 0x22), (0x01, 0x00))


def fused(bench: Bench, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """The newest rotation vector and bias of some seconds."""
    bench.write(*BEGIN[DSV], *SFLP, (0x0A, 6))
    bench.wait(seconds)
    level, high = bench.read(0x1B, 2)
    data = bench.read(0x78, 7 * (level | (high & 1) << 8))
    found = {data[at] >> 3: data[at + 1 : at + 7] for at in range(0, len(data), 7)}
    vector = np.frombuffer(found[0x13], "<f2").astype(float)
    return vector, np.frombuffer(found[0x16], "<i2") * 4.375e-3


def test_sflp_follows_a_turn():
    bench = bench_of(DSV, spinning(60.0, (0.0, 1.0, 0.0)))
    vector, _ = fused(bench, 1.0)
    expected = Rotation.from_rotvec(np.radians([0.0, 60.0, 0.0])).as_quat()[:3]

    # The last tick is up to a sixtieth of a second old: one degree.
    assert vector == pytest.approx(expected, abs=0.01)


def test_sflp_finds_the_gyroscopes_bias_within_some_seconds():
    _, bias = fused(bench_of(DSV, error=Imperfect((0.7, -0.3, 0.0))), 20.0)

    assert bias == pytest.approx([0.7, -0.3, 0.0], abs=0.01)


# Interrupts and power


def test_data_ready_raises_int1_when_routed(name: str):
    bench = bench_of(name)
    bench.write((0x0D, 0x02), *BEGIN[name])
    due_s = chip_of(bench).next_int1_s(bench.now_s) or 0.0

    assert due_s == pytest.approx(1 / HZ[name], abs=1e-3)


@pytest.mark.parametrize(("part", "low"), [(DSV, (0x03, 0x10)), (DSOX, (0x12, 0x64))])
def test_an_active_low_pin_rests_high(part: str, low: tuple[int, int]):
    bench = bench_of(part)
    bench.write(*BEGIN[part], low)

    assert chip_of(bench).int1(bench.now_s)


def test_powered_down_it_samples_nothing(name: str):
    bench = bench_of(name)
    bench.write(*BEGIN[name], (0x10, 0), (0x11, 0))
    before = bench.read(0x1E)
    bench.wait(1.0)

    assert (before, bench.read(0x1E), chip_of(bench).state) == (b"\0", b"\0", "off")


# A movement that turns out otherwise


def test_a_motor_that_starts_between_two_bursts_shows_from_then_on():
    log: list[tuple[float, float]] = []
    chip = Lsm6dsox(Shaken(Still(), log))
    bench = Bench(chip)
    bench.write(*BEGIN[DSOX], *LOW_POWER[DSOX], (0x09, 0x02), (0x0A, 6))
    bench.wait(0.5)
    bench.read(0x3A, 2)
    log.append((0.5, 100.0))
    bench.wait(0.5)
    level = bench.read(0x3A)[0]
    words = np.frombuffer(bench.read(0x78, 7 * level), np.uint8).reshape(-1, 7)
    across = np.abs(words[:, 1:3].copy().view("<i2")[:, 0]) * G

    # 26 samples a second, 13 before the motor started.
    assert (across[:12].max(), across[14:].max() > 0.5) == (0.0, True)
