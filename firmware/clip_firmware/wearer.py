"""The wearer as the clip knows them: worn or laid down, how they sit, what they asked for.

Their packets are judged as a host judges them.  Where no host does it, they are buzzed by that
judgement; every ten seconds it goes into the log.
"""

from micropython import const

from clip_firmware import buzzer as signals
from clip_firmware.buzzer import Buzzer
from clip_firmware.clock import Clock
from clip_firmware.files import Files
from clip_firmware.log import Log
from clip_firmware.samples import Batch
from clip_firmware.settings import Settings
from midback.shared import judge, wire
from midback.shared.coach import SNOOZE_S, Coach
from midback.shared.epochs import EpochMaker
from midback.shared.flexion import CLIP_LEFT
from midback.shared.posture import Posture
from midback.shared.rezero import DONE, REFUSED, Rezero
from midback.shared.wear import DOUBTFUL, OFF, WORN, WearWatch

_STRENGTH = const(80)
_RECOUNT_S = const(3600)  # after so long seconds are counted anew as soon as nobody wears it
_MOVED_COUNTS = const(20)  # 10 mg: people who hold still do that within minutes, a table does not
_LEFT = tuple([round(part * wire.QUATERNION_ONE) for part in CLIP_LEFT])


class Wearer:
    """One wearer.

    Attributes:
        coach: who decides on buzzes, and the rest they asked for.
        posture: how they sit.
    """

    def __init__(
        self, clock: Clock, buzzer: Buzzer, settings: Settings, files: Files, log: Log
    ) -> None:
        self._clock = clock
        self._buzzer = buzzer
        self._settings = settings
        self._files = files
        self._log = log
        self.coach = Coach()
        self.posture = Posture()
        self._rezero = Rezero()
        self._wear = WearWatch()
        self._epochs = EpochMaker()
        self._counted_buzzes = 0
        self._base_ms = 0
        self._sums = [0, 0, 0]
        self._summed = 0
        self._here = (0, 0, 0)
        self._moved = True

    def recall(self) -> None:
        """Know them by what the settings keep."""
        try:
            self._calibrate()
        except ValueError:
            self._settings.lost = True

    # What they do

    @property
    def worn(self) -> bool:
        """Whether somebody wears the clip, without doubt."""
        return self._wear.state == WORN

    @property
    def off_body(self) -> bool:
        """Whether nobody wears the clip."""
        return self._wear.state == OFF

    @property
    def wear_flag(self) -> int:
        """What a packet's flags say of it."""
        state = self._wear.state
        if state == OFF:
            return wire.FLAG_OFF_BODY
        return wire.FLAG_DOUBTFUL if state == DOUBTFUL else 0

    def feel(self, temperature_c: float) -> None:
        """Take the chip's temperature, which falls once nobody warms it."""
        self._wear.feel(temperature_c)

    def has_moved(self) -> bool:
        """Whether the clip was moved since this was last asked."""
        moved, self._moved = self._moved, False
        return moved

    def watch(self, batch: Batch) -> None:
        """Take samples that no motor shook: is it worn, is it moved?"""
        sums = self._sums
        second = 1000000 // batch.period_us
        for index in range(0, 3 * batch.count, 3):
            for axis in range(3):
                sums[axis] += batch.acc[index + axis]
            self._summed += 1
            if self._summed >= second:
                self._second_of_samples(second)

    def _second_of_samples(self, count: int) -> None:
        sums, here = self._sums, self._here
        scale = wire.G_PER_COUNT / count
        self._wear.update(sums[0] * scale, sums[1] * scale, sums[2] * scale)
        away = 0
        for axis in range(3):
            away = max(away, abs(sums[axis] // count - here[axis]))
        if away > _MOVED_COUNTS:
            self._here = (sums[0] // count, sums[1] // count, sums[2] // count)
            self._moved = True
        for axis in range(3):
            sums[axis] = 0
        self._summed = 0

    def judge(self, packet: wire.StreamPacket) -> None:
        """Take a packet of orientations: buzz if it is time, and write the log."""
        now_ms = self._clock.ms()
        posture = self.posture
        before = posture.state
        at_ms = self._clock.ms_at(packet.ticks)
        time_s = (at_ms - self._base_ms) / 1000
        if before == judge.AWAY and time_s > _RECOUNT_S and self.off_body:
            # On the board's short floats seconds lose their fractions as they grow.
            self._base_ms, time_s = at_ms, 0.0
            posture.restart()
            self.coach.restart()
        change = posture.update(packet, time_s)
        pattern = self.coach.judged(now_ms, time_s, change, posture.state)
        if pattern is not None:
            result = self._buzzer.request(pattern, 1, _STRENGTH, now_ms)
            if result == wire.OK:
                self.coach.buzzed(now_ms, True)
            elif result == wire.BUSY:
                self.coach.owe(pattern)
        self._write_log(packet)
        if self._rezero.active:
            self._go_on_zeroing(now_ms, packet)

    def _write_log(self, packet: wire.StreamPacket) -> None:
        buzzes = self._buzzer.buzzes
        since, self._counted_buzzes = (buzzes - self._counted_buzzes) & 0xFFFF, buzzes
        self._keep(self._epochs.add(packet, self.posture, since))

    def settle(self) -> None:
        """Log what is not logged yet: the clip goes to sleep."""
        self._keep(self._epochs.close())

    def _keep(self, record: wire.EpochRecord | None) -> None:
        if record is not None:
            unix_ms = self._clock.unix_ms(self._clock.ms_at(record.ticks))
            self._log.append(record, None if unix_ms is None else unix_ms // 1000)

    # What they ask for

    def rest(self) -> None:
        """No nudges for ten minutes."""
        self.coach.snooze(self._clock.ms(), SNOOZE_S)
        self.signal(signals.CONFIRM)

    def rezero(self) -> None:
        """Take the posture that they hold now for upright."""
        self._rezero.ask(self._clock.ms())
        self.signal(wire.PATTERN_TICK)

    def _go_on_zeroing(self, now_ms: int, packet: wire.StreamPacket) -> None:
        contexts = self._settings.contexts
        moves = self.posture.state in (judge.MOVING, judge.WALKING)
        outcome = self._rezero.update(now_ms, packet.counts, moves)
        if outcome == DONE:
            left = _LEFT if contexts.neutral is None else contexts.neutral[3:]
            result = self.set_neutral(contexts.slot, *self._rezero.up, *left)
            self.signal(signals.CONFIRM if result == wire.OK else signals.REFUSED)
        elif outcome == REFUSED:
            self.signal(signals.REFUSED)

    def next_context(self) -> None:
        """Judge by the next neutral that is known, and let them feel its number."""
        slot = self._settings.contexts.next_slot()
        if slot is None:
            self.signal(signals.REFUSED)
            return
        # Where the flash refuses it is so until the next start.
        self.use_context(slot)
        self.signal(signals.CONTEXT, slot + 1)

    def forget(self) -> bool:
        """Know nobody; ``False`` when the flash refuses to forget them."""
        forgotten = self._settings.forget(self._files)
        self._calibrate()
        return forgotten

    # What is done to them: all of it is kept, and returns a result code of the protocol

    def set_neutral(self, slot: int, *axes: int) -> int:
        """Take the axes of ``OP_SET_NEUTRAL``; judge by them if the slot is in use."""
        return self._taught(slot, self._settings.contexts.set_neutral(slot, axes))

    def set_slump(self, slot: int, *lines: int) -> int:
        """Take the lines of ``OP_SET_SLUMP``; judge by them if the slot is in use."""
        return self._taught(slot, self._settings.contexts.set_slump(slot, lines))

    def use_context(self, slot: int) -> int:
        """Judge by what this slot holds."""
        result = self._settings.contexts.use(slot)
        if result == wire.OK:
            self._rezero.active = False  # it was asked for where they were
        return self._taught(slot, result)

    def _taught(self, slot: int, result: int) -> int:
        if result != wire.OK:
            return result
        if slot == self._settings.contexts.slot:
            self._calibrate()
        return wire.OK if self._settings.save(self._files) else wire.STORAGE

    def _calibrate(self) -> None:
        contexts = self._settings.contexts
        self.posture.calibrate(contexts.neutral, contexts.slump)

    def signal(self, pattern: int, repeats: int = 1) -> None:
        """Let them feel what the clip has to say."""
        self._buzzer.request(pattern, repeats, _STRENGTH, self._clock.ms())

    def buzz(self, pattern: int, repeats: int, strength: int) -> int:
        """Buzz them for a host, unless they asked for rest; a result code of the protocol."""
        now_ms = self._clock.ms()
        nudge = pattern in (wire.PATTERN_NUDGE, wire.PATTERN_STRONG)
        if nudge and self.coach.snoozed(now_ms):
            return wire.REFUSED
        if nudge and self.coach.gave(now_ms):
            return wire.OK
        result = self._buzzer.request(pattern, repeats, strength, now_ms)
        if nudge and result == wire.OK:
            self.coach.buzzed(now_ms, False)
        return result
