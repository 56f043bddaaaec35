"""``midback setup``: what a person is told, and what happens when it does not go well."""

import io
import re
import sys
from functools import partial

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from cli.user import Keyboard, failed_well, in_a_process
from clip.backends import STATUS, BenchClip, radio
from monitor.worlds import CALM, clip_on, wearer
from recording.scenes import calibration

from midback.calibration import Pose
from midback.cli import setup
from midback.cli.asking import AtTheTerminal
from midback.cli.background import Background
from midback.cli.setup import Setup
from midback.clip import Radio
from midback.errors import BluetoothUnavailable, CalibrationRefused, ClipError, ClipNotFound
from midback.recording import Store
from midback.shared import wire
from midback.simulated import Air, virtual_time

OFF = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
HEART_RATE = "0000180d-0000-1000-8000-00805f9b34fb"
UNPAIRED = BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION)


class Person:
    """Answers from a list, does what it is there to do when ready, and keeps what was asked.

    Args:
        says: the answer to each question and to each offer to try again; then as usual, and no.
        does: done at each prompt.
    """

    def __init__(self, *says, does=lambda: None):
        self.says = list(says)
        self.does = does
        self.asked = []

    def ready(self, prompt):
        self.asked.append(prompt)
        self.does()

    def agrees(self, question, *, usually):
        self.asked.append(question)
        return self.says.pop(0) if self.says else usually

    def tries_again(self):
        self.asked.append("again?")
        return self.says.pop(0) if self.says else False


def walking(person, step, reached, folder=None, main=None, **options):
    """Let a person take one step, or all, on a virtual clock."""
    background = Background(main or setup._stay, virtual_time.run)
    walk = Setup(person, background, folder, radio=reached, **options)
    background.start()
    try:
        return step(walk)
    finally:
        background.stop()


def switch_on(person, *clips, **options):
    return walking(person, lambda walk: walk._switch_on(), radio(*clips), **options)


def status(flags):
    return wire.encode_status(
        wire.Status(wire.MODE_ALONE, flags, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0)
    )


# Found


def test_a_clip_that_is_there_is_found_and_told(capsys):
    seen = switch_on(Person(), BenchClip())

    assert seen.status.battery_percent == STATUS.battery_percent
    assert (
        "  ok       Found C0:5E:00:00:00:01, firmware 0.1.0, battery 80 %.\n"
        in capsys.readouterr().out
    )


class Late(BenchClip):
    """Is switched on during the third scan."""

    scans = 0

    async def step(self, name):
        await super().step(name)
        self.scans += name == "scan"
        self.service = wire.SERVICE_UUID if self.scans >= 3 else HEART_RATE


def test_a_clip_that_is_not_there_yet_is_waited_for(capsys):
    person = Person()
    switch_on(person, Late(service=HEART_RATE))
    words = " ".join(capsys.readouterr().out.split())

    assert person.asked == []
    assert "Nothing is heard yet." in words
    assert "A clip that a phone or another computer is linked to is silent" in words
    assert "told to be alone" not in words
    assert "ok Found C0:5E:00:00:00:01" in words


def test_who_has_waited_a_minute_is_asked_and_may_leave(capsys):
    person = Person(True)
    with pytest.raises(ClipNotFound, match="no clip is heard: switch it on"):
        switch_on(person)

    assert person.asked == ["again?", "again?"]
    assert capsys.readouterr().out.count("'midback doctor'") == 2


def test_bluetooth_that_is_off_can_be_switched_on_and_tried_again(capsys):
    clip = BenchClip(faults={"scan": OFF})

    class SwitchesOn(Person):
        def tries_again(self):
            clip.faults.clear()
            return super().tries_again()

    person = SwitchesOn(True)
    switch_on(person, clip)

    assert person.asked == ["again?"]
    assert "  problem  Bluetooth is switched off: switch it on.\n" in (capsys.readouterr().out)


def test_who_leaves_without_bluetooth_leaves_with_that_error():
    with pytest.raises(BluetoothUnavailable):
        switch_on(Person(), BenchClip(faults={"scan": OFF}))


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (wire.STATUS_SAFE_MODE, "run 'midback flash'"),
        (wire.STATUS_NO_IMU, "no motion sensor answers on the clip"),
    ],
)
def test_a_clip_that_cannot_be_used_is_not_set_up(flag, words):
    clip = BenchClip()
    clip.values[wire.STATUS_UUID] = status(flag)

    with pytest.raises(ClipError, match=words):
        switch_on(Person(), clip)


# Paired


class Bonding(BenchClip):
    """Obeys paired computers only; pairs, as macOS does, at a write while its window is open."""

    def __init__(self, *, paired=False):
        super().__init__()
        self.values[wire.STATUS_UUID] = status(wire.STATUS_BONDED_ONLY)
        self.paired, self.window = paired, False

    async def step(self, name):
        await super().step(name)
        if name == "write":
            self.paired |= self.window
            if not self.paired:
                raise UNPAIRED

    def hold_button(self):
        self.window = True


