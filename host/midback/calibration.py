"""The wearer's own upright, and where their slump begins.

Three guided poses: *sit tall* (needed) gives the thorax axes, *bow* (optional)
where forward is, *slump* (optional) the wearer's own span and so their slump line.
Each is accepted, or refused with the reason and what to do about it.

Pure: samples and times come in, nothing is stored here.  A calibration is never
changed: a new one replaces it by name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from midback.errors import CalibrationRefused, DataError
from midback.shared import flexion, slump

Vector = tuple[float, float, float]

HOLD_S = {"tall": 5.0, "bow": 3.0, "slump": 5.0}
"""How long each pose is held."""

_STEADY_DEG = 1.5  # within a 30 s hold people move 0.5 degrees RMS
_STEADY_G = 0.05
_LEAST_SAMPLES_PER_S = 8
_LEAST_BOW_DEG = 20.0  # the axis error is 7 degrees at 20 and 12 at 10
_MOST_BOW_DEG = 100.0
_MOST_SIDEWAYS_DEG = 35.0
_LEAST_SPAN_DEG = 8.0
_MOST_HOME_DEG = 60.0
_SAME_MOUNTING_DEG = 10.0  # the clip, put on again, hangs differently


class Pose(StrEnum):
    """The poses of a calibration, in their order."""

    TALL = "tall"
    BOW = "bow"
    SLUMP = "slump"


CONTEXTS = ("desk", "standing desk", "sofa")
"""Where most people wear it: sitting and standing upright differ by -3 to +15 degrees.

Measured on three people (reference/peers.md, 0); names of the wearer's own come on top."""

LONGEST_NAME = 30

