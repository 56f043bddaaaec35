"""The radio with a stack in the same process; runs on CPython and on MicroPython.

Who is who: Ann's computer is bonded with the clip where a check says so, Ben's never is.
"""

import bluetooth
from bluetooth import BLE, Host

from clip_firmware.advertising import advertisement, fitting_name, scan_response
from clip_firmware.bonds import MOST_BONDS, Bonds
from clip_firmware.radio import FULL, GONE, SENT, Radio
from midback.shared import wire

FACTS = {"maker": "Midback", "model": "A clip with a name of more than 20", "serial": "A1"}
BATTERY, FIRMWARE, MODEL, SERIAL = 0x2A19, 0x2A26, 0x2A24, 0x2A25


class Drawer:
    """Keeps nothing."""

    def load(self, name: str, version: int) -> bytes | None:  # noqa: ARG002
        return None

    def save(self, name: str, version: int, body: bytes) -> bool:  # noqa: ARG002
        return True


class Scene:
    """A clip on the air, its stack, and two computers."""

    def __init__(self, pairing: bool = True) -> None:
        self.ble = bluetooth.power_cycle()
        self.ble.pairing = pairing
        self.bonds = Bonds(Drawer())
        self.radio = Radio("Midback", FACTS, self.bonds)
        self.ann, self.ben = Host(1), Host(2)

    def on_air(self) -> "Scene":
        assert self.radio.start()
        self.radio.advertise(250)
        return self

    def bonded(self) -> "Scene":
        """Ann has paired in the window, and left."""
        self.on_air()
        self.bonds.open_window()
        self.ble.connects(self.ann)
        self.ble.pairs()
        self.ble.leaves()
        self.bonds.close_window()
        return self

    def with_ann(self) -> "Scene":
        """Ann is back, encrypted with her bond."""
        self.bonded()
        self.ble.connects(self.ann)
        self.ble.exchanges_mtu(517)
        assert self.ble.encrypts()
        return self

    def state(self) -> tuple[bool, bool]:
        return self.radio.connected, self.radio.trusted


def open_scene() -> Scene:
    """A port without pairing, and a host on it."""
    scene = Scene(pairing=False).on_air()
    scene.ble.connects(scene.ben)
    scene.ble.exchanges_mtu(247)
    return scene


# Advertising


def check_the_service_is_advertised_and_the_name_given_on_request():
    ble = Scene().on_air().ble
    uuid = bytes(bluetooth.UUID(wire.SERVICE_UUID))
    assert ble.advertised == b"\x02\x01\x06\x11\x07" + uuid
    assert ble.responded == b"\x08\x09Midback"
    assert ble.advertising_us == 250000


def check_a_long_name_is_shortened_and_says_so():
    assert scan_response("x" * 29) == b"\x1e\x09" + b"x" * 29
    assert scan_response("x" * 30) == b"\x1e\x08" + b"x" * 29
    assert fitting_name("x" * 28 + "\u00e9") == b"x" * 28
    assert len(advertisement(wire.SERVICE_UUID)) == 21


def check_nothing_is_advertised_before_it_is_wanted_nor_after():
    scene = Scene()
    scene.radio.start()
    assert scene.ble.advertising_us is None
    scene.radio.advertise(250)
    scene.radio.advertise(None)
    scene.radio.tend(1000)
    assert scene.ble.advertising_us is None


def check_the_pace_can_change():
    scene = Scene().on_air()
    scene.radio.advertise(1500)
    assert scene.ble.advertising_us == 1500000


def check_while_a_host_is_linked_nothing_is_advertised():
    scene = Scene().on_air()
    scene.ble.connects(scene.ann)
    scene.radio.advertise(1500)
    assert scene.ble.advertising_us is None
    scene.ble.leaves()
    assert scene.ble.advertising_us == 1500000


