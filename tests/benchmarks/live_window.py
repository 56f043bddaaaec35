"""What the live window costs: share of one core while shown and while hidden, and peak memory.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/live_window.py --seconds 10

A second thread feeds invented estimates at 50 Hz in packets of ten, as the monitor does.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from midback.estimator import Estimate
from midback.link import Link
from midback.live.picture import Span
from midback.live.trace import Trace
from midback.live.window import LiveWindow
from midback.watching import Now
from midback.words import State

PACKET = 10
BEGAN = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)
ENTER_DEG = 14.0


class NoControls:
    """Nobody to ask."""

    def calibrate(self) -> None: ...

    def choose_next(self) -> None: ...

    def answer(self, yes: bool) -> None: ...

    def snooze(self, minutes: float) -> None: ...

    def pause(self, on: bool) -> None: ...

    def buzz(self) -> None: ...

    def report(self) -> None: ...


def lean_deg(time_s: float) -> float:
    """A wearer who sways and slumps for half of every 80 seconds."""
    slump = 12.0 + 8.0 * math.tanh(6.0 * math.sin(time_s * math.tau / 80))
    return slump + 0.8 * math.sin(1.7 * time_s) + 0.4 * math.sin(5.3 * time_s)


def feed(trace: Trace, first_s: float, hz: float) -> None:
    """Feed one packet that ends at *first_s* plus its length."""
    times_s = [first_s + i / hz for i in range(PACKET)]
    leans_deg = [lean_deg(t) for t in times_s]
    last_s, last_deg = times_s[-1], leans_deg[-1]
    state = State.SLUMPED if last_deg > ENTER_DEG else State.UPRIGHT
    trace.estimates(
        [
            Estimate(t, d, 0.0, (0.0, 0.0, 1.0), state, 0)
            for t, d in zip(times_s, leans_deg, strict=True)
        ]
    )
    trace.now(
        Now(
            time_s=last_s,
            wall=BEGAN + timedelta(seconds=last_s),
            state=state,
            since_s=last_s % 40,
            flexion_deg=last_deg,
            last_deg=last_deg,
            enter_deg=ENTER_DEG,
            leave_deg=10.0,
            back_enter_deg=None,
            hold_s=30.0,
            battery_percent=82,
            link=Link.STREAMING,
            snoozed_until=None,
            notice=None,
        )
    )


def keep_feeding(trace: Trace, first_s: float, hz: float, stop: threading.Event) -> None:
    """Feed in real time until *stop*."""
    began, packets = time.monotonic(), 0
    while not stop.is_set():
        feed(trace, first_s + packets * PACKET / hz, hz)
        packets += 1
        stop.wait(max(began + packets * PACKET / hz - time.monotonic(), 0.0))


def run_for(seconds: float) -> None:
    """Run the event loop; quitting the application would close the window."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def share_of_a_core(seconds: float, frames: Callable[[], int]) -> str:
    """Run the event loop for *seconds* and say what it cost."""
    run_for(1.0)
    before, wall, cpu = frames(), time.monotonic(), time.process_time()
    run_for(seconds)
    spent = time.monotonic() - wall
    share = 100 * (time.process_time() - cpu) / spent
    return f"{share:4.1f} % of a core, {(frames() - before) / spent:4.1f} frames/s"


def peak_mb() -> float:
    """Peak resident memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live window.")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each run")
    parser.add_argument("--hz", type=float, default=50.0, help="samples a second")
    args = parser.parse_args()
    app = QApplication([])
    app.setStyle("Fusion")
    trace = Trace()
    history_s = 600.0
    for packet in range(round(history_s * args.hz / PACKET)):
        feed(trace, packet * PACKET / args.hz, args.hz)
    stop = threading.Event()
    feeder = threading.Thread(target=keep_feeding, args=(trace, history_s, args.hz, stop))
    feeder.start()
    window = LiveWindow(trace, NoControls(), finished=lambda: False)
    plot = window.graph_card.graph.plot
    window.resize(1100, 640)
    window.show()
    for span in Span:
        window.show_span(span)
        print(f"{span.label:12}", share_of_a_core(args.seconds, lambda: plot.paints))
    window.show_span(Span.MINUTE)
    window.resize(420, 300)
    print(f"{'corner':12}", share_of_a_core(args.seconds, lambda: plot.paints))
    window.resize(1100, 640)
    window.hide()
    print(f"{'hidden':12}", share_of_a_core(args.seconds, lambda: plot.paints))
    window.close()
    stop.set()
    feeder.join()
    print(f"peak memory  {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
