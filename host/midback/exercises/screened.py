"""Whether the wearer has answered the questions that come before any movement.

``screening.json`` in the data folder holds when they last answered all of them with no.  A yes is
not kept: it is asked about again the next time.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from midback.errors import DataError
from midback.exercises.screening import RED_FLAGS

SCREENED = "screening.json"


def screened(folder: Path) -> bool:
    """Whether they have answered all the questions there are now; a damaged file says no."""
    try:
        facts = cast("dict[str, Any]", json.loads((folder / SCREENED).read_text("utf-8")))
        return {flag.id for flag in RED_FLAGS} <= set(facts["no"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


def keep_screened(folder: Path, now: datetime) -> None:
    """They answered each question with no.

    Raises:
        DataError: that could not be written.
    """
    path = folder / SCREENED
    facts = {"answered": now.isoformat(), "no": [flag.id for flag in RED_FLAGS]}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".screening-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{json.dumps(facts, indent=1)}\n")
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}): check that the folder is yours and has "
            "space, or choose another one with --data"
        ) from error
