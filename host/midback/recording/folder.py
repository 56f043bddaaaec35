"""Where recordings live, and that only their owner can read them."""

from __future__ import annotations

import os
from pathlib import Path

DATABASE = "midback.sqlite3"
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


def data_folder(chosen: Path | None = None) -> Path:
    """Return the folder for recordings; it need not exist yet.

    What the user *chose* wins over the environment variable ``MIDBACK_DATA``,
    which wins over the place the operating system sets aside for such data.
    """
    if chosen is None and (from_environment := os.environ.get("MIDBACK_DATA")):
        chosen = Path(from_environment)
    if chosen is None:
        import platformdirs

        return platformdirs.user_data_path("midback", appauthor=False)
    return chosen.expanduser()


def make_private_folder(folder: Path) -> None:
    """Create *folder* for its owner alone.

    A folder that was there before keeps its mode, because it may be one that the
    user shares for other reasons; the files inside are private in any case.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Create *path* empty if it is missing, and let only its owner read and write it."""
    path.touch(mode=_FILE_MODE)
    path.chmod(_FILE_MODE)
