"""The keys of the computers the clip was paired with.

The Bluetooth stack keeps no bonds itself: it asks for secrets and hands over new ones while it
holds its own locks, so here everything is in memory and ``flush`` writes it to flash later.

Secrets are told apart by type and by key, the peer's address: ``OUR_KEYS`` are what a peer's
encryption request is answered from, ``PEER_KEYS`` what it gave us, ``OUR_IDENTITY`` is the
clip's own and no bond.

A peer has proven itself (``proven``) when the last question about keys was for ``OUR_KEYS`` and
could be answered: that is how NimBLE serves a peer that wants to encrypt (``ble_sm_ltk_req_rx``).
For ``PEER_KEYS`` it asks also when a stranger reads a protected value or starts to pair
(``ble_att_svr_check_perms``, ``ble_sm_chk_repeat_pairing``), under whatever address; such a
question is no proof, and ends one.

A new bond is kept only while the pairing window is open; the first that is used closes it, so
that nobody else slips in.  When a peer pairs again the stack deletes its old bond first, before
it knows whether the pairing will succeed, and whoever borrows a peer's address can make it do so
(NimBLE, ``ble_sm_chk_repeat_pairing``).  So what is deleted is only hidden, and comes back when
the link ends, unless a new bond took its place.

Limits: eight bonds; the oldest makes room.  Secrets lie in flash as they are.
"""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable, Protocol

    class Store(Protocol):
        """What keeps small files; of ``files.Files`` no more is needed."""

        def load(self, name: str, version: int) -> bytes | None:
            """The content, if there is one of this version."""
            ...

        def save(self, name: str, version: int, body: bytes) -> bool:
            """Replace the content; whether that worked."""
            ...


MOST_BONDS = 8

OUR_KEYS = 1
PEER_KEYS = 2
OUR_IDENTITY = 10

_NAME = "bonds"
_VERSION = const(1)
_HEADER_SIZE = const(4)  # type, bytes of the key, bytes of the value (two, low first)
_LONGEST_KEY = const(32)
_LONGEST_VALUE = const(768)  # NimBLE's take about 80; all together fit a file of 16 kB


