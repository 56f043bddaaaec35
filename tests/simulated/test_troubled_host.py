"""Hosts in trouble: killed, frozen, or on a system that loses, doubles and delays what comes."""

import asyncio
import itertools

import pytest
from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.exc import BleakError
from simulated.host import ORIENTATION, Host, clip_named, live

from midback.clip import Radio, find_clip
from midback.clip.flood import Floodgate
from midback.shared import wire
from midback.simulated import LinkQuality, virtual_time

BATTERY_SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
HEART_RATE_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"


def sequences(host):
    return [packet.sequence for packet in host.stream]


async def linked_devices(air, *services):
    adapter = await BleakAdapter.get(backend=air.adapter_type)
    return await adapter.get_connected_devices(list(services or (wire.SERVICE_UUID,)))


async def killed(host):
    """A program that streamed, and was killed; its client, which its destructors may yet use."""
    client = BleakClient(await host.found(), backend=host.air.client_type)
    await client.connect()
    await client.start_notify(wire.STREAM_UUID, host._on_stream)
    await client.start_notify(wire.CONTROL_UUID, host._on_reply)
    await host.ask(client, wire.OP_START, *ORIENTATION)
    await asyncio.sleep(5)
    host.air.kill_host()
    return client


def test_a_computer_knows_the_clips_it_is_linked_to():
    async def scenario(host):
        before = await linked_devices(host.air)
        async with host.linked():
            during = [await linked_devices(host.air, uuid) for uuid in services]
        return before, during, await linked_devices(host.air)

    services = (wire.SERVICE_UUID, BATTERY_SERVICE, "1801", HEART_RATE_SERVICE)
    before, during, after = live(scenario, [clip_named("left", 1), clip_named("right", 2)])

    assert (before, after) == ([], [])
    assert [[device.name for device in devices] for devices in during] == [*[["left"]] * 3, []]


def test_the_link_of_a_killed_program_is_found_by_the_adapter_alone():
    async def scenario(host):
        await killed(host)
        await asyncio.sleep(60)
        heard = await BleakScanner.discover(timeout=3, backend=host.air.scanner_type)
        return heard, [device.address for device in await linked_devices(host.air)]

    assert live(scenario) == ([], ["C0:5E:00:00:00:01"])


def test_a_killed_program_hears_nothing_more_and_can_end_nothing():
    async def scenario(host):
        client = await killed(host)
        heard = len(host.stream)
        await asyncio.sleep(10)
        with pytest.raises(BleakError):
            await client.read_gatt_char(wire.STATUS_UUID)
        await client.disconnect()
        return client.is_connected, len(host.stream) - heard, len(await linked_devices(host.air))

    assert live(scenario) == (False, 0, 1)


def test_a_killed_program_scans_no_more():
    heard = []

    async def scenario(host):
        scanner = BleakScanner(
            lambda device, _: heard.append(device), backend=host.air.scanner_type
        )
        await scanner.start()
        await asyncio.sleep(2)
        host.air.kill_host()
        before = len(heard)
        await asyncio.sleep(10)
        return before

    assert live(scenario) == len(heard) > 0


def test_the_next_program_takes_the_link_over_and_the_clip_notices_nothing():
    async def scenario(host):
        await killed(host)
        await asyncio.sleep(20)
        last = host.stream[-1].sequence
        (device,) = await linked_devices(host.air)
        heir = Host(host.air)
        async with heir.linked(device) as client:
            await asyncio.sleep(5)
            # It streams still: the clip was never told otherwise.
            streamed = len(heir.stream)
            await heir.ask(client, wire.OP_START, *ORIENTATION)
            missing = range(last + 1, heir.stream[0].sequence)
            await heir.ask(client, wire.OP_RESEND, device.details.boot, missing[0], len(missing))
            await asyncio.sleep(15)
        return last, streamed, sequences(heir), await linked_devices(host.air)

    last, streamed, got, left = live(scenario)

    assert streamed in (24, 25, 26)
    assert sorted(got) == list(range(last + 1, last + 1 + len(got)))
    assert left == []


