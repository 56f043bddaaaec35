"""Clips that are linked to this computer already, by whichever program."""

from __future__ import annotations

from midback.clip import linked_clips
from midback.errors import BluetoothUnavailable


async def linked_here() -> list[str]:
    """The addresses of clips that the system holds a link to; none where it cannot tell."""
    try:
        return [clip.device.address for clip in await linked_clips()]
    except BluetoothUnavailable:
        # Without Bluetooth there is no link, and Bluetooth is asked about elsewhere.
        return []
