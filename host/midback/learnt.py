"""What was learnt of the wearer's postures, kept beside the recording: ``postures.json``.

One line of JSON for each clip, by its serial number, as ``postures.Postures`` writes it.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from midback.errors import DataError
from midback.postures import Postures

LEARNT = "postures.json"


def read_postures(folder: Path, clip_id: str) -> Postures:
    """What is known of the wearer of a clip; nothing for somebody new.

    Raises:
        DataError: it cannot be read; says what to do.
    """
    path = folder / LEARNT
    kept = _read(path).get(clip_id, "")
    try:
        return Postures(str(kept))
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def keep_postures(folder: Path, clip_id: str, postures: Postures) -> None:
    """Keep what was learnt; the old file stays until the new one is whole.

    Raises:
        DataError: it cannot be written; says what to do.
    """
    path = folder / LEARNT
    try:
        kept = _read(path)
    except DataError:
        kept = {clip_id: ""}  # what cannot be read is learnt anew
    learnt = postures.to_json()
    if clip_id not in kept and learnt == Postures().to_json():
        return
    text = json.dumps(kept | {clip_id: learnt}, indent=1)
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".postures-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}): check that the disk has space"
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} cannot be read ({error}): what was learnt of your postures is learnt anew"
        ) from error
    if not isinstance(kept, dict):
        raise DataError(f"{path} holds something else: what was learnt is learnt anew")
    return kept  # pyright: ignore[reportUnknownVariableType]
