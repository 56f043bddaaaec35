"""The clip on the air: advertising, one host at a time, its services, and whom it trusts.

Everything the Bluetooth stack tells arrives in one handler, on the stack's own thread.  An
exception that left it would disable it for good (MicroPython, ``invoke_irq_handler``), so none
does; what could not be done there is done by ``tend``.

Where the port can pair (``secured``), a link is trusted once it is encrypted with the keys of a
bond: only then are commands taken and anything notified, because a notification goes out with or
without a subscription.  Status, Battery and Device Information can be read by anybody: a host
reads the status first and learns there that this clip talks to paired computers only.  A link
encrypted without a bond is ended, while the pairing window is open only when that closes.  Where
the port cannot pair, every link is trusted.

The address stays the port's default, the chip's public one, or a static one made from it: hosts
recognise the clip by it.  The port takes a new ``addr_mode`` but cannot be asked for the present.
"""

import asyncio
import errno

import bluetooth
from micropython import const

from clip_firmware.advertising import advertisement, fitting_name, scan_response
from clip_firmware.bonds import Bonds
from midback.shared import wire

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any, Callable

SENT, FULL, GONE = 0, 1, 2

_IRQ_CENTRAL_CONNECT = const(1)
_IRQ_CENTRAL_DISCONNECT = const(2)
_IRQ_GATTS_WRITE = const(3)
_IRQ_MTU_EXCHANGED = const(21)
_IRQ_ENCRYPTION_UPDATE = const(28)
_IRQ_GET_SECRET = const(29)
_IRQ_SET_SECRET = const(30)

_WRITE_ENCRYPTED = const(0x1000)
_NO_INPUT_NO_OUTPUT = const(3)

_LEAST_MTU = const(23)
_PREFERRED_MTU = const(247)
_MTU_OVERHEAD = const(3)

_COMMANDS = const(8)
_COMMAND_SIZE = const(64)
_STATUS_SIZE = const(64)

_UNTRUSTED_MS = const(30000)
_SILENT_MS = 1000 * wire.SILENCE_S
_ADVERTISE_AGAIN_MS = const(300000)

_NOT_CONNECTED = (errno.ENOTCONN, errno.ENODEV, 107)  # 107: what some ports say for ENOTCONN
_NOT_NOW = (errno.ENOMEM, errno.EAGAIN, 16)  # 16: EBUSY, which errno does not name everywhere

_FACTS = (
    ("maker", 0x2A29),
    ("model", 0x2A24),
    ("serial", 0x2A25),
    ("firmware", 0x2A26),
    ("hardware", 0x2A27),
)


class Commands:
    """A few writes to the control point, kept until somebody takes them.

    The stack's thread puts, the program takes; each moves only its own end.
    """

    def __init__(self) -> None:
        self._view = memoryview(bytearray(_COMMANDS * _COMMAND_SIZE))
        self._lengths = bytearray(_COMMANDS)
        self._links = [0] * _COMMANDS
        self._put = self._taken = 0

    def put(self, payload: bytes, link: int) -> bool:
        """Keep a command of this link; ``False`` when there is no room."""
        length = len(payload)
        if self._put - self._taken == _COMMANDS or length > _COMMAND_SIZE:
            return False
        slot = self._put % _COMMANDS
        at = slot * _COMMAND_SIZE
        self._view[at : at + length] = payload
        self._lengths[slot] = length
        self._links[slot] = link
        self._put += 1
        return True

    def take(self, link: int) -> bytes | None:
        """The oldest command of this link; those of earlier links are dropped."""
        while self._taken != self._put:
            slot = self._taken % _COMMANDS
            at = slot * _COMMAND_SIZE
            payload = bytes(self._view[at : at + self._lengths[slot]])
            current = self._links[slot] == link
            self._taken += 1
            if current:
                return payload
        return None


