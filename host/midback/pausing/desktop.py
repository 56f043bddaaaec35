"""Linux: what the desktop tells on the user's message bus, and GNOME's switch for quiet.

Nobody is started by being asked, and nobody is asked anything that needs a password.

Sources: ``org.gnome.SessionManager`` (IsInhibited; 8 is "idle", as in GtkApplicationInhibitFlags);
PowerDevil's ``PolicyAgent`` (HasInhibition; 4 is ChangeScreenSettings, which kscreenlocker asks
for as well); ``org.freedesktop.Notifications`` (Plasma's property ``Inhibited``); xfce4-notifyd's
``/do-not-disturb`` in Xfconf; GNOME's key ``show-banners``, which its own switch writes.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from midback.pausing.answer import printed
from midback.pausing.reasons import PRESENTING, QUIET
from midback.pausing.signs import Sign

if TYPE_CHECKING:
    # There is none but on Linux.
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

_ANSWER_S = 3.0


class _Question(NamedTuple):
    """A method without consequences that answers with a truth value."""

    reason: str
    told_by: str
    destination: str
    path: str
    interface: str
    member: str
    signature: str
    body: tuple[int | str, ...]


_QUESTIONS = (
    _Question(
        PRESENTING,
        "GNOME's session manager",
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        "IsInhibited",
        "u",
        (8,),
    ),
    _Question(
        PRESENTING,
        "KDE's power management",
        "org.kde.Solid.PowerManagement.PolicyAgent",
        "/org/kde/Solid/PowerManagement/PolicyAgent",
        "org.kde.Solid.PowerManagement.PolicyAgent",
        "HasInhibition",
        "u",
        (4,),
    ),
    _Question(
        QUIET,
        "the notification service",
        "org.freedesktop.Notifications",
        "/org/freedesktop/Notifications",
        "org.freedesktop.DBus.Properties",
        "Get",
        "ss",
        ("org.freedesktop.Notifications", "Inhibited"),
    ),
    _Question(
        QUIET,
        "Xfce's settings",
        "org.xfce.Xfconf",
        "/org/xfce/Xfconf",
        "org.xfce.Xfconf",
        "GetProperty",
        "ss",
        ("xfce4-notifyd", "/do-not-disturb"),
    ),
)


def ask_bus() -> list[Sign]:
    """What the desktop tells on the user's message bus."""
    address = _address()
    if address is None:
        return []
    from dbus_fast import DBusFastError

    try:
        return asyncio.run(_asked(address))
    except (OSError, EOFError, ValueError, DBusFastError):
        return []


def ask_gnome() -> list[Sign]:
    """Whether GNOME's switch holds notifications back; asked on its own desktop only.

    Elsewhere what was set there once would count for ever.
    """
    if "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return []
    told = printed("gsettings", "get", "org.gnome.desktop.notifications", "show-banners")
    word = "" if told is None else told.strip()
    return [Sign(QUIET, "GNOME's settings", word == "false")] if word in ("true", "false") else []


def _address() -> str | None:
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if told:
        return told
    # Where systemd has it, also for who comes in by another way than the desktop.
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and (socket := Path(runtime, "bus")).exists():
        return f"unix:path={socket}"
    return None


async def _asked(address: str) -> list[Sign]:
    from dbus_fast.aio import MessageBus

    bus = MessageBus(bus_address=address)
    try:
        async with asyncio.timeout(_ANSWER_S):
            await bus.connect()
        answers = await asyncio.gather(*(_ask(bus, question) for question in _QUESTIONS))
    finally:
        bus.disconnect()
    return [
        Sign(question.reason, question.told_by, on)
        for question, on in zip(_QUESTIONS, answers, strict=True)
        if on is not None
    ]


async def _ask(bus: MessageBus, question: _Question) -> bool | None:
    """The answer; ``None`` where nobody is there, knows or answers in time."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            reply = await bus.call(_message(question))
    except TimeoutError:
        return None
    return _truth(reply)


def _message(question: _Question) -> Message:
    from dbus_fast import Message, MessageFlag

    return Message(
        destination=question.destination,
        path=question.path,
        interface=question.interface,
        member=question.member,
        flags=MessageFlag.NO_AUTOSTART,
        signature=question.signature,
        body=list(question.body),
    )


def _truth(reply: Message | None) -> bool | None:
    from dbus_fast import MessageType, unpack_variants

    if reply is None or reply.message_type is MessageType.ERROR or not reply.body:
        return None
    value: Any = unpack_variants(reply.body[0])
    return value if isinstance(value, bool) else None
