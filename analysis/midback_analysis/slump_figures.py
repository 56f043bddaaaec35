"""The slumps of a day and the buzzes given in them."""

from __future__ import annotations

import numpy as np

from midback_analysis.answers import Answer, kaplan_meier_median, time_to_sit_up
from midback_analysis.episodes import Episode
from midback_analysis.kept import CLIP_BUZZ
from midback_analysis.measured import Measured
from midback_analysis.quantiles import quantiles
from midback_analysis.summary import Buzz, Buzzes, Slump, Slumps

LISTED = 5


def slump_figures(day: Measured) -> Slumps:
    """Count the slumps, their median length, and describe the five longest."""
    told = [_told(day, episode) for episode in day.episodes]
    longest = sorted(told, key=lambda slump: -slump.length_s)[:LISTED]
    return Slumps(
        count=len(told),
        hold_s=_hold_s(day),
        longest_s=longest[0].length_s if longest else None,
        median_s=kaplan_meier_median(
            [slump.length_s for slump in told], [not slump.censored for slump in told]
        ),
        without_buzz=sum(not slump.buzzes for slump in told),
        longest=tuple(longest),
    )


def _hold_s(day: Measured) -> float | None:
    """The hold that the recording names, if it names one and only one."""
    told = {wearing.facts.get("hold_s", "") for wearing in day.record.wearings}
    try:
        return float(told.pop()) if len(told) == 1 else None
    except ValueError:
        return None


def _told(day: Measured, episode: Episode) -> Slump:
    theta_deg = day.theta_deg[max(0, int(episode.start_s)) : int(episode.end_s) + 1]
    known = theta_deg[~np.isnan(theta_deg)]
    given = [each for each in day.answers if episode.holds(each.second)]
    untimed = sum(episode.holds(second) for second in day.clip_buzz_s)
    return Slump(
        start=day.face.moment(episode.start_s),
        length_s=episode.length_s,
        tilt_deg=quantiles(known, (0.5,))[0] if len(known) else None,
        how=episode.how,
        censored=episode.censored,
        buzzes=len(given) + untimed,
        after_buzz_s=episode.end_s - given[-1].second if given else None,
        by_clip=untimed + sum(each.by_clip for each in given),
        kept=episode.kept,
    )


def buzzes(day: Measured) -> Buzzes:
    """The buzzes given in slumps, and how soon sitting up followed."""
    events = day.record.events
    given = day.answers
    sat_up = time_to_sit_up(given) if given else None
    modes = {wearing.facts.get("buzzing", "") for wearing in day.record.wearings} - {""}
    return Buzzes(
        given=tuple(_buzz(day, each) for each in given),
        followed=sum(each.after_s is not None for each in given),
        median_s=sat_up.median_s if sat_up else None,
        method=sat_up.method if sat_up else None,
        outside=sum(event.kind in ("buzz", CLIP_BUZZ) for event in events)
        - len(given)
        - len(day.clip_buzz_s),
        mode=", ".join(sorted(modes)) or None,
        snoozed=sum(event.kind == "snooze" and event.value != 0 for event in events),
        by_clip=tuple(day.face.moment(second) for second in day.clip_buzz_s),
    )


def _buzz(day: Measured, each: Answer) -> Buzz:
    return Buzz(day.face.moment(each.second), each.after_s, each.by_clip)
