"""What the page, the terminal and the JSON say of several days."""

import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from xml.etree import ElementTree

import pytest
from analysis.trends import (
    HOUR_S,
    NINE_S,
    a_day,
    bout,
    short_day,
    trend,
    uneven_day,
    unworn,
    week,
)
from test_wording import claims

from midback.words import DISCLAIMER, NBSP
from midback_analysis.text import LEAST_WIDTH
from midback_analysis.trend import Trend
from midback_analysis.trend_day import Bar, Upright
from midback_analysis.trend_report import SCHEMA_VERSION, as_html, as_json, as_text
from midback_analysis.trend_words import sentence

HOSTILE = "<script>alert('1')</script>\x00&"


def a_week() -> Trend:
    """Five days worn, four count, two in a row, after three weeks of work."""
    rng = random.Random(2)
    days = [
        uneven_day(58, rng, bouts=(bout(),)),
        uneven_day(63, rng, bouts=(bout(start_s=14 * HOUR_S),)),
        short_day(),
        uneven_day(57, rng, bouts=(bout(), bout(kind="movement check", start_s=15 * HOUR_S))),
        uneven_day(58, rng),
    ]
    return trend(week(*days), [*[uneven_day(57, rng) for _ in range(19)], unworn(), unworn()])


def four_weeks() -> Trend:
    rng = random.Random(4)
    worn = [uneven_day(60, rng, bouts=(bout(slumped_s=400 + k),)) for k in range(28)]
    return trend(worn, [uneven_day(50, rng) for _ in range(28)])


def with_a_check_only() -> Trend:
    check = a_day(
        span_s=480, measured_s=480, still_s=0, blocks=(), longest_s=None,
        slumped_percent=None, shifts_per_hour=None, lines_deg=(), rest_still_s=0,
        ribbon=(Bar("moving", False, NINE_S, NINE_S + 600),),
        bouts=(bout(0, 0, NINE_S, "movement check"),),
    )  # fmt: skip
    return trend(week(replace(check, upright_percent=None)))


EDGES: dict[str, Callable[[], Trend]] = {
    "a week": a_week,
    "four weeks": four_weeks,
    "no wear": lambda: trend(week()),
    "one day": lambda: trend(week(a_day())),
    "three days, none before": lambda: trend(week(a_day(), a_day(), a_day())),
    "a check only": with_a_check_only,
    "two uprights": lambda: trend(week(a_day(), a_day(apart_deg=9.0), a_day(), a_day())),
    "unreadable": lambda: trend(
        week(a_day(), replace(unworn(), problem="x")), problems=["2026-11-10: x"]
    ),
    "nothing readable": lambda: trend(week(replace(unworn(), problem="x"))),
    "clock change": lambda: trend(week(a_day(day_hours=25.0))),
    "slipped": lambda: trend(week(a_day(), a_day(doubt="the clip seems to have slipped"))),
    "two lines": lambda: trend(
        week(*[a_day(bouts=(bout(),), lines_deg=(line,)) for line in (10.0, 13.0, 13.0)])
    ),
    "all night": lambda: trend(
        week(a_day(ribbon=(Bar("upright", True, 4 * HOUR_S, 28 * HOUR_S),)))
    ),
    "hostile buzzing": lambda: trend(week(*[a_day(mode=HOSTILE)] * 3, a_day())),
}
every_trend = pytest.mark.parametrize("name", EDGES)


@cache
def trend_called(name: str) -> Trend:
    return EDGES[name]()


@cache
def page_of(name: str) -> str:
    return as_html(trend_called(name))


