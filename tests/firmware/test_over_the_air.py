"""The real firmware on the air, with nothing but bleak and the protocol at the host.

Once for each backend one visit is made after the other; the tests look at what they brought.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError
from firmware.rig.fixtures import KINDS
from firmware.rooms import LONGEST_S, Room, Told, room, until

from midback.clip import Clip, Radio, find_clip
from midback.clip.connection import BATTERY_UUID
from midback.errors import ClipUnpaired
from midback.shared import wire
from midback.shared.flexion import angle_between_deg, up_from_quaternion

FACTS = {
    "00002a24-0000-1000-8000-00805f9b34fb": b"Midback clip",
    "00002a25-0000-1000-8000-00805f9b34fb": b"005e01",  # the end of the rig's processor's number
    "00002a27-0000-1000-8000-00805f9b34fb": b"XIAO ESP32-C3",
}
"""Model, serial and hardware revision, as Device Information numbers them."""

ATT_HEADER = 3
TICKS = 3


class Program:
    """What somebody writes who has bleak and the protocol's description."""

    def __init__(self, client: BleakClient, gone: asyncio.Event) -> None:
        self.client = client
        self.gone = gone
        self.packets: list[wire.StreamPacket] = []
        self._replies: asyncio.Queue[wire.Reply] = asyncio.Queue()
        self._tag = 0

    async def listen(self) -> None:
        await self.client.start_notify(wire.CONTROL_UUID, self._on_reply)
        await self.client.start_notify(wire.STREAM_UUID, self._on_packet)

    async def command(self, op: int, *args: int) -> int:
        """The result code, from the reply with the same tag."""
        self._tag += 1
        await self.write(op, *args)
        async with asyncio.timeout(LONGEST_S):
            reply = await self._replies.get()
        assert (reply.op, reply.tag) == (op, self._tag)
        return reply.result

    async def write(self, op: int, *args: int) -> None:
        command = wire.encode_command(op, self._tag, *args)
        await self.client.write_gatt_char(wire.CONTROL_UUID, command, response=True)

    async def status(self) -> wire.Status:
        return wire.decode_status(await self.client.read_gatt_char(wire.STATUS_UUID))

    async def status_after(self, buzzes: int) -> wire.Status:
        """The status once it counts more buzzes than so many; it changes once a second."""
        async with asyncio.timeout(LONGEST_S):
            while True:
                status = await self.status()
                if status.buzzes > buzzes:
                    return status
                await asyncio.sleep(0.2)

    def _on_reply(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        self._replies.put_nowait(wire.decode_reply(payload))

    def _on_packet(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        self.packets.append(wire.decode_stream(payload))


@dataclass
class Heard:
    """What the visits brought."""

    advertised: list[AdvertisementData] = field(default_factory=list[AdvertisementData])
    facts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    percent: int = -1
    mtu: int = 0
    status: list[wire.Status] = field(default_factory=list[wire.Status])
    packets: list[wire.StreamPacket] = field(default_factory=list[wire.StreamPacket])
    refusals: list[str] = field(default_factory=list[str])
    keys_without_window: int = -1
    linked_without_window: bool = True
    held_s: float = 0.0
    buzz_delays_s: list[float] = field(default_factory=list[float])
    results: dict[str, int] = field(default_factory=dict[str, int])


async def visits(folder: Path, kind: str) -> Heard:
    heard = Heard()
    async with room(folder, kind, pairs=False) as here:
        await as_a_stranger(here, heard)
        await without_the_button(here, heard)
        heard.held_s = await here.open_pairing()
        await with_the_button(here, heard)
        await back_in_range(here, heard)
        await after_a_power_cut(here, heard)
    return heard


@asynccontextmanager
async def visit(here: Room, heard: Heard) -> AsyncGenerator[Program]:
    """Find the clip anew, and be linked to it."""
    device, seen = await found_by_name(here.rig.radio)
    heard.advertised.append(seen)
    gone = asyncio.Event()
    async with BleakClient(device, lambda _: gone.set(), backend=here.rig.radio.client) as client:
        yield Program(client, gone)


async def found_by_name(radio: Radio) -> tuple[BLEDevice, AdvertisementData]:
    scanner = BleakScanner(service_uuids=[wire.SERVICE_UUID], backend=radio.scanner)
    async with (
        asyncio.timeout(LONGEST_S),
        scanner,
        aclosing(scanner.advertisement_data()) as advertisements,
    ):
        async for device, seen in advertisements:
            if seen.local_name == "Midback":
                return device, seen
    raise AssertionError("the scan goes on until it times out")


async def as_a_stranger(here: Room, heard: Heard) -> None:
    async with visit(here, heard) as program:
        for uuid in FACTS:
            heard.facts[uuid] = bytes(await program.client.read_gatt_char(uuid))
        heard.percent = (await program.client.read_gatt_char(BATTERY_UUID))[0]
        heard.status.append(await program.status())
        control = program.client.services.get_characteristic(wire.CONTROL_UUID)
        assert control is not None
        heard.mtu = control.max_write_without_response_size + ATT_HEADER
        with pytest.raises(BleakError) as refused:
            await program.write(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80)
        heard.refusals.append(str(refused.value))
    found = await find_clip(radio=here.rig.radio)
    async with Clip(found.device, here.rig.radio) as clip:
        with pytest.raises(ClipUnpaired) as unpaired:
            await clip.buzz()
        heard.refusals.append(str(unpaired.value))


async def without_the_button(here: Room, heard: Heard) -> None:
    """The clip lets the host encrypt, without a bond, and then ends the link."""
    async with visit(here, heard) as program:
        # Whether the link ends before or after the host is through is a matter of luck.
        with suppress(BleakError):
            await program.client.pair()
        async with asyncio.timeout(LONGEST_S):
            await program.gone.wait()
        heard.linked_without_window = program.client.is_connected
    keys = here.rig.host.keystore
    assert keys is not None
    heard.keys_without_window = len(await keys.get_all())


async def with_the_button(here: Room, heard: Heard) -> None:
    async with visit(here, heard) as program:
        await program.client.pair()
        await program.listen()
        heard.results["start"] = await program.command(
            wire.OP_START, wire.KIND_ORIENTATION, 40_000 // wire.PERIOD_UNIT_US, 5
        )
        for _ in range(TICKS):
            heard.buzz_delays_s.append(await tick(here, program))
        await until(lambda: len(program.packets) >= 10)
        heard.packets += program.packets
        heard.status.append(await program.status_after(TICKS))
        here.rig.air.go_out_of_range()
        async with asyncio.timeout(LONGEST_S):
            await program.gone.wait()


async def tick(here: Room, program: Program) -> float:
    """Buzz; how long the motor took to begin."""
    await until(lambda: here.quiet_s > 0.0)
    before, from_s = len(here.buzzes), asyncio.get_running_loop().time()
    assert await program.command(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 80) == wire.OK
    await until(lambda: len(here.buzzes) > before)
    return here.buzzes[before] - from_s


async def back_in_range(here: Room, heard: Heard) -> None:
    here.rig.air.come_back()
    async with visit(here, heard) as program:
        await program.listen()
        heard.results["back"] = await program.command(wire.OP_HEARTBEAT, 5)
        here.rig.clip.cut_power()
        async with asyncio.timeout(LONGEST_S):
            await program.gone.wait()


async def after_a_power_cut(here: Room, heard: Heard) -> None:
    async with visit(here, heard) as program:
        await program.listen()
        heard.results["restarted"] = await program.command(wire.OP_HEARTBEAT, 5)
        heard.status.append(await program.status())


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Told[Heard]:
    return Told(visits, tmp_path_factory)


@pytest.fixture(params=KINDS)
def heard(request: pytest.FixtureRequest, visited: Told[Heard]) -> Heard:
    return visited.by(request.param)


def test_it_is_found_by_its_service_and_its_name(heard: Heard):
    seen = heard.advertised[-1]
    assert (seen.service_uuids, seen.local_name) == ([wire.SERVICE_UUID], "Midback")


def test_anybody_reads_what_it_is(heard: Heard):
    assert heard.facts == FACTS


def test_anybody_reads_how_full_its_cell_is(heard: Heard):
    # 4.00 V at rest is between four fifths and nine tenths of a small lithium cell.
    assert 80 <= heard.percent <= 90


def test_a_host_that_offers_more_gets_the_clips_mtu(heard: Heard):
    assert heard.mtu == 247


def test_a_stranger_learns_from_the_status_that_it_wants_to_be_paired(heard: Heard):
    status = heard.status[0]
    assert (status.mode, status.flags) == (wire.MODE_ALONE, wire.STATUS_BONDED_ONLY)


def test_a_strangers_command_is_refused_by_the_radio(heard: Heard):
    assert "INSUFFICIENT" in heard.refusals[0].upper()


def test_a_strangers_command_is_explained_by_the_host(heard: Heard):
    assert heard.refusals[1].startswith(
        "the clip talks to paired computers only: hold its button for 3 s until it buzzes, "
    )


def test_nobody_stays_who_pairs_without_the_button(heard: Heard):
    assert not heard.linked_without_window


def test_pairing_without_the_button_leaves_no_keys_that_the_clip_does_not_know(heard: Heard):
    assert heard.keys_without_window == 0


def test_the_button_opens_the_pairing_after_three_seconds(heard: Heard):
    assert 2.9 < heard.held_s < 3.1


def test_a_paired_host_is_obeyed(heard: Heard):
    assert heard.results["start"] == wire.OK


def test_samples_come_25_to_30_times_a_second(heard: Heard):
    first, last = heard.packets[1], heard.packets[-1]
    samples = sum(len(packet.counts) for packet in heard.packets[2:]) / 7
    seconds = (last.ticks - first.ticks) * wire.TICK_S
    assert 25.0 <= samples / seconds <= 31.0


def test_every_packet_of_a_near_clip_arrives(heard: Heard):
    sequences = [packet.sequence for packet in heard.packets]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_a_wearer_who_sits_tall_is_upright_in_what_arrives(heard: Heard):
    w, x, y, z = [part / wire.QUATERNION_ONE for part in heard.packets[-1].counts[:4]]
    up = up_from_quaternion(w, x, y, z)
    assert up is not None
    # A chip on a vertical upper back, as the simulated wearer's is while they sit tall.
    assert angle_between_deg(up, (0.0, 0.0, 1.0)) < 10.0


def test_the_motor_runs_within_a_tenth_of_a_second_of_the_command(heard: Heard):
    assert max(heard.buzz_delays_s) < 0.1


def test_the_status_counts_the_buzzes_and_tells_of_the_stream(heard: Heard):
    status = heard.status[1]
    # The pairing's own pattern was a buzz too.
    assert (status.buzzes, status.flags) == (
        TICKS + 1,
        wire.STATUS_BONDED_ONLY | wire.STATUS_STREAMING,
    )


def test_after_a_loss_of_range_the_bond_is_enough(heard: Heard):
    assert heard.results["back"] == wire.OK


def test_after_a_power_cut_the_bond_is_enough(heard: Heard):
    assert heard.results["restarted"] == wire.OK


def test_a_power_cut_shows_in_the_status_as_another_boot(heard: Heard):
    assert len({status.boot for status in heard.status}) == 2
