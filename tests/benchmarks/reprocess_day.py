"""From a store to the summary of its day, judged anew; run in a process of its own.

    python tests/benchmarks/reprocess_day.py FOLDER peak|race

``peak`` does it once and tells the most memory it took; ``race`` does it beside VQF's
own batch.  Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from invented_day import DAY, HZ, ZONE
from peak import peak_mb
from peers import G_MPS2, installed, scaled
from rounds import side_by_side

from midback.recording import Store
from midback_analysis.day import read_day
from midback_analysis.recompute import recomputed_day
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import DaySummary

ROUNDS = 5


def summary(store: Store) -> DaySummary:
    """Everything anew, from packets to figures."""
    return summarise_day(recomputed_day(store, DAY, ZoneInfo(ZONE)))


def main() -> None:
    """Do what the command line says."""
    with Store.open(Path(sys.argv[1]), write=False) as store:
        print(json.dumps(peak(store) if sys.argv[2] == "peak" else race(store)))


def peak(store: Store) -> dict[str, float | None]:
    """Memory of this process before and at most, in MB."""
    before = peak_mb()
    summary(store)
    return {"before_mb": before, "peak_mb": peak_mb()}


def race(store: Store) -> dict[str, object]:
    """CPU seconds of each round, of us and of VQF, on the same samples."""
    counts = _counts(store)
    contenders: dict[str, Callable[[], object]] = {
        "anew": lambda: summary(store),
        "packets": lambda: _counts(store),
    }
    if (vqf := installed("vqf")) is not None:
        gyr, acc = scaled(counts)
        gyr, acc = np.radians(gyr), acc * G_MPS2
        contenders["vqf"] = lambda: vqf.VQF(1 / HZ).updateBatch(gyr, acc)
    raced = side_by_side(contenders, ROUNDS)
    stored = summarise_day(read_day(store, DAY, ZoneInfo(ZONE)))
    return {
        "samples": len(counts),
        "spent_s": raced.spent_s,
        "same": summary(store) == stored,
    }


def _counts(store: Store) -> np.ndarray:
    (session,) = store.sessions()
    return np.concatenate([block.counts for block in store.packet_blocks(session)])


if __name__ == "__main__":
    main()
