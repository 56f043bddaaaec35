"""Plain bleak and ``midback.clip`` find, use and lose a clip on the rig."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import psutil
import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError
from firmware.rig.fixtures import KINDS, Rig, rig
from firmware.rig.hardware import DEEPSLEEP_RESET, HARD_RESET, WDT_RESET

from midback.clip import Clip, find_clip, linked_clips
from midback.errors import ClipLost
from midback.shared import wire


@pytest.fixture(params=KINDS)
async def room(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Rig]:
    async with rig(tmp_path, monkeypatch, kind=request.param) as one:
        yield one


@pytest.fixture
async def fast_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    async with rig(tmp_path, monkeypatch) as one:
        yield one


async def connected(room: Rig) -> Clip:
    found = await find_clip(radio=room.radio)
    return Clip(found.device, room.radio)


async def first_packets(clip: Clip, count: int) -> list[int]:
    sequences: list[int] = []
    async for received in clip.packets():
        sequences.append(received.packet.sequence)
        if len(sequences) == count:
            break
    return sequences


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(30.0):
        while not happened():  # noqa: ASYNC110 - another process makes it happen
            await asyncio.sleep(0.01)


COMPUTES = """
import machine
for _ in range(200_000):
    pass
machine.PWM(machine.Pin(10), freq=200, duty_u16=9000)
"""


async def test_no_time_passes_while_the_firmware_computes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    main = tmp_path / "main.py"
    main.write_text(COMPUTES)
    async with rig(tmp_path, monkeypatch, main=main) as one:
        await asyncio.sleep(0.001)
        pulses = [pulse.time_s for pulse in one.clip.hardware.pulses]

    assert pulses == [0.0]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_happens_twice_at_the_same_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
):
    once, again = [await arrivals_s(tmp_path, monkeypatch, kind) for _ in range(2)]

    assert once == pytest.approx(again, abs=1e-6)


async def arrivals_s(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> list[float]:
    """When the first packets arrive, from when the clip was switched on."""
    async with rig(folder, monkeypatch, kind=kind) as room:
        start_s = asyncio.get_running_loop().time()
        async with await connected(room) as clip:
            await clip.start()
            seen: list[float] = []
            async for received in clip.packets():
                seen.append(received.arrival_s - start_s)
                if len(seen) == 4:
                    return seen
    raise AssertionError("packets come until the link ends")


async def test_a_clip_is_found_by_the_name_in_its_scan_response(room: Rig):
    assert (await find_clip("Midback demo", radio=room.radio)).name == "Midback demo"


async def test_packets_come_in_order(room: Rig):
    async with await connected(room) as clip:
        await clip.start()
        sequences = await first_packets(clip, 4)

    assert sequences == [0, 1, 2, 3]


async def test_a_buzz_reaches_the_motor(room: Rig):
    async with await connected(room) as clip:
        await clip.buzz(repeats=2)
        await until(lambda: len(room.clip.hardware.pulses) == 5)

    assert [pulse.duty_u16 for pulse in room.clip.hardware.pulses] == [0, 40_000, 0, 40_000, 0]


async def test_a_characteristic_that_wants_encryption_makes_the_host_pair(room: Rig):
    async with await connected(room) as clip:
        secret = await clip._client.read_gatt_char(wire.LOG_UUID)

    assert bytes(secret) == b"secret"


async def test_a_bond_the_clip_kept_encrypts_the_next_link(room: Rig):
    async with await connected(room) as clip:
        await clip._client.pair()
        # The clip keeps the bond a moment after the host has it.
        await until(lambda: (room.clip.program.flash / "bonds.json").exists())
        await until(lambda: len((room.clip.program.flash / "bonds.json").read_text()) > 400)
    async with await connected(room) as clip:
        assert room.host.connections
        encrypted = [link.is_encrypted for link in room.host.connections.values()]

    assert encrypted == [True]


async def test_a_clip_that_forgot_the_bond_does_not_let_the_host_in(room: Rig):
    async with await connected(room) as clip:
        await clip._client.pair()
        await until(lambda: (room.clip.program.flash / "bonds.json").exists())
    await asyncio.sleep(0.1)
    room.clip.cut_power(losing="bonds.json")
    await until(lambda: len(room.clip.starts) == 2)

    with pytest.raises(ClipLost):
        async with await connected(room):
            pass


async def test_a_computer_that_forgot_the_bond_may_pair_anew(room: Rig):
    async with await connected(room) as clip:
        await clip._client.pair()
        await room.computer.forget_bonds()
        with pytest.raises(ClipLost):
            await first_packets(clip, 1)
    assert room.host.keystore is not None
    keys = [len(await room.host.keystore.get_all())]
    async with await connected(room) as clip:
        await clip._client.pair()
        keys.append(len(await room.host.keystore.get_all()))

    assert keys == [0, 1]


async def test_a_killed_programs_link_stays_and_the_next_one_takes_it_over(room: Rig):
    killed = await connected(room)
    await killed.__aenter__()
    await killed.start()
    before = await first_packets(killed, 2)
    room.computer.kill_programs()
    # What it still tries reaches nobody.
    await killed.disconnect()
    async with BleakScanner(backend=room.radio.scanner) as scanner:
        await asyncio.sleep(3.0)
        heard = scanner.discovered_devices
    (found,) = await linked_clips(room.radio)
    async with Clip(found.device, room.radio) as clip:
        after = await first_packets(clip, 3)

    assert heard == []
    assert before == [0, 1]
    # Three seconds later in the same stream; each packet once.
    assert 10 < after[0] < 30
    assert after == [after[0], after[0] + 1, after[0] + 2]


async def test_nobody_is_linked_before_somebody_is(room: Rig):
    assert await linked_clips(room.radio) == []


@pytest.mark.parametrize(
    ("fates", "sequences"),
    [
        ([(0.0,), (), (0.0,)], [0, 2, 3, 4]),
        ([(0.0,), (0.0, 0.0), (0.0,)], [0, 1, 1, 2]),
        # A packet comes every 0.2 s.
        ([(0.5,), (0.0,), (0.0,)], [1, 2, 0, 3]),
    ],
    ids=["lost", "doubled", "late"],
)
async def test_a_system_may_spoil_what_its_radio_brings(
    room: Rig, fates: list[tuple[float, ...]], sequences: list[int]
):
    coming = itertools.chain(fates, itertools.repeat((0.0,)))
    async with await connected(room) as clip:
        room.system.fate = lambda uuid, _: next(coming) if uuid == wire.STREAM_UUID else (0.0,)
        await clip.start()
        arrived = await first_packets(clip, 4)

    assert arrived == sequences


async def test_a_system_that_stalls_keeps_the_link_and_brings_everything_later(room: Rig):
    loop = asyncio.get_running_loop()
    async with await connected(room) as clip:
        await clip.start()
        await first_packets(clip, 1)
        room.system.stall()
        loop.call_later(4.0, room.system.go_on)
        from_s = loop.time()
        await clip.buzz()
        answered_s = loop.time() - from_s
        sequences = await first_packets(clip, 25)

    assert answered_s == pytest.approx(4.0, abs=0.1)
    assert sequences == list(range(1, 26))


async def test_a_clip_that_keeps_no_bonds_is_paired_for_one_link_only(fast_room: Rig):
    async with await connected(fast_room) as clip:
        await clip._client.write_gatt_char(wire.CONTROL_UUID, b"\xee\x05", response=True)
        await clip._client.pair()
    with pytest.raises(ClipLost):
        async with await connected(fast_room):
            pass


PRINTER = """
import bluetooth, time
from midback.shared import wire