def pairing(person, clip):
    def step(walk):
        seen = walk._switch_on()
        walk._pair(seen)

    walking(person, step, radio(clip))


def test_a_clip_that_pairs_with_nobody_needs_no_button(capsys):
    person = Person()
    pairing(person, BenchClip())

    assert person.asked == []
    assert "  ok       This clip pairs with nobody" in capsys.readouterr().out


def test_a_computer_that_is_paired_already_needs_no_button(capsys):
    person = Person()
    pairing(person, Bonding(paired=True))

    assert person.asked == []
    assert "This computer is paired with it already." in capsys.readouterr().out


def test_a_new_computer_is_paired_while_the_window_is_open(capsys):
    clip = Bonding()
    person = Person(does=clip.hold_button)
    pairing(person, clip)
    out = capsys.readouterr().out

    assert clip.paired
    assert person.asked == ["Press Enter once you felt the three pulses."]
    assert "talks to paired computers only, and this is none yet." in out
    assert "Hold its button for 3 s" in out
    assert "  ok       Paired: the clip takes commands from this computer.\n" in out


def test_a_window_that_was_closed_is_said_and_can_be_opened_again(capsys):
    clip = Bonding()

    class FirstTooLate(Person):
        def tries_again(self):
            self.does = clip.hold_button
            return True

    pairing(FirstTooLate(), clip)
    words = " ".join(capsys.readouterr().out.split())

    assert clip.paired
    assert words.count("Hold its button for 3 s") == 2
    assert "its pairing window was closed, or this computer keeps an old pairing" in words


def test_who_does_not_get_it_paired_is_told_what_to_do_next_time():
    with pytest.raises(ClipError, match="not paired with this computer: hold its button for 3 s"):
        pairing(Person(), Bonding())


@pytest.mark.parametrize(
    ("platform", "words"), [("darwin", "macOS then asks"), ("win32", "Windows may then ask")]
)
def test_where_the_system_asks_a_person_hears_of_it_beforehand(
    capsys, monkeypatch, platform, words
):
    monkeypatch.setattr("midback.cli.setup.sys", _System(platform))
    clip = Bonding()
    pairing(Person(does=clip.hold_button), clip)

    assert words in capsys.readouterr().out


class _System:
    def __init__(self, platform):
        self.platform = platform
        self.stdout = sys.stdout


# Calibrated, and a first buzz


class Worn:
    """A simulated clip on a calm wearer who does as asked."""

    def __init__(self):
        self.clip = clip_on(wearer(habits=CALM))
        self.air = Air([self.clip], seed=1)
        self.radio = Radio(self.air.scanner_type, self.air.client_type)
        self.buzzed = []

    def ask(self, pose):
        self.clip.wearer.ask(pose.value, self.air.now_s)

    async def main(self):
        async with self.air:
            await setup._stay()

    def walk(self, person, step, folder=None, **options):
        return walking(
            person, step, self.radio, folder, self.main, prompt=options.pop("prompt", self.ask)
        )


def calibrating(walk):
    walk._calibrate(walk._switch_on())


def test_a_wearer_is_guided_through_all_poses_and_the_result_is_kept(capsys, tmp_path):
    Worn().walk(Person(), calibrating, tmp_path / "data")
    with Store.open(tmp_path / "data", write=False) as store:
        (made,) = store.calibrations()
    out = capsys.readouterr().out

    assert made.axis_source == "bow"
    assert made.span_deg is not None
    assert out.count("Now hold still.") == 3
    assert f"  Calibration {made.id} for the desk, kept with clip {made.clip_id}.\n" in out


def test_sitting_tall_alone_will_do(capsys):
    Worn().walk(Person(False), calibrating)

    assert capsys.readouterr().out.count("Now hold still.") == 1


def test_a_calibration_that_is_there_is_kept_unless_it_is_wanted_anew(capsys, tmp_path):
    with Store.open(tmp_path / "data", write=True) as store:
        store.save_calibration(calibration("C-1", clip_id="000001"))
    person = Person()
    Worn().walk(person, calibrating, tmp_path / "data")

    assert person.asked == ["Set your upright anew?"]
    assert "  ok       Calibrated on 04 March 2026, " in capsys.readouterr().out

    Worn().walk(Person(True), calibrating, tmp_path / "data")
    with Store.open(tmp_path / "data", write=False) as store:
        assert len(store.calibrations()) == 2


