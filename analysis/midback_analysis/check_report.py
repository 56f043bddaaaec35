"""The forms of a check's account beside the terminal's: a page to hand over, and JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from midback.exercises import account_words as words
from midback.exercises.account import Account, Measure
from midback.exercises.changes import Key
from midback.exercises.curves import Curve
from midback.exercises.measured import Held
from midback.words import DISCLAIMER, NBSP
from midback_analysis.report import rounded

SCHEMA_VERSION = 1

DEFINITIONS = {
    "median_deg": "of the repetitions that count, from rest to rest, positive the way that was "
    "asked for; tall_slump: positive forward. Flexion is the tilt within the wearer's sagittal "
    "plane, side-bending the angle from that plane",
    "spread_deg": "the greatest repetition less the least",
    "published": "where most of others lie, and who they were; high_deg is null where there is no "
    "upper end; null where nothing comparable was measured",
    "past": "earlier days and the median of each",
    "change": "today less the median of the first three days; clear where it exceeds "
    "detectable_deg; null the first time",
    "repetitions": "each that counts: seconds since they set off, degrees from rest the way that "
    "was asked for, and when and how far they had arrived",
    "sides": "left beside right; differ: by 10 degrees and 20 per cent of their mean or more; "
    "again: and so on the last other day",
    "tall_hold": "Theil-Sen slope of flexion with its 95 % interval (of one-second means, as if "
    "they were independent), standard deviation between 0.1 and 1 Hz, and when flexion first was "
    "5 degrees off for 3 s",
    "find_upright": "errors in degrees from where they sat at first, positive forward; mean size, "
    "mean, and standard deviation",
    "forward": "where forward was taken to be in each stretch: how many degrees to the left of "
    "the clip's print, and of where the bow of a calibration had it, by the wearer's own "
    "movements; null where those do not tell, or where there was no bow",
    "left_out": "tests that were skipped; stopped: because of pain; missing: not come to",
    "pain": "0 to 10, as the wearer said; going_on: each time a check that was left was gone on "
    "with",
    "limits": words.LIMITS,
    "disclaimer": f"Not a medical device. {DISCLAIMER}",
}


def as_html(account: Account) -> str:
    """The page: one file, no script, nothing fetched."""
    # Here, because JSON does not need the drawings.
    from .page.check_page import check_page

    return check_page(account)


def as_json(account: Account) -> str:
    """Every number with its definition; what is not known is ``null``."""
    before, after = account.pain
    told: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "definitions": DEFINITIONS,
        "sentence": words.sentence(account).replace(NBSP, " "),
        "day": account.day.isoformat(),
        "spans": [[begin.isoformat(), end.isoformat()] for begin, end in account.spans],
        "clip": account.clip_id,
        "whole": account.whole,
        "pain": {"before": before, "going_on": account.pain_between, "after": after},
        "measures": [_measure(key, each) for key, each in account.measures.items()],
        "sides": {item: asdict(each) for item, each in account.sides.items()},
        "tall_hold": None if account.endurance is None else asdict(account.endurance),
        "tall_hold_curve": None if account.held is None else _held(account.held),
        "find_upright": None if account.finding is None else asdict(account.finding),
        "forward": [asdict(each) for each in account.forward],
        "left_out": account.left_out,
        "stopped": account.stopped,
        "missing": account.missing,
        "advice": [asdict(each) for each in account.advice],
    }
    return json.dumps(rounded(told), ensure_ascii=False, allow_nan=False)


def _measure(key: Key, measure: Measure) -> dict[str, Any]:
    published, change = measure.published, measure.change
    others = None if published is None else asdict(published)
    if others is not None and math.isinf(others["high_deg"]):
        others["high_deg"] = None
    item, way = key
    return {
        **asdict(measure.found),
        "item": item,
        "way": way,
        "published": others,
        "past": [[day.isoformat(), deg] for day, deg in measure.past],
        "change": None if change is None else asdict(change) | {"clear": change.clear},
        "repetitions": [_curve(each) for each in measure.curves],
    }


def _curve(curve: Curve) -> dict[str, Any]:
    time_s, angle_deg = zip(*curve.points, strict=True)
    counted = {"counted_s": curve.counted_s, "counted_deg": curve.counted_deg}
    return {"time_s": time_s, "angle_deg": angle_deg, **counted}


def _held(held: Held) -> dict[str, Any]:
    time_s, flexion_deg = zip(*held.flexion_deg, strict=True)
    return {"time_s": time_s, "flexion_deg": flexion_deg}
