"""What a day was like, in numbers: the one source of page, terminal text and JSON.

Unknown time is counted as unknown and never as upright.  Percentages are of still time
(worn, measured, not moving, judged by a calibration) and left out under an hour of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from midback.calibration import CONTEXTS
from midback.judgement import JUDGEMENT_VERSION
from midback_analysis.clockface import Moment

SCHEMA_VERSION = 4
"""Raised when a field changes its meaning or goes."""

LEAST_STILL_S = 3600
"""Under an hour of still time shares and rates say too little."""

CELL_S = 300

POSTURES = ("upright", "mild", "slumped", "back")
STATES = (*POSTURES, "moving", "nodata", "uncalibrated", "off")
"""Everything a second of the day can be, in the order of every table and legend.

``uncalibrated`` is worn and measured, but without a calibration to judge by.
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the day is known; all times in seconds.

    Attributes:
        first: first second of wear, None on a day without.
        last: end of wear.
        span_s: from first to last wear.
        measured_s: with an angle that could be judged: still or moving.
        still_s: measured and not moving.
        percent: measured of span, None on a day without wear.
        kept_s: of the measured, known only from epochs of ten seconds that the clip kept.
    """

    first: Moment | None
    last: Moment | None
    span_s: int
    measured_s: int
    still_s: int
    percent: float | None
    kept_s: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the day that is known only from epochs of ten seconds that the clip kept.

    Attributes:
        length_s: measured seconds in it.
    """

    start: Moment
    end: Moment
    length_s: int


@dataclass(frozen=True, slots=True)
class Untimed:
    """What the clip kept at a time nobody knows, and maybe on this day; in no other number.

    Attributes:
        length_s: how much it kept.
        after: it lies after this moment (local date and clock), None if nothing earlier is known.
        before: and before this one.
    """

    length_s: float
    after: str | None
    before: str


@dataclass(frozen=True, slots=True)
class Spell:
    """The longest time without a shift, a movement or a gap.

    Attributes:
        cut: whether missing data bound it, so that it was at least this long.
    """

    start: Moment
    end: Moment
    length_s: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Shifts:
    """Posture shifts: how many, per hour of still time, and the 95 % interval of that rate."""

    count: int
    per_hour: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Slump:
    """One slump.

    Attributes:
        start: when the lean began, hold included.
        length_s: how long it lasted, at least this long if ``censored``.
        tilt_deg: median flexion, None if no second of it was measured.
        how: ``"sat up"``, ``"moved"``, ``"gap"``, ``"taken off"`` or ``"end"``.
        censored: whether its real end could not be seen.
        buzzes: buzzes given in it.
        after_buzz_s: seconds from the last buzz to its end, None without one whose second is
            known.
        by_clip: of the buzzes, those that the clip gave by itself.
        kept: whether begin or end are known to ten seconds only, from what the clip kept.
    """

    start: Moment
    length_s: float
    tilt_deg: float | None
    how: str
    censored: bool
    buzzes: int
    after_buzz_s: float | None
    by_clip: int = 0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Slumps:
    """The slumps of the day.

    Attributes:
        hold_s: how long a lean was held before it counted; None if the recording does not say.
        median_s: Kaplan-Meier median, so that cut ones count; None if not reached.
        without_buzz: slumps in which no buzz was given.
    """

    count: int
    hold_s: float | None
    longest_s: float | None
    median_s: float | None
    without_buzz: int
    longest: tuple[Slump, ...]


@dataclass(frozen=True, slots=True)
class Buzz:
    """One buzz.

    Attributes:
        after_s: seconds to sitting up, None if not within a minute.
        by_clip: whether the clip gave it by itself.
    """

    at: Moment
    after_s: float | None
    by_clip: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """A nudge that fell due and was not given then.

    Attributes:
        reason: ``"plan"``, ``"probe day"``, ``"experiment"``, ``"snooze"``, ``"quiet hours"``,
            ``"daily cap"``, ``"hourly cap"``, ``"too soon"``, or what else held it, such as
            ``"call"``.
        later: whether the same slump got a buzz after all.
    """

    at: Moment
    reason: str
    later: bool


@dataclass(frozen=True, slots=True)
class Unaided:
    """Time without nudges that a fading plan made on purpose.

    Attributes:
        still_s: still time of a probe day; on other days, that within ten minutes after a nudge
            that the plan left out, until the next one given.
        slumped_s: of it, slumped.
        probe_day: which of the two; they are not to be compared.
    """

    still_s: int
    slumped_s: int
    probe_day: bool


