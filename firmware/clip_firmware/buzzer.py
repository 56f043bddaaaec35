"""What the wearer feels: vibration patterns, within limits that no request gets past.

One pulse lasts a second at most, and the motor runs 6 s at most in any minute.  Both are held
on the time it really ran: the *backstop*, a timer beside the program, ends a pulse when
``update`` comes late, and a pattern that has fallen behind is given up.

Limits: a restart forgets the last minute; a motor that cannot be told to stop is told again
until it obeys, and the time until then counts as run.
"""

from array import array

from micropython import const

from midback.shared import wire

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Callable, Protocol

    from clip_firmware.motor import Motor

    class Backstop(Protocol):
        """A timer beside the program."""

        def arm(self, __ms: int, __callback: Callable[..., None]) -> None:
            """Call back once in so many ms; a new call replaces the last."""
            ...

        def disarm(self) -> None:
            """Do not call back."""
            ...


# What only the clip itself asks for, beside the patterns of the protocol.
CONFIRM = const(16)
REFUSED = const(17)
PAIRING = const(18)
FORGOTTEN = const(19)
NO_IMU = const(20)
CONTEXT = const(21)  # as often as the number of the slot, counted from one
BATTERY = wire.PATTERN_LOW_BATTERY

MOST_REPEATS = const(5)

_BETWEEN_MS = const(400)  # two repeats
_PULSES_MS: dict[int, tuple[int, ...]] = {  # on, off, on ... and the pause before a repeat
    wire.PATTERN_TICK: (40, _BETWEEN_MS),
    wire.PATTERN_NUDGE: (80, 120, 80, _BETWEEN_MS),
    wire.PATTERN_STRONG: (150, 150, 150, 150, 150, _BETWEEN_MS),
    wire.PATTERN_LONG: (600, _BETWEEN_MS),
    wire.PATTERN_LOW_BATTERY: (40, 200, 40, _BETWEEN_MS),
    CONFIRM: (80, _BETWEEN_MS),
    REFUSED: (40, 80, 40, _BETWEEN_MS),
    PAIRING: (60, 100, 60, 100, 60, _BETWEEN_MS),
    FORGOTTEN: (600, _BETWEEN_MS),
    NO_IMU: (600, 200, 80, 200, 80, _BETWEEN_MS),
    CONTEXT: (60, 250),
}

_MOST_PULSE_MS = const(1000)
_MOST_ON_MS = const(6000)
_WINDOW_S = const(60)
_KICK_MS = const(30)  # at full strength first: a coin motor takes its time to turn
_STALE_MS = const(1000)  # later than this the rest of a pattern would be taken for another
_RETRY_MS = const(50)
_SLOWEST_RETRY_MS = const(6400)
_AFTERSHAKE_MS = const(300)
_SHAKES = const(32)
_NEVER_MS = const(-(1 << 29))


def _on_ms(pulses_ms: tuple[int, ...]) -> int:
    on_ms = 0
    for i in range(0, len(pulses_ms), 2):
        on_ms += pulses_ms[i]
    return on_ms


class OnTime:
    """When the motor ran: per second for the last minute, and the last shakes exactly."""

    def __init__(self) -> None:
        self._on_ms = array("H", [0] * (_WINDOW_S + 1))
        self._second = 0
        self._from_ms = [0] * _SHAKES
        self._to_ms = [_NEVER_MS] * _SHAKES
        self._last = 0

    def add(self, from_ms: int, to_ms: int) -> None:
        """The motor ran from here to there."""
        self._shake(from_ms, to_ms)
        self._forget_before(to_ms)
        at_ms = max(from_ms, (self._second - _WINDOW_S) * 1000)
        while at_ms < to_ms:
            second = at_ms // 1000
            end_ms = min(to_ms, second * 1000 + 1000)
            self._on_ms[second % (_WINDOW_S + 1)] += end_ms - at_ms
            at_ms = end_ms

    def within_minute_ms(self, now_ms: int) -> int:
        """How long it ran in the last 60 s, and up to a second before them."""
        self._forget_before(now_ms)
        return sum(self._on_ms)

    def shook(self, from_ms: int, to_ms: int) -> bool:
        """Whether it ran in this time, or less than 300 ms before."""
        for i in range(_SHAKES):
            if self._from_ms[i] <= to_ms and from_ms <= self._to_ms[i] + _AFTERSHAKE_MS:
                return True
        return False

    def _shake(self, from_ms: int, to_ms: int) -> None:
        # Shakes whose aftershakes touch are one: what is kept reaches back 9 s at least.
        last = self._last
        if from_ms <= self._to_ms[last] + _AFTERSHAKE_MS:
            self._to_ms[last] = max(self._to_ms[last], to_ms)
            return
        self._last = last = (last + 1) % _SHAKES
        self._from_ms[last], self._to_ms[last] = from_ms, to_ms

    def _forget_before(self, now_ms: int) -> None:
        now_s = now_ms // 1000
        for second in range(max(self._second + 1, now_s - _WINDOW_S), now_s + 1):
            self._on_ms[second % (_WINDOW_S + 1)] = 0
        self._second = max(self._second, now_s)


