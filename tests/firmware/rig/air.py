"""A virtual radio: bumble controllers in one room, with range, delays and scan responses.

Bluetooth's link layer resends until it succeeds, so loss shows as delay, and as the end of a link
once nothing came for the supervision time.  bumble's own link has neither, and answers a scan with
the advertisement's data at a fixed signal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from bumble import controller, core, hci, ll
from bumble.device import Device, DeviceConfiguration
from bumble.host import Host
from bumble.keys import KeyStore, MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink

_ACL_BYTES = 251  # with the default 27, a stream packet takes ten times as long
_LEGACY_PDU = 0x10
_NO_TX_POWER = 127
_NO_SET = 0xFF


class _Held(NamedTuple):
    due_s: float
    sender: controller.Controller
    receiver: hci.Address
    transport: core.PhysicalTransport
    data: bytes


class Air(LocalLink):
    """The room.

    Attributes:
        rssi_dbm: with what signal advertisements are heard.
        delay_s: how much later the next packet of a link arrives, for retransmissions.
        supervision_s: how long a link lives out of range.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rssi_dbm = -50
        self.delay_s: Callable[[], float] = lambda: 0.0
        self.supervision_s = 0.5
        self._in_range = True
        self._held: list[_Held] = []
        self._timer: asyncio.TimerHandle | None = None
        self._supervision: asyncio.TimerHandle | None = None

    def go_out_of_range(self) -> None:
        """Nothing is heard any more, and the links end after a while."""
        self._in_range = False
        loop = asyncio.get_running_loop()
        self._supervision = loop.call_later(self.supervision_s, self._end_links)

    def come_back(self) -> None:
        """Everything is heard again; links that still live go on."""
        self._in_range = True
        self._cancel(self._supervision)
        self._arm()

    def close(self) -> None:
        """Stop every timer and every advertisement."""
        self._cancel(self._timer)
        self._cancel(self._supervision)
        for one in list(self.controllers):
            self.remove(one, hci.HCI_CONNECTION_TIMEOUT_ERROR)

    def remove(self, gone: controller.Controller, reason: int) -> None:
        """A radio goes off: its peers' links end with *reason*, at once."""
        gone.le_legacy_advertiser.stop()
        for advertiser in gone.advertising_sets.values():
            advertiser.stop()
        for connection in list(gone.le_connections.values()):
            peer = self.find_le_controller(connection.peer_address)
            theirs = peer.le_connections.get(connection.self_address) if peer else None
            if peer is not None and theirs is not None:
                peer.on_le_disconnected(theirs, reason)
        self.controllers.discard(gone)

    def send_acl_data(
        self,
        sender_controller: controller.Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        due_s = asyncio.get_running_loop().time() + self.delay_s()
        if self._held:
            due_s = max(due_s, self._held[-1].due_s)  # in order
        self._held.append(_Held(due_s, sender_controller, destination_address, transport, data))
        self._flush()

    def send_advertising_pdu(
        self, sender_controller: controller.Controller, packet: ll.AdvertisingPdu
    ) -> None:
        if self._in_range:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        if self._in_range and self.find_le_controller(receiver_address) is not None:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def _flush(self) -> None:
        now_s = asyncio.get_running_loop().time()
        while self._held and self._held[0].due_s <= now_s and self._in_range:
            super().send_acl_data(*self._held.pop(0)[1:])
        self._arm()

    def _arm(self) -> None:
        self._cancel(self._timer)
        if self._held and self._in_range:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._held[0].due_s, self._flush)

    def _end_links(self) -> None:
        self._held.clear()
        for one in self.controllers:
            for connection in list(one.le_connections.values()):
                one.on_le_disconnected(connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)

    @staticmethod
    def _cancel(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class AirController(controller.Controller):
    """A controller that reports scan responses of their own, and the air's signal."""

    le_acl_data_packet_length = _ACL_BYTES
    acl_data_packet_length = _ACL_BYTES

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        if self.le_scan_enable:
            connectable = _Report.EventType.CONNECTABLE_ADVERTISING
            kind = connectable | _Report.EventType.SCANNABLE_ADVERTISING | _LEGACY_PDU
            self._report(pdu.advertiser_address, kind, pdu.data)
            if response := self._response_of(pdu.advertiser_address):
                kind |= _Report.EventType.SCAN_RESPONSE
                self._report(pdu.advertiser_address, kind, response)
        wanted = self.pending_le_connection
        if wanted is not None and wanted.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _response_of(self, advertiser: hci.Address) -> bytes:
        assert self.link is not None
        for one in self.link.controllers:
            legacy = one.le_legacy_advertiser
            if legacy.enabled and legacy.address == advertiser:
                return bytes(legacy.scan_response_data)
            for advertising in one.advertising_sets.values():
                if advertising.enabled and advertising.address == advertiser:
                    return bytes(advertising.scan_response_data)
        return b""

    def _report(self, advertiser: hci.Address, kind: int, data: bytes) -> None:
        assert isinstance(self.link, Air)
        report = _Report.Report(
            event_type=kind,
            address_type=advertiser.address_type,
            address=advertiser,
            primary_phy=1,
            secondary_phy=0,
            advertising_sid=_NO_SET,
            tx_power=_NO_TX_POWER,
            rssi=self.link.rssi_dbm,
            periodic_advertising_interval=0,
            direct_address_type=0,
            direct_address=hci.Address.ANY,
            data=data,
        )
        self.send_hci_packet(_Report([report]))


_Report = hci.HCI_LE_Extended_Advertising_Report_Event


def make_device(air: Air, name: str, address: str) -> Device:
    """A computer's radio in the room; it bonds by Just Works."""
    return host_on(AirController(name, link=air, public_address=address), MemoryKeyStore())


def host_on(
    radio: AirController, keys: KeyStore, pairing: Callable[[], PairingConfig] | None = None
) -> Device:
    """A host stack on this controller; pairs as *pairing* says at that moment."""
    address = hci.Address(str(radio.public_address).split("/")[0])
    configuration = DeviceConfiguration(name=radio.name, address=address)
    device = Device(config=configuration, host=Host(radio, AsyncPipeSink(radio)))
    device.keystore = keys
    configure = just_works if pairing is None else pairing
    device.pairing_config_factory = lambda _: configure()
    return device


def just_works(*, sc: bool = True, mitm: bool = False, bonding: bool = True) -> PairingConfig:
    """Pairing without display and keyboard."""
    return PairingConfig(
        sc=sc,
        mitm=mitm,
        bonding=bonding,
        delegate=PairingDelegate(PairingDelegate.NO_OUTPUT_NO_INPUT),
        # Otherwise bumble keeps the bond under another name than it looks for.
        identity_address_type=PairingConfig.AddressType.RANDOM,
    )
