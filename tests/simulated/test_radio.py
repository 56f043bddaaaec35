"""Plain bleak meets simulated clips, on a virtual clock."""

import asyncio

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from simulated.host import ORIENTATION, RAW, clip_named, live

from midback.shared import wire
from midback.simulated import Air, LinkQuality, virtual_time

BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
SERIAL = "00002a25-0000-1000-8000-00805f9b34fb"


def test_a_scan_finds_the_clip_by_its_service():
    async def scenario(host):
        found = await BleakScanner.discover(
            timeout=3,
            return_adv=True,
            service_uuids=[wire.SERVICE_UUID],
            backend=host.air.scanner_type,
        )
        return [(device.name, heard.service_uuids, heard.rssi) for device, heard in found.values()]

    ((name, uuids, rssi),) = live(scenario)

    assert (name, uuids) == ("Midback", [wire.SERVICE_UUID])
    assert -80 < rssi < -45


def test_a_scan_for_something_else_finds_nothing():
    async def scenario(host):
        return await BleakScanner.discover(
            timeout=3, service_uuids=[BATTERY], backend=host.air.scanner_type
        )

    assert live(scenario) == []


def test_two_clips_are_told_apart():
    async def scenario(host):
        found = await BleakScanner.discover(timeout=3, backend=host.air.scanner_type)
        return sorted(str(device.name) for device in found)

    assert live(scenario, [clip_named("left", 1), clip_named("right", 2)]) == ["left", "right"]


def test_a_linked_clip_does_not_advertise():
    async def scenario(host):
        async with host.linked():
            return await BleakScanner.discover(timeout=3, backend=host.air.scanner_type)

    assert live(scenario) == []


def test_a_host_finds_services_battery_and_facts():
    async def scenario(host):
        async with host.linked() as client:
            serial = await client.read_gatt_char(SERIAL)
            battery = await client.read_gatt_char(BATTERY)
            status = wire.decode_status(bytes(await client.read_gatt_char(wire.STATUS_UUID)))
            return client.mtu_size, len(list(client.services)), serial, battery, status

    mtu, services, serial, battery, status = live(scenario, [clip_named(battery_percent=77.0)])

    assert (mtu, services) == (247, 3)
    assert bytes(serial).decode() == "000001"
    assert (battery[0], status.battery_percent) == (77, 77)


@pytest.mark.parametrize("kind", [RAW, ORIENTATION])
def test_a_stream_of_either_kind_arrives_whole_and_in_order(kind):
    async def scenario(host):
        async with host.linked() as client:
            reply = await host.ask(client, wire.OP_START, *kind)
            await asyncio.sleep(120)
        return reply, host

    reply, host = live(scenario)
    sequences = [packet.sequence for packet in host.stream]

    assert reply.result == wire.OK
    assert 590 <= len(sequences) <= 606
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_clip_time_and_host_time_agree_on_average_but_not_packet_by_packet():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(300)
        return host

    host = live(scenario, [clip_named(crystal_ppm=80.0)])
    clip_s = np.array([packet.ticks for packet in host.stream]) * wire.TICK_S
    host_s = np.array(host.arrivals)
    delay_s = (host_s - host_s[0]) - (clip_s - clip_s[0]) / (1 + 80e-6)
    jitter_s = delay_s - delay_s.min()

    # A connection interval as a rule, a stall now and then, never more than the longest stall.
    assert np.median(jitter_s) < 0.06
    assert 0.1 < jitter_s.max() < 0.5
    assert np.all(np.diff(host_s) >= 0)


def test_stalled_packets_arrive_in_one_burst():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(30)
        return host

    quality = LinkQuality(stall_rate=0.2, stall_s=(0.5, 0.5))
    host = live(scenario, quality=quality)

    assert np.diff(host.arrivals).min() < 0.01
    assert np.diff(host.arrivals).max() > 0.3


def test_a_buzz_is_felt_and_marks_the_samples():
    clip = clip_named()

    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(5)
            reply = await host.ask(client, wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 80)
            await asyncio.sleep(5)
        return reply.result, [bool(p.flags & wire.FLAG_SHAKEN) for p in host.stream]

    result, shaken = live(scenario, [clip])

    assert result == wire.OK
    assert 2 <= sum(shaken) <= 5
    assert not shaken[0]
    assert not shaken[-1]
    assert len(clip.wearer.truth.buzzes) == 1


def test_walking_off_ends_the_link_and_the_host_is_told():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            host.air.out_of_range()
            began = host.air.now_s
            await host.lost.wait()
            return host.air.now_s - began, client.is_connected

    silent_s, connected = live(scenario)

    # The supervision time, noticed at the next packet.
    assert 3.9 < silent_s < 4.6
    assert not connected


def test_a_short_drop_out_only_delays_the_stream():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(5)
            host.air.out_of_range()
            await asyncio.sleep(2.5)
            host.air.come_back()
            await asyncio.sleep(5)
            return client.is_connected, [packet.sequence for packet in host.stream]

    connected, sequences = live(scenario)

    assert connected
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_nobody_can_connect_to_a_clip_that_is_not_there():
    async def scenario(host):
        address = host.air.clips[0].traits.address
        host.air.out_of_range()
        client = BleakClient(address, timeout=10, backend=host.air.client_type)
        began = host.air.now_s
        with pytest.raises(TimeoutError):
            await client.connect()
        return host.air.now_s - began

    assert live(scenario) == pytest.approx(10, abs=0.1)


def test_an_address_that_nobody_has_is_not_found():
    async def scenario(host):
        client = BleakClient("00:00:00:00:00:00", backend=host.air.client_type)
        with pytest.raises(BleakDeviceNotFoundError):
            await client.connect()

    live(scenario)


