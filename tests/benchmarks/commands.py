"""How long a person waits for a command, the whole process counted."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from invented_day import DAY, HOURS, ZONE
from rows import Row, Topic

NAME, TITLE = "command", "wall time of a command, start and end of Python included, once compiled"
ROUNDS = 7
DAY_S, HELP_S = 0.5, 0.15


def measure(folder: Path) -> Topic:
    """Time commands against a Python that only loads numpy, and one that does nothing."""
    midback = ("-m", "midback.cli")
    numpy = "import numpy only"
    nothing = "python that does nothing"
    commands: dict[str, tuple[str, ...]] = {
        f"midback day, of {HOURS} h": (*midback, "day", DAY.isoformat(), "--data", str(folder)),
        "midback --help": (*midback, "--help"),
        numpy: ("-c", "import numpy"),
        nothing: ("-c", "pass"),
    }
    spent_s: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as bytecode:
        for arguments in commands.values():
            _wall_s(arguments, bytecode)
        for _ in range(ROUNDS):
            for name, arguments in commands.items():
                spent_s[name].append(_wall_s(arguments, bytecode))
    goals_s = dict(zip(commands, (DAY_S, HELP_S), strict=False))
    rows = [
        Row(
            name,
            median(times),
            "s",
            goals_s.get(name),
            median(a / b for a, b in zip(times, spent_s[nothing], strict=True)),
            "nothing",
            f"least {min(times):.3f} s",
        )
        for name, times in spent_s.items()
    ]
    return Topic(NAME, TITLE, rows)


def _wall_s(arguments: Sequence[str], bytecode: str) -> float:
    """Seconds from start to end, with Python's compiled modules kept in the folder *bytecode*.

    An installed program has them; a checkout may be told not to write any.
    """
    environment = {**os.environ, "TZ": ZONE, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began