def check_a_host_that_comes_and_goes_at_once_leaves_the_clip_advertising():
    scene = Scene().on_air()
    for _ in range(20):
        scene.ble.connects(scene.ann)
        scene.ble.leaves()
    assert scene.ble.advertising_us == 250000
    assert (scene.state(), scene.radio.links) == ((False, False), 20)


def check_a_link_that_failed_to_come_up_does_not_end_the_advertising():
    scene = Scene().on_air()
    scene.ble.advertising_us = None
    scene.radio._irq(bluetooth.DISCONNECT, (0xFFFF, 0xFF, memoryview(bytes(6))))
    assert scene.ble.advertising_us == 250000


def check_advertising_that_failed_is_tried_again():
    scene = Scene().on_air()
    scene.ble.connects(scene.ann)
    scene.ble.faults["gap_advertise"] = [OSError(16), OSError(16)]
    scene.ble.leaves()
    scene.radio.tend(1000)
    assert scene.ble.advertising_us is None
    scene.radio.tend(2000)
    assert scene.ble.advertising_us == 250000


def check_advertising_lost_without_a_word_is_back_in_minutes():
    scene = Scene().on_air()
    scene.radio.tend(1000)
    scene.ble.advertising_us = None
    for second in range(2, 400):
        scene.radio.tend(1000 * second)
    assert scene.ble.advertising_us == 250000


def check_advertising_begun_while_a_host_came_is_ended():
    scene = Scene().on_air()
    ble = scene.ble
    scene.radio.advertise(None)
    begin = ble.gap_advertise

    def slow(interval_us, *payloads, **more):
        if interval_us is not None:
            ble.connects(scene.ann)
        begin(interval_us, *payloads, **more)

    ble.gap_advertise = slow
    scene.radio.advertise(250)
    ble.gap_advertise = begin
    scene.radio.tend(1000)
    assert ble.advertising_us is None
    assert scene.radio.connected


# On and off


def check_before_it_starts_the_radio_is_quiet_and_takes_everything():
    radio = Scene().radio
    radio.advertise(250)
    radio.advertise(None)
    radio.set_status(b"status")
    radio.set_battery(50)
    radio.disconnect()
    radio.tend(0)
    radio.stop()
    assert radio.take_command() is None
    assert radio.notify_stream(b"packet") == GONE


def check_a_radio_that_does_not_come_up_can_be_started_again():
    scene = Scene()
    scene.radio.advertise(250)
    scene.ble.faults["active"] = [OSError(110)]
    assert not scene.radio.start()
    assert not scene.ble.on
    assert scene.radio.start()
    assert scene.ble.advertising_us == 250000


def check_a_radio_that_comes_up_half_is_off():
    scene = Scene()
    scene.ble.faults["gatts_register_services"] = [OSError(12)]
    assert not scene.radio.start()
    assert not scene.ble.on
    assert scene.on_air().ble.advertising_us == 250000


def check_starting_what_is_on_changes_nothing():
    scene = Scene().on_air()
    scene.ble.connects(scene.ann)
    assert scene.radio.start()
    assert scene.state() == (True, False)
    assert sorted(scene.ble.links) == [0]


def check_off_and_on_again_it_serves_and_advertises_as_before():
    scene = Scene()
    scene.radio.set_status(b"status")
    scene.on_air()
    for _ in range(3):
        scene.radio.stop()
        assert not scene.ble.on
        assert scene.radio.start()
    assert scene.ble.advertising_us == 250000
    scene.ble.connects(scene.ann)
    assert scene.ble.reads(wire.STATUS_UUID) == b"status"


def check_going_off_ends_the_link():
    scene = Scene().with_ann()
    scene.radio.stop()
    assert scene.state() == (False, False)
    assert scene.radio.notify_stream(b"packet") == GONE


