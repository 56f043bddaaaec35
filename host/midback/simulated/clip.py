"""A simulated clip: what the firmware does, without a board.

It lives on its own clock and knows no asyncio: ``advance`` lets time pass and returns what the
clip has to notify, ``write`` and ``read`` are what the radio brings.  It takes any bytes.

Limits: it never sleeps, its sensor does not fail, and it does not buzz to tell that a press of
its button was understood.
"""

from __future__ import annotations

import numpy as np

from midback.shared import wire
from midback.shared.coach import SNOOZE_S
from midback.simulated.battery import Battery
from midback.simulated.control import Control
from midback.simulated.flash import Flash
from midback.simulated.gatt import (
    BATTERY_UUID,
    FIRMWARE_UUID,
    HARDWARE_UUID,
    MAKER_UUID,
    MODEL_UUID,
    SERIAL_UUID,
    Notification,
)
from midback.simulated.judging import milliseconds
from midback.simulated.motor import Motor
from midback.simulated.program import Program
from midback.simulated.sampling import PERIOD_S, Sampler, WornSensor
from midback.simulated.sensor import SensorErrors
from midback.simulated.traits import ClipTraits
from midback.simulated.wearer import Wearer

__all__ = ["Notification", "SimulatedClip"]

_STATUS_EVERY_S = 10.0
_RESTART_S = 2.0
_LOW_PERCENT = 10


