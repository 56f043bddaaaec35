"""What the wearer does now, in the host's words; the judging itself is ``shared.judge``."""

from __future__ import annotations

from typing import NamedTuple

from midback.shared import judge, slump
from midback.words import State

JUDGEMENT_VERSION = 6
"""Raised whenever the same packets would be judged otherwise; stored with every summary."""

_ENDED = {
    judge.SAT_UP: "sat up",
    judge.MOVED: "moved",
    judge.GAP: "gap",
    judge.TAKEN_OFF: "taken off",
}


class Change(NamedTuple):
    """A slump began or ended.

    ``kind`` is ``slump_started`` or ``slump_ended``; ``value`` the flexion in degrees
    at a start; ``detail`` how it ended: ``sat up``, ``moved``, ``gap``, ``taken off``.
    """

    time_s: float
    kind: str
    value: float | None = None
    detail: str = ""


class Judge:
    """Follows one wearer through packets; ``state`` is what the wearer does."""

    def __init__(self, policy: slump.SlumpPolicy | None) -> None:
        self._judge = judge.Judge(policy)
        self.state = State(self._judge.state)

    @property
    def held_s(self) -> float:
        """Seconds of the hold that have passed while leaning."""
        return self._judge.held_s

    def update(
        self,
        time_s: float,
        flexion_deg: float | None,
        count: int,
        total_g: float,
        squares_g2: float,
        half_g: float,
        *,
        off_body: bool = False,
        doubtful: bool = False,
        shaken: bool = False,
    ) -> Change | None:
        """Take one packet, as ``shared.judge.Judge.update`` does; return what it changed."""
        judged = self._judge
        changed = judged.update(
            time_s,
            flexion_deg,
            count,
            total_g,
            squares_g2,
            half_g,
            off_body=off_body,
            doubtful=doubtful,
            shaken=shaken,
        )
        if judged.state != self.state:
            self.state = State(judged.state)
        if changed is None:
            return None
        if changed == judge.STARTED:
            return Change(time_s, "slump_started", flexion_deg)
        return Change(time_s, "slump_ended", None, _ENDED[changed])
