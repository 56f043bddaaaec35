"""What the wearer and the host chose, kept over power-offs; the defaults are a working clip."""

import struct

from clip_firmware.files import Files
from clip_firmware.mounting import DEFAULT, Mounting
from midback.shared import wire
from midback.shared.contexts import Contexts
from midback.shared.posture import frame_of, policy_of

DEFAULT_NAME = "Midback"
LONGEST_NAME = 8

_NAME = "settings"
_VERSION = 2
# Which slots have a neutral and which have lines, a bit each; the slot in use; alone; neutral and
# lines of each slot; mounting; name.
_BODY = "<BBB" + wire.SLOTS * "6h4h2H" + "6sB8s"
_NONE = (0, 0, 0, 0, 0, 0)
# Version 1 knew one neutral and its lines: which are set and alone, both, mounting, name.
_BODY_1 = "<B6h4h2H6sB8s"
_SLOT_SIZE = 24


class Settings:
    """One clip's settings.

    Attributes:
        contexts: the neutrals and slump lines that the clip was taught, and which are in use.
        alone: whether the clip runs with its radio off.
        mounting: how the sensor sits in the case (``Mounting``).
        name: what it advertises, 1 to 8 printable ASCII characters.
        lost: saved settings were there and could not be read; these are the defaults.
    """

    def __init__(self) -> None:
        self.lost = False
        self._reset()

    def _reset(self) -> None:
        self.contexts = Contexts()
        self.alone = False
        self.mounting = DEFAULT
        self.name = DEFAULT_NAME

    @staticmethod
    def load(files: Files) -> "Settings":
        """What was saved last, or the defaults; a file it cannot read is left as it is."""
        settings = Settings()
        body, update = files.load(_NAME, _VERSION), False
        if body is None and files.damaged:
            body, update = files.load(_NAME, 1), True
        settings.lost = files.damaged
        if body is not None:
            try:
                settings._unpack(_updated(body) if update else body)
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
        wire.encode_command(wire.OP_USE_CONTEXT, 0, self.contexts.slot)
        for slot in range(wire.SLOTS):
            _check_slot(slot, self.contexts.neutrals[slot], self.contexts.slumps[slot])
        if not 0 < len(self.name) <= LONGEST_NAME or not _printable(self.name):
            raise ValueError("%r is no name for a clip" % (self.name,))

    def _packed(self) -> bytes:
        name, contexts = self.name.encode(), self.contexts
        values = (_which(contexts.neutrals) | _which(contexts.slumps) << wire.SLOTS,)
        values += (contexts.slot, int(self.alone))
        for slot in range(wire.SLOTS):
            values += (contexts.neutrals[slot] or _NONE) + (contexts.slumps[slot] or _NONE)
        return struct.pack(_BODY, *values, self.mounting.encode(), len(name), name)

    def _unpack(self, body: bytes) -> None:
        if len(body) != struct.calcsize(_BODY):
            raise ValueError("%d bytes of settings" % len(body))
        values = struct.unpack(_BODY, body)
        which, contexts = values[0], self.contexts
        contexts.slot, self.alone = values[1], bool(values[2])
        for slot in range(wire.SLOTS):
            at = 3 + 12 * slot
            if which >> slot & 1:
                contexts.neutrals[slot] = values[at : at + 6]
            if which >> (wire.SLOTS + slot) & 1:
                contexts.slumps[slot] = values[at + 6 : at + 12]
        mounting, length, name = values[-3:]
        self.mounting = _text(mounting)
        if length > LONGEST_NAME:
            raise ValueError("a name of %d bytes" % length)
        self.name = _text(name[:length])


def _updated(body: bytes) -> bytes:
    """The same settings as version 1 had them: what it knew comes into slot 0, which is in use."""
    if len(body) != struct.calcsize(_BODY_1):
        raise ValueError("%d bytes of settings" % len(body))
    which = body[0]
    first = bytes((which & 1 | (which >> 1 & 1) << wire.SLOTS, 0, which >> 2 & 1))
    slots = body[1 : 1 + _SLOT_SIZE] + bytes((wire.SLOTS - 1) * _SLOT_SIZE)
    return first + slots + body[1 + _SLOT_SIZE :]


def _check_slot(slot: int, neutral: tuple[int, ...] | None, lines: tuple[int, ...] | None) -> None:
    if neutral is not None:
        wire.encode_command(wire.OP_SET_NEUTRAL, 0, slot, *neutral)
        frame_of(neutral)
    if lines is not None:
        wire.encode_command(wire.OP_SET_SLUMP, 0, slot, *lines)
        policy_of(lines)


def _which(kept: list[tuple[int, ...] | None]) -> int:
    bits = 0
    for slot in range(wire.SLOTS):
        if kept[slot] is not None:
            bits |= 1 << slot
    return bits


def _text(raw: bytes) -> str:
    # Only MicroPython's decode lets any byte through; this is the same on both.
    return "".join([chr(byte) for byte in raw])


def _printable(text: str) -> bool:
    return all(" " <= letter <= "~" for letter in text)
