"""Modules of the board that CPython lacks, as far as the firmware's logic needs them; its time."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

collect_ignore = ["on_littlefs.py", "rig/launch.py", "rig/demo", "rig/shims"]
"""What runs on MicroPython only."""

_FAKES = Path(__file__).parent / "fakes"

for _folder in (_FAKES, _FAKES / "cpython"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], object]]:
    """Tests that wait, wait in the rig's own time."""
    from firmware.rig.lockstep import LockstepLoop

    return {"lockstep": LockstepLoop}
