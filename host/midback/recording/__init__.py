"""The store: one SQLite file that keeps every wearing as it was received."""

from midback.recording.folder import data_folder
from midback.recording.model import Event, PacketBlock, Session, WallTimes
from midback.recording.store import Store
from midback.recording.writer import SessionWriter

__all__ = [
    "Event",
    "PacketBlock",
    "Session",
    "SessionWriter",
    "Store",
    "WallTimes",
    "data_folder",
]