PROMPTS: dict[Pose, str] = {
    Pose.TALL: "Sit tall and look straight ahead",
    Pose.BOW: "Bow forward from the hips, about as far as a handshake across the desk",
    Pose.SLUMP: "Let yourself slump, as at the end of a long day",
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learnt from the poses, bound to the clip that measured it.

    Attributes:
        id: names this calibration for good.
        clip_id: serial of the clip it was made with.
        made_at: when, UTC.
        neutral_up: unit 'up' in clip coordinates while sitting tall.
        left: unit vector to the wearer's left, in clip coordinates.
        axis_source: where ``left`` came from: the clip's print, or a bow.
        span_deg: flexion of the wearer's own slump, negative when it goes backward;
            ``None`` when none was recorded.
        enter_deg: forward slump line, in degrees.
        back_enter_deg: backward slump line (a positive number), or ``None``.
        context: where it holds, such as ``desk``; the newest of a name replaces the others.
        homes: postures that the wearer called good, as flexion in degrees from
            ``neutral_up``; a slump begins as far from them as from upright.
    """

    id: str
    clip_id: str
    made_at: datetime
    neutral_up: Vector
    left: Vector
    axis_source: Literal["clip", "bow"] = "clip"
    span_deg: float | None = None
    enter_deg: float = slump.DEFAULT_ENTER_DEG
    back_enter_deg: float | None = None
    context: str = CONTEXTS[0]
    homes: tuple[float, ...] = ()

    @property
    def leave_deg(self) -> float:
        """The way out of a forward slump, in degrees."""
        return slump.leave_deg_for(self.enter_deg)

    def frame(self) -> flexion.ThoraxFrame:
        """The thorax axes in clip coordinates."""
        return flexion.thorax_frame(self.neutral_up, self.left)

    def policy(self, hold_s: float = 30.0) -> slump.SlumpPolicy:
        """The slump lines, with a hold of *hold_s* seconds."""
        return slump.SlumpPolicy(
            self.enter_deg,
            hold_s=hold_s,
            back_enter_deg=self.back_enter_deg,
            homes=self.homes,
        )

    def _check(self) -> None:
        """Only what can be judged by is a calibration; raises ``ValueError``."""
        self.frame()
        self.policy()
        if self.made_at.tzinfo is None:
            raise ValueError("made_at has no time zone")
        if not math.isfinite(self.enter_deg + (self.back_enter_deg or 0.0)):
            raise ValueError(f"{self.enter_deg} and {self.back_enter_deg} are no slump lines")
        if context_name(str(self.context)) != self.context:
            raise ValueError(f"{self.context!r} is no name for a context")
        if not all(abs(home) <= _MOST_HOME_DEG for home in self.homes):
            raise ValueError(f"{self.homes} are no postures")

    def to_json(self) -> str:
        """One line of JSON that ``from_json`` reads back."""
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what ``to_json`` wrote.

        Raises:
            DataError: it is something else.
        """
        try:
            facts = json.loads(text)
            facts["made_at"] = datetime.fromisoformat(facts["made_at"])
            facts["neutral_up"] = _vector(facts["neutral_up"])
            facts["left"] = _vector(facts["left"])
            facts["homes"] = tuple(float(home) for home in facts.get("homes", ()))
            read = cls(**facts)
            read._check()
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise DataError(
                f"a stored calibration cannot be read ({error}): calibrate again"
            ) from error
        return read


def calibration_id(made_at: datetime) -> str:
    """The name of a calibration that was made then (UTC)."""
    return f"C-{made_at:%Y%m%d-%H%M%S}"


def context_name(text: str) -> str:
    """A context's name as it is kept: lower case, single spaces.

    >>> context_name("  Standing   desk ")
    'standing desk'

    Raises:
        ValueError: it is empty, too long, or holds signs that no name has.
    """
    name = " ".join(text.lower().split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.replace(" ", "").isalnum():
        raise ValueError(
            f"{text!r} is no name for a context: 1 to {LONGEST_NAME} letters, digits and spaces"
        )
    return name


def stands_at(context: str) -> bool:
    """Whether the wearer stands there, by its name."""
    return "stand" in context


def prompt(pose: Pose, context: str = CONTEXTS[0]) -> str:
    """What to ask of the wearer; on their feet where the context's name says so."""
    return PROMPTS[pose].replace("Sit", "Stand", 1) if stands_at(context) else PROMPTS[pose]


def _vector(numbers: Sequence[float]) -> Vector:
    x, y, z = (float(v) for v in numbers)
    if not math.isfinite(x + y + z):
        raise ValueError(f"({x}, {y}, {z}) is no direction")
    return x, y, z


@dataclass(slots=True)
class PoseRecorder:
    """Collects one pose and judges it.

    Feed it while the wearer holds the pose; ``result`` is ready once ``held_s``
    reaches the pose's hold.

    Who holds still is accelerated by nothing but gravity in the mean, so that tells where up is.
    The clip's 'up' does not: until its filter has found the gyroscope's zero, 1.5 dps tip it by
    2.7 degrees (simulated), and most people are calibrated in the first minute.
    """

    pose: Pose
    _first_s: float | None = None
    _last_s: float = 0.0
    _ups: list[Vector] = field(default_factory=list[Vector])
    _accelerations_g: list[Vector] = field(default_factory=list[Vector])
    _sizes_g: list[float] = field(default_factory=list[float])

    @property
    def held_s(self) -> float:
        """Seconds of the pose so far."""
        return 0.0 if self._first_s is None else self._last_s - self._first_s

    @property
    def complete(self) -> bool:
        """Whether the pose was held long enough."""
        return self.held_s >= HOLD_S[self.pose]

    def update(self, time_s: float, up: Vector, acceleration_g: Vector, size_g: float) -> None:
        """Take one sample.

        Args:
            time_s: its time.
            up: unit 'up' vector in clip coordinates.
            acceleration_g: mean acceleration around then, in clip coordinates.
            size_g: mean size of the acceleration around then.
        """
        if self._first_s is None:
            self._first_s = time_s
        self._last_s = time_s
        self._ups.append(up)
        self._accelerations_g.append(acceleration_g)
        self._sizes_g.append(size_g)

    def result(self) -> Vector:
        """Where 'up' was during the pose.

        Raises:
            CalibrationRefused: too little arrived, or the wearer moved.
        """
        hold_s = HOLD_S[self.pose]
        if not self.complete or len(self._ups) < _LEAST_SAMPLES_PER_S * hold_s:
            raise CalibrationRefused(
                f"only {len(self._ups)} samples arrived in {self.held_s:.0f} s: "
                "bring the clip nearer and try again"
            )
        mean = mean_direction(self._ups)
        sway = math.sqrt(
            sum(flexion.angle_between_deg(mean, up) ** 2 for up in self._ups) / len(self._ups)
        )
        mean_g = sum(self._sizes_g) / len(self._sizes_g)
        rough_g = math.sqrt(sum((g - mean_g) ** 2 for g in self._sizes_g) / len(self._sizes_g))
        if sway > _STEADY_DEG or rough_g > _STEADY_G:
            raise CalibrationRefused(f"you moved ({sway:.1f}°): hold still for {hold_s:.0f} s")
        return mean_direction(self._accelerations_g)


def calibrate(
    clip_id: str,
    made_at: datetime,
    tall: Vector,
    bow: Vector | None = None,
    slumped: Vector | None = None,
    *,
    context: str = CONTEXTS[0],
    before: Calibration | None = None,
) -> Calibration:
    """Make a calibration from the mean 'up' of each pose.

    Args:
        clip_id: serial of the clip.
        made_at: when, UTC.
        tall: sitting (or standing) tall.
        bow: bowed forward, if asked for.
        slumped: slumped, if asked for.
        context: where it holds.
        before: what held until now.  Span, lines and homes are the wearer's and go on
            without a new slump; where forward is goes on while the clip hangs as it did.

    Raises:
        CalibrationRefused: the poses do not fit together; says which one to repeat.
    """
    left, source = _left(tall, bow)
    if bow is None and before is not None and _hangs_as_before(tall, before):
        left, source = before.left, before.axis_source
    frame = flexion.thorax_frame(tall, left)
    if slumped is None and before is not None:
        span, line, back = before.span_deg, before.enter_deg, before.back_enter_deg
    else:
        span = None if slumped is None else _span(frame, slumped)
        own = slump.DEFAULT_ENTER_DEG if span is None else slump.enter_deg_for(span)
        backward = span is not None and span < 0
        line, back = (slump.DEFAULT_ENTER_DEG, own) if backward else (own, None)
    return Calibration(
        id=calibration_id(made_at),
        clip_id=clip_id,
        made_at=made_at,
        neutral_up=frame.up,
        left=frame.left,
        axis_source=source,
        span_deg=span,
        enter_deg=line,
        back_enter_deg=back,
        context=context,
        homes=() if before is None else before.homes,
    )


def _hangs_as_before(tall: Vector, before: Calibration) -> bool:
    return flexion.angle_between_deg(tall, before.neutral_up) <= _SAME_MOUNTING_DEG


def _left(tall: Vector, bow: Vector | None) -> tuple[Vector, Literal["clip", "bow"]]:
    try:
        printed = flexion.thorax_frame(tall)
    except ValueError as error:
        raise CalibrationRefused(
            "the clip hangs on its side: turn it so that its arrow points up, and sit tall again"
        ) from error
    if tall[2] < 0:
        raise CalibrationRefused(
            "the clip hangs upside down: turn it so that its arrow points up, and sit tall again"
        )
    if bow is None:
        return printed.left, "clip"
    bent = flexion.angle_between_deg(tall, bow)
    if not _LEAST_BOW_DEG <= bent <= _MOST_BOW_DEG:
        raise CalibrationRefused(
            f"the bow was {bent:.0f}°: bow at least {_LEAST_BOW_DEG:.0f}° from the hips"
        )
    left = flexion.left_from_bow(tall, bow)
    aside = flexion.angle_between_deg(left, printed.left)
    if aside > _MOST_SIDEWAYS_DEG:
        raise CalibrationRefused(
            f"the bow went {aside:.0f}° to the side of where the clip's print says forward is: "
            "put the clip on straight, then bow straight ahead"
        )
    return left, "bow"


def _span(frame: flexion.ThoraxFrame, slumped: Vector) -> float:
    span, sideways = flexion.angles_deg(frame, slumped)
    if abs(span) < _LEAST_SPAN_DEG:
        raise CalibrationRefused(
            f"the slump was only {abs(span):.0f}°: is the clip between the shoulder blades?"
        )
    if abs(sideways) > abs(span):
        raise CalibrationRefused(
            f"you tipped {abs(sideways):.0f}° to the side: slump straight ahead"
        )
    return span


def mean_direction(vectors: Sequence[Vector]) -> Vector:
    """The unit vector of their mean."""
    x, y, z = (sum(v[k] for v in vectors) for k in range(3))
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length
