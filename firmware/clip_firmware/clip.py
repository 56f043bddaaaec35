"""The clip: its parts put together, without asyncio and without a board.

``app`` calls it: when the sensor may have samples, when the host wrote, when the button moved,
and once a second.  Every time comes from the clip's own clock; nothing here waits.
"""

from micropython import const

from clip_firmware import buzzer as signals
from clip_firmware.battery import LOW, Battery
from clip_firmware.bonds import Bonds
from clip_firmware.boots import Boots
from clip_firmware.button import DOUBLE, FORGET, PAIR, PRESS, TRIPLE
from clip_firmware.buzzer import Buzzer
from clip_firmware.clock import Clock
from clip_firmware.files import Files
from clip_firmware.log import Log
from clip_firmware.outbox import Outbox
from clip_firmware.power import Power, Situation
from clip_firmware.radio import Radio
from clip_firmware.sampler import Sampler
from clip_firmware.sender import Sender
from clip_firmware.settings import Settings
from clip_firmware.stream import Stream
from clip_firmware.wearer import Wearer
from midback.shared import wire

_PAIRING_MS = const(60000)
_GOOD_MS = const(60000)  # a start that came so far has not failed
_STATUS_S = const(10)
_PREPARE_S = const(10)
_NO_IMU_S = const(30)
_LOW_BATTERY_S = const(600)


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
        sender: what goes to the host.
        wearer: who wears it.
        stream: what makes packets of the sensor's samples.
        situation: how things are, as ``power`` was told.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._radio = parts.radio
        self._clock = parts.clock
        self._buzzer = parts.buzzer
        boot = parts.boots.boot
        self.sender = Sender(parts.radio, parts.log, parts.clock, parts.outbox, boot)
        self.wearer = Wearer(parts.clock, parts.buzzer, parts.settings, parts.files, parts.log)
        self.stream = Stream(
            parts.clock, parts.sampler, parts.buzzer, self.wearer, self.sender, boot
        )
        self.situation = Situation()
        self._temperature_cdeg = 0
        self._pairing_until_ms = 0
        self._seconds = 0
        self._link = 0
        self._advertising_ms: int | None = None

    def start(self) -> None:
        """Begin: find what flash and bus hold."""
        self._parts.log.open()
        self.wearer.recall()
        self.stream.find_imu()
        self.second(False, False)

    def settle(self) -> None:
        """Keep what is not kept yet: the clip goes to sleep."""
        self.wearer.settle()
        self._parts.bonds.flush()

    @property
    def light_sleep(self) -> bool:
        """Whether the processor may sleep until the next burst."""
        return self._parts.power.light_sleep and not self._buzzer.running

    @property
    def deep_sleep(self) -> int | None:
        """How deeply to sleep now (``power.MOTION``, ``power.EMPTY``), or ``None``."""
        return self._parts.power.deep_sleep

    # The button

    def pressed(self, event: int) -> None:
        """The wearer used the button: an event of ``button``."""
        if event == PRESS:
            self.wearer.rest()
        elif event == DOUBLE:
            self.wearer.rezero()
        elif event == TRIPLE:
            self.wearer.next_context()
            self.tell(True)
        elif event == PAIR:
            self._open_pairing()
        elif event == FORGET:
            self._forget()

    def _open_pairing(self) -> None:
        self._parts.bonds.open_window()
        self._pairing_until_ms = self._clock.ms() + _PAIRING_MS
        self.wearer.signal(signals.PAIRING)

    def _forget(self) -> None:
        bonds = self._parts.bonds
        bonds.close_window()
        bonds.forget_all()
        bonds.flush()
        forgotten = self.wearer.forget()
        self.wearer.signal(signals.FORGOTTEN if forgotten else signals.REFUSED)

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
        self.stream.find_imu()
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
            self.wearer.signal(signals.NO_IMU)
        if now_ms >= _GOOD_MS:
            self._parts.boots.good()
        notify = self._seconds % _STATUS_S == 0
        if notify:
            self._measure_temperature()
        self.tell(notify)

    def watch_link(self) -> None:
        """End what the last host began, if it is gone: before each command, and every second."""
        linked = self._radio.connected
        if self._link and (not linked or self._radio.links != self._link):
            self.wearer.coach.end_lease()
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
            self.wearer.signal(signals.BATTERY)

    def _decide(self, now_ms: int, button: bool, usb: bool) -> None:
        parts, now = self._parts, self.situation
        now.now_ms = now_ms
        now.connected = self._radio.connected
        now.worn = self.wearer.worn
        now.moved = self.wearer.has_moved()
        now.button = button
        now.pairing = parts.bonds.window_open
        now.transferring = self.sender.transferring
        now.buzzing = self._buzzer.running
        now.usb = usb
        now.alone = parts.settings.alone
        now.battery = parts.battery.level
        parts.power.update(now)
        if not parts.power.stream_allowed:
            self.stream.stop()
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

    def tell(self, notify: bool) -> None:
        """Bring the status up to date, for whoever reads it and, if so told, by notification."""
        status = self._status()
        self._radio.set_status(status)
        if notify:
            self.sender.status = status

    def _measure_temperature(self) -> None:
        imu = self._parts.sampler.imu
        try:
            if imu is not None:
                self._temperature_cdeg = imu.temperature_cdeg()
                self.wearer.feel(self._temperature_cdeg / 100)
        except OSError:
            pass  # the sampler meets the same fault, and deals with it

    def _status(self) -> bytes:
        parts = self._parts
        now_ms = self._clock.ms()
        return wire.encode_status(
            wire.Status(
                wire.MODE_LIVE if self.wearer.coach.held(now_ms) else wire.MODE_ALONE,
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
                self.wearer.coach.since_buzz_s(now_ms),
                self.wearer.coach.snooze_s(now_ms),
                parts.settings.contexts.slot,
            )
        )

    def _flags(self) -> int:
        parts = self._parts
        on = (
            (self.sender.streaming, wire.STATUS_STREAMING),
            (self.wearer.posture.calibrated, wire.STATUS_NEUTRAL_SET),
            (self.wearer.off_body, wire.STATUS_OFF_BODY),
            (parts.battery.charging, wire.STATUS_CHARGING),
            (parts.battery.level >= LOW, wire.STATUS_LOW_BATTERY),
            (self._clock.unix_ms(0) is not None, wire.STATUS_TIME_SET),
            (self._radio.secured, wire.STATUS_BONDED_ONLY),
            (parts.settings.lost, wire.STATUS_SETTINGS_LOST),
            (parts.sampler.imu is None, wire.STATUS_NO_IMU),
            (parts.settings.alone, wire.STATUS_ALONE),
        )
        flags = 0
        for is_on, flag in on:
            if is_on:
                flags |= flag
        return flags