def check_a_link_that_ends_while_the_radio_goes_off_does_not_advertise():
    scene = Scene().with_ann()
    asked = []
    switch = scene.ble.active

    def off(on=None):
        if on is False:
            scene.ble.leaves()
            asked.append(scene.ble.advertising_us)
        return switch(on)

    scene.ble.active = off
    scene.radio.stop()
    scene.ble.active = switch
    assert asked == [None]


def check_a_host_that_comes_late_does_not_count():
    scene = Scene().on_air()
    scene.radio.stop()
    scene.radio._irq(bluetooth.CONNECT, (0, 0, memoryview(bytes(6))))
    assert scene.state() == (False, False)


def check_a_stack_that_went_off_by_itself_is_started_again():
    scene = Scene().with_ann()
    scene.ble.active(False)
    scene.radio.tend(1000)
    assert scene.ble.advertising_us == 250000
    assert scene.state() == (False, False)


def check_a_handler_lost_is_put_back():
    scene = Scene().on_air()
    scene.ble.handler = None
    scene.radio.tend(1000)
    scene.ble.connects(scene.ann)
    assert scene.radio.connected


def check_a_port_without_a_choice_of_mtu_works():
    scene = Scene()
    scene.ble.mtu_setting = False
    assert scene.radio.start()


# What everybody may read


def check_anybody_reads_status_battery_and_device_information():
    scene = Scene().on_air()
    scene.radio.set_status(b"s" * 28)
    scene.radio.set_battery(73)
    scene.ble.connects(scene.ben)
    assert scene.ble.reads(wire.STATUS_UUID) == b"s" * 28
    assert scene.ble.reads(BATTERY) == bytes((73,))
    assert scene.ble.reads(SERIAL) == b"A1"


def check_long_facts_are_whole_and_unknown_ones_are_not_served():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    assert scene.ble.reads(MODEL) == FACTS["model"].encode()
    served = [entry.uuid for entry in scene.ble.entries.values()]
    assert bytes(bluetooth.UUID(FIRMWARE)) not in served


def check_the_battery_stays_within_its_range():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    levels = []
    for percent in (-5, 100, 250):
        scene.radio.set_battery(percent)
        levels.append(scene.ble.reads(BATTERY))
    assert levels == [b"\x00", b"\x64", b"\x64"]


# One host at a time


def check_a_second_host_is_sent_away_and_the_first_stays():
    scene = Scene().with_ann()
    scene.ble.connects(scene.ben, conn=1)
    scene.ble.settle()
    assert scene.state() == (True, True)
    assert sorted(scene.ble.links) == [0]
    assert scene.radio.notify_stream(b"packet") == SENT


def check_a_second_host_has_no_say_while_it_lasts():
    scene = open_scene()
    scene.ble.connects(scene.ann, conn=1)
    scene.ble.writes(wire.CONTROL_UUID, b"mine", conn=1)
    scene.ble.exchanges_mtu(60, conn=1)
    assert scene.radio.take_command() is None
    assert scene.radio.mtu == 247


def check_a_link_that_replaces_one_whose_end_was_missed_starts_anew():
    scene = Scene().with_ann()
    scene.ble.connects(scene.ben)
    assert scene.state() == (True, False)
    assert scene.radio.mtu == 23


# Without pairing


def check_a_port_without_pairing_trusts_whoever_is_linked():
    scene = open_scene()
    assert not scene.radio.secured
    assert scene.state() == (True, True)
    assert scene.ble.writes(wire.CONTROL_UUID, b"command")
    assert scene.radio.take_command() == b"command"
    assert scene.radio.notify_stream(b"packet") == SENT


def check_on_such_a_port_nobody_is_ever_sent_away_for_lack_of_trust():
    scene = open_scene()
    for second in range(100):
        scene.radio.tend(1000 * second)
    scene.radio._irq(bluetooth.ENCRYPTION, (0, 0, 0, 0, 0))
    scene.bonds.forget_all()
    scene.ble.settle()
    assert scene.state() == (True, True)


# With pairing


