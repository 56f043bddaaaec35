"""What came of a check, kept beside its packets so that it need not be computed each time.

The packets stay the truth: a snapshot counts only for the very code that made it, and any other
computes anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from midback.exercises.results import Endurance, Finding, Range, Results

_MADE_BY = ("exercises", "shared", "calibration.py", "clock.py", "estimator.py")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What came of a check.

    Attributes:
        results: of the tests that are done.
        left_out: ids of the tests that were skipped.
        stopped: ids of those that were skipped because of pain.
    """

    results: Results
    left_out: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads back."""
        return {
            "rules": rules(),
            "left_out": self.left_out,
            "stopped": self.stopped,
            **results_json(self.results),
        }

    @classmethod
    def from_json(cls, told: object) -> Snapshot | None:
        """Read it; ``None`` where other code wrote it, or it is damaged."""
        try:
            facts = cast("dict[str, Any]", told)
            return _read(facts) if facts["rules"] == rules() else None
        except (ValueError, TypeError, KeyError):
            return None


def results_json(results: Results) -> dict[str, Any]:
    """The numbers of a check under their own names."""
    return {
        "ranges": [asdict(each) for each in results.ranges.values()],
        "endurance": None if results.endurance is None else asdict(results.endurance),
        "finding": None if results.finding is None else asdict(results.finding),
    }


@cache
def rules() -> str:
    """Names the code that results come of: another text, another name."""
    package = files("midback")
    digest = 0
    for name in _MADE_BY:
        for module in _modules(package / name):
            digest = zlib.crc32(module.read_bytes(), digest)
    return f"{digest:08x}"


def _modules(place: Traversable) -> Iterable[Traversable]:
    found = place.iterdir() if place.is_dir() else [place]
    return sorted(
        (each for each in found if each.name.endswith(".py")), key=lambda each: each.name
    )


def _read(facts: dict[str, Any]) -> Snapshot:
    ranges = [
        Range(**each | {"angles_deg": tuple(each["angles_deg"])}) for each in facts["ranges"]
    ]
    held, found = facts["endurance"], facts["finding"]
    if held is not None:
        low, high = held["slope_95_deg_per_min"]
        held = Endurance(**held | {"slope_95_deg_per_min": (low, high)})
    if found is not None:
        found = Finding(**found | {"errors_deg": tuple(found["errors_deg"])})
    results = Results({(each.item, each.way): each for each in ranges}, held, found)
    return Snapshot(results, tuple(facts["left_out"]), tuple(facts["stopped"]))
