"""What the wearer's last check advised, for a routine."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from midback.exercises import history
from midback.exercises.advice import Advice, advise, pain_rule, pain_told
from midback.exercises.history import Earlier
from midback.exercises.items import TITLES
from midback.local_time import local_day

CHECKS = "checks"
"""Where checks lie, in the data folder."""


def last_advice(folder: Path, zone: tzinfo) -> list[Advice]:
    """Of the last whole check, beside those before it; nothing where there is none.

    Pain counts until a whole check went by without, also where a check was left for it.
    """
    checks = history.read(folder / CHECKS).checks
    whole = [each for each in checks if each.whole]
    since = checks[checks.index(whole[-1]) :] if whole else checks
    hurts = [told for each in since if (told := _hurt(each))]
    if hurts:
        return [pain_rule(hurts[-1])]
    if not whole:
        return []
    last = whole[-1]
    past = [(local_day(each.started, zone), each.results) for each in whole[:-1]]
    return advise(last.results, past, local_day(last.started, zone))


def _hurt(check: Earlier) -> str:
    return pain_told(check.pain, [TITLES.get(item, item) for item in check.stopped])
