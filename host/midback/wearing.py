"""One wearing, without a radio: packets -> estimates -> recording, nudges and whoever watches.

Packets may come from anywhere.  Times are session time, in seconds; wall time is for labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from midback.calibration import CONTEXTS, Calibration, PoseRecorder, calibration_id
from midback.clock import PRIMED, Prior
from midback.curl import Posture
from midback.doing import Doing
from midback.estimator import Estimates, Estimator, Quality
from midback.exercises.exercise import Exercise
from midback.keeping import SecondKeeper
from midback.leans import LOOKS_LIKE_A_LEAN, Leans
from midback.lease import Lease
from midback.link import STALE_S, Link
from midback.mounting import Mounting
from midback.notices import NOTICE_S, WARNING_S, Notices
from midback.nudging import KEPT, Nudging
from midback.places import ELSEWHERE, PLACE, place_question
from midback.postures import Postures
from midback.questions import Answered, Question, Questions
from midback.received import Received
from midback.recording import CALIBRATION, CONTEXT, SessionWriter, detail_of
from midback.reminder import REMINDED, TIME_FOR_ROUTINE, Reminder
from midback.seconds import Closed
from midback.shared import flexion, slump, wire
from midback.slip import REMOUNTED
from midback.slumps import Slumps
from midback.stillness import MOVE
from midback.transitions import SAT_DOWN
from midback.watching import Listener, Now
from midback.whereabouts import Whereabouts
from midback.words import STILL, State

TICK_S = 0.5
"""How often a wearing is told that time passes, also while nothing arrives."""

COMMIT_S = 1.0
"""What is recorded goes to disk this often: a kill costs no more."""

_MOVE_NOTICE_S = 60.0

POSTURE = "posture"
"""Kind of the question whether a posture was good."""

WALK = "walk"
"""A walk that ended: ``value`` is its mean flexion, the detail its lateral, in degrees."""

_REST_S = 120.0
"""While the wearer exercises the clip is told to rest one to two times so long, again and again:
if this program is killed, that soon ends."""

_DOUBTS = frozenset({LOOKS_LIKE_A_LEAN, ELSEWHERE, Posture.LEAN})
"""Why nudges wait though the wearer asked for no quiet: slumps are not told well just now."""

_NOT_NOW = (State.NO_DATA, State.AWAY, State.DOUBTFUL, State.WALKING)
"""Who wears no clip feels nothing, and who walks is busy."""

_AFTER_BUZZ_S = 60.0
"""Sooner after a nudge nobody could tell what a second one is for."""

_UNCALIBRATED = slump.SlumpPolicy()


class Placed(NamedTuple):
    """A packet on the host's time: boot id and ticks of its last sample, its session time."""

    boot: int
    ticks: int
    time_s: float