class Bonds:
    """Secrets by type and key, oldest first.

    Attributes:
        window_open: whether a computer may pair now; the wearer opens the window by button.
        proven: whether the peer of the present link, if it encrypts, can only do so with the
            keys of a bond.
    """

    def __init__(self, files: "Store") -> None:
        self._files = files
        self._listener: "Callable[[], None] | None" = None
        self._records = _unpacked(files.load(_NAME, _VERSION) or b"")
        self._hidden: list[tuple[int, bytes]] = []
        self._pairing = b""
        self._changes = 0
        self._flushed = 0
        self.window_open = self.proven = False

    def listen(self, listener: "Callable[[], None]") -> None:
        """Call *listener* when the window opens or closes, and when all bonds are forgotten."""
        self._listener = listener

    @property
    def count(self) -> int:
        """How many computers are bonded."""
        return len(_peers(self._records))

    def open_window(self) -> None:
        """Let computers pair."""
        self.window_open = True
        self._tell()

    def close_window(self) -> None:
        """Let nobody pair who is not just finishing."""
        self.window_open = False
        self._tell()

    def used(self) -> None:
        """The peer that has proven itself encrypts: if its bond is new, it was waited for."""
        if self._pairing and self.window_open:
            self.close_window()

    def get(self, sec_type: int, index: int, key: bytes | memoryview | None) -> bytes | None:
        """The secret of this type and key, or without a key the one at *index* of its type."""
        if key is None:
            found = self._visible(sec_type)
            return found[index][2] if 0 <= index < len(found) else None
        secret = self._find(sec_type, bytes(key))
        if sec_type != OUR_IDENTITY:
            self.proven = secret is not None and sec_type == OUR_KEYS
        return secret

    def set(
        self, sec_type: int, key: bytes | memoryview, value: bytes | memoryview | None
    ) -> bool:
        """Keep a secret, or with ``None`` hide it until the link ends.

        Returns:
            Whether it was kept; with ``None`` whether there was one, because the stack deletes
            until there is none left.
        """
        name = bytes(key)
        if value is None:
            self.proven = False
            return self._hide(sec_type, name)
        kept = self._may_keep(sec_type, name) and len(value) <= _LONGEST_VALUE
        if kept:
            self._keep(sec_type, name, bytes(value))
        if sec_type != OUR_IDENTITY:
            self.proven = kept
        return kept

    def link_ended(self) -> None:
        """Bring back what was hidden and not replaced; the next peer has proven nothing."""
        self._hidden = []
        self._pairing = b""
        self.proven = False

    def forget_all(self) -> None:
        """Forget every bond and the clip's own identity."""
        self._records = []
        self.link_ended()
        self._changes += 1
        self._tell()

    def flush(self) -> bool:
        """Write to flash what has changed; return whether all is in flash now."""
        changes = self._changes
        if changes != self._flushed and self._files.save(_NAME, _VERSION, _packed(self._records)):
            self._flushed = changes
        return self._flushed == self._changes

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()

    def _visible(self, sec_type: int) -> list[tuple[int, bytes, bytes]]:
        hidden = self._hidden
        return [r for r in self._records if r[0] == sec_type and (r[0], r[1]) not in hidden]

    def _find(self, sec_type: int, key: bytes) -> bytes | None:
        for record in self._visible(sec_type):
            if record[1] == key:
                return record[2]
        return None

    def _hide(self, sec_type: int, key: bytes) -> bool:
        if self._find(sec_type, key) is None:
            return False
        self._hidden = self._hidden + [(sec_type, key)]
        return True

    def _may_keep(self, sec_type: int, key: bytes) -> bool:
        if not 0 < len(key) <= _LONGEST_KEY:
            return False
        if sec_type == OUR_IDENTITY:
            return True
        # The second half of a bond is kept also when the window has closed after the first.
        return sec_type in (OUR_KEYS, PEER_KEYS) and (self.window_open or key == self._pairing)

    def _keep(self, sec_type: int, key: bytes, value: bytes) -> None:
        # A list is never changed in place: ``flush`` may be reading it, interrupted by the stack.
        others = [r for r in self._records if (r[0], r[1]) != (sec_type, key)]
        records = others + [(sec_type, key, value)]
        peers = _peers(records)
        if len(peers) > MOST_BONDS:
            records = [r for r in records if r[1] != peers[0]]
        self._hidden = [name for name in self._hidden if name != (sec_type, key)]
        self._records = records
        self._changes += 1
        if sec_type != OUR_IDENTITY:
            self._pairing = key


def _peers(records: list[tuple[int, bytes, bytes]]) -> list[bytes]:
    """The keys of all bonds, oldest first."""
    keys: list[bytes] = []
    for sec_type, key, _ in records:
        if sec_type != OUR_IDENTITY and key not in keys:
            keys.append(key)
    return keys


def _packed(records: list[tuple[int, bytes, bytes]]) -> bytes:
    body = b""
    for sec_type, key, value in records:
        size = len(value)
        body += bytes((sec_type, len(key), size & 0xFF, size >> 8)) + key + value
    return body


def _unpacked(body: bytes) -> list[tuple[int, bytes, bytes]]:
    """The records of a file; what is cut short at its end is left out."""
    records: list[tuple[int, bytes, bytes]] = []
    at = 0
    while at + _HEADER_SIZE <= len(body):
        key_at = at + _HEADER_SIZE
        value_at = key_at + body[at + 1]
        end = value_at + body[at + 2] + (body[at + 3] << 8)
        if end <= len(body):
            records.append((body[at], body[key_at:value_at], body[value_at:end]))
        at = end
    return records
