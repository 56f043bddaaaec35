# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: RET503  # as in MicroPython's own Python
"""The board's ``bluetooth`` in the peripheral role; the radio is on the host side.

Behaves as a real NimBLE stack was seen to, and as extmod/modbluetooth.c says where nobody looked.
Limits: no central role, no L2CAP; bytes(UUID) works, other buffer uses of a UUID do not.
"""

import binascii
import json
import sys
from struct import pack, unpack, unpack_from

import _link
import _ops
from _gatts import Database

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020

_IRQ_CENTRAL_CONNECT = 1
_IRQ_GATTS_WRITE = 3
_IRQ_GATTS_READ_REQUEST = 4
_IRQ_GET_SECRET = 29
_IRQ_SET_SECRET = 30
_IRQ_PASSKEY_ACTION = 31

_OUR_IRK = 10  # SECRET_TYPE_OUR_IRK
_NOT_FOUND = 10  # ATT: attribute not found
_E2BIG, _EBUSY, _ENODEV, _EINVAL, _ENOTCONN = 7, 16, 19, 22, 107
_BLE_HS_EMSGSIZE = 18
_MAX_SERVICES = 8
_ADVERTISED_BYTES = 31
_PREFERRED_MTU = 256
_POISON = 0xEE


class UUID:
    """16 or 128 bits; equal ones hash alike."""

    def __init__(self, value):
        if isinstance(value, int):
            if not 0 <= value <= 0xFFFF:
                raise ValueError("invalid UUID")
            value = pack("<H", value)
        elif isinstance(value, str):
            value = self._from_text(value)
        self._bytes = bytes(value)
        if len(self._bytes) not in (2, 4, 16):
            raise ValueError("UUID too short")

    @staticmethod
    def _from_text(text):
        digits = text.replace("-", "")
        if len(digits) != 32:
            raise ValueError("UUID too long" if len(digits) > 32 else "UUID too short")
        return bytes(reversed(binascii.unhexlify(digits)))

    def __iter__(self):  # what makes bytes(uuid) work: a class of Python has no buffer
        return iter(self._bytes)

    def __eq__(self, other):
        return isinstance(other, UUID) and self._bytes == other._bytes

    def __hash__(self):
        return hash(self._bytes)

    def __repr__(self):
        digits = bytes(reversed(self._bytes)).hex()
        if len(digits) < 32:
            return f"UUID(0x{digits})"
        cuts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return "UUID('" + "-".join(cuts) + "')"


