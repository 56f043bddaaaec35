"""Every error this package raises on purpose, grouped by what the caller does next.

MidbackError
├── UsageError            the request itself cannot be met: ask for something else (exit 2)
├── BluetoothUnavailable  no adapter, switched off, or no permission (exit 3)
├── ClipError             something between us and the clip (exit 4)
│   ├── ClipNotFound      no clip advertised before the time was up
│   ├── ClipLost          the connection ended
│   │   └── ClipShuts      every connection ends at once
│   ├── ClipIncompatible  the clip speaks another protocol version
│   ├── ClipUnpaired      the clip wants to be paired with this computer first
│   └── ClipRefused       the clip answered a command with a refusal
├── RecordingBusy         another Midback records, and has the clip: go there, or close it (exit 4)
├── MonitorUnreachable    no running Midback to ask: start one, or ask in its own window (exit 4)
├── CalibrationRefused    the pose was not usable: try again as told (exit 5)
└── DataError             something about what is stored (exit 5)
    ├── SettingsError     the settings file says what cannot be: edit it as told
    ├── NothingRecorded   no data for what was asked
    ├── RecordingTooNew   a newer Midback wrote this file
    └── RecordingError    a file on disk is not one we can read

``shared.wire.WireError`` stands apart because the board shares that module.
A message says what happened and what to do next; facts are attributes.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class MidbackError(Exception):
    """Base of every deliberate error; ``exit_code`` is what the command line returns."""

    exit_code = 1


class UsageError(MidbackError):
    """The request cannot be met as it stands."""

    exit_code = 2


class BluetoothUnavailable(MidbackError):
    """There is no Bluetooth to use."""

    exit_code = 3


class ClipError(MidbackError):
    """Something went wrong between the host and the clip."""

    exit_code = 4


class ClipNotFound(ClipError):
    """No clip advertised itself in time."""


class ClipLost(ClipError):
    """The connection to the clip ended."""


class ClipShuts(ClipLost):
    """The clip is heard, but no connection lasts: its range, or a bond that one side forgot."""

    def __init__(self) -> None:
        super().__init__(
            "the clip is heard, but every connection to it ends at once: bring it nearer; if it "
            "is near, it or this computer has forgotten the other: remove the clip in the "
            "system's Bluetooth settings, and pair anew with 'midback setup'"
        )


class ClipIncompatible(ClipError):
    """The clip speaks a protocol version that this host does not.

    Attributes:
        clip_version: the version the clip announced.
        host_version: the version this host understands.
    """

    def __init__(self, clip_version: int, host_version: int) -> None:
        older = "clip's firmware" if clip_version < host_version else "Midback on this computer"
        super().__init__(
            f"the clip speaks protocol {clip_version}, this computer speaks {host_version}: "
            f"update the {older}"
        )
        self.clip_version = clip_version
        self.host_version = host_version


class ClipUnpaired(ClipError):
    """The clip has no bond with this computer, or one of the two forgot it."""

    def __init__(self) -> None:
        super().__init__(
            "the clip talks to paired computers only: hold its button for 3 s until it buzzes, "
            "then try again within a minute; if that does not help, remove the clip in the "
            "system's Bluetooth settings first"
        )


class ClipRefused(ClipError):
    """The clip answered a command with a refusal.

    Attributes:
        result: the result code of ``midback.shared.wire``.
    """

    def __init__(self, message: str, result: int) -> None:
        super().__init__(message)
        self.result = result


class RecordingBusy(MidbackError):
    """Another process records into this folder.

    Attributes:
        who: the process in words.
        folder: where it records.
        command: what it is, such as ``midback live``; empty where it is not known.
        pid: its process id, or ``None``.
        since: when it began, or ``None``.
    """

    exit_code = 4

    def __init__(
        self,
        folder: Path,
        command: str = "",
        pid: int | None = None,
        since: datetime | None = None,
    ) -> None:
        begun = "" if since is None else f" begun {_clock(since)} as '{command}'"
        self.who = f"another Midback{begun}" + ("" if pid is None else f" (process {pid})")
        super().__init__(
            f"{self.who} already records in {folder}: "
            "close it first, or choose another folder with --data"
        )
        self.folder = folder
        self.command = command
        self.pid = pid
        self.since = since


class MonitorUnreachable(MidbackError):
    """No running Midback can be asked for anything.

    Attributes:
        folder: where it would record.
        who: the process that records there but cannot be asked, in words; empty where none does.
    """

    exit_code = 4

    def __init__(self, folder: Path, who: str = "") -> None:
        super().__init__(
            f"{who} records in {folder} but does not answer: ask in its own window, or end it "
            "and start it anew"
            if who
            else f"no Midback runs that records in {folder}: start 'midback live', then ask again"
        )
        self.folder = folder
        self.who = who


class CalibrationRefused(MidbackError):
    """The pose could not be used; the message says why and what to do."""

    exit_code = 5


class DataError(MidbackError):
    """Something about stored data stands in the way."""

    exit_code = 5


class SettingsError(DataError):
    """The settings file cannot be used as it is."""


class NothingRecorded(DataError):
    """There are no data for what was asked."""


class RecordingTooNew(DataError):
    """A newer version wrote this recording; it was left untouched."""


class RecordingError(DataError):
    """A file on disk is not a recording this version can read."""


def _clock(moment: datetime) -> str:
    local, now = moment.astimezone(), datetime.now().astimezone()
    return f"at {local:%H:%M}" if local.date() == now.date() else f"on {local:%d %B at %H:%M}"
