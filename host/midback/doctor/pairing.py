"""Whether a clip obeys this computer, and pairing the two."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from bleak import BleakClient
from bleak.exc import BleakError

from midback.clip import Clip, ClipFound, Radio
from midback.errors import ClipLost, ClipRefused
from midback.shared import wire

_log = logging.getLogger(__name__)

_PAIR_S = 60.0
"""A person may have to answer the system's question."""

_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A clip that was linked for a moment.

    Attributes:
        id: what names it for good.
        status: as it was.
        facts: as ``Clip.facts`` has them.
        obeys: whether it takes commands from this computer.
    """

    id: str
    status: wire.Status
    facts: dict[str, str]
    obeys: bool

    @property
    def paired_only(self) -> bool:
        """Whether it talks to paired computers only."""
        return bool(self.status.flags & wire.STATUS_BONDED_ONLY)


async def look_at(found: ClipFound, radio: Radio | None = None) -> Seen:
    """Link to a clip and see what it is; a stranger can read that, but not command.

    Raises:
        BluetoothUnavailable: there is no Bluetooth.
        ClipError: it cannot be linked to, or speaks another protocol.
    """
    async with Clip(found.device, radio) as clip:
        return Seen(clip.id, clip.status, clip.facts, await _obeys(clip))


async def pair(found: ClipFound, radio: Radio | None = None) -> None:
    """Pair with a clip whose pairing window is open.

    Whether it came about, ``look_at`` tells: without a window some systems pair for a moment.
    """
    client = BleakClient(
        found.device,
        timeout=_PAIR_S,
        winrt={"use_cached_services": False},
        backend=radio.client if radio else None,
    )
    try:
        async with asyncio.timeout(_PAIR_S):
            await client.connect()
            await _pair(client)
    except (BleakError, OSError, EOFError) as error:
        _log.info("pairing did not come about: %s", error)
    finally:
        with contextlib.suppress(BleakError, OSError, EOFError):
            async with asyncio.timeout(_END_S):
                await client.disconnect()


async def _pair(client: BleakClient) -> None:
    try:
        await client.pair()
    except NotImplementedError:
        # macOS pairs by itself, at the first request that needs it.
        stop = wire.encode_command(wire.OP_STOP, 0)
        await client.write_gatt_char(wire.CONTROL_UUID, stop, response=True)


async def _obeys(clip: Clip) -> bool:
    """Ask for what changes nothing: to stop a stream that this link never started."""
    try:
        await clip.stop()
    except ClipLost:
        return False
    except ClipRefused:
        return True
    return True