def check_the_clip_asks_for_secure_connections_without_a_screen():
    settings = Scene().on_air().ble.settings
    assert settings["le_secure"] is True
    assert (settings["mitm"], settings["io"]) == (False, 3)
    assert settings["mtu"] == 247
    assert bytes(settings["gap_name"]) == b"Midback"


def check_who_pairs_in_the_window_is_trusted():
    scene = Scene().on_air()
    scene.bonds.open_window()
    scene.ble.connects(scene.ann)
    assert scene.state() == (True, False)
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.state() == (True, True)
    assert scene.bonds.count == 1


def check_the_first_who_pairs_shuts_the_window_for_all_others():
    for tells_first in (False, True):
        scene = Scene().on_air()
        scene.ble.tells_first = tells_first
        scene.bonds.open_window()
        scene.ble.connects(scene.ann)
        scene.ble.pairs()
        assert (scene.bonds.window_open, scene.ble.settings["bond"]) == (False, False)
        scene.ble.leaves()
        scene.ble.connects(scene.ben)
        scene.ble.pairs()
        scene.ble.settle()
        assert (scene.state(), scene.bonds.count) == ((False, False), 1)
        scene.ble.connects(scene.ann)
        assert scene.ble.encrypts()


def check_who_is_bonded_already_leaves_the_window_to_a_new_one():
    scene = Scene().bonded()
    scene.bonds.open_window()
    scene.ble.connects(scene.ann)
    assert scene.ble.encrypts()
    scene.ble.leaves()
    assert scene.bonds.window_open
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    assert (scene.bonds.window_open, scene.bonds.count) == (False, 2)


def check_who_is_bonded_is_trusted_again_without_the_window():
    scene = Scene().with_ann()
    scene.ble.settle()
    assert scene.state() == (True, True)


def check_a_bonded_host_is_not_trusted_before_it_encrypts():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    scene.ble.exchanges_mtu(247)
    assert scene.state() == (True, False)
    assert scene.radio.notify_stream(b"packet") == GONE


def check_trust_ends_with_the_link():
    scene = Scene().with_ann()
    scene.ble.leaves()
    scene.ble.connects(scene.ben)
    assert scene.state() == (True, False)


def check_a_command_needs_an_encrypted_link():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    assert not scene.ble.writes(wire.CONTROL_UUID, b"too early")
    scene.ble.encrypts()
    assert scene.ble.writes(wire.CONTROL_UUID, b"command")
    assert scene.radio.take_command() == b"command"


def check_who_pairs_outside_the_window_is_sent_away():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    assert scene.state() == (True, False)
    scene.ble.settle()
    assert scene.state() == (False, False)
    assert scene.bonds.count == 0
    assert scene.ble.advertising_us == 250000


def check_who_was_sent_away_has_no_key_that_stands_in_the_way_later():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.ben.key == b""
    scene.bonds.open_window()
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.state() == (True, True)


def check_a_stack_that_bonds_all_the_same_changes_nothing():
    scene = Scene().bonded()
    scene.ble.settings["bond"] = True
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    assert scene.state() == (True, False)
    scene.ble.settle()
    scene.ble.connects(scene.ben)
    assert not scene.ble.encrypts()
    scene.ble.leaves()
    scene.ble.connects(scene.ann)
    assert scene.ble.encrypts()
    assert (scene.state(), scene.bonds.count) == ((True, True), 1)


def check_who_borrows_a_bonded_address_gets_nowhere_and_breaks_nothing():
    for bonding in (False, True):
        scene = Scene().bonded()
        scene.ble.settings["bond"] = bonding
        thief = Host(1)  # Ann's address
        scene.ble.connects(thief)
        scene.ble.writes(wire.CONTROL_UUID, b"open")
        thief.key = b"a wrong guess..."
        assert not scene.ble.encrypts()
        scene.ble.pairs(key=b"another key.....")
        assert scene.state() == (True, False)
        scene.ble.settle()
        scene.ble.connects(scene.ann)
        assert scene.ble.encrypts()
        assert scene.state() == (True, True)


