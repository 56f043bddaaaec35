"""The board's ``bluetooth``, in one process, with hosts that tests move by hand.

It does what was observed of MicroPython's NimBLE: OSError(19) while inactive, 20-byte attributes
that cut silently, notifications that need no subscription and are cut by the MTU, views that are
only good inside the handler, a handler that is gone for good after one exception, and bonds that
only the firmware keeps.  Pairing asks and stores in the order of NimBLE's ``ble_sm.c``.

``BLE()`` is always the same object; ``power_cycle`` gives the next one.
"""

import asyncio
import binascii
import struct

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020
READ_ENCRYPTED = 0x0200
WRITE_ENCRYPTED = 0x1000

ENODEV, EINVAL, ENOTCONN = 19, 22, 107

CONNECT, DISCONNECT, WRITE, MTU, ENCRYPTION, GET_SECRET, SET_SECRET = 1, 2, 3, 21, 28, 29, 30
OUR_SEC, PEER_SEC, OUR_IRK = 1, 2, 10

_PATIENCE = 20  # rounds after which a loop of the stack counts as endless


class _Flag:
    """As much of ``asyncio.ThreadSafeFlag`` as a check on CPython needs."""

    def __init__(self) -> None:
        self.state = 0

    def set(self) -> None:
        self.state = 1

    def clear(self) -> None:
        self.state = 0


if not hasattr(asyncio, "ThreadSafeFlag"):
    asyncio.ThreadSafeFlag = _Flag  # pyright: ignore[reportAttributeAccessIssue]


class UUID:
    def __init__(self, value: int | str) -> None:
        if isinstance(value, int):
            self.octets = struct.pack("<H", value)
        else:
            self.octets = bytes(reversed(binascii.unhexlify(value.replace("-", ""))))
        if len(self.octets) not in (2, 16):
            raise ValueError("invalid UUID")

    def __iter__(self):
        return iter(self.octets)  # makes bytes(uuid) work, as on the board


class Entry:
    """An attribute: its value, and how much of one it takes."""

    def __init__(self, uuid: bytes, flags: int) -> None:
        self.uuid = uuid
        self.flags = flags
        self.value = b""
        self.most = 20


class Host:
    """A computer: its address, and the key of its bond with the clip if it has one."""

    def __init__(self, number: int) -> None:
        self.address = bytes((0, number, 2, 3, 4, 5, 6))  # as in a secret's key: type, low first
        self.key = b""


