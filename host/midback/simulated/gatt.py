"""What a simulated clip shows a host: its characteristics, and what it notifies on them."""

from __future__ import annotations

from typing import NamedTuple

BATTERY_UUID = "00002a19-0000-1000-8000-00805f9b34fb"
MAKER_UUID = "00002a29-0000-1000-8000-00805f9b34fb"
MODEL_UUID = "00002a24-0000-1000-8000-00805f9b34fb"
SERIAL_UUID = "00002a25-0000-1000-8000-00805f9b34fb"
FIRMWARE_UUID = "00002a26-0000-1000-8000-00805f9b34fb"
HARDWARE_UUID = "00002a27-0000-1000-8000-00805f9b34fb"


class Notification(NamedTuple):
    """Bytes the clip wants to notify, and on which characteristic."""

    uuid: str
    payload: bytes
