"""The store: one SQLite file that keeps every wearing as it was received.

What may be lost: when the process is killed, what was not yet committed, at most
a second; when the power fails, at most the time since the last full minute, but nothing
that the clip kept by itself; when bytes of the file go bad, the minutes they belong to.
Nothing else, and never silently.
"""

from midback.recording.contexts import (
    CALIBRATION,
    CONTEXT,
    calibration_changes,
    context_of,
    detail_of,
)
from midback.recording.folder import data_folder
from midback.recording.model import (
    Event,
    KeptEpochs,
    LastPacket,
    PacketBlock,
    Session,
    Unplaced,
    WallTimes,
)
from midback.recording.store import Store
from midback.recording.writer import SessionWriter

__all__ = [
    "CALIBRATION",
    "CONTEXT",
    "Event",
    "KeptEpochs",
    "LastPacket",
    "PacketBlock",
    "Session",
    "SessionWriter",
    "Store",
    "Unplaced",
    "WallTimes",
    "calibration_changes",
    "context_of",
    "data_folder",
    "detail_of",
]
