"""A stored day judged anew from its packets."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from analysis.days import LONDON
from chain.builders import Arrived, TinyClip, up, upright
from recording.worn_clip import MORNING, WornClip, at

from midback.calibration import Calibration
from midback.received import Received
from midback.recording import SessionWriter, Store
from midback.shared import wire
from midback.wearing import Wearing
from midback.words import State
from midback_analysis.day import DayRecord, read_day
from midback_analysis.recompute import recomputed_day
from midback_analysis.summarise import summarise_day

DAY = date(2026, 11, 12)
NINE = datetime(2026, 11, 12, 9, tzinfo=UTC)
HOLD_S = 5.0
PERIOD_S = 0.0203
"""No hold and no second is a multiple of it, or rounding to microseconds would decide."""
FIRST = upright()
SECOND = Calibration("C-2", FIRST.clip_id, NINE, up(4.0), (0.0, 1.0, 0.0), back_enter_deg=9.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.save_calibration(FIRST)
        opened.save_calibration(SECOND)
        yield opened


def begin(store: Store, calibration: Calibration | None = FIRST) -> SessionWriter:
    known = None if calibration is None else calibration.id
    return store.begin(FIRST.clip_id, {"hold_s": f"{HOLD_S:g}"}, NINE, known)


def payload(packet: wire.StreamPacket) -> bytes:
    buffer = bytearray(wire.MAX_PAYLOAD)
    return bytes(buffer[: wire.encode_stream(packet, buffer)])


class Worn:
    """A wearing that is recorded while it is judged, as a monitor does it."""

    def __init__(self, store: Store, calibration: Calibration | None = FIRST) -> None:
        self.clip = TinyClip(wire.KIND_RAW)
        self.clip.period_s = PERIOD_S
        self.now_s = 0.0
        self.wearing = Wearing(
            0.0, self.wall, calibration, begin(store, calibration), hold_s=HOLD_S
        )

    def wall(self) -> datetime:
        return NINE + timedelta(seconds=self.now_s)

    def live(self, arrived: Sequence[Arrived]) -> "Worn":
        for arrival_s, packet in arrived:
            self.wait(arrival_s)
            self.wearing.receive(Received(arrival_s, payload(packet), packet))
        return self

    def hold(self, seconds: float, flexion_deg: float = 0.0, flags: int = 0) -> "Worn":
        return self.live(self.clip.hold(seconds, flexion_deg, flags=flags))

    def silence(self, seconds: float) -> "Worn":
        self.clip.pause(seconds)
        return self.wait(self.clip.time_s)

    def recalibrate(self, calibration: Calibration) -> "Worn":
        self.now_s += 0.01  # a packet that comes at that very moment could count to either
        self.wearing.recalibrate(calibration, self.now_s)
        return self

    def wait(self, until_s: float) -> "Worn":
        """Let the monitor look up twice a second."""
        for half_s in range(int(2 * self.now_s) + 1, int(2 * until_s) + 1):
            self.now_s = half_s / 2
            self.wearing.tick(self.now_s)
        self.now_s = max(until_s, self.now_s)
        return self

    def end(self) -> None:
        self.wearing.close(self.now_s)


def both(store: Store) -> tuple[DayRecord, DayRecord]:
    return read_day(store, DAY, LONDON), recomputed_day(store, DAY, LONDON)


def judged_the_same(stored: DayRecord, anew: DayRecord) -> bool:
    return (
        np.array_equal(stored.state, anew.state)
        and np.array_equal(stored.flexion_deg, anew.flexion_deg, equal_nan=True)
        and np.array_equal(stored.lateral_deg, anew.lateral_deg, equal_nan=True)
        and np.array_equal(stored.part, anew.part)
    )


def test_a_day_judged_anew_by_the_same_rules_is_the_day_that_was_stored(store: Store):
    worn = Worn(store).hold(30).hold(40, 18.0).hold(20)
    worn.live(worn.clip.hold(10, walking=True)).hold(20, 15.0).silence(6.0).hold(30, 12.0)
    worn.recalibrate(SECOND).hold(30, 12.0).hold(20, -12.0).hold(10).end()

    stored, anew = both(store)

    assert judged_the_same(stored, anew)
    assert summarise_day(anew) == summarise_day(stored)
    assert summarise_day(anew).slumps.count > 1


def test_a_clip_that_was_laid_aside_and_fell_silent_is_still_not_worn(store: Store):
    Worn(store).hold(30).hold(10, flags=wire.FLAG_OFF_BODY).silence(60).hold(30).end()

    stored, anew = both(store)

    assert judged_the_same(stored, anew)
    assert np.count_nonzero(anew.state == State.AWAY) >= 65


def test_a_slump_under_way_when_the_clip_is_put_away_ends_there(store: Store):
    Worn(store).hold(30).hold(30, 20.0).end()

    stored, anew = both(store)

    assert [event.detail for event in anew.events if event.kind == "slump_ended"] == ["end"]
    assert summarise_day(anew).slumps == summarise_day(stored).slumps


def test_a_wearing_without_a_calibration_stays_unjudged(store: Store):
    Worn(store, None).hold(30, 20.0).end()

    stored, anew = both(store)

    assert judged_the_same(stored, anew)
    assert set(anew.state.tolist()) == {State.NEW}


def test_an_older_judgement_gives_way_to_the_one_made_now(store: Store):
    writer, clip = begin(store), TinyClip()
    for arrival_s, packet in [*clip.hold(30), *clip.hold(30, 20.0), *clip.hold(10)]:
        writer.add_packet(arrival_s, payload(packet))
    for second in range(70):
        writer.add_second(second, (0, 0, State.BACK, 50))
    writer.add_event(3.0, "slump_started", 5.0)
    writer.add_event(4.0, "buzz", 5.0, "nudge")
    writer.close(70.0, NINE + timedelta(seconds=70))

    day = recomputed_day(store, DAY, LONDON)

    assert State.BACK not in day.state
    assert [event.kind for event in day.events] == ["buzz", "slump_started", "slump_ended"]
    assert 35 < day.events[1].second < 38


def keep(store: Store, from_s: int, until_s: int, **fields: int) -> None:
    """The clip keeps epochs all the time; its clock was started with the session."""
    clip = WornClip(boot=7, started_s=(NINE - MORNING).total_seconds() + from_s)
    store.mark_clip_time(FIRST.clip_id, clip.boot, clip.ticks(), at(clip.now_s))
    kept = clip.wear((until_s - from_s) // 10, **fields)
    store.save_epochs(FIRST.clip_id, [each.record for each in kept], at(clip.now_s))


def test_what_the_clip_kept_is_the_same_however_the_rest_is_judged(store: Store):
    slump = {"upright_ds": 0, "slumped_ds": 100, "mean_cdeg": 1800, "buzzes": 1}
    keep(store, -60, 400, **slump)
    Worn(store).hold(60).hold(40, 18.0).silence(120).hold(60).end()

    stored, anew = both(store)

    assert judged_the_same(stored, anew)
    assert stored.resolution.tolist() == anew.resolution.tolist()
    assert stored.slumps == anew.slumps
    assert len(stored.slumps) == 3
    assert summarise_day(stored) == summarise_day(anew)
    assert summarise_day(stored).coverage.kept_s > 200


def test_packets_that_came_late_are_judged_anew_for_when_they_were(store: Store):
    worn = Worn(store).hold(40)
    late = [*worn.clip.hold(10, 18.0), *worn.clip.hold(20, 0.0)]
    worn.wait(worn.clip.time_s)
    worn.live([(worn.clip.time_s, packet) for _, packet in late]).hold(60).end()

    stored, anew = both(store)

    assert judged_the_same(stored, anew)
    assert summarise_day(anew) == summarise_day(stored)
    # The lean lies where it was, not where it came.
    leaning = np.flatnonzero(stored.flexion_deg > 15).tolist()
    assert leaning == list(range(leaning[0], leaning[-1] + 1))
    assert (leaning[0], leaning[-1]) == (pytest.approx(40, abs=1), pytest.approx(49, abs=1))