def check_who_lost_its_key_may_pair_anew_in_the_window():
    scene = Scene().bonded()
    scene.bonds.open_window()
    scene.ble.connects(scene.ann)
    scene.ble.pairs(key=b"another key.....")
    assert (scene.state(), scene.bonds.count) == ((True, True), 1)
    scene.ble.leaves()
    scene.ble.connects(scene.ann)
    assert scene.ble.encrypts()


def check_the_window_counts_while_it_is_open_and_for_a_host_already_linked():
    scene = Scene().on_air()
    scene.ble.connects(scene.ann)
    scene.bonds.open_window()
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.state() == (True, True)
    scene.bonds.close_window()
    scene.ble.settle()
    assert scene.ble.settings["bond"] is False
    assert scene.state() == (True, True)


def check_a_stack_may_tell_of_the_encryption_before_it_hands_over_the_keys():
    scene = Scene().on_air()
    scene.ble.tells_first = True
    scene.bonds.open_window()
    scene.ble.connects(scene.ann)
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.state() == (True, True)
    scene.ble.leaves()
    scene.bonds.close_window()
    scene.ble.connects(scene.ben)
    scene.ble.settings["bond"] = True
    scene.ble.pairs()
    scene.ble.settle()
    assert scene.state() == (False, False)


def check_who_encrypted_without_a_bond_goes_when_the_window_closes():
    scene = Scene().on_air()
    scene.bonds.open_window()
    scene.ble.settings["bond"] = False
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    scene.bonds.open_window()
    scene.ble.settle()
    assert scene.state() == (True, False)
    scene.bonds.close_window()
    scene.ble.settle()
    assert scene.state() == (False, False)


def check_keys_handed_over_give_no_trust_before_the_link_is_encrypted():
    scene = Scene().with_ann()
    scene.ble.leaves()
    scene.bonds.open_window()
    scene.ble.connects(scene.ben)
    kept = scene.radio._irq(
        bluetooth.SET_SECRET, (1, memoryview(scene.ben.address), memoryview(b"key"))
    )
    assert kept is True
    assert scene.state() == (True, False)


def check_who_waits_for_the_person_may_wait_on_when_the_window_closes():
    scene = Scene().on_air()
    scene.bonds.open_window()
    scene.ble.connects(scene.ben)
    scene.bonds.close_window()
    scene.ble.settle()
    assert scene.state() == (True, False)


def check_a_question_for_keys_on_an_encrypted_link_gives_no_trust():
    scene = Scene().bonded()
    scene.bonds.open_window()
    scene.ble.settings["bond"] = False
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    scene.radio._irq(bluetooth.GET_SECRET, (1, 0, memoryview(scene.ann.address)))
    scene.radio._irq(bluetooth.SET_SECRET, (1, memoryview(scene.ann.address), None))
    assert scene.state() == (True, False)


def check_a_window_opened_while_the_radio_was_off_counts():
    scene = Scene()
    scene.bonds.open_window()
    scene.on_air()
    scene.ble.connects(scene.ann)
    scene.ble.pairs()
    assert scene.state() == (True, True)


def check_a_ninth_computer_takes_the_place_of_the_first():
    scene = Scene().bonded()
    for number in range(MOST_BONDS):
        scene.bonds.open_window()
        scene.ble.connects(Host(10 + number))
        scene.ble.pairs()
        scene.ble.leaves()
    scene.ble.connects(scene.ann)
    assert not scene.ble.encrypts()
    assert scene.bonds.count == MOST_BONDS


def check_who_is_forgotten_goes_at_once():
    scene = Scene().with_ann()
    scene.bonds.forget_all()
    assert not scene.radio.trusted
    scene.ble.settle()
    assert not scene.radio.connected
    scene.ble.connects(scene.ann)
    assert not scene.ble.encrypts()


