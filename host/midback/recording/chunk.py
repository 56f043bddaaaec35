"""The lossless form in which a minute of packets lies in the file.

Each column becomes differences along time, small numbers of either sign folded
to small unsigned ones, low bytes apart from high bytes; then zlib.  Level 6:
on 50 Hz raw data level 9 saves 0.5 % for six times the work, and LZMA nothing.
Integrity is the caller's part: a chunk is stored beside its CRC.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midback.recording.columns import HEADER, VERBATIM, WIDTHS, Columns

_CODEC = 1
_LEVEL = 6
_LENGTHS = struct.Struct("<II")  # packets, of which verbatim

_Numbers = NDArray[Any]


class ChunkError(ValueError):
    """These bytes are not a chunk that this version can read."""


def encode(columns: Columns) -> bytes:
    """Return the chunk that ``decode`` turns into the same columns."""
    lengths = np.array([len(payload) for payload in columns.verbatim], dtype=np.uint32)
    sections = [
        _LENGTHS.pack(len(columns.kinds), len(columns.verbatim)),
        _fold(columns.arrival_us),
        _fold(columns.kinds),
        *(_fold(columns.headers[name]) for name in _field_names()),
        *(_fold(columns.samples[kind].T) for kind in WIDTHS),
        _fold(lengths),
        *columns.verbatim,
    ]
    return bytes([_CODEC]) + zlib.compress(b"".join(sections), _LEVEL)


def decode(chunk: bytes) -> Columns:
    """Return the columns of a chunk.

    Raises:
        ChunkError: a later version encoded it, or it is damaged.
    """
    if chunk[:1] != bytes([_CODEC]):
        raise ChunkError("unknown encoding")
    try:
        return _decode(zlib.decompress(chunk[1:]))
    except (zlib.error, struct.error, ValueError) as error:
        raise ChunkError(str(error)) from error


def _decode(body: bytes) -> Columns:
    packets, odd = _LENGTHS.unpack_from(body)
    sections = _Sections(body, _LENGTHS.size)
    arrival_us = sections.take("<i8", packets)
    kinds = sections.take("u1", packets)
    headers = np.empty(packets - odd, dtype=HEADER)
    for name in _field_names():
        headers[name] = sections.take(HEADER[name].str, packets - odd)
    samples = {
        kind: _take_samples(sections, width, headers["count"][headers["kind"] == kind])
        for kind, width in WIDTHS.items()
    }
    lengths = sections.take("<u4", odd)
    verbatim = [sections.take_bytes(length) for length in lengths.tolist()]
    if np.count_nonzero(kinds == VERBATIM) != odd or not sections.at_end():
        raise ChunkError("its parts do not add up")
    return Columns(arrival_us, kinds, headers, samples, verbatim)


def _take_samples(sections: _Sections, width: int, counts: NDArray[np.uint8]) -> NDArray[np.int16]:
    columns = sections.take("<i2", int(counts.sum(dtype=np.int64)), width)
    return np.ascontiguousarray(columns.T)


class _Sections:
    """Reads one column after the other."""

    def __init__(self, body: bytes, at: int) -> None:
        self._body = body
        self._at = at

    def take(self, dtype: str, length: int, rows: int = 0) -> _Numbers:
        shape = (rows, length) if rows else (length,)
        size = length * max(rows, 1) * np.dtype(dtype).itemsize
        return _unfold(self.take_bytes(size), np.dtype(dtype), shape)

    def take_bytes(self, size: int) -> bytes:
        if self._at + size > len(self._body):
            raise ChunkError("it is cut short")
        self._at += size
        return self._body[self._at - size : self._at]

    def at_end(self) -> bool:
        return self._at == len(self._body)


def _field_names() -> tuple[str, ...]:
    return HEADER.names or ()


def _fold(column: _Numbers) -> bytes:
    """Differences along the last axis, folded, one byte plane after the other."""
    kind = np.dtype(f"<i{column.dtype.itemsize}")
    signed = np.ascontiguousarray(column).view(kind)
    steps = np.diff(signed, axis=-1, prepend=kind.type(0))
    folded = np.ascontiguousarray((steps << 1) ^ (steps >> (8 * kind.itemsize - 1)))
    planes = folded.view(np.uint8).reshape(*column.shape, kind.itemsize)
    return np.moveaxis(planes, -1, 0).tobytes()


def _unfold(planes: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> _Numbers:
    size = dtype.itemsize
    folded = np.empty(shape, dtype=f"<u{size}")
    apart = folded.view(np.uint8).reshape(*shape, size)
    for place, plane in enumerate(np.frombuffer(planes, dtype=np.uint8).reshape(size, *shape)):
        apart[..., place] = plane
    steps = (folded >> 1) ^ (~(folded & 1) + 1)
    return np.cumsum(steps, axis=-1, dtype=steps.dtype).view(dtype)
