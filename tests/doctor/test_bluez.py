"""What is asked of Linux, over a real message bus, and what is said about the answers."""

import pytest
from doctor.buses import BlueZ, on_a_bus, without_a_bus

from midback.doctor import Mark, bluez, exit_code
from midback.doctor.bluez import ABSENT, DENIED, STOPPED, Adapter, Asked


def test_a_bus_that_is_not_there_is_a_fact_and_no_error(monkeypatch):
    without_a_bus(monkeypatch)

    assert bluez.ask_bluez() == Asked(bus="No such file or directory")


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (BlueZ(runs=False), Asked(service=ABSENT)),
        (BlueZ(error="org.freedesktop.DBus.Error.AccessDenied"), Asked(service=DENIED)),
        (BlueZ(error="org.bluez.Error.Failed"), Asked(service="org.bluez.Error.Failed")),
        (BlueZ(powered=()), Asked()),
        (
            BlueZ(powered=(False, True)),
            Asked(adapters=(Adapter("hci0", powered=False), Adapter("hci1"))),
        ),
        (
            BlueZ(roles=("peripheral",)),
            Asked(adapters=(Adapter("hci0", powered=True, central=False),)),
        ),
        (
            BlueZ(clips={"C0:5E:00:00:00:01": ("Paired",), "C0:5E:00:00:00:02": ("Connected",)}),
            Asked(adapters=(Adapter("hci0"),), paired=("C0:5E:00:00:00:01",)),
        ),
    ],
)
def test_what_bluez_has_is_what_is_told(monkeypatch, there, asked):
    with on_a_bus(there, monkeypatch):
        assert bluez.ask_bluez() == asked


def told(asked, version="5.66", blocked_by=""):
    found = bluez.findings(asked, version, blocked_by)
    return [(finding.name, finding.mark, finding.found, finding.to_do) for finding in found]


FIT = Adapter("hci0")
OFF = Adapter("hci0", powered=False)


def test_where_all_is_well_nothing_is_to_do():
    assert told(Asked(adapters=(FIT,))) == [
        ("D-Bus", Mark.OK, "answers", ""),
        ("BlueZ", Mark.OK, "5.66, its service runs", ""),
        ("adapter", Mark.OK, "hci0, switched on", ""),
    ]


@pytest.mark.parametrize(
    ("asked", "version", "blocked_by", "found", "to_do"),
    [
        (Asked(bus="Connection refused"), "", "", "no answer (Connection refused)", "start dbus"),
        (Asked(service=ABSENT), "", "", "not installed", "apt install bluez"),
        (Asked(service=ABSENT), "5.66", "", "5.66, but its service does not run", "enable --now"),
        (Asked(service=STOPPED), "", "", "installed, but its service does not run", "enable"),
        (Asked(service=DENIED), "5.66", "", "not for this account", "usermod -aG bluetooth"),
        (Asked(service="x.Failed"), "5.66", "", "does not answer (x.Failed)", "restart bluetooth"),
        (Asked(adapters=(FIT,)), "5.54", "", "5.54 is too old", "5.55 or later"),
        (Asked(), "5.66", "", "none", "Plug one in for Bluetooth 4.0"),
        (Asked(), "5.66", "a switch", "none, and Bluetooth is blocked by a switch", "Plug"),
        (Asked(adapters=(OFF,)), "5.66", "", "hci0, switched off", "bluetoothctl power on"),
        (Asked(adapters=(OFF,)), "5.66", "a switch", "by a switch or key", "radios on there"),
        (Asked(adapters=(OFF,)), "5.66", "software", "blocked by software", "rfkill unblock"),
        (
            Asked(adapters=(Adapter("hci0", central=False),)),
            "5.66",
            "",
            "it cannot connect to a clip",
            "Plug in one for Bluetooth 4.0",
        ),
    ],
)
def test_every_fault_is_a_problem_with_something_to_do(asked, version, blocked_by, found, to_do):
    problems = [
        finding
        for finding in bluez.findings(asked, version, blocked_by)
        if finding.mark is Mark.PROBLEM
    ]

    assert len(problems) == 1
    assert found in problems[0].found
    assert to_do in problems[0].to_do
    assert problems[0].to_do.endswith(".")
    assert exit_code(problems) == 3


def test_one_adapter_that_works_is_enough():
    found = bluez.findings(Asked(adapters=(OFF, Adapter("hci1"))), "5.66", "")

    assert [(f.mark, f.found) for f in found[2:]] == [
        (Mark.NOTE, "hci0, switched off; the other is used"),
        (Mark.OK, "hci1, switched on"),
    ]


def test_a_version_that_is_not_known_is_no_problem():
    found = bluez.findings(Asked(adapters=(FIT,)), "", "")

    assert found[1].mark is Mark.NOTE
    assert exit_code(found) == 0


@pytest.mark.parametrize(
    ("said", "version"),
    [("bluetoothctl: 5.66", "5.66"), ("5.72", "5.72"), ("", ""), ("no version", "")],
)
def test_the_version_is_what_bluezs_own_tool_says(tmp_path, monkeypatch, said, version):
    tool = tmp_path / "bluetoothctl"
    tool.write_text(f"#!/bin/sh\necho '{said}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert bluez.bluez_version() == version


def test_without_that_tool_no_version_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert bluez.bluez_version() == ""


@pytest.mark.parametrize(
    ("radios", "by"),
    [
        ({}, ""),
        ({"rfkill0": ("wlan", "1", "1")}, ""),
        ({"rfkill0": ("bluetooth", "0", "0")}, ""),
        ({"rfkill0": ("bluetooth", "0", "1")}, "software"),
        ({"rfkill0": ("bluetooth", "1", "1")}, "a switch"),
        ({"rfkill0": ("wlan", "1", "1"), "rfkill1": ("bluetooth", "0", "1")}, "software"),
    ],
)
def test_what_the_kernel_keeps_off_is_read_from_it(tmp_path, radios, by):
    for name, (kind, hard, soft) in radios.items():
        (tmp_path / name).mkdir()
        for file, content in (("type", kind), ("hard", hard), ("soft", soft)):
            (tmp_path / name / file).write_text(f"{content}\n")

    assert bluez.what_blocks(tmp_path) == by
