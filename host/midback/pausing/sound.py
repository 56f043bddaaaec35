"""Linux: who records from a microphone, as PipeWire or PulseAudio tells.

What plays is no concern: music is no call.  Sources: PipeWire's pw-dump(1) and the keys of its
``pipewire/keys.h``; pactl(1).  The forms are those of PipeWire 0.3.65 and PulseAudio 16.1, as
their own tools printed them (tests/pausing/printed).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from midback.pausing.answer import printed
from midback.pausing.reasons import CALL
from midback.pausing.signs import Sign

_CORE = "PipeWire:Interface:Core"
_NODE, _LINK = "PipeWire:Interface:Node", "PipeWire:Interface:Link"
_RECORDING = "Stream/Input/Audio"
_PLAYED = ("Audio/Sink", "Stream/Output/Audio")
"""Who records from these records what is played: the screen's sound, not a voice."""

_NO_VOICE = ("stream.monitor", "stream.capture.sink", "node.link-group")
"""Properties of streams that are no call: level meters, recordings of what is played, and the
rear ends of filters, which run whether or not anybody listens to their front."""

_METER = "peaks"
"""How a level meter has its samples thinned out (PulseAudio)."""


def listeners() -> list[Sign]:
    """Whether anybody records from a microphone; PulseAudio is asked where PipeWire is not."""
    return list(_told("PipeWire", _by_pipewire()) or _told("PulseAudio", _by_pulseaudio()))


def records_by_pipewire(objects: Any) -> bool:
    """Whether a microphone is recorded.

    Args:
        objects: what ``pw-dump`` prints, parsed.

    Raises:
        TypeError, AttributeError, KeyError: it is something else.
    """
    infos = {_NODE: dict[int, Any](), _LINK: dict[int, Any]()}
    if not any(each["type"] == _CORE for each in objects):
        raise KeyError(_CORE)
    for each in objects:
        # Without ``info`` it has just gone.
        if each["type"] in infos and each.get("info"):
            infos[each["type"]][each["id"]] = each["info"]
    nodes, links = infos[_NODE], infos[_LINK]
    return any(
        _is_voice(info) and not _hears_what_is_played(node, nodes, links.values())
        for node, info in nodes.items()
    )


def records_by_pulseaudio(outputs: Any, sources: Any) -> bool:
    """Whether a microphone is recorded.

    Args:
        outputs: what ``pactl -f json list source-outputs`` prints, parsed.
        sources: what ``pactl -f json list sources`` prints, parsed.

    Raises:
        TypeError, AttributeError, KeyError: they are something else.
    """
    played = {
        source["index"]
        for source in sources
        if source["properties"].get("device.class") == "monitor"
    }
    return any(
        not output["corked"]
        and output["source"] not in played
        and output.get("resample_method") != _METER
        and not _true(output["properties"].get("stream.monitor"))
        for output in outputs
    )


def _is_voice(info: dict[str, Any]) -> bool:
    properties = info["props"]
    recording = properties.get("media.class") == _RECORDING and info["state"] == "running"
    return recording and not any(_true(properties.get(key)) for key in _NO_VOICE)


def _hears_what_is_played(node: int, nodes: dict[int, Any], links: Iterable[Any]) -> bool:
    heard = [link["output-node-id"] for link in links if link["input-node-id"] == node]
    classes = [nodes[each]["props"].get("media.class") for each in heard if each in nodes]
    return bool(classes) and all(each in _PLAYED for each in classes)


def _true(value: object) -> bool:
    """Whether a property is set; native clients set true, those of PulseAudio the word."""
    return bool(value) and value != "false"


def _told(by: str, recorded: bool | None) -> list[Sign]:
    return [] if recorded is None else [Sign(CALL, by, recorded)]


def _by_pipewire() -> bool | None:
    try:
        return records_by_pipewire(_json("pw-dump"))
    except (TypeError, AttributeError, KeyError):
        return None


def _by_pulseaudio() -> bool | None:
    # Without a server to talk to, pactl would start one.
    if not _pulseaudio_runs():
        return None
    try:
        outputs = _json("pactl", "-f", "json", "list", "source-outputs")
        sources = _json("pactl", "-f", "json", "list", "sources")
        return records_by_pulseaudio(outputs, sources)
    except (TypeError, AttributeError, KeyError):
        return None


def _pulseaudio_runs() -> bool:
    if os.environ.get("PULSE_SERVER"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(runtime, "pulse", "native").exists()


def _json(*command: str) -> Any:
    """What a command prints, parsed; ``None`` where it prints nothing of the kind."""
    text = printed(*command)
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None
