"""When a lean becomes a slump, and when it ends.

Runs unchanged on the clip and on the host: one flexion angle and its time in,
what changed out.  There is no clock in here.

A lean past the entry line must be held.  The hold counts up past the line, down
between the line and the way out, and starts anew below the way out, so that a
short wobble does not begin the wait again and hovering does not buzz.
"""

# What a sample can change.
LEAN_STARTED = 1  # past the entry line; the hold begins
LEAN_ENDED = 2  # back before the hold was over
SLUMP_STARTED = 3  # the hold is over
SLUMP_ENDED = 4  # back below the way out for the exit hold
SLUMP_CUT = 5  # nothing was known for too long: the slump may have gone on
RECLINE_STARTED = 6  # leaning back further than any slump of theirs
RECLINE_ENDED = 7

# What the wearer does.
UPRIGHT = 0
LEANING = 1
SLUMPED = 2
RECLINED = 3

# Thresholds from a wearer's own span, tall to slumped: 55 % of it, within these limits,
# with a way out that is 30 % lower, at least 3 degrees.
SPAN_SHARE = 0.55
LEAST_ENTER_DEG = 8.0
MOST_ENTER_DEG = 20.0
LEAST_HYSTERESIS_DEG = 3.0
HYSTERESIS_SHARE = 0.3

# Without a span: on 45 people any line between 8.7 and 10.9 degrees separated every
# posed slouch from every upright (IMU Sitting Postures Dataset, T4).
DEFAULT_ENTER_DEG = 10.0

# Leaning back is neither upright nor a slump.  Whose slump goes backward reclines once far
# behind their line, which is 55 % of their span: from 1.4 times the span on (own choice).
RECLINE_DEG = 8.0
RECLINE_SHARE = 2.5
RECLINE_HOLD_S = 10.0
RECLINE_HYSTERESIS_DEG = 2.0

HOLD_LAST_S = 2.0  # over a shorter silence the last sample goes on
CUT_S = 30.0  # a longer silence ends a slump


def leave_deg_for(enter_deg: float) -> float:
    """The way out that belongs to an entry line, in degrees."""
    return enter_deg - max(LEAST_HYSTERESIS_DEG, HYSTERESIS_SHARE * enter_deg)


def enter_deg_for(span_deg: float) -> float:
    """The entry line for a wearer whose slump is *span_deg* from tall (its size, any sign)."""
    return min(max(SPAN_SHARE * abs(span_deg), LEAST_ENTER_DEG), MOST_ENTER_DEG)


class SlumpPolicy:
    """When a slump starts and when it is over.

    ``enter_deg`` and ``leave_deg`` are forward lines; ``back_enter_deg`` (a
    positive number, degrees behind upright) makes leaning back past it count as
    a slump as well, for wearers whose slump goes backward.  Behind ``recline_deg``
    (positive likewise) everybody leans back, which is no slump.  ``homes`` are the
    wearer's good postures beside the neutral, see ``shared.home``.

    The hold counts up past the entry line and down before it; who sits up for
    ``exit_hold_s`` begins it anew, or ends the slump.  A fidget is shorter.

    Raises:
        ValueError: a way out is not below its entry line, or a time is negative.
    """

    def __init__(
        self,
        enter_deg: float = DEFAULT_ENTER_DEG,
        leave_deg: float | None = None,
        hold_s: float = 30.0,
        exit_hold_s: float = 2.0,
        back_enter_deg: float | None = None,
        homes: tuple[float, ...] = (),
    ) -> None:
        self.homes = homes
        self.enter_deg = enter_deg
        self.leave_deg = leave_deg_for(enter_deg) if leave_deg is None else leave_deg
        self.hold_s = hold_s
        self.exit_hold_s = exit_hold_s
        self.back_enter_deg = back_enter_deg
        self.back_leave_deg = None
        self.recline_deg = RECLINE_DEG
        if back_enter_deg is not None:
            self.back_leave_deg = leave_deg_for(back_enter_deg)
            self.recline_deg = RECLINE_SHARE * back_enter_deg
        if self.leave_deg >= self.enter_deg:
            raise ValueError(
                "leave_deg (%s) must be below enter_deg (%s)" % (self.leave_deg, self.enter_deg)
            )
        if hold_s < 0 or exit_hold_s < 0:
            raise ValueError(
                "hold_s (%s) and exit_hold_s (%s) cannot be negative" % (hold_s, exit_hold_s)
            )
        if back_enter_deg is not None and back_enter_deg <= LEAST_HYSTERESIS_DEG:
            raise ValueError("back_enter_deg (%s) is too close to upright" % (back_enter_deg,))


