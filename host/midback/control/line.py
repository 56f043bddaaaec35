"""One request or answer: a JSON object in one line of ASCII.

A request has ``midback`` (the version of all this), ``token``, ``ask`` (what is wanted) and facts
of its own; an answer has ``midback``, ``ok``, and either facts or ``error``, a sentence without a
full stop.
"""

from __future__ import annotations

import json
from typing import Any, cast

VERSION = 1

LONGEST = 4096
"""Bytes in a line, its end included."""

Facts = dict[str, Any]


class Malformed(ValueError):
    """What came is not one of these lines; says why."""


def encode_line(facts: Facts) -> bytes:
    r"""A line with these facts.

    Raises:
        ValueError: it would be too long, or they cannot be JSON.

    >>> encode_line({"ask": "status"})
    b'{"midback":1,"ask":"status"}\n'
    """
    text = json.dumps({"midback": VERSION, **facts}, separators=(",", ":"), allow_nan=False)
    line = f"{text}\n".encode("ascii")
    if len(line) > LONGEST:
        raise ValueError(f"a line of {len(line)} bytes is longer than {LONGEST}")
    return line


def decode_line(line: bytes) -> Facts:
    r"""The facts of a line.

    Raises:
        Malformed: it is none.

    >>> decode_line(b'{"midback":1,"ask":"status"}\n')
    {'ask': 'status'}
    """
    if len(line) > LONGEST or not line.endswith(b"\n"):
        raise Malformed(f"a line ends within {LONGEST} bytes")
    try:
        facts: object = json.loads(line)
    except (ValueError, RecursionError):
        raise Malformed("a line is one JSON object") from None
    if not isinstance(facts, dict):
        raise Malformed("a line is one JSON object")
    known = cast(Facts, facts)
    version = known.pop("midback", None)
    if version != VERSION:
        raise Malformed(
            f"version {version!s:.20} is not understood, only {VERSION}: "
            "the running Midback and this one must be of the same release"
        )
    return known
