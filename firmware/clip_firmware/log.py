"""The epochs in flash, until the host has them.

One file a segment, named by the sequence number of its first record, so that a listing of the
folder is the index.  A segment is written whole with zeros, as ``spare``, before it gets its
name and its first record: a record that was begun has its place.  Which records the host has is
kept in a file of its own.  When no further segment fits, the oldest gives its place.

After a power cut at any byte everything is there that ``append`` and ``trim`` answered for;
at most the record being written is missing.

Limits: on littlefs each record costs one block erased (the block is rewritten elsewhere, which
is what makes it safe), some tens of milliseconds; see ``files`` for FAT.
"""

import struct

from micropython import const

from clip_firmware.files import Files, make_folder, replace
from clip_firmware.segment import CELL_BYTES, SEGMENT_BYTES, Cells
from midback.shared import wire

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

    from clip_firmware.files import FileSystem, Open

MOST_SEGMENTS = 401
"""Two weeks of 16 hours are 80 640 records in 398 segments.  Two more hold 40 marks a day, and
one is always being filled or given up."""

RESERVE_BYTES = 8 * SEGMENT_BYTES
"""What the log leaves free, for settings and for the block that littlefs rewrites into."""

_SPARE = "spare"
_NAME = "trimmed"
_VERSION = 1
_MOST_SEQUENCE = const(0xF0000000)
_BLANK_BYTES = const(128)
_ENOENT = const(2)
_ENOSPC = const(28)


