"""The account of a check for a terminal: plain characters, 80 columns, no colour needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from midback.exercises import account_words as words
from midback.exercises.account import Account
from midback.words import DISCLAIMER, NBSP, degrees

LEAST_WIDTH = 78
_NAME = 25


def account_text(account: Account, width: int = 80) -> str:
    """The account as text.

    Args:
        account: what to tell.
        width: columns of the terminal; under ``LEAST_WIDTH`` lines may run over.
    """
    width = max(LEAST_WIDTH, width)
    head = [f"Movement check, {words.title(account)}", words.facts(account)]
    parts = [
        "\n".join(_wrapped(line, width) for line in head),
        _wrapped(words.sentence(account), width),
        "\n".join(_advice(account, width)),
        "\n".join([*_table(account), *_others(account, width)]),
        "\n".join(_wrapped(line, width) for line in words.undone(account)),
        "\n".join(_wrapped(line, width) for line in _foot(account)),
    ]
    return "\n\n".join(part for part in parts if part).replace(NBSP, " ") + "\n"


def _wrapped(line: str, width: int, indent: str = "", hanging: str | None = None) -> str:
    return textwrap.fill(
        line,
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )


def _advice(account: Account, width: int) -> Iterator[str]:
    for number, each in enumerate(account.advice, 1):
        yield _wrapped(each.todo, width, f"{number}. ", "   ")
        yield _wrapped(each.why, width, "   ")


def _table(account: Account) -> list[str]:
    if not account.measures:
        return []
    rows = [("", "measured", "spread", "others")]
    rows += [
        (
            words.NAMES[key],
            degrees(each.found.median_deg),
            words.size(each.found.spread_deg),
            words.others(each.published),
        )
        for key, each in account.measures.items()
    ]
    if account.compared:
        later = [("at first", "change")]
        later += [(words.began(each), words.changed(each)) for each in account.measures.values()]
        rows = [(*row, *more) for row, more in zip(rows, later, strict=True)]
    return _aligned(rows)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Names to the left, all else to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[0] = max(_NAME, widths[0])
    return [
        "  ".join(
            cell.rjust(wide) if k else cell.ljust(wide)
            for k, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _others(account: Account, width: int) -> Iterator[str]:
    """What is no angle there and back."""
    told = [
        (f"{words.TITLES[item].split()[0]}, two sides", words.sides_told(sides))
        for item, sides in account.sides.items()
    ]
    if account.endurance is not None:
        told.append((words.TITLES["tall_hold"], words.endurance_told(account.endurance)))
    if account.finding is not None:
        told.append((words.TITLES["find_upright"], words.finding_told(account.finding)))
    for name, what in told:
        hanging = " " * (_NAME + 2)
        yield _wrapped(what, width, f"{name:<{_NAME}}  ", hanging)


def _foot(account: Account) -> list[str]:
    told = [words.method()] if account.measures else []
    told += [] if account.empty else [words.compared(account)]
    told += [f"Others, {name.lower()}: {who}" for name, who in words.sources(account)]
    return [*told, words.LIMITS, f"Not a medical device. {DISCLAIMER}"]