def check_who_is_forgotten_goes_also_while_the_window_is_open():
    scene = Scene().with_ann()
    scene.bonds.open_window()
    scene.bonds.forget_all()
    scene.ble.settle()
    assert scene.state() == (False, False)


def check_a_link_that_loses_its_encryption_loses_its_trust():
    scene = Scene().with_ann()
    scene.radio._irq(bluetooth.ENCRYPTION, (0, 0, 0, 0, 0))
    assert scene.state() == (True, False)


def check_the_encryption_of_another_link_gives_no_trust_and_takes_none():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    scene.bonds.get(1, 0, scene.ann.address)
    scene.radio._irq(bluetooth.ENCRYPTION, (1, 1, 0, 1, 16))
    assert scene.state() == (True, False)
    scene.ble.encrypts()
    scene.radio._irq(bluetooth.ENCRYPTION, (1, 0, 0, 0, 0))
    assert scene.state() == (True, True)


def check_the_clips_identity_is_kept_from_start_to_start():
    scene = Scene().on_air()
    first = scene.bonds.get(bluetooth.OUR_IRK, 0, b"irk")
    scene.radio.stop()
    scene.radio.start()
    assert first is not None
    assert scene.bonds.get(bluetooth.OUR_IRK, 0, b"irk") == first


def check_who_does_not_become_trusted_gives_way_after_half_a_minute():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    for second in range(31):
        scene.radio.tend(1000 * second)
    scene.ble.settle()
    assert scene.radio.connected
    scene.radio.tend(31000)
    scene.ble.settle()
    assert scene.ble.advertising_us == 250000


def check_who_cannot_be_sent_away_at_once_is_sent_away_later():
    scene = Scene().on_air()
    scene.ble.faults["gap_disconnect"] = [OSError(114), OSError(114)]
    scene.ble.connects(scene.ben)
    scene.ble.pairs()
    for second in (0, 31):
        scene.radio.tend(1000 * second)
        scene.ble.settle()
        assert scene.state() == (True, False)
    scene.radio.tend(62000)
    scene.ble.settle()
    assert scene.state() == (False, False)


def check_each_host_has_its_own_half_minute():
    scene = Scene().on_air()
    for start in (0, 20, 40):
        scene.ble.connects(scene.ben)
        for second in range(start, start + 20):
            scene.radio.tend(1000 * second)
        assert scene.ble.events == []
        scene.ble.leaves()


def check_in_the_window_a_person_may_take_longer():
    scene = Scene().on_air()
    scene.bonds.open_window()
    scene.ble.connects(scene.ben)
    for second in range(60):
        scene.radio.tend(1000 * second)
    assert scene.ble.events == []


def tended(scene: Scene, from_s: int, to_s: int) -> bool:
    """Whether the link lives on after this time."""
    for second in range(from_s, to_s):
        scene.radio.tend(1000 * second)
    scene.ble.settle()
    return scene.radio.connected


def check_who_is_trusted_may_be_silent_for_five_minutes_and_no_longer():
    for scene in (Scene().with_ann(), open_scene()):
        assert tended(scene, 0, 301)
        assert not tended(scene, 301, 302)
        assert scene.ble.advertising_us == 250000


def check_any_command_lets_a_trusted_host_stay():
    scene = Scene().with_ann()
    for start in range(0, 1000, 250):
        scene.ble.writes(wire.CONTROL_UUID, b"anything")
        assert tended(scene, start, start + 250)


def check_the_writes_of_another_link_do_not_count():
    scene = open_scene()
    for start in range(0, 300, 50):
        scene.ble.connects(scene.ann, conn=1)
        scene.ble.writes(wire.CONTROL_UUID, b"mine", conn=1)
        assert tended(scene, start, start + 50)
    assert not tended(scene, 300, 302)


def check_a_silent_host_holds_the_link_no_longer_for_the_pairing_window():
    scene = Scene().with_ann()
    scene.bonds.open_window()
    assert not tended(scene, 0, 302)


