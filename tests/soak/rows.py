"""What was promised, beside what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One figure: what it is, where, what was found, what is promised, whether it holds."""

    name: str
    where: str
    found: str
    promised: str = ""
    holds: bool = True


def table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    cells = [("", "", "found", "promised", "")]
    for row in rows:
        verdict = "" if not row.promised else "ok" if row.holds else "BROKEN"
        cells.append((row.name, row.where, row.found, row.promised, verdict))
    widths = [max(len(each[column]) for each in cells) for column in range(5)]
    lines = [
        "  ".join(
            each[column].rjust(widths[column])
            if column == 2
            else each[column].ljust(widths[column])
            for column in range(5)
        ).rstrip()
        for each in cells
    ]
    return "\n".join(lines)