def on_event(event, data):
    if event in (3, 28, 30):
        print(event, data[1] if event == 28 else "")
    return event == 30

uuid, encrypted = bluetooth.UUID, 0x1000
ble = bluetooth.BLE()
ble.irq(on_event)
ble.active(True)
ble.config(bond={bond}, le_secure=True, mitm=False, io=3)
control = (uuid(wire.CONTROL_UUID), bluetooth.FLAG_WRITE | encrypted)
ble.gatts_register_services(((uuid(wire.SERVICE_UUID), (control,)),))
ble.gap_advertise(50_000, b"\\x02\\x01\\x06\\x11\\x07" + bytes(uuid(wire.SERVICE_UUID)))
while True:
    time.sleep_ms(10)
"""


async def printed_while_pairing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, bond: bool
) -> tuple[list[str], int]:
    """Lines of a clip that prints what it is told of a pairing and a write; the host's keys."""
    main = folder / "main.py"
    main.write_text(PRINTER.format(bond=bond))
    async with rig(folder, monkeypatch, main=main) as one:
        found = await find_clip(radio=one.radio)
        async with BleakClient(found.device, backend=one.radio.client) as client:
            # The host pairs by itself, and writes again at once.
            await client.write_gatt_char(wire.CONTROL_UUID, b"x", response=True)
        assert one.host.keystore is not None
        keys = len(await one.host.keystore.get_all())
        return [line.strip() for line in one.clip.console.splitlines()], keys


