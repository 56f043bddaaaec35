"""A person at a real terminal sets up the real firmware: ``midback setup`` and ``midback doctor``.

Each command is a process of its own, with bleak's own backend on a message bus of our own, and the
whole clip beyond it, in real time.  One story for each kind of computer; the
tests look at what it brought.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from firmware.rig import lockstep
from firmware.rooms import Room, room, until

from midback.recording import Store
from midback.shared import wire

if sys.platform == "win32":
    pytest.skip("needs pseudo-terminals", allow_module_level=True)

import pty

LONGEST_S = 240.0
"""No command takes so long to say its next sentence, on however busy a machine."""

COMMAND = (sys.executable, "-m", "midback.cli")


class Terminal:
    """A pseudo-terminal with a command on it.

    Attributes:
        shown: everything so far.
    """

    def __init__(self) -> None:
        self.shown = ""
        self._master, self.slave = pty.openpty()
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        try:
            self.shown += os.read(self._master, 65536).decode()
        except OSError:
            asyncio.get_running_loop().remove_reader(self._master)

    async def shows(self, text: str, times: int = 1) -> None:
        await until(lambda: " ".join(self.shown.split()).count(text) >= times, LONGEST_S)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)


@dataclass
class Brought:
    """What the story brought."""

    before: dict[str, Any] = field(default_factory=dict[str, Any])
    after: dict[str, Any] = field(default_factory=dict[str, Any])
    shown: str = ""
    exit_code: int = -1
    buzzes: int = 0
    calibrations: int = 0
    keys: int = 0


async def doctor(data: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "doctor", "--json", "--seconds", "3", "--data", str(data), stdout=-1
    )
    out, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    report = json.loads(out)
    assert process.returncode == report["exit_code"]
    return {f["name"]: f for part in report["parts"].values() for f in part}


async def setup(here: Room, data: Path, brought: Brought) -> None:
    terminal = Terminal()
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("setup", "--data", str(data)),
        stdin=terminal.slave,
        stdout=terminal.slave,
        stderr=terminal.slave,
    )
    os.close(terminal.slave)
    try:
        await walk(here, terminal, brought)
        brought.exit_code = await asyncio.wait_for(process.wait(), LONGEST_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        brought.shown = " ".join(terminal.shown.split())
        terminal.close()


async def walk(here: Room, terminal: Terminal, brought: Brought) -> None:
    """What the person does: too late at first, then as told."""
    await terminal.shows("Press Enter once you felt the three pulses.")
    terminal.type("\n")
    await terminal.shows("or Q and Enter to leave:")
    terminal.type("\n")
    await terminal.shows("Press Enter once you felt the three pulses.", 2)
    await here.open_pairing()
    terminal.type("\n")
    await terminal.shows("Press Enter once it sits there.")
    terminal.type("\n")
    await terminal.shows("Also bow and slump")
    terminal.type("n\n")
    await terminal.shows("it buzzes: two short pulses.")
    before = len(here.buzzes)
    terminal.type("\n")
    await terminal.shows("Did you feel it?")
    await until(lambda: len(here.buzzes) > before)
    brought.buzzes = len(here.buzzes) - before
    terminal.type("\n")
    await terminal.shows("Done.")


async def story(folder: Path, *, pairs: bool) -> Brought:
    data, brought = folder / "data", Brought()
    async with room(folder, "bluez", pairs=pairs) as here:
        await here.started()
        brought.before = await doctor(data)
        await setup(here, data, brought)
        brought.after = await doctor(data)
        assert here.rig.host.keystore is not None
        brought.keys = len(await here.rig.host.keystore.get_all())
    with Store.open(data, write=False) as store:
        brought.calibrations = len(store.calibrations())
    return brought


@pytest.fixture(scope="module", params=[True, False], ids=["pairs by itself", "pairs when asked"])
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return lockstep.run(story(tmp_path_factory.mktemp("air"), pairs=request.param), paced=True)


def test_a_new_clip_is_set_up_from_end_to_end(brought: Brought):
    assert brought.exit_code == 0
    assert (brought.keys, brought.calibrations) == (1, 1)
    assert brought.buzzes > 0


def test_a_computer_that_is_not_paired_is_told_so_by_the_doctor(brought: Brought):
    pairing = brought.before["pairing"]

    assert pairing["mark"] == "problem"
    assert "it talks to paired computers only, and this is none" in pairing["found"]
    assert "midback setup" in pairing["to_do"]


def test_the_clip_is_there_but_its_window_is_closed_is_told(brought: Brought):
    assert "The clip is there, but talks to paired computers only" in brought.shown
    assert "its pairing window was closed" in brought.shown


def test_afterwards_the_doctor_finds_nothing_wrong_with_the_clip(brought: Brought):
    found = {name: finding["mark"] for name, finding in brought.after.items()}

    assert {name for name, mark in found.items() if mark == "problem"} == set()
    assert [found[name] for name in ("pairing", "calibration", "clock", "sensor")] == ["ok"] * 4


def test_what_the_doctor_tells_is_what_the_clip_says(brought: Brought):
    assert brought.before["protocol"]["found"].startswith(f"{wire.VERSION},")
    assert brought.before["firmware"]["found"].endswith(" on XIAO ESP32-C3")
    # 4.00 V at rest.
    assert ", 4.0" in brought.before["battery"]["found"]
