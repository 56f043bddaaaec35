"""How the log's records lie in flash: 20 bytes each, in segments of one flash block.

A segment is a row of cells of 20 bytes.  Its first cell is a mark: which sequence number, boot
and ticks the records after it count from, and what time it was then, if the clip knew.  Another
mark stands wherever a record does not follow on from the one before: after a restart, a pause in
the epochs, or when the time became known or was corrected.  So a record needs neither sequence
nor boot nor time of its own, and of its ticks only how far they are from the even run of epochs.

A cell ends in 24 bits of a CRC32 that covers its place in the segment, and through the mark's own
CRC the sequence, boot and time: a cell left over from a segment's earlier life, or cut short,
is not taken for a record.

Limits: damage that hits a mark loses the records up to the next one; one damaged cell in 16
million passes.
"""

import binascii
import struct

from micropython import const

from midback.shared import wire

SEGMENT_BYTES = 4096  # one block of littlefs on every board's flash
CELL_BYTES = 20

EPOCH_TICKS = const(100_000)

_BODY = const(17)
_RECORD = "<HhhhhHIB"  # lateness, mean, least, most, lateral, motion, states and flags, buzzes
_MARK = "<IIHHIB"  # sequence, ticks one epoch before the first, boot, time, what it is, time
_IS_MARK = const(0x4D415231)  # the top bit is clear; a record's is set, so nothing blank is valid
_IS_RECORD = const(0x80)
_KIND_AT = const(16)  # in the row of place and cell
_FORMAT = const(0x6D62_0001)
_EVEN = const(0x8000)  # lateness 0
_CHECK = const(0xFFFFFF)
_TIME_MODULUS = wire.TIME_UNIT_S * wire.TIME_MODULUS  # in s: all that a record tells
_TICKS_PER_S = const(10_000)
_NEAR_S = const(2)  # closer to what the mark says than this the time was not corrected