class SlumpDetector:
    """Follows one stream of flexion angles.

    ``state`` is ``UPRIGHT``, ``LEANING``, ``SLUMPED`` or ``RECLINED``;
    ``held_s`` is how much of the hold has passed.
    """

    def __init__(self, policy: SlumpPolicy) -> None:
        self.policy = policy
        self.state = UPRIGHT
        self.held_s = 0.0
        self._time_s: float | None = None
        self._out_s = 0.0
        self._recline_s = 0.0

    def update(self, time_s: float, flexion_deg: float) -> int | None:
        """Take one sample; return what it changed, or ``None``.

        Times in seconds must not run backward; a sample that is not later than
        the one before changes nothing.  After a silence longer than ``CUT_S``, what
        was under way ends, and the sample says no more than that.
        """
        dt_s = 0.0
        if self._time_s is not None:
            dt_s = time_s - self._time_s
            if dt_s <= 0.0:
                return None
        self._time_s = time_s
        if dt_s > CUT_S:
            ended = self._end()
            if ended is not None:
                return SLUMP_CUT if ended == SLUMP_ENDED else ended
        if dt_s > HOLD_LAST_S:
            dt_s = 0.0
        if self.state == SLUMPED:
            return self._while_slumped(dt_s, flexion_deg)
        return self._while_free(dt_s, flexion_deg)

    def interrupt(self, time_s: float) -> int | None:
        """The wearer moves, or took the clip off: stop judging until the next sample.

        Returns ``SLUMP_ENDED``, ``LEAN_ENDED`` or ``RECLINE_ENDED`` when one was under way.
        """
        self._time_s = time_s
        return self._end()

    def _end(self) -> int | None:
        ended = {SLUMPED: SLUMP_ENDED, LEANING: LEAN_ENDED, RECLINED: RECLINE_ENDED}
        change = ended.get(self.state)
        self._reset()
        return change

    def _reset(self) -> None:
        self.state = UPRIGHT
        self.held_s = self._out_s = self._recline_s = 0.0

    def _past_entry(self, flexion_deg: float) -> bool:
        policy = self.policy
        if policy.back_enter_deg is None or flexion_deg > 0.0:
            return flexion_deg > policy.enter_deg
        return policy.back_enter_deg < -flexion_deg <= policy.recline_deg

    def _within_way_out(self, flexion_deg: float) -> bool:
        back = self.policy.back_leave_deg
        return flexion_deg < self.policy.leave_deg and (back is None or -flexion_deg < back)

    def _while_slumped(self, dt_s: float, flexion_deg: float) -> int | None:
        if self._reclines(dt_s, flexion_deg):
            self._reset()
            self.state = RECLINED
            return SLUMP_ENDED
        if not self._within_way_out(flexion_deg):
            self._out_s = 0.0
            return None
        self._out_s += dt_s
        if self._out_s < self.policy.exit_hold_s:
            return None
        self._reset()
        return SLUMP_ENDED

    def _while_free(self, dt_s: float, flexion_deg: float) -> int | None:
        if self.state == RECLINED:
            if -flexion_deg > self.policy.recline_deg - RECLINE_HYSTERESIS_DEG:
                return None
            self._reset()
            return RECLINE_ENDED
        if self._past_entry(flexion_deg):
            return self._lean_on(dt_s)
        if self.state == LEANING:
            self.held_s = max(0.0, self.held_s - dt_s)
            self._out_s = self._out_s + dt_s if self._within_way_out(flexion_deg) else 0.0
            if self.held_s > 0.0 and self._out_s < self.policy.exit_hold_s:
                return None
            self._reset()
            return LEAN_ENDED
        if not self._reclines(dt_s, flexion_deg):
            return None
        self._reset()
        self.state = RECLINED
        return RECLINE_STARTED

    def _lean_on(self, dt_s: float) -> int | None:
        if self.state != LEANING:
            self._reset()
            self.state = LEANING
            if self.policy.hold_s > 0.0:
                return LEAN_STARTED
        self._out_s = 0.0
        self.held_s += dt_s
        if self.held_s < self.policy.hold_s:
            return None
        self.state = SLUMPED
        self._out_s = 0.0
        return SLUMP_STARTED

    def _reclines(self, dt_s: float, flexion_deg: float) -> bool:
        """Whether they have leaned back that far for long enough."""
        back = -flexion_deg > self.policy.recline_deg
        self._recline_s = self._recline_s + dt_s if back else 0.0
        return self._recline_s >= RECLINE_HOLD_S
