"""Which start this is: its id, and whether the ones before it came to anything.

The file is so small that littlefs keeps it in its folder's own blocks, and changes it there when
no other block is free: a flash that has filled up does not stop the count.

Limits: one that is full before the very first start has no room for the folder, and then nothing
is counted.
"""

import struct

from micropython import const

from clip_firmware.files import Files

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable

MOST_FAILED = 3
"""So many failed starts in a row, and the next one is in safe mode."""

_NAME = "boots"
_VERSION = 1
_BODY = "<BH"  # failed starts in a row, id of the last start


class Boots:
    """Counts starts.

    A start has failed when the next one comes before ``good()``.  After a start in safe mode
    the ordinary program gets one more try, so that a repaired one comes back by itself and a
    broken one falls back at once.

    Attributes:
        boot: the id of this start, 16 bits, never that of the one before.
    """

    def __init__(self, files: Files, urandom: "Callable[[int], bytes]") -> None:
        self._files = files
        self._urandom = urandom
        self._failed = 0
        self.boot = 0

    def begin(self, cold: bool) -> bool:
        """Count this start; return whether it must be in safe mode.

        *cold* is anything but a wake from deep sleep, which does not count.
        """
        body = self._files.load(_NAME, _VERSION)
        known = body is not None and len(body) == struct.calcsize(_BODY)
        failed, last = struct.unpack(_BODY, body) if body is not None and known else (0, None)
        self.boot = self._id_after(last)
        safe = cold and failed >= MOST_FAILED
        self._failed = MOST_FAILED - 1 if safe else min(failed + cold, MOST_FAILED)
        self._keep()
        return safe

    def good(self) -> None:
        """This start came to something: the count of failed ones begins anew."""
        if self._failed:
            self._failed = 0
            self._keep()

    def _id_after(self, last: int | None) -> int:
        (boot,) = struct.unpack("<H", self._urandom(2))
        return (boot + 1) % 0x10000 if boot == last else boot

    def _keep(self) -> bool:
        return self._files.save(_NAME, _VERSION, struct.pack(_BODY, self._failed, self.boot))