class Cells:
    """Goes along the cells of a segment, reading or writing.

    Attributes:
        cell: the 20 bytes at hand, to read into and to write from.
        mark: what the last mark said: its segment's CRC, its own CRC, its place, the sequence,
            ticks, boot, and the time: seconds and 1, modulo what a record tells, or 0 unknown.
    """

    def __init__(self) -> None:
        self._row = bytearray(1 + CELL_BYTES)  # the place, then the cell
        whole = memoryview(self._row)
        self.cell = whole[1:]
        self._checked = whole[: 1 + _BODY]
        self.restart()

    def restart(self) -> None:
        """Stand before a segment's first cell."""
        self.mark = (_FORMAT, 0, -1, 0, 0, 0, 0)

    def is_record(self) -> bool:
        """Whether the cell at hand says it holds a record."""
        return bool(self._row[_KIND_AT] & _IS_RECORD)

    def sequence(self, place: int) -> int:
        """The sequence number of a record at this place, by the last mark."""
        return self.mark[3] + place - self.mark[2] - 1

    def take(self, place: int) -> bool:
        """Look at the cell just read; ``False`` when it is blank, damaged or left over."""
        self._row[0] = place
        if self.is_record():
            return place > 0 and self._crc(self.mark[1]) & _CHECK == self._found()
        sequence, ticks, boot, low, kind, high = struct.unpack_from(_MARK, self.cell, 0)
        head = self.mark[0] if place else _FORMAT
        crc = self._crc(head)
        if kind != _IS_MARK or crc & _CHECK != self._found():
            return False
        time = low | high << 16
        self.mark = (head if place else crc, crc, place, sequence, ticks, boot, time)
        return True

    def record(self, place: int) -> wire.EpochRecord:
        """The record that ``take`` found in this place."""
        late, mean, least, most, lateral, motion, packed, buzzes = struct.unpack_from(
            _RECORD, self.cell, 0
        )
        ticks = (self._even_ticks(place) + late - _EVEN) % wire.TICKS_MODULUS
        upright, slumped = packed >> 21 & 0x7F, packed >> 14 & 0x7F
        back, moving = packed >> 7 & 0x7F, packed & 0x7F
        record = wire.EpochRecord(
            self.sequence(place),
            ticks,
            self.mark[5],
            mean,
            least,
            most,
            lateral,
            motion,
            upright,
            slumped,
            back,
            moving,
            buzzes,
            packed >> 28 & 7,
        )
        if self.mark[6]:
            record.set_time(self._unix_s(ticks))
        return record

    def follows(self, record: wire.EpochRecord, place: int, unix_s: int | None) -> bool:
        """Whether the record, at whose end it was *unix_s*, needs no mark of its own here."""
        head, _, marked, _, _, boot, _ = self.mark
        if marked < 0 or head == _FORMAT or boot != record.boot:
            return False
        if self.sequence(place) != record.sequence or not 0 <= self._late(record, place) < 65536:
            return False
        return self._tells(record, unix_s)

    def put_mark(self, record: wire.EpochRecord, place: int, unix_s: int | None) -> None:
        """Make the cell a mark from which the record, at whose end it was *unix_s*, follows."""
        sequence, boot = record.sequence, record.boot
        ticks = (record.ticks - EPOCH_TICKS) % wire.TICKS_MODULUS
        time = 0 if unix_s is None else 1 + (unix_s - wire.EPOCH_S) % _TIME_MODULUS
        low, high = time & 0xFFFF, time >> 16
        struct.pack_into(_MARK, self.cell, 0, sequence, ticks, boot, low, _IS_MARK, high)
        head = self.mark[0] if place else _FORMAT
        crc = self._close(place, head)
        self.mark = (head if place else crc, crc, place, sequence, ticks, boot, time)

    def put_record(self, record: wire.EpochRecord, place: int) -> None:
        """Make the cell this record, which must follow the mark."""
        states = record.upright_ds << 21 | record.slumped_ds << 14
        states |= record.back_ds << 7 | record.moving_ds
        struct.pack_into(
            _RECORD,
            self.cell,
            0,
            self._late(record, place),
            record.mean_cdeg,
            record.min_cdeg,
            record.max_cdeg,
            record.lateral_cdeg,
            record.motion_mg,
            1 << 31 | record.flags << 28 | states,
            record.buzzes,
        )
        self._close(place, self.mark[1])

    def _unix_s(self, ticks: int) -> int:
        """The time at these ticks by the mark, modulo what a record tells."""
        passed_s = (ticks - self.mark[4]) % wire.TICKS_MODULUS // _TICKS_PER_S
        return (self.mark[6] - 1 + passed_s) % _TIME_MODULUS

    def _tells(self, record: wire.EpochRecord, unix_s: int | None) -> bool:
        """Whether the mark says the same of the time."""
        if unix_s is None or not self.mark[6]:
            return unix_s is None and not self.mark[6]
        later_s = (unix_s - self._unix_s(record.ticks) + _NEAR_S) % _TIME_MODULUS
        return later_s <= 2 * _NEAR_S

    def _even_ticks(self, place: int) -> int:
        return self.mark[4] + (place - self.mark[2]) * EPOCH_TICKS

    def _late(self, record: wire.EpochRecord, place: int) -> int:
        return (record.ticks - self._even_ticks(place) + _EVEN) % wire.TICKS_MODULUS

    def _close(self, place: int, seed: int) -> int:
        self._row[0] = place
        crc = self._crc(seed)
        for i in range(3):
            self.cell[_BODY + i] = crc >> 8 * i & 0xFF
        return crc

    def _crc(self, seed: int) -> int:
        return binascii.crc32(self._checked, seed) & 0xFFFFFFFF

    def _found(self) -> int:
        row = self._row
        return row[1 + _BODY] | row[2 + _BODY] << 8 | row[3 + _BODY] << 16
