"""The clip: its parts put together, without asyncio and without a board.

``app`` calls it: when the sensor may have samples, when the host wrote, when the button moved,
and once a second.  Every time comes from the clip's own clock; nothing here waits.
"""

from micropython import const

from clip_firmware import buzzer as signals
from clip_firmware.battery import LOW, Battery
from clip_firmware.bonds import Bonds
from clip_firmware.boots import Boots
from clip_firmware.button import DOUBLE, FORGET, PAIR, PRESS
from clip_firmware.buzzer import Buzzer
from clip_firmware.clock import Clock
from clip_firmware.files import Files
from clip_firmware.log import Log
from clip_firmware.outbox import Outbox
from clip_firmware.packer import Packer
from clip_firmware.power import Power, Situation
from clip_firmware.radio import Radio
from clip_firmware.rezero import DONE, REFUSED, Rezero
from clip_firmware.sampler import Sampler
from clip_firmware.samples import Batch
from clip_firmware.sender import Sender
from clip_firmware.settings import Settings
from midback.shared import judge, wire
from midback.shared.coach import SNOOZE_S, Coach
from midback.shared.epochs import EpochMaker
from midback.shared.flexion import CLIP_LEFT
from midback.shared.posture import Posture
from midback.shared.wear import WearWatch

_JUDGED_US = const(40000)  # the clip judges packets like those the host asks for by default
_JUDGED_SAMPLES = const(5)
_STRENGTH = const(80)
_PAIRING_MS = const(60000)
_GOOD_MS = const(60000)  # a start that came so far has not failed
_RECOUNT_S = const(3600)  # after so long seconds are counted anew as soon as nobody wears it
_MOVED_COUNTS = const(20)  # 10 mg: people who hold still do that within minutes, a table does not
_STATUS_S = const(10)
_PREPARE_S = const(10)
_NO_IMU_S = const(30)
_LOW_BATTERY_S = const(600)
_LEFT = tuple([round(part * wire.QUATERNION_ONE) for part in CLIP_LEFT])


class Parts:
    """What a clip is built of; ``main`` makes it for a board."""

    def __init__(
        self,
        clock: Clock,
        sampler: Sampler,
        buzzer: Buzzer,
        battery: Battery,
        power: Power,
        radio: Radio,
        bonds: Bonds,
        files: Files,
        settings: Settings,
        log: Log,
        boots: Boots,
        outbox: Outbox,
    ) -> None:
        self.clock = clock
        self.sampler = sampler
        self.buzzer = buzzer
        self.battery = battery
        self.power = power
        self.radio = radio
        self.bonds = bonds
        self.files = files
        self.settings = settings
        self.log = log
        self.boots = boots
        self.outbox = outbox


