"""Whether the window can be shown; everything else works without it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from midback.doctor.finding import Finding, note, ok
from midback.live.display import LIBRARIES, display_available

_TRIAL = "import midback.live.window; from PySide6.QtWidgets import QApplication; QApplication([])"
_TRIAL_S = 30.0
_WORDS = "'midback live' tells the same in words."


def examine(environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """The libraries of the window, the display, and both together."""
    libraries = _libraries()
    if not display_available(sys.platform, environment):
        found = "there is none to open a window on"
        return [libraries, note("display", found, _WORDS)]
    return [libraries, ok("display", _display(environment)), _window(environment)]


def _libraries() -> Finding:
    try:
        qt, graph = version("PySide6-Essentials"), version("pyqtgraph")
    except PackageNotFoundError as missing:
        return note("Qt", f"{missing.name} is not installed", _WORDS)
    return ok("Qt", f"PySide6 {qt}, pyqtgraph {graph}")


def _display(environment: Mapping[str, str]) -> str:
    """What kind it is; its name may be that of a computer."""
    if sys.platform in ("win32", "darwin"):
        return "the system's"
    if platform := environment.get("QT_QPA_PLATFORM"):
        return platform.split(":")[0]
    return "Wayland" if environment.get("WAYLAND_DISPLAY") else "X11"


def _window(environment: Mapping[str, str]) -> Finding:
    """Try it in another process: where Qt cannot show a window, it ends the process."""
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRIAL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return note("window", "the display does not answer", _WORDS)
    if trial.returncode == 0:
        return ok("window", "can be opened")
    said = trial.stderr.decode(errors="replace")
    if "could not connect to display" in said:
        return note("window", "the display does not answer", _WORDS)
    to_do = _WORDS
    if sys.platform == "linux":
        to_do = f"Debian and Ubuntu: 'sudo apt install {LIBRARIES}'; without, {_WORDS}"
    return note("window", f"Qt does not start ({_reason(said)})", to_do)


def _reason(said: str) -> str:
    """The line that names what is missing, or else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "is needed" in line or "cannot open shared" in line]
    return (telling or lines or ["without a word"])[-1]
