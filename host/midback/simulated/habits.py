"""What a simulated wearer is like: rates, sizes and delays of ordinary sitting.

Every number comes from what was observed on people, none from what Midback detects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Habits:
    """One person's way of sitting and moving; angles in degrees, times in seconds.

    Attributes:
        slump_span_deg: how far the upper back tips in this person's full slump.  Positive
            is forward.  10 to 30 at T4 in young adults who posed it; daily slumps are
            smaller, about 14 at the thoracolumbar junction (Claus et al., Applied
            Ergonomics 53:161, 2016).  People who slide down in the chair tip backward.
        slump_onset_s: least and most seconds of sitting before a slump begins to creep in.
        slump_creep_s: least and most seconds it takes to become a full one.  Onset and creep
            together stay within 20 minutes: after that everybody slumped in an hour-long
            sit (PMC5447416).
        slump_stay_s: median seconds in a full slump before sitting up unprompted.
        fidget_every_s: mean seconds between small movements that return; 40 to 50 (Dunk and
            Callaghan 2010, PubMed 20164621).
        shift_every_s: mean seconds between steps of 5 degrees or more to another posture;
            from 9 in 15 minutes (lumbar, in the field: Davidson and Callaghan 2025, PubMed
            39255720) to one in 10 minutes (in the laboratory: Dunk and Callaghan 2010).
        lean_every_s: mean seconds between leans to the screen.
        reach_every_s: mean seconds between reaches across the desk.
        bend_every_s: mean seconds between short side-bends.
        restlessness: divides all of these intervals.
        sway_deg: standard deviation of posture while "still"; 0.5 in 30 s holds at T4.
        breathing_hz: breaths a second.
        breathing_deg: amplitude of the upper back's tilt with each breath; 0.16 gives the
            median of 0.113 RMS that seated people showed at T4.
        step_hz: steps a second; 1.4 to 2.3 between people, 1.7 on average (Urbanek et al.,
            PMC5875188).
        answer_rate: share of buzzes that are followed by sitting up.
        answer_median_s: median delay from a buzz to sitting up.
        answer_spread: standard deviation of that delay's logarithm.
        obey_s: delay from being asked to hold a pose to moving.
        upright_spread_deg: how differently "upright" is found each time; 2.0 at T4.
        remount_deg: how differently the clip sits after it was taken off and put on again.
        sway_hz: up to which frequency people sway.
        lean_most_s: the longest lean to the screen.
        recline_deg: least and most degrees of a rest on the chair's back; left free to choose,
            people recline by 25 on average (Gscheidle and Reed, Proceedings of the Human
            Factors and Ergonomics Society, 2004).
        flop_share: share of slumps that somebody drops into instead of sagging.
        stand_deg: flexion standing upright, from sitting upright; three wearers of a clip on
            the torso differed by -15 to +3 between the two.
        pace: slowest and fastest walk, as a share of ``step_hz``.
        cross_every_s: mean seconds between crossing and uncrossing the legs.
        turn_every_s: mean seconds between turns to somebody.
        phone_every_s: mean seconds between looks at a phone in the hand.  The upper trunk
            shifts backward, the neck bends (Barczyk-Pawelec and Sipko, Physiotherapy Quarterly
            32:105, 2024).
        rummage_every_s: mean seconds between things on the floor or in a low drawer.
    """

    slump_span_deg: float = 19.0
    slump_onset_s: tuple[float, float] = (180.0, 780.0)
    slump_creep_s: tuple[float, float] = (60.0, 420.0)
    slump_stay_s: float = 480.0
    fidget_every_s: float = 45.0
    shift_every_s: float = 250.0
    lean_every_s: float = 300.0
    reach_every_s: float = 240.0
    bend_every_s: float = 700.0
    restlessness: float = 1.0
    sway_deg: float = 0.4
    breathing_hz: float = 0.25
    breathing_deg: float = 0.16
    step_hz: float = 1.8
    answer_rate: float = 0.7
    answer_median_s: float = 18.0
    answer_spread: float = 0.6
    obey_s: float = 1.5
    upright_spread_deg: float = 2.0
    remount_deg: float = 2.0
    sway_hz: float = 0.25
    lean_most_s: float = 120.0
    recline_deg: tuple[float, float] = (9.0, 18.0)
    flop_share: float = 0.0
    stand_deg: float = 0.0
    pace: tuple[float, float] = (1.0, 1.0)
    cross_every_s: float = float("inf")
    turn_every_s: float = float("inf")
    phone_every_s: float = float("inf")
    rummage_every_s: float = float("inf")

    def __post_init__(self) -> None:
        if not 5.0 <= abs(self.slump_span_deg) <= 45.0:
            raise ValueError(f"nobody slumps by {self.slump_span_deg} degrees: 5 to 45 either way")
        if not self.restlessness > 0:
            raise ValueError(f"restlessness ({self.restlessness}) must be above 0")
        if not 0.0 <= self.answer_rate <= 1.0:
            raise ValueError(f"answer_rate ({self.answer_rate}) is a share from 0 to 1")
        for low, high in (self.slump_onset_s, self.slump_creep_s):
            if not 0.0 < low <= high:
                raise ValueError(f"{low} to {high} s is no range of times")

    @classmethod
    def drawn(cls, seed: int) -> Habits:
        """Another person for every seed; one in eight slumps backward."""
        rng = np.random.default_rng([seed, 0x4AB1])
        span_deg = float(np.clip(rng.normal(19.0, 4.0), 12.0, 28.0))
        backward = bool(rng.random() < 1 / 8)
        return cls(
            slump_span_deg=-0.8 * span_deg if backward else span_deg,
            shift_every_s=100.0 * 6.0 ** float(rng.random()),
            restlessness=float(rng.lognormal(0.0, 0.2)),
            sway_deg=float(rng.uniform(0.3, 0.5)),
            breathing_hz=float(rng.uniform(0.2, 0.3)),
            breathing_deg=float(rng.uniform(0.1, 0.3)),
            step_hz=float(np.clip(rng.normal(1.8, 0.1), 1.5, 2.1)),
            answer_rate=float(np.clip(rng.normal(0.7, 0.08), 0.5, 0.9)),
        )
