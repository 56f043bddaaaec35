"""The tables of hardware.md as rows of cells."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
HARDWARE = ROOT / "hardware.md"


def table(first: str) -> list[list[str]]:
    """The table whose head begins with *first*, head and body, without marks of emphasis.

    Raises:
        LookupError: hardware.md has no such table.
    """
    lines = HARDWARE.read_text(encoding="utf-8").splitlines()
    starts = [k for k, line in enumerate(lines) if line.startswith(f"| {first} |")]
    if len(starts) != 1:
        raise LookupError(f"hardware.md has {len(starts)} tables that begin with {first!r}")
    rows: list[list[str]] = []
    for line in lines[starts[0] :]:
        if not line.startswith("|"):
            break
        cells = line.strip().strip("|").split("|")
        rows.append([cell.strip().replace("**", "").strip("`") for cell in cells])
    return [rows[0], *rows[2:]]
