"""A real message bus, in a process of its own."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@asynccontextmanager
async def real_bus(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[str]:
    """A message bus of our own, which bleak takes for the system's; its address.

    Skips the test where there is no D-Bus.
    """
    command = shutil.which("dbus-daemon")
    if command is None:
        pytest.skip("needs dbus-daemon (Debian: apt install dbus)")
    # Not in the test's own folder: a socket's path has room for about a hundred letters.
    with tempfile.TemporaryDirectory(prefix="rig", dir="/tmp") as folder:
        daemon = _start(command, Path(folder))
        try:
            address = await asyncio.to_thread(_address, daemon)
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
            yield address
        finally:
            daemon.terminate()
            daemon.communicate()


def _start(command: str, folder: Path) -> subprocess.Popen[str]:
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder))
    arguments = [command, f"--config-file={configuration}", "--print-address", "--nofork"]
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _address(daemon: subprocess.Popen[str]) -> str:
    assert daemon.stdout is not None
    return daemon.stdout.readline().strip()
