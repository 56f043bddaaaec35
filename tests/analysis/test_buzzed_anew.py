"""What would have buzzed on a stored day, beside what did."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from analysis.days import LONDON
from chain.builders import TinyClip, upright

from midback.errors import DataError
from midback.nudge_settings import NudgeSettings
from midback.nudging import Nudging
from midback.received import Received
from midback.recording import Store
from midback.shared import wire
from midback.wearing import Wearing
from midback_analysis.buzzed_anew import buzzed_anew
from midback_analysis.recompute import Lines

DAY = date(2026, 11, 12)
NINE = datetime(2026, 11, 12, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.save_calibration(upright())
        yield opened


class Worn:
    """A wearing that is recorded while it is judged and nudged, as a monitor does it."""

    def __init__(
        self, store: Store, settings: NudgeSettings | None = None, started: datetime = NINE
    ) -> None:
        settings = settings or NudgeSettings()
        self.clip = TinyClip()
        self.started = started
        self.now_s = 0.0
        writer = store.begin("clip-1", settings.facts(), started, upright().id)
        self.wearing = Wearing(
            0.0,
            self.wall,
            upright(),
            writer,
            nudging=Nudging(settings, started, LONDON),
            hold_s=settings.hold,
        )

    def wall(self) -> datetime:
        return self.started + timedelta(seconds=self.now_s)

    def hold(self, seconds: float, flexion_deg: float = 0.0) -> "Worn":
        for arrival_s, packet in self.clip.hold(seconds, flexion_deg):
            self.receive(arrival_s, packet)
        return self

    def receive(self, arrival_s: float, packet: wire.StreamPacket) -> None:
        buffer = bytearray(wire.MAX_PAYLOAD)
        payload = bytes(buffer[: wire.encode_stream(packet, buffer)])
        self.now_s = arrival_s
        self.wearing.receive(Received(arrival_s, payload, packet))
        self.wearing.tick(arrival_s)

    def end(self) -> None:
        self.wearing.close(self.now_s)


def test_by_the_same_settings_the_same_buzzes_come_out(store: Store):
    Worn(store).hold(60).hold(100, 15).hold(30).hold(45, 15).hold(200).hold(50, 15).end()

    told = buzzed_anew(store, DAY, LONDON)

    assert len(told.then.buzzes) >= 3
    assert all(pair.then is not None and pair.anew is not None for pair in told.pairs)
    assert [b.utc_s for b in told.anew.buzzes] == pytest.approx(
        [b.utc_s for b in told.then.buzzes], abs=0.5
    )
    assert [b.kind for b in told.anew.buzzes] == [b.kind for b in told.then.buzzes]
    assert [each.reason for each in told.anew.withheld] == [
        each.reason for each in told.then.withheld
    ]
    assert (told.anew.slumps, told.anew.slumped_s) == (told.then.slumps, told.then.slumped_s)


def test_a_longer_hold_lets_short_slumps_pass(store: Store):
    Worn(store).hold(60).hold(50, 15).hold(300).hold(100, 15).hold(60).end()

    told = buzzed_anew(store, DAY, LONDON, {"hold_s": 60.0})

    assert (told.then.slumps, told.anew.slumps) == (2, 1)
    assert len(told.anew.buzzes) == 1
    assert all(pair.then is None or pair.anew is None for pair in told.pairs)


def test_other_lines_judge_the_angles_of_then(store: Store):
    Worn(store).hold(60).hold(60, 15).hold(60).end()

    assert buzzed_anew(store, DAY, LONDON, lines=Lines(enter_deg=18.0)).anew.buzzes == ()


def test_quieter_settings_say_why_they_withhold(store: Store):
    worn = Worn(store).hold(60)
    for _ in range(4):
        worn.hold(45, 15).hold(200)
    worn.end()

    told = buzzed_anew(store, DAY, LONDON, {"hourly_cap": 2})

    assert (len(told.then.buzzes), len(told.anew.buzzes)) == (4, 2)
    assert [each.reason for each in told.anew.withheld] == ["hourly cap"] * 2


def test_a_snooze_of_then_is_kept(store: Store):
    worn = Worn(store).hold(60)
    worn.wearing.snooze(worn.now_s + 600.0, worn.now_s)
    worn.hold(100, 15).end()

    told = buzzed_anew(store, DAY, LONDON)

    assert told.anew.buzzes == told.then.buzzes == ()
    assert [each.reason for each in told.anew.withheld] == ["snooze"]


def test_buzzes_of_an_earlier_wearing_count(store: Store):
    Worn(store).hold(60).hold(60, 15).hold(5).end()
    Worn(store, started=NINE + timedelta(seconds=130)).hold(20).hold(60, 15).end()

    told = buzzed_anew(store, DAY, LONDON, {"hourly_cap": 1})

    assert len(told.anew.buzzes) == 1
    assert len(told.settings) == 2


def test_a_plan_that_the_day_had_not_begins_on_it(store: Store):
    Worn(store).hold(10).end()

    (settings,) = buzzed_anew(store, DAY, LONDON, {"plan": "fade"}).settings
    (later,) = buzzed_anew(
        store, DAY, LONDON, {"plan": "fade", "plan_started": date(2026, 11, 1)}
    ).settings

    assert (settings.plan_started, later.plan_started) == (DAY, date(2026, 11, 1))


def test_settings_that_cannot_be_read_can_be_named_in_full(store: Store):
    facts = NudgeSettings().facts() | {"nudges": "[broken"}
    store.begin("clip-1", facts, NINE).close(10.0, NINE + timedelta(seconds=10))
    named = {"preset": "quiet", "quiet_hours": None, "confirm": False, "plan": "full", "seed": 0}

    with pytest.raises(DataError, match=r"name these as well with --set: quiet_hours, confirm"):
        buzzed_anew(store, DAY, LONDON, {"preset": "quiet", "plan": "full", "seed": 0})
    (settings,) = buzzed_anew(store, DAY, LONDON, named).settings

    assert settings == NudgeSettings(preset="quiet")


@pytest.mark.parametrize("deg", [float("nan"), float("inf"), 7.9, 20.1, -12.0])
def test_a_line_that_no_calibration_could_have_is_refused(deg: float):
    with pytest.raises(ValueError, match=r"enter_deg .* is not from 8 to 20 degrees"):
        Lines(enter_deg=deg)
    with pytest.raises(ValueError, match=r"back_enter_deg .* is not from 8 to 20 degrees"):
        Lines(back_enter_deg=deg)


def test_a_day_without_a_wearing_has_two_empty_sides(store: Store):
    told = buzzed_anew(store, DAY, LONDON)

    assert (told.settings, told.pairs) == ((), [])


def test_a_setting_that_cannot_be_is_refused(store: Store):
    Worn(store).hold(10).end()

    with pytest.raises(ValueError, match="hold_s"):
        buzzed_anew(store, DAY, LONDON, {"hold_s": 0.0})
