"""Writes the invented day into a store as a live wearing would; run in a process of its own.

    python tests/benchmarks/long_day.py FOLDER

Prints what it cost as one line of JSON.  The first hour is committed every second,
as the monitor does; the rest every minute, which leaves the same file.
"""

from __future__ import annotations

import json
import sys
import time
from bisect import bisect_left
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from invented_day import CLIP, STARTED, calibration, checked, hours

from midback.recording import SessionWriter, Store
from midback.reprocess import Judged, reprocess
from midback.seconds import Seconds

LIVE_S = 3600


class Received(NamedTuple):
    """The day as it came and as it was judged."""

    arrival_s: list[float]
    payloads: list[bytes]
    seconds: Seconds
    judged: Judged


def main() -> None:
    """Write the day into the folder that is named on the command line."""
    day = [checked(hour) for hour in hours()]
    judged = reprocess((hour.block() for hour in day), [(0.0, calibration())])
    received = Received(
        [time_s for hour in day for time_s in hour.arrival_s.tolist()],
        [payload for hour in day for payload in hour.payloads()],
        judged.seconds,
        judged,
    )
    folder = Path(sys.argv[1])
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration())
        facts = {"name": "Midback 4D42", "firmware": "0.1.0", "hold_s": "30", "buzzing": "on"}
        writer = store.begin(CLIP, facts, STARTED, calibration().id)
        commit_s = _write(writer, received)
    rolls = [s for second, s in commit_s if second % 60 == 0]
    plain = [s for second, s in commit_s if second % 60 != 0]
    print(
        json.dumps(
            {
                "megabytes": sum(f.stat().st_size for f in folder.iterdir()) / 1e6,
                "packets": len(received.payloads),
                "commit_ms": 1e3 * float(np.percentile(plain, 50)),
                "commit_p99_ms": 1e3 * float(np.percentile(plain, 99)),
                "minute_ms": 1e3 * float(np.percentile(rolls, 50)),
            }
        )
    )


def _write(writer: SessionWriter, received: Received) -> list[tuple[int, float]]:
    """Commit second by second, later minute by minute; how long each of the first hour took."""
    commit_s: list[tuple[int, float]] = []
    for change in received.judged.changes:
        writer.add_event(*change)
    rows = received.seconds.tolist()
    end = len(rows)
    begin = 0
    while begin < end:
        until = min(begin + (1 if begin < LIVE_S else 60), end)
        first, last = (bisect_left(received.arrival_s, at) for at in (begin, until))
        for k in range(first, last):
            writer.add_packet(received.arrival_s[k], received.payloads[k])
        for second in range(begin, until):
            writer.add_second(second, rows[second])
        began = time.perf_counter()
        writer.commit(until, STARTED + timedelta(seconds=until))
        if until <= LIVE_S:
            commit_s.append((until, time.perf_counter() - began))
        begin = until
    writer.close(end, STARTED + timedelta(seconds=end))
    return commit_s


if __name__ == "__main__":
    main()
