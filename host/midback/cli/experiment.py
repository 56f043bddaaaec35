"""``midback experiment``: which nudges shorten your slumps, or that it cannot tell yet."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime

from midback.cli.days import local_day
from midback.errors import NothingRecorded
from midback.nudge_settings import EXPERIMENT, NudgeSettings
from midback.recording import Store, data_folder
from midback.settings import read_settings
from midback.words import spoken
from midback_analysis.experiment import (
    ALIKE,
    LONGER,
    NOT_YET,
    SHORTER,
    Arm,
    Comparison,
    Figure,
    Report,
    hours_of,
    latest_experiment,
    report,
)
from midback_analysis.report import rounded

_WIDTH = 80
_VERDICTS = {
    SHORTER: "it shortens your slumps",
    LONGER: "it lengthens your slumps",
    ALIKE: "no difference worth a choice",
    NOT_YET: "it cannot tell yet",
}
_NOTE = (
    "Lengths count from the end of the hold and are cut at {horizon}; brackets hold 95 %.  A "
    "verdict asks for more than that, because somebody who looks every day would find something "
    "by chance.  Every slump counts by the hour it began in, also where a call or a snooze held "
    "its nudge.  Not a medical device."
)


def run(args: argparse.Namespace) -> int:
    """Tell what the hours of the latest experiment say."""
    folder = data_folder(args.data)
    nudges = read_settings(folder).nudges
    with Store.open(folder, write=False) as store:
        experiment = nudges if nudges.plan == EXPERIMENT else latest_experiment(store)
        if experiment is None:
            raise NothingRecorded(
                "no experiment was ever begun here: 'midback nudges --plan experiment' begins one"
            )
        told = report(_started(experiment), hours_of(store, experiment))
    if args.json:
        print(json.dumps(rounded(asdict(told)), ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_lines(told)))
    return 0


def _started(experiment: NudgeSettings) -> date:
    return experiment.plan_started or local_day(datetime.now(UTC))


def _lines(told: Report) -> Iterator[str]:
    yield (
        f"Experiment since {told.started}: {_count(told.days, 'day')}, "
        f"{_count(told.hours, 'hour')}, {_count(told.slumps, 'slump')}."
    )
    if not told.hours:
        yield "Wear the clip under 'midback live': each hour gets its own kind of nudge, or none."
        return
    yield ""
    yield f"{'':<20}{'hours':>6}{'slumps':>8}   length of a slump     slumped"
    for arm in told.arms:
        yield _row(arm)
    yield ""
    for comparison in told.comparisons:
        yield from textwrap.wrap(_sentence(comparison), _WIDTH, subsequent_indent="  ")
    yield ""
    yield from textwrap.wrap(_NOTE.format(horizon=_plain(told.horizon_s)), _WIDTH)


def _row(arm: Arm) -> str:
    length = _ranged(arm.length_s, " s")
    slumped = _ranged(arm.slumped_percent, " %")
    return f"{arm.name:<20}{arm.hours:>6}{arm.slumps:>8}   {length:<22}{slumped}".rstrip()


def _ranged(figure: Figure, unit: str) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    low = max(figure.low, 0.0)
    return f"{figure.value:.0f}{unit} ({low:.0f} to {figure.high:.0f})"


def _sentence(comparison: Comparison) -> str:
    subject = f"{comparison.first[:1].upper()}{comparison.first[1:]}"
    verdict = _VERDICTS[comparison.verdict]
    difference = comparison.difference_s
    if difference.value is None or difference.low is None or difference.high is None:
        return f"{subject} against {comparison.second}: too few hours with slumps yet."
    word = "longer" if difference.value > 0 else "shorter"
    more = comparison.more_days
    wait = f"; about {_count(more, 'more day')}" if more is not None else ""
    return (
        f"{subject} against {comparison.second}: {abs(difference.value):.0f} s {word} "
        f"({_signed(difference.low)} to {_signed(difference.high)} s): {verdict}{wait}."
    )


def _signed(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _plain(seconds: float) -> str:
    return spoken(seconds).replace("\u00a0", " ")
