"""What the page, the terminal and the JSON say of a day."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from xml.etree import ElementTree

import pytest
from analysis.days import (
    Stretch,
    away,
    calibration,
    record,
    silent,
    slumped,
    uncalibrated,
    upright,
)
from analysis.invented import invented_day, kept_by_clip, recalibrated

from midback.recording import Unplaced
from midback.words import DISCLAIMER, NBSP
from midback_analysis.day import DayRecord
from midback_analysis.episodes import Event
from midback_analysis.headline import figures, sentence
from midback_analysis.report import as_html, as_json, as_text
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import SCHEMA_VERSION, DaySummary
from midback_analysis.text import LEAST_WIDTH

HOSTILE = '<script>alert("1")</script>\x00\'&'
TIPPED = calibration("C-2", 17.0, neutral_up=(0.156, 0.0, 0.988))


UNPLACED = (
    Unplaced(
        4800.0,
        datetime(2026, 11, 12, 8, 10, tzinfo=UTC),
        datetime(2026, 11, 12, 13, 40, tzinfo=UTC),
    ),
    Unplaced(600.0, None, datetime(2026, 11, 13, 2, 0, tzinfo=UTC)),
)
FULL_DAY = cache(invented_day)
EDGE_DAYS: dict[str, Callable[[], DayRecord]] = {
    "full": FULL_DAY,
    "no wear": lambda: record([]),
    "nothing received": lambda: record([silent(250)], [Event(2040.0, "link_lost")]),
    "twenty minutes": lambda: invented_day([("09:07", "09:27", "desk", 0.4)]),
    "never calibrated": lambda: record([uncalibrated(120)]),
    "two uprights": lambda: recalibrated(FULL_DAY(), 14400, TIPPED),
    "low coverage": lambda: record([upright(70), silent(90), slumped(10)]),
    "buzzing off": lambda: invented_day(buzzing=False),
    "no slump": lambda: record([uncalibrated(5), upright(200)]),
    "backward slumper": lambda: invented_day(made=calibration("C-b", back_enter_deg=11.0)),
    "line at 20": lambda: invented_day(made=calibration("C-20", 20.0)),
    "longer day": lambda: invented_day([("20:00", "28:00", "desk", 0.4)], day=date(2026, 10, 24)),
    "kept in part": lambda: kept_by_clip(FULL_DAY(), ("10:00", "11:36"), ("15:07", "16:15")),
    "kept all day": lambda: kept_by_clip(FULL_DAY(), ("08:38", "18:11")),
    "at no known time": lambda: replace(record([]), unplaced=UNPLACED),
    "hostile name": lambda: invented_day(name=HOSTILE),
}
every_day = pytest.mark.parametrize("day", EDGE_DAYS)


@cache
def summary_of(day: str) -> DaySummary:
    return summarise_day(EDGE_DAYS[day]())


@cache
def page_of(day: str) -> str:
    return as_html(summary_of(day))


def words(page: str) -> str:
    """What a reader of the page can read."""
    body = page[page.index("<main>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body).replace(NBSP, " "))


@every_day
def test_nothing_unknown_is_printed_as_a_number(day: str):
    for told in (words(page_of(day)), as_text(summary_of(day))):
        assert not re.search(r"\b(nan|None|inf|null|True|False)\b(?! past)|−0°|np\.", told)


@every_day
def test_nothing_is_claimed_and_nobody_is_judged(day: str):
    banned = (
        r"treat|cure|heal|diagnos|prevent|reliev|scoliosis|kyphosis|medical-grade|clinically|"
        r"pain|good|bad|poor|great|well done|success|fail|correct|score|grade|\bshould\b"
    )
    for told in (words(page_of(day)), as_text(summary_of(day))):
        plain = re.sub(r"\s+", " ", told)
        # What it is not, and cannot say, needs these words.
        for sentence_with_reason in (DISCLAIMER, "There is no single correct posture"):
            plain = plain.replace(sentence_with_reason, "")
        assert re.findall(banned, plain, re.IGNORECASE) == []


@every_day
def test_the_page_is_one_file_without_script_or_network(day: str):
    page = page_of(day)

    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|https?:|@import|javascript:| on\w+=", page)
    # A pattern or a mark of the page itself is the only thing that is referred to.
    marks = {"#g-buzz", "#g-own", "#g-calibration"}
    assert set(re.findall(r'(?:href=")([^"]*)', page)) <= marks


@every_day
def test_the_page_is_well_formed(day: str):
    page = page_of(day)
    body = page[page.index("<body>") : page.index("</html>")]

    assert ElementTree.fromstring(body).tag == "body"


@every_day
def test_names_within_the_page_are_unique(day: str):
    ids = re.findall(r' id="([^"]+)"', page_of(day))

    assert len(ids) == len(set(ids))


@every_day
def test_the_json_can_be_read_and_names_its_version(day: str):
    told = json.loads(as_json(summary_of(day)))

    assert told["schema_version"] == SCHEMA_VERSION
    assert told["definitions"]["shares"]


@every_day
@pytest.mark.parametrize("width", [LEAST_WIDTH, 60, 80, 120])
def test_no_line_of_the_terminal_is_too_long(day: str, width: int):
    assert max(map(len, as_text(summary_of(day), width).splitlines())) <= width


@every_day
def test_page_and_terminal_say_the_same_sentence(day: str):
    told = sentence(summary_of(day)).replace(NBSP, " ")

    assert told in words(page_of(day)).replace("&lt;", "<")
    assert told in " ".join(as_text(summary_of(day), 400).split("\n"))


def test_a_hostile_clip_name_stays_text():
    page = page_of("hostile name")

    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\ufffd&#x27;&amp;" in page


def test_whole_shares_of_the_legend_add_up_to_100():
    legend = re.findall(r"<b>(\d+)\u00a0%</b>", page_of("full"))

    assert sum(map(int, legend)) == 100


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("no wear", "The clip was not worn."),
        ("nothing received", "Worn 4 h 10 min, nothing received: link lost at 08:34."),
        ("twenty minutes", "Too little to say: 20 min measured."),
        ("never calibrated", "Worn 2 h 00 min without a calibration: posture is not judged."),
        ("no slump", "No still time past 13°."),
        (
            "low coverage",
            "Only 80 min of 2 h 50 min were measured: slumped for 12 % of the still time, "
            "most between 10 and 11 o’clock.",
        ),
    ],
)
def test_the_sentence_of_an_edge_day(day: str, expected: str):
    assert sentence(summary_of(day)).replace(NBSP, " ") == expected


def told_of(*stretches: Stretch) -> str:
    day = record(stretches, start="2026-11-12T10:00")
    return sentence(summarise_day(day)).replace(NBSP, " ")


def test_the_worse_half_is_named_first():
    assert told_of(upright(90), slumped(10), away(60), upright(60)) == (
        "More slumped before the midday break (10 % of the still time) than after it (0 %), "
        "most between 11 and 12 o’clock."
    )


def test_under_five_points_apart_is_about_the_same():
    assert told_of(upright(96), slumped(4), upright(96), slumped(4)) == (
        "About as slumped in the first half of the day (4 % of the still time) "
        "as in the second half (4 %), most between 11 and 12 o’clock."
    )


def test_two_uprights_far_apart_are_told_under_each_figure():
    shown = figures(summary_of("two uprights"))

    assert [figure.sure[-1] for figure in shown] == ["two uprights, 9° apart"] * 3


def test_another_slump_line_is_a_step_in_the_curve():
    page = page_of("two uprights")

    curve = page[page.index('id="curve-t"') : page.index('id="hours-t"')]
    assert curve.count('class="limit"') == 2
    assert "slump line 17°" in curve


def test_a_day_without_wear_shows_no_figure_and_no_zero():
    told = words(page_of("no wear"))

    assert not re.search(r"\d", told.replace("12 November 2026", ""))


def test_twenty_minutes_show_ribbon_and_curve_and_no_share():
    page = page_of("twenty minutes")

    assert 'id="ribbon-t"' in page
    assert 'id="curve-t"' in page
    assert "%</b>" not in page
    assert "How far it tipped" not in page


def test_buzzing_off_is_told():
    assert "Buzzing was off." in as_text(summary_of("buzzing off"))


def test_a_day_without_a_slump_says_so():
    assert "None past 13°." in as_text(summary_of("no slump"))


def test_the_hour_that_comes_again_stands_twice_on_the_axis():
    told = words(page_of("longer day"))

    assert "01 :00" in told
    assert "01b :00" in told
    assert "a 25-hour day" in told


def test_a_cut_slump_is_at_least_its_length():
    started = Event(3600.0, "slump_started", 18.0)
    day = record([upright(60), slumped(10), silent(30)], [started])

    assert "≥10 min  18°  no data from here on" in as_text(summarise_day(day))


def test_the_page_stays_small():
    """The mock-up took 59 kB; twice that would mean something repeats."""
    assert len(page_of("full")) < 100_000


def test_a_backward_slumper_reads_their_own_line():
    assert "counted once past 13° or 11° leaning back" in as_text(
        summary_of("backward slumper"), 200
    )


@pytest.mark.parametrize("hold_s", ["30", "12.5"])
def test_the_hold_is_told_where_the_recording_names_it(hold_s: str):
    day = record([upright(90)])
    wearing = replace(day.wearings[0], facts={"hold_s": hold_s})

    told = as_text(summarise_day(replace(day, wearings=(wearing,))))

    assert f"None past 13° for {hold_s} s." in told
