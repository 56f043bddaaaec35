"""Local clock labels for elapsed seconds: an axis that survives a change of the clock.

The axis is elapsed time.  Labels are local; where the clock goes back, the hour that comes
again is labelled ``01b``, and where it goes forward the hour that is skipped is absent.  A clock
that was set right by a little repeats no hour: the one it is in is longer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

HOUR_S = 3600
LEAST_AXIS_S = 8 * HOUR_S
_PUT_BACK_S = 900  # no zone puts its clock back by less than half an hour
_SLOT_S = 900  # every zone of the last fifty years changes its clock on a quarter of an hour


def day_bounds(day: date, zone: tzinfo, turn_hour: int = 4) -> tuple[datetime, datetime]:
    """First instant of a local day and of the next one, in UTC; 23 to 25 hours apart.

    Args:
        day: local date.
        zone: where the wearer is.
        turn_hour: local hour at which a day ends, so that a late evening stays whole.
    """

    def turn(at: date) -> datetime:
        return datetime.combine(at, time(turn_hour), tzinfo=zone).astimezone(UTC)

    return turn(day), turn(day + timedelta(days=1))


def local_seconds(utc_s: NDArray[np.float64], zone: tzinfo) -> NDArray[np.float64]:
    """What the wall clock shows, as seconds since a local 1970; same shape as *utc_s*."""
    slot = np.floor_divide(utc_s, _SLOT_S)
    slots, which = np.unique(slot, return_inverse=True)
    offsets = [_offset_s(each * _SLOT_S, zone) for each in slots.tolist()]
    return utc_s + np.array(offsets, dtype=np.float64)[which]


def _offset_s(utc_s: float, zone: tzinfo) -> float:
    offset = datetime.fromtimestamp(utc_s, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the local clock: grid seconds ``start_s`` to before ``end_s``."""

    label: str
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: its place on the grid, in UTC (ISO 8601), and by the wearer's clock."""

    second: float
    utc: str
    clock: str


class ClockFace:
    """The axis of one day: whole local hours from first to last wear, at least eight of them."""

    def __init__(self, utc_s: NDArray[np.float64], zone: tzinfo) -> None:
        before = int(local_seconds(utc_s[:1], zone)[0] % HOUR_S)
        after = LEAST_AXIS_S + 2 * HOUR_S
        # Beyond the first and the last second of wear the clock is taken to run on.
        self._utc_s = np.concatenate(
            [
                utc_s[0] + np.arange(-before, 0),
                utc_s,
                utc_s[-1] + np.arange(1, after + 1),
            ]
        )
        self._local_s = local_seconds(self._utc_s, zone)
        self._before = before
        self._all = self._hours()
        last = next(k for k, hour in enumerate(self._all) if self._ends_axis(hour, len(utc_s)))
        self.hours = self._all[: last + 1]
        """The hours of the axis, in order; their labels are unique within a day."""
        self.end_label = self._all[last + 1].label
        """Label of the tick at the end of the axis."""

    def _ends_axis(self, hour: Hour, count: int) -> bool:
        return hour.end_s >= count and hour.end_s + self._before >= LEAST_AXIS_S

    def _hours(self) -> tuple[Hour, ...]:
        back = np.diff(self._local_s) <= -_PUT_BACK_S
        number = np.floor_divide(self._local_s, HOUR_S).astype(np.int64)
        onward = np.split(number, np.flatnonzero(back) + 1)
        number = np.concatenate([np.maximum.accumulate(each) for each in onward])
        turns = (np.flatnonzero((np.diff(number) != 0) | back) + 1).tolist()
        hours: list[Hour] = []
        before = Counter[int]()
        for start, end in zip([0, *turns], [*turns, len(number)], strict=True):
            label = _label(int(number[start]), before[int(number[start])])
            before[int(number[start])] += 1
            hours.append(Hour(label, start - self._before, end - self._before))
        return tuple(hours)

    @property
    def start_s(self) -> int:
        """First grid second of the axis, 0 or less."""
        return self.hours[0].start_s

    @property
    def end_s(self) -> int:
        """Grid second at which the axis ends."""
        return self.hours[-1].end_s

    def hour_of(self, second: float) -> Hour:
        """The hour that a grid second lies in."""
        k = bisect_right(self._all, second, key=lambda hour: hour.start_s) - 1
        return self._all[max(k, 0)]

    def moment(self, second: float) -> Moment:
        """Name a second of the grid by its clock."""
        k = min(max(int(second) + self._before, 0), len(self._utc_s) - 1)
        minute = int(self._local_s[k] // 60 % 60)
        utc = datetime.fromtimestamp(float(self._utc_s[k]), UTC)
        told = utc.isoformat(timespec="seconds").replace("+00:00", "Z")
        hour, label = _label(int(self._local_s[k] // HOUR_S)), self.hour_of(second).label
        # A clock set right by a little may show the hour before for a moment.
        shown = label if label.startswith(hour) else hour
        return Moment(second, told, f"{shown}:{minute:02d}")


def _label(hour: int, before: int = 0) -> str:
    """The name of a local hour since 1970 that came so often before."""
    return f"{hour % 24:02d}{chr(ord('a') + before) if before else ''}"
