"""The clip's tasks: who waits for what.  All that is decided is decided in ``clip``."""

import asyncio
import gc

from micropython import const

from clip_firmware.button import NONE, Button
from clip_firmware.buzzer import Buzzer
from clip_firmware.clip import Clip, Parts
from clip_firmware.control import Control
from clip_firmware.power import MOTION

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Protocol

    class Hardware(Protocol):
        """What ``main`` gives of the board."""

        sampled: asyncio.ThreadSafeFlag
        touched: asyncio.ThreadSafeFlag

        def risen_us(self) -> int:
            """How long ago INT1 last rose."""
            ...

        def feed(self) -> None:
            """Tell the watchdog that the sampler lives."""
            ...

        def button_down(self) -> bool:
            """Whether the button is pressed."""
            ...

        def usb(self) -> bool:
            """Whether a computer is at the other end of the cable."""
            ...

        def charging(self) -> bool:
            """Whether the cell is charged."""
            ...

        def nap(self, ms: int) -> None:
            """Sleep lightly; the button ends it."""
            ...

        def time_ms(self) -> int:
            """The board's own time of day, whatever it shows: it goes on in deep sleep."""
            ...

        def sleep(self, kind: int, on_movement: bool, carried: bytes) -> None:
            """Sleep deeply, for a reason of ``power``; what is carried is there afterwards."""
            ...

        def restart(self) -> None:
            """Start anew; does not come back."""
            ...


_BURST_MS = const(400)  # twice the time of a burst: then look, even if INT1 said nothing
_AGAIN_MS = const(20)  # about a sample: until a transfer that failed is tried again
_NAP_MS = const(190)
_SECOND_MS = const(1000)
_GREETINGS = (0, 1, 2, 4, 8)  # seconds after the start
_GOODBYE_MS = const(300)
_WAKE_MG = const(47)  # of half the step between two samples; picking it up makes more


class App:
    """Runs one clip on one board, for ever.

    *hardware* has two flags, ``sampled`` (INT1 rose) and ``touched`` (the button moved), and
    feeds the watchdog, sleeps and starts anew.  *greeting* is said over USB a few times: what
    is said before a computer listens is lost.
    """

    def __init__(self, parts: Parts, hardware: "Hardware", greeting: str) -> None:
        self._hardware = hardware
        self._greeting = greeting
        self._clock = parts.clock
        self._radio = parts.radio
        self._buzzer: Buzzer = parts.buzzer
        self._sampler = parts.sampler
        self._battery = parts.battery
        self._clip = Clip(parts)
        self._control = Control(self._clip, parts)
        self._button = Button()
        self._buzzing = asyncio.Event()
        self._was_touched = False

    async def run(self) -> None:
        """Run until something fails, which is raised here."""
        self._clip.start()
        gc.threshold(-1)
        await asyncio.gather(
            self._sample(), self._talk(), self._buzz(), self._watch_button(), self._seconds()
        )

    async def _sample(self) -> None:
        clip, hardware = self._clip, self._hardware
        while True:
            hardware.feed()
            if self._sampler.failing:
                # INT1 stays up until samples are read, and does not rise again.
                await asyncio.sleep_ms(_AGAIN_MS)
            elif clip.light_sleep and not hardware.button_down():
                self._nap()
                await asyncio.sleep_ms(0)
            else:
                try:
                    await asyncio.wait_for_ms(hardware.sampled.wait(), _BURST_MS)
                    self._sampler.risen(hardware.risen_us())
                except asyncio.TimeoutError:
                    pass
            while clip.stream.burst():
                self._radio.flag.set()
            self._kick()

    def _nap(self) -> None:
        self._hardware.nap(_NAP_MS)
        if self._hardware.button_down():
            self._hardware.touched.set()

    async def _talk(self) -> None:
        clip = self._clip
        while True:
            command = self._radio.take_command()
            while command is not None:
                clip.sender.reply(self._control.answer(command))
                command = self._radio.take_command()
            self._kick()
            # A power cut must not cost the clip a bond that the computer keeps.
            clip.keep_bonds()
            wait_ms = clip.sender.send()
            if wait_ms is not None:
                await asyncio.sleep_ms(wait_ms)
            elif self._control.restart_asked:
                await asyncio.sleep_ms(_GOODBYE_MS)
                self._hardware.restart()
            else:
                await self._radio.flag.wait()

    async def _buzz(self) -> None:
        while True:
            self._buzzing.clear()
            wait_ms = self._buzzer.update(self._clock.ms())
            if wait_ms is None:
                await self._buzzing.wait()
            else:
                await asyncio.sleep_ms(wait_ms)

    def _kick(self) -> None:
        """Let the buzzer have a look, whether for a new pattern or a motor that did not stop."""
        self._buzzing.set()

    async def _watch_button(self) -> None:
        button, hardware = self._button, self._hardware
        while True:
            now_ms = self._clock.ms()
            event = button.update(now_ms, hardware.button_down())
            if event != NONE:
                self._clip.pressed(event)
                self._kick()
            wait_ms = button.due_ms(self._clock.ms())
            try:
                if wait_ms is None:
                    await hardware.touched.wait()
                else:
                    await asyncio.wait_for_ms(hardware.touched.wait(), wait_ms)
                self._was_touched = True
            except asyncio.TimeoutError:
                pass

    async def _seconds(self) -> None:
        seconds = 0
        while True:
            if seconds in _GREETINGS:
                print(self._greeting)
            seconds += 1
            await asyncio.sleep_ms(_SECOND_MS)
            touched, self._was_touched = self._was_touched, False
            charging = self._battery.charging = self._hardware.charging()
            self._clip.second(touched, self._hardware.usb() or charging)
            self._kick()
            self._radio.flag.set()
            kind = self._clip.deep_sleep
            if kind is not None:
                self._go_to_sleep(kind)

    def _go_to_sleep(self, kind: int) -> None:
        self._buzzer.off()
        self._clip.settle()
        self._radio.stop()
        imu = self._sampler.imu
        on_movement = False
        try:
            if imu is not None and kind == MOTION:
                imu.wake_on_motion(_WAKE_MG)
                on_movement = True
            elif imu is not None:
                imu.power_down()
        except OSError:
            pass  # then only the button wakes it
        carried = self._clock.carried(self._hardware.time_ms())
        self._hardware.sleep(kind, on_movement, carried)
