"""The account of a check as the window's results; the words are those of terminal and page."""

from __future__ import annotations

from midback.exercises import account_words as words
from midback.exercises.account import Account, Measure
from midback.live.guided.scene import Outcome, Row, Todo
from midback.words import DISCLAIMER, degrees


def outcome_of(account: Account) -> Outcome:
    """What the window tells of a check; the page tells more."""
    return Outcome(
        sentence=words.sentence(account),
        todo=tuple(Todo(each.todo, each.why) for each in account.advice),
        rows=tuple(_rows(account)),
        notes=(
            *words.undone(account),
            *words.forward(account),
            words.LIMITS,
            f"Not a medical device. {DISCLAIMER}",
        ),
    )


def _rows(account: Account) -> list[Row]:
    rows = [
        Row(words.NAMES[key], degrees(each.found.median_deg), _beside(each))
        for key, each in account.measures.items()
    ]
    rows += [
        Row(f"{words.TITLES[item]}, two sides", "", words.sides_told(sides))
        for item, sides in account.sides.items()
    ]
    if account.endurance is not None:
        told = words.endurance_told(account.endurance)
        rows.append(Row(words.TITLES["tall_hold"], "", told))
    if account.finding is not None:
        rows.append(Row(words.TITLES["find_upright"], "", words.finding_told(account.finding)))
    return rows


def _beside(measure: Measure) -> str:
    """Spread, others, and the change since the first days, where there are any."""
    told = [f"spread {words.size(measure.found.spread_deg)}"]
    if measure.published is not None:
        told.append(f"others {words.others(measure.published)}")
    if measure.change is not None:
        told.append(f"{words.changed(measure)} since the first days")
    return ", ".join(told)
