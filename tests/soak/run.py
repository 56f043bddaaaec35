"""What is promised of the link, shown: drop-outs, the clock, memory.

    uv run poe soak [--drop-outs N] [--hours H] [--seed S]

Two wearings take place: the unmodified firmware over a virtual radio, on both of bleak's routes at
the same time, with N drop-outs in all; and a simulated day of H hours with some 48 drop-outs an
hour, a long absence, and the wall clock set back and forth.  By default that is a thousand
drop-outs.  Exits 1 when something that is promised does not hold.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
FAKES = TESTS / "firmware" / "fakes"
sys.path[:0] = [str(TESTS), str(TESTS.parent / "firmware"), str(FAKES), str(FAKES / "cpython")]

from soak.day import day_rows  # noqa: E402 (the path comes first)
from soak.radio import radio_rows  # noqa: E402
from soak.rows import Row, table  # noqa: E402


def main() -> int:
    """Live through it all; whether every promise held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--drop-outs", type=int, default=300, metavar="N")
    parser.add_argument("--hours", type=float, default=16.0, metavar="H")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    args = parser.parse_args()
    # What the models of the radio have to say is of no interest here.
    logging.disable(logging.WARNING)
    began_s = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="midback-soak-") as folder:
        if args.drop_outs:
            rows += radio_rows(Path(folder) / "radio", args.drop_outs, args.seed)
        if args.hours:
            rows += day_rows(Path(folder) / "day", args.hours, args.seed)
    print(table(rows))
    print(f"\n{(time.monotonic() - began_s) / 60:.0f} minutes of real time.")
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(main())