class Buzzer:
    """Runs patterns on a motor.

    Args:
        motor: its ``set(percent)`` may raise; then it is turned off, the pattern is over and
            ``faults`` counts.
        backstop: ends a pulse when ``update`` does not come in time.

    Attributes:
        buzzes: patterns begun, modulo 65536.
        faults: times the motor did not take a command.
        running: whether a pattern is being played.
    """

    def __init__(self, motor: "Motor", backstop: "Backstop | None" = None) -> None:
        self.buzzes = 0
        self.faults = 0
        self.running = False
        self._motor = motor
        self._backstop = backstop
        self._cut_off = self._cut  # bound once: a timer's callback had better not allocate
        self._ran = OnTime()
        self._now_ms = 0
        self._due_ms = 0
        self._pulses_ms: tuple[int, ...] = ()
        self._step = 0
        self._steps = 0
        self._strength = 0
        self._since_ms = -1  # when the motor was turned on; negative while it is off
        self._until_ms = 0
        self._retry_ms = _RETRY_MS

    def request(self, pattern: int, repeats: int, strength_percent: int, now_ms: int) -> int:
        """Begin a pattern; return ``wire.OK``, or why not.

        ``BUSY`` while another one runs, ``REFUSED`` when it would go beyond the limits or the
        motor does not answer, ``BAD_ARGUMENT`` for what is no pattern, 1 to 5 repeats, or
        1 to 100 %.
        """
        self.update(now_ms)
        pulses_ms = _PULSES_MS.get(pattern)
        if pulses_ms is None or not 1 <= repeats <= MOST_REPEATS:
            return wire.BAD_ARGUMENT
        if not 1 <= strength_percent <= 100:
            return wire.BAD_ARGUMENT
        if self.running:
            return wire.BUSY
        if self._since_ms >= 0 and not self._stop(self._now_ms):
            return wire.REFUSED
        wanted_ms = repeats * _on_ms(pulses_ms)
        if self._ran.within_minute_ms(self._now_ms) + wanted_ms > _MOST_ON_MS:
            return wire.REFUSED
        self._pulses_ms, self._strength = pulses_ms, strength_percent
        self._step, self._steps = 0, repeats * len(pulses_ms) - 1
        self.running = True
        self._pulse(self._now_ms)
        if not self.running:
            return wire.REFUSED
        self.buzzes = (self.buzzes + 1) & 0xFFFF
        return wire.OK

    def update(self, now_ms: int) -> int | None:
        """Go on; return the ms until it must be called again, ``None`` when idle."""
        self._now_ms = now_ms = max(now_ms, self._now_ms)
        if not self.running:
            if self._since_ms >= 0 and now_ms >= self._due_ms:
                self._stop(now_ms)
        elif now_ms - self._due_ms > _STALE_MS:
            self._give_up(now_ms)
        elif now_ms >= self._due_ms:
            self._go_on(now_ms)
        if self.running or self._since_ms >= 0:
            return max(self._due_ms - now_ms, 0)
        return None

    def off(self) -> None:
        """Stop at once, whatever runs."""
        self._give_up(max(self._now_ms, self._until_ms))

    def shook(self, from_ms: int, to_ms: int) -> bool:
        """Whether a sample taken in this time is suspect: the motor ran, or had just run."""
        if 0 <= self._since_ms <= to_ms:
            return True
        return self._ran.shook(from_ms, to_ms)

    def _go_on(self, now_ms: int) -> None:
        if self._since_ms >= 0 and now_ms < self._until_ms:
            self._due_ms = self._until_ms
            self._drive(self._strength, now_ms)
            return
        if self._since_ms >= 0 and not self._stop(now_ms):
            return
        self._step += 1
        if self._step >= self._steps:
            self.running = False
        elif self._step % 2:
            self._due_ms = now_ms + self._pulses_ms[self._step % len(self._pulses_ms)]
        else:
            self._pulse(now_ms)

    def _pulse(self, now_ms: int) -> None:
        length_ms = min(self._pulses_ms[self._step % len(self._pulses_ms)], _MOST_PULSE_MS)
        if self._ran.within_minute_ms(now_ms) + length_ms > _MOST_ON_MS:
            self._give_up(now_ms)  # late pulses have used it up
            return
        self._since_ms, self._until_ms = now_ms, now_ms + length_ms
        kick_ms = length_ms if self._strength == 100 else min(_KICK_MS, length_ms)
        self._due_ms = now_ms + kick_ms
        self._drive(100, now_ms, length_ms)

    def _drive(self, percent: int, now_ms: int, arm_ms: int = 0) -> None:
        try:
            if arm_ms and self._backstop is not None:
                self._backstop.arm(arm_ms, self._cut_off)
            self._motor.set(percent)
        except Exception:
            self._fault()
            self._give_up(now_ms)

    def _give_up(self, now_ms: int) -> None:
        self.running = False
        if self._since_ms >= 0:
            self._stop(now_ms)

    def _stop(self, now_ms: int) -> bool:
        """Turn the motor off and book the time it ran; where it does not obey, try later."""
        try:
            self._motor.set(0)
            if self._backstop is not None:
                self._backstop.disarm()
        except Exception:
            self._fault()
            self.running = False
            self._due_ms = self._now_ms + self._next_try_ms()
            return False
        self._book(now_ms)
        return True

    def _cut(self, _timer: object = None) -> None:
        """The backstop's call: the pulse is over, with or without ``update``."""
        if self._since_ms < 0:
            return
        backstop = self._backstop
        try:
            self._motor.set(0)
            if backstop is not None:
                backstop.disarm()  # it may be one that goes on
        except Exception:
            self._fault()
            wait_ms = self._next_try_ms()
            self._until_ms += wait_ms
            if backstop is not None:
                backstop.arm(wait_ms, self._cut_off)
            return
        self._book(self._until_ms)

    def _next_try_ms(self) -> int:
        wait_ms, self._retry_ms = self._retry_ms, min(2 * self._retry_ms, _SLOWEST_RETRY_MS)
        return wait_ms

    def _book(self, now_ms: int) -> None:
        since_ms, self._since_ms = self._since_ms, -1
        self._retry_ms = _RETRY_MS
        if since_ms >= 0:
            self._ran.add(since_ms, now_ms)

    def _fault(self) -> None:
        self.faults = (self.faults + 1) & 0xFFFF