def test_a_link_left_behind_ends_with_the_range_and_the_clip_advertises_again():
    async def scenario(host):
        await killed(host)
        host.air.out_of_range()
        await asyncio.sleep(6)
        left = await linked_devices(host.air)
        host.air.come_back()
        async with host.linked() as client:
            return left, client.is_connected

    assert live(scenario) == ([], True)


def test_a_link_left_behind_is_ended_by_the_clip_when_it_heard_no_command_for_five_minutes():
    async def scenario(host):
        await killed(host)
        await asyncio.sleep(290)
        before = len(await linked_devices(host.air))
        await asyncio.sleep(10)
        async with host.linked() as client:
            return before, client.is_connected

    assert live(scenario) == (1, True)


def test_a_host_that_asks_for_something_now_and_then_keeps_its_link():
    async def scenario(host):
        async with host.linked() as client:
            for _ in range(4):
                await asyncio.sleep(290)
                await host.ask(client, wire.OP_ACKNOWLEDGE, 0, 0)
            connected = client.is_connected
            await asyncio.wait_for(host.lost.wait(), 305)
            return connected

    assert live(scenario)


def test_midbacks_own_host_finds_a_clip_that_is_linked_already():
    async def scenario(host):
        air = host.air
        await killed(host)
        return await find_clip(radio=Radio(air.scanner_type, air.client_type, air.adapter_type))

    found = live(scenario)

    assert (found.name, found.rssi_dbm) == ("Midback", None)


def test_nobody_takes_over_a_link_that_a_living_program_holds():
    async def scenario(host):
        async with host.linked():
            (device,) = await linked_devices(host.air)
            client = BleakClient(device, timeout=10, backend=host.air.client_type)
            with pytest.raises(TimeoutError):
                await client.connect()

    live(scenario)


# Frozen


async def turned():
    """Let the loop turn, so that everything runs that is due."""
    for _ in range(3):
        await asyncio.sleep(0)


def test_what_comes_while_the_host_is_frozen_arrives_in_one_burst():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(10)
            before = len(host.stream)
            virtual_time.freeze(120.0)
            thawed_s = asyncio.get_running_loop().time()
            await turned()
            burst = len(host.stream) - before
            await asyncio.sleep(10)
        return thawed_s, before, burst, host

    thawed_s, before, burst, host = live(scenario, quality=LinkQuality(stall_rate=0.0))
    in_burst = host.arrivals[before : before + burst]

    # Five a second, by a sensor whose clock is up to 1 % off.
    assert 592 <= burst <= 608
    assert set(in_burst) == {thawed_s}
    assert sequences(host) == list(range(len(host.stream)))


def test_the_link_and_the_clip_live_on_while_the_host_is_frozen():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_HEARTBEAT, 5)
            modes = [wire.decode_status(await client.read_gatt_char(wire.STATUS_UUID)).mode]
            virtual_time.freeze(30.0)
            modes.append(wire.decode_status(await client.read_gatt_char(wire.STATUS_UUID)).mode)
            return modes, client.is_connected

    assert live(scenario) == ([wire.MODE_LIVE, wire.MODE_ALONE], True)


def test_a_reply_under_way_when_the_host_froze_comes_before_what_the_clip_sent_later():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            order = []
            await client.stop_notify(wire.STREAM_UUID)
            await client.stop_notify(wire.CONTROL_UUID)
            for uuid in (wire.STREAM_UUID, wire.CONTROL_UUID):
                await client.start_notify(uuid, lambda sender, _: order.append(sender.uuid))
            await client.write_gatt_char(
                wire.CONTROL_UUID, wire.encode_command(wire.OP_HEARTBEAT, 7, 5), response=True
            )
            seen = len(order)
            virtual_time.freeze(10.0)
            await turned()
            return order[seen:]

    order = live(scenario)

    assert order.index(wire.CONTROL_UUID) <= 1
    assert len(order) in (50, 51, 52)


