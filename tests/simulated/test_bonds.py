"""A simulated clip that trusts only computers its wearer let pair with it."""

import asyncio

import pytest
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from simulated.host import ORIENTATION, Host, clip_named, live

from midback.clip import Clip, Radio, find_clip
from midback.errors import ClipUnpaired
from midback.shared import wire
from midback.simulated import Air, virtual_time

BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"


def wary():
    return clip_named(bonded_only=True)


async def refused(host, client):
    """The error that a command meets."""
    with pytest.raises(BleakGATTProtocolError) as caught:
        await host.ask(client, wire.OP_IDENTIFY)
    return caught.value.code


async def paired(host):
    """Pair while the wearer holds the window open, and leave."""
    host.air.clips[0].hold_button()
    async with host.linked() as client:
        await client.pair()
        assert (await host.ask(client, wire.OP_IDENTIFY)).result == wire.OK


def test_a_stranger_may_read_how_the_clip_is_and_learns_that_it_wants_a_bond():
    async def scenario(host):
        async with host.linked() as client:
            status = wire.decode_status(bytes(await client.read_gatt_char(wire.STATUS_UUID)))
            return status, await client.read_gatt_char(BATTERY)

    status, battery = live(scenario, [wary()])

    assert status.flags & wire.STATUS_BONDED_ONLY
    assert battery[0] == status.battery_percent


def test_an_open_clip_says_so_and_has_nothing_to_pair():
    async def scenario(host):
        async with host.linked() as client:
            await client.pair()
            reply = await host.ask(client, wire.OP_IDENTIFY)
            return reply.result, await client.read_gatt_char(wire.STATUS_UUID)

    result, status = live(scenario)

    assert result == wire.OK
    assert not wire.decode_status(bytes(status)).flags & wire.STATUS_BONDED_ONLY


def test_a_strangers_command_is_refused_and_nobody_feels_it():
    clip = wary()

    async def scenario(host):
        async with host.linked() as client:
            return await refused(host, client), client.is_connected

    assert live(scenario, [clip]) == (BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION, True)
    assert clip.wearer.truth.buzzes == []


def test_whoever_pairs_while_the_wearer_does_not_hold_the_window_open_is_thrown_out():
    async def scenario(host):
        async with host.linked() as client:
            with pytest.raises(BleakError):
                await client.pair()
            assert host.lost.is_set()
        async with host.linked() as client:
            return await refused(host, client)

    assert live(scenario, [wary()]) == BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION


def test_a_computer_that_paired_in_time_is_obeyed_and_gets_the_stream():
    async def scenario(host):
        host.air.clips[0].hold_button()
        async with host.linked() as client:
            await refused(host, client)
            await client.pair()
            await host.ask(client, wire.OP_START, *ORIENTATION)
            await asyncio.sleep(10)
            return len(host.stream)

    assert live(scenario, [wary()]) in (49, 50, 51)


@pytest.mark.parametrize(("late_s", "works"), [(58.0, True), (61.0, False)])
def test_the_window_stays_open_for_a_minute(late_s, works):
    async def scenario(host):
        async with host.linked() as client:
            opened_s = host.air.now_s
            host.air.clips[0].hold_button()
            await asyncio.sleep(late_s - (host.air.now_s - opened_s))
            try:
                await client.pair()
            except BleakError:
                return False
            return True

    assert live(scenario, [wary()]) is works


def test_the_first_computer_to_pair_closes_the_window():
    async def scenario(host):
        await paired(host)
        host.air.bonds.clear()
        async with host.linked() as client:
            with pytest.raises(BleakError):
                await client.pair()
            return host.air.now_s

    assert live(scenario, [wary()]) < 60.0


@pytest.mark.parametrize("power_cut", [False, True])
def test_a_bond_lasts(power_cut):
    async def scenario(host):
        await paired(host)
        await asyncio.sleep(300)
        if power_cut:
            host.air.clips[0].restart(host.air.now_s)
            await asyncio.sleep(5)
        async with host.linked() as client:
            return await host.ask(client, wire.OP_IDENTIFY)

    assert live(scenario, [wary()]).result == wire.OK


def test_a_computer_that_forgot_the_bond_is_a_stranger_until_it_pairs_again():
    async def scenario(host):
        await paired(host)
        async with host.linked() as client:
            await client.unpair()
            assert not client.is_connected
        async with host.linked() as client:
            code = await refused(host, client)
            host.air.clips[0].hold_button()
            await client.pair()
            return code, (await host.ask(client, wire.OP_IDENTIFY)).result

    assert live(scenario, [wary()]) == (
        BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
        wire.OK,
    )


def test_a_clip_that_forgot_the_bond_ends_the_link_when_the_computer_encrypts():
    async def scenario(host):
        await paired(host)
        host.air.clips[0].hold_button_long()
        async with host.linked() as client:
            with pytest.raises(BleakError):
                await host.ask(client, wire.OP_IDENTIFY)
            return client.is_connected, host.lost.is_set()

    assert live(scenario, [wary()]) == (False, True)


def test_a_clip_that_forgets_whom_it_is_linked_to_ends_the_link():
    async def scenario(host):
        host.air.clips[0].hold_button()
        async with host.linked() as client:
            await client.pair()
            host.air.clips[0].hold_button_long()
            await asyncio.wait_for(host.lost.wait(), 2)

    live(scenario, [wary()])


def test_a_stranger_is_notified_of_nothing_and_after_half_a_minute_must_go():
    told = []

    async def scenario(host):
        async with host.linked() as client:
            began_s = host.air.now_s
            for uuid in (wire.STATUS_UUID, wire.LOG_UUID, BATTERY):
                await client.start_notify(uuid, lambda sender, _: told.append(sender.uuid))
            await host.lost.wait()
            return host.air.now_s - began_s

    assert live(scenario, [wary()]) == pytest.approx(30.0, abs=1.5)
    assert told == []


def test_while_the_window_is_open_a_stranger_may_take_longer():
    async def scenario(host):
        host.air.clips[0].hold_button()
        async with host.linked() as client:
            await asyncio.sleep(50)
            connected = client.is_connected
            await host.lost.wait()
            return connected, host.air.now_s

    connected, lost_s = live(scenario, [wary()])

    assert connected
    assert lost_s == pytest.approx(90.0, abs=1.5)


def test_another_computer_is_not_known_by_the_bond_of_the_first():
    clip = wary()

    async def first(host):
        await paired(host)

    async def second(host):
        async with host.linked() as client:
            return await refused(host, client)

    async def main():
        # The second computer comes when the first has left.
        async with Air([clip]) as air:
            await first(Host(air))
        async with Air([clip]) as air:
            return await second(Host(air))

    assert virtual_time.run(main()) == BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION


def reached(air):
    return Radio(air.scanner_type, air.client_type, air.adapter_type)


def identified(open_window):
    """What Midback's own host meets that tells a wary clip to identify itself."""

    async def main():
        clip = wary()
        async with Air([clip]) as air:
            if open_window:
                clip.hold_button()
            radio = reached(air)
            async with Clip((await find_clip(radio=radio)).device, radio) as link:
                await link.command(wire.OP_IDENTIFY)
            return len(clip.wearer.truth.buzzes)

    return virtual_time.run(main())


def test_the_host_pairs_by_itself_while_the_window_is_open():
    assert identified(open_window=True) == 1


def test_the_host_says_how_to_pair_when_it_is_not():
    with pytest.raises(ClipUnpaired):
        identified(open_window=False)
