"""Takes out of a text who the person is and which clip is theirs, so that it can be shown."""

from __future__ import annotations

import getpass
import re
from pathlib import Path

from midback.shared import wire

_PAIR = "[0-9A-F]{2}"
_ADDRESS = re.compile(
    rf"(?<![0-9A-F])({_PAIR})[:_-]({_PAIR})(?:[:_-]{_PAIR}){{3}}[:_-]({_PAIR})(?![0-9A-F])", re.I
)
_UUID = re.compile(r"\b([0-9A-F]{4})[0-9A-F]{4}(?:-[0-9A-F]{4}){3}-[0-9A-F]{10}(..)\b", re.I)
_PROTOCOLS_OWN = wire.SERVICE_UUID[8:]
_AFTER = r"(?=$|[/\\\s:,;)'\"])"
"""What ends a name in a path."""


def discreet(text: str, home: str | None = None, user: str | None = None) -> str:
    """The text with the home folder as ``~``, without the user's name, addresses shortened.

    Args:
        text: words about this computer.
        home: the home folder; this user's unless given.
        user: the name of the account; this user's unless given.

    >>> discreet("/home/anne/data, clip C0:5E:00:00:00:01", "/home/anne", "anne")
    '~/data, clip C0:5E:…:01'
    >>> discreet("/media/anne/stick", "/home/anne", "anne")
    '/media/…/stick'
    """
    home = _home() if home is None else home
    user = _user() if user is None else user
    if len(home) > 1:
        text = re.sub(re.escape(home) + _AFTER, "~", text, flags=re.IGNORECASE)
    if user:
        text = re.sub(rf"(?<=[/\\]){re.escape(user)}{_AFTER}", "…", text, flags=re.IGNORECASE)
    return _UUID.sub(_short, _ADDRESS.sub(r"\1:\2:…:\3", text))


def _short(uuid: re.Match[str]) -> str:
    """On macOS a clip's address looks like this; the protocol's own names are no secret."""
    ours = uuid[0].lower().endswith(_PROTOCOLS_OWN)
    return uuid[0] if ours else f"{uuid[1]}…{uuid[2]}"


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    # An account without a name, or a system without accounts; each version has its own error.
    except (OSError, KeyError, ImportError):
        return ""