def words(page: str) -> str:
    """What a reader of the page can read, titles and descriptions of drawings included."""
    body = page[page.index("<main>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body).replace(NBSP, " "))


def text_of(name: str, width: int = 80) -> str:
    return " ".join(as_text(trend_called(name), width).split())


@every_trend
def test_nothing_unknown_is_printed_as_a_number(name: str):
    for told in (words(page_of(name)), text_of(name)):
        assert not re.search(
            r"\b(nan|None|inf|null|True|False)\b(?! of these)|−0\b(?!\.)|np\.", told
        )


@every_trend
def test_nothing_is_claimed_and_nobody_is_judged(name: str):
    judging = (
        r"pain|good|bad|poor|great|well done|success|fail|correct|score|grade|\bshould\b|"
        r"improv|better|worse|help|thanks to|because of"
    )
    for told in (words(page_of(name)), text_of(name), as_json(trend_called(name))):
        plain = told.replace("There is no single correct posture", "").replace(DISCLAIMER, "")
        assert claims(told) == []
        assert re.findall(judging, plain, re.IGNORECASE) == []


@every_trend
def test_the_page_is_one_file_without_script_or_network(name: str):
    page = page_of(name)

    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|https?:|@import|javascript:| on\w+=", page)
    assert set(re.findall(r'href="([^"]*)', page)) <= {"#g-exercise"}


@every_trend
def test_the_page_is_well_formed_and_its_names_are_unique(name: str):
    page = page_of(name)
    body = page[page.index("<body>") : page.index("</html>")]
    ids = re.findall(r' id="([^"]+)"', page)

    assert ElementTree.fromstring(body).tag == "body"
    assert len(ids) == len(set(ids))


@every_trend
@pytest.mark.parametrize("width", [LEAST_WIDTH, 60, 80, 120])
def test_no_line_of_the_terminal_is_too_long(name: str, width: int):
    told = as_text(trend_called(name), width)

    assert max(map(len, told.splitlines())) <= width


@every_trend
def test_page_terminal_and_json_say_the_same_sentence(name: str):
    told = sentence(trend_called(name)).replace(NBSP, " ")

    assert told in words(page_of(name))
    assert told in text_of(name)
    assert json.loads(as_json(trend_called(name)))["sentence"] == told


@every_trend
def test_the_json_can_be_read_and_names_its_version(name: str):
    told = json.loads(as_json(trend_called(name)))

    assert told["schema_version"] == SCHEMA_VERSION
    assert len(told["days"]) in (7, 28)
    assert told["definitions"]["after_exercise"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no wear", "The clip was not worn."),
        (
            "one day",
            "1 day worn, 1 counts. Cannot tell yet: 1 of 3 days that count; wear it 3 h or more "
            "on 2 more.",
        ),
        (
            "three days, none before",
            "3 days worn, 3 count. Median upright share 60 %, against the 7 days before cannot "
            "tell yet: 0 of 3 days that count.",
        ),
        (
            "a check only",
            "1 day worn, none counts. Cannot tell yet: 0 of 3 days that count; wear it 3 h or "
            "more on 3 more.",
        ),
        (
            "unreadable",
            "1 day worn, 1 counts. Cannot tell yet: 1 of 3 days that count; wear it 3 h or more "
            "on 2 more.",
        ),
        ("nothing readable", "None of these days could be read."),
    ],
)
def test_the_sentence_of_an_edge(name: str, expected: str):
    assert sentence(trend_called(name)).replace(NBSP, " ") == expected


def test_the_sentence_of_a_week_has_its_interval_and_its_verdict():
    assert re.fullmatch(
        r"5 days worn, 4 count\. Median upright share 5\d %, [+−]?[\d.]+ percentage points "
        r"against the 7 days before \(95 % between −\d+ and \+\d+\): no clear difference\.",
        sentence(trend_called("a week")).replace(NBSP, " "),
    )


def test_with_too_few_days_no_figure_is_compared():
    assert "Against the 7 days before" not in page_of("one day")
    assert "median" not in text_of("one day").replace("its line is the median", "")


def test_a_day_that_does_not_count_is_an_open_ring_and_says_why():
    page = page_of("a week")
    wednesday = page[page.index("<b>Wed</b>") : page.index("<b>Thu</b>")]

    assert wednesday.count('class="open"') == 3
    assert 'class="full"' not in wednesday
    assert "too short to count" in wednesday


def test_a_line_joins_only_days_that_follow_each_other_and_both_count():
    page = page_of("a week")
    linked = {
        name: page[page.index(f"<b>{name}</b>") :].split("</tr>")[0].count('class="link"')
        for name in ("Mon", "Tue", "Wed", "Thu", "Fri")
    }

    assert linked == {"Mon": 0, "Tue": 3, "Wed": 0, "Thu": 0, "Fri": 3}


def test_a_day_without_the_clip_has_no_dot_and_no_zero():
    page = page_of("a week")
    saturday = page[page.index("<b>Sat</b>") : page.index("<b>Sun</b>")]

    assert "<circle" not in saturday
    assert "not worn" in saturday
    assert "0 min" not in words(f"<main>{saturday}")


def test_exercises_are_marked_on_their_day_in_page_and_text():
    page, told = page_of("a week"), as_text(trend_called("a week"))
    thursday = page[page.index("<b>Thu</b>") : page.index("<b>Fri</b>")]

    assert thursday.count('href="#g-exercise"') == 2
    assert "routine 10:00, movement check 15:00" in " ".join(told.split())
    assert re.search(r"^Thu 12 .*■.*■", told, re.MULTILINE)
    assert "Slumped in the hour after a routine: 10 % (10 to 10)" in " ".join(told.split())
    assert "After 1 movement check: cannot tell yet, 1 of 3 days" in " ".join(told.split())


def test_without_exercises_nothing_is_said_of_them():
    assert "after exercises" not in text_of("one day")
    assert "Checks and routines" not in page_of("one day")


def test_the_grey_column_needs_its_days():
    assert page_of("a week").count('class="neutral"') == 21
    assert 'class="neutral"' not in page_of("one day")
    assert "No usual range yet: 0 of 10 days" in text_of("one day")


def test_all_ribbons_share_one_clock():
    one = replace(a_day(), ribbon=(Bar("upright", False, 7 * HOUR_S, 8 * HOUR_S),))
    late = replace(a_day(), ribbon=(Bar("slumped", False, 18 * HOUR_S, 19 * HOUR_S),))
    page = as_html(trend(week(one, late)))

    assert '<rect x="0.00%" width="8.33%" y="13" height="24" class="upright"/>' in page
    assert '<rect x="91.67%" width="8.33%" y="13" height="24" class="slumped"/>' in page


def _ribbons(made: Trend) -> list[str]:
    """The clock and the first two days."""
    return as_text(made, 80).split("\n\n")[2].splitlines()[:3]


def test_the_terminal_s_ribbons_share_one_clock_too():
    one = replace(a_day(), ribbon=(Bar("upright", False, 7 * HOUR_S, 8 * HOUR_S),))
    late = replace(a_day(), ribbon=(Bar("slumped", False, 18 * HOUR_S, 19 * HOUR_S),))
    head, monday, tuesday = _ribbons(trend(week(one, late)))

    assert head.index("07") == monday.index("●")
    assert head.index("18") == tuesday.index("▲")
    assert (monday.count("●"), tuesday.count("▲")) == (6, 6)


def test_a_clock_change_two_lines_and_a_damaged_day_are_told():
    assert "The clock changed on 9 Nov: a 25-hour day" in text_of("clock change")
    assert "On 10 Nov the clip seems to have slipped." in text_of("slipped")
    assert "not the same on all of these days: 10°, 13°" in text_of("two lines")
    assert "could not be read" in text_of("unreadable")
    assert "2026-11-10: x" in text_of("unreadable")


def test_a_spell_that_a_gap_cut_is_at_least_its_length():
    cut = trend(week(a_day(longest_cut=True)))

    assert re.search(r"^Mon 9 .* ≥40 ", as_text(cut), re.MULTILINE)
    assert ">≥40</tspan>" in as_html(cut)


def tipped(deg: float, clip_id: str = "7A3F", context: str = "desk") -> Upright:
    return Upright(
        clip_id, context, (math.sin(math.radians(deg)), 0.0, math.cos(math.radians(deg)))
    )


@pytest.mark.parametrize(
    ("uprights", "told"),
    [
        ((tipped(0), tipped(9)), True),
        ((tipped(0), tipped(5)), False),
        ((tipped(0), tipped(9, "other")), False),
        ((tipped(0), tipped(9, context="sofa")), False),
    ],
)
def test_uprights_that_differ_between_days_are_told(uprights: tuple[Upright, ...], told: bool):
    made = trend(week(*(a_day(uprights=(each,)) for each in uprights)))

    assert ("the upright was set anew, up to 9° from" in " ".join(as_text(made).split())) is told


def test_words_from_outside_stay_text():
    page = page_of("hostile buzzing")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\x00" not in as_text(trend_called("hostile buzzing"))


def test_the_title_names_the_days():
    assert "9 to 15 November 2026" in page_of("a week")
    across = as_text(trend(week(a_day()), until=date(2027, 1, 3)))
    assert across.startswith("28 December 2026 to 3 January 2027")


def test_the_json_holds_what_the_page_shows():
    told = json.loads(as_json(trend_called("a week")))

    assert told["days"][0]["exercises"][0] == {
        "kind": "routine",
        "clock": "10:00",
        "length_s": 300,
        "still_s": 3600,
        "slumped_s": 360,
    }
    assert [day["why_not"] for day in told["days"][2:4]] == ["too short to count", None]
    assert [each["verdict"] for each in told["changes"]] == [
        "one a day",
        "no clear difference",
        "no clear difference",
    ]
    assert told["after_exercise"][1]["difference"]["percent"] == pytest.approx(0.0, abs=0.5)
