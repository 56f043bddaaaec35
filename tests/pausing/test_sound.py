"""Who records from a microphone on Linux, told by what the sound servers' tools really print."""

import copy
import json
import stat
from pathlib import Path

import pytest

from midback.pausing import CALL
from midback.pausing.sound import listeners, records_by_pipewire, records_by_pulseaudio

PRINTED = Path(__file__).parent / "printed"


def printed(name):
    return json.loads((PRINTED / name).read_text())


@pytest.fixture
def graph():
    """PipeWire's objects: one stream records the microphone, the other what is played."""
    return printed("pw-dump.json")


def streams(graph):
    """The two streams of the graph: of the microphone, of what is played."""
    found = [
        each["info"]
        for each in graph
        if each.get("info", {}).get("props", {}).get("media.class") == "Stream/Input/Audio"
    ]
    return sorted(found, key=lambda info: "stream.capture.sink" in info["props"])


def test_a_stream_that_records_the_microphone_is_a_call(graph):
    assert records_by_pipewire(graph)


def test_a_stream_that_is_muted_into_standstill_is_none(graph):
    streams(graph)[0]["state"] = "idle"

    assert not records_by_pipewire(graph)


def test_recording_what_is_played_is_no_call_also_where_the_stream_does_not_say_so(graph):
    voice, played = streams(graph)
    voice["state"] = "suspended"
    del played["props"]["stream.capture.sink"]

    assert played["state"] == "running"
    assert not records_by_pipewire(graph)


@pytest.mark.parametrize(
    ("name", "value", "call"),
    [
        ("stream.monitor", True, False),
        ("stream.monitor", "true", False),
        ("stream.monitor", "false", True),
        ("node.link-group", "filter-1", False),
        ("media.role", "Communication", True),
    ],
)
def test_level_meters_and_the_rear_ends_of_filters_are_no_call(graph, name, value, call):
    streams(graph)[0]["props"][name] = value

    assert records_by_pipewire(graph) is call


def test_a_stream_that_nothing_is_linked_to_yet_may_be_a_call(graph):
    assert records_by_pipewire([each for each in graph if not each["type"].endswith("Link")])


def test_music_is_no_call(graph):
    for info in streams(graph):
        info["props"]["media.class"] = "Stream/Output/Audio"

    assert not records_by_pipewire(graph)


def test_what_is_just_going_is_passed_over(graph):
    graph.append({"id": 99, "type": "PipeWire:Interface:Node", "info": None})

    assert records_by_pipewire(graph)


@pytest.fixture
def pulse():
    """PulseAudio's recordings and sources, as above."""
    return printed("pactl-source-outputs.json"), printed("pactl-sources.json")


def of_the_microphone(pulse):
    outputs, sources = pulse
    (microphone,) = [s["index"] for s in sources if s["name"] == "mic"]
    (found,) = [output for output in outputs if output["source"] == microphone]
    return found


def test_pulseaudio_tells_of_a_call_as_well(pulse):
    assert records_by_pulseaudio(*pulse)


@pytest.mark.parametrize(
    "change",
    [
        {"corked": True},
        {"resample_method": "peaks"},
        {"properties": {"stream.monitor": "true"}},
    ],
)
def test_a_stopped_stream_or_a_level_meter_of_pulseaudio_is_no_call(pulse, change):
    of_the_microphone(pulse).update(change)

    assert not records_by_pulseaudio(*pulse)


def test_recording_what_is_played_is_no_call_for_pulseaudio(pulse):
    outputs, sources = pulse
    outputs.remove(of_the_microphone(pulse))

    assert len(outputs) == 1
    assert not records_by_pulseaudio(outputs, sources)


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A folder of programs, and nothing else to be found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("PULSE_SERVER", raising=False)

    def add(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return add


@pytest.fixture
def pulse_runs(tmp_path):
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()


PW_DUMP = f"/bin/cat '{PRINTED / 'pw-dump.json'}'"
PACTL = f"""
case "$*" in
  "-f json list source-outputs") /bin/cat '{PRINTED / "pactl-source-outputs.json"}' ;;
  "-f json list sources") /bin/cat '{PRINTED / "pactl-sources.json"}' ;;
  *) exit 1 ;;
esac
"""
posix = pytest.mark.skipif(not Path("/bin/sh").exists(), reason="scripts of a POSIX shell")


@posix
def test_pipewire_is_asked_by_its_own_tool(tools):
    tools("pw-dump", PW_DUMP)

    assert listeners() == [(CALL, "PipeWire", True)]


@posix
@pytest.mark.usefixtures("pulse_runs")
@pytest.mark.parametrize(
    "broken", [None, "exit 1", "echo nonsense", "echo '{}'", "echo '[]'", "echo '[1]'"]
)
def test_where_pipewire_does_not_tell_pulseaudio_is_asked(tools, broken):
    if broken:
        tools("pw-dump", broken)
    tools("pactl", PACTL)

    assert listeners() == [(CALL, "PulseAudio", True)]


@posix
def test_pulseaudio_is_not_started_by_being_asked(tools, tmp_path):
    tools("pactl", f": > '{tmp_path}/started'\n{PACTL}")

    assert listeners() == []
    assert not (tmp_path / "started").exists()


@posix
@pytest.mark.usefixtures("pulse_runs")
@pytest.mark.parametrize("broken", ["exit 1", "echo nonsense", "echo '[{}]'", "echo '7'"])
def test_where_nobody_tells_there_is_no_sign(tools, broken):
    tools("pactl", broken)

    assert listeners() == []


@posix
def test_a_tool_that_hangs_is_left_alone(tools, monkeypatch):
    monkeypatch.setattr("midback.pausing.answer._ANSWER_S", 0.05)
    tools("pw-dump", "exec /bin/sleep 20")

    assert listeners() == []


def test_no_shape_of_the_graph_but_the_known_one_is_taken_for_silence(graph):
    """A changed form must show as "not told", never as "no call"."""
    changed = copy.deepcopy(graph)
    for each in changed:
        each.pop("type")
    with pytest.raises(KeyError):
        records_by_pipewire(changed)
