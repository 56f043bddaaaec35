"""What firmware may rely on in MicroPython's ``bluetooth``, and must not: the shim holds to it.

Seen on a real NimBLE stack, or read in extmod/modbluetooth.c and modbluetooth_nimble.c.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from firmware.rig import gatt
from firmware.rig.process import Program
from firmware.rig.scripts import printed
from firmware.rig.virtual import VirtualClip
from firmware.rig.virtual_host import Refused

UUIDS = [f"0000000{n}-0000-1000-8000-00805f9b34fb" for n in range(10)]
SECRET_UUID, PLAIN_UUID = UUIDS[2], UUIDS[1]

RADIO = """
import bluetooth, time, errno

def attempt(action, *arguments, **settings):
    try:
        return action(*arguments, **settings)
    except Exception as error:
        return type(error).__name__, error.args

events = []
def on_event(event, data):
    events.append((event, tuple(bytes(x) if isinstance(x, memoryview) else x for x in data)))

NAMES = ["0000000%d-0000-1000-8000-00805f9b34fb" % n for n in range(10)]
def uuid(n):
    return bluetooth.UUID(NAMES[n])

ble = bluetooth.BLE()
ble.irq(on_event)
ble.active(True)
events.clear()
"""
PLAIN = """
FLAGS = bluetooth.FLAG_READ | bluetooth.FLAG_WRITE | bluetooth.FLAG_NOTIFY
((value, secret),) = ble.gatts_register_services(
    ((uuid(0), ((uuid(1), FLAGS), (uuid(2), FLAGS | 0x0200 | 0x1000))),)
)
ble.gap_advertise(100_000, b"\\x02\\x01\\x06")
"""


def lines(
    folder: Path, *parts: str, timeline: Callable[[VirtualClip], object] | None = None
) -> list[str]:
    # Each part has its own indentation.
    return printed(folder, "\n".join(dedent(part) for part in parts), timeline)


# Objects


def test_a_16_bit_uuid_is_two_bytes_least_first(tmp_path: Path):
    script = "print(bytes(bluetooth.UUID(0x180F)), bluetooth.UUID(0x180F))"
    assert lines(tmp_path, RADIO, script) == ["b'\\x0f\\x18' UUID(0x180f)"]


def test_a_128_bit_uuid_is_sixteen_bytes_least_first(tmp_path: Path):
    assert lines(tmp_path, RADIO, "print(bytes(uuid(1)).hex())") == [
        "fb349b5f80000080001000000" + "1000000"
    ]


def test_equal_uuids_are_one_key(tmp_path: Path):
    script = "print({bluetooth.UUID(0x180F): 1}[bluetooth.UUID(b'\\x0f\\x18')])"
    assert lines(tmp_path, RADIO, script) == ["1"]


@pytest.mark.parametrize("text", ["'1234'", "'0' * 33", "0x10000"])
def test_what_is_no_uuid_is_a_value_error(tmp_path: Path, text: str):
    (line,) = lines(tmp_path, RADIO, f"print(attempt(bluetooth.UUID, {text}))")
    assert line.startswith("('ValueError'")


def test_there_is_one_radio(tmp_path: Path):
    assert lines(tmp_path, RADIO, "print(bluetooth.BLE() is ble)") == ["True"]


# Not active


@pytest.mark.parametrize(
    "call",
    [
        "ble.gap_advertise, 100_000, b''",
        "ble.gap_disconnect, 0",
        "ble.gatts_register_services, ()",
        "ble.gatts_write, 18, b''",
        "ble.gatts_notify, 0, 18, b''",
        "ble.gatts_set_buffer, 18, 20",
        "ble.config, 'mac'",
        "ble.config, 'mtu'",
    ],
)
def test_a_radio_that_is_off_answers_with_enodev(tmp_path: Path, call: str):
    script = f"ble.active(False)\nprint(attempt({call}))"
    assert lines(tmp_path, RADIO, script) == ["('OSError', (19,))"]


def test_a_radio_that_is_off_reads_nothing_and_need_not_be_quietened(tmp_path: Path):
    # modbluetooth.c ignores the error of these two.
    script = "ble.active(False)\nprint(ble.gatts_read(18), ble.gap_advertise(None))"
    assert lines(tmp_path, RADIO, script) == ["b'' None"]


def test_switching_on_again_forgets_services_and_mtu(tmp_path: Path):
    script = """
    ble.config(mtu=247)
    ble.gap_advertise(None)
    ble.active(True)
    print(ble.config("mtu"), ble.gatts_read(value), attempt(ble.gatts_write, value, b"x"))
    """
    assert lines(tmp_path, RADIO, PLAIN, script) == ["256 b'' ('OSError', (22,))"]


# Configuration


def test_an_unknown_setting_is_a_value_error(tmp_path: Path):
    script = "print(attempt(ble.config, 'rxbuf')[0], attempt(ble.config, colour=1)[0])"
    assert lines(tmp_path, RADIO, script) == ["ValueError ValueError"]


def test_a_handler_must_be_callable(tmp_path: Path):
    assert lines(tmp_path, RADIO, "print(attempt(ble.irq, 1)[0])") == ["ValueError"]


# Attributes


def test_a_client_configuration_takes_the_handle_after_what_notifies(tmp_path: Path):
    script = """
    R, N, I = bluetooth.FLAG_READ, bluetooth.FLAG_NOTIFY, bluetooth.FLAG_INDICATE
    described = (uuid(4), R, ((uuid(5), R),))
    services = (
        (uuid(0), ((uuid(1), R | N), (uuid(2), R), (uuid(3), R | I), described)),
        (uuid(6), ((uuid(7), R),)),
    )
    ours, theirs = ble.gatts_register_services(services)
    print([handle - ours[0] for handle in ours + theirs])
    """
    assert lines(tmp_path, RADIO, script) == ["[0, 3, 5, 8, 9, 12]"]


def test_services_cannot_change_while_it_advertises(tmp_path: Path):
    script = "print(attempt(ble.gatts_register_services, ()))"
    assert lines(tmp_path, RADIO, PLAIN, script) == ["('OSError', (16,))"]


def test_a_write_returns_its_length_and_an_unknown_handle_is_einval(tmp_path: Path):
    script = "print(ble.gatts_write(value, b'abc'), attempt(ble.gatts_write, 99, b''))"
    assert lines(tmp_path, RADIO, PLAIN, script) == ["3 ('OSError', (22,))"]


def test_an_unknown_handle_reads_as_nothing(tmp_path: Path):
    assert lines(tmp_path, RADIO, PLAIN, "print(ble.gatts_read(99))") == ["b''"]


def test_advertising_more_than_31_bytes_is_a_negated_stack_error(tmp_path: Path):
    script = "print(attempt(ble.gap_advertise, 100_000, bytes(32)))"
    assert lines(tmp_path, RADIO, script) == ["('OSError', (-18,))"]


# A host comes


def visit(clip: VirtualClip) -> None:
    clip.at(1.0, lambda: clip.host.connect(mtu=100))


def test_a_connection_is_told_with_the_peers_address_and_then_the_mtu(tmp_path: Path):
    script = "time.sleep(2)\nprint(events)"
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=visit) == [
        "[(1, (0, 1, b'\\xc0\\xc1\\xc2\\xc3\\xc4\\xc5')), (21, (0, 100))]"
    ]


def test_the_address_is_gone_after_the_handler(tmp_path: Path):
    script = """
    kept = []
    ble.irq(lambda event, data: event == 1 and kept.append(data[2]))
    time.sleep(2)
    print(bytes(kept[0]) == b"\\xc0\\xc1\\xc2\\xc3\\xc4\\xc5")
    """
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=visit) == ["False"]


def test_advertising_ends_with_a_connection(tmp_path: Path):
    states: list[bool] = []

    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.at(2.0, lambda: clip.host.disconnect())
        clip.at(3.0, lambda: states.append(clip.host.advertising))

    lines(tmp_path, RADIO, PLAIN, "time.sleep(4)", timeline=timeline)
    assert states == [False]


def test_a_handler_that_raises_is_never_called_again(tmp_path: Path):
    script = """
    calls = []
    def fragile(event, data):
        calls.append(event)
        raise ValueError("oops")
    ble.irq(fragile)
    time.sleep(2)
    print(calls)
    """
    told = lines(tmp_path, RADIO, PLAIN, script, timeline=visit)
    assert (told[0], told[-2:]) == (
        "Unhandled exception in IRQ callback handler",
        ["ValueError: oops", "[1]"],
    )


def written(data: bytes) -> Callable[[VirtualClip], None]:
    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.at(2.0, lambda: clip.host.write(PLAIN_UUID, data))

    return timeline


def test_a_longer_write_is_cut_to_twenty_bytes_and_nobody_is_told(tmp_path: Path):
    script = "time.sleep(3)\nprint(events[-1], len(ble.gatts_read(value)))"
    told = lines(tmp_path, RADIO, PLAIN, script, timeline=written(bytes(30)))
    assert told == ["(3, (0, 18)) 20"]


def test_a_buffer_of_the_right_size_takes_it_whole(tmp_path: Path):
    script = "ble.gatts_set_buffer(value, 30)\ntime.sleep(3)\nprint(len(ble.gatts_read(value)))"
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=written(bytes(30))) == ["30"]


def test_a_buffer_that_appends_is_empty_once_read(tmp_path: Path):
    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.at(2.0, lambda: [clip.host.write(PLAIN_UUID, data) for data in (b"ab", b"cd")])

    script = """
    ble.gatts_set_buffer(value, 30, True)
    time.sleep(3)
    print(ble.gatts_read(value), ble.gatts_read(value))
    """
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=timeline) == ["b'abcd' b''"]


NOTIFY = "time.sleep(2)\nprint(attempt(ble.gatts_notify, 0, value, bytes(200)))"


def test_a_notification_goes_out_unasked_and_is_cut_to_the_mtu(tmp_path: Path):
    sizes: list[int] = []

    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.host.on_notification = lambda one: sizes.append(len(one.payload))

    lines(tmp_path, RADIO, PLAIN, NOTIFY, timeline=timeline)
    assert sizes == [97]


def test_a_notification_without_a_link_is_enotconn(tmp_path: Path):
    assert lines(tmp_path, RADIO, PLAIN, NOTIFY) == ["('OSError', (107,))"]


def test_a_notification_without_memory_is_enomem(tmp_path: Path):
    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.host.can_take = lambda: False

    assert lines(tmp_path, RADIO, PLAIN, NOTIFY, timeline=timeline) == ["('OSError', (12,))"]


def test_disconnecting_a_link_that_is_gone_is_false(tmp_path: Path):
    script = """
    time.sleep(2)
    print(ble.gap_disconnect(0), ble.gap_disconnect(7))
    time.sleep(1)
    print(events[-1][0], ble.gap_disconnect(0))
    """
    told = lines(tmp_path, RADIO, PLAIN, script, timeline=visit)
    assert told == ["True False", "2 False"]


def test_no_event_tells_of_links_that_end_with_the_radio(tmp_path: Path):
    script = "time.sleep(2)\nble.active(False)\ntime.sleep(1)\nprint(events[-1][0])"
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=visit) == ["21"]


@pytest.mark.parametrize(("answer", "error"), [("None", 0), ("0", 0), ("5", 5)])
def test_the_handler_may_refuse_a_read(tmp_path: Path, answer: str, error: int):
    main = tmp_path / "main.py"
    main.write_text(
        RADIO
        + PLAIN
        + f"ble.irq(lambda event, data: {answer})\n"
        + "ble.gatts_write(value, b'read me')\ntime.sleep(9)"
    )
    with VirtualClip(Program(main, tmp_path)) as clip:
        clip.run_until(1.0)
        clip.host.connect()
        clip.settle()
        got = read(clip, PLAIN_UUID)

    assert got == (error or b"read me")


def read(clip: VirtualClip, uuid: str) -> object:
    try:
        return clip.host.read(uuid)
    except Refused as error:
        return error.args[0]


def test_a_program_that_ends_leaves_its_radio_on(tmp_path: Path):
    script = "ble.irq(lambda event, data: print(event))"
    assert lines(tmp_path, RADIO, PLAIN, script, timeline=visit) == ["1", "21"]


# Bonds

KEEPER = """
store = {}
def keep(event, data):
    on_event(event, data)
    if event == 29:
        return store.get((data[0], bytes(data[2])))
    if event == 30:
        store[data[0], bytes(data[1])] = bytes(data[2])
        return True
