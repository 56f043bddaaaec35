"""The three forms of a trend: a page, plain text, and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from midback.judgement import JUDGEMENT_VERSION
from midback.words import DISCLAIMER, NBSP
from midback_analysis import trend_words
from midback_analysis.footnotes import LIMITS
from midback_analysis.report import rounded
from midback_analysis.trend import FIGURES, ShownDay, Trend
from midback_analysis.trend_text import trend_text

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes."""

DEFINITIONS = {
    "days": "of the window, in order; counts: whether the day enters medians, ranges and "
    "comparisons, else why_not",
    "counts": trend_words.COUNTS,
    "longest_still_min": "longest still time without a posture shift, a movement or a gap",
    "upright_percent": "of still time, from -8 to 5 degrees of flexion",
    "slumped_percent": "of still time, past the slump line",
    "shifts_per_hour": "posture shifts per hour of still time",
    "doubt": "how tilts are doubtful because the clip slipped, in words; null if never",
    "exercises": "checks and routines, with the still and slumped seconds of the hour after each",
    "usual": "middle half and median of the days that count of the four weeks before; empty "
    "under ten of them",
    "changes": "median of the days that count (now) against that of as many days before (before); "
    "low and high: 95 % interval of the difference from 1000 draws of days, and of blocks of "
    "10 min within them where a window has under ten; verdict: more, less, no clear difference, "
    "not yet (too few days that count), or one a day (no interval from so few days)",
    "after_exercise": "slumped share of the still time in the hour after each kind of exercise, "
    "summed over the days that count, beside the rest of the same days (otherwise), and the "
    "difference in percentage points; same_hours: that difference in the same hours of days "
    "that count without any exercise; beyond: how far the former lies beyond the latter; 95 % "
    "intervals by leaving out one day after the other (Student's t); null under three such days",
    "limits": LIMITS,
    "disclaimer": f"Not a medical device. {DISCLAIMER}",
}


def as_html(trend: Trend) -> str:
    """The page: one file, no script, nothing fetched."""
    # Here, because text and JSON do not need the drawings.
    from .page.trend_page import trend_page

    return trend_page(trend)


def as_text(trend: Trend, width: int = 80) -> str:
    """The same for a terminal of *width* columns."""
    return trend_text(trend, width)


def as_json(trend: Trend) -> str:
    """Every number with its definition; what is not known is ``null``."""
    told = {
        "definitions": DEFINITIONS,
        "sentence": trend_words.sentence(trend).replace(NBSP, " "),
        "from": trend.days[0].day.date,
        "until": trend.days[-1].day.date,
        "days": [_day(each) for each in trend.days],
        "counting": len(trend.counting),
        "counting_before": len(trend.counting_before),
        "least_counting": trend.least,
        "usual_days": trend.usual_days,
        "usual": {key: asdict(usual) for key, usual in trend.usual.items()},
        "changes": [asdict(each) for each in trend.changes],
        "after_exercise": [asdict(each) for each in trend.after],
        "buzzing": trend.mode,
        "problems": trend.problems,
        "judgement_version": JUDGEMENT_VERSION,
        "schema_version": SCHEMA_VERSION,
    }
    return json.dumps(rounded(told), ensure_ascii=False, allow_nan=False)


def _day(shown: ShownDay) -> dict[str, Any]:
    day = shown.day
    return {
        "date": day.date,
        "counts": shown.counts,
        "why_not": shown.why_not or None,
        "day_hours": day.day_hours,
        "span_s": day.span_s,
        "measured_s": day.measured_s,
        "still_s": day.still_s,
        "coverage_percent": day.coverage_percent,
        "buzzing": day.mode,
        "slump_lines_deg": day.lines_deg,
        **{figure.key: figure.of(day) for figure in FIGURES},
        "longest_still_cut": day.longest_cut,
        "slumped_percent": day.slumped_percent,
        "doubt": day.doubt or None,
        "exercises": [
            {name: value for name, value in asdict(bout).items() if name != "start_s"}
            for bout in day.bouts
        ],
    }
