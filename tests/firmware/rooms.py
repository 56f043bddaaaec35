"""A whole clip: the unmodified firmware on somebody's back, and a computer near."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

import psutil
import pytest
from firmware.models.bus import I2cBus
from firmware.models.lsm6dsv16x import Lsm6dsv16x
from firmware.models.worn import Worn
from firmware.rig import lockstep
from firmware.rig.compiled import image
from firmware.rig.fixtures import KINDS, Rig, rig
from firmware.rig.hardware import Hardware, Pulse
from firmware.rig.process import FIRMWARE
from firmware.worlds import BOARD, IMU_ADDRESS

from midback.simulated import Activity, Habits, Wearer, plan_of

T = TypeVar("T")

LONGEST_S = 60.0
"""Nothing takes so long."""

_ENDING_S = 5.0

BETWEEN_PULSES_S = 0.5
"""No pattern rests for so long before its end."""

STOPPED = Pulse(0.0, BOARD.buzz, 0, 0)

QUICK = Habits(slump_span_deg=35.0, upright_spread_deg=0.5, answer_rate=0.0, obey_s=0.3)
"""Slumps deep enough to be beyond doubt as soon as asked, and never answers a buzz."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a story has in its hands.

    Attributes:
        rig: the air, the clip and the computer's radio.
        wearer: who wears the clip, and holds the pose they are asked for.
    """

    rig: Rig
    wearer: Wearer

    @property
    def buzzes(self) -> list[float]:
        """When the motor began to run, by the loop's clock."""
        start_s = asyncio.get_running_loop().time() - self.rig.clip.now_s
        begun: list[float] = []
        for before, pulse in pairwise((STOPPED, *self._pulses())):
            if pulse.duty_u16 and not before.duty_u16:
                begun.append(start_s + pulse.time_s)
        return begun

    @property
    def quiet_s(self) -> float:
        """For how long the motor has rested."""
        last = (STOPPED, *self._pulses())[-1]
        return 0.0 if last.duty_u16 else self.rig.clip.now_s - last.time_s

    def _pulses(self) -> list[Pulse]:
        return [pulse for pulse in self.rig.clip.hardware.pulses if pulse.pin == BOARD.buzz]

    async def started(self) -> None:
        """The firmware runs for a second: a button held while it starts means nothing."""
        await until(lambda: self.rig.clip.console.count("midback: firmware") > 1)

    async def open_pairing(self) -> float:
        """Hold the button until the clip says by a buzz that it lets computers pair.

        Returns:
            How long that took, in s.
        """
        await self.started()
        loop = asyncio.get_running_loop()
        buzzes, from_s = len(self.buzzes), loop.time()
        self.rig.clip.set_input(BOARD.button, 0)
        await until(lambda: len(self.buzzes) > buzzes)
        held_s = loop.time() - from_s
        self.rig.clip.set_input(BOARD.button, 1)
        await until(lambda: self.quiet_s > BETWEEN_PULSES_S)
        return held_s

    def ask(self, pose: str) -> None:
        """Ask the wearer for a pose."""
        self.wearer.ask(pose, self.rig.clip.now_s)  # pyright: ignore[reportArgumentType]


async def until(happened: Callable[[], object], longest_s: float = LONGEST_S) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(longest_s):
        while not happened():  # noqa: ASYNC110 - another process makes it happen
            await asyncio.sleep(0.01)


class Told(Generic[T]):
    """What a story brought, told once for each backend, all at the same time.

    Args:
        story: from a folder and a kind of backend to whatever tests look at.
        folders: makes the folders.

    Raises:
        AssertionError: it left a task or a process behind.
    """

    def __init__(
        self,
        story: Callable[[Path, str], Coroutine[Any, Any, T]],
        folders: pytest.TempPathFactory,
    ) -> None:
        before = _children()
        stories = [story(folders.mktemp(kind), kind) for kind in KINDS]
        self._brought: dict[str, T | BaseException] = dict(
            zip(KINDS, lockstep.run(_together(stories)), strict=True)
        )
        assert _children() == before

    def by(self, kind: str) -> T:
        """What it brought with this backend; raises what ended it, skips included."""
        brought = self._brought[kind]
        if isinstance(brought, BaseException):
            raise brought
        return brought


async def _together(stories: list[Coroutine[Any, Any, T]]) -> list[T | BaseException]:
    brought = await asyncio.gather(*stories, return_exceptions=True)
    # What ends by itself may take a moment.
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        _, left = await asyncio.wait(others, timeout=_ENDING_S)
        assert not left, left
    return brought


def _children() -> list[str]:
    return sorted(child.name() for child in psutil.Process().children(recursive=True))


@asynccontextmanager
async def room(
    folder: Path, kind: str, *, pairs: bool = True, minutes: float = 60
) -> AsyncGenerator[Room]:
    """A clip that was just switched on, on somebody who sits tall.

    Args:
        folder: keeps its flash and what it prints.
        kind: of backend, see ``rig``.
        pairs: whether the computer pairs by itself when the clip wants it.
        minutes: how long the wearer types, once nobody asks for a pose any more.
    """
    wearer = Wearer(plan_of([(Activity.TYPING, minutes)]), QUICK, seed=1)
    imu = Lsm6dsv16x(Worn(wearer))
    board = Hardware(bus=I2cBus({IMU_ADDRESS: imu}), adc_uv={BOARD.vbat: 2_000_000})
    with pytest.MonkeyPatch.context() as patch:
        async with rig(
            folder,
            patch,
            kind=kind,
            main=FIRMWARE,
            search=(),
            rom=image(),
            hardware=board,
            imu=imu,
            int1_pin=BOARD.int1,
            pairs=pairs,
        ) as one:
            here = Room(one, wearer)
            here.ask("tall")
            yield here
    # What the models call misuse is a fault of the drivers.
    assert list(imu.misuse) == []
