"""One movement check: packets and the wearer's wishes in, results out.

What came in can be lived through again: every packet as received, and between which of them the
wearer skipped, repeated, paused, or left and came back.  ``check_file`` keeps it.  Pure: time
comes in with each packet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from midback.calibration import Calibration, Vector, calibrate
from midback.estimator import Estimator, Quality
from midback.exercises.facing import Forward
from midback.exercises.guide import Guide
from midback.exercises.items import ITEMS, Item
from midback.exercises.measured import Held, Measured, Repetition
from midback.exercises.rest import Sample
from midback.exercises.results import Results, results_of
from midback.exercises.samples import Calm, samples_of
from midback.exercises.snapshot import Snapshot
from midback.exercises.view import View
from midback.shared import flexion, wire

BREAK_S = 60.0
"""A break is no shorter to the check, even where the clock was set back meanwhile."""

_UNFIT = int(Quality.SETTLING | Quality.SHAKEN | Quality.INVALID)


class Wish(StrEnum):
    """What the wearer can ask of a check."""

    SKIP = "skip"
    REPEAT = "repeat"
    PAUSE = "pause"
    GO_ON = "go on"
    HURTS = "hurts"
    """The test under way is left out because of pain."""


class Break(NamedTuple):
    """The check was left and gone on with.

    Attributes:
        packets, wishes: after how many of them.
        at: when it was gone on with.
        pain: 0 to 10, as they went on; ``None`` where it was not said.
    """

    packets: int
    wishes: int
    at: datetime
    pain: int | None = None


@dataclass(slots=True)
class Kept:
    """What came in.

    Attributes:
        started: when the first packet came, with a time zone.
        clip_id: serial of the clip.
        items: ids of the tests, in their order.
        before: the calibration that told which way is left, if there was one.
        pain: 0 to 10, before and after; ``None`` where it was not said.
        packets: arrival in seconds, and the bytes; after a break seconds may count anew.
        wishes: after how many packets each came.
        whole: whether the check came to its end.
        breaks: in their order.
    """

    started: datetime
    clip_id: str
    items: tuple[str, ...] = tuple(item.id for item in ITEMS)
    before: Calibration | None = None
    pain: tuple[int | None, int | None] = (None, None)
    packets: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    wishes: list[tuple[int, Wish]] = field(default_factory=list[tuple[int, Wish]])
    whole: bool = False
    breaks: list[Break] = field(default_factory=list[Break])

    @property
    def worst_pain(self) -> tuple[int | None, int | None]:
        """Before, and the most that was said later."""
        before, after = self.pain
        later = [*(each.pain for each in self.breaks), after]
        return before, max((pain for pain in later if pain is not None), default=None)

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """When packets came, from the first to the last of each stretch between breaks."""
        firsts = [0, *(each.packets for each in self.breaks)]
        begins = [self.started, *(each.at for each in self.breaks)]
        found: list[tuple[datetime, datetime]] = []
        for begin, first, end in zip(begins, firsts, [*firsts[1:], None], strict=True):
            arrivals = [arrival_s for arrival_s, _ in self.packets[first:end]]
            if arrivals:
                found.append((begin, begin + timedelta(seconds=arrivals[-1] - arrivals[0])))
        return found


class Check:
    """Leads one wearer through a check and keeps what came in.

    Args:
        kept: says which tests, and takes what comes.
        seen: given each sample and what was to be shown after it.

    Attributes:
        items: the tests, in their order.
        stopped: ids of the tests that were left out because of pain.
    """

    def __init__(self, kept: Kept, seen: Callable[[Sample, View], None] | None = None) -> None:
        self.kept = kept
        self.stopped: list[str] = []
        self._seen = seen
        known = {item.id: item for item in ITEMS}
        self.items: Sequence[Item] = [known[name] for name in kept.items if name in known]
        self._shift_s: float | None = 0.0
        self._last_s = 0.0
        self._estimator = Estimator()
        self._calm = Calm()
        self._guides = [Guide(self._frame, self.items)]

    @property
    def view(self) -> View:
        """What to show now."""
        return self._guide.view

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self._guide.over

    @property
    def paused(self) -> bool:
        """Whether it waits for the wearer."""
        return self._guide.paused

    @property
    def left_out(self) -> Sequence[str]:
        """Ids of the tests that were skipped, for pain or not."""
        return [item for guide in self._guides for item in guide.left_out]

    @property
    def done(self) -> Sequence[Repetition | Held]:
        """What counts, of the tests that are done."""
        return [each for _, those in self.measured for each in those]

    @property
    def measured(self) -> Sequence[Measured]:
        """The same, of each stretch between breaks, and the axes it was measured by."""
        return [
            (guide.facing.frame, guide.done) for guide in self._guides if guide.facing is not None
        ]

    @property
    def forward(self) -> Sequence[Forward]:
        """Where forward was taken to be in each of them."""
        found = [guide.facing for guide in self._guides if guide.facing is not None]
        return [Forward.of(each, bowed=self._bowed(each.frame.up)) for each in found]

    def results(self) -> Results:
        """Of the tests that are done."""
        return results_of(self.done)

    def snapshot(self) -> Snapshot:
        """What came of it until now, for its file."""
        return Snapshot(self.results(), tuple(self.left_out), tuple(self.stopped))

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet of kind raw, as it was received.

        Raises:
            WireError: it is none; it is kept, and changes nothing.
        """
        self.kept.packets.append((arrival_s, payload))
        packet = wire.decode_stream(payload)
        if self._shift_s is None:
            self._shift_s = self._resumed_s() - arrival_s
        self._last_s = arrival_s + self._shift_s
        for sample in samples_of(packet, self._estimator.update(packet, self._last_s), _UNFIT):
            # One that cannot be used is a gap to the guide.
            if sample is None:
                continue
            if self._calm.update(sample.time_s, zeroed=self._estimator.zeroed):
                self._guide.update(sample)
            if self._seen is not None:
                self._seen(sample, self.view)
        self.kept.whole = self._guide.over

    def wish(self, wish: Wish) -> None:
        """Do what the wearer asks for; once all is over nothing is left to do."""
        if self.over:
            return
        self.kept.wishes.append((len(self.kept.packets), wish))
        guide, item = self._guide, self.view.item
        if wish is Wish.HURTS and item is not None:
            self.stopped.append(item.id)
        {
            Wish.SKIP: guide.skip,
            Wish.REPEAT: guide.repeat,
            Wish.PAUSE: guide.pause,
            Wish.GO_ON: guide.go_on,
            Wish.HURTS: guide.skip,
        }[wish]()
        self.kept.whole = guide.over

    def after_break(self, at: datetime, pain: int | None = None) -> None:
        """Go on with a check that was left: of the test under way nothing counts.

        The clip may hang otherwise by now, so they sit tall once more first.  One that is over
        stays so.

        Args:
            at: when the next packet comes, with a time zone; its seconds may count anew.
            pain: 0 to 10, as they go on, if it was said.
        """
        kept = self.kept
        if self.over:
            return
        kept.breaks.append(Break(len(kept.packets), len(kept.wishes), at, pain))
        over = {*(each.item for each in self.done), *self.left_out}
        self._shift_s = None
        self._estimator, self._calm = Estimator(), Calm()
        self._guides.append(
            Guide(self._frame, [item for item in self.items if item.id not in over])
        )

    @property
    def _guide(self) -> Guide:
        """The one of now: after a break another one goes on."""
        return self._guides[-1]

    def _resumed_s(self) -> float:
        """The end of the last break, on the axis of the first packet's clock."""
        kept = self.kept
        if len(kept.packets) == 1:
            return self._last_s
        away_s = (kept.breaks[-1].at - kept.started).total_seconds()
        return max(self._last_s + BREAK_S, kept.packets[0][0] + away_s)

    def _bowed(self, tall: Vector) -> bool:
        """Whether a bow had told where forward is, while the clip hung as it does."""
        return self._calibrated(tall).axis_source == "bow"

    def _calibrated(self, tall: Vector) -> Calibration:
        kept = self.kept
        return calibrate(kept.clip_id, kept.started, tall, before=kept.before)

    def _frame(self, tall: Vector) -> flexion.ThoraxFrame:
        return self._calibrated(tall).frame()


