"""The page of a movement check: one sheet for whoever helps the wearer."""

from __future__ import annotations

from midback.exercises import account_words as words
from midback.exercises.account import Account, Measure
from midback.exercises.changes import Key
from midback.exercises.items import ITEMS, Axis, Movement
from midback.words import DISCLAIMER, degrees, short_day
from midback_analysis.page import check_drawings as drawings
from midback_analysis.page.markup import Markup, element
from midback_analysis.page.repetition_drawings import panels
from midback_analysis.page.sheet import sheet

_FLEXION = {test.id for test in ITEMS if isinstance(test, Movement) and test.axis is Axis.FLEXION}


def check_page(account: Account) -> str:
    """The whole page as one HTML document; words from outside are escaped."""
    content = [_header(account), element("p", words.sentence(account), class_="sentence")]
    content += [_todo(account), _measures(account), _curves(account), _held_and_found(account)]
    content.append(_footer(account))
    return sheet(f"movement check, {words.title(account)}", content, "check.css")


def _header(account: Account) -> Markup:
    undone = words.undone(account)
    return element(
        "header",
        element("p", "Midback · movement check", class_="kicker"),
        element("h1", words.title(account)),
        element("p", words.facts(account), class_="facts"),
        *([element("p", " ".join(undone), class_="facts")] if undone else []),
    )


def _todo(account: Account) -> Markup:
    if not account.advice:
        return Markup()
    told = (
        element("li", element("b", each.todo), " ", element("span", each.why, class_="soft"))
        for each in account.advice
    )
    return element("section", element("h2", "What to do"), element("ol", *told, class_="todo"))


def _measures(account: Account) -> Markup:
    if not account.measures:
        return Markup()
    head = ["", "measured", "spread", "others"]
    if account.compared:
        head = [*head, f"since {short_day(drawings.began(account))}", "at first", "change"]
    past = drawings.past(account) if account.compared else {}
    rows = (_row(key, each, past.get(key)) for key, each in account.measures.items())
    table = element(
        "table",
        element("thead", element("tr", *(element("th", name, scope="col") for name in head))),
        element("tbody", *rows),
        class_="measures" if account.compared else "measures first",
    )
    sides = (
        element(
            "span", element("b", f"{words.TITLES[item].split()[0]}, two sides:"), " ",
            words.sides_told(each),
        )
        for item, each in account.sides.items()
    )  # fmt: skip
    note = "median of three repetitions; spread is the greatest less the least"
    return element(
        "section",
        element("h2", "What was measured"),
        element("p", note, class_="note screen"),
        table,
        element("p", *sides, class_="sides") if account.sides else "",
    )


def _row(key: Key, measure: Measure, past: Markup | None) -> Markup:
    cells = [
        element("td", element("b", degrees(measure.found.median_deg)), class_="now"),
        _cell("spread", words.size(measure.found.spread_deg)),
        _cell("others", words.others(measure.published)),
    ]
    if past is not None:
        clear = measure.change is not None and measure.change.clear
        change = words.changed(measure)
        cells += [
            element("td", past, class_="past"),
            _cell("at first", words.began(measure)),
            element("td", element("b", change) if clear else change, class_="change"),
        ]
    return element("tr", element("th", words.NAMES[key], scope="row"), *cells)


def _cell(name: str, value: str) -> Markup:
    """A cell that a phone, which has no room for the heading, gives its name."""
    return element("td", value, data_name=name)


def _curves(account: Account) -> Markup:
    if not account.measures:
        return Markup()
    bends = {key: each for key, each in account.measures.items() if key[0] in _FLEXION}
    others = {key: each for key, each in account.measures.items() if key[0] not in _FLEXION}
    rows = panels([row for row in (bends, others) if row])
    rows[0].append(_key(account))
    note = "degrees from rest over seconds; the way that was asked for is up; all in one scale"
    return element(
        "section",
        element("h2", "Each repetition"),
        element("p", note, class_="note"),
        *(element("div", *row, class_="panels") for row in rows),
    )


def _key(account: Account) -> Markup:
    """What the marks mean, in the place that the first row leaves free."""
    marks = [
        (element("path", d="M0 6h18", class_="median"), "a repetition, from rest to rest"),
        (element("circle", cx=9, cy=6, r=3, class_="full"), "where they stayed: what counts"),
    ]
    if any(each.published is not None for each in account.measures.values()):
        fill = element("rect", y=1, width=18, height=10, class_="others")
        marks.append((fill, "where most of others lie"))
    told = (
        element("li", element("svg", mark, width=18, height=12, aria_hidden="true"), meaning)
        for mark, meaning in marks
    )
    return element("ul", *told, class_="marks")


def _held_and_found(account: Account) -> Markup:
    parts: list[Markup] = []
    if account.endurance is not None and account.held is not None:
        parts.append(
            element(
                "section",
                element("h2", words.TITLES["tall_hold"]),
                element("p", words.endurance_told(account.endurance), class_="note"),
                drawings.hold(account.held, account.endurance),
            )
        )
    if account.finding is not None:
        parts.append(
            element(
                "section",
                element("h2", words.TITLES["find_upright"]),
                element("p", words.finding_told(account.finding), class_="note"),
                drawings.found(account.finding),
            )
        )
    return element("div", *parts, class_="pair") if parts else Markup()


def _footer(account: Account) -> Markup:
    told = [] if account.empty else [f"{words.method()} {words.compared(account)}"]
    sources = " ".join(f"{name}: {who}" for name, who in words.sources(account))
    if sources:
        told.append(f"Others. {sources}")
    told.append(f"{words.LIMITS} Clip {account.clip_id}.")
    return element(
        "footer",
        element("h2", "How this was measured"),
        *(element("p", line) for line in told),
        element("p", element("b", "Not a medical device."), " ", DISCLAIMER),
    )
