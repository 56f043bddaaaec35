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
from midback.estimator import Estimate, Estimator, Quality
from midback.leans import LOOKS_LIKE_A_LEAN, Leans
from midback.lease import Lease
from midback.link import STALE_S, Link
from midback.mounting import Mounting
from midback.nudging import KEPT, Decision, Nudging
from midback.places import ASKED_S, ELSEWHERE, Places, stands_at
from midback.plans import Block
from midback.postures import Postures
from midback.questions import Answered, Question, Questions
from midback.received import Received
from midback.recording import CALIBRATION, CONTEXT, SessionWriter, detail_of
from midback.seconds import MISSING, SecondMaker
from midback.shared import flexion, slump, wire
from midback.slip import REMOUNTED
from midback.stillness import MOVE, Stillness
from midback.transitions import TransitionDetector, lift_g
from midback.watching import Listener, Now
from midback.words import STILL, UNKNOWN, State

TICK_S = 0.5
"""How often a wearing is told that time passes, also while nothing arrives."""

COMMIT_S = 1.0
"""What is recorded goes to disk this often: a kill costs no more."""

_NOTICE_S = 8.0
_MOVE_NOTICE_S = 60.0
_WARNING_S = 600.0
_TROUBLE_S = 60.0
_LOW_PERCENT, _CHARGED_PERCENT = 15, 25

PATTERNS = {
    wire.PATTERN_TICK: "tick",
    wire.PATTERN_NUDGE: "nudge",
    wire.PATTERN_STRONG: "strong",
    wire.PATTERN_LONG: "long",
}

POSTURE = "posture"
"""Kind of the question whether a posture was good."""

PLACE = "place"
"""Kind of the question where the wearer is."""