def check_who_becomes_trusted_late_has_its_five_minutes_all_the_same():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    assert tended(scene, 0, 25)
    scene.ble.encrypts()
    assert tended(scene, 25, 325)


def check_a_link_only_the_clip_believes_in_is_let_go():
    scene = Scene().on_air()
    scene.ble.connects(scene.ben)
    scene.ble.links = {}
    scene.radio.tend(0)
    scene.radio.tend(31000)
    assert scene.ble.advertising_us == 250000


# Data


def check_notifications_go_out_each_on_its_own_characteristic():
    scene = Scene().with_ann()
    radio = scene.radio
    assert radio.notify_stream(bytearray(b"stream")) == SENT
    assert radio.notify_reply(b"reply") == SENT
    assert radio.notify_status(b"status") == SENT
    assert radio.notify_log(memoryview(b"log")) == SENT
    uuids = (wire.STREAM_UUID, wire.CONTROL_UUID, wire.STATUS_UUID, wire.LOG_UUID)
    sent = [(uuid, payload) for _, uuid, payload in scene.ble.sent]
    expected = (b"stream", b"reply", b"status", b"log")
    assert sent == [(bytes(bluetooth.UUID(uuids[i])), expected[i]) for i in range(4)]


def check_a_full_stack_says_keep_and_try_again():
    scene = Scene().with_ann()
    scene.ble.faults["gatts_notify"] = [OSError(12), OSError(11), OSError(16), OSError(-20)]
    results = [scene.radio.notify_stream(b"packet") for _ in range(5)]
    assert results == [FULL, FULL, FULL, FULL, SENT]
    assert scene.radio.connected


def check_other_errors_say_gone():
    scene = Scene().with_ann()
    scene.ble.faults["gatts_notify"] = [OSError(5)]
    assert scene.radio.notify_stream(b"packet") == GONE
    assert scene.radio.notify_stream(b"packet") == SENT


def check_a_link_the_stack_does_not_know_has_ended():
    scene = Scene().with_ann()
    scene.ble.links = {}
    assert scene.radio.notify_stream(b"packet") == GONE
    assert scene.state() == (False, False)
    assert scene.ble.advertising_us == 250000


def check_a_payload_that_would_be_cut_is_not_sent():
    scene = Scene().with_ann()
    assert scene.radio.mtu == 247
    assert scene.radio.notify_stream(bytes(244)) == SENT
    assert scene.radio.notify_stream(bytes(245)) == GONE
    assert (scene.radio.refused_long, len(scene.ble.sent)) == (1, 1)


def check_before_the_mtu_is_agreed_only_twenty_bytes_go():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    scene.ble.encrypts()
    assert scene.radio.mtu == 23
    assert scene.radio.notify_stream(bytes(20)) == SENT
    assert scene.radio.notify_stream(bytes(21)) == GONE


def check_a_trusted_host_is_told_of_the_battery_when_it_changes():
    scene = Scene().with_ann()
    for percent in (80, 80, 79, 79):
        scene.radio.set_battery(percent)
    assert [payload[0] for _, _, payload in scene.ble.sent] == [80, 79]


def check_the_battery_is_told_again_to_the_next_host_and_when_it_did_not_get_out():
    scene = Scene().with_ann()
    scene.ble.faults["gatts_notify"] = [OSError(12)]
    scene.radio.set_battery(80)
    scene.radio.set_battery(80)
    scene.ble.leaves()
    scene.ble.connects(scene.ann)
    scene.ble.encrypts()
    scene.radio.set_battery(80)
    assert len(scene.ble.sent) == 2


def check_commands_are_taken_in_order():
    scene = Scene().with_ann()
    for i in range(3):
        scene.ble.writes(wire.CONTROL_UUID, bytes((i,)) * (i + 1))
    taken = [scene.radio.take_command() for _ in range(4)]
    assert taken == [b"\x00", b"\x01\x01", b"\x02\x02\x02", None]


