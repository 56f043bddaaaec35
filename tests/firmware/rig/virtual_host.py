"""A host in virtual time: connects, pairs, writes, reads, and keeps what the clip notifies."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import NamedTuple, Protocol

from firmware.rig import gatt
from firmware.rig.hardware import Answer
from firmware.rig.shims import _ops as ops

from midback.shared import wire

LINK = 0
"""The connection handle: the first is 0 on a board, too, and not to be taken for none."""

_SECRET = bytes(range(80))  # sizeof(struct ble_store_value_sec)
_Answered = Callable[[int, bytes], object]


class Notification(NamedTuple):
    """What the clip notified: when, on which characteristic, what."""

    time_s: float
    uuid: str
    payload: bytes


class Advertising(NamedTuple):
    """What the clip advertises since when; ``interval_ms`` is ``None`` where it stopped."""

    time_s: float
    interval_ms: float | None
    data: bytes = b""
    response: bytes = b""


class Refused(Exception):
    """The clip's stack refused; the ATT error is the argument."""


class Air(Protocol):
    """What a host needs of its clip."""

    @property
    def now_s(self) -> float: ...

    def tell(self, op: int, payload: bytes) -> None: ...

    def settle(self) -> None: ...


class VirtualHost:
    """One host; give it another ``address`` and it is another host.

    Attributes:
        secret: the keys it gives when it pairs, and encrypts with.
        can_take: whether the clip's radio has memory for a notification now.
        on_notification: gets each notification in place of the list.
        notifications: what came, oldest first.
        advertised: every change of the clip's advertising.
        bonds: addresses under which this host has a key.
        settings: what the firmware configured.
        intruding: whether a second host is connected as well; see ``intrude``.
    """

    def __init__(self, clip: Air) -> None:
        self._clip = clip
        self.address = bytes.fromhex("c0c1c2c3c4c5")
        self.secret = _SECRET
        self.can_take: Callable[[], bool] = lambda: True
        self.notifications: list[Notification] = []
        self.on_notification: Callable[[Notification], object] = self.notifications.append
        self.advertised: list[Advertising] = []
        self.bonds: set[bytes] = set()
        self.power_off()

    def power_off(self) -> None:
        """The clip's radio is off: no link, no services."""
        self.connected = False
        self.encrypted = False
        self.intruding = False
        self.mtu = 23
        self.settings: dict[str, str | int] = {}
        self._table: dict[str, gatt.Characteristic] = {}
        self._names: dict[int, str] = {}
        self._waiting: dict[int, _Answered] = {}
        if self.advertising:
            self.advertised.append(Advertising(self._clip.now_s, None))

    @property
    def advertising(self) -> bool:
        """Whether the clip can be found and connected to now."""
        return bool(self.advertised) and self.advertised[-1].interval_ms is not None

    # What the host does

    def connect(self, mtu: int = 247, *, bonded: bool = False) -> None:
        """Connect; a bonded host encrypts with its key, and goes if the clip lost its own.

        Raises:
            Refused: the clip does not advertise, or is connected.
        """
        if self.connected or not self.advertising:
            raise Refused("nobody advertises")
        self.connected = True
        self.advertised.append(Advertising(self._clip.now_s, None))
        self._link_event(gatt.IRQ_CONNECT)
        self.mtu = max(23, min(mtu, int(self.settings.get("mtu", 256))))
        self._numbers(gatt.IRQ_MTU, LINK, self.mtu)
        if bonded:
            self._secret(gatt.IRQ_GET_SECRET, gatt.OUR_SECRET, b"", self._encrypt)

    def pair(self) -> None:
        """Pair, as an unencrypted link makes a host do; the clip may refuse to keep the bond.

        NimBLE hands over the keys, if there is to be a bond, before it tells that the link is
        encrypted (``ble_sm_process_result``).
        """
        if self.settings.get("bond"):
            for kind in (gatt.OUR_SECRET, gatt.PEER_SECRET):
                self._secret(gatt.IRQ_SET_SECRET, kind, self.secret, self._bonded)
        self._encrypt(0, self.secret)

    def disconnect(self) -> None:
        """End the link, or lose it: the clip sees no difference."""
        if self.connected:
            self.connected = self.encrypted = False
            self._waiting.clear()
            self._link_event(gatt.IRQ_DISCONNECT)

    def intrude(self) -> None:
        """Another host connects at the moment at which this one did, and does nothing else."""
        self.intruding = True
        peer = struct.pack("<BHB", gatt.IRQ_CONNECT, LINK + 1, 1) + self.address[::-1]
        self._clip.tell(ops.EV_LINK, peer)

    def write(self, uuid: str, data: bytes) -> None:
        """Write; the clip hears of it as soon as time goes on.

        Raises:
            Refused: by the characteristic's flags.
        """
        wanted = gatt.WRITE | gatt.WRITE_NO_RESPONSE
        secret = gatt.WRITE_ENCRYPTED | gatt.WRITE_AUTHENTICATED
        row = self._allowed(uuid, wanted, secret, gatt.WRITE_NOT_PERMITTED)
        self._request(ops.EV_WRITE, struct.pack("<HH", LINK, row.handle) + data, _ignore)

    def write_control(self, data: bytes) -> None:
        """Write to the control point; see ``write``."""
        self.write(wire.CONTROL_UUID, data)

    def read(self, uuid: str) -> bytes:
        """What a read gives now; not from within a timeline.

        Raises:
            Refused: by the characteristic's flags, or by the firmware.
        """
        secret = gatt.READ_ENCRYPTED | gatt.READ_AUTHENTICATED
        row = self._allowed(uuid, gatt.READ, secret, gatt.READ_NOT_PERMITTED)
        answers: list[tuple[int, bytes]] = []
        self._request(
            ops.EV_READ,
            struct.pack("<HH", LINK, row.handle),
            lambda error, data: answers.append((error, data)),
        )
        self._clip.settle()
        error, data = answers[0]
        if error:
            raise Refused(error)
        return data

    def _allowed(self, uuid: str, wanted: int, secret: int, error: int) -> gatt.Characteristic:
        if not self.connected:
            raise Refused("not connected")
        row = self._table[uuid]
        if not row.flags & wanted:
            raise Refused(error)
        if row.flags & secret and not self.encrypted:
            raise Refused(gatt.INSUFFICIENT_AUTHENTICATION)
        return row

    # What the firmware hears

    def _link_event(self, irq: int) -> None:
        peer = struct.pack("<BHB", irq, LINK, 1) + self.address
        self._clip.tell(ops.EV_LINK, peer)

    def _numbers(self, irq: int, *values: int) -> None:
        self._clip.tell(ops.EV_NUMBERS, struct.pack(f"<B{len(values)}H", irq, *values))

    def _request(self, op: int, payload: bytes, answered: _Answered) -> None:
        number = len(self._waiting)
        while number in self._waiting:
            number += 1
        self._waiting[number] = answered
        self._clip.tell(op, struct.pack("<H", number) + payload)

    def _secret(self, irq: int, kind: int, value: bytes, answered: _Answered) -> None:
        key = b"\x01" + self.address[::-1]
        head = struct.pack("<BBBB", irq, kind, 0, len(key))
        self._request(ops.EV_SECRET, head + key + value, answered)

    def _encrypt(self, error: int, secret: bytes) -> None:
        if error or secret != self.secret:
            self.disconnect()
            return
        self.encrypted = True
        bond = int(bool(self.settings.get("bond")))
        self._numbers(gatt.IRQ_ENCRYPTION, LINK, 1, 0, bond, gatt.KEY_BYTES)

    def _bonded(self, error: int, _: bytes) -> None:
        if not error:
            self.bonds.add(self.address)

    # What the firmware does

    def answers(self) -> dict[int, Answer]:
        """What to do for each op of the radio."""
        return {
            ops.BLE_ACTIVE: self._on_active,
            ops.BLE_SERVICES: self._on_services,
            ops.BLE_NOTIFY: self._on_notify,
            ops.BLE_INDICATE: self._on_indicate,
            ops.BLE_UPDATE: self._on_update,
            ops.BLE_ADVERTISE: self._on_advertise,
            ops.BLE_QUIET: self._on_quiet,
            ops.BLE_CONFIG: self._on_config,
            ops.BLE_DISCONNECT: self._on_disconnect,
            ops.BLE_PAIR: lambda _: self.pair(),
            ops.BLE_PASSKEY: lambda _: None,
            ops.BLE_ANSWER: self._on_answer,
        }

    def _on_active(self, _: bytes) -> bytes:
        # The firmware may configure before it switches on.
        settings = self.settings
        self.power_off()
        self.settings = settings
        return b""

    def _on_services(self, payload: bytes) -> bytes:
        rows = [
            row for service in gatt.decode_services(payload) for row in service.characteristics
        ]
        self._table = {gatt.name_of(row.uuid): row for row in rows}
        self._names = {row.handle: name for name, row in self._table.items()}
        return b""

    def _on_notify(self, payload: bytes) -> bytes:
        link, handle = struct.unpack_from("<HH", payload)
        if not self.connected or link != LINK:
            return bytes([gatt.ENOTCONN])
        if not self.can_take():
            return bytes([gatt.ENOMEM])
        self._take(handle, payload[4:])
        return b"\0"

    def _take(self, handle: int, payload: bytes) -> None:
        cut = payload[: self.mtu - 3]
        self.on_notification(Notification(self._clip.now_s, self._names[handle], cut))

    def _on_indicate(self, payload: bytes) -> None:
        _, handle = struct.unpack_from("<HH", payload)
        self._take(handle, payload[4:])
        self._numbers(gatt.IRQ_INDICATE_DONE, LINK, handle, 0)

    def _on_update(self, payload: bytes) -> None:
        if self.connected:
            self._take(int.from_bytes(payload[:2], "little"), payload[2:])

    def _on_advertise(self, payload: bytes) -> bytes:
        interval_us, _, length, _ = struct.unpack_from("<IBBB", payload)
        data, response = payload[7 : 7 + length], payload[7 + length :]
        change = Advertising(self._clip.now_s, interval_us / 1000, data, response)
        self.advertised.append(change)
        return b""

    def _on_quiet(self, _: bytes) -> None:
        self.advertised.append(Advertising(self._clip.now_s, None))

    def _on_disconnect(self, payload: bytes) -> None:
        (link,) = struct.unpack("<H", payload)
        if link == LINK:
            self.disconnect()
        elif self.intruding:
            self.intruding = False
            peer = struct.pack("<BHB", gatt.IRQ_DISCONNECT, link, 1) + self.address[::-1]
            self._clip.tell(ops.EV_LINK, peer)

    def _on_config(self, payload: bytes) -> None:
        name, value = json.loads(payload)
        self.settings[name] = value

    def _on_answer(self, payload: bytes) -> None:
        number, error = struct.unpack_from("<HB", payload)
        answered = self._waiting.pop(number, _ignore)
        answered(error, payload[3:])


def _ignore(error: int, data: bytes) -> None:
    """A write nobody waits for."""
