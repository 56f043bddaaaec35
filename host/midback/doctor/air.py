"""The clips in range, and one of them looked at closely.

Limits: connecting takes the clip's only link for a few seconds, so nothing here is done while
another Midback records.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from midback.clip import Clip, ClipFound, Radio, scan_clips
from midback.doctor import status
from midback.doctor.finding import Finding, failed, note, ok, problem
from midback.doctor.linked import linked_here
from midback.errors import (
    BluetoothUnavailable,
    ClipError,
    ClipIncompatible,
    ClipNotFound,
    MidbackError,
)

_LIMIT_S = 60.0
"""For all but the listening: a link that does not come about takes half of it."""

_LISTED = 4
_SEEK = (
    "Switch it on and bring it near; one that a phone or another computer is linked to is silent."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at, and what is known by now.

    Attributes:
        wanted: name or address of the clip, or ``None`` for the nearest.
        seconds: how long to listen.
        radio: bleak backend in place of the platform's own.
        recording: whether another Midback records, and must not be disturbed.
        bluetooth_failed: whether a problem with Bluetooth was found already.
        paired: addresses of the clips this computer is paired with; ``None``: not told.
        release: the firmware that this Midback carries; empty where it carries none.
        calibrated: ids of the clips of which this computer keeps a calibration.
    """

    wanted: str | None = None
    seconds: float = 5.0
    radio: Radio | None = None
    recording: bool = False
    bluetooth_failed: bool = False
    paired: Collection[str] | None = None
    release: str = ""
    calibrated: Collection[str] = ()


async def examine(wish: Wish) -> list[Finding]:
    """Listen, say who is there, and look at one."""
    try:
        async with asyncio.timeout(wish.seconds + _LIMIT_S):
            return await _examined(wish)
    except TimeoutError:
        to_do = "Switch Bluetooth off and on again."
        return [problem("scan", "the system does not answer", to_do, BluetoothUnavailable)]


async def _examined(wish: Wish) -> list[Finding]:
    linked = [] if wish.radio else await linked_here()
    try:
        clips = await scan_clips(wish.seconds, wish.radio)
    except BluetoothUnavailable as error:
        return [_no_scan(error, wish.bluetooth_failed)]
    told = [_heard(clips, wish, linked), *(_linked(address, wish) for address in linked)]
    if wish.recording:
        return [*told, note("link", "not tried: it would disturb the Midback that records")]
    chosen = next((clip for clip in clips if _is_wanted(clip, wish.wanted)), None)
    if chosen is not None:
        return told + await _look_at(chosen, wish)
    if clips:
        told.append(problem("link", "none of these is the clip asked for", _SEEK, ClipNotFound))
    return told


def _no_scan(error: BluetoothUnavailable, already_told: bool) -> Finding:
    if already_told:
        return note("scan", "not possible before Bluetooth works")
    return failed("scan", error)


def _heard(clips: Sequence[ClipFound], wish: Wish, linked: Sequence[str]) -> Finding:
    heard = f"{wish.seconds:g} s"
    if clips:
        named = [f"{clip.device.address} at {_dbm(clip)}" for clip in clips[:_LISTED]]
        more = [f"{len(clips) - _LISTED} more"] if len(clips) > _LISTED else []
        return ok("scan", f"{heard}: {', '.join(named + more)}")
    if linked or wish.recording:
        return note("scan", f"{heard}, no clip is heard; one that is linked never is")
    paired = f" ({', '.join(wish.paired)} is paired with this computer)" if wish.paired else ""
    return problem("scan", f"{heard}, no clip is heard{paired}", _SEEK, ClipNotFound)


def _linked(address: str, wish: Wish) -> Finding:
    if wish.recording:
        return note("link", f"{address} is linked to this computer, where a Midback records")
    return problem(
        "link",
        f"{address} is linked to this computer already, to another program or one that was killed",
        "Close that program; if there is none, switch the clip off and on.",
        ClipError,
    )


def _is_wanted(clip: ClipFound, wanted: str | None) -> bool:
    return wanted is None or wanted.lower() in (clip.device.address.lower(), clip.name.lower())


async def _look_at(found: ClipFound, wish: Wish) -> list[Finding]:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        async with Clip(found.device, wish.radio) as clip:
            link = ok("link", f"to {found.device.address} within {loop.time() - began_s:.1f} s")
            paired = None if wish.paired is None else found.device.address in wish.paired
            return [
                link,
                *status.findings(
                    clip.status,
                    clip.facts,
                    release=wish.release,
                    paired=paired,
                    calibrated_here=clip.id in wish.calibrated,
                ),
            ]
    except ClipIncompatible as error:
        return [failed("protocol", error)]
    except MidbackError as error:
        return [failed("link", error)]


def _dbm(clip: ClipFound) -> str:
    return f"{clip.rssi_dbm} dBm".replace("-", "−")