def again(kept: Kept, seen: Callable[[Sample, View], None] | None = None) -> Check:
    """The check that came of it, by this version; ``after_break`` goes on with it.

    Args:
        kept: what came in.
        seen: as for ``Check``.
    """
    check = Check(replace(kept, packets=[], wishes=[], breaks=[], whole=False), seen)
    given = 0
    for number, step in _steps(kept):
        _receive(check, kept.packets[given:number])
        given = max(given, number)
        if isinstance(step, Break):
            check.after_break(step.at, step.pain)
        else:
            check.wish(step)
    _receive(check, kept.packets[given:])
    return check


def _receive(check: Check, packets: Sequence[tuple[float, bytes]]) -> None:
    for packet in packets:
        with suppress(wire.WireError):
            check.receive(*packet)


def _steps(kept: Kept) -> Iterator[tuple[int, Wish | Break]]:
    """Wishes and breaks in the order they came in, and after how many packets."""
    steps: list[tuple[tuple[int, int, bool], Wish | Break]] = [
        ((number, count, True), wish) for count, (number, wish) in enumerate(kept.wishes)
    ]
    steps += [((each.packets, each.wishes, False), each) for each in kept.breaks]
    for (number, _, _), step in sorted(steps, key=itemgetter(0)):
        yield number, step
