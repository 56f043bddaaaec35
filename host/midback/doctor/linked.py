"""Clips that are linked to this computer already, by whichever program."""

from __future__ import annotations

import asyncio

from bleak import BleakAdapter
from bleak.exc import BleakError

from midback.shared import wire

_ANSWER_S = 5.0


async def linked_here() -> list[str]:
    """The addresses of clips that the system holds a link to; none where it cannot tell.

    A linked clip does not advertise, so that no scan finds it.  On Linux a link outlives the
    process that made it when that was killed.
    """
    try:
        async with asyncio.timeout(_ANSWER_S):
            adapter = await BleakAdapter.get()
            devices = await adapter.get_connected_devices([wire.SERVICE_UUID])
    # Without Bluetooth there is no link, and Bluetooth is asked about elsewhere.
    except (BleakError, OSError, EOFError, NotImplementedError):
        return []
    return [device.address for device in devices]
