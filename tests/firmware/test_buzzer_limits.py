"""Whatever is asked and however late the program comes: the motor keeps within its limits."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from clip_firmware import buzzer
from clip_firmware.buzzer import Buzzer
from midback.shared import wire

MOST_PULSE_MS = 1000
MOST_ON_MS = 6000
WINDOW_MS = 60000

Interval = tuple[int, int]


class Wired:
    """A motor and a timer that keep real time, and a buzzer that is told it now and then.

    Args:
        broken: whether the motor refuses the n-th time it is told to turn, and turns or not.
    """

    def __init__(self, broken: Callable[[int], tuple[bool, bool]] | None = None) -> None:
        self.now_ms = 0
        self.ran: list[Interval] = []
        self._broken = broken
        self._tells = 0
        self._since_ms: int | None = None
        self._alarm: tuple[int, Callable[..., None]] | None = None
        self.buzzer = Buzzer(self, self)

    def set(self, percent: int) -> None:
        refuses, turns = False, True
        if percent and self._broken is not None:
            refuses, turns = self._broken(self._tells)
            self._tells += 1
        if percent and turns and self._since_ms is None:
            self._since_ms = self.now_ms
        if not percent and self._since_ms is not None:
            if self.now_ms > self._since_ms:
                self.ran.append((self._since_ms, self.now_ms))
            self._since_ms = None
        if refuses:
            raise OSError(5)

    def arm(self, ms: int, callback: Callable[..., None]) -> None:
        self._alarm = (self.now_ms + ms, callback)

    def disarm(self) -> None:
        self._alarm = None

    def sleep(self, ms: int) -> None:
        """The program is busy or asleep; the timer is not."""
        end_ms = self.now_ms + ms
        while self._alarm is not None and self._alarm[0] <= end_ms:
            self.now_ms, callback = self._alarm
            self._alarm = None
            callback()
        self.now_ms = end_ms

    def play(self, late_ms: int) -> None:
        """To the end of the pattern, each ``update`` late by so much."""
        due_ms = self.buzzer.update(self.now_ms)
        while due_ms is not None:
            self.sleep(due_ms + late_ms)
            due_ms = self.buzzer.update(self.now_ms)

    def ask(self, pattern: int, repeats: int, strength: int) -> int:
        return self.buzzer.request(pattern, repeats, strength, self.now_ms)


def most_within_a_minute(ran: list[Interval]) -> int:
    """The most time on in any 60 s: such a window may be moved to begin where a pulse does."""
    starts = [begin for begin, _ in ran]
    return max(
        (
            sum(
                min(end, start + WINDOW_MS) - begin
                for begin, end in ran
                if start <= begin < start + WINDOW_MS
            )
            for start in starts
        ),
        default=0,
    )


requests = st.tuples(
    st.just("ask"),
    st.sampled_from([*range(5), *range(buzzer.CONFIRM, buzzer.NO_IMU + 1), 99]),
    st.integers(0, 6),
    st.integers(0, 101),
)
likely_requests = st.tuples(
    st.just("ask"),
    st.sampled_from([wire.PATTERN_STRONG, wire.PATTERN_LONG, buzzer.NO_IMU]),
    st.integers(3, 5),
    st.sampled_from([20, 100]),
)
steps = st.lists(
    st.one_of(
        requests,
        likely_requests,
        st.tuples(st.just("play"), st.integers(0, 1200)),
        st.tuples(st.just("play"), st.just(0)),
        st.tuples(st.just("update"), st.integers(0, 700)),
        st.tuples(st.just("sleep"), st.integers(0, 3000)),
        st.tuples(st.just("jump"), st.integers(1000, 100_000)),
        st.tuples(st.just("off")),
    ),
    max_size=80,
)


def take(on: Wired, step: tuple[object, ...]) -> None:
    what, *numbers = step
    arguments = [number for number in numbers if isinstance(number, int)]
    if what == "ask":
        on.ask(*arguments)
    elif what == "play":
        on.play(*arguments)
    elif what == "update":
        on.sleep(*arguments)
        on.buzzer.update(on.now_ms)
    elif what == "off":
        on.buzzer.off()
    else:
        on.sleep(*arguments)


def ran_after(on: Wired, story: list[tuple[object, ...]]) -> list[Interval]:
    for step in story:
        take(on, step)
    on.sleep(WINDOW_MS)
    return on.ran


@given(steps)
def test_no_pulse_is_longer_than_a_second(story: list[tuple[object, ...]]):
    ran = ran_after(Wired(), story)

    assert all(end - begin <= MOST_PULSE_MS for begin, end in ran)


@given(steps)
def test_six_seconds_in_any_minute_are_the_most(story: list[tuple[object, ...]]):
    ran = ran_after(Wired(), story)

    assert most_within_a_minute(ran) <= MOST_ON_MS


@given(steps, st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_a_motor_that_fails_at_times_is_kept_within_the_limits_too(
    story: list[tuple[object, ...]], faults: list[tuple[bool, bool]]
):
    ran = ran_after(Wired(lambda n: faults[n % len(faults)]), story)

    assert all(end - begin <= MOST_PULSE_MS for begin, end in ran)
    assert most_within_a_minute(ran) <= MOST_ON_MS


@given(st.integers(0, 1500), st.sampled_from([wire.PATTERN_STRONG, wire.PATTERN_LONG]))
def test_somebody_who_asks_all_the_time_gets_no_more_than_that(late_ms: int, pattern: int):
    on = Wired()
    for _ in range(100):
        on.ask(pattern, 5, 100)
        on.play(late_ms)
        on.sleep(200)

    assert most_within_a_minute(on.ran) <= MOST_ON_MS


def test_somebody_who_asks_all_the_time_gets_nearly_that():
    on = Wired()
    for _ in range(600):
        on.ask(wire.PATTERN_TICK, 5, 100)
        on.play(0)
        on.sleep(200)

    # What a second of the ledger and one request of 200 ms may leave unused.
    assert most_within_a_minute(on.ran) >= MOST_ON_MS - 400
