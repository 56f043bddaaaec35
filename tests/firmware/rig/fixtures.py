"""The whole chain for a test: firmware, virtual air, and plain bleak on the other side.

    async with rig(tmp_path, monkeypatch, kind="bluez", main=FIRMWARE) as r:
        found = await find_clip(radio=r.radio)
        async with Clip(found.device, r.radio) as clip: ...

``kind="bumble"`` runs everywhere and gives bleak a backend; ``kind="bluez"`` runs bleak's own
BlueZ backend on a private D-Bus, and skips where bleak has another.
All of it keeps the time of a ``lockstep`` loop.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from bumble.device import Device
from bumble.keys import MemoryKeyStore, PairingKeys
from firmware.rig.air import Air, make_device
from firmware.rig.bleak_bumble import radio_of
from firmware.rig.bridge import Bridge
from firmware.rig.hardware import Hardware
from firmware.rig.peripheral import bonding_agreed
from firmware.rig.process import DEMO, HEAP_BYTES, PATIENCE_S, SOURCES, Program
from firmware.rig.system import System
from firmware.rig.virtual import Imu

from midback.clip import Radio

KINDS = ("bumble", "bluez")
HOST_ADDRESS = "C0:C1:C2:C3:C4:C5"


@dataclass(frozen=True, slots=True)
class Rig:
    """What a test has in its hands.

    Attributes:
        air: range, delays, signal.
        clip: the firmware and its surroundings.
        host: the computer's radio; ``host.keystore`` has its bonds.
        system: what is between that and the programs; spoils what it brings, and stalls.
        radio: for ``midback.clip``; its parts are bleak's ``backend=`` arguments.
        computer: kills its programs, and forgets bonds.
    """

    air: Air
    clip: Bridge
    host: Device
    system: System
    radio: Radio
    computer: Computer


class Computer(Protocol):
    """What a computer does to its programs and its bonds, each system in its own way."""

    def kill_programs(self) -> None:
        """Kill whoever uses the radio: links stay, and nobody is told; ``radio`` serves anew."""
        ...

    async def forget_bonds(self) -> None:
        """Forget every clip, as its owner does in the system's settings; links end."""
        ...


class _AgreedKeys(MemoryKeyStore):
    """A computer keeps no keys of a pairing that was to be without a bond; bumble would."""

    def __init__(self, device: Device) -> None:
        super().__init__()
        self._device = device

    async def update(self, name: str, keys: PairingKeys) -> None:
        if bonding_agreed(self._device, name):
            await super().update(name, keys)


@asynccontextmanager
async def _bluez(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Radio, Computer]]:
    if sys.platform != "linux":
        pytest.skip("bleak has its BlueZ backend on Linux only")
    from bleak.backends.bluezdbus.adapter import BleakAdapterBlueZDBus
    from firmware.rig.bluez import BlueZ
    from firmware.rig.dbus import private_bus

    async with private_bus(monkeypatch) as bus, BlueZ(system, bus) as bluez:
        yield Radio(adapter=BleakAdapterBlueZDBus), bluez


@asynccontextmanager
async def rig(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    kind: str = "bumble",
    main: Path = DEMO,
    search: tuple[Path, ...] = SOURCES,
    rom: Path | None = None,
    heap_bytes: int = HEAP_BYTES,
    hardware: Hardware | None = None,
    imu: Imu | None = None,
    int1_pin: int = -1,
    pairs: bool = True,
    patience_s: float = PATIENCE_S,
) -> AsyncGenerator[Rig]:
    """Switch everything on; everything is off again afterwards.

    Without *pairs* the host pairs only when asked to.
    """
    air = Air()
    host = make_device(air, "host", HOST_ADDRESS)
    host.keystore = _AgreedKeys(host)
    await host.power_on()
    async with AsyncExitStack() as stack:
        stack.callback(air.close)
        system = System(host, pairs=pairs)
        radio: Radio = radio_of(system)
        computer: Computer = system
        if kind == "bluez":
            radio, computer = await stack.enter_async_context(_bluez(system, monkeypatch))
        program = Program(main, folder, heap_bytes, search, rom)
        bridge = Bridge(air, program, hardware, imu=imu, int1_pin=int1_pin, patience_s=patience_s)
        clip = await stack.enter_async_context(bridge)
        yield Rig(air, clip, host, system, radio, computer)
    # What the radios still have queued in the loop.
    await asyncio.sleep(0)
