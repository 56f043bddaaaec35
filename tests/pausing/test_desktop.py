"""What a desktop on Linux tells, on a real message bus with as much of it as a test wants."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from functools import partial

import pytest

if sys.platform != "linux":
    pytest.skip("a desktop on Linux", allow_module_level=True)

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from doctor.daemon import real_bus

from midback.pausing import PRESENTING, QUIET
from midback.pausing import desktop as asked
from midback.pausing.desktop import ask_bus, ask_gnome


def _reply(answer, asked_for, message):
    if message.message_type is not MessageType.METHOD_CALL:
        return None
    asked_for.append((message.path, message.interface, message.member, message.body))
    if answer is None:
        return Message.new_error(message, "org.example.No", "not here")
    return answer == "silence" or Message.new_method_return(message, *answer)


@asynccontextmanager
async def desktop(monkeypatch, answers):
    """A user's bus where each of these names answers each of its methods with a body."""
    async with real_bus(monkeypatch) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        asked_for = []
        buses = []
        for name, answer in answers.items():
            bus = await MessageBus(bus_address=address).connect()
            buses.append(bus)

            bus.add_message_handler(partial(_reply, answer, asked_for))
            await bus.request_name(name)
        try:
            yield asked_for
        finally:
            for bus in buses:
                bus.disconnect()
                await bus.wait_for_disconnect()


async def signs(monkeypatch, answers):
    async with desktop(monkeypatch, answers) as asked_for:
        return await asyncio.to_thread(ask_bus), asked_for


GNOME = "org.gnome.SessionManager"
KDE = "org.kde.Solid.PowerManagement.PolicyAgent"
NOTIFICATIONS = "org.freedesktop.Notifications"


@pytest.mark.parametrize("on", [True, False])
async def test_an_inhibited_idle_is_a_talk_for_gnome(monkeypatch, on):
    told, asked_for = await signs(monkeypatch, {GNOME: ("b", [on])})

    assert told == [(PRESENTING, "GNOME's session manager", on)]
    assert asked_for == [("/org/gnome/SessionManager", GNOME, "IsInhibited", [8])]


@pytest.mark.parametrize("on", [True, False])
async def test_a_screen_kept_as_it_is_is_a_talk_for_kde(monkeypatch, on):
    told, asked_for = await signs(monkeypatch, {KDE: ("b", [on])})

    assert told == [(PRESENTING, "KDE's power management", on)]
    assert asked_for == [("/org/kde/Solid/PowerManagement/PolicyAgent", KDE, "HasInhibition", [4])]


@pytest.mark.parametrize("on", [True, False])
async def test_plasma_tells_of_do_not_disturb_by_a_property(monkeypatch, on):
    told, asked_for = await signs(monkeypatch, {NOTIFICATIONS: ("v", [Variant("b", on)])})

    assert told == [(QUIET, "the notification service", on)]
    assert asked_for == [
        (
            "/org/freedesktop/Notifications",
            "org.freedesktop.DBus.Properties",
            "Get",
            [NOTIFICATIONS, "Inhibited"],
        )
    ]


async def test_xfce_tells_of_do_not_disturb_by_a_setting(monkeypatch):
    told, asked_for = await signs(monkeypatch, {"org.xfce.Xfconf": ("v", [Variant("b", True)])})

    assert told == [(QUIET, "Xfce's settings", True)]
    assert asked_for[0][2:] == ("GetProperty", ["xfce4-notifyd", "/do-not-disturb"])


async def test_who_does_not_know_or_says_something_else_gives_no_sign(monkeypatch):
    told, _ = await signs(
        monkeypatch,
        {GNOME: None, KDE: ("s", ["yes"]), NOTIFICATIONS: ("", [])},
    )

    assert told == []


async def test_who_does_not_answer_keeps_nobody_from_being_heard(monkeypatch):
    monkeypatch.setattr(asked, "_ANSWER_S", 0.3)
    told, _ = await signs(monkeypatch, {GNOME: "silence", KDE: ("b", [True])})

    assert told == [(PRESENTING, "KDE's power management", True)]


async def test_nobody_is_started_by_being_asked(monkeypatch):
    flags = []
    async with desktop(monkeypatch, {}):
        real = MessageBus.call

        async def call(bus, message):
            if not message.destination.startswith("org.freedesktop.DBus"):
                flags.append(message.flags.name)
            return await real(bus, message)

        monkeypatch.setattr(MessageBus, "call", call)
        told = await asyncio.to_thread(ask_bus)

    assert told == []
    assert flags == ["NO_AUTOSTART"] * 4


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "nonsense", "tcp:host=,port=x"])
def test_without_a_bus_there_is_no_sign(monkeypatch, address):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    assert ask_bus() == []


async def test_the_bus_is_found_where_systemd_has_it(monkeypatch, tmp_path):
    async with desktop(monkeypatch, {GNOME: ("b", [True])}):
        socket = os.environ["DBUS_SESSION_BUS_ADDRESS"].split("=")[1].split(",")[0]
        (tmp_path / "bus").symlink_to(socket)
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        told = await asyncio.to_thread(ask_bus)

    assert [sign.on for sign in told] == [True]


def test_without_any_place_for_a_bus_nothing_is_asked(monkeypatch, tmp_path):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    assert ask_bus() == []


@pytest.mark.parametrize(
    ("desktop_is", "printed", "signs"),
    [
        ("GNOME", "false\n", [(QUIET, "GNOME's settings", True)]),
        ("ubuntu:GNOME", "true\n", [(QUIET, "GNOME's settings", False)]),
        ("GNOME", "nonsense", []),
        ("GNOME", None, []),
        ("KDE", "false\n", []),
        ("", "false\n", []),
    ],
)
def test_gnomes_own_switch_counts_on_its_own_desktop(monkeypatch, desktop_is, printed, signs):
    commands = []
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop_is)
    monkeypatch.setattr(asked, "printed", lambda *command: commands.append(command) or printed)

    assert ask_gnome() == signs
    assert commands == (
        [("gsettings", "get", "org.gnome.desktop.notifications", "show-banners")]
        if "GNOME" in desktop_is
        else []
    )
