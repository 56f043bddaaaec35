"""What the wearer's last check advised, for a routine."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from midback.exercises import history
from midback.exercises.advice import Advice, advise, pain_told
from midback.local_time import local_day

CHECKS = "checks"
"""Where checks lie, in the data folder."""


def last_advice(folder: Path, zone: tzinfo) -> list[Advice]:
    """Of the last whole check, beside those before it; nothing where there is none."""
    checks = [each for each in history.read(folder / CHECKS).checks if each.whole]
    if not checks:
        return []
    last = checks[-1]
    past = [(local_day(each.started, zone), each.results) for each in checks[:-1]]
    hurt = pain_told(last.pain, [])
    return advise(last.results, past, local_day(last.started, zone), hurt=hurt)
