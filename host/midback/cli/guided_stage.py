"""Leads through a check or a routine in the window, where there is a display."""

from __future__ import annotations

import sys

import platformdirs

from midback.cli.leaders import CheckLeader, RoutineLeader
from midback.live.display import NoWindow, display_available, open_guided


def lead_in_window(leader: CheckLeader | RoutineLeader, *, quiet: bool = False) -> bool:
    """Show the window until it is closed; false where there can be none.

    Args:
        leader: who leads.
        quiet: without cues.

    Raises:
        MidbackError: what ended it before.
    """
    if not display_available():
        return False
    state = platformdirs.user_state_path("midback", appauthor=False)
    try:
        open_guided(leader, remember=state / "guided.ini", quiet=quiet)
    except NoWindow as reason:
        print(f"midback: {reason}", file=sys.stderr)
        return False
    finally:
        leader.close()
    return True