class Log:
    """Keeps epoch records, oldest first.

    Attributes:
        next: the sequence number that the next record will get.
        refused: how many records the flash refused.
    """

    def __init__(
        self,
        folder: str,
        system: "FileSystem",
        open_file: "Open",
        files: Files,
        most_segments: int = MOST_SEGMENTS,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._folder = folder
        self._os = system
        self._open = open_file
        self._files = files
        self._most = most_segments
        self._segment_bytes = segment_bytes
        self._places = segment_bytes // CELL_BYTES
        self._firsts: list[int] = []  # one machine word each
        self._cells = Cells()
        self._reader = Cells()
        self._wire = bytearray(wire.RECORD_SIZE)
        self._used = self._places
        self._spare = self._crowded = self._found = False
        self._trimmed = 0
        self.next = 0
        self.refused = 0

    @property
    def first(self) -> int:
        """The oldest sequence number that is kept; equal to ``next`` when there is none."""
        oldest = self._firsts[0] if self._firsts else self.next
        return min(max(oldest, self._trimmed), self.next)

    def open(self) -> None:
        """Find what is there, after any crash."""
        make_folder(self._os, self._folder)
        body = self._files.load(_NAME, _VERSION)
        self._trimmed = struct.unpack("<I", body)[0] if body and len(body) == 4 else 0
        self._list()
        self._used, self._crowded = self._places, False
        self.next = self._trimmed
        while self._firsts:
            newest = self._firsts[-1]
            self.next = max(self.next, newest)
            after = self._scanned(newest)
            if after is not None:
                self.next = max(self.next, after)
                break
            self._firsts.pop()
            self._used = self._places
            self._recycle(newest)
        self._spare = self._is_whole(self._path(None))

    def append(self, record: wire.EpochRecord, unix_s: int | None = None) -> bool:
        """Give the record its sequence number and keep it; ``False`` when the flash refuses.

        *unix_s* is the time at the end of its epoch, if it is known; as it is read again it is
        off by 3 s at most.

        Raises:
            WireError: a value does not fit the wire's record.
        """
        if not self._found:
            self.open()
        record.sequence = self.next
        if unix_s is not None:
            record.set_time(unix_s)
        wire.encode_record(record, self._wire)
        if not self._found or not (self._has_room(record, unix_s) or self._turned()):
            self.refused += 1
            return False
        try:
            used = self._written(record, unix_s)
        except OSError as error:
            self.refused += 1
            if error.errno == _ENOENT:  # somebody deleted the segment: go on in another
                self._used = self._places
            return False
        self._used = used
        self.next += 1
        return True

    def read(self, first: int, most: int = wire.MAX_RECORDS) -> list[wire.EpochRecord]:
        """Up to *most* records (7 at most) from *first* on; what cannot be read is left out.

        Nothing comes when there is nothing more.
        """
        found: list[wire.EpochRecord] = []
        first = max(first, self.first)
        most = min(most, wire.MAX_RECORDS)
        at = self._segment_of(first)
        while at < len(self._firsts) and len(found) < most:
            end = self._firsts[at + 1] if at + 1 < len(self._firsts) else self.next
            self._collect(self._firsts[at], first, end, most, found)
            at += 1
        return found

    def trim(self, up_to: int) -> bool:
        """Let go of all records before *up_to*; ``False`` when the flash cannot remember it."""
        up_to = min(up_to, self.next)
        if up_to <= self.first:
            return True
        if not self._files.save(_NAME, _VERSION, struct.pack("<I", up_to)):
            return False
        self._trimmed = up_to
        self._crowded = False
        return True

    def prepare(self) -> bool:
        """Have the next segment ready; ``False`` when the oldest will have to give its place."""
        try:
            return self._found and self._has_spare()
        except OSError:
            return False

    # Segments

    def _path(self, first: int | None) -> str:
        name = _SPARE if first is None else "%08x" % first
        return self._folder + "/" + name

    def _list(self) -> None:
        self._firsts = []
        try:
            for entry in self._os.ilistdir(self._folder):
                first = _first_of(entry[0])
                if first is not None:
                    self._firsts.append(first)
            self._found = True
        except OSError as error:
            self._found = error.errno == _ENOENT  # no folder: nothing to write over
        self._firsts.sort()  # littlefs lists them in order

    def _scanned(self, first: int) -> int | None:
        """The sequence number after the segment's last record; ``None`` if it holds nothing."""
        self._cells.restart()
        self._used = 0
        try:
            with self._open(self._path(first), "rb") as file:
                self._go_along(file, first)
        except OSError:
            self._used = self._places  # what it holds is not known: go on in another
            return first + self._places
        return self._cells.sequence(self._used) if self._used else None

    def _go_along(self, file: "Any", first: int) -> None:
        cells = self._cells
        for place in range(self._places):
            if file.readinto(cells.cell) != CELL_BYTES:
                return
            if cells.take(place):
                self._used = place + 1
            if place == 0 and (not self._used or cells.sequence(1) != first):
                self._used = 0
                return

    def _recycle(self, first: int) -> None:
        try:
            if self._is_whole(self._path(None)):
                self._os.remove(self._path(first))
            else:
                replace(self._os, self._path(first), self._path(None))
        except OSError:
            return  # it stays, and holds nothing

    def _is_whole(self, path: str) -> bool:
        try:
            return self._os.stat(path)[6] == self._segment_bytes
        except OSError:
            return False

    def _has_room(self, record: wire.EpochRecord, unix_s: int | None) -> bool:
        needed = 1 if self._cells.follows(record, self._used, unix_s) else 2
        return self._used + needed <= self._places

    def _turned(self) -> bool:
        """Begin the next segment: in the spare one, or else in place of the oldest."""
        self._crowded = False
        try:
            spare = self._has_spare()
            if not spare and not self._firsts:
                return False
            source = None if spare else self._firsts[0]
            replace(self._os, self._path(source), self._path(self.next))
        except OSError:
            self._spare = self._is_whole(self._path(None))
            return False
        if source is not None:
            self._firsts.pop(0)
        self._spare = False
        self._firsts.append(self.next)
        self._cells.restart()
        self._used = 0
        return True

    def _has_spare(self) -> bool:
        if not self._spare:
            if len(self._firsts) > 1 and self._firsts[1] <= self._trimmed:
                replace(self._os, self._path(self._firsts[0]), self._path(None))
                self._firsts.pop(0)
                self._spare = True
            elif not self._crowded:
                self._spare = len(self._firsts) < self._most and self._made_spare()
                self._crowded = not self._spare
        return self._spare

    def _made_spare(self) -> bool:
        state = self._os.statvfs(self._folder)
        if state[0] * state[3] < RESERVE_BYTES + self._segment_bytes:
            return False
        try:
            self._write_blank()
        except OSError as error:
            self._remove_spare()
            if error.errno != _ENOSPC:
                raise
            return False
        return True

    def _write_blank(self) -> None:
        blank = bytes(_BLANK_BYTES)
        with self._open(self._path(None), "wb") as file:
            for at in range(0, self._segment_bytes, _BLANK_BYTES):
                file.write(blank[: self._segment_bytes - at])

    def _remove_spare(self) -> None:
        try:
            self._os.remove(self._path(None))
        except OSError:
            return

    # Records

    def _written(self, record: wire.EpochRecord, unix_s: int | None) -> int:
        """Write it; return the first place after it."""
        cells, place = self._cells, self._used
        with self._open(self._path(self._firsts[-1]), "r+b") as file:
            file.seek(place * CELL_BYTES)
            if not cells.follows(record, place, unix_s):
                cells.put_mark(record, place, unix_s)
                file.write(cells.cell)
                place += 1
            cells.put_record(record, place)
            file.write(cells.cell)
        return place + 1

    def _segment_of(self, sequence: int) -> int:
        """The index of the last segment that begins at or before it, or 0."""
        low, high = 0, len(self._firsts)
        while high - low > 1:
            middle = (low + high) // 2
            if self._firsts[middle] <= sequence:
                low = middle
            else:
                high = middle
        return low

    def _collect(
        self, segment: int, first: int, end: int, most: int, found: list[wire.EpochRecord]
    ) -> None:
        try:
            with self._open(self._path(segment), "rb") as file:
                if self._begins(file, segment):
                    self._pick(file, first, end, most, found)
        except OSError:
            return  # a segment that cannot be read is a hole

    def _begins(self, file: "Any", segment: int) -> bool:
        cells = self._reader
        cells.restart()
        whole = file.readinto(cells.cell) == CELL_BYTES
        return whole and cells.take(0) and cells.sequence(1) == segment

    def _pick(
        self, file: "Any", first: int, end: int, most: int, found: list[wire.EpochRecord]
    ) -> None:
        cells = self._reader
        for place in range(1, self._places):
            if len(found) == most or file.readinto(cells.cell) != CELL_BYTES:
                return
            if cells.is_record() and not first <= cells.sequence(place) < end:
                continue
            if cells.take(place) and cells.is_record():
                found.append(cells.record(place))


def _first_of(name: str) -> int | None:
    if len(name) != 8:
        return None
    try:
        first = int(name, 16)
    except ValueError:
        return None
    return first if 0 <= first < _MOST_SEQUENCE else None