class Clip:
    """One clip.

    Attributes:
        restart_asked: the host wants it to start anew.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._radio = parts.radio
        self._clock = parts.clock
        self._buzzer = parts.buzzer
        self._settings = parts.settings
        self.sender = Sender(parts.radio, parts.log, parts.clock, parts.outbox, parts.boots.boot)
        self.situation = Situation()
        self.restart_asked = False
        self._batch = Batch()
        self._posture = Posture()
        self._coach = Coach()
        self._rezero = Rezero()
        self._wear = WearWatch()
        self._epochs = EpochMaker()
        self._counted_buzzes = 0
        self._temperature_cdeg = 0
        self._judged: Packer | None = None
        self._streamed: Packer | None = None
        self._shared = False  # the host asked for just the packets that are judged
        self._sequence = 0
        self._base_ms = 0
        self._pairing_until_ms = 0
        self._seconds = 0
        self._link = 0
        self._sums = [0, 0, 0]
        self._summed = 0
        self._here = (0, 0, 0)
        self._moved = True
        self._advertising_ms: int | None = None

    def start(self) -> None:
        """Begin: find what flash and bus hold."""
        parts = self._parts
        parts.log.open()
        try:
            self._posture.calibrate(parts.settings.neutral, parts.settings.slump)
        except ValueError:
            self._settings.lost = True
        self._find_imu()
        self.second(False, False)

    @property
    def light_sleep(self) -> bool:
        """Whether the processor may sleep until the next burst."""
        return self._parts.power.light_sleep and not self._buzzer.running

    @property
    def deep_sleep(self) -> int | None:
        """How deeply to sleep now (``power.MOTION``, ``power.EMPTY``), or ``None``."""
        return self._parts.power.deep_sleep

    # Samples

    def burst(self) -> bool:
        """Take what the sensor has; ``False`` when that was nothing."""
        batch = self._batch
        if not self._parts.sampler.take(batch):
            return False
        last_ms = self._at_ms(batch.ticks)
        span_ms = (batch.count + 1) * batch.period_us // 1000
        batch.shaken = self._buzzer.shook(last_ms - span_ms, last_ms)
        if not batch.shaken:
            self._watch_wear(batch)
        self._pack(self._judged, batch, True)
        if not self._shared:
            self._pack(self._streamed, batch, False)
        return True

    def _at_ms(self, ticks: int) -> int:
        """When that was, which is a little ago, or seconds when the flash kept all waiting."""
        ago = (self._clock.ticks() - ticks) % wire.TICKS_MODULUS
        return self._clock.ms() - ago // 10

    def _find_imu(self) -> None:
        sampler = self._parts.sampler
        if sampler.imu is None and sampler.start() and sampler.imu is not None:
            own_us = sampler.imu.period_us
            every = _every(_JUDGED_US, own_us)
            self._judged = Packer(wire.KIND_ORIENTATION, every, _JUDGED_SAMPLES, own_us)

    def _pack(self, packer: Packer | None, batch: Batch, judged: bool) -> None:
        if packer is None:
            return
        if packer.begin(batch):
            self._packed(packer, judged)
        for index in range(batch.count):
            if packer.add(batch, index):
                self._packed(packer, judged)

    def _packed(self, packer: Packer, judged: bool) -> None:
        flags = wire.FLAG_LOST if packer.lost else 0
        if packer.shaken:
            flags |= wire.FLAG_SHAKEN
        if self._wear.off_body:
            flags |= wire.FLAG_OFF_BODY
        packet = wire.StreamPacket(
            packer.kind,
            flags,
            self._sequence,
            self._parts.boots.boot,
            packer.ticks,
            packer.period_us,
            packer.counts,
        )
        if judged:
            self._judge(packet)
        if self._shared or not judged:
            self.sender.add(packet)
            self._sequence = (self._sequence + 1) % wire.SEQUENCE_MODULUS

    def _judge(self, packet: wire.StreamPacket) -> None:
        now_ms = self._clock.ms()
        posture = self._posture
        before = posture.state
        at_ms = self._at_ms(packet.ticks)
        time_s = (at_ms - self._base_ms) / 1000
        if before == judge.AWAY and time_s > _RECOUNT_S and self._wear.off_body:
            # On the board's short floats seconds lose their fractions as they grow.
            self._base_ms, time_s = at_ms, 0.0
            posture.restart()
            self._coach.restart()
        change = posture.update(packet, time_s)
        pattern = self._coach.judged(now_ms, time_s, change, posture.state)
        if pattern is not None:
            result = self._buzzer.request(pattern, 1, _STRENGTH, now_ms)
            if result == wire.OK:
                self._coach.buzzed(now_ms, True)
            elif result == wire.BUSY:
                self._coach.owe(pattern)
        self._write_diary(packet)
        if self._rezero.active:
            self._go_on_zeroing(now_ms)

    def _write_diary(self, packet: wire.StreamPacket) -> None:
        buzzes = self._buzzer.buzzes
        since, self._counted_buzzes = (buzzes - self._counted_buzzes) & 0xFFFF, buzzes
        self._keep(self._epochs.add(packet, self._posture, since))

    def settle(self) -> None:
        """Keep what is not kept yet: the clip goes to sleep."""
        self._keep(self._epochs.close())
        self._parts.bonds.flush()

    def _keep(self, record: wire.EpochRecord | None) -> None:
        if record is not None:
            unix_ms = self._clock.unix_ms(self._at_ms(record.ticks))
            self._parts.log.append(record, None if unix_ms is None else unix_ms // 1000)

    def _watch_wear(self, batch: Batch) -> None:
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

    # The wearer

    def pressed(self, event: int) -> None:
        """The wearer used the button: an event of ``button``."""
        now_ms = self._clock.ms()
        if event == PRESS:
            self._coach.snooze(now_ms, SNOOZE_S)
            self._signal(signals.CONFIRM)
        elif event == DOUBLE:
            self._rezero.ask(now_ms)
            self._signal(wire.PATTERN_TICK)
        elif event == PAIR:
            self._open_pairing(now_ms)
        elif event == FORGET:
            self._forget()

    def _open_pairing(self, now_ms: int) -> None:
        self._parts.bonds.open_window()
        self._pairing_until_ms = now_ms + _PAIRING_MS
        self._signal(signals.PAIRING)

    def _forget(self) -> None:
        parts = self._parts
        parts.bonds.close_window()
        parts.bonds.forget_all()
        parts.bonds.flush()
        forgotten = self._settings.forget(parts.files)
        self._posture.calibrate(None, None)
        self._signal(signals.FORGOTTEN if forgotten else signals.REFUSED)

    def _go_on_zeroing(self, now_ms: int) -> None:
        posture = self._posture
        outcome = self._rezero.update(now_ms, posture.up, posture.state == judge.MOVING)
        if outcome == DONE:
            neutral = self._settings.neutral
            left = _LEFT if neutral is None else neutral[3:]
            outcome = DONE if self.set_neutral(*self._rezero.up, *left) == wire.OK else REFUSED
            self._signal(signals.CONFIRM if outcome == DONE else signals.REFUSED)
        elif outcome == REFUSED:
            self._signal(signals.REFUSED)

    def _signal(self, pattern: int) -> None:
        self._buzzer.request(pattern, 1, _STRENGTH, self._clock.ms())

    # Once a second

    def second(self, button: bool, usb: bool) -> None:
        """Look after everything that takes its time.

        Args:
            button: whether the button was touched since the last time.
            usb: whether a computer, or a charger that the board can tell, is at the cable's end.
        """
        now_ms = self._clock.ms()
        self._clock.ticks()
        self._seconds += 1
        if self._parts.sampler.imu is None:
            self._find_imu()
        self.watch_link()
        if self._parts.bonds.window_open and now_ms >= self._pairing_until_ms:
            self._parts.bonds.close_window()
        self.keep_bonds()
        self._watch_battery(now_ms)
        self._decide(now_ms, button, usb)
        self._radio.tend(now_ms)
        if self._seconds % _PREPARE_S == 0:
            self._parts.log.prepare()
        if self._seconds % _NO_IMU_S == 1 and self._parts.sampler.imu is None:
            self._signal(signals.NO_IMU)
        if now_ms >= _GOOD_MS:
            self._parts.boots.good()
        self._tell(self._seconds % _STATUS_S == 0)

    def watch_link(self) -> None:
        """End what the last host began, if it is gone: before each command, and every second."""
        linked = self._radio.connected
        if self._link and (not linked or self._radio.links != self._link):
            self._coach.end_lease()
            self.sender.link_ended()
        self._link = self._radio.links if linked else 0

    def keep_bonds(self) -> None:
        """Write new bonds to flash, if there are any."""
        self._parts.bonds.flush()

    def _watch_battery(self, now_ms: int) -> None:
        battery = self._parts.battery
        battery.update(now_ms, self._buzzer.shook(now_ms - 1, now_ms))
        self._radio.set_battery(battery.percent)
        supplied = battery.charging or self.situation.usb
        if battery.level >= LOW and not supplied and self._seconds % _LOW_BATTERY_S == _STATUS_S:
            self._signal(signals.BATTERY)

    def _decide(self, now_ms: int, button: bool, usb: bool) -> None:
        parts, now = self._parts, self.situation
        now.now_ms = now_ms
        now.connected = self._radio.connected
        now.off_body = self._wear.off_body
        now.moved, self._moved = self._moved, False
        now.button = button
        now.pairing = parts.bonds.window_open
        now.transferring = self.sender.transferring
        now.buzzing = self._buzzer.running
        now.usb = usb
        now.alone = self._settings.alone
        now.battery = parts.battery.level
        parts.power.update(now)
        if not parts.power.stream_allowed:
            self.stop_stream()
        self._set_radio(parts.power)

    def _set_radio(self, power: Power) -> None:
        if not power.radio:
            self._radio.stop()
            return
        self._radio.start()
        # While linked the interval stays what it was: it is that of after the link.
        if not self._radio.connected and power.advertising != self._advertising_ms:
            self._advertising_ms = power.advertising
            self._radio.advertise(power.advertising)

    def _tell(self, notify: bool) -> None:
        if notify:
            self._measure_temperature()
        status = self._status()
        self._radio.set_status(status)
        if notify:
            self.sender.status = status

    def _measure_temperature(self) -> None:
        imu = self._parts.sampler.imu
        try:
            if imu is not None:
                self._temperature_cdeg = imu.temperature_cdeg()
        except OSError:
            pass  # the sampler meets the same fault, and deals with it

    def _status(self) -> bytes:
        parts = self._parts
        now_ms = self._clock.ms()
        return wire.encode_status(
            wire.Status(
                wire.MODE_LIVE if self._coach.held(now_ms) else wire.MODE_ALONE,
                self._flags(),
                parts.boots.boot,
                self._clock.ticks(),
                parts.battery.percent,
                parts.battery.mv,
                self._temperature_cdeg,
                min(parts.sampler.lost_samples, 0xFFFF),
                self._buzzer.buzzes,
                parts.log.first,
                parts.log.next,
                self._coach.since_buzz_s(now_ms),
                self._coach.snooze_s(now_ms),
            )
        )

    def _flags(self) -> int:
        parts = self._parts
        on = (
            (self.sender.streaming, wire.STATUS_STREAMING),
            (self._posture.calibrated, wire.STATUS_NEUTRAL_SET),
            (self._wear.off_body, wire.STATUS_OFF_BODY),
            (parts.battery.charging, wire.STATUS_CHARGING),
            (parts.battery.level >= LOW, wire.STATUS_LOW_BATTERY),
            (self._clock.unix_ms(0) is not None, wire.STATUS_TIME_SET),
            (self._radio.secured, wire.STATUS_BONDED_ONLY),
            (self._settings.lost, wire.STATUS_SETTINGS_LOST),
            (parts.sampler.imu is None, wire.STATUS_NO_IMU),
            (self._settings.alone, wire.STATUS_ALONE),
        )
        flags = 0
        for is_on, flag in on:
            if is_on:
                flags |= flag
        return flags

    # What the host asks; but for ``resend`` every method returns the result code of its command

    def start_stream(self, kind: int, period: int, per_packet: int) -> int:
        """Send samples about every *period* 10 us, so many to a packet or as the MTU allows."""
        imu = self._parts.sampler.imu
        if per_packet > wire.MAX_SAMPLES[kind]:
            return wire.BAD_ARGUMENT
        room = self.sender.room(wire.HEADER_SIZE) // (2 * wire.WIDTH[kind])
        if imu is None or not self._parts.power.stream_allowed or not room:
            return wire.REFUSED
        every = _every(period * wire.PERIOD_UNIT_US, imu.period_us)
        wanted = (kind, every, min(per_packet, room))
        judged, streamed = self._judged, self._streamed
        self._shared = judged is not None and wanted == judged.setting
        if self._shared:
            self._streamed = None
        elif streamed is None or wanted != streamed.setting:
            self._streamed = Packer(*wanted, imu.period_us)
        self.sender.begin()
        return wire.OK

    def stop_stream(self) -> int:
        """Send no more samples."""
        self._streamed, self._shared = None, False
        self.sender.end()
        return wire.OK

    def buzz(self, pattern: int, repeats: int, strength: int) -> int:
        """Buzz the wearer, unless they asked for rest."""
        now_ms = self._clock.ms()
        nudge = pattern in (wire.PATTERN_NUDGE, wire.PATTERN_STRONG)
        if nudge and self._coach.snoozed(now_ms):
            return wire.REFUSED
        if nudge and self._coach.gave(now_ms):
            return wire.OK
        result = self._buzzer.request(pattern, repeats, strength, now_ms)
        if nudge and result == wire.OK:
            self._coach.buzzed(now_ms, False)
        return result

    def identify(self) -> int:
        """Let the wearer feel which clip this is."""
        return self._buzzer.request(wire.PATTERN_NUDGE, 2, 100, self._clock.ms())

    def heartbeat(self, lease_s: int) -> int:
        """Leave the decision on buzzes to the host for so long."""
        self._coach.heartbeat(self._clock.ms(), lease_s)
        return wire.OK

    def acknowledge(self, boot: int, sequence: int) -> int:
        """The host has all packets up to this one."""
        if boot == self._parts.boots.boot:
            self.sender.outbox.acknowledge(sequence)
        return wire.OK

    def resend(self, boot: int, first: int, count: int) -> tuple[int, int] | None:
        """Send these packets again; which of them are kept, ``None`` for another boot's."""
        if boot != self._parts.boots.boot:
            return None
        return self.sender.resend(first, count)

    def set_time(self, unix_ms: int) -> int:
        """The host knows what time it is: from here on records tell it."""
        self._clock.set_unix_ms(unix_ms)
        return wire.OK

    def zero_gyro(self) -> int:
        """See whether the gyroscope could find its zero: it does so whenever the clip rests."""
        orientation = self._parts.sampler.orientation
        resting = orientation is not None and orientation.at_rest
        return wire.OK if resting else wire.REFUSED

    def set_neutral(self, *axes: int) -> int:
        """Take these directions for the wearer's upright, and keep them."""
        return self._calibrate(axes, self._settings.slump)

    def set_slump(self, *lines: int) -> int:
        """Judge slumps by these lines and times, and keep them."""
        return self._calibrate(self._settings.neutral, lines)

    def _calibrate(self, neutral: tuple[int, ...] | None, lines: tuple[int, ...] | None) -> int:
        try:
            self._posture.calibrate(neutral, lines)
        except ValueError:
            return wire.BAD_ARGUMENT
        self._settings.neutral, self._settings.slump = neutral, lines
        return self._saved()

    def snooze(self, seconds: int) -> int:
        """No nudges for so long."""
        self._coach.snooze(self._clock.ms(), seconds)
        return wire.OK

    def set_alone(self, alone: int) -> int:
        """Go on without radio once the host has left, or keep it on."""
        self._settings.alone = bool(alone)
        return self._saved()

    def read_log(self, first: int, pages: int) -> int:
        """Send pages of the log."""
        if self.sender.room(wire.PAGE_HEADER_SIZE) < wire.RECORD_SIZE:
            return wire.REFUSED
        self.sender.read_log(first, pages)
        return wire.OK

    def trim_log(self, up_to: int) -> int:
        """Forget the records before this one: the host has them on its disk."""
        return wire.OK if self._parts.log.trim(up_to) else wire.STORAGE

    def ask_restart(self) -> int:
        """Start anew once the reply is out."""
        self.settle()
        self._parts.boots.good()  # it was asked for: this start has not failed
        self.restart_asked = True
        return wire.OK

    def _saved(self) -> int:
        return wire.OK if self._settings.save(self._parts.files) else wire.STORAGE


def _every(wanted_us: int, own_us: int) -> int:
    """How many of the sensor's samples make one of about this period."""
    return max(1, (wanted_us + own_us // 2) // own_us)
