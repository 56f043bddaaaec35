"""``midback setup``: a person and a new clip, from switching it on to the first buzz."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from midback.calibration import Calibration, Pose
from midback.cli.asking import AtTheTerminal, Person, Simulated
from midback.cli.background import Background
from midback.cli.calibrate import Guide, calibrated, told
from midback.cli.others import refuse_second
from midback.cli.pen import Pen
from midback.clip import Clip, ClipFound, Radio, find_clip
from midback.doctor import Mark
from midback.doctor.pairing import Seen, look_at, pair
from midback.errors import CalibrationRefused, ClipError, ClipNotFound, DataError, MidbackError
from midback.monitor import Monitor
from midback.recording import Store, data_folder
from midback.roles import Role, WaistClip, keep_waist_clip, waist_clip
from midback.settings import read_settings
from midback.shared import wire

_STEPS = {Role.UPPER: 5, Role.WAIST: 4}
_INDENT = 2
_LISTEN_S = 15.0
"""How long it listens before it says what else may be the matter."""

_HINTS = (
    "Nothing is heard yet.  Is it switched on, and charged?  A clip that sleeps wakes up when its "
    "button is pressed.",
    "Still nothing.  A clip that a phone or another computer is linked to is silent: switch "
    "Bluetooth off there for a moment.",
    "Still nothing.  A clip that was told to be alone is on the air for a minute after its "
    "button was held for 3 s.",
    "Still nothing.  A new board has no firmware yet: 'midback flash' puts it there.  And "
    "'midback doctor' looks at this computer's Bluetooth.",
)

_HOLD = (
    "Hold its button for 3 s, until it buzzes three short pulses.  For a minute from then on it "
    "lets a computer pair."
)
_PLACE = {
    Role.UPPER: "Flat on the upper back, between the shoulder blades, its arrow up.  It may hang "
    "at an angle.",
    Role.WAIST: "Flat on the small of the back, on the waistband, its arrow up.  It may hang at "
    "an angle.",
}
_AFTERWARDS = {
    Role.UPPER: "'midback live' shows how you sit, and buzzes when you slump; 'midback day' sums "
    "up the day.",
    Role.WAIST: "From now on 'midback live' looks for both clips, and does not buzz while you "
    "lean from the hips.  Without this one it goes on as before.",
}
_SYSTEM_ASKS = {
    "darwin": "macOS then asks whether to connect: say yes.",
    "win32": "Windows may then ask whether to pair: allow it.",
}

T = TypeVar("T")


def run(args: argparse.Namespace) -> int:
    """Walk through all steps; what holds already is not done again."""
    folder = data_folder(args.data)
    if args.demo:
        _demo(folder if args.data is not None else None)
        return 0
    person = AtTheTerminal()
    refuse_second(folder)
    _walked(
        Setup(
            person,
            Background(_stay, asyncio.run),
            folder,
            wanted=args.clip,
            role=Role(args.role),
        )
    )
    return 0


@dataclass(slots=True)
class Setup:
    """The steps, in the order in which a person does them.

    Args:
        person: whom to guide.
        background: the loop in which everything with the radio happens; not started yet.
        folder: where calibrations are kept, or ``None`` to keep none.
        wanted: name or address of the clip, or ``None`` for the first in range.
        radio: bleak backend in place of the platform's own.
        wall: gives the wall time now, UTC.
        prompt: told each pose of the calibration.
        role: where the clip is to be worn.
    """

    person: Person
    background: Background
    folder: Path | None
    wanted: str | None = None
    radio: Radio | None = None
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    prompt: Callable[[Pose], None] | None = None
    role: Role = Role.UPPER
    pen: Pen = field(default_factory=lambda: Pen(sys.stdout))
    _step: int = 0
    _unwanted: list[str] = field(default_factory=list[str])

    def walk(self) -> None:
        """Go through all of them.

        Raises:
            MidbackError: what the person did not want to try again.
        """
        seen = self._switch_on()
        self._pair(seen)
        self._put_on()
        self._keep_role(seen)
        if self.role is Role.WAIST:
            self._calibrate_both(seen)
        else:
            self._calibrate(seen)
            self._buzz()
        self.pen.heading("Done.")
        self._say(_AFTERWARDS[self.role])

    # The steps

    def _switch_on(self) -> Seen:
        self._next("Switch the clip on")
        self._say("Switch it on and lay it beside this computer.  Listening for it.")
        waist = self._waist()
        if waist is not None and self.role is Role.UPPER:
            self._unwanted.append(waist.address)
        named = self.wanted is not None
        seen = self._insisting(self._found)
        while self.role is Role.WAIST and not named and self._is_the_upper_one(seen):
            self._unwanted.append(str(self.wanted))
            self.wanted = None
            seen = self._insisting(self._found)
        battery = f"battery {seen.status.battery_percent} %"
        firmware = f"firmware {seen.facts.get('firmware', 'unknown')}"
        self._ok(f"Found {self.wanted}, {firmware}, {battery}.")
        return seen

    def _pair(self, seen: Seen) -> None:
        self._next("Pair it with this computer")
        if not seen.paired_only:
            self._ok("This clip pairs with nobody: whoever is near can read it and buzz it.")
            return
        if seen.obeys:
            self._ok("This computer is paired with it already.")
            return
        self._say("The clip is there, but talks to paired computers only, and this is none yet.")
        while not self._paired():
            self._problem(
                "The clip did not let this computer pair: its pairing window was closed, or this "
                "computer keeps an old pairing (remove the clip in its Bluetooth settings).",
            )
            if not self.person.tries_again():
                raise ClipError(
                    "the clip is not paired with this computer: hold its button for 3 s until it "
                    "buzzes three short pulses, and start 'midback setup' again"
                )
        self._ok("Paired: the clip takes commands from this computer.")

    def _put_on(self) -> None:
        self._next("Put it on")
        self._say(_PLACE[self.role])
        self.person.ready("Press Enter once it sits there.")

    def _is_the_upper_one(self, seen: Seen) -> bool:
        waist = self._waist()
        if self._known(seen.id) is None or (waist is not None and waist.clip_id == seen.id):
            return False
        question = (
            f"{self.wanted} was worn between the shoulder blades.  To the waistband with it?"
        )
        return not self.person.agrees(question, usually=False)

    def _waist(self) -> WaistClip | None:
        return None if self.folder is None else waist_clip(self.folder, self.wanted)

    def _keep_role(self, seen: Seen) -> None:
        """From now on it is known by its role."""
        if self.folder is None:
            return
        before = waist_clip(self.folder)
        if self.role is Role.WAIST:
            keep_waist_clip(self.folder, WaistClip(str(self.wanted), seen.id))
        elif before is not None and before.clip_id == seen.id:
            keep_waist_clip(self.folder, None)

    def _calibrate_both(self, seen: Seen) -> None:
        self._next("Calibrate both clips to your own upright")
        self._say(
            "Put the other clip on as well, between the shoulder blades.  Sit as you do at your "
            "desk.  You will be asked to sit tall and hold still."
        )
        self.person.ready("Press Enter once you wear both.")
        self._say("Linking to the clips.")
        self._insisting(partial(self._calibrated_both, seen))
        self._ok("Calibrated: both know your upright from now on.")

    def _calibrated_both(self, seen: Seen) -> None:
        before = self._known(seen.id)
        waist = WaistClip(str(self.wanted), seen.id)
        monitor = Monitor(
            self.folder,
            radio=self.radio,
            listeners=[Guide(self._say)],
            wall=self.wall,
            waist=waist,
        )
        self._do(calibrated(monitor, [Pose.TALL], self.prompt))
        if self._known(seen.id) == before:
            raise CalibrationRefused(
                "the clip at the waistband has no new upright: see that it is switched on and "
                "near, and hold still"
            )

    def _calibrate(self, seen: Seen) -> None:
        self._next("Calibrate it to your own upright")
        known = self._known(seen.id)
        if known is not None:
            self._ok(f"Calibrated on {known.made_at.astimezone():%d %B %Y, %H:%M}.")
            if not self.person.agrees("Set your upright anew?", usually=False):
                return
        self._say("Sit as you do at your desk.  You will be asked to sit tall and hold still.")
        more = self.person.agrees("Also bow and slump, so that the line is yours?", usually=True)
        poses = list(Pose) if more else [Pose.TALL]
        self._say("Linking to the clip.")

        def confirm(question: str) -> bool:
            return self.person.agrees(question, usually=False)

        made = self._insisting(
            lambda: self._do(
                calibrated(self._monitor(), poses, self.prompt, confirm=confirm),
            )
        )
        for line in told(made):
            self._say(line)
        self._ok("Calibrated: this is your upright from now on.")

    def _buzz(self) -> None:
        self._next("The first buzz")
        for what, pattern, strength_percent in (
            ("two short pulses", wire.PATTERN_NUDGE, 80),
            ("three longer ones, as strong as they get", wire.PATTERN_STRONG, 100),
        ):
            self.person.ready(f"Press Enter, and a few seconds later it buzzes: {what}.")
            self._insisting(partial(self._buzzed, pattern, strength_percent))
            if self.person.agrees("Did you feel it?", usually=True):
                self._ok("That is what a slump that lasts feels like.")
                return
        raise ClipError(
            "the clip took the command, but its buzz is not felt: check its motor and how the "
            "motor is fixed, as hardware.md says"
        )

    # What they consist of

    def _found(self) -> Seen:
        """Listen until a clip is heard, and see what it is.

        Raises:
            BluetoothUnavailable: there is no Bluetooth.
            ClipError: none is heard, or it cannot be used.
        """
        for hint in _HINTS:
            try:
                found = self._do(find_clip(self.wanted, _LISTEN_S, self.radio, self._unwanted))
            except ClipNotFound:
                self._say(hint)
                continue
            seen = self._do(look_at(found, self.radio))
            _refuse_broken(seen)
            # From now on no other: that one may be somebody else's.
            self.wanted = found.device.address
            return seen
        raise ClipNotFound("no clip is heard: switch it on and bring it near")

    def _paired(self) -> bool:
        asks = _SYSTEM_ASKS.get(sys.platform, "")
        self._say(f"{_HOLD}  {asks}".strip())
        self.person.ready("Press Enter once you felt the three pulses.")
        self._say("Pairing, which takes a few seconds.")
        return self._insisting(lambda: self._do(self._paired_and_seen())).obeys

    async def _paired_and_seen(self) -> Seen:
        await pair(await self._again(), self.radio)
        return await look_at(await self._again(), self.radio)

    async def _again(self) -> ClipFound:
        return await find_clip(self.wanted, _LISTEN_S, self.radio)

    def _known(self, clip_id: str) -> Calibration | None:
        if self.folder is None:
            return None
        try:
            with Store.open(self.folder, write=False) as store:
                return store.latest_calibration(clip_id)
        except DataError:
            # Nothing yet; what is wrong with a file is said when it is opened for writing.
            return None

    def _monitor(self) -> Monitor:
        return Monitor(
            self.folder,
            wanted=self.wanted,
            radio=self.radio,
            listeners=[Guide(self._say)],
            wall=self.wall,
            nudges=None if self.folder is None else read_settings(self.folder).nudges,
        )

    def _buzzed(self, pattern: int, strength_percent: int) -> None:
        async def buzz() -> None:
            found = await self._again()
            async with Clip(found.device, self.radio) as clip:
                await clip.buzz(pattern, strength_percent=strength_percent)

        self._do(buzz())

    def _insisting(self, step: Callable[[], T]) -> T:
        """Try a step until it works, or the person has had enough.

        Raises:
            MidbackError: why it did not work the last time.
        """
        while True:
            try:
                return step()
            except MidbackError as error:
                self._problem(f"{str(error)[:1].upper()}{str(error)[1:]}.")
                if not self.person.tries_again():
                    raise

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.background.do(work)

    # Words

    def _next(self, title: str) -> None:
        self._step += 1
        self.pen.heading(f"{self._step} of {_STEPS[self.role]}  {title}")

    def _say(self, text: str) -> None:
        self.pen.paragraph(text, _INDENT)

    def _ok(self, text: str) -> None:
        self.pen.marked(Mark.OK, "", text)

    def _problem(self, text: str) -> None:
        self.pen.marked(Mark.PROBLEM, "", text)


def _walked(setup: Setup) -> None:
    setup.pen.paragraph(
        f"{_STEPS[setup.role]} steps, about five minutes.  Ctrl-C ends it at any of them; started "
        "again, it leaves out what is done by then."
    )
    setup.background.start()
    try:
        setup.walk()
    except KeyboardInterrupt:
        print()
        setup.pen.paragraph("Stopped.  'midback setup' leaves out what is done by now.")
        raise
    finally:
        setup.background.stop()


def _demo(folder: Path | None) -> None:
    # Here, because a real clip need not wait for the simulation to load.
    from midback.cli.simulation import Simulation
    from midback.simulated import virtual_time

    simulation = Simulation()

    async def main() -> None:
        async with simulation.day.air:
            await _stay()

    _walked(
        Setup(
            Simulated(),
            Background(main, partial(virtual_time.run, speed=4.0)),
            folder,
            radio=simulation.radio,
            wall=simulation.day.now,
            prompt=simulation.ask,
        )
    )


async def _stay() -> None:
    """Keep the loop until it is stopped."""
    await asyncio.Event().wait()


def _refuse_broken(seen: Seen) -> None:
    if seen.status.flags & wire.STATUS_SAFE_MODE:
        raise ClipError("the clip failed to start and waits for new files: run 'midback flash'")
    if seen.status.flags & wire.STATUS_NO_IMU:
        raise ClipError(
            "no motion sensor answers on the clip: check its wiring as hardware.md says, then "
            "switch the clip off and on"
        )