@dataclass(slots=True)
class Wearing:
    """Packets of one wearing become estimates, stored rows, events and nudges.

    Args:
        start_s: loop time at which the wearing starts: session time 0.
        wall: gives the wall time now, UTC.
        calibration: to judge by, or ``None``.
        writer: where to keep it all, or ``None``.
        listeners: who watches.
        nudging: who decides on buzzes.
        reminder: who decides when to remind of the routine.
        hold_s: how long a lean must last to be a slump.
        context: where the wearer is, by its name.
        contexts: what is known of each of the wearer's contexts.

    Attributes:
        link: how the link stands.
        behind_s: by how much what is shown lags, while missing packets come in.
        battery_percent: as the clip tells it.
        pose: takes samples for a calibration, while there is one.
        last_placed: where the last packet lies in time.
        questions: what the wearer is asked.
        mounting: whether the clip hangs as it did when they sat tall.
        guesses_leans: whether leans are told from slumps by one clip alone.
        gone_elsewhere: called when the wearer says that they are in another context.
        keep: given the calibration that an answer of the wearer's made.
        follower: given each packet after it was judged.
        postures: what was learnt of the wearer's own postures.
        exercise: what they are led through, while nothing is to be judged.
    """

    start_s: float
    wall: Callable[[], datetime]
    calibration: Calibration | None = None
    writer: SessionWriter | None = None
    listeners: Sequence[Listener] = ()
    nudging: Nudging = field(default_factory=Nudging)
    reminder: Reminder = field(default_factory=Reminder)
    hold_s: float = 30.0
    context: str = CONTEXTS[0]
    contexts: Mapping[str, Calibration] = field(default_factory=dict[str, Calibration])
    link: Link = Link.FINDING
    behind_s: float = 0.0
    battery_percent: int | None = None
    pose: PoseRecorder | None = None
    last_placed: Placed | None = None
    questions: Questions = field(default_factory=Questions)
    _estimator: Estimator = field(init=False)
    mounting: Mounting = field(init=False)
    guesses_leans: bool = True
    gone_elsewhere: Callable[[], None] = lambda: None
    keep: Callable[[Calibration], None] = lambda _: None
    follower: Callable[[Received], None] | None = None
    exercise: Exercise | None = None
    postures: Postures = field(default_factory=Postures)
    _doing: Doing = field(default_factory=Doing)
    _seconds: SecondKeeper = field(default_factory=SecondKeeper)
    _whereabouts: Whereabouts = field(init=False)
    _leans: Leans = field(default_factory=Leans)
    _lines: slump.SlumpPolicy | None = None
    _slumps: Slumps = field(init=False)
    _notices: Notices = field(default_factory=Notices)
    _prior: Prior | None = None
    _last_packet_s: float = float("-inf")
    _committed_s: float = float("-inf")

    def __post_init__(self) -> None:
        self._estimator = Estimator(None)
        self.mounting = Mounting(self.calibration)
        self._whereabouts = Whereabouts(self.context)
        self._slumps = Slumps(self.nudging)
        self._judge_by(self.calibration)

    @property
    def state(self) -> State:
        """What the wearer does."""
        return self._doing.state

    @property
    def new(self) -> bool:
        """Whether no packet was received yet."""
        return self._last_packet_s == float("-inf")

    def prime(self, newer: Received) -> None:
        """Before the first packet, which will come late: say when a *newer* one came in time.

        Of several the least delayed one counts.  Once packets were received the clock knows
        better, and nothing changes.
        """
        if not self.new:
            return
        # To the microsecond, as it is stored: a recomputed day then equals this one.
        arrival_s = round(newer.arrival_s - self.start_s, 6)
        prior = Prior(newer.packet.boot, newer.packet.ticks, arrival_s)
        if self._prior is None or prior.less_delayed_than(self._prior):
            self._prior = prior

    def receive(self, received: Received, lease: Lease | None = None) -> int | None:
        """Take one packet; return the pattern to buzz now, or ``None``.

        Args:
            received: the next packet in order.
            lease: tells by session time which buzzes are this host's to give; ``None``: all.
        """
        # To the microsecond, as it is stored: a recomputed day then equals this one.
        now_s = round(received.arrival_s - self.start_s, 6)
        if self.writer is not None:
            self.writer.add_packet(now_s, received.payload)
        if self._prior is not None:
            # An event, because a recomputed day needs it as well.
            self._estimator.clock.prime(self._prior)
            self.event(0.0, PRIMED, self._prior.arrival_s, self._prior.detail)
            self._prior = None
        reboots = self._estimator.clock.reboots
        estimates = self._estimator.update(received.packet, now_s)
        if self._estimator.clock.reboots != reboots:
            self.event(now_s, "reboot")
        if not estimates:
            return None
        self._last_packet_s = now_s
        packet = received.packet
        time_s = estimates.times_s[-1]
        self.last_placed = Placed(packet.boot, packet.ticks, time_s)
        self._keep_seconds(estimates)
        self._feed_pose(estimates)
        self._doing.update(estimates.state, estimates.tilts[-1][0], now_s)
        for listener in self.listeners:
            listener.estimates(estimates)
        self._watch_mounting(packet, estimates, now_s)
        self._watch_leans(time_s, now_s)
        self._watch_places(packet, estimates, now_s)
        alone = lease is not None and not lease.gives(time_s, now_s)
        pattern = self._nudge(time_s, now_s, alone)
        if self._seconds.time_to_move and not alone and pattern is None:
            pattern = self._prompt_to_move(time_s, now_s)
        if not alone and pattern is None:
            pattern = self._remind(now_s)
        self._publish(now_s)
        if self.follower is not None:
            self.follower(received)
        return pattern

    def tick(self, now_s: float) -> bool:
        """Let time pass, also while nothing arrives; *now_s* is session time.

        Returns:
            Whether all that was received is kept now.
        """
        self.questions.tick(now_s)
        if now_s - self._last_packet_s > STALE_S:
            self._doing.silent(now_s)
            if self.state is State.AWAY:
                self._write(self._seconds.away(int(now_s)))
            self._publish(now_s)
        if self.writer is None:
            return True
        if now_s - self._committed_s < COMMIT_S:
            return False
        self._committed_s = now_s
        self.writer.commit(now_s, self.wall())
        if self._notices.trouble(self.writer.trouble, now_s):
            self._publish(now_s)
        return self.writer.trouble is None

    def link_is(self, link: Link, now_s: float) -> None:
        """The link to the clip has changed."""
        self.link = link
        self._publish(now_s)

    def event(
        self, time_s: float, kind: str, value: float | None = None, detail: str = ""
    ) -> None:
        """Keep an event and tell whoever watches."""
        if self.writer is not None:
            self.writer.add_event(time_s, kind, value, detail)
        for listener in self.listeners:
            listener.event(time_s, kind, value, detail)

    def recalibrate(self, calibration: Calibration, now_s: float) -> None:
        """Judge by a new calibration from here on, and keep that this happened."""
        moved = None
        if self.calibration is not None:
            moved = flexion.angle_between_deg(self.calibration.neutral_up, calibration.neutral_up)
        self._end_slump(now_s)
        self._leans.reset()
        self.calibration, self.context = calibration, calibration.context
        self.mounting.calibrated(calibration)
        self._settle_in(calibration.context, now_s)
        self._judge_by(calibration)
        self.event(now_s, CALIBRATION, moved, calibration.id)

    def choose(self, context: str, calibration: Calibration | None, now_s: float) -> None:
        """Judge by what is known of another context; nothing is judged if that is nothing."""
        self._end_slump(now_s)
        if context != self.context:
            self._leans.reset()
        self.calibration, self.context = calibration, context
        self.mounting.moved(context)
        self._settle_in(context, now_s)
        self._judge_by(calibration)
        known = None if calibration is None else calibration.id
        self.event(now_s, CONTEXT, None, detail_of(context, known))

    def ask(self, question: Question, now_s: float, then: Answered) -> None:
        """Ask the wearer; *then* is told what they said."""
        self.questions.ask(question, now_s, then)
        self.event(now_s, "asked", None, question.kind)
        self._publish(now_s)

    def answer(self, yes: bool, now_s: float) -> None:
        """The wearer answered the question on show, if there is one."""
        question = self.questions.answer(yes)
        if question is not None:
            self.event(now_s, "answered", float(yes), question.kind)
        self._publish(now_s)

    def charge(self, percent: int, now_s: float) -> None:
        """The clip tells its battery's charge; once it is low the wearer hears of it."""
        self.battery_percent = percent
        if self._notices.battery(percent, now_s):
            self.event(now_s, "battery", float(percent))
            self._publish(now_s)

    def snooze(self, until_s: float, now_s: float) -> None:
        """No buzzes until then (session time)."""
        self.nudging.snooze(until_s)
        self.event(now_s, "snooze", max(until_s - now_s, 0.0))
        self._publish(now_s)

    def clip_rests_until_s(self, now_s: float) -> float | None:
        """Until when the clip must not nudge by itself; ``None``: it may."""
        snoozed_s = self.nudging.snoozed_until_s(now_s)
        if self.exercise is None:
            return snoozed_s
        return max((now_s // _REST_S + 2.0) * _REST_S, snoozed_s or 0.0)

    def hold(self, reason: str, now_s: float) -> None:
        """Withhold nudges for a reason, a word or two, until it is released."""
        if not self.nudging.held_for(reason):
            self.nudging.hold(reason)
            self.event(now_s, "nudges_held", None, reason)
            self._publish(now_s)

    def release(self, reason: str, now_s: float) -> None:
        """That reason no longer stands; others may."""
        if self.nudging.held_for(reason):
            self.nudging.release(reason)
            self.event(now_s, "nudges_released", None, reason)
            self._publish(now_s)

    def now(self, now_s: float) -> Now:
        """What a view needs to know at this moment, for somebody who does not listen."""
        doing = self._doing
        policy = self.calibration or _UNCALIBRATED
        snoozed_s = self.nudging.snoozed_until_s(now_s)
        wall = self.wall()
        leaning = doing.state is State.LEANING
        question = self.questions.shown
        quiet_s = self.nudging.quiet_until_s(now_s, wall) - now_s
        return Now(
            time_s=now_s,
            wall=wall,
            state=doing.state,
            since_s=self._estimator.judge.held_s if leaning else doing.lasted_s(now_s),
            flexion_deg=doing.flexion_deg,
            last_deg=doing.last_deg,
            enter_deg=policy.enter_deg,
            leave_deg=policy.leave_deg,
            back_enter_deg=policy.back_enter_deg,
            hold_s=self.hold_s,
            battery_percent=self.battery_percent,
            link=self.link,
            behind_s=self.behind_s,
            snoozed_until=None
            if snoozed_s is None
            else wall + timedelta(seconds=snoozed_s - now_s),
            notice=self._notices.shown(now_s),
            quiet_until=wall + timedelta(seconds=quiet_s) if quiet_s > 0 else None,
            same_s=self._seconds.same_s,
            context=self.context,
            question=None if question is None else question.text,
            doubt=None if self.mounting.warning is None else self.mounting.warning.words,
            held_by=self.nudging.all_held_by(wall),
            certain=self.nudging.certain(wall),
        )

    def resume(
        self, given: Sequence[datetime], snoozed_until: datetime | None, now_s: float
    ) -> None:
        """Go on from earlier wearings: the nudges *given* count, and a rest goes on."""
        now = self.wall()
        for moment in given:
            self.nudging.buzzed(now_s - (now - moment).total_seconds(), moment)
        if snoozed_until is not None:
            left_s = (snoozed_until - now).total_seconds()
            self.nudging.snooze(now_s + left_s)
            self.event(now_s, "snooze", left_s, KEPT)

    def say(self, notice: str | None, now_s: float, for_s: float = NOTICE_S) -> None:
        """Show a sentence in place of the help for a while."""
        self._notices.say(notice, now_s, for_s)
        self._publish(now_s)

    def close(self, now_s: float) -> None:
        """End the wearing.

        Raises:
            RecordingError: its end could not be written; says why.
        """
        # After a silence nothing is known of the slump's real end.
        self._end_slump(min(now_s, self._last_packet_s + STALE_S))
        self._write(self._seconds.close())
        if self.writer is not None:
            self.writer.close(now_s, self.wall())

    def _end_slump(self, time_s: float) -> None:
        ended = self._slumps.end(time_s)
        if ended is not None:
            self.event(*ended)

    def _judge_by(self, calibration: Calibration | None) -> None:
        self._seconds.recalibrated()
        self.postures.judge_by(calibration)
        self._lines = None if calibration is None else calibration.policy(self.hold_s)
        self._estimator.recalibrate(calibration, self._lines)

    def _watch_mounting(
        self, packet: wire.StreamPacket, estimates: Estimates, now_s: float
    ) -> None:
        warning = self.mounting.update(packet, estimates, self.state)
        walk = self.mounting.walk
        if walk is not None:
            lean_deg, side_deg = walk
            self.event(now_s, WALK, lean_deg, f"{side_deg:.1f}")
        if warning is not None:
            kind = "remounted" if warning.cause == REMOUNTED else "slipped"
            self.event(warning.time_s, kind, warning.angle_deg, warning.cause)
            self.say(warning.words, now_s, WARNING_S)

    def _learn(self, second: int, row: tuple[int, int, int, int]) -> None:
        """Postures that come again: ask about them once."""
        asked = self.postures.update(second, row, self._today)
        if asked is None:
            return

        def answered(good: bool | None) -> None:
            self.postures.answer(asked, good)
            if good and self.calibration is not None:
                self._take_home(asked.context)

        self.ask(Question(POSTURE, asked.words), self._last_packet_s, answered)

    def _today(self) -> int:
        """The calendar day of the wearer's clock, as a number."""
        return self.wall().astimezone().toordinal()

    def _take_home(self, context: str) -> None:
        """The wearer called a posture good: slumps count from it as well."""
        before = self.calibration
        if before is None or before.context != context:
            return
        made_at = self.wall().replace(microsecond=0)
        homes = self.postures.homes(context)
        new = replace(before, id=calibration_id(made_at), made_at=made_at, homes=homes)
        self.keep(new)
        self.choose(context, new, self._last_packet_s)

    def _settle_in(self, context: str, now_s: float) -> None:
        """The wearer says where they are."""
        self._whereabouts.chose(context)
        self.questions.withdraw(PLACE)
        self.release(ELSEWHERE, now_s)

    def _watch_places(self, packet: wire.StreamPacket, estimates: Estimates, now_s: float) -> None:
        moved, place = self._whereabouts.update(packet, estimates, self.contexts)
        if moved is not None:
            self.event(moved.time_s, moved.kind.replace(" ", "_"), moved.height_m)
        time_s = estimates.times_s[-1]
        if moved is not None and moved.kind == SAT_DOWN:
            self.mounting.sat_down(time_s)
        elif moved is not None:
            self.mounting.stood_up(time_s)
        elsewhere = self.calibration is not None and self._whereabouts.elsewhere(time_s)
        if elsewhere:
            self.hold(ELSEWHERE, now_s)
            if place is not None:
                self._offer(place, now_s)
        elif self.nudging.held_for(ELSEWHERE):
            self.release(ELSEWHERE, now_s)
            self.questions.withdraw(PLACE)

    def _offer(self, place: str, now_s: float) -> None:
        """The wearer stands, or sits, where they did not: ask where they are now."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.choose(place, self.contexts.get(place), self._last_packet_s)
                self.gone_elsewhere()
            elif yes is not None:
                self._whereabouts.denied(place)

        self.ask(place_question(place), now_s, answered)

    def _watch_leans(self, time_s: float, now_s: float) -> None:
        """A lean from the hips is no slump: nudges wait while this looks like one."""
        lines, lean_deg = self._lines, self._doing.last_deg
        leans = False
        state = self.state
        still = state in STILL
        seated = still or state is State.MOVING
        if lines is None or not seated or not self.guesses_leans:
            self._leans.reset()
        elif lean_deg is not None:
            turn = self.mounting.turn
            leans = self._leans.update(time_s, lean_deg, turn, lines, still=still)
        (self.hold if leans else self.release)(LOOKS_LIKE_A_LEAN, now_s)

    def _prompt_to_move(self, time_s: float, now_s: float) -> int | None:
        """Changing posture has better evidence than sitting upright: say so, gently and once."""
        self._seconds.time_to_move = False
        if not self.nudging.may_prompt(time_s, self.wall()):
            return None
        self.event(time_s, "move", self._seconds.same_s / 60.0)
        self.say(MOVE, now_s, _MOVE_NOTICE_S)
        return wire.PATTERN_TICK

    def _remind(self, now_s: float) -> int | None:
        """Of the routine, at the time of day that the wearer chose; no nudge, and said once."""
        if self.reminder.off:
            return None
        day = self.reminder.update(now_s, self.wall(), free=self._interruptible(now_s))
        if day is None:
            return None
        self.event(now_s, REMINDED, None, day.isoformat())
        self.say(TIME_FOR_ROUTINE, now_s, WARNING_S)
        return wire.PATTERN_LONG

    def _interruptible(self, now_s: float) -> bool:
        """Whether they wear the clip and are at nothing that a word would disturb or hide."""
        buzzed_s = self.nudging.last_buzz_s()
        return (
            self.state not in _NOT_NOW
            and self.exercise is None
            and self.questions.shown is None
            and self._notices.shown(now_s) is None
            and (buzzed_s is None or now_s - buzzed_s >= _AFTER_BUZZ_S)
            and not self.nudging.rests(now_s, self.wall(), but=_DOUBTS)
        )

    def _keep_seconds(self, estimates: Estimates) -> None:
        closed = self._seconds.update(estimates)
        for second in closed:
            self._learn(*second)
        self._write(closed)

    def _write(self, closed: Sequence[Closed]) -> None:
        if self.writer is not None:
            for second in closed:
                self.writer.add_second(*second)

    def _feed_pose(self, estimates: Estimates) -> None:
        if self.pose is None:
            return
        for estimate in estimates:
            if not estimate.quality & (Quality.INVALID | Quality.SHAKEN):
                self.pose.update(
                    estimate.time_s,
                    estimate.up,
                    self._estimator.acceleration_g,
                    self._estimator.size_g,
                )

    def _nudge(self, time_s: float, now_s: float, alone: bool) -> int | None:
        """Keep what was judged and decided; the pattern to buzz, if it is this host's to give."""
        changes, slumped = self._estimator.changes, self.state is State.SLUMPED
        if self._slumps.idle(changes, slumped=slumped):
            return None
        events, pattern = self._slumps.update(
            time_s,
            self.wall() - timedelta(seconds=now_s - time_s),
            changes,
            slumped=slumped,
            lean_deg=self._doing.last_deg,
            alone=alone,
        )
        for happening in events:
            self.event(*happening)
        return pattern

    def _publish(self, now_s: float) -> None:
        if self.listeners:
            now = self.now(now_s)
            for listener in self.listeners:
                listener.now(now)
