"""One movement check: packets and the wearer's wishes in, results out, and a file of it all.

The file holds what came in, so that a later version can compute it again: every packet as
received, and between which of them the wearer skipped, repeated or paused.  Pure but for reading
and writing that file.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from midback.calibration import Calibration, Vector, calibrate
from midback.errors import DataError
from midback.estimator import Estimate, Estimator, Quality
from midback.exercises.guide import Guide, View
from midback.exercises.items import ITEMS, Item
from midback.exercises.rest import Sample
from midback.exercises.results import Results, results_of
from midback.shared import flexion, wire

FORMAT = 1
CALM_S = 6.0
"""So long after the gyroscope's bias was first known the guide begins: a bias of 20 dps has left
the tilt to within a degree by then."""

_UNFIT = int(Quality.SETTLING | Quality.SHAKEN | Quality.INVALID)


class Wish(StrEnum):
    """What the wearer can ask of a check."""

    SKIP = "skip"
    REPEAT = "repeat"
    PAUSE = "pause"
    GO_ON = "go on"


@dataclass(slots=True)
class Kept:
    """What came in.

    Attributes:
        started: when, with a time zone.
        clip_id: serial of the clip.
        items: ids of the tests, in their order.
        left: the wearer's left in clip axes and ``neutral_up`` it was known at, if it was.
        pain: 0 to 10, before and after; ``None`` where it was not said.
        packets: arrival in seconds, and the bytes.
        wishes: after how many packets each came.
        whole: whether the check came to its end.
    """

    started: datetime
    clip_id: str
    items: tuple[str, ...] = tuple(item.id for item in ITEMS)
    before: Calibration | None = None
    pain: tuple[int | None, int | None] = (None, None)
    packets: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    wishes: list[tuple[int, Wish]] = field(default_factory=list[tuple[int, Wish]])
    whole: bool = False


class Check:
    """Leads one wearer through a check and keeps what came in.

    Args:
        kept: says which tests, and takes what comes.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        known = {item.id: item for item in ITEMS}
        self._items: Sequence[Item] = [known[name] for name in kept.items if name in known]
        self._estimator = Estimator()
        self._zeroed_s: float | None = None
        self._guide = Guide(self._frame, self._items)

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
        """Ids of the tests that were skipped."""
        return self._guide.left_out

    def results(self) -> Results:
        """Of the tests that are done."""
        return results_of(self._guide.done)

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet of kind raw, as it was received.

        Raises:
            WireError: it is none.
        """
        self.kept.packets.append((arrival_s, payload))
        packet = wire.decode_stream(payload)
        for sample in _samples(packet, self._estimator.update(packet, arrival_s)):
            if self._calm(sample.time_s):
                self._guide.update(sample)
        self.kept.whole = self._guide.over

    def wish(self, wish: Wish) -> None:
        """Do what the wearer asks for."""
        self.kept.wishes.append((len(self.kept.packets), wish))
        guide = self._guide
        {
            Wish.SKIP: guide.skip,
            Wish.REPEAT: guide.repeat,
            Wish.PAUSE: guide.pause,
            Wish.GO_ON: guide.go_on,
        }[wish]()
        self.kept.whole = guide.over

    def _calm(self, time_s: float) -> bool:
        if self._zeroed_s is None and self._estimator.zeroed:
            self._zeroed_s = time_s
        return self._zeroed_s is not None and time_s - self._zeroed_s >= CALM_S

    def _frame(self, tall: Vector) -> flexion.ThoraxFrame:
        kept = self.kept
        return calibrate(kept.clip_id, kept.started, tall, before=kept.before).frame()


def again(kept: Kept) -> Check:
    """The check that came of it, by this version."""
    check = Check(Kept(kept.started, kept.clip_id, kept.items, kept.before, kept.pain))
    wishes = list(kept.wishes)
    for number, (arrival_s, payload) in enumerate(kept.packets):
        while wishes and wishes[0][0] <= number:
            check.wish(wishes.pop(0)[1])
        check.receive(arrival_s, payload)
    for _, wish in wishes:
        check.wish(wish)
    return check


def save(kept: Kept, path: Path) -> None:
    """Write it, whole or not at all.

    Raises:
        OSError: it could not be written.
    """
    facts: dict[str, Any] = {
        "format": FORMAT,
        "what": "midback movement check",
        "started": kept.started.isoformat(),
        "clip": kept.clip_id,
        "items": kept.items,
        "before": None if kept.before is None else kept.before.to_json(),
        "pain": kept.pain,
        "whole": kept.whole,
        "wishes": kept.wishes,
        "packets": [[at_s, base64.b64encode(data).decode()] for at_s, data in kept.packets],
    }
    part = path.with_name(f"{path.name}.part")
    with gzip.open(part, "wt", encoding="utf-8") as file:
        json.dump(facts, file)
    part.replace(path)


def load(path: Path) -> Kept:
    """Read what ``save`` wrote.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            facts = cast("dict[str, Any]", json.load(file))
        if facts["format"] > FORMAT:
            raise DataError(f"{path} was written by a newer Midback: update this one")
        before = facts["before"]
        packets = [(float(at_s), base64.b64decode(data)) for at_s, data in facts["packets"]]
        if not all(math.isfinite(at_s) for at_s, _ in packets):
            raise ValueError("a packet has no time")
        first, last = facts["pain"]
        return Kept(
            datetime.fromisoformat(facts["started"]),
            str(facts["clip"]),
            tuple(str(name) for name in facts["items"]),
            None if before is None else Calibration.from_json(before),
            (first, last),
            packets,
            [(int(number), Wish(wish)) for number, wish in facts["wishes"]],
            bool(facts["whole"]),
        )
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is no movement check, or is damaged: {error}") from error


def _samples(packet: wire.StreamPacket, estimates: Sequence[Estimate]) -> list[Sample]:
    """Those that can be used; a missing one is a gap to the guide."""
    if packet.kind != wire.KIND_RAW:
        return []
    width, counts = wire.WIDTH[packet.kind], packet.counts
    samples: list[Sample] = []
    for number, estimate in enumerate(estimates):
        if not estimate.quality & _UNFIT:
            x, y, z = counts[width * number + 3 : width * (number + 1)]
            rate = (x * wire.DPS_PER_COUNT, y * wire.DPS_PER_COUNT, z * wire.DPS_PER_COUNT)
            samples.append(Sample(estimate.time_s, estimate.up, rate))
    return samples
