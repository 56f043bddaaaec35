"""Which files make up the firmware, and under which names they lie on the board.

``firmware/package.json`` and ``firmware/manifest.py`` list the same ones.
"""

from __future__ import annotations

import re
from pathlib import Path

from midback.errors import DataError

_PACKAGE = Path(__file__).parents[1]


def firmware_folder() -> Path:
    """Where this installation keeps the firmware's own files.

    Raises:
        DataError: it has none.
    """
    for folder in (_PACKAGE / "firmware", _PACKAGE.parents[1] / "firmware"):
        if (folder / "main.py").is_file():
            return folder
    raise DataError("this installation of Midback carries no firmware: install it anew")


def firmware_version() -> str:
    """The version of the firmware that this installation carries."""
    text = (firmware_folder() / "clip_firmware" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "(.+)"$', text, re.MULTILINE)
    return found[1] if found else ""


def firmware_sources() -> dict[str, Path]:
    """Every source file of the firmware by its path on the board."""
    own = firmware_folder()
    shared = [_PACKAGE / "__init__.py", *sorted((_PACKAGE / "shared").glob("*.py"))]
    return {
        "/main.py": own / "main.py",
        **{
            f"/clip_firmware/{path.name}": path
            for path in sorted((own / "clip_firmware").glob("*.py"))
        },
        **{f"/midback/{path.relative_to(_PACKAGE).as_posix()}": path for path in shared},
    }
