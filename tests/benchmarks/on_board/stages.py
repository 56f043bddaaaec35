# type: ignore  # MicroPython's modules, not CPython's
"""What every stage of the firmware costs in this interpreter; prints one line of JSON a stage.

    micropython stages.py CHIP WORDS ROUNDS

WORDS is a file with FIFO words of CHIP: whole samples, four times a number of bursts.  Nothing is
collected while the clock runs, and before every run everything.
"""

import gc
import json
import math
import sys
import time

from board_filters import Complementary, Madgwick
from stand_ins import MOUNTING, Bus, whole_clip

from clip_firmware.imu import find_imu
from clip_firmware.outbox import Outbox
from clip_firmware.packer import Packer
from clip_firmware.sampler import _orientation_of
from clip_firmware.samples import Batch
from midback.shared import wire
from midback.shared.epochs import EpochMaker
from midback.shared.posture import Posture

BURST = 10  # samples: a fifth of a second, and one packet
CHIPS = {"LSM6DSV16X": (0x70, 0x1B, 4), "LSM6DSOX": (0x6C, 0x3A, 2)}
UPRIGHT = (0, 0, 32767, 0, 32767, 0)
SETTLING = 4
SHORT = 8  # bursts a round: what they leave on the heap stays in a desktop's cache

mem_alloc = getattr(gc, "mem_alloc")  # noqa: B009  # CPython counts otherwise


class Bench:
    """The same samples at every stage they pass: words, batches, packets."""

    def __init__(self, chip, words):
        chip_id, status, self.slot_words = CHIPS[chip]
        self.words = words
        self.bus = Bus(words, chip_id, status)
        self.imu = find_imu(self.bus, MOUNTING)
        self.imu.configure(BURST)
        self.bursts = len(words) // (7 * self.slot_words * BURST)
        self.batch = Batch()
        self.swallow()
        self.fifo = memoryview(bytearray(7 * self.slot_words * BURST))
        self.two = bytearray(2)

    @property
    def period_s(self):
        return self.imu.period_us * 1e-6

    def swallow(self):
        """The samples while filters settle, so that every burst later is whole."""
        self.bus.offer(SETTLING * self.slot_words)
        self.imu.read(self.batch)
        self.bus.rewind()

    def batches(self):
        filled = []
        self.bus.rewind()
        orientation = _orientation_of(self.imu)
        for number in range(self.bursts):
            batch = Batch()
            self.bus.offer(BURST * self.slot_words)
            self.imu.read(batch)
            assert batch.count == BURST
            batch.period_us = self.imu.period_us
            batch.ticks = (number + 1) * BURST * batch.period_us // 100
            orientation.update(batch)
            filled.append(batch)
        return filled

    def transfers(self):
        """What the bus itself costs here."""
        for _ in range(self.bursts):
            self.bus.offer(BURST * self.slot_words)
            self.bus.readfrom_mem_into(0x6A, self.imu._STATUS, self.two)
            for at in range(0, len(self.fifo), 336):
                self.bus.readfrom_mem_into(0x6A, 0x78, self.fifo[at : at + 336])
            self.bus.readfrom_mem_into(0x6A, self.imu._STATUS, self.two)

    def read(self):
        for _ in range(self.bursts):
            self.bus.offer(BURST * self.slot_words)
            self.imu.read(self.batch)


def plain(batches):
    """deg/s and g of every sample."""
    samples = []
    for batch in batches:
        for i in range(0, 3 * batch.count, 3):
            rate = [wire.DPS_PER_COUNT * batch.rate[i + axis] for axis in range(3)]
            acc = [wire.G_PER_COUNT * batch.acc[i + axis] for axis in range(3)]
            samples.append(tuple(rate + acc))
    return samples


def in_radians(samples):
    k = math.pi / 180.0
    return [(k * gx, k * gy, k * gz, ax, ay, az) for gx, gy, gz, ax, ay, az in samples]


def packed(packer, batches):
    packets = []
    for batch in batches:
        for index in range(batch.count):
            if packer.add(batch, index):
                number = len(packets)
                counts = list(packer.counts)
                packets.append(
                    wire.StreamPacket(
                        packer.kind, 0, number, 1, packer.ticks, packer.period_us, counts
                    )
                )
    return packets


def updates(peer, samples):
    update = peer.update

    def run():
        for gx, gy, gz, ax, ay, az in samples:
            update(gx, gy, gz, ax, ay, az)

    return run


def converting(batches):
    """As ``FilterOrientation.update`` does it on the way to its filter."""

    def run():
        for batch in batches:
            acc, rate = batch.acc, batch.rate
            for n in range(batch.count):
                i = 3 * n
                taken(
                    wire_dps * rate[i],
                    wire_dps * rate[i + 1],
                    wire_dps * rate[i + 2],
                    wire_g * acc[i],
                    wire_g * acc[i + 1],
                    wire_g * acc[i + 2],
                )

    wire_dps, wire_g = wire.DPS_PER_COUNT, wire.G_PER_COUNT
    return run


