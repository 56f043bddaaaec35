"""What the wearer and the host chose, kept over power-offs; the defaults are a working clip."""

import struct

from clip_firmware.files import Files
from clip_firmware.mounting import DEFAULT, Mounting
from midback.shared import wire
from midback.shared.posture import frame_of, policy_of

DEFAULT_NAME = "Midback"
LONGEST_NAME = 8

_NAME = "settings"
_VERSION = 1
_BODY = "<B6h4h2H6sB8s"  # which are set, neutral, slump, mounting, name
_NEUTRAL, _SLUMP, _ALONE = 1, 2, 4
_NONE = (0, 0, 0, 0, 0, 0)


class Settings:
    """One clip's settings.

    Attributes:
        neutral: the arguments of ``OP_SET_NEUTRAL``, or ``None`` before the first calibration.
        slump: the arguments of ``OP_SET_SLUMP``, or ``None`` for the default lines.
        alone: whether the clip runs with its radio off.
        mounting: how the sensor sits in the case (``Mounting``).
        name: what it advertises, 1 to 8 printable ASCII characters.
        lost: saved settings were there and could not be read; these are the defaults.
    """

    def __init__(self) -> None:
        self.lost = False
        self._reset()

    def _reset(self) -> None:
        self.neutral: tuple[int, ...] | None = None
        self.slump: tuple[int, ...] | None = None
        self.alone = False
        self.mounting = DEFAULT
        self.name = DEFAULT_NAME

    @staticmethod
    def load(files: Files) -> "Settings":
        """What was saved last, or the defaults; a file it cannot read is left as it is."""
        settings = Settings()
        body = files.load(_NAME, _VERSION)
        settings.lost = files.damaged
        if body is not None:
            try:
                settings._unpack(body)
                settings._check()
            except ValueError:
                settings._reset()
                settings.lost = True
        return settings

    def save(self, files: Files) -> bool:
        """Write them to flash; ``False`` when it refuses, or when a value could not be."""
        try:
            self._check()
        except ValueError:
            return False
        saved = files.save(_NAME, _VERSION, self._packed())
        if saved:
            self.lost = False
        return saved

    def forget(self, files: Files) -> bool:
        """Back to the defaults, here and in flash; ``False`` when the flash refuses."""
        self._reset()
        self.lost = False
        return files.remove(_NAME)

    def _check(self) -> None:
        """Refuse what a clip cannot work with.

        Raises:
            ValueError: a value is out of its range.
        """
        Mounting(self.mounting)
        if self.neutral is not None:
            wire.encode_command(wire.OP_SET_NEUTRAL, 0, *self.neutral)
            frame_of(self.neutral)
        if self.slump is not None:
            wire.encode_command(wire.OP_SET_SLUMP, 0, *self.slump)
        policy_of(self.slump)
        if not 0 < len(self.name) <= LONGEST_NAME or not _printable(self.name):
            raise ValueError("%r is no name for a clip" % (self.name,))

    def _packed(self) -> bytes:
        name = self.name.encode()
        values = (self.neutral or _NONE) + (self.slump or _NONE)
        values = (self._which(),) + values
        return struct.pack(_BODY, *values, self.mounting.encode(), len(name), name)

    def _which(self) -> int:
        return (
            (0 if self.neutral is None else _NEUTRAL)
            | (0 if self.slump is None else _SLUMP)
            | (_ALONE if self.alone else 0)
        )

    def _unpack(self, body: bytes) -> None:
        if len(body) != struct.calcsize(_BODY):
            raise ValueError("%d bytes of settings" % len(body))
        values = struct.unpack(_BODY, body)
        which = values[0]
        self.neutral = values[1:7] if which & _NEUTRAL else None
        self.slump = values[7:13] if which & _SLUMP else None
        self.alone = bool(which & _ALONE)
        self.mounting = _text(values[13])
        if values[14] > LONGEST_NAME:
            raise ValueError("a name of %d bytes" % values[14])
        self.name = _text(values[15][: values[14]])


def _text(raw: bytes) -> str:
    # Only MicroPython's decode lets any byte through; this is the same on both.
    return "".join([chr(byte) for byte in raw])


def _printable(text: str) -> bool:
    return all(" " <= letter <= "~" for letter in text)