@dataclass(frozen=True, slots=True)
class Buzzes:
    """The buzzes given in slumps, and how soon sitting up followed.

    Attributes:
        given: all that are known to the second, in order.
        followed: how many were followed by sitting up within 60 s.
        median_s: median time to sitting up, None if there is none or it was not reached.
        method: ``"answered"`` or ``"Kaplan-Meier"``, None without a buzz.
        outside: buzzes outside any slump, such as tests; in no other number.
        mode: how buzzing was set, None if the recording does not say.
        snoozed: how often the wearer snoozed.
        by_clip: those that the clip gave by itself and only its epochs tell of; ten seconds
            are too long to tell what followed.
        withheld: nudges that fell due and were not given then, in order.
        unaided: how it went without, None where no plan left any out.
    """

    given: tuple[Buzz, ...]
    followed: int
    median_s: float | None
    method: str | None
    outside: int
    mode: str | None
    snoozed: int
    by_clip: tuple[Moment, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    unaided: Unaided | None = None


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour of the local clock.

    Attributes:
        label: ``"08"``; ``"01b"`` where an hour comes again.
        start_s: first grid second; may lie before the first wear.
        end_s: end, on the grid.
        state_s: seconds by state, in the order of ``STATES``.
        tilt_deg: percentiles 10, 50, 90 of flexion, None under ten minutes of still time.
        kept_s: of the seconds measured, those known only from what the clip kept.
    """

    label: str
    start_s: int
    end_s: int
    state_s: tuple[int, ...]
    tilt_deg: tuple[float, float, float] | None
    shifts: int
    buzzes: int
    kept_s: int = 0

    @property
    def worn_s(self) -> int:
        """Seconds the clip was worn, measured or not."""
        return sum(self.state_s) - self.state_s[STATES.index("off")]

    @property
    def measured_s(self) -> int:
        """Seconds still or moving."""
        return sum(self.state_s[: STATES.index("moving") + 1])

    def minutes(self, state: str) -> float:
        """Minutes in one of ``STATES``."""
        return self.state_s[STATES.index(state)] / 60


@dataclass(frozen=True, slots=True)
class Curve:
    """Percentiles of five minutes, centred on ``second``; None where under 60 % is measured."""

    second: tuple[float, ...]
    p10: tuple[float | None, ...]
    p50: tuple[float | None, ...]
    p90: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Halves:
    """Slumped share before and after the longest pause in wear, or the middle.

    Attributes:
        before_percent: slumped share of the still time before.
        after_percent: the same after.
        pause: when the clip was taken off, None if the day was halved in the middle.
        midday: whether that pause began about noon.
    """

    before_percent: float
    after_percent: float
    pause: Moment | None
    midday: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A calibration that part of the day was judged by.

    Attributes:
        start: from when; ``set_then`` tells whether it was set at that moment or before.
        made: date and clock of the calibration, local.
        span_deg: tall to slumped, None if not measured.
        apart_deg: angle between its upright and the first of the day in the same context, None
            for the first.
        context: where it holds, such as ``desk``.
    """

    id: str
    clip_id: str
    start: Moment
    set_then: bool
    made: str
    span_deg: float | None
    enter_deg: float
    leave_deg: float
    back_enter_deg: float | None
    apart_deg: float | None
    context: str = CONTEXTS[0]


@dataclass(frozen=True, slots=True)
class ClipTold:
    """A clip that was worn, as it told of itself; words from outside, escape before showing."""

    id: str
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, as stored: ``kind`` such as ``"link_lost"``."""

    at: Moment
    kind: str
    value: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share of some time in per cent, and between which two it lies in 95 of 100 cases."""

    percent: float
    between: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SetSeen:
    """What was seen of one set of a routine.

    Attributes:
        drill: names it in records.
        title: for people; that of a wearer's own drill comes from outside, escape before showing.
        side: ``"left"``, ``"right"`` or empty.
        counted_by: ``"repetitions"``, ``"metronome"`` (paced, for the clip cannot see it),
            ``"hold"`` or ``"off"`` (the clip taken off).
        outcome: ``"done"``, ``"skipped"``, ``"changed"``, ``"broken off"`` or ``"no time"``.
        asked: repetitions asked for, 0 for what is held.
        seen: repetitions seen.
        paced: so many more were paced, and not counted.
        asked_s: of the hold, 0 for repetitions.
        held_s: for so long it was held.
        range_deg: how far they went, the median; None where none was seen.
        tempo_s: seconds up, held and down, the medians.
        every_s: from one to the next, the median.
        fading_deg: how much less far each went than that before it, None where that is chance.
        told: the same in words.
    """

    drill: str
    title: str
    side: str
    counted_by: str
    outcome: str
    asked: int
    seen: int
    paced: int
    asked_s: float
    held_s: float
    range_deg: float | None
    tempo_s: tuple[float, float, float] | None
    every_s: float | None
    fading_deg: float | None
    told: str

    @property
    def name(self) -> str:
        """Which drill, and which side."""
        return f"{self.title}, {self.side}" if self.side else self.title


@dataclass(frozen=True, slots=True)
class RoutineSeen:
    """A routine as its own file tells of it.

    Attributes:
        begin_utc_s: seconds since 1970.
        end_utc_s: the same of its end.
        whole: whether it came to its end.
        sets: in their order.
    """

    begin_utc_s: float
    end_utc_s: float
    whole: bool
    sets: tuple[SetSeen, ...]


@dataclass(frozen=True, slots=True)
class Exercised:
    """A movement check or a routine.

    Attributes:
        at: when it began.
        kind: which, in words.
        length_s: how long it took.
        hour_after: slumped share of the still time in the hour after it; ``None`` where that
            was too little.
        otherwise: the same of the day without the hours after exercises.
        whole: whether a routine came to its end, None where nothing tells.
        sets: of a routine, what was seen of each.
    """

    at: Moment
    kind: str
    length_s: int
    hour_after: Share | None
    otherwise: Share | None
    whole: bool | None = None
    sets: tuple[SetSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day of wearing in numbers; every field comes from the record of that day.

    Attributes:
        date: local date, ISO 8601.
        zone: name of the time zone.
        turn_hour: local hour at which the day turns.
        day_hours: length of the local day: 24, or 23 or 25 where the clock changes.
        coverage: how much is known.
        state_s: seconds by state, from first to last wear.
        shares: per cent of still time by posture, adding up to 100; None under an hour.
        past_line_s: seconds with the angle past the slump line.
        tilt_deg: percentiles 10, 50, 90 of flexion over still time.
        still_spell: the longest one.
        upright_between: upright share if the upright were set up to 2 degrees off.
        cells: the state that took most of each five minutes, from ``axis_start_s`` on.
        cells_kept: whether most of what was measured in a cell is known only from epochs.
        exposure: per cent of still time, rows of levels from leaning back to over 30 degrees,
            columns of duration classes; adds up to 100.
        minutes_per_degree: ``(degree, minutes)``: still time from that degree to the next.
        axis_start_s: grid second at which the drawn axis begins, 0 or less.
        axis_end_s: where it ends.
        axis_end_label: label of its last tick.
        exercises: checks and routines of the day, in order.
        kept: which parts of the day are known only from epochs of ten seconds.
        untimed: what the clip kept at a time nobody knows.
        problems: what the store could not read.
        judgement_version: of the rules that turned packets into states and slumps.
        schema_version: of these fields.
    """

    date: str
    zone: str
    turn_hour: int
    day_hours: float
    coverage: Coverage = Coverage(None, None, 0, 0, 0, None)
    state_s: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    shares: dict[str, float] | None = None
    past_line_s: int = 0
    tilt_deg: tuple[float, float, float] | None = None
    still_spell: Spell | None = None
    upright_between: tuple[float, float] | None = None
    shifts: Shifts = Shifts(0, None, None, None)
    slumps: Slumps = Slumps(0, None, None, None, 0, ())
    buzzes: Buzzes = Buzzes((), 0, None, None, 0, None, 0)
    halves: Halves | None = None
    hours: tuple[HourRow, ...] = ()
    cells: tuple[str, ...] = ()
    cells_kept: tuple[bool, ...] = ()
    curve: Curve = Curve((), (), (), ())
    exposure: tuple[tuple[float, ...], ...] | None = None
    minutes_per_degree: tuple[tuple[int, float], ...] = ()
    axis_start_s: int = 0
    axis_end_s: int = 0
    axis_end_label: str = ""
    judged: tuple[Judged, ...] = ()
    clips: tuple[ClipTold, ...] = ()
    happenings: tuple[Happening, ...] = ()
    exercises: tuple[Exercised, ...] = ()
    kept: tuple[Stretch, ...] = ()
    untimed: tuple[Untimed, ...] = ()
    problems: tuple[str, ...] = ()
    judgement_version: int = JUDGEMENT_VERSION
    schema_version: int = SCHEMA_VERSION

    @property
    def enough(self) -> bool:
        """Whether there is still time enough for shares and rates."""
        return self.shares is not None