WALK = "walk"
"""A walk that ended: ``value`` is its mean flexion, the detail its lateral, in degrees."""

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
        postures: what was learnt of the wearer's own postures.
    """

    start_s: float
    wall: Callable[[], datetime]
    calibration: Calibration | None = None
    writer: SessionWriter | None = None
    listeners: Sequence[Listener] = ()
    nudging: Nudging = field(default_factory=Nudging)
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
    postures: Postures = field(default_factory=Postures)
    _places: Places = field(init=False)
    _transitions: TransitionDetector = field(default_factory=TransitionDetector)
    _leans: Leans = field(default_factory=Leans)
    _lines: slump.SlumpPolicy | None = None
    _stillness: Stillness = field(default_factory=Stillness)
    _time_to_move: bool = False
    _seconds: SecondMaker = field(default_factory=SecondMaker)
    _state: State = State.NO_DATA
    _state_since_s: float = 0.0
    _last_packet_s: float = float("-inf")
    _prior: Prior | None = None
    _last_known: State = State.NO_DATA
    _last_deg: float | None = None
    _next_second: int = 0
    _committed_s: float = float("-inf")
    _slumping: bool = False
    _block: Block | None = None
    _low_battery: bool = False
    _notice: str | None = None
    _notice_until_s: float = 0.0
    _trouble: str | None = None
    _trouble_told_s: float = float("-inf")

    def __post_init__(self) -> None:
        self._estimator = Estimator(None)
        self.mounting = Mounting(self.calibration)
        self._places = Places(self.context)
        self._judge_by(self.calibration)

    @property
    def state(self) -> State:
        """What the wearer does."""
        return self._state

    @property
    def new(self) -> bool:
        """Whether no packet was received yet."""
        return self._last_packet_s == float("-inf")

    @property
    def last_packet_s(self) -> float:
        """Session time of the last packet's arrival."""
        return self._last_packet_s

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
        self.last_placed = Placed(packet.boot, packet.ticks, estimates[-1].time_s)
        self._keep_seconds(estimates)
        self._feed_pose(estimates)
        last = estimates[-1]
        if last.flexion_deg == last.flexion_deg:
            self._last_deg = last.flexion_deg
        self._enter(last.state, now_s)
        for listener in self.listeners:
            listener.estimates(estimates)
        self._watch_mounting(packet, estimates, now_s)
        self._watch_leans(last.time_s, now_s)
        self._watch_places(packet, estimates, now_s)
        alone = lease is not None and not lease.gives(last.time_s, now_s)
        pattern = self._nudge(last.time_s, now_s, alone)
        if self._time_to_move and not alone and pattern is None:
            pattern = self._prompt_to_move(last.time_s, now_s)
        self._publish(now_s)
        return pattern

    def tick(self, now_s: float) -> bool:
        """Let time pass, also while nothing arrives; *now_s* is session time.

        Returns:
            Whether all that was received is kept now.
        """
        self.questions.tick(now_s)
        if now_s - self._last_packet_s > STALE_S:
            # A clip that was taken off and then fell silent is still not worn.
            away = self._last_known is State.AWAY
            self._enter(State.AWAY if away else State.NO_DATA, now_s)
            if away:
                self._keep_away(int(now_s))
            self._publish(now_s)
        if self.writer is None:
            return True
        if now_s - self._committed_s < COMMIT_S:
            return False
        self._committed_s = now_s
        self.writer.commit(now_s, self.wall())
        self._tell_trouble(self.writer.trouble, now_s)
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
        self.calibration, self.context = calibration, calibration.context
        self.mounting.calibrated(calibration)
        self._settle_in(calibration.context, now_s)
        self._judge_by(calibration)
        self.event(now_s, CALIBRATION, moved, calibration.id)

    def choose(self, context: str, calibration: Calibration | None, now_s: float) -> None:
        """Judge by what is known of another context; nothing is judged if that is nothing."""
        self._end_slump(now_s)
        self.calibration, self.context = calibration, context
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
        if percent <= _LOW_PERCENT and not self._low_battery:
            self._low_battery = True
            self.event(now_s, "battery", float(percent))
            self.say(f"The clip's battery is at {percent} %: charge it soon.", now_s)
        elif percent >= _CHARGED_PERCENT:
            self._low_battery = False

    def snooze(self, until_s: float, now_s: float) -> None:
        """No buzzes until then (session time)."""
        self.nudging.snooze(until_s)
        self.event(now_s, "snooze", max(until_s - now_s, 0.0))
        self._publish(now_s)

    def hold(self, reason: str, now_s: float) -> None:
        """Withhold nudges for a reason, a word or two, until it is released."""
        if reason not in self.nudging.holds:
            self.nudging.hold(reason)
            self.event(now_s, "nudges_held", None, reason)
            self._publish(now_s)

    def release(self, reason: str, now_s: float) -> None:
        """That reason no longer stands; others may."""
        if reason in self.nudging.holds:
            self.nudging.release(reason)
            self.event(now_s, "nudges_released", None, reason)
            self._publish(now_s)

    def now(self, now_s: float) -> Now:
        """What a view needs to know at this moment, for somebody who does not listen."""
        return self._now(now_s)

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

    def say(self, notice: str | None, now_s: float, for_s: float = _NOTICE_S) -> None:
        """Show a sentence in place of the help for a while."""
        self._notice, self._notice_until_s = notice, now_s + for_s
        self._publish(now_s)

    def close(self, now_s: float) -> None:
        """End the wearing.

        Raises:
            RecordingError: its end could not be written; says why.
        """
        closed = self._seconds.close()
        # After a silence nothing is known of the slump's real end.
        self._end_slump(min(now_s, self._last_packet_s + STALE_S))
        if self.writer is not None:
            if closed is not None:
                self.writer.add_second(*closed)
            self.writer.close(now_s, self.wall())

    def _end_slump(self, time_s: float) -> None:
        if self._slumping:
            self._slumping = False
            self.nudging.end()
            self.event(time_s, "slump_ended", None, "end")

    def _tell_trouble(self, trouble: str | None, now_s: float) -> None:
        """What is wrong with the store, from time to time while it lasts."""
        if trouble is None:
            if self._trouble is not None:
                self._trouble, self._trouble_told_s = None, float("-inf")
                self.say("The recording goes on.", now_s)
        elif now_s - self._trouble_told_s >= _TROUBLE_S:
            self._trouble, self._trouble_told_s = trouble, now_s
            # A little longer, so that the next telling takes over from it.
            self.say(trouble, now_s, _TROUBLE_S + 2 * TICK_S)

    def _judge_by(self, calibration: Calibration | None) -> None:
        self._stillness.recalibrated()
        self.postures.judge_by(calibration)
        self._lines = None if calibration is None else calibration.policy(self.hold_s)
        self._estimator.recalibrate(calibration, self._lines)

    def _watch_mounting(
        self, packet: wire.StreamPacket, estimates: list[Estimate], now_s: float
    ) -> None:
        warning = self.mounting.update(packet, estimates, self._state)
        walk = self.mounting.walk
        if walk is not None:
            lean_deg, side_deg = walk
            self.event(now_s, WALK, lean_deg, f"{side_deg:.1f}")
        if warning is not None:
            kind = "remounted" if warning.cause == REMOUNTED else "slipped"
            self.event(warning.time_s, kind, warning.angle_deg, warning.cause)
            self.say(warning.words, now_s, _WARNING_S)

    def _learn(self, second: int, row: tuple[int, int, int, int]) -> None:
        """Postures that come again: ask about them once."""
        asked = self.postures.update(second, row, self.wall().astimezone().toordinal())
        if asked is None:
            return

        def answered(good: bool | None) -> None:
            self.postures.answer(asked, good)
            if good and self.calibration is not None:
                self._take_home(asked.context)

        self.ask(Question(POSTURE, asked.words), self._last_packet_s, answered)

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
        self._places.chose(context)
        self.questions.withdraw(PLACE)
        self.release(ELSEWHERE, now_s)

    def _watch_places(
        self, packet: wire.StreamPacket, estimates: list[Estimate], now_s: float
    ) -> None:
        last = estimates[-1]
        first = 0 if packet.kind == wire.KIND_RAW else 4
        doubtful = any(estimate.quality for estimate in estimates)
        lift = None
        if not doubtful:
            ups = [estimate.up for estimate in estimates]
            lift = lift_g(ups, packet.counts, first, wire.WIDTH[packet.kind])
        lean_deg = None if last.flexion_deg != last.flexion_deg else last.flexion_deg
        moved = self._transitions.update(last.time_s, lift, lean_deg)
        if moved is not None and self._state not in UNKNOWN:
            self.event(moved.time_s, moved.kind.replace(" ", "_"), moved.height_m)
        place = self._places.update(last.time_s, self._state, moved, self.contexts)
        elsewhere = self.calibration is not None and self._places.elsewhere(last.time_s)
        if elsewhere != (ELSEWHERE in self.nudging.holds):
            (self.hold if elsewhere else self.release)(ELSEWHERE, now_s)
        if not elsewhere:
            self.questions.withdraw(PLACE)
        elif place is not None:
            self._offer(place, now_s)

    def _offer(self, place: str, now_s: float) -> None:
        """The wearer stands, or sits, where they did not: ask where they are now."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.choose(place, self.contexts.get(place), self._last_packet_s)
                self.gone_elsewhere()
            elif yes is not None:
                self._places.denied(place)

        seems = "stand" if stands_at(place) else "sit"
        text = f"You seem to {seems}: are you at the {place} now?"
        self.ask(Question(PLACE, text, ASKED_S), now_s, answered)

    def _watch_leans(self, time_s: float, now_s: float) -> None:
        """A lean from the hips is no slump: nudges wait while this looks like one."""
        lines, lean_deg = self._lines, self._last_deg
        leans = False
        still = self._state in STILL
        seated = still or self._state is State.MOVING
        if lines is None or not seated or not self.guesses_leans:
            self._leans.reset()
        elif lean_deg is not None:
            turn = self.mounting.turn
            leans = self._leans.update(time_s, lean_deg, turn, lines, still=still)
        if leans != (LOOKS_LIKE_A_LEAN in self.nudging.holds):
            (self.hold if leans else self.release)(LOOKS_LIKE_A_LEAN, now_s)

    def _prompt_to_move(self, time_s: float, now_s: float) -> int | None:
        """Changing posture has better evidence than sitting upright: say so, gently and once."""
        self._time_to_move = False
        if not self.nudging.may_prompt(time_s, self.wall()):
            return None
        self.event(time_s, "move", self._stillness.same_s / 60.0)
        self.say(MOVE, now_s, _MOVE_NOTICE_S)
        return wire.PATTERN_TICK

    def _keep_seconds(self, estimates: list[Estimate]) -> None:
        for estimate in estimates:
            closed = self._seconds.update(
                estimate.time_s, estimate.flexion_deg, estimate.lateral_deg, estimate.state
            )
            if closed is not None:
                self._time_to_move |= self._stillness.update(*closed)
                self._learn(*closed)
                self._next_second = closed[0] + 1
                if self.writer is not None:
                    self.writer.add_second(*closed)

    def _keep_away(self, second: int) -> None:
        closed = self._seconds.close()
        if closed is not None and self.writer is not None:
            self.writer.add_second(*closed)
            self._next_second = max(self._next_second, closed[0] + 1)
        for index in range(self._next_second, second):
            if self.writer is not None:
                self.writer.add_second(index, (MISSING, MISSING, State.AWAY, 0))
        self._next_second = max(self._next_second, second)

    def _feed_pose(self, estimates: list[Estimate]) -> None:
        if self.pose is None:
            return
        for estimate in estimates:
            if not estimate.quality & (Quality.INVALID | Quality.SHAKEN):
                self.pose.update(estimate.time_s, estimate.up, self._estimator.size_g)

    def _nudge(self, time_s: float, now_s: float, alone: bool) -> int | None:
        """Keep what was judged and decided; the pattern to buzz, if it is this host's to give."""
        utc = self.wall() - timedelta(seconds=now_s - time_s)
        self._begin_block(time_s, utc)
        slumped = self._state is State.SLUMPED
        decision = None
        for change in self._estimator.changes or (None,):
            if change is not None:
                self.event(*change)
                self._slumping = change.kind == "slump_started"
            decision = self.nudging.update(time_s, utc, change, slumped, alone=alone)
        return None if decision is None else self._decided(decision, alone)

    def _decided(self, decision: Decision, alone: bool) -> int | None:
        time_s, pattern, reason = decision
        if pattern is None:
            self.event(time_s, "buzz_withheld", self._last_deg, reason)
        elif pattern == wire.PATTERN_TICK:
            self.event(time_s, "confirmation", self._last_deg)
        else:
            name = PATTERNS[pattern]
            self.event(time_s, "buzz", self._last_deg, f"{name} alone" if alone else name)
        return None if alone else pattern

    def _begin_block(self, time_s: float, utc: datetime) -> None:
        block = self.nudging.block(utc)
        if block is not None and block != self._block:
            self._block = block
            self.event(time_s, "experiment_block", float(block.number), str(block.condition))

    def _enter(self, state: State, now_s: float) -> None:
        if state is not State.NO_DATA:
            self._last_known = state
        if state is not self._state:
            self._state, self._state_since_s = state, now_s

    def _publish(self, now_s: float) -> None:
        if self.listeners:
            now = self._now(now_s)
            for listener in self.listeners:
                listener.now(now)

    def _now(self, now_s: float) -> Now:
        known = self._state not in (State.NO_DATA, State.AWAY, State.NEW)
        policy = self.calibration or _UNCALIBRATED
        snoozed_s = self.nudging.snoozed_until_s(now_s)
        wall = self.wall()
        leaning = self._state is State.LEANING
        question = self.questions.shown
        quiet_s = self.nudging.quiet_until_s(now_s, wall) - now_s
        return Now(
            time_s=now_s,
            wall=wall,
            state=self._state,
            since_s=self._estimator.judge.held_s if leaning else now_s - self._state_since_s,
            flexion_deg=self._last_deg if known else None,
            last_deg=self._last_deg,
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
            notice=self._notice if now_s < self._notice_until_s else None,
            quiet_until=wall + timedelta(seconds=quiet_s) if quiet_s > 0 else None,
            same_s=self._stillness.same_s,
            context=self.context,
            question=None if question is None else question.text,
            held_by=self.nudging.all_held_by(wall),
            certain=self.nudging.certain(wall),
        )