class Radio:
    """The clip's radio.

    Args:
        name: what the clip is called on the air; cut after 29 bytes.
        facts: for Device Information, any of maker, model, serial, firmware, hardware.
        bonds: the secrets; their window decides whether a computer may pair.

    Attributes:
        flag: set at every event.
        connected: whether a host is linked.
        trusted: whether that host may command and be notified.
        secured: whether this port can pair; known after ``start``.
        mtu: of the present link.
        links: connections so far.
        faults: handlers and calls into the stack that failed.
        dropped_commands: writes from a host not trusted, or while the queue was full.
        refused_long: payloads that would have been cut by the link's MTU, and were not sent.
    """

    def __init__(self, name: str, facts: dict[str, str], bonds: Bonds) -> None:
        # The stubs take every handle for a memoryview, and know no data to notify.
        self._ble: "Any" = bluetooth.BLE()
        self._name = name
        self._facts = facts
        self._bonds = bonds
        self._advertisement = advertisement(wire.SERVICE_UUID)
        self._response = scan_response(name)
        self._commands = Commands()
        self._handler = self._irq
        self._status = b""
        self._percent = self._told_percent = -1
        self._on = False
        self._conn: int | None = None
        self._encrypted = False
        self._stream = self._control = self._status_handle = self._log = self._battery = -1
        self._interval_ms: int | None = None
        self._advertising = False
        self._advertised_ms = 0
        self._tended = (0, False)
        self._heard = False
        self._heard_ms = 0
        self.flag = asyncio.ThreadSafeFlag()
        self.connected = self.trusted = self.secured = False
        self.mtu = _LEAST_MTU
        self.links = self.faults = self.dropped_commands = self.refused_long = 0
        bonds.listen(self._bonds_changed)

    # On and off

    def start(self) -> bool:
        """Go on the air, and advertise if that was wanted before.

        Returns:
            Whether it worked; if not, the radio is off, and may be started again.
        """
        if self._on:
            return True
        try:
            # Before it is active: while it starts, the stack asks for its identity.
            self._ble.irq(self._handler)
            self._ble.active(True)
            self._configure()
            self._serve()
        except OSError:
            self.faults += 1
            self.stop()
            return False
        self._on = True
        self._advertise()
        return True

    def stop(self) -> None:
        """Leave the air; a host, if linked, sees the link end."""
        self._on = False
        try:
            self._ble.active(False)
        except OSError:
            self.faults += 1
        self._advertising = False
        self._forget_link()
        self.flag.set()

    def _configure(self) -> None:
        self._accepts(gap_name=fitting_name(self._name))
        self._accepts(mtu=_PREFERRED_MTU)
        self.secured = self._accepts(
            bond=self._bonds.window_open, le_secure=True, mitm=False, io=_NO_INPUT_NO_OUTPUT
        )

    def _accepts(self, **settings: object) -> bool:
        # A port without a setting says ValueError or OSError.
        try:
            self._ble.config(**settings)
        except (OSError, ValueError):
            return False
        return True

    def _serve(self) -> None:
        read, notify = bluetooth.FLAG_READ, bluetooth.FLAG_NOTIFY
        write = bluetooth.FLAG_WRITE | (_WRITE_ENCRYPTED if self.secured else 0)
        clip = (
            (bluetooth.UUID(wire.STREAM_UUID), notify),
            (bluetooth.UUID(wire.CONTROL_UUID), write | notify),
            (bluetooth.UUID(wire.STATUS_UUID), read | notify),
            (bluetooth.UUID(wire.LOG_UUID), notify),
        )
        facts = [(uuid, self._facts[key]) for key, uuid in _FACTS if key in self._facts]
        handles = self._ble.gatts_register_services(
            (
                (bluetooth.UUID(wire.SERVICE_UUID), clip),
                (bluetooth.UUID(0x180F), ((bluetooth.UUID(0x2A19), read | notify),)),
                (bluetooth.UUID(0x180A), tuple([(bluetooth.UUID(u), read) for u, _ in facts])),
            )
        )
        self._stream, self._control, self._status_handle, self._log = handles[0]
        self._battery = handles[1][0]
        self._fill([text.encode() for _, text in facts], handles[2])

    def _fill(self, facts: list[bytes], handles: tuple[int, ...]) -> None:
        # Without a buffer of its own an attribute takes 20 bytes and cuts the rest silently.
        self._ble.gatts_set_buffer(self._control, _COMMAND_SIZE)
        self._ble.gatts_set_buffer(self._status_handle, _STATUS_SIZE)
        self._ble.gatts_write(self._status_handle, self._status)
        self._ble.gatts_write(self._battery, bytes((max(0, self._percent),)))
        for i in range(len(facts)):
            self._ble.gatts_set_buffer(handles[i], max(1, len(facts[i])))
            self._ble.gatts_write(handles[i], facts[i])

    # Advertising

    def advertise(self, interval_ms: int | None) -> None:
        """Advertise at this interval whenever no host is linked; ``None``: not any more."""
        self._interval_ms = interval_ms
        if interval_ms is not None:
            self._advertise()
        elif self._on:
            self._silence()

    def tend(self, now_ms: int) -> None:
        """Look after the radio, about once a second.

        Advertises again where that failed or was lost.  So that nobody holds the only link, it
        ends one that has not become trusted for half a minute, longer while the pairing window
        is open, and a trusted one on which no command came for ``wire.SILENCE_S``.
        """
        if not self._on:
            return
        if not self._ble.active():
            self.stop()
            self.start()
        self._ble.irq(self._handler)
        self._watch_link(now_ms)
        if self.connected:
            if self._advertising:  # a host came while the program began to advertise
                self._silence()
        elif not self._advertising or now_ms - self._advertised_ms > _ADVERTISE_AGAIN_MS:
            self._advertised_ms = now_ms
            self._advertise()

    def _watch_link(self, now_ms: int) -> None:
        trusted = self.trusted
        tended = (self.links, trusted)
        pairing = self._bonds.window_open and not trusted
        if self._heard or pairing or tended != self._tended:
            self._heard = False
            self._tended = tended
            self._heard_ms = now_ms
        if self.connected and now_ms - self._heard_ms > (_SILENT_MS if trusted else _UNTRUSTED_MS):
            self._heard_ms = now_ms
            self.disconnect()

    def _advertise(self) -> None:
        if self._on and not self.connected and self._interval_ms is not None:
            self._advertising = self._call(
                self._ble.gap_advertise,
                self._interval_ms * 1000,
                self._advertisement,
                resp_data=self._response,
            )

    def _silence(self) -> None:
        self._advertising = False
        self._call(self._ble.gap_advertise, None)

    # Data

    def take_command(self) -> bytes | None:
        """The oldest write to the control point not taken yet, by the host now linked."""
        return self._commands.take(self.links) if self.trusted else None

    def notify_stream(self, payload: bytes | bytearray | memoryview) -> int:
        """Notify a stream packet; ``SENT``, ``FULL`` (keep it and try again) or ``GONE``."""
        return self._notify(self._stream, payload)

    def notify_reply(self, payload: bytes | bytearray | memoryview) -> int:
        """Notify the reply to a command, as ``notify_stream``."""
        return self._notify(self._control, payload)

    def notify_status(self, payload: bytes | bytearray | memoryview) -> int:
        """Notify the status, as ``notify_stream``."""
        return self._notify(self._status_handle, payload)

    def notify_log(self, payload: bytes | bytearray | memoryview) -> int:
        """Notify a page of the log, as ``notify_stream``."""
        return self._notify(self._log, payload)

    def set_status(self, payload: bytes) -> None:
        """What a read of the status gives from now on."""
        self._status = bytes(payload)
        if self._on:
            self._call(self._ble.gatts_write, self._status_handle, self._status)

    def set_battery(self, percent: int) -> None:
        """What a read of the battery gives, 0 to 100; a trusted host is told of a change."""
        self._percent = min(100, max(0, percent))
        if not self._on:
            return
        level = bytes((self._percent,))
        self._call(self._ble.gatts_write, self._battery, level)
        if self._percent != self._told_percent and self._notify(self._battery, level) == SENT:
            self._told_percent = self._percent

    def disconnect(self) -> None:
        """End the link, if there is one."""
        if self._conn is not None:
            self._drop(self._conn)

    def _notify(self, handle: int, payload: bytes | bytearray | memoryview) -> int:
        conn = self._conn
        if conn is None or not self.trusted:
            return GONE
        if len(payload) > self.mtu - _MTU_OVERHEAD:
            self.refused_long += 1
            return GONE
        try:
            self._ble.gatts_notify(conn, handle, payload)
        except OSError as error:
            return self._unsent(conn, error)
        return SENT

    def _unsent(self, conn: int, error: OSError) -> int:
        code = error.args[0] if error.args else 0
        if code in _NOT_NOW or code < 0:  # below 0: NimBLE's own, a full queue among them
            return FULL
        self.faults += 1
        if code in _NOT_CONNECTED:
            self._ended(conn)
        return GONE

    # What the stack tells

    def _irq(self, event: int, data: "tuple[Any, ...]") -> bytes | bool | None:
        try:
            return self._handle(event, data)
        except Exception:
            self.faults += 1
            return None
        finally:
            self.flag.set()

    def _handle(self, event: int, data: "tuple[Any, ...]") -> bytes | bool | None:
        if event == _IRQ_CENTRAL_CONNECT:
            self._connected(data[0])
        elif event == _IRQ_CENTRAL_DISCONNECT:
            self._ended(data[0])
        elif event == _IRQ_GATTS_WRITE:
            self._written(data[0], data[1])
        elif event == _IRQ_MTU_EXCHANGED:
            self._mtu_exchanged(data[0], data[1])
        elif event == _IRQ_ENCRYPTION_UPDATE:
            self._encryption_changed(data[0], bool(data[1]))
        elif event == _IRQ_GET_SECRET:
            return self._bonds.get(data[0], data[1], data[2])
        elif event == _IRQ_SET_SECRET:
            return self._keep_secret(data[0], data[1], data[2])
        return None

    def _connected(self, conn: int) -> None:
        if not self._on or (self._conn is not None and conn != self._conn):
            self._drop(conn)
            return
        self._forget_link()
        self._silence()
        self._conn = conn
        self.links += 1
        self.trusted = not self.secured
        self.connected = True

    def _ended(self, conn: int) -> None:
        if conn == self._conn:
            self._forget_link()
        # A connection that failed to come up ends as well, and has stopped the advertising.
        self._advertise()

    def _forget_link(self) -> None:
        self.connected = self.trusted = self._encrypted = False
        self._conn = None
        self.mtu = _LEAST_MTU
        self._told_percent = -1
        self._bonds.link_ended()

    def _written(self, conn: int, handle: int) -> None:
        if handle != self._control:
            return
        allowed = self.trusted and conn == self._conn
        self._heard = self._heard or allowed
        if not (allowed and self._commands.put(self._ble.gatts_read(handle), self.links)):
            self.dropped_commands += 1

    def _mtu_exchanged(self, conn: int, mtu: int) -> None:
        if conn == self._conn:
            self.mtu = max(_LEAST_MTU, mtu)

    def _encryption_changed(self, conn: int, encrypted: bool) -> None:
        if conn != self._conn or not self.secured:
            return
        self._encrypted = encrypted
        self.trusted = False
        if encrypted and self._bonds.proven:
            self._trust()
        elif encrypted and not self._bonds.window_open:
            self._drop(conn)

    def _trust(self) -> None:
        self.trusted = True
        self._bonds.used()

    def _keep_secret(self, sec_type: int, key: memoryview, value: memoryview | None) -> bool:
        kept = self._bonds.set(sec_type, key, value)
        # NimBLE hands over the keys and then tells that the link is encrypted; a stack that
        # does it the other way round has told so already.
        if self._encrypted and self._bonds.proven:
            self._trust()
        return kept

    # The stack

    def _bonds_changed(self) -> None:
        """Pair with or without bonding as the window says; who has no bond then must go.

        Outside of the window the clip pairs without bonding, so that a computer does not keep
        keys for which the clip has no match: with those it could not pair later either.
        """
        if not self.secured:
            return
        window = self._bonds.window_open
        self._accepts(bond=window)
        forgotten = self.trusted and not self._bonds.count
        if forgotten:
            self.trusted = False
        if forgotten or (self._encrypted and not self.trusted and not window):
            self.disconnect()

    def _drop(self, conn: int) -> None:
        try:
            if not self._ble.gap_disconnect(conn):
                self._ended(conn)  # the stack does not have it: it ended without a word
        except OSError:
            self.faults += 1

    def _call(self, function: "Callable[..., object]", *args: object, **named: object) -> bool:
        try:
            function(*args, **named)
        except OSError:
            self.faults += 1
            return False
        return True