def check_a_flood_of_commands_is_counted_and_the_first_eight_are_kept():
    scene = Scene().with_ann()
    for i in range(20):
        scene.ble.writes(wire.CONTROL_UUID, bytes((i,)))
    taken = [scene.radio.take_command() for _ in range(9)]
    assert taken == [bytes((i,)) for i in range(8)] + [None]
    assert scene.radio.dropped_commands == 12
    scene.ble.writes(wire.CONTROL_UUID, b"after")
    assert scene.radio.take_command() == b"after"


def check_a_command_may_have_64_bytes_and_a_longer_one_is_cut():
    scene = Scene().with_ann()
    scene.ble.writes(wire.CONTROL_UUID, bytes(range(64)))
    scene.ble.writes(wire.CONTROL_UUID, bytes(200))
    scene.ble.writes(wire.CONTROL_UUID, b"")
    assert scene.radio.take_command() == bytes(range(64))
    assert scene.radio.take_command() == bytes(64)
    assert scene.radio.take_command() == b""


def check_commands_of_a_link_that_has_ended_are_dropped():
    scene = open_scene()
    scene.ble.writes(wire.CONTROL_UUID, b"old")
    scene.ble.leaves()
    assert scene.radio.take_command() is None
    scene.ble.connects(scene.ann)
    scene.ble.writes(wire.CONTROL_UUID, b"new")
    assert scene.radio.take_command() == b"new"
    assert scene.radio.take_command() is None


def check_writes_elsewhere_and_from_strangers_are_no_commands():
    scene = Scene().with_ann()
    status = scene.ble.handle_of(wire.STATUS_UUID)
    control = scene.ble.handle_of(wire.CONTROL_UUID)
    scene.radio._irq(bluetooth.WRITE, (0, status))
    scene.radio._irq(bluetooth.WRITE, (1, control))
    assert scene.radio.take_command() is None
    assert scene.radio.dropped_commands == 1


def check_a_write_that_comes_before_trust_is_no_command_later_either():
    scene = Scene().bonded()
    scene.ble.connects(scene.ann)
    scene.radio._irq(bluetooth.WRITE, (0, scene.ble.handle_of(wire.CONTROL_UUID)))
    scene.ble.encrypts()
    assert scene.radio.take_command() is None
    assert scene.radio.dropped_commands == 1


def check_every_event_sets_the_flag():
    scene = open_scene()
    states = []
    for event in (bluetooth.MTU, bluetooth.WRITE, bluetooth.DISCONNECT, 27, 250):
        scene.radio.flag.clear()
        scene.radio._irq(event, (0, 100, 0, 0, 0))
        states.append(scene.radio.flag.state)
    assert states == [1] * 5


def check_a_fault_in_the_handler_is_counted_and_the_radio_lives_on():
    scene = Scene().with_ann()
    scene.ble.faults["gatts_read"] = [MemoryError(), OSError(12)]
    for payload in (b"1", b"2", b"3"):
        scene.ble.writes(wire.CONTROL_UUID, payload)
    assert not scene.ble.handler_lost
    assert scene.radio.faults == 2
    assert scene.radio.take_command() == b"3"


# The stack in these checks


def check_the_stack_cuts_what_has_no_room_and_loses_a_handler_that_raises():
    ble = bluetooth.power_cycle()
    assert BLE() is ble

    def handler(event, data):
        raise ValueError(event, data)

    ble.active(True)
    ((handle,),) = ble.gatts_register_services(
        ((bluetooth.UUID(1), ((bluetooth.UUID(2), bluetooth.FLAG_WRITE),)),)
    )
    ble.irq(handler)
    ble.connects(Host(1))
    assert ble.handler is None
    assert ble.handler_lost
    ble.writes(2, bytes(50))
    assert len(ble.gatts_read(handle)) == 20


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
