"""Small files that are never half there: all of the old content, or all of the new.

A file carries its version, its length and a CRC.  It is written as ``NAME.new`` and then
renamed.  littlefs, which MicroPython puts on ESP32, RP2 and nRF boards, replaces the old file
in that one step.  FAT removes the old one first (extmod/vfs_fat.c), so that a power cut can
leave nothing but a whole ``NAME.new``, and ``load`` takes that.

Limits: 16 kB a file.  FAT on bare flash rewrites whole sectors in place, which no file format
survives; such a board needs littlefs.
"""

import binascii
import struct

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Protocol

    class FileSystem(Protocol):
        """What is needed of the board's ``os``."""

        def ilistdir(self, __path: str) -> Iterable[tuple[Any, ...]]:
            """Its entries: name, and what else the port tells."""
            ...

        def mkdir(self, __path: str) -> Any:
            """Make a folder."""

        def remove(self, __path: str) -> Any:
            """Delete a file."""

        def rename(self, __old: str, __new: str) -> Any:
            """Give a file another name."""

        def stat(self, __path: str) -> Any:
            """About a file; its length is number 6."""

        def statvfs(self, __path: str) -> Any:
            """About the file system; size of a block is number 0, free blocks are number 3."""

    Open = Callable[[str, str], Any]

MOST_BYTES = 16384

_MAGIC = const(0x626D)
_HEADER = "<HHHI"  # magic, version, length of the body, CRC of both of these and the body
_HEADER_SIZE = const(10)
_CRC_AT = const(6)
_EEXIST = const(17)
_ENOENT = const(2)


class Files:
    """The files of one folder.

    Attributes:
        damaged: whether the file of the last ``load`` was there and could not be read.
    """

    def __init__(self, folder: str, system: "FileSystem", open_file: "Open") -> None:
        self._folder = folder
        self._os = system
        self._open = open_file
        self.damaged = False
        make_folder(system, folder)

    def load(self, name: str, version: int) -> bytes | None:
        """The body last saved; ``None`` when it is missing, damaged or of another version."""
        self.damaged = False
        body = self._read(self._path(name), version)
        if body is None:
            damaged = self.damaged
            body = self._read(self._path(name) + ".new", version)
            # A new file cut short was never promised to anybody.
            self.damaged = damaged and body is None
        return body

    def save(self, name: str, version: int, body: bytes) -> bool:
        """Put *body* in the place of what was; ``False`` when the flash refuses.

        Raises:
            ValueError: the body is longer than ``MOST_BYTES``.
        """
        if len(body) > MOST_BYTES:
            raise ValueError("%d bytes are too long for %s" % (len(body), name))
        path = self._path(name)
        try:
            self._write(path + ".new", version, body)
            replace(self._os, path + ".new", path)
        except OSError:
            return False
        return True

    def remove(self, name: str) -> bool:
        """Delete the file; ``False`` when the flash refuses."""
        path = self._path(name)
        return self._delete(path + ".new") and self._delete(path)

    def _path(self, name: str) -> str:
        return self._folder + "/" + name

    def _read(self, path: str, version: int) -> bytes | None:
        try:
            with self._open(path, "rb") as file:
                body = _body_of(file, version)
        except OSError as error:
            self.damaged = error.errno != _ENOENT
            return None
        self.damaged = body is None
        return body

    def _write(self, path: str, version: int, body: bytes) -> None:
        header = bytearray(_HEADER_SIZE)
        struct.pack_into(_HEADER, header, 0, _MAGIC, version, len(body), 0)
        struct.pack_into("<I", header, _CRC_AT, _crc(header, body))
        with self._open(path, "wb") as file:
            file.write(header)
            file.write(body)
            file.flush()

    def _delete(self, path: str) -> bool:
        try:
            self._os.remove(path)
        except OSError as error:
            return error.errno == _ENOENT
        return True


def make_folder(system: "FileSystem", folder: str) -> None:
    """Make sure that there is such a folder, if the flash lets it."""
    try:
        system.mkdir(folder)
    except OSError:
        return  # it is there, or what follows will fail and tell


def replace(system: "FileSystem", old: str, new: str) -> None:
    """Rename, also where renaming does not replace.

    Raises:
        OSError: the flash refuses; what was *old* is whole under one of the two names.
    """
    try:
        system.rename(old, new)
    except OSError as error:
        if error.errno != _EEXIST:
            raise
        system.remove(new)
        system.rename(old, new)


def _body_of(file: "Any", version: int) -> bytes | None:
    header: bytes = file.read(_HEADER_SIZE)
    if len(header) != _HEADER_SIZE:
        return None
    magic, found, length, crc = struct.unpack(_HEADER, header)
    if magic != _MAGIC or found != version or length > MOST_BYTES:
        return None
    body: bytes = file.read(length)
    return body if len(body) == length and _crc(header, body) == crc else None


def _crc(header: bytes | bytearray, body: bytes) -> int:
    return binascii.crc32(body, binascii.crc32(header[:_CRC_AT])) & 0xFFFFFFFF
