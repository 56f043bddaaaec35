"""Every command that needs the radio, where there is none: one sentence, and the right exit code.

bleak is the real one, on a message bus of our own.
"""

from functools import partial

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from cli.user import failed_well
from clip.backends import HANG, BenchClip, radio
from doctor.buses import BlueZ, on_a_bus, without_a_bus

from midback.cli.asking import Simulated
from midback.cli.others import telling_who_has_it
from midback.cli.setup import Setup
from midback.clip import Clip, find_clip, scan_clips
from midback.errors import ClipNotFound
from midback.monitor import Monitor
from midback.recording import Store
from midback.simulated import virtual_time

COMMANDS = {
    "scan": ("scan", "--seconds", "1"),
    "live": ("live", "--headless"),
    "calibrate": ("calibrate",),
    "alone": ("alone", "on"),
    "sync": ("sync",),
    "setup": ("setup",),
    "doctor": ("doctor", "--seconds", "1"),
}

FAULTS = {
    "no BlueZ": (BlueZ(runs=False), "Bluetooth"),
    "no adapter": (BlueZ(powered=()), "no Bluetooth adapter: plug one in"),
    "an adapter that is off": (BlueZ(powered=(False,)), "switched off: switch it on"),
    "an adapter for something else": (BlueZ(roles=()), "cannot connect to a clip: plug in one"),
    "no permission": (BlueZ(error="org.freedesktop.DBus.Error.AccessDenied"), "Bluetooth"),
}
"""What is there, and what the sentence about it contains."""


@pytest.fixture(autouse=True)
def _somebody_who_leaves(monkeypatch):
    """Only setup asks; what failed once is not tried again."""
    monkeypatch.setattr("midback.cli.setup.AtTheTerminal", Simulated)


def complained(midback, name, code):
    """What a command says that fails as it should; of the doctor, the first problem's code."""
    if name != "doctor":
        said = failed_well(midback(*COMMANDS[name]), code)
        assert ": " in said
        return said
    outcome = midback(*COMMANDS[name])
    assert (outcome.code, outcome.err) == (code, "")
    assert "Traceback" not in outcome.out
    return outcome.out


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_computer_without_bluetooth_is_one_sentence_and_exit_code_three(
    midback, monkeypatch, name, fault
):
    bluez, words = FAULTS[fault]
    with on_a_bus(bluez, monkeypatch):
        said = complained(midback, name, 3)

    assert name == "doctor" or words in said


@pytest.mark.parametrize("name", COMMANDS)
def test_a_computer_without_a_message_bus_is_one_sentence_and_exit_code_three(
    midback, monkeypatch, name
):
    without_a_bus(monkeypatch)

    assert "D-Bus" in complained(midback, name, 3)


# With Bluetooth, but without a clip that can be used.  bleak's backend is a bench.


def on_the_bench(monkeypatch, name, *clips):
    """Let a command reach these clips only, as fast as it computes."""
    reached = radio(*clips)
    places = {
        "scan": {"scan_clips": lambda seconds: scan_clips(seconds, reached)},
        "live": {"Monitor": partial(Monitor, radio=reached)},
        "calibrate": {"Monitor": partial(Monitor, radio=reached)},
        "alone": {
            "find_clip": partial(find_clip, radio=reached),
            "Clip": partial(Clip, radio=reached),
        },
        "sync": {
            "find_clip": partial(find_clip, radio=reached),
            "Clip": partial(Clip, radio=reached),
        },
        "setup": {"Setup": partial(Setup, radio=reached)},
    }
    for part, stand_in in places[name].items():
        monkeypatch.setattr(f"midback.cli.{name}.{part}", stand_in)
    monkeypatch.setattr("asyncio.run", virtual_time.run)


WITH_A_CLIP = [name for name in COMMANDS if name != "doctor"]
LINKING = [name for name in WITH_A_CLIP if name != "scan"]


@pytest.mark.parametrize("name", WITH_A_CLIP)
def test_no_clip_in_range_says_what_to_do_and_is_exit_code_four(midback, monkeypatch, name):
    on_the_bench(monkeypatch, name)

    assert "switch it on" in complained(midback, name, 4)


@pytest.mark.parametrize("name", WITH_A_CLIP)
def test_bluetooth_that_is_switched_off_is_exit_code_three_on_every_system(
    midback, monkeypatch, name
):
    off = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
    on_the_bench(monkeypatch, name, BenchClip(faults={"scan": off}))

    assert complained(midback, name, 3) == (
        "Bluetooth is switched off: switch it on; 'midback doctor' looks closer"
    )


@pytest.mark.parametrize("name", WITH_A_CLIP)
def test_a_program_without_permission_is_exit_code_three_on_every_system(
    midback, monkeypatch, name
):
    denied = BleakBluetoothNotAvailableError("no", BleakBluetoothNotAvailableReason.DENIED_BY_USER)
    on_the_bench(monkeypatch, name, BenchClip(faults={"scan": denied}))

    assert "allow it for this terminal" in complained(midback, name, 3)


UNPAIRED = BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION)


@pytest.mark.parametrize("name", LINKING)
@pytest.mark.parametrize(
    "faults",
    [{"connect": BleakError("no")}, {"connect": HANG}, {"read": OSError(5, "I/O error")}],
    ids=["refuses", "hangs", "breaks"],
)
def test_a_clip_that_cannot_be_linked_to_is_exit_code_four(midback, monkeypatch, name, faults):
    on_the_bench(monkeypatch, name, BenchClip(faults=faults))

    assert "the c" in complained(midback, name, 4)


@pytest.mark.parametrize("name", [name for name in LINKING if name != "setup"])
def test_a_clip_that_wants_to_be_paired_is_exit_code_four(midback, monkeypatch, name):
    on_the_bench(monkeypatch, name, BenchClip(faults={"read": UNPAIRED}))

    assert "talks to paired computers only" in complained(midback, name, 4)


# A clip that is silent because somebody on this computer has it


def hearing_nothing(folder):
    with telling_who_has_it(folder):
        raise ClipNotFound("no clip in range: switch it on")


def test_a_clip_that_another_program_is_linked_to_is_said_to_be(monkeypatch, tmp_path):
    clips = {"C0:5E:00:00:00:01": ("Connected",)}
    with (
        on_a_bus(BlueZ(clips=clips), monkeypatch),
        pytest.raises(ClipNotFound, match="C0:5E:00:00:00:01 is linked to this computer already"),
    ):
        hearing_nothing(tmp_path)


def test_a_clip_that_nobody_here_has_is_what_the_error_says(monkeypatch, tmp_path):
    with (
        on_a_bus(BlueZ(), monkeypatch),
        pytest.raises(ClipNotFound, match=r"^no clip in range: switch it on; 'midback doctor'"),
    ):
        hearing_nothing(tmp_path)


@pytest.mark.parametrize("name", ["scan", "alone"])
def test_a_clip_that_another_midback_has_is_said_to_be(midback, monkeypatch, tmp_path, name):
    on_the_bench(monkeypatch, name)
    with Store.open(tmp_path / "nothing yet", write=True):
        said = complained(midback, name, 4)

    assert said.startswith("no clip is heard because another Midback begun at ")
    assert said.endswith("has it: close that first")