class SimulatedClip:
    """One clip on one wearer.

    Args:
        wearer: who wears it.
        traits: name, clock, battery.
        errors: its sensor; ``None`` is a perfect one, worn the nominal way.
        seed: chance.

    Attributes:
        flash: what it keeps over power cuts: calibration, log, bonds.
        starts: how often it was switched on.
        powered: whether it has charge and is not just restarting.
    """

    def __init__(
        self,
        wearer: Wearer,
        traits: ClipTraits | None = None,
        errors: SensorErrors | None = None,
        *,
        seed: int = 0,
    ) -> None:
        self.wearer = wearer
        self.traits = ClipTraits() if traits is None else traits
        self.flash = Flash()
        self.powered = True
        self.starts = 0
        self._rng = np.random.default_rng([seed, 0xC0DE])
        self._motor = Motor(wearer.feel_buzz, seed=seed)
        self._sampler = Sampler(WornSensor(wearer, errors, seed=seed), self._motor)
        self._battery = Battery(self.traits.battery_percent, self.traits.battery_hours)
        self._restart_due_s = float("inf")
        self._booted_s = -self.traits.uptime_s
        self._boot_up()

    def _boot_up(self) -> None:
        self.starts += 1
        self._motor.restart()
        self._sampler.restart()
        self._program = Program(
            int(self._rng.integers(0, 0x10000)),
            self.flash,
            self._sampler,
            self._motor,
            ticks=self.ticks,
            full=self._radio_full,
            bonded_only=self.traits.bonded_only,
        )
        self._control = Control(self._program, self.flash, self._sampler, self._motor)
        self._asked_s = float("-inf")
        self._status_due_s = 0.0
        self._told_percent = -1

    @property
    def boot(self) -> int:
        """Identifies this power-on."""
        return self._program.boot

    @property
    def now_s(self) -> float:
        """Up to when it has sampled, in seconds since it was put on."""
        return self._sampler.now_s

    @property
    def due_s(self) -> float:
        """When it will next have something to do."""
        return min(self._sampler.due_s, self._program.sender.due_s)

    @property
    def off_body(self) -> bool:
        """Whether it finds that nobody wears it."""
        return self._sampler.off_body

    def ticks(self, time_s: float) -> int:
        """What its clock shows at this moment."""
        elapsed_s = (time_s - self._booted_s) * (1 + self.traits.crystal_ppm * 1e-6)
        return int(elapsed_s / wire.TICK_S) % wire.TICKS_MODULUS

    # Radio

    @property
    def on_air(self) -> bool:
        """Whether a host in range can hear it."""
        return self.powered and self._program.on_air(self.now_s)

    @property
    def hangs_up(self) -> bool:
        """Whether it ends the present link."""
        return self._program.link.hangs_up

    @property
    def trusts(self) -> bool:
        """Whether the host that is linked may command, and is notified."""
        return self._program.link.trusted

    def link_up(self) -> None:
        """A host has connected."""
        self._program.link_up(self.now_s)
        self._status_due_s = self.now_s + _STATUS_EVERY_S
        self._told_percent = -1

    def link_down(self) -> None:
        """The link is gone: sampling goes on, and the last minute is kept for the host."""
        self._program.link_down(self.now_s)

    def pair(self, bond: object) -> bool:
        """The host wants to pair and keeps this key; ``False`` ends the link."""
        return self._program.link.pair(bond, self.now_s)

    def encrypt(self, bond: object) -> bool:
        """The host encrypts the link with this key; ``False`` ends the link."""
        return self._program.link.encrypt(bond, self.now_s)

    def read(self, uuid: str) -> bytes | None:
        """The value of a readable characteristic, or ``None`` if it has none."""
        traits = self.traits
        facts = {
            MAKER_UUID: "Midback",
            MODEL_UUID: "Midback simulated clip",
            SERIAL_UUID: traits.serial or traits.address.replace(":", "")[-6:],
            FIRMWARE_UUID: "0.1.0",
            HARDWARE_UUID: "simulated",
        }
        if uuid in facts:
            return facts[uuid].encode()
        if uuid == BATTERY_UUID:
            return bytes([self._battery.percent(self.now_s)])
        if uuid == wire.STATUS_UUID:
            return self._status()
        return None

    def write(self, payload: bytes, time_s: float) -> list[Notification]:
        """Take a command, whatever the bytes; return the reply.

        What else it brings about comes from ``advance``.
        """
        self._asked_s = time_s
        self._program.link.heard(time_s)
        reply = self._control.answer(payload, time_s)
        if self._control.status_asked:
            self._control.status_asked = False
            self._status_due_s = time_s
        if self._control.restart_asked:
            self._control.restart_asked = False
            self._restart_due_s = time_s
        return [Notification(wire.CONTROL_UUID, reply)]

    # The wearer

    def press_button(self, times: int = 1) -> None:
        """The wearer presses the button so many times in a row.

        Once: no nudges for ten minutes.  Twice: the posture they hold still from now on is the
        neutral of the slot in use.  Three times: the next slot that is filled is in use.

        Raises:
            ValueError: if that means nothing.
        """
        judging = self._program.judging
        if times == 1:
            judging.coach.snooze(milliseconds(self.now_s), SNOOZE_S)
        elif times == 2:
            judging.rezero(self.now_s)
        elif times == 3:
            judging.next_context()
            self._status_due_s = self.now_s
        else:
            raise ValueError(f"{times} presses in a row mean nothing; 1 to 3 do")

    def hold_button(self) -> None:
        """The wearer holds the button for 3 s: for a minute a computer may pair."""
        self._program.link.open_window(self.now_s)

    def hold_button_long(self) -> None:
        """The wearer holds the button for 10 s: bonds, settings and calibration are forgotten."""
        self._program.forget()

    def buzz(self, pattern: int, repeats: int, strength_percent: int, *, time_s: float) -> int:
        """Run the motor; return the result code.  Whoever wears the clip feels it."""
        return self._motor.buzz(pattern, repeats, strength_percent, time_s)

    # Faults on request

    def lose_samples(self, seconds: float) -> None:
        """Let the sensor's buffer overflow for a while: these samples never become packets."""
        self._sampler.lose(round(seconds / PERIOD_S))

    def restart(self, time_s: float) -> None:
        """Pull its power for two seconds: new boot id, clock and packets from zero."""
        self._restart_due_s = time_s

    def _radio_full(self) -> bool:
        rate = self.traits.notify_failure_rate
        return rate > 0 and float(self._rng.random()) < rate

    # Time

    def advance(self, to_s: float) -> list[Notification]:
        """Live up to ``to_s`` and return what the clip notifies meanwhile, oldest first."""
        out: list[Notification] = []
        while True:
            send_s, sample_s = self._program.sender.due_s, self._sampler.due_s
            if min(send_s, sample_s) > to_s:
                return out
            if sample_s <= send_s:
                self._step()
            self._program.sender.send(min(send_s, sample_s), out)

    def _step(self) -> None:
        self._sampler.go_on()
        self._keep_power()
        if not self.powered:
            return
        batch = self._sampler.take()
        if batch is not None:
            self._program.take(batch)
        link = self._program.link
        if link.linked:
            link.watch(self.now_s)
            self._report()

    def _report(self) -> None:
        now_s, sender = self.now_s, self._program.sender
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + _STATUS_EVERY_S
        sender.tell(wire.STATUS_UUID, self._status())
        percent = self._battery.percent(now_s)
        if percent != self._told_percent:
            self._told_percent = percent
            sender.tell(BATTERY_UUID, bytes([percent]))

    def _keep_power(self) -> None:
        now_s = self.now_s
        if now_s >= self._restart_due_s + _RESTART_S:
            self._restart_due_s = float("inf")
            self._booted_s = now_s
            self._boot_up()
        empty = now_s >= self._battery.empty_s
        was_powered, self.powered = self.powered, not empty and now_s < self._restart_due_s
        if was_powered and not self.powered:
            if empty:
                self._program.judging.settle()
            self._program.link_down(now_s)

    def _status(self) -> bytes:
        # A command may have come since the last samples.
        now_s = max(self.now_s, self._asked_s)
        program, log = self._program, self.flash.log
        coach, now_ms = program.judging.coach, milliseconds(now_s)
        percent = self._battery.percent(now_s)
        return wire.encode_status(
            wire.Status(
                wire.MODE_LIVE if coach.held(now_ms) else wire.MODE_ALONE,
                self._flags(percent),
                program.boot,
                self.ticks(now_s),
                percent,
                self._battery.millivolts(now_s),
                round(100 * self._sampler.chip_deg),
                self._sampler.lost_samples,
                self._motor.buzzes,
                log.first,
                log.next,
                coach.since_buzz_s(now_ms),
                coach.snooze_s(now_ms),
                self.flash.contexts.slot,
            )
        )

    def _flags(self, percent: int) -> int:
        program = self._program
        return (
            (wire.STATUS_STREAMING if program.sender.streaming else 0)
            | (wire.STATUS_NEUTRAL_SET if program.judging.calibrated else 0)
            | (wire.STATUS_OFF_BODY if self.off_body else 0)
            | (wire.STATUS_LOW_BATTERY if percent <= _LOW_PERCENT else 0)
            | (wire.STATUS_TIME_SET if program.judging.knows_time else 0)
            | (wire.STATUS_BONDED_ONLY if self.traits.bonded_only else 0)
            | (wire.STATUS_ALONE if self.flash.alone else 0)
        )