class BLE:
    """The radio.

    Tests set ``faults`` (call -> errors to raise at the next calls, ``None``: this one works),
    ``pairing`` and ``mtu_setting`` (whether the port has them), and ``tells_first`` (told of the
    encryption, the firmware gets the keys only then: not NimBLE); they read the rest.
    """

    _one = None

    def __new__(cls):
        if cls._one is None:
            cls._one = object.__new__(cls)
            cls._one.reset()
        return cls._one

    def reset(self) -> None:
        self.on = False
        self.handler = None
        self.handler_lost = False
        self.pairing = self.mtu_setting = True
        self.tells_first = False
        self.faults = {}
        self.settings = {}
        self.entries = {}
        self.links = {}  # handle -> Host
        self.encrypted = []
        self.mtus = {}
        self.advertising_us = None
        self.advertised = self.responded = b""
        self.sent = []
        self.events = []

    # What the firmware calls

    def active(self, on: bool | None = None) -> bool:
        if on is not None:
            self._fail("active")
            self.on = bool(on)
            self.entries = {}
            self.links = {}
            self.encrypted = []
            self.advertising_us = None
            if on and self.pairing:
                self._load_identity()
        return self.on

    def config(self, *names, **settings):
        self._need("config")
        if names:
            if names[0] not in ("mac", "mtu", "gap_name"):
                raise ValueError("unknown config param")
            return self.settings.get(names[0])
        for name in settings:
            if name in ("bond", "mitm", "le_secure", "io") and not self.pairing:
                raise ValueError("unknown config param")
            if name == "mtu" and not self.mtu_setting:
                raise OSError(95)
            self.settings[name] = settings[name]
        return None

    def irq(self, handler) -> None:
        self.handler = handler

    def gap_advertise(
        self, interval_us, adv_data=None, *, resp_data=None, connectable: bool = True
    ) -> None:
        self._need("gap_advertise")
        self.advertising_us = None
        if interval_us is None:
            return
        if len(adv_data or b"") > 31 or len(resp_data or b"") > 31 or not connectable:
            raise OSError(-18)
        self.advertising_us = interval_us
        self.advertised = self.advertised if adv_data is None else bytes(adv_data)
        self.responded = self.responded if resp_data is None else bytes(resp_data)

    def gap_disconnect(self, conn: int) -> bool:
        self._need("gap_disconnect")
        if conn not in self.links:
            return False
        self.events.append((DISCONNECT, conn))
        return True

    def gatts_register_services(self, services):
        self._need("gatts_register_services")
        handles = []
        at = 15
        for _, characteristics in services:
            at += 1
            values = []
            for uuid, flags in characteristics:
                at += 2
                values.append(at)
                self.entries[at] = Entry(bytes(uuid), flags)
                if flags & (FLAG_NOTIFY | FLAG_INDICATE):
                    at += 1
            handles.append(tuple(values))
        return tuple(handles)

    def gatts_set_buffer(self, handle: int, size: int, append: bool = False) -> None:
        entry = self._entry("gatts_set_buffer", handle)
        assert not append
        entry.most = size
        entry.value = b""

    def gatts_read(self, handle: int) -> bytes:
        self._need("gatts_read")
        return self.entries[handle].value if handle in self.entries else b""

    def gatts_write(self, handle: int, data, send_update: bool = False) -> int:
        entry = self._entry("gatts_write", handle)
        assert not send_update
        entry.value = bytes(data)
        entry.most = max(entry.most, len(entry.value))
        return len(entry.value)

    def gatts_notify(self, conn: int, handle: int, data) -> None:
        entry = self._entry("gatts_notify", handle)
        if conn not in self.links:
            raise OSError(ENOTCONN)
        self.sent.append((conn, entry.uuid, bytes(data)[: self.mtus[conn] - 3]))

    # What hosts do

    def connects(self, host: Host, conn: int = 0) -> None:
        self.links[conn] = host
        self.mtus[conn] = 23
        self.advertising_us = None
        self._tell(CONNECT, (conn, host.address[0], bytes(reversed(host.address[1:]))))

    def leaves(self, conn: int = 0) -> None:
        host = self.links.pop(conn)
        self.encrypted = [other for other in self.encrypted if other != conn]
        self._tell(DISCONNECT, (conn, host.address[0], bytes(reversed(host.address[1:]))))

    def settle(self) -> None:
        """Let the links end that the firmware has ended."""
        while self.events:
            _, conn = self.events.pop(0)
            if conn in self.links:
                self.leaves(conn)

    def exchanges_mtu(self, mtu: int, conn: int = 0) -> None:
        self.mtus[conn] = min(mtu, self.settings.get("mtu", 256))
        self._tell(MTU, (conn, self.mtus[conn]))

    def handle_of(self, uuid: int | str) -> int:
        wanted = UUID(uuid).octets
        return next(handle for handle in self.entries if self.entries[handle].uuid == wanted)

    def reads(self, uuid: int | str, conn: int = 0) -> bytes | None:
        entry = self.entries[self.handle_of(uuid)]
        return entry.value if self._permitted(conn, entry.flags, READ_ENCRYPTED) else None

    def writes(self, uuid: int | str, payload: bytes, conn: int = 0) -> bool:
        """Write; ``False``: the stack wants an encrypted link first."""
        handle = self.handle_of(uuid)
        entry = self.entries[handle]
        if not self._permitted(conn, entry.flags, WRITE_ENCRYPTED):
            return False
        entry.value = payload[: entry.most]
        self._tell(WRITE, (conn, handle))
        return True

    def encrypts(self, conn: int = 0) -> bool:
        """The host encrypts with its bond; ``False``: the clip has no such key."""
        host = self.links[conn]
        secret = self._read_secret(OUR_SEC, 0, host.address)
        if secret is None or not host.key or secret[8:24] != host.key:
            return False
        self._encrypted(conn, True)
        return True

    def pairs(self, conn: int = 0, key: bytes = bytes(range(16))) -> None:
        """The host asks to pair, and to bond."""
        host = self.links[conn]
        self._forget_peer(host.address)
        bonding = bool(self.settings.get("bond"))
        if self.tells_first:
            self._encrypted(conn, bonding)
        if bonding:
            host.key = key
            self._store(OUR_SEC, host.address, b"%s\x10%s" % (host.address, key))
            self._store(PEER_SEC, host.address, b"%s\x10%s" % (host.address, key))
        if not self.tells_first:
            self._encrypted(conn, bonding)

    # The stack itself

    def _encrypted(self, conn: int, bonded: bool) -> None:
        self.encrypted.append(conn)
        self._tell(ENCRYPTION, (conn, 1, 0, int(bonded), 16))

    def _permitted(self, conn: int, flags: int, wanted: int) -> bool:
        if not flags & wanted or conn in self.encrypted:
            return True
        self._read_secret(PEER_SEC, 0, self.links[conn].address)
        return False

    def _forget_peer(self, address: bytes) -> None:
        """Repeated pairing: the old bond is deleted until it is no longer found."""
        rounds = 0
        while self._read_secret(PEER_SEC, 0, address) is not None:
            self._delete_all(OUR_SEC, address)
            self._delete_all(PEER_SEC, address)
            rounds += 1
            assert rounds < _PATIENCE, "the stack asks for ever for a bond it has deleted"

    def _delete_all(self, kind: int, address: bytes) -> None:
        rounds = 0
        while self._tell(SET_SECRET, (kind, address, None)):
            rounds += 1
            assert rounds < _PATIENCE, "the stack deletes for ever"

    def _store(self, kind: int, address: bytes, value: bytes) -> None:
        """A store that refuses is taken for full: the oldest bonds are deleted until it takes."""
        for _ in range(_PATIENCE):
            if self._tell(SET_SECRET, (kind, address, value)):
                return
            oldest = self._read_secret(PEER_SEC, 0, None)
            if oldest is None:
                return
            self._delete_all(OUR_SEC, oldest[:7])
            self._delete_all(PEER_SEC, oldest[:7])
        raise AssertionError("the stack makes room for ever")

    def _load_identity(self) -> None:
        if self._read_secret(OUR_IRK, 0, b"irk") is None:
            self._tell(SET_SECRET, (OUR_IRK, b"irk", bytes(range(100, 116))))

    def _read_secret(self, kind: int, index: int, key: bytes | None) -> bytes | None:
        secret = self._tell(GET_SECRET, (kind, index, key))
        return None if secret is None else bytes(secret)

    def _tell(self, event: int, data):
        """Call the handler; bytes go as views that are spoiled afterwards."""
        if self.handler is None:
            return None
        copies = [bytearray(item) if isinstance(item, bytes) else None for item in data]
        told = [
            data[i] if (copy := copies[i]) is None else memoryview(copy) for i in range(len(data))
        ]
        try:
            return self.handler(event, tuple(told))
        except Exception:
            self.handler = None
            self.handler_lost = True
            return None
        finally:
            for copy in copies:
                for i in range(len(copy or b"")):
                    copy[i] = 0xEE  # pyright: ignore[reportOptionalSubscript]

    def _entry(self, call: str, handle: int) -> Entry:
        self._need(call)
        if handle not in self.entries:
            raise OSError(EINVAL)
        return self.entries[handle]

    def _need(self, call: str) -> None:
        if not self.on:
            raise OSError(ENODEV)
        self._fail(call)

    def _fail(self, call: str) -> None:
        if self.faults.get(call):
            error = self.faults[call].pop(0)
            if error is not None:
                raise error


def power_cycle() -> BLE:
    """A radio as it is after power-on."""
    ble = BLE()
    ble.reset()
    return ble
