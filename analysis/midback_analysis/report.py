"""The three forms of one summary: a page, plain text, and JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, cast

from midback.words import DISCLAIMER
from midback_analysis import footnotes, headline
from midback_analysis.levels import HELD_S
from midback_analysis.summary import DaySummary
from midback_analysis.text import day_text

DEFINITIONS = {
    "still": "worn, measured, not moving and judged by a calibration",
    "coverage.percent": "measured time (still or moving) of the span from first to last wear",
    "coverage.kept_s": "of the measured time, known only from epochs of ten seconds that the clip "
    "kept by itself: mean, least and most flexion, and how long each state took; shares, "
    "percentiles, curve, exposure and shifts use the mean there",
    "kept": "which parts of the day those are",
    "cells_kept": "whether most of what was measured in a cell is of that kind",
    "hours.kept_s": "of the measured time of the hour, that much is of that kind",
    "untimed": "what the clip kept at a time nobody knows, and maybe on this day; in no number",
    "shares": "per cent of still time by fixed classes of flexion (below -8, -8 to 5, 5 to the "
    "slump line, past it) on one-second medians with 1.5 degrees of hysteresis; null under one "
    "hour of still time",
    "past_line_s": "seconds of still time with flexion past the slump line, without hysteresis",
    "tilt_deg": "10th, 50th and 90th percentile of flexion over still time",
    "still_spell": "longest still time without a posture shift, a movement or a gap",
    "upright_between": "least and greatest upright share were the upright set up to 2 degrees off",
    "shifts": "the median of 20 s differs from that of the 20 s before by 5 degrees or more, "
    "forwards or sideways; rate per hour of still time with a 95 % interval from a bootstrap of "
    "blocks of 10 min",
    "slumps": "leans past the slump line for the hold time, until below the leave line for 2 s; "
    "censored where the end was not seen; kept where begin or end are known to ten seconds only, "
    "because the clip kept them; median by Kaplan-Meier",
    "buzzes": "buzzes given in slumps; followed: flexion below the leave line for 2 s within 60 s"
    ", with up to 10 s of movement on the way"
    "; by_clip: those of the clip itself, known to ten seconds"
    "; withheld: nudges that fell due and were not given then, why, and whether the same slump "
    "got one later; unaided: still time that a fading plan left without nudges on purpose, slumped"
    " by the fixed classes: a probe day, or up to ten minutes after each nudge left out",
    "exercises": "checks and routines; hour_after: slumped share of the still time in the hour "
    "after it, beside otherwise, that of the rest of the day, each with a 95 % interval over "
    "blocks of 10 min; sets: what the clip saw of each set of a routine, a paced repetition being "
    "one that it cannot see and does not count",
    "halves": "slumped share before and after the longest pause in wear, else the middle",
    "hours.state_s": "seconds in the order of the keys of state_s",
    "exposure": "per cent of still time; rows from leaning back to over 30 degrees, columns held "
    f"for up to {', '.join(map(str, HELD_S))} s and longer",
    "cells": "state that took most of each 5 min, from axis_start_s on",
    "curve": "percentiles in windows of 5 min, null where under 60 % of it is measured",
    "second": "elapsed seconds since the first wear of the day",
    "clock": "local time of the wearer; an hour that comes again is marked b",
    "limits": footnotes.LIMITS,
    "disclaimer": f"Not a medical device. {DISCLAIMER}",
}


def as_html(summary: DaySummary) -> str:
    """The page: one file, no script, nothing fetched."""
    # Here, because text and JSON do not need the drawings.
    from .page import day_page

    return day_page(summary)


def as_text(summary: DaySummary, width: int = 80) -> str:
    """The same for a terminal of *width* columns."""
    return day_text(summary, width)


def as_json(summary: DaySummary) -> str:
    """Every number with its definition; what is not known is ``null``."""
    told = {"sentence": headline.sentence(summary).replace("\u00a0", " "), **asdict(summary)}
    return json.dumps(
        rounded({"definitions": DEFINITIONS, **told}), ensure_ascii=False, allow_nan=False
    )


def rounded(value: Any) -> Any:
    """Two decimals: more would claim an accuracy that the clip does not have."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in cast("list[Any]", value)]
    return round(value, 2) if isinstance(value, float) else value
