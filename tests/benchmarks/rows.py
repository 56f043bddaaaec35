"""What was measured, beside what was hoped for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    Attributes:
        name: what was measured.
        value: how much; ``None`` where it could not be measured, ``note`` says why.
        unit: of ``value`` and ``goal``.
        goal: the most that it should be, if there is a goal.
        ratio: how many times as much as ``against``, from the same run.
        against: what it is compared with.
        note: anything else.
    """

    name: str
    value: float | None
    unit: str
    goal: float | None = None
    ratio: float | None = None
    against: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """``ok`` or ``over``; nothing without a goal or a value."""
        if self.goal is None or self.value is None:
            return ""
        return "ok" if self.value <= self.goal else "over"


@dataclass(frozen=True, slots=True)
class Topic:
    """What belongs together; *left_out* says why there is nothing."""

    name: str
    title: str
    rows: Sequence[Row] = ()
    left_out: str = ""


def table(topic: Topic) -> str:
    """The rows in columns."""
    lines = [f"{topic.name}: {topic.title}"]
    if topic.left_out:
        return "\n".join([*lines, f"  left out: {topic.left_out}"])
    cells = [
        (
            row.name,
            f"{_number(row.value)} {row.unit}" if row.value is not None else "–",
            "" if row.goal is None else f"{_number(row.goal)} {row.unit}",
            "" if row.ratio is None else f"{row.ratio:.2f} x {row.against}",
            row.verdict,
            row.note,
        )
        for row in topic.rows
    ]
    cells.insert(0, ("", "measured", "goal", "ratio", "", ""))
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    for name, measured, goal, ratio, verdict, note in cells:
        line = (
            f"  {name:{widths[0]}}  {measured:>{widths[1]}}  {goal:>{widths[2]}}"
            f"  {ratio:{widths[3]}}  {verdict:{widths[4]}}  {note}"
        )
        lines.append(line.rstrip())
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
