"""``midback evaluate day`` and ``strung``: the judgement on whole days and sessions."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Callable

from midback.trials.day_scores import DayScore
from midback.trials.evaluate_day import DayReport, evaluate_day
from midback.trials.evaluate_strung import StrungReport, evaluate_strung


def run(args: argparse.Namespace) -> int:
    """Live through the days, or play the sessions, and print the figures."""
    if args.what == "strung":
        strung = evaluate_strung(args.file)
        print(json.dumps(strung.to_json(), indent=2) if args.json else _strung_text(strung))
        return 0
    report = evaluate_day(args.seeds, args.first_seed)
    print(json.dumps(report.to_json(), indent=2) if args.json else _text(report))
    return 0


def _text(report: DayReport) -> str:
    days = report.days
    lines = [
        *_wrapped(
            f"{len(days)} simulated days, seeds {days[0].seed} to {days[-1].seed}; a hold of "
            "30 s, every second day of good posture."
        ),
        "",
        "seed day    worn buzzes false slumps buzzed walk judged worn right  slip",
        *(_row(day) for day in days),
        "",
        *_wrapped(
            f"False buzzes in 8 h of good posture: {_number(report.false_buzzes_per_8h)}; "
            f"on usual days {_number(report.false_buzzes_per_8h_usual)}.",
            f"Slumps that outlast the hold by 10 s and were buzzed: "
            f"{_percent(report.slumps_buzzed_share)} of {sum(d.slumps for d in days)}.",
            f"Walking that was judged: {report.walking_judged_s:.1f} s of "
            f"{sum(d.walking_s for d in days):.0f} s.",
            f"Worn or not worn told right: {_percent(report.worn_right_share)} of the time; "
            f"a clip that nobody wore was called upright for {report.table_upright_s:.1f} s.",
            f"Slipped clips found within 10 min: {_percent(report.slip_found_share)} of "
            f"{sum(bool(d.slip_deg) for d in days)}; days with a false warning: "
            f"{report.slip_false_days}.",
        ),
        "",
        *_worst(report),
    ]
    return "\n".join(lines)


def _strung_text(report: StrungReport) -> str:
    total = report.total
    called = [f"{person} was not judged: {why}." for person, why in report.uncalibrated.items()]
    return "\n".join(
        _wrapped(
            f"{len(report.people)} people's held postures, each strung into a session with "
            "walks and a table.",
            f"False alarms on upright: {total('false_alarms'):.0f} of "
            f"{total('upright_holds'):.0f}.",
            f"Slouches found: {total('slouches_found'):.0f} of {total('slouch_holds'):.0f}; "
            f"leans called: {total('forward_alarmed'):.0f} of {total('forward_holds'):.0f}.",
            f"Walking that was judged: {total('walking_judged_s'):.1f} s of "
            f"{total('walking_s'):.0f} s.",
            f"Worn or not worn told right: {_percent(report.worn_right_share)} of the time, "
            f"{report.worn_late_most_s:.0f} s late at most; on the table called upright for "
            f"{total('table_upright_s'):.1f} s.",
            f"False warnings of a slip: {total('slip_warnings'):.0f}.",
            "Only the holds are real; walks, table and what lies between are simulated.",
            *called,
        )
    )


def _wrapped(*sentences: str) -> list[str]:
    """Each sentence on lines of its own, as wide as a small terminal."""
    return [line for sentence in sentences for line in textwrap.wrap(sentence, 80)]


def _row(day: DayScore) -> str:
    if not day.slip_deg:
        slip = f"{day.slip_warnings} false" if day.slip_warnings else "–"
    elif day.slip_found_after_s is None:
        slip = "missed"
    else:
        slip = f"after {day.slip_found_after_s:.0f} s"
    right = day.worn_right_s / day.day_s
    return (
        f"{day.seed:4} {'good ' if day.good else 'usual'} {day.worn_s / 3600:3.1f} h"
        f"{day.buzzes:7}{day.false_buzzes:6}{day.slumps:7}{day.slumps_buzzed:7}"
        f"{day.walking_judged_s:10.1f} s{100 * right:9.2f} %  {slip}"
    )


def _worst(report: DayReport) -> list[str]:
    """The seeds to look at first, by what is wrong with them."""
    faults: list[tuple[str, Callable[[DayScore], float]]] = [
        ("false buzzes", lambda day: day.false_buzzes),
        ("slumps missed", lambda day: day.slumps - day.slumps_buzzed),
        ("walking judged", lambda day: day.walking_judged_s),
        ("worn told wrong", lambda day: round(1 - day.worn_right_s / day.day_s, 3)),
        ("upright on the table", lambda day: day.table_upright_s),
        ("slip missed", lambda day: bool(day.slip_deg) and day.slip_found_after_s is None),
        ("false warnings", lambda day: day.slip_warnings),
    ]
    lines: list[str] = []
    for name, fault in faults:
        days = sorted((day for day in report.days if fault(day)), key=fault, reverse=True)
        if days:
            seeds = ", ".join(str(day.seed) for day in days[:5])
            lines.append(f"Worst seeds by {name}: {seeds}.")
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
