"""Which clip sits where: between the shoulder blades, or a second one at the waistband.

Both have the same firmware; the role is the host's.  The clip at the waistband is kept by
address in ``waist.json`` in the data folder, beside the recording; any other clip is the upper
one.  Each session says its role among the facts of its clip.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from midback.errors import SettingsError

ROLE = "role"
"""Name of the role among the facts of a session's clip."""

WAIST_FILE = "waist.json"


class Role(StrEnum):
    """Where a clip is worn."""

    UPPER = "upper"
    """Between the shoulder blades; also of every session that does not say."""
    WAIST = "waist"
    """At the waistband, in the small of the back."""


@dataclass(frozen=True, slots=True)
class WaistClip:
    """The clip at the waistband.

    Attributes:
        address: by which it is found.
        clip_id: its serial number.
    """

    address: str
    clip_id: str

    def is_at(self, address: str | None) -> bool:
        """Whether this is its address."""
        return address is not None and address.lower() == self.address.lower()


def waist_clip(folder: Path, wanted: str | None = None) -> WaistClip | None:
    """The clip that was set up for the waistband, if there is one.

    Args:
        folder: the data folder.
        wanted: address or name of the clip that is to be the upper one; a clip asked for by
            its address is not the one at the waistband now.

    Raises:
        SettingsError: the file cannot be read; says what to do.
    """
    path = folder / WAIST_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        clip = WaistClip(str(facts["address"]), str(facts["clip_id"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error!r}): take it away, and set the clip at the waistband "
            "up again with 'midback setup --role waist'"
        ) from error
    return None if clip.is_at(wanted) else clip


def keep_waist_clip(folder: Path, clip: WaistClip | None) -> None:
    """Keep which clip sits at the waistband; ``None``: none does.

    Raises:
        SettingsError: it cannot be written.
    """
    path = folder / WAIST_FILE
    try:
        if clip is None:
            path.unlink(missing_ok=True)
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Takes the old file's place at once: a full disk or a kill leaves the old one.
        handle, name = tempfile.mkstemp(dir=folder, prefix=".waist-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(json.dumps(asdict(clip)) + "\n")
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}): check that the folder is yours and has "
            "space, or choose another one with --data"
        ) from error