def test_a_pose_that_was_refused_is_told_and_can_be_tried_again(capsys):
    worn = Worn()

    class NoBow:
        """Stays tall the first time round."""

        tries = 0

        def ask(self, pose):
            self.tries += pose is Pose.TALL
            worn.ask(Pose.TALL if self.tries == 1 else pose)

    person = Person(True, True)
    worn.walk(person, calibrating, prompt=NoBow().ask)
    out = capsys.readouterr().out

    assert person.asked[-1] == "again?"
    assert re.search(r"  problem +The bow was \d°: bow at least 20° from the hips\.\n", out)
    assert "  ok       Calibrated: this is your upright from now on.\n" in out


def test_who_gives_up_calibrating_leaves_with_the_reason():
    worn = Worn()
    with pytest.raises(CalibrationRefused, match="bow at least 20°"):
        worn.walk(Person(), calibrating, prompt=lambda _: worn.ask(Pose.TALL))


def buzzing(walk):
    walk._switch_on()
    walk._buzz()


def buzzes(clip):
    return [command.args for command in clip.commands if command.op == wire.OP_BUZZ]


def test_a_buzz_that_is_felt_ends_it():
    clip = BenchClip()
    walking(Person(), buzzing, radio(clip))

    assert buzzes(clip) == [(wire.PATTERN_NUDGE, 1, 80)]


def test_a_buzz_that_is_not_felt_comes_again_stronger_and_then_it_is_the_motor():
    clip = BenchClip()
    with pytest.raises(ClipError, match="its buzz is not felt: check its motor"):
        walking(Person(False, False), buzzing, radio(clip))

    assert buzzes(clip) == [(wire.PATTERN_NUDGE, 1, 80), (wire.PATTERN_STRONG, 1, 100)]


def test_a_clip_that_refuses_to_buzz_says_so_and_can_be_asked_again(capsys):
    clip = BenchClip()
    refusals = [wire.REFUSED]
    clip.answer = lambda c: refusals.pop() if c.op == wire.OP_BUZZ and refusals else wire.OK
    person = Person(True)
    walking(person, buzzing, radio(clip))

    assert person.asked[1] == "again?"
    assert "The clip does not allow this now: try again in a minute." in capsys.readouterr().out


# The whole command


def test_the_demo_walks_through_all_by_itself(midback, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "midback.simulated.virtual_time.run",
        lambda main, run=virtual_time.run, **_: run(main),
    )
    code, out, err = midback("setup", "--demo")

    assert (code, err) == (0, "")
    assert re.findall(r"^(\d) of 5", out, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert out.splitlines()[-3] == "Done."
    assert not (tmp_path / "nothing yet").exists()


def test_nobody_at_the_keyboard_is_a_matter_of_usage():
    outcome = in_a_process("setup")

    assert "start it in a terminal" in failed_well(outcome, 2)
    assert outcome.out == ""


def test_another_midback_that_records_is_told_before_anything_is_asked(
    midback, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "stdin", Keyboard())
    with Store.open(tmp_path / "data", write=True):
        outcome = midback("setup", "--data", tmp_path / "data")

    assert "already records in" in failed_well(outcome, 4)
    assert outcome.out == ""


class Interrupts(Person):
    def ready(self, prompt):
        super().ready(prompt)
        raise KeyboardInterrupt


def test_ctrl_c_ends_it_and_says_how_it_goes_on(midback, monkeypatch):
    clip = BenchClip()
    monkeypatch.setattr("midback.cli.setup.AtTheTerminal", Interrupts)
    monkeypatch.setattr("midback.cli.setup.Setup", partial(Setup, radio=radio(clip)))
    monkeypatch.setattr("asyncio.run", virtual_time.run)
    code, out, err = midback("setup")

    assert (code, err) == (130, "")
    assert out.splitlines()[-1] == "Stopped.  'midback setup' leaves out what is done by now."
    assert clip.client is not None
    assert not clip.client.linked


# At the keyboard


@pytest.mark.parametrize(
    ("typed", "usually", "agreed"),
    [
        ([""], True, True),
        ([""], False, False),
        (["y"], False, True),
        (["NO"], True, False),
        (["perhaps", "yes"], False, True),
    ],
)
def test_enter_alone_means_what_is_usual(monkeypatch, typed, usually, agreed):
    monkeypatch.setattr(sys, "stdin", Keyboard(*typed))

    assert AtTheTerminal().agrees("Really?", usually=usually) is agreed


@pytest.mark.parametrize(("typed", "again"), [("", True), ("q", False), ("Q", False)])
def test_enter_tries_again_and_q_leaves(monkeypatch, typed, again):
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))

    assert AtTheTerminal().tries_again() is again


def test_the_end_of_the_input_is_a_way_to_leave(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Keyboard())

    with pytest.raises(KeyboardInterrupt):
        AtTheTerminal().ready("Press Enter.")


def test_input_that_is_no_terminal_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 9))

    with pytest.raises(Exception, match="start it in a terminal"):
        AtTheTerminal()
