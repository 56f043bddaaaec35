"""How well Midback judges simulated days whose truth is known: ``midback evaluate day``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from midback.simulated.trial import TRIAL_MIN, trial
from midback.trials.day_scores import DayScore, score
from midback.trials.lived_day import live_through


@dataclass(frozen=True, slots=True)
class DayReport:
    """Figures over many days; shares are ``None`` where there was nothing to share."""

    days: tuple[DayScore, ...]

    @property
    def false_buzzes_per_8h(self) -> float | None:
        """Buzzes on days of good posture, in eight hours of wearing."""
        return self._per_8h(good=True)

    @property
    def false_buzzes_per_8h_usual(self) -> float | None:
        """Buzzes without a slump on usual days, likewise."""
        return self._per_8h(good=False)

    @property
    def slumps_buzzed_share(self) -> float | None:
        """Of the slumps that outlast the hold time by ten seconds."""
        return _share(sum(d.slumps_buzzed for d in self.days), sum(d.slumps for d in self.days))

    @property
    def walking_judged_s(self) -> float:
        """Seconds of walking that were judged as a posture."""
        return sum(d.walking_judged_s for d in self.days)

    @property
    def worn_right_share(self) -> float | None:
        """Of the time: worn or not worn, told right."""
        return _share(sum(d.worn_right_s for d in self.days), sum(d.day_s for d in self.days))

    @property
    def table_upright_s(self) -> float:
        """Seconds for which a clip that nobody wore was called upright."""
        return sum(d.table_upright_s for d in self.days)

    @property
    def slip_found_share(self) -> float | None:
        """Of the slips: warned of within ten minutes."""
        slipped = [d for d in self.days if d.slip_deg]
        return _share(sum(d.slip_found_after_s is not None for d in slipped), len(slipped))

    @property
    def slip_false_days(self) -> int:
        """Days without a slip that had a warning of one."""
        return sum(bool(d.slip_warnings) for d in self.days if not d.slip_deg)

    def to_json(self) -> dict[str, object]:
        """Figures by name."""
        return {
            "days": len(self.days),
            "first_seed": self.days[0].seed,
            "false_buzzes_per_8h": self.false_buzzes_per_8h,
            "false_buzzes_per_8h_usual": self.false_buzzes_per_8h_usual,
            "slumps": sum(d.slumps for d in self.days),
            "slumps_buzzed_share": self.slumps_buzzed_share,
            "walking_s": sum(d.walking_s for d in self.days),
            "walking_judged_s": self.walking_judged_s,
            "worn_right_share": self.worn_right_share,
            "table_upright_s": self.table_upright_s,
            "slip_days": sum(bool(d.slip_deg) for d in self.days),
            "slip_found_share": self.slip_found_share,
            "slip_false_days": self.slip_false_days,
            "per_day": [d.to_json() for d in self.days],
        }

    def _per_8h(self, *, good: bool) -> float | None:
        days = [d for d in self.days if d.good == good]
        return _share(8 * sum(d.false_buzzes for d in days), sum(d.hours for d in days))


def evaluate_day(
    seeds: int, first_seed: int = 1, *, minutes: float = TRIAL_MIN, processes: int | None = None
) -> DayReport:
    """Let so many simulated wearers live a day each, and score the judgement.

    Args:
        seeds: how many days.
        first_seed: the first day's seed; the others follow it.
        minutes: length of each day.
        processes: how many days at once; by default one for each core.  The figures do not
            depend on it.

    Raises:
        ValueError: there is no day to live.
    """
    if seeds < 1:
        raise ValueError(f"{seeds} days are none")
    wanted = [(seed, minutes) for seed in range(first_seed, first_seed + seeds)]
    workers = min(processes or os.cpu_count() or 1, seeds)
    return DayReport(tuple(_scores(wanted, workers)))


def _scores(wanted: Sequence[tuple[int, float]], workers: int) -> list[DayScore]:
    if workers == 1:
        return [_scored(each) for each in wanted]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_scored, wanted))


def _scored(wanted: tuple[int, float]) -> DayScore:
    seed, minutes = wanted
    return score(live_through(trial(seed, minutes)))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
