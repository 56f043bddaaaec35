"""Finds clips: those this computer is linked to already, and those that advertise."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from typing import NamedTuple

from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from midback.clip.radio import STACK_ERRORS, Radio, of_the_adapter
from midback.errors import ClipNotFound
from midback.shared import wire

_log = logging.getLogger(__name__)

_ADAPTER_S = 5.0
_LONGEST_NAME = 64


class ClipFound(NamedTuple):
    """A clip in range: the handle to connect to, its name, its signal in dBm.

    ``rssi_dbm`` is ``None`` for a clip that this computer is linked to already.
    """

    device: BLEDevice
    name: str
    rssi_dbm: int | None


async def scan_clips(timeout_s: float = 5.0, radio: Radio | None = None) -> list[ClipFound]:
    """Clips that advertise in range, the nearest first.

    Raises:
        BluetoothUnavailable: no adapter, switched off, or not allowed.
    """
    async with _scanner(radio) as scanner:
        await asyncio.sleep(timeout_s)
        seen = scanner.discovered_devices_and_advertisement_data
    clips = [_found(device, adv) for device, adv in seen.values()]
    return sorted(clips, key=lambda clip: -(clip.rssi_dbm or 0))


async def linked_clips(radio: Radio | None = None) -> list[ClipFound]:
    """Clips that this computer is linked to already, and which therefore do not advertise.

    Linux keeps the link of a program that was killed.  Empty where the system cannot tell.

    Raises:
        BluetoothUnavailable: no adapter, switched off, or not allowed.
    """
    backend = radio.adapter if radio else None
    if radio is not None and backend is None:
        return []
    try:
        async with asyncio.timeout(_ADAPTER_S):
            adapter = await of_the_adapter(BleakAdapter.get(backend=backend))
            devices = await of_the_adapter(adapter.get_connected_devices([wire.SERVICE_UUID]))
    except (TimeoutError, NotImplementedError) as error:
        _log.info("this system does not tell which clips it is linked to: %r", error)
        return []
    return [
        ClipFound(device, plain_text((device.name or "").encode()), None) for device in devices
    ]


async def find_clip(
    wanted: str | None = None,
    timeout_s: float = 10.0,
    radio: Radio | None = None,
    unwanted: Collection[str] = (),
) -> ClipFound:
    """The first clip there is, or the one whose name or address is *wanted*.

    None at an *unwanted* address: that clip has another role.

    Raises:
        BluetoothUnavailable: no adapter, switched off, or not allowed.
        ClipNotFound: none came in time.
    """
    for clip in await linked_clips(radio):
        if _is(clip.device, clip.name, wanted, unwanted):
            return clip
    async with _scanner(radio) as scanner:
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(timeout_s),
                contextlib.aclosing(scanner.advertisement_data()) as seen,
            ):
                async for device, adv in seen:
                    offered = wire.SERVICE_UUID in adv.service_uuids
                    if offered and _is(device, adv.local_name or "", wanted, unwanted):
                        return _found(device, adv)
    called = f" called {wanted}" if wanted else ""
    raise ClipNotFound(
        f"no clip{called} in range after {timeout_s:.0f} s: switch it on, bring it near, "
        "and see that no phone is connected to it"
    )


def plain_text(data: bytes) -> str:
    """What a device says about itself, without anything a terminal or page would act on."""
    text = data.decode("utf-8", "replace").strip("\0 ")
    return "".join(c for c in text if c.isprintable())[:_LONGEST_NAME]


def _is(device: BLEDevice, name: str, wanted: str | None, unwanted: Collection[str]) -> bool:
    if device.address.lower() in (each.lower() for each in unwanted):
        return False
    names = (device.address, name, device.name or "")
    return wanted is None or wanted.lower() in (each.lower() for each in names)


def _found(device: BLEDevice, adv: AdvertisementData) -> ClipFound:
    return ClipFound(device, plain_text((adv.local_name or device.name or "").encode()), adv.rssi)


def _scanner(radio: Radio | None) -> _Scanning:
    return _Scanning(
        BleakScanner(service_uuids=[wire.SERVICE_UUID], backend=radio.scanner if radio else None)
    )


class _Scanning:
    """A scan whose start fails with a sentence rather than with a stack's own error."""

    def __init__(self, scanner: BleakScanner) -> None:
        self._scanner = scanner

    async def __aenter__(self) -> BleakScanner:
        await of_the_adapter(self._started())
        return self._scanner

    async def _started(self) -> None:
        async with asyncio.timeout(_ADAPTER_S):
            await self._scanner.start()

    async def __aexit__(self, *_: object) -> None:
        # What the scan found is good even where the stack cannot end it.
        try:
            async with asyncio.timeout(_ADAPTER_S):
                await self._scanner.stop()
        except STACK_ERRORS as error:
            _log.warning("the scan did not end properly: %s", error)
