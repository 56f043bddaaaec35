"""The slumps of a day and the buzzes given in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from midback.nudging import KEPT, PLAN
from midback_analysis.answers import Answer, kaplan_meier_median, time_to_sit_up
from midback_analysis.episodes import Episode, Event
from midback_analysis.kept import CLIP_BUZZ
from midback_analysis.measured import CODE, Measured
from midback_analysis.quantiles import quantiles
from midback_analysis.summary import Buzz, Buzzes, Slump, Slumps, Unaided, Withheld
from midback_analysis.unaided import after_left_out, fading_stage

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
    withheld = [event for event in events if event.kind == "buzz_withheld"]
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
        snoozed=sum(
            event.kind == "snooze" and event.value != 0 and event.detail != KEPT
            for event in events
        ),
        by_clip=tuple(day.face.moment(second) for second in day.clip_buzz_s),
        withheld=tuple(_withheld(day, event) for event in withheld),
        unaided=_unaided(day, withheld),
    )


def _withheld(day: Measured, event: Event) -> Withheld:
    of_it = (each for each in day.episodes if each.holds(event.second))
    later = any(
        episode.holds(buzz.second) and buzz.second > event.second
        for episode in of_it
        for buzz in day.answers
    )
    return Withheld(day.face.moment(event.second), event.detail, later)


def _unaided(day: Measured, withheld: Sequence[Event]) -> Unaided | None:
    slumped = day.shown == CODE["slumped"]
    stages = [fading_stage(each.facts, day.record.date) for each in day.record.wearings]
    if any(stage is not None and stage.probe for stage in stages):
        return Unaided(int(day.still.sum()), int((day.still & slumped).sum()), True)
    left_out_s = [event.second for event in withheld if event.detail == PLAN]
    if not left_out_s:
        return None
    given_s = [event.second for event in day.record.events if event.kind == "buzz"]
    after = after_left_out(left_out_s, given_s, len(day.still)) & day.still
    return Unaided(int(after.sum()), int((after & slumped).sum()), False)


def _buzz(day: Measured, each: Answer) -> Buzz:
    return Buzz(day.face.moment(each.second), each.after_s, each.by_clip)