ble.irq(keep)
ble.config(bond=True, le_secure=True, mitm=False, io=3)
"""


def pair(clip: VirtualClip) -> None:
    visit(clip)
    clip.at(2.0, clip.host.pair)


def test_an_identity_key_is_asked_for_when_the_radio_comes_on(tmp_path: Path):
    script = "ble.active(False)\nevents.clear()\nble.active(True)\nprint(events[0])"
    assert lines(tmp_path, RADIO, script) == ["(29, (10, 0, b'irk'))"]


def test_just_works_is_told_as_encrypted_not_authenticated_bonded(tmp_path: Path):
    script = "time.sleep(3)\nprint([data for event, data in events if event == 28])"
    told = lines(tmp_path, RADIO, KEEPER, PLAIN, script, timeline=pair)
    assert told == ["[(0, 1, 0, 1, 16)]"]


def test_a_new_bond_is_two_secrets_named_by_the_peers_address(tmp_path: Path):
    script = "time.sleep(3)\nprint([(d[0], d[1].hex()) for e, d in events if e == 30])"
    told = lines(tmp_path, RADIO, KEEPER, PLAIN, script, timeline=pair)
    assert told == ["[(1, '01c5c4c3c2c1c0'), (2, '01c5c4c3c2c1c0')]"]


def test_a_secret_is_gone_after_the_handler(tmp_path: Path):
    script = """
    kept = []
    ble.irq(lambda event, data: event == 30 and kept.append(data[2]))
    time.sleep(3)
    print(set(kept[-1]))
    """
    told = lines(tmp_path, RADIO, KEEPER, PLAIN, script, timeline=pair)
    assert told == ["{238}"]


def come_back(clip: VirtualClip) -> None:
    pair(clip)
    clip.at(3.0, clip.host.disconnect)
    clip.at(5.0, lambda: clip.host.connect(bonded=True))


RETURN = """
time.sleep(4)
ble.gap_advertise(100_000)
events.clear()
time.sleep(2)
print([event for event, data in events])
"""


def test_a_host_with_a_bond_the_firmware_kept_encrypts(tmp_path: Path):
    told = lines(tmp_path, RADIO, KEEPER, PLAIN, RETURN, timeline=come_back)
    assert told == ["[1, 21, 29, 28]"]


def test_a_bond_nobody_kept_ends_the_link_of_a_host_that_returns(tmp_path: Path):
    told = lines(tmp_path, RADIO, PLAIN, RETURN, timeline=come_back)
    assert told == ["[1, 21, 29, 2]"]


def test_what_wants_encryption_is_refused_without(tmp_path: Path):
    refusals: list[object] = []

    def timeline(clip: VirtualClip) -> None:
        visit(clip)
        clip.at(2.0, lambda: refusals.append(write(clip, SECRET_UUID)))

    lines(tmp_path, RADIO, KEEPER, PLAIN, "time.sleep(4)", timeline=timeline)
    assert refusals == [gatt.INSUFFICIENT_AUTHENTICATION]


def test_what_wants_encryption_is_taken_from_a_host_that_paired(tmp_path: Path):
    def timeline(clip: VirtualClip) -> None:
        pair(clip)
        clip.at(3.0, lambda: write(clip, SECRET_UUID))

    script = "time.sleep(4)\nprint(ble.gatts_read(secret))"
    assert lines(tmp_path, RADIO, KEEPER, PLAIN, script, timeline=timeline) == ["b'x'"]


def write(clip: VirtualClip, uuid: str) -> object:
    try:
        return clip.host.write(uuid, b"x")
    except Refused as error:
        return error.args[0]