def test_after_coming_back_a_new_link_goes_on_where_the_clip_kept_count():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(10)
            host.air.out_of_range()
            await host.lost.wait()
        await asyncio.sleep(20)
        host.air.come_back()
        last = host.stream[-1]
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(5)
            fresh = host.stream[-1]
            gap = range(last.sequence + 1, fresh.sequence)
            await host.ask(client, wire.OP_RESEND, last.boot, gap.start, len(gap))
            await asyncio.sleep(15)
        return last, gap, host.stream

    last, gap, stream = live(scenario)

    assert {packet.boot for packet in stream} == {last.boot}
    assert set(gap) <= {packet.sequence for packet in stream}


def test_a_planned_loss_of_range_comes_and_goes_by_itself():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await host.lost.wait()
            lost_s = host.air.now_s
        async with host.linked():
            return lost_s, host.air.now_s

    lost_s, back_s = live(scenario, out_of_range=[(30.0, 60.0)])

    assert 33.9 < lost_s < 35
    # Found by the next advertisement, then a connection is set up.
    assert 60 < back_s < 62.5


def test_a_write_that_the_air_swallows_ends_with_the_link():
    async def scenario(host):
        async with host.linked() as client:
            host.air.out_of_range()
            with pytest.raises(BleakError):
                await client.write_gatt_char(wire.CONTROL_UUID, b"\x01", response=True)
            await asyncio.sleep(1)
            with pytest.raises(BleakError):
                await client.read_gatt_char(BATTERY)

    live(scenario)


def test_no_junk_from_a_host_kills_the_clip():
    rng = np.random.default_rng(9)
    junk = [rng.bytes(int(size)) for size in rng.integers(0, 245, 100)]

    async def scenario(host):
        async with host.linked() as client:
            for payload in junk:
                await client.write_gatt_char(wire.CONTROL_UUID, payload, response=True)
            await asyncio.sleep(2)
            refused = [reply.result for reply in host.replies]
            return refused, await host.ask(client, wire.OP_START, *RAW)

    refused, reply = live(scenario)

    assert refused == [wire.BAD_COMMAND] * len(junk)
    assert reply.result == wire.OK


@pytest.mark.parametrize(
    ("uuid", "payload"), [(wire.CONTROL_UUID, bytes(400)), (BATTERY, b"\x01")]
)
def test_writes_that_the_protocol_forbids_are_refused_on_the_link(uuid, payload):
    async def scenario(host):
        async with host.linked() as client:
            with pytest.raises(BleakGATTProtocolError):
                await client.write_gatt_char(uuid, payload, response=True)
            return client.is_connected

    assert live(scenario)


def test_an_unknown_characteristic_is_bleaks_to_refuse():
    async def scenario(host):
        async with host.linked() as client:
            with pytest.raises(BleakCharacteristicNotFoundError):
                await client.read_gatt_char("0000ffff-0000-1000-8000-00805f9b34fb")

    live(scenario)


def test_after_unsubscribing_nothing_arrives():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(5)
            await client.stop_notify(wire.STREAM_UUID)
            seen = len(host.stream)
            await asyncio.sleep(5)
            return seen, len(host.stream)

    before, after = live(scenario)

    assert before == after > 0


def test_a_host_that_hangs_up_is_called_back_and_the_clip_is_free_again():
    async def scenario(host):
        async with host.linked() as client:
            await client.disconnect()
            assert host.lost.is_set()
        async with host.linked() as client:
            return client.is_connected

    assert live(scenario)


def test_a_client_connects_but_once():
    async def scenario(host):
        async with host.linked() as client:
            with pytest.raises(BleakError, match="already connected"):
                await client.connect()

    live(scenario)


def test_a_clip_that_restarts_drops_the_link_and_comes_back_with_another_boot():
    async def scenario(host):
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(3)
            boot = host.stream[-1].boot
            await host.ask(client, wire.OP_RESTART)
            await host.lost.wait()
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(3)
            return boot, host.stream[-1]

    boot, last = live(scenario)

    assert last.boot != boot
    assert last.sequence < 40


def test_a_flat_battery_ends_the_link_for_good():
    async def scenario(host):
        async with host.linked():
            await host.lost.wait()
        return await BleakScanner.discover(timeout=5, backend=host.air.scanner_type)

    assert live(scenario, [clip_named(battery_percent=1.0, battery_hours=0.5)]) == []


def test_leaving_the_air_ends_the_links_and_leaves_nothing_running():
    async def main():
        async with Air([clip_named()]) as air:
            device = await BleakScanner.find_device_by_name("Midback", backend=air.scanner_type)
            assert device is not None
            client = BleakClient(device, backend=air.client_type)
            await client.connect()
        return client.is_connected, len(asyncio.all_tasks())

    assert virtual_time.run(main()) == (False, 1)


def test_a_fault_in_the_simulation_is_not_swallowed():
    clip = clip_named()

    async def main():
        async with Air([clip]):
            clip.advance = None  # pyright: ignore[reportAttributeAccessIssue]
            await asyncio.sleep(2)

    with pytest.raises(TypeError):
        virtual_time.run(main())


def test_a_host_that_stumbles_over_a_packet_goes_on_getting_them():
    stumbles = []

    async def scenario(host):
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: stumbles.append(context)
        )
        host.stream = None  # the first thing the callback does with it fails
        async with host.linked() as client:
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(2)
            host.stream = []
            await asyncio.sleep(2)
        return len(host.stream)

    assert live(scenario) >= 9
    assert len(stumbles) >= 9
