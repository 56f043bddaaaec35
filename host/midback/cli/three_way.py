"""What ``midback evaluate sitting --sites`` says in words."""

from __future__ import annotations

import textwrap

from midback.words import degrees
from midback_analysis.three_way import ThreeWayReport

_WIDTH = 80

_LIMITS = (
    "Posed, deliberate postures of young people, with sensors taped on: real slumps are "
    "smaller and slower, and clothes move."
)
_TWO_CLIPS = (
    "The lines were fitted once to the 22 dev people of this data set, for a waistband clip, and "
    "rounded. Those 22 are easier than the others of the set: a plain rule gets 0.92 on them "
    "and 0.87 on all 45. Expect 0.83 to 0.88 on new people."
)
_ONE_CLIP = (
    "One clip at rest cannot tell a slouch from a lean at the hips: it guesses by depth, here "
    "only. Live it goes by the movement that led there, which these holds lack."
)


def three_way_text(report: ThreeWayReport) -> str:
    """Figures, table and limits."""
    low, high = report.interval()
    right = sum(hold.right for hold in report.holds)
    lines = [
        f"{len(report.people)} people, calibrated on their first upright hold; "
        f"clips at {' and '.join(report.sites)}",
        "",
        *_confusion_table(report),
        "",
        f"Recognised: {right} of {len(report.holds)} holds, {report.accuracy:.3f}; "
        f"{low:.3f} to {high:.3f} in 90 % of",
        "draws of as many people from these.",
        "",
        *_median_table(report),
        "",
    ]
    for paragraph in (_LIMITS, _ONE_CLIP if len(report.sites) == 1 else _TWO_CLIPS):
        lines += textwrap.wrap(paragraph, _WIDTH)
    lines += [f"{person} was not judged: {why}." for person, why in report.not_judged.items()]
    return "\n".join(lines)


def _confusion_table(report: ThreeWayReport) -> list[str]:
    confusion = report.confusion
    called = list(next(iter(confusion.values())))
    lines = [f"{'':10}{'called':>10}", f"{'posture':10}{''.join(f'{c:>10}' for c in called)}"]
    for posture, row in confusion.items():
        lines.append(f"{posture:10}{''.join(f'{row[c]:10}' for c in called)}")
    return lines


def _median_table(report: ThreeWayReport) -> list[str]:
    lines = [f"Median tilt{''.join(f'{site:>9}' for site in report.sites)}"]
    for posture, row in report.median_deg.items():
        cells = ["–" if deg is None else degrees(deg) for deg in row.values()]
        lines.append(f"{posture:11}{''.join(f'{cell:>9}' for cell in cells)}")
    return lines
