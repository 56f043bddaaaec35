"""A minimal host on plain bleak, and the air between it and simulated clips."""

import asyncio
import contextlib

from bleak import BleakClient, BleakScanner

from midback.shared import wire
from midback.simulated import (
    Activity,
    Air,
    ClipTraits,
    SensorErrors,
    SimulatedClip,
    Wearer,
    plan_of,
    virtual_time,
)

RAW = (wire.KIND_RAW, 2000, 10)
ORIENTATION = (wire.KIND_ORIENTATION, 4000, 5)


def clip_named(name="Midback", last_byte=1, **traits):
    address = f"C0:5E:00:00:00:{last_byte:02X}"
    wearer = Wearer(plan_of([(Activity.TYPING, 60)]), seed=last_byte)
    return SimulatedClip(
        wearer,
        ClipTraits(name=name, address=address, **traits),
        SensorErrors.drawn(last_byte),
        seed=last_byte,
    )


class Host:
    """A minimal host: keeps what arrives; ``heard`` holds packets and replies in order."""

    def __init__(self, air):
        self.air = air
        self.heard = []
        self.stream = []
        self.arrivals = []
        self.replies = []
        self.fresh_replies = asyncio.Queue()
        self.lost = asyncio.Event()

    async def found(self):
        """The first clip that advertises."""
        device = await BleakScanner.find_device_by_filter(
            lambda _, heard: wire.SERVICE_UUID in heard.service_uuids,
            timeout=60,
            backend=self.air.scanner_type,
        )
        assert device is not None
        return device

    @contextlib.asynccontextmanager
    async def linked(self, device=None):
        """Linked to this device, or to the first clip that advertises."""
        device = device or await self.found()
        self.lost.clear()
        async with BleakClient(
            device, lambda _: self.lost.set(), backend=self.air.client_type
        ) as client:
            await client.start_notify(wire.STREAM_UUID, self._on_stream)
            await client.start_notify(wire.CONTROL_UUID, self._on_reply)
            yield client

    def _on_stream(self, _, data):
        self.arrivals.append(asyncio.get_running_loop().time())
        self.stream.append(wire.decode_stream(bytes(data)))
        self.heard.append(self.stream[-1])

    def _on_reply(self, _, data):
        self.replies.append(wire.decode_reply(bytes(data)))
        self.heard.append(self.replies[-1])
        self.fresh_replies.put_nowait(self.replies[-1])

    async def ask(self, client, op, *args):
        while not self.fresh_replies.empty():
            self.fresh_replies.get_nowait()
        await client.write_gatt_char(
            wire.CONTROL_UUID, wire.encode_command(op, 7, *args), response=True
        )
        async with asyncio.timeout(5):
            return await self.fresh_replies.get()


def live(scenario, clips=None, **air_options):
    """Run ``await scenario(host)`` in an air with these clips."""

    async def main():
        async with asyncio.timeout(3600), Air(clips or [clip_named()], **air_options) as air:
            return await scenario(Host(air))

    return virtual_time.run(main())
