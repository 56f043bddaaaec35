"""Whether a clip obeys this computer, and pairing the two."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from midback.clip import Clip, ClipFound, Radio
from midback.errors import ClipError, ClipLost, ClipUnpaired
from midback.shared import wire

_log = logging.getLogger(__name__)


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
    async with Clip(found.device, radio, pairs=False) as clip:
        return Seen(clip.id, clip.status, clip.facts, await _obeys(clip))


async def pair(found: ClipFound, radio: Radio | None = None) -> None:
    """Pair with a clip whose pairing window is open.

    Whether it came about, ``look_at`` tells: without a window some systems pair for a moment.
    """
    try:
        async with Clip(found.device, radio) as clip:
            await clip.agree()
    except ClipError as error:
        _log.info("pairing did not come about: %s", error)


async def _obeys(clip: Clip) -> bool:
    try:
        await clip.agree()
    except (ClipLost, ClipUnpaired):
        return False
    return True