# A system that spoils what it brings


def spoilt(minutes=3.0, seed=0, **rates):
    """What arrives of the stream on such a system, replies untouched."""

    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(60 * minutes)
        return sequences(host)

    quality = LinkQuality(spoilt=(wire.STREAM_UUID,), **rates)
    return live(scenario, quality=quality, seed=seed)


def test_lost_notifications_leave_holes():
    got = spoilt(loss_rate=0.1)
    missing = set(range(got[-1])) - set(got)

    assert got == sorted(set(got))
    assert 0.05 <= len(missing) / got[-1] <= 0.16


def test_doubled_notifications_come_twice_in_a_row():
    got = spoilt(double_rate=0.1)
    twice = [after for before, after in itertools.pairwise(got) if before == after]

    assert sorted(set(got)) == list(range(got[-1] + 1))
    assert 0.05 <= len(twice) / got[-1] <= 0.16


def test_late_notifications_are_overtaken_and_none_is_lost():
    got = spoilt(late_rate=0.1, late_s=(0.5, 1.5))
    overtaken = [after for before, after in itertools.pairwise(got) if after < before]

    assert sorted(got) == list(range(len(got)))
    assert 0.05 <= len(overtaken) / len(got) <= 0.16


def test_what_is_spoilt_is_the_mediums_seed():
    rates = {"loss_rate": 0.05, "double_rate": 0.05, "late_rate": 0.05}

    assert spoilt(1.0, seed=3, **rates) == spoilt(1.0, seed=3, **rates)
    assert spoilt(1.0, seed=3, **rates) != spoilt(1.0, seed=4, **rates)


def test_replies_can_be_lost_too():
    async def scenario(host):
        async with host.linked() as client:
            with pytest.raises(TimeoutError):
                await host.ask(client, wire.OP_IDENTIFY)

    clip = clip_named()
    live(scenario, [clip], quality=LinkQuality(loss_rate=1.0))

    assert len(clip.wearer.truth.buzzes) == 1


# What is asked for


def test_the_reply_comes_before_what_it_announces():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(20)
            for _ in range(40):
                host.heard.clear()
                newest = host.stream[-1]
                await host.ask(client, wire.OP_RESEND, newest.boot, newest.sequence - 20, 5)
                await asyncio.sleep(4)
                check_order(host.heard)

    def check_order(heard):
        replied = [isinstance(each, wire.Reply) for each in heard].index(True)
        again = [i for i, each in enumerate(heard) if _is_resent(each)]
        assert len(again) == 5
        assert again[0] > replied

    live(scenario, quality=LinkQuality(stall_rate=0.3))


def _is_resent(heard):
    return isinstance(heard, wire.StreamPacket) and heard.flags & wire.FLAG_RESENT


def test_a_host_that_asks_for_all_that_is_kept_does_not_take_it_for_a_flood():
    gate = Floodgate()

    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(100)
            await host.ask(client, wire.OP_RESEND, host.air.clips[0].boot, 0, 600)
            await asyncio.sleep(40)
        return [gate.admits(at) for at in host.arrivals], host

    admitted, host = live(scenario)
    again = [p.sequence for p in host.stream if p.flags & wire.FLAG_RESENT]

    assert all(admitted)
    assert len(again) == 377
    assert again == list(range(again[0], again[0] + 377))


def test_a_clip_that_stays_alone_goes_off_the_air_a_minute_after_the_host_has_left():
    clip = clip_named()

    async def heard(host):
        return await BleakScanner.discover(timeout=3, backend=host.air.scanner_type) != []

    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_ALONE, 1)
            await asyncio.sleep(120)
            status = wire.decode_status(bytes(await client.read_gatt_char(wire.STATUS_UUID)))
        soon = await heard(host)
        await asyncio.sleep(60)
        later = await heard(host)
        clip.hold_button()
        return status.flags & wire.STATUS_ALONE, soon, later, await heard(host)

    assert live(scenario, [clip]) == (wire.STATUS_ALONE, True, False, True)