class BLE:
    """The radio; every ``BLE()`` is the same one."""

    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = object.__new__(cls)
            cls._only._begin()
        return cls._only

    def _begin(self):
        self._active = False
        self._advertising = False
        self._handler = None
        self._values = Database()
        self._links = {}
        self._address = bytearray(6)
        self._data = b"", b""
        self._settings = {"gap_name": b"nimble", "mtu": _PREFERRED_MTU}
        _link.on(_ops.EV_LINK, self._on_link)
        _link.on(_ops.EV_NUMBERS, self._on_numbers)
        _link.on(_ops.EV_WRITE, self._on_write)
        _link.on(_ops.EV_READ, self._on_read)
        _link.on(_ops.EV_SECRET, self._on_secret)
        _link.on(_ops.EV_PASSKEY, self._on_passkey)

    # General

    def active(self, active=None):
        if active is not None:
            if self._active:
                self._stop()
            if active:
                self._start()
        return self._active

    def _start(self):
        self._active = True
        self._settings["mtu"] = _PREFERRED_MTU
        self._load_irk()
        _link.call(_ops.BLE_ACTIVE, b"\x01")

    def _stop(self):
        # No event tells of the links that end here: the stack is no longer active.
        self._active = self._advertising = False
        self._links = {}
        self._values = Database()
        _link.call(_ops.BLE_ACTIVE, b"\x00")

    def _load_irk(self):
        if self._fire(_IRQ_GET_SECRET, (_OUR_IRK, 0, memoryview(b"irk"))) is None:
            self._fire(_IRQ_SET_SECRET, (_OUR_IRK, memoryview(b"irk"), memoryview(bytes(16))))

    def _need_active(self):
        if not self._active:
            raise OSError(_ENODEV)

    def config(self, *names, **settings):
        if names and settings:
            raise TypeError("can't specify pos and kw args")
        if not settings:
            return self._setting(*names)
        for name, value in settings.items():
            self._set(name, value)

    def _setting(self, name):
        if name == "mac":
            self._need_active()
            return 0, b"\x34\x85\x18\x00\x5e\x03"
        if name not in self._settings:
            raise ValueError("unknown config param")
        if name == "mtu":
            self._need_active()
        return self._settings[name]

    def _set(self, name, value):
        if name not in ("gap_name", "mtu", "addr_mode", "bond", "mitm", "io", "le_secure"):
            raise ValueError("unknown config param")
        if name in ("mtu", "addr_mode"):
            self._need_active()
        if name == "mtu" and not 23 <= value <= 527:
            raise OSError(_EINVAL)
        if name == "gap_name":
            value = value if isinstance(value, str) else bytes(value).decode()
        if name in self._settings:
            self._settings[name] = value.encode() if name == "gap_name" else value
        _link.send(_ops.BLE_CONFIG, json.dumps([name, value]).encode())

    def irq(self, handler):
        if handler is not None and not callable(handler):
            raise ValueError("invalid handler")
        self._handler = handler

    # Links

    def gap_advertise(
        self, interval_us=500000, adv_data=None, *, resp_data=None, connectable=True
    ):
        if interval_us is None:
            if self._active and self._advertising:
                self._advertising = False
                _link.send(_ops.BLE_QUIET)
            return
        self._need_active()
        data, response = self._data
        data = data if adv_data is None else bytes(adv_data)
        response = response if resp_data is None else bytes(resp_data)
        if max(len(data), len(response)) > _ADVERTISED_BYTES:
            raise OSError(-_BLE_HS_EMSGSIZE)
        self._data = data, response
        self._advertising = True
        head = pack("<IBBB", interval_us, bool(connectable), len(data), len(response))
        _link.call(_ops.BLE_ADVERTISE, head + data + response)

    def gap_disconnect(self, conn_handle):
        self._need_active()
        if conn_handle not in self._links:
            return False
        _link.send(_ops.BLE_DISCONNECT, pack("<H", conn_handle))
        return True

    def gap_pair(self, conn_handle):
        self._need_link(conn_handle)
        _link.send(_ops.BLE_PAIR, pack("<H", conn_handle))

    def gap_passkey(self, conn_handle, action, passkey):
        self._need_link(conn_handle)
        _link.send(_ops.BLE_PASSKEY, pack("<HBI", conn_handle, action, int(passkey or 0)))

    def _need_link(self, conn_handle):
        self._need_active()
        if conn_handle not in self._links:
            raise OSError(_ENOTCONN)

    # Attributes

    def gatts_register_services(self, services):
        self._need_active()
        if self._advertising or self._links:
            raise OSError(_EBUSY)
        if len(services) > _MAX_SERVICES:
            raise OSError(_E2BIG)
        handles, table = self._values.register(services)
        _link.call(_ops.BLE_SERVICES, json.dumps(table).encode())
        return handles

    def gatts_read(self, value_handle):
        return self._values.read(value_handle) if self._active else b""

    def gatts_write(self, value_handle, data, send_update=False):
        self._need_active()
        length = self._values.write(value_handle, data)
        if send_update:
            _link.send(_ops.BLE_UPDATE, pack("<H", value_handle) + bytes(data))
        return length

    def gatts_notify(self, conn_handle, value_handle, data=None):
        """Goes out whether or not the host subscribed; what exceeds the MTU is cut."""
        self._send(_ops.BLE_NOTIFY, conn_handle, value_handle, data)

    def gatts_indicate(self, conn_handle, value_handle, data=None):
        self._send(_ops.BLE_INDICATE, conn_handle, value_handle, data)

    def _send(self, op, conn_handle, value_handle, data):
        self._need_link(conn_handle)
        if value_handle not in self._values:
            raise OSError(_EINVAL)
        data = self._values.peek(value_handle) if data is None else bytes(data)
        message = pack("<HH", conn_handle, value_handle) + data
        if op == _ops.BLE_INDICATE:
            _link.send(op, message)
            return
        reply = _link.call(op, message)
        if reply[0]:
            raise OSError(reply[0])

    def gatts_set_buffer(self, value_handle, len, append=False):  # noqa: A002
        self._need_active()
        self._values.resize(value_handle, len, append)

    # Events

    def _fire(self, event, data):
        """Call the handler; one that raises is told so on the console and never called again."""
        if self._handler is None:
            return None
        try:
            return self._handler(event, data)
        except BaseException as error:
            print("Unhandled exception in IRQ callback handler", file=sys.stderr)
            sys.print_exception(error, sys.stderr)
            self._handler = None

    def _on_link(self, payload):
        event, link, kind = unpack("<BHB", payload[:4])
        if not self._active:
            return
        if event == _IRQ_CENTRAL_CONNECT:
            self._links[link] = True
            self._advertising = False
        else:
            self._links.pop(link, None)
        self._address[:] = payload[4:10]
        self._fire(event, (link, kind, memoryview(self._address)))
        # The stack's buffer is valid in the handler only.
        self._address[:] = bytes([_POISON]) * 6

    def _on_numbers(self, payload):
        if self._active:
            self._fire(payload[0], unpack_from(f"<{len(payload) // 2}H", payload, 1))

    def _on_passkey(self, payload):
        if self._active:
            self._fire(_IRQ_PASSKEY_ACTION, unpack("<HBI", payload))

    def _on_write(self, payload):
        request, link, handle = unpack_from("<HHH", payload)
        if handle not in self._values:
            self._answer(request, _NOT_FOUND)
            return
        self._values.take(handle, payload[6:])
        self._fire(_IRQ_GATTS_WRITE, (link, handle))
        self._answer(request, 0)  # the host's write ends after the handler

    def _on_read(self, payload):
        request, link, handle = unpack("<HHH", payload)
        if handle not in self._values:
            self._answer(request, _NOT_FOUND)
            return
        refused = self._fire(_IRQ_GATTS_READ_REQUEST, (link, handle))
        self._answer(request, int(refused or 0), self._values.peek(handle))

    def _on_secret(self, payload):
        request, event, kind, index, length = unpack_from("<HBBBB", payload)
        key = bytearray(payload[6 : 6 + length])
        value = bytearray(payload[6 + length :])
        known = memoryview(key) if key else None
        if event == _IRQ_GET_SECRET:
            answer = self._fire(event, (kind, index, known))
        else:
            answer = self._fire(event, (kind, known, memoryview(value) if value else None))
        key[:] = bytes([_POISON]) * len(key)
        value[:] = bytes([_POISON]) * len(value)
        self._answer_secret(request, event, answer)

    def _answer_secret(self, request, event, answer):
        if not answer:
            self._answer(request, _ops.NO_VALUE)
        else:
            self._answer(request, 0, bytes(answer) if event == _IRQ_GET_SECRET else b"")

    def _answer(self, request, error, data=b""):
        _link.send(_ops.BLE_ANSWER, pack("<HB", request, error) + data)
