"""What the clip spends its charge on: the radio, streaming, light sleep, deep sleep.

Pure: once a second it is told how things are and says what is to be.  A clip that is told to
sleep deeply starts anew when it wakes; so does this.

What wearers expect decides the doubtful cases:

- A clip laid down for 10 min sleeps, even while a host is connected: the host says "away"
  either way, and whoever puts the clip on again finds it awake and calling before it sits.
  A clip beside a computer that is never switched off must not be empty in the morning.
- Whoever only breathes keeps it awake.  But nobody holds still to half a degree for an hour:
  that is something that hums, such as a fan, and it sleeps.
- On USB it never sleeps, and once unplugged it has its 10 min before it: somebody holds it.
- Nothing is cut short that somebody waits for: pairing, a transfer, a buzz, the first minute
  of a connection.
- Nobody is locked out: for 30 s after boot and after the button it neither sleeps lightly nor
  for an empty cell, and its radio is on for the first minute of every boot.

Limits: a clip carried in a bag, or lying on something that shakes, is not told from one that
is worn.
"""

from micropython import const

from clip_firmware.battery import EMPTY as BATTERY_EMPTY
from clip_firmware.battery import GOOD, NO_STREAM

FAST_MS = const(250)  # between two advertisements
SLOW_MS = const(1500)

MOTION = const(1)  # deep sleep until it is moved or the button is pressed
EMPTY = const(2)  # deep sleep until the button, or for an hour to look at the cell again
SAFE = const(3)  # the same in safe mode, which goes on when it wakes
EMPTY_SLEEP_MS = const(3600000)

CALLING_FAST = const(0)
CALLING_SLOW = const(1)
LINKED = const(2)
SILENT = const(3)  # alone, with the radio off
RESTING = const(4)
DRAINED = const(5)
STATES = ("calling fast", "calling slow", "linked", "silent", "resting", "drained")

_FAST_FOR_MS = const(60000)
_GUARD_MS = const(30000)
_QUIET_MS = const(600000)
_MOTIONLESS_MS = const(3600000)
_GRACE_MS = const(60000)


class Situation:
    """How things are; the app keeps one and brings it up to date every second.

    Attributes:
        now_ms: ms since boot.
        connected: a host is connected.
        worn: somebody wears it, without doubt; without a sensor never.
        moved: it was tilted since the last time, by more than a breath, its own motor left out;
            without a sensor never.
        button: the button was touched since the last time.
        pairing: the pairing window is open, or just was opened by the button.
        transferring: the host is reading the log or writing files.
        buzzing: the motor runs.
        usb: a computer is at the other end of the cable.
        alone: the setting: no radio.
        battery: ``Battery.level``.
    """

    def __init__(self) -> None:
        self.now_ms = 0
        self.connected = False
        self.worn = False
        self.moved = False
        self.button = False
        self.pairing = False
        self.transferring = False
        self.buzzing = False
        self.usb = False
        self.alone = False
        self.battery: int = GOOD


class Power:
    """Decides what is on.

    Args:
        woken_by_timer: the clip slept for an empty cell and nobody woke it: should the cell
            still be empty, it sleeps again at once, without radio.

    Attributes:
        state: one of the states, ``CALLING_FAST`` to ``DRAINED``; ``STATES`` names them.
        radio: whether Bluetooth is on.
        advertising: ms between advertisements, ``FAST_MS`` or ``SLOW_MS``; ``None`` for none.
        stream_allowed: whether the host may have samples.
        light_sleep: whether the processor may sleep between two bursts of the sensor.
        deep_sleep: ``None``, ``MOTION`` or ``EMPTY``: store what must be stored and sleep.
    """

    def __init__(self, woken_by_timer: bool = False) -> None:
        self.state: int = CALLING_FAST
        self.radio = not woken_by_timer
        self.advertising: int | None = None
        self.stream_allowed = True
        self.light_sleep = False
        self.deep_sleep: int | None = None
        self._linked = False
        self._guard_until_ms: int = 0 if woken_by_timer else _GUARD_MS
        self._fast_until_ms: int = _FAST_FOR_MS
        self._radio_until_ms: int = _FAST_FOR_MS
        self._stay_until_ms = 0
        self._worn_ms = 0
        self._moved_ms = 0

    def update(self, situation: Situation) -> None:
        """Decide anew; call it about once a second."""
        self._notice(situation)
        self.deep_sleep = self._sleep_for(situation)
        awake = self.deep_sleep is None
        self.radio = awake and self._radio_wanted(situation)
        self.advertising = self._interval_ms(situation)
        self.stream_allowed = awake and (situation.battery < NO_STREAM or situation.usb)
        self.light_sleep = awake and self._may_doze(situation)
        self.state = self._state(situation)

    def _notice(self, now: Situation) -> None:
        """Restart the clocks of what just happened."""
        now_ms = now.now_ms
        if now.button or now.pairing:
            self._guard_until_ms = now_ms + _GUARD_MS
            self._fast_until_ms = now_ms + _FAST_FOR_MS
        if self._linked and not now.connected:
            self._fast_until_ms = self._radio_until_ms = now_ms + _FAST_FOR_MS
        if now.transferring or (now.connected and not self._linked):
            self._stay_until_ms = now_ms + _GRACE_MS
        self._linked = now.connected
        here = now.button or now.pairing or now.usb
        if here or now.worn:
            self._worn_ms = now_ms
        if here or now.moved:
            self._moved_ms = now_ms

    def _sleep_for(self, now: Situation) -> int | None:
        if now.usb or now.buzzing:
            return None
        if now.battery >= BATTERY_EMPTY and now.now_ms >= self._guard_until_ms:
            return EMPTY
        if now.pairing or now.now_ms < self._stay_until_ms:
            return None
        unworn = now.now_ms - self._worn_ms >= _QUIET_MS
        return MOTION if unworn or now.now_ms - self._moved_ms >= _MOTIONLESS_MS else None

    def _radio_wanted(self, now: Situation) -> bool:
        if not now.alone or now.connected or now.pairing:
            return True
        return now.now_ms < self._radio_until_ms

    def _interval_ms(self, now: Situation) -> int | None:
        if now.connected or not self.radio:
            return None
        return FAST_MS if now.now_ms < self._fast_until_ms else SLOW_MS

    def _may_doze(self, now: Situation) -> bool:
        if self.radio or now.usb or now.buzzing:
            return False
        return now.now_ms >= self._guard_until_ms

    def _state(self, now: Situation) -> int:
        if self.deep_sleep is not None:
            return RESTING if self.deep_sleep == MOTION else DRAINED
        if now.connected:
            return LINKED
        if not self.radio:
            return SILENT
        return CALLING_FAST if self.advertising == FAST_MS else CALLING_SLOW