def taken(_gx, _gy, _gz, _ax, _ay, _az):
    pass


def each(function, things):
    def run():
        for thing in things:
            function(thing)

    return run


def stages(bench, batches):
    """Name, calls, before each run, the run."""
    samples = plain(batches)
    turning = in_radians(samples)
    many = len(samples)
    packer = Packer(wire.KIND_ORIENTATION, 2, 5, bench.imu.period_us)
    packets = packed(packer, batches)
    posture = Posture()
    posture.calibrate(UPRIGHT, None)
    epochs, outbox, buffer = EpochMaker(), Outbox(), bytearray(wire.MAX_PAYLOAD)
    view = memoryview(buffer)
    length = wire.encode_stream(packets[0], buffer)
    orientation = _orientation_of(bench.imu)
    clip, _ = whole_clip(Bus(bench.words, bench.imu.CHIP_ID, bench.imu._STATUS))

    def pack(batch):
        packer.begin(batch)
        for index in range(batch.count):
            packer.add(batch, index)

    yield "madgwick", many, None, updates(Madgwick(bench.period_s), turning)
    yield "complementary", many, None, updates(Complementary(bench.period_s), turning)
    yield "bus", many, bench.bus.rewind, bench.transfers
    yield "read", many, bench.bus.rewind, bench.read
    if not bench.imu.FUSED:
        tilt = orientation._filter
        yield "convert", many, None, converting(batches)
        yield (
            "tilt update",
            many,
            None,
            each(lambda s: tilt.update(bench.period_s, *s), samples),
        )
        yield "tilt quaternion", many, None, each(lambda _: tilt.orientation(), samples)
    yield "orientation", many, None, each(orientation.update, batches)
    yield "wear", many, None, each(clip.wearer.watch, batches)
    yield "pack", many, None, each(pack, batches)
    judge = each(lambda p: posture.update(p, p.ticks * wire.TICK_S), packets)
    yield "judge", len(packets), posture.restart, judge
    yield "epochs", len(packets), epochs.close, each(lambda p: epochs.add(p, posture), packets)
    encode = each(lambda p: wire.encode_stream(p, buffer), packets)
    yield "encode", len(packets), None, encode
    keep = each(lambda p: outbox.add(view, length, p.sequence), packets)
    yield "outbox", len(packets), None, keep


def whole(chip, words):
    """The whole clip: from the FIFO to the radio."""
    chip_id, status, slot_words = CHIPS[chip]
    bus = Bus(words, chip_id, status)
    clip, ticking = whole_clip(bus)
    bursts = len(words) // (7 * slot_words * BURST)
    bus.offer(SETTLING * slot_words)
    clip.stream.burst()

    def run():
        for _ in range(bursts):
            ticking.now_ms += 200
            bus.offer(BURST * slot_words)
            clip.stream.burst()
            while clip.sender.send() is not None:
                pass

    return "whole", BURST * bursts, bus.rewind, run


def spent_s(before, run):
    if before is not None:
        before()
    began = time.ticks_us()
    run()
    return 1e-6 * time.ticks_diff(time.ticks_us(), began)


def bytes_of(before, run):
    if before is not None:
        before()
    gc.collect()
    gc.disable()
    began = mem_alloc()
    run()
    spent = mem_alloc() - began
    gc.enable()
    return spent


def degrees_apart(a, b):
    return math.degrees(math.acos(min(1.0, sum([a[i] * b[i] for i in range(3)]))))


def agree(bench, batches):
    """The largest angle between the yardsticks' 'up' and the clip's, at the end."""
    samples = in_radians(plain(batches))
    w, x, y, z = [part / wire.QUATERNION_ONE for part in batches[-1].quat[36:40]]
    ours = (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y))
    worst = 0.0
    for peer in (Madgwick(bench.period_s), Complementary(bench.period_s)):
        for _ in range(3):
            updates(peer, samples)()
        worst = max(worst, degrees_apart(peer.up(), ours))
    return worst


def measure(chip, words, rounds):
    bench = Bench(chip, words)
    batches = bench.batches()
    print(json.dumps({"apart_deg": agree(bench, batches)}))
    del batches[SHORT:]
    bench.bursts = SHORT
    words = words[: SHORT * BURST * 7 * bench.slot_words]
    contenders = list(stages(bench, batches))
    contenders.append(whole(chip, words))
    spent = {name: [] for name, _, _, _ in contenders}
    for _ in range(rounds):
        for name, _, before, run in contenders:
            gc.collect()
            gc.disable()
            spent[name].append(spent_s(before, run))
            gc.enable()
    for name, calls, before, run in contenders:
        line = {"name": name, "calls": calls, "spent_s": spent[name]}
        print(json.dumps(line | {"bytes": bytes_of(before, run)}))


def main():
    _, chip, path, rounds = sys.argv
    with open(path, "rb") as file:  # noqa: PTH123
        measure(chip, file.read(), int(rounds))


main()
