"""What the views' tests show: a wearer on a clock that only moves when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from midback.estimator import Estimate
from midback.link import Link
from midback.live.trace import Trace
from midback.watching import Now
from midback.words import UNKNOWN, State

NINE = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
HZ = 50
PACKET = 10

USUAL = Now(
    time_s=0.0,
    wall=NINE,
    state=State.UPRIGHT,
    since_s=0.0,
    flexion_deg=None,
    last_deg=None,
    enter_deg=14.0,
    leave_deg=10.0,
    back_enter_deg=None,
    hold_s=30.0,
    battery_percent=82,
    link=Link.STREAMING,
    snoozed_until=None,
    notice=None,
)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Wearing:
    """Feeds a trace as the monitor does: session time 0 is nine o'clock.

    Args:
        began: wall time of session time 0.
    """

    def __init__(self, began: datetime = NINE) -> None:
        self.clock = Clock()
        self.trace = Trace(zone=UTC, clock=self.clock)
        self.now_s = 0.0
        self._began = began
        self._state: State | None = None
        self._since_s = 0.0
        self._last_deg: float | None = None

    def wears(self, seconds: float, state: State, lean_deg: float = 0.0, **facts: object) -> Now:
        """Let time pass in one state; estimates arrive unless there is no signal."""
        now = self._now(state, facts)
        for _ in range(round(seconds * HZ / PACKET)):
            if state is not State.NO_DATA:
                self.trace.estimates(packet(self.now_s, lean_deg, state))
            self.now_s += PACKET / HZ
            self.clock.now_s = self.now_s
            if state not in UNKNOWN:
                self._last_deg = lean_deg
            now = self._now(state, facts)
            self.trace.now(now)
        return now

    def buzzes(self) -> None:
        self.trace.event(self.now_s, "buzz", None, "nudge")

    def _now(self, state: State, facts: dict[str, object]) -> Now:
        if state is not self._state:
            self._state, self._since_s = state, self.now_s
        return replace(
            USUAL,
            time_s=self.now_s,
            wall=self._began + timedelta(seconds=self.now_s),
            state=state,
            since_s=self.now_s - self._since_s,
            flexion_deg=None if state in UNKNOWN else self._last_deg,
            last_deg=self._last_deg,
            **facts,  # pyright: ignore[reportArgumentType]
        )


def packet(first_s: float, lean_deg: float, state: State) -> Sequence[Estimate]:
    """Ten samples at 50 Hz."""
    times_s = [first_s + i / HZ for i in range(PACKET)]
    return [Estimate(t, lean_deg, 0.0, (0.0, 0.0, 1.0), state, 0) for t in times_s]


class Wishes:
    """Controls that note what was asked for."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def calibrate(self) -> None:
        self.heard.append("calibrate")

    def choose_next(self) -> None:
        self.heard.append("choose next")

    def answer(self, yes: bool) -> None:
        self.heard.append("yes" if yes else "no")

    def snooze(self, minutes: float) -> None:
        self.heard.append(f"snooze {minutes:.0f}")

    def pause(self, *, on: bool) -> None:
        self.heard.append(f"pause {'on' if on else 'off'}")

    def buzz(self) -> None:
        self.heard.append("buzz")

    def report(self) -> None:
        self.heard.append("report")
