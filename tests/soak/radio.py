"""The unmodified firmware and the host over a virtual radio, on both of bleak's routes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from firmware.drop_outs import Worn, away_and_back
from firmware.rig import lockstep
from firmware.rig.fixtures import KINDS
from monitor.drop_outs import Away, at_random
from soak.rows import Row

LONGEST_RETURN_S = 20.0
"""Within two minutes of absence: a pause of two seconds or some more, a slow advertisement, a
connection."""


def radio_rows(folder: Path, drop_outs: int, seed: int) -> list[Row]:
    """Half of the drop-outs on each route; a table of what came home."""
    each = -(-drop_outs // len(KINDS))
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)

    async def both() -> list[Worn]:
        stories = [
            away_and_back(
                folder / kind, kind, lambda begin_s, n=number: _plan(each, seed + n, begin_s)
            )
            for number, kind in enumerate(KINDS)
        ]
        return await asyncio.gather(*stories)

    rows: list[Row] = []
    for kind, worn in zip(KINDS, lockstep.run(both()), strict=True):
        rows += _rows(f"firmware, {kind}", worn)
    return rows


def _plan(count: int, seed: int, begin_s: float) -> Sequence[Away]:
    return at_random(count, seed, begin_s)


def _rows(where: str, worn: Worn) -> list[Row]:
    home = worn.home
    epochs = (home.epochs_received, home.epochs_expected)
    longest_s = max(worn.returns_s, default=0.0)
    return [
        Row("drop-outs survived", where, f"{home.drop_outs}"),
        Row("losses they add up to", where, f"{home.losses}"),
        Row("of them longer than 60 s", where, f"{home.long}"),
        Row("samples expected", where, f"{home.samples_expected}"),
        Row("samples received", where, f"{home.samples_received}"),
        Row("packets missing", where, f"{home.missing}", "0", home.missing == 0),
        Row("epochs expected", where, f"{epochs[1]}"),
        Row("epochs received", where, f"{epochs[0]}", f"{epochs[1]}", epochs[0] == epochs[1]),
        Row("gaps without epochs", where, f"{len(home.uncovered)}", "0", not home.uncovered),
        Row("duplicates", where, f"{home.duplicates}", "0", home.duplicates == 0),
        Row(
            *("longest way back", where, f"{longest_s:.1f} s", f"{LONGEST_RETURN_S:.0f} s"),
            longest_s <= LONGEST_RETURN_S,
        ),
    ]
