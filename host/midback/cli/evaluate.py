"""``midback evaluate``: accuracy on recordings and simulated days with ground truth."""

from __future__ import annotations

import argparse
import json
import textwrap

from midback.cli.three_way import three_way_text
from midback.words import degrees
from midback_analysis.evaluate import (
    SittingReport,
    TiltFigures,
    TiltReport,
    evaluate_sitting,
    evaluate_tilt,
)
from midback_analysis.three_way import evaluate_three_way


def run(args: argparse.Namespace) -> int:
    """Evaluate one file, or simulated days, and print the figures."""
    if args.what in ("day", "strung"):
        # Here, because recordings need no simulation.
        from midback.cli import evaluate_days

        return evaluate_days.run(args)
    if args.what == "tilt":
        tilt = evaluate_tilt(args.file)
        print(json.dumps(tilt.to_json(), indent=2) if args.json else _tilt_text(tilt))
    elif args.sites:
        told = evaluate_three_way(args.file, args.sites)
        print(json.dumps(told.to_json(), indent=2) if args.json else three_way_text(told))
    else:
        sitting = evaluate_sitting(args.file)
        print(json.dumps(sitting.to_json(), indent=2) if args.json else _sitting_text(sitting))
    return 0


def _tilt_text(report: TiltReport) -> str:
    lines = [
        "Inclination against optical motion capture, root mean square in degrees",
        "",
        f"{'':44}  Midback     VQF",
    ]
    for name, deg in report.raw.trials.items():
        lines.append(f"{name:44}  {deg:7.2f} {_number(report.vqf, name)}")
    for label, figure in (("mean of all", "rmse_all_deg"), ("mean of slow", "rmse_slow_deg")):
        ours = getattr(report.raw, figure)
        theirs = getattr(report.vqf, figure) if report.vqf else None
        lines.append(f"{label:44}  {_cell(ours)} {_cell(theirs)}")
    if report.vqf:
        less = report.vqf.rmse_all_deg - report.raw.rmse_all_deg
        word = "closer to" if less >= 0 else "further from"
        lines += ["", f"Midback is {abs(less):.2f}° {word} the truth than VQF."]
    else:
        lines += ["", "VQF is not installed here, so there is no comparison."]
    lost = report.orientation.rmse_all_deg - report.raw.rmse_all_deg
    lines.append(
        f"As 25 Hz orientation packets: {report.orientation.rmse_all_deg:.2f}°, "
        f"{abs(lost):.3f}° {'more' if lost > 0 else 'less'} than as the raw stream."
    )
    return "\n".join(lines)


def _number(figures: TiltFigures | None, name: str) -> str:
    return _cell(figures.trials[name] if figures else None)


def _cell(value: float | None) -> str:
    return f"{'–':>7}" if value is None else f"{value:7.2f}"


def _sitting_text(report: SittingReport) -> str:
    people = {hold.person for hold in report.holds}
    lines = [
        f"{len(people)} people, calibrated on their first upright hold; slump line 10°, hold 30 s",
        "",
        "posture     holds  called a slump  median flexion",
    ]
    for posture in report.postures:
        lines.append(
            f"{posture:10}  {len(report.of(posture)):5}  {report.called(posture):14}  "
            f"{degrees(report.median_deg(posture)):>14}"
        )
    auc = report.auc_slouch_upright
    lines += [
        "",
        f"False alarms on upright {report.called('upright')} of {len(report.of('upright'))}, "
        f"slouches found {report.called('slouch')} of {len(report.of('slouch'))}, "
        f"AUC {'–' if auc is None else f'{auc:.3f}'}.",
        "Leans are called as well: one clip cannot tell a slump from a lean at the hips.",
        "Posed, deliberate postures of young people: real slumps are smaller.",
        "Each hold was played forward and backward until it outlasted the hold time,",
        "and the 10° line was chosen from this data set: not an independent figure.",
        "",
        "hold time  false alarms  slouches found  median wait",
    ]
    for time in report.hold_times:
        wait = "–" if time.median_wait_s is None else f"{time.median_wait_s:.1f} s"
        lines.append(
            f"{time.hold_s:7.0f} s  {time.false_alarms:12}  {time.slouches_found:14}  {wait:>11}"
        )
    lines += ["", *_person_table(report), "", *textwrap.wrap(_orientation_text(report), 80)]
    lines += [f"{person} was not judged: {why}." for person, why in report.uncalibrated.items()]
    return "\n".join(lines)


def _person_table(report: SittingReport) -> list[str]:
    lines = [
        "Median flexion and holds called a slump, by person",
        "",
        f"person    {''.join(f'{posture:>10}' for posture in report.postures)}",
    ]
    for person in sorted({hold.person for hold in report.holds}):
        cells: list[str] = []
        for posture in report.postures:
            held = [h for h in report.of(posture) if h.person == person]
            called = sum(h.called_after_s is not None for h in held)
            middle = sorted(h.median_deg for h in held)[len(held) // 2] if held else None
            cells.append("–" if middle is None else f"{degrees(middle)} {called}/{len(held)}")
        lines.append(f"{person:10}{''.join(f'{cell:>10}' for cell in cells)}")
    return lines


def _orientation_text(report: SittingReport) -> str:
    lost = report.lost_as_orientation()
    return (
        f"As 25 Hz orientation packets: false alarms {lost.false_alarms}, slouches found "
        f"{lost.slouches_found}; medians change by {lost.median_change_deg or 0:.2f}° (median), "
        f"{lost.largest_change_deg or 0:.2f}° at most."
    )
