"""Earlier checks: a folder of their files, read into what came of each.

One damaged file never hides the others: it is named and left where it is.  What another version
of Midback computed is computed again, and noted in the file.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from midback.errors import MidbackError
from midback.exercises.check import Kept, again
from midback.exercises.check_file import load_with_snapshot, renew
from midback.exercises.results import Results
from midback.exercises.snapshot import Snapshot
from midback.local_time import day_begins

SUFFIX = ".check.gz"
"""How the files of checks end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What came of a check.

    Attributes:
        path: its file.
        started: when.
        spans: when it was under way, from begin to end of each stretch.
        results: of the tests that were done.
        whole: whether it came to its end.
        pain: before, and the most later, as in ``Kept.worst_pain``.
        stopped: ids of the tests that were left out because of pain.
    """

    path: Path
    started: datetime
    spans: tuple[tuple[datetime, datetime], ...]
    results: Results
    whole: bool
    pain: tuple[int | None, int | None]
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A folder of checks.

    Attributes:
        checks: the oldest first.
        problems: what could not be read, each a sentence that names the file.
    """

    checks: tuple[Earlier, ...] = ()
    problems: tuple[str, ...] = ()

    def before(self, moment: datetime) -> Sequence[Earlier]:
        """Those that began before a moment."""
        return [each for each in self.checks if each.started < moment]

    def spans_on(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """From when to when checks were under way on a local day, in order."""
        begins, ends = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
        spans = sorted(span for each in self.checks for span in each.spans)
        return [
            (max(begin, begins), min(end, ends))
            for begin, end in spans
            if begin < ends and end > begins
        ]


def place_for(folder: Path, started: datetime) -> Path:
    """The file of a check, by when it began.

    >>> from datetime import UTC
    >>> place_for(Path("checks"), datetime(2026, 11, 29, 8, 30, 5, tzinfo=UTC)).name
    '20261129T083005Z.check.gz'
    """
    from_utc = started - (started.utcoffset() or timedelta())
    return folder / f"{from_utc:%Y%m%dT%H%M%S}Z{SUFFIX}"


def read(folder: Path) -> History:
    """All checks in a folder; a folder that is not there has none."""
    checks: list[Earlier] = []
    problems: list[str] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            checks.append(_earlier(path))
        except MidbackError as error:
            _log.warning("%s", error)
            problems.append(str(error))
    checks.sort(key=lambda each: each.started)
    return History(tuple(checks), tuple(problems))


def _earlier(path: Path) -> Earlier:
    kept, snapshot = load_with_snapshot(path)
    if snapshot is None:
        snapshot = _anew(kept, path)
    return Earlier(
        path,
        kept.started,
        tuple(kept.spans),
        snapshot.results,
        kept.whole,
        kept.worst_pain,
        snapshot.stopped,
    )


def _anew(kept: Kept, path: Path) -> Snapshot:
    snapshot = again(kept).snapshot()
    # Else somebody may be writing it at this moment.
    if kept.whole:
        with suppress(OSError):
            renew(path, snapshot)
    return snapshot
