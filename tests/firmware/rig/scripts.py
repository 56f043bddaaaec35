"""Little programs in place of a firmware, for facts about the board's modules."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

from firmware.rig.process import Program
from firmware.rig.virtual import FirmwareEnded, VirtualClip


def printed(
    folder: Path, source: str, timeline: Callable[[VirtualClip], object] | None = None
) -> list[str]:
    """What the program prints in ten seconds of virtual time, line by line."""
    main = folder / "main.py"
    main.write_text(dedent(source))
    with VirtualClip(Program(main, folder)) as clip:
        if timeline is not None:
            timeline(clip)
        with suppress(FirmwareEnded):
            clip.run_until(10.0)
        return clip.console.splitlines()
