"""What the evening says of a clip that moved, and of uprights that were questioned."""

from __future__ import annotations

import pytest
from analysis.days import record, upright

from midback.slip import JUMPED, RESTS, SITS_UP, SLID, STANDS, WALKS
from midback.words import NBSP
from midback_analysis.episodes import Event
from midback_analysis.footnotes import notes
from midback_analysis.moved_clip import line
from midback_analysis.report import as_html, as_json, as_text
from midback_analysis.summarise import summarise_day
from midback_analysis.summary import DaySummary

MINUTE = 60.0


def a_day(*events: Event) -> DaySummary:
    """Four hours from eight o'clock on."""
    return summarise_day(record([upright(240)], events))


def told(*events: Event) -> list[str]:
    return [note.replace(NBSP, " ") for note in notes(a_day(*events))]


def slipped(minutes: float, cause: str = JUMPED, deg: float = 11.7) -> Event:
    return Event(minutes * MINUTE, "slipped", deg, cause)


def remounted(minutes: float) -> Event:
    return Event(minutes * MINUTE, "remounted", 0.0, "remounted")


def questioned(minutes: float) -> Event:
    words = "You look slumped: 14° from your usual upright."
    return Event(minutes * MINUTE, "upright_questioned", 14.0, words)


def calibrated(minutes: float) -> Event:
    return Event(minutes * MINUTE, "calibration", 12.0, "C-1")


def test_a_quiet_day_says_nothing_of_it():
    assert told(calibrated(1)) == []


def test_a_slip_is_told_with_its_reason_and_until_when_tilts_are_doubtful():
    assert told(slipped(80), calibrated(95)) == [
        "The clip seems to have slipped, noticed at 09:20: it turned by 12° and your back did "
        "not. You set a new upright at 09:35: tilts until then may be off by as much."
    ]


def test_a_slip_that_nobody_followed_leaves_the_rest_of_the_day_doubtful():
    assert told(calibrated(20), slipped(80)) == [
        "The clip seems to have slipped, noticed at 09:20: it turned by 12° and your back did "
        "not. No new upright was set after it: tilts from then on may be off by as much."
    ]


@pytest.mark.parametrize("cause", [JUMPED, RESTS, SITS_UP, SLID, STANDS, WALKS])
def test_every_witness_has_words_of_its_own(cause: str):
    (note,) = told(slipped(80, cause))

    assert "seemed tipped" not in note
    assert "12°" in note


def test_a_witness_of_another_version_is_told_as_well():
    (note,) = told(slipped(80, "hums"))

    assert "noticed at 09:20: it seemed tipped by 12°." in note


def test_who_set_an_upright_soon_after_putting_the_clip_on_anew_is_told_nothing():
    assert told(remounted(80), calibrated(89)) == []


def test_an_old_upright_on_a_clip_put_on_anew_is_told_once():
    assert told(remounted(80), remounted(100), calibrated(120), remounted(180)) == [
        "You put the clip on anew at 09:20. You set a new upright at 10:00: tilts until then may "
        "be off by some degrees.",
        "You put the clip on anew at 11:00. No new upright was set after it: tilts from then on "
        "may be off by some degrees.",
    ]


def test_a_questioned_upright_is_told_with_what_became_of_it():
    asked = (
        "A new upright was questioned at 09:20 (“You look slumped: 14° from your usual upright.”)"
    )

    assert told(questioned(80), calibrated(81)) == [
        f"{asked} and taken all the same: tilts from then on are measured from it."
    ]
    assert told(questioned(80)) == [f"{asked} and not taken."]
    assert told(questioned(80), questioned(80.5), calibrated(81))[0] == f"{asked} and not taken."
    assert told(questioned(80), calibrated(120)) == [f"{asked} and not taken."]


def test_how_doubtful_tilts_are_stands_at_the_top():
    assert line(a_day(remounted(20)).happenings) == ""
    assert line(a_day(slipped(80), calibrated(95), slipped(180, WALKS, 9.6)).happenings) == (
        "the clip seems to have slipped, so tilts may be off: "
        "by 12°, noticed at 09:20, until the new upright at 09:35; "
        "by 10°, noticed at 11:00, no new upright since"
    )


def test_page_terminal_and_json_have_it():
    summary = a_day(slipped(80))
    page, terminal = as_html(summary), " ".join(as_text(summary).split())

    for told in (page, terminal):
        assert "so tilts may be off: by 12°, noticed at 09:20, no new upright since" in told
        assert "it turned by 12° and your back did not." in told
    assert '"slipped"' in as_json(summary)