async def test_keys_come_before_the_encryption_and_that_before_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # As in NimBLE's ble_sm_process_result.
    told, _ = await printed_while_pairing(tmp_path, monkeypatch, bond=True)
    assert told == ["30", "30", "28 1", "3"]


async def test_a_pairing_without_a_bond_leaves_no_keys_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert await printed_while_pairing(tmp_path, monkeypatch, bond=False) == (["28 1", "3"], 0)


async def test_out_of_range_a_link_ends_and_back_in_range_the_clip_is_found_again(room: Rig):
    async with await connected(room) as clip:
        room.air.go_out_of_range()
        with pytest.raises(ClipLost):
            await first_packets(clip, 1)
    room.air.come_back()

    assert (await find_clip(radio=room.radio)).name == "Midback demo"


async def test_a_short_absence_delays_packets_and_loses_none(fast_room: Rig):
    async with await connected(fast_room) as clip:
        await clip.start()
        await first_packets(clip, 1)
        fast_room.air.go_out_of_range()
        await asyncio.sleep(0.3)
        fast_room.air.come_back()
        sequences = await first_packets(clip, 2)

    assert sequences == [1, 2]


async def test_slow_air_delays_packets_and_keeps_their_order(fast_room: Rig):
    delays_s = iter([0.15, 0.0, 0.1, 0.05] * 100)
    async with await connected(fast_room) as clip:
        await clip.start()
        fast_room.air.delay_s = lambda: next(delays_s)
        sequences = await first_packets(clip, 4)

    assert sequences == sorted(sequences)


async def test_a_radio_without_memory_refuses_what_the_firmware_notifies(fast_room: Rig):
    async with await connected(fast_room) as clip:
        await clip.start()
        await first_packets(clip, 1)
        fast_room.clip.can_take = lambda: False
        await until(lambda: "not sent: [Errno 12] ENOMEM" in fast_room.clip.console)


@pytest.mark.parametrize(
    ("how", "cause"), [(1, HARD_RESET), (2, DEEPSLEEP_RESET)], ids=["reset", "deep sleep"]
)
async def test_the_clip_starts_again_and_knows_why_after_a(fast_room: Rig, how: int, cause: int):
    async with await connected(fast_room) as clip:
        await clip._client.write_gatt_char(wire.CONTROL_UUID, bytes([0xEE, how]), response=True)
        with pytest.raises(ClipLost):
            await first_packets(clip, 1)
    if cause == DEEPSLEEP_RESET:
        fast_room.clip.wake()

    await until(lambda: len(fast_room.clip.starts) == 2)
    assert fast_room.clip.starts[-1].cause == cause


async def test_a_clip_that_hangs_is_killed_by_its_watchdog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with rig(tmp_path, monkeypatch, patience_s=0.5) as room:
        async with await connected(room) as clip:
            hung_s = room.clip.now_s
            await clip._client.write_gatt_char(wire.CONTROL_UUID, b"\xee\x03", response=True)
            with pytest.raises(ClipLost):
                await first_packets(clip, 1)
        await until(lambda: len(room.clip.starts) == 2)

    start = room.clip.starts[1]
    # It was last fed up to a fifth of a second before.
    assert (start.cause, start.time_s - hung_s) == (WDT_RESET, pytest.approx(7.9, abs=0.11))


async def test_a_button_interrupts_the_firmware(fast_room: Rig):
    await until(lambda: 4 in fast_room.clip.hardware.edges)
    fast_room.clip.set_input(4, 0)

    await until(lambda: len(fast_room.clip.hardware.pulses) == 3)


async def test_nothing_is_left_of_the_rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = names(psutil.Process().children(recursive=True))
    async with rig(tmp_path, monkeypatch, kind="bluez") as room, await connected(room) as clip:
        await clip.start()
        await first_packets(clip, 1)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    after = names(psutil.Process().children(recursive=True))

    assert (list(left), after) == ([], before)


async def test_bleak_alone_reads_what_the_clip_is(fast_room: Rig):
    found = await find_clip(radio=fast_room.radio)
    async with BleakClient(found.device, backend=fast_room.radio.client) as client:
        status = wire.decode_status(await client.read_gatt_char(wire.STATUS_UUID))

    assert status.boot == 7


async def test_what_is_not_readable_is_refused_with_the_systems_error(fast_room: Rig):
    found = await find_clip(radio=fast_room.radio)
    async with BleakClient(found.device, backend=fast_room.radio.client) as client:
        with pytest.raises(BleakError, match=r"(?i)not permitted"):
            await client.read_gatt_char(wire.STREAM_UUID)


def names(processes: Iterable[psutil.Process]) -> list[str]:
    return sorted(process.name() for process in processes)
