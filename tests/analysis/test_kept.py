"""What the clip kept while nothing was streamed: where it lies in the day, and what it counts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from analysis.days import calibration
from analysis.wear import NINE, Wear, read, resolutions, states
from recording.worn_clip import CLIP, MORNING, WornClip

from midback.recording import Store, Unplaced
from midback.seconds import MISSING, Resolution
from midback.shared import wire
from midback.words import State
from midback_analysis.day import DayRecord
from midback_analysis.episodes import Episode
from midback_analysis.report import as_text
from midback_analysis.summarise import summarise_day

NINE_S = (NINE - MORNING).total_seconds()
UP: dict[str, int] = {}
SLUMP = {"upright_ds": 0, "slumped_ds": 100, "mean_cdeg": 1800, "max_cdeg": 2000}
LEAN = {"upright_ds": 100, "mean_cdeg": 1800}
MOVE = {"upright_ds": 0, "moving_ds": 100, "mean_cdeg": wire.ANGLE_UNKNOWN}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.save_calibration(calibration("A"))
        yield opened


Timeline = list[tuple[int, dict[str, int]]]


class Keeper:
    """A clip that keeps epochs from nine o'clock on; the host knows its clock and gets them.

    A timeline is a list of (how many epochs, what is in each).
    """

    def __init__(self, store: Store, started: float = 0.0, boot: int = 7) -> None:
        self.store = store
        self.clip = WornClip(boot, NINE_S + started)
        self.known()

    def known(self) -> None:
        self.clip.off_s = 0.0
        self.store.mark_clip_time(CLIP, self.clip.boot, self.clip.ticks(), self.now)

    @property
    def now(self):
        return MORNING + timedelta(seconds=self.clip.now_s)

    def keep(self, *timeline: tuple[int, dict[str, int]]) -> "Keeper":
        for epochs, fields in timeline:
            records = [each.record for each in self.clip.wear(epochs, **fields)]
            self.store.save_epochs(CLIP, records, self.now)
        return self

    def wait(self, seconds: float) -> "Keeper":
        self.clip.wait(seconds)
        return self


def slumps(day: DayRecord) -> list[tuple[float, float, str]]:
    """The clip's own, as times after the begin of wear."""
    return [(each.start_s, each.end_s, each.how) for each in day.slumps]


def test_a_day_that_was_only_kept_is_a_day(store: Store):
    Keeper(store).keep((30, UP), (6, MOVE), (30, UP))

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 300), (State.MOVING, 60), (State.UPRIGHT, 300)]
    assert resolutions(day) == [(Resolution.EPOCHS, 660)]
    assert day.utc_s[0] == NINE.timestamp()
    assert day.flexion_deg[0] == pytest.approx(1.2)
    assert np.isnan(day.flexion_deg[300:360]).all()
    assert day.lateral_deg[0] == pytest.approx(0.8)
    assert [(each.clip_id, each.start_s, each.end_s) for each in day.wearings] == [(CLIP, 0, 660)]


def test_what_was_streamed_is_not_counted_again(store: Store):
    Keeper(store).keep((60, SLUMP))
    Wear(store).sit(600).end()

    day = read(store)

    assert states(day) == [(State.UPRIGHT, 600)]
    assert resolutions(day) == [(Resolution.FULL, 600)]
    assert day.slumps == ()
    assert len(day.wearings) == 1


def test_a_lost_link_is_filled_and_nothing_else(store: Store):
    Keeper(store).keep((60, LEAN))
    Wear(store).sit(203).pass_by(194).sit(203).end()

    day = read(store)

    assert resolutions(day) == [
        (Resolution.FULL, 203),
        (Resolution.EPOCHS, 194),
        (Resolution.FULL, 203),
    ]
    assert day.flexion_deg[203:397].tolist() == [18.0] * 194
    assert np.diff(day.utc_s) == pytest.approx(1)


def test_what_lies_before_between_and_after_sessions_is_filled(store: Store):
    Keeper(store).keep((120, LEAN))
    Wear(store, NINE + timedelta(seconds=100)).sit(100).note("battery", 80).end()
    Wear(store, NINE + timedelta(seconds=500)).sit(100).note("battery", 70).end()

    day = read(store)

    assert resolutions(day) == [
        (Resolution.EPOCHS, 100),
        (Resolution.FULL, 100),
        (Resolution.EPOCHS, 300),
        (Resolution.FULL, 100),
        (Resolution.EPOCHS, 600),
    ]
    assert State.AWAY not in day.state
    assert [event.second for event in day.events] == [200, 600]
    assert [(each.start_s, each.end_s) for each in day.wearings] == [
        (0, 1200),
        (100, 200),
        (500, 600),
    ]


def test_a_silence_too_short_to_mean_anything_is_held_as_before(store: Store):
    Keeper(store).keep((12, LEAN))
    Wear(store).sit(60).pass_by(2).sit(58).end()

    assert resolutions(read(store)) == [(Resolution.FULL, 120)]


def test_while_the_computer_slept_the_clip_went_on(store: Store):
    Keeper(store).keep((300, LEAN))
    wear = Wear(store).sit(600).note("snooze", 60.0).sleep(1800)
    wear.note("battery", 50).sit(600).note("battery", 40).end()

    day = read(store)

    assert resolutions(day) == [
        (Resolution.FULL, 600),
        (Resolution.EPOCHS, 1800),
        (Resolution.FULL, 600),
    ]
    assert np.diff(day.utc_s) == pytest.approx(1)
    told = {(event.kind, event.value): event.second for event in day.events}
    assert told[("battery", 40)] == 3000
    assert (day.wearings[0].start_s, day.wearings[0].end_s) == (0, 3000)


def test_a_clock_that_was_set_is_no_sleep(store: Store):
    """The clip's clock says that no time passed: what it kept was streamed."""
    keeper = Keeper(store).keep((90, LEAN))
    keeper.store.mark_clip_time(
        CLIP, keeper.clip.boot, keeper.clip.ticks(), keeper.now + timedelta(seconds=1800)
    )
    keeper.keep((30, LEAN))
    Wear(store).sit(600).sleep(1800).sit(600).end()

    assert resolutions(read(store)) == [(Resolution.FULL, 1200)]


def test_a_clip_that_the_host_took_for_laid_aside_was_worn_if_it_says_so(store: Store):
    """It lay off the body, fell silent, and was put on again out of range."""
    Keeper(store).keep((6, {"upright_ds": 0, "flags": wire.RECORD_OFF_BODY}), (24, UP))
    wear = Wear(store).sit(30).lie(30)
    for second in range(60, 300):
        wear.writer.add_second(second, (MISSING, MISSING, State.AWAY, 0))
    wear.pass_by(240).sit(60).end()

    assert states(read(store)) == [(State.UPRIGHT, 30), (State.AWAY, 30), (State.UPRIGHT, 300)]


def test_where_the_clip_kept_nothing_and_went_on_numbering_nobody_wore_it(store: Store):
    Keeper(store).keep((6, UP)).wait(600).keep((6, UP))
    Wear(store).pass_by(720).note("battery", 9).end()

    assert states(read(store)) == [(State.UPRIGHT, 60), (State.AWAY, 600), (State.UPRIGHT, 60)]


def test_where_records_are_missing_the_clip_may_have_been_worn(store: Store):
    keeper = Keeper(store).keep((6, UP))
    keeper.clip.sequence += 60
    keeper.wait(600).keep((6, UP))
    Wear(store).pass_by(720).note("battery", 9).end()

    assert states(read(store))[1] == (State.NO_DATA, 600)


def test_after_a_restart_the_clip_may_have_been_worn_meanwhile(store: Store):
    keeper = Keeper(store).keep((6, UP))
    keeper.wait(600).clip.restart(8)
    keeper.known()
    keeper.keep((6, UP))
    Wear(store).pass_by(720).note("battery", 9).end()

    assert states(read(store))[1] == (State.NO_DATA, 600)


def test_an_epoch_worn_in_part_was_not_worn_in_the_rest(store: Store):
    Keeper(store).keep((1, UP), (1, {"upright_ds": 40, "flags": wire.RECORD_OFF_BODY}), (1, UP))

    assert states(read(store)) == [(State.UPRIGHT, 14), (State.AWAY, 6), (State.UPRIGHT, 10)]


def test_an_epoch_known_in_part_is_unknown_in_the_rest(store: Store):
    Keeper(store).keep((1, UP), (1, {"upright_ds": 40}), (1, UP))

    assert states(read(store)) == [(State.UPRIGHT, 14), (State.NO_DATA, 6), (State.UPRIGHT, 10)]


def test_the_states_of_an_epoch_are_laid_in_the_order_of_its_columns(store: Store):
    mixed = {"upright_ds": 30, "slumped_ds": 0, "back_ds": 20, "moving_ds": 50}
    Keeper(store).keep((1, mixed))

    assert states(read(store)) == [(State.UPRIGHT, 3), (State.BACK, 2), (State.MOVING, 5)]


def test_a_slump_over_several_epochs_is_one_and_cut_nowhere(store: Store):
    begin = SLUMP | {"upright_ds": 70, "slumped_ds": 20, "moving_ds": 10}
    end = SLUMP | {"upright_ds": 60, "slumped_ds": 40}
    Keeper(store).keep((30, UP), (1, begin), (12, SLUMP), (1, end), (30, UP))

    day = read(store)

    # The hold of 30 s belongs to it, and lies in the seconds before.
    assert slumps(day) == [(308 - 30, 434, "sat up")]
    assert states(day) == [
        (State.UPRIGHT, 307),
        (State.MOVING, 1),
        (State.SLUMPED, 2 + 120 + 4),
        (State.UPRIGHT, 6 + 300),
    ]


def test_two_slumps_with_an_upright_epoch_between_are_two(store: Store):
    Keeper(store).keep((30, UP), (6, SLUMP), (6, UP), (6, SLUMP), (30, UP))

    assert slumps(read(store)) == [(270, 360, "sat up"), (390, 480, "sat up")]


@pytest.mark.parametrize(
    ("after", "how"),
    [
        ([(1, MOVE), (6, UP)], "moved"),
        ([(1, {"upright_ds": 10, "flags": wire.RECORD_OFF_BODY})], "taken off"),
        ([(6, LEAN)], "sat up"),
        ([], "gap"),
    ],
)
def test_how_a_slump_ended_is_told_by_what_followed(store: Store, after: Timeline, how: str):
    Keeper(store).keep((30, UP), (6, SLUMP), *after)

    assert slumps(read(store))[0][2] == how


def test_the_clips_hold_is_the_one_the_host_taught_it(store: Store):
    yesterday = MORNING - timedelta(days=1)
    store.begin(CLIP, {"hold_s": "5", "name": "Midback"}, yesterday).close(1.0, yesterday)
    Keeper(store).keep((30, UP), (6, SLUMP), (6, UP))

    day = read(store)

    assert slumps(day) == [(295, 360, "sat up")]
    assert day.wearings[0].facts["name"] == "Midback"


def test_a_slump_that_goes_on_while_the_link_is_lost_is_one(store: Store):
    """The clip judged all of it; the host begins its hold anew when the stream is back."""
    Keeper(store).keep((62, UP), (57, SLUMP), (61, UP))
    wear = Wear(store).sit(590).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(83, 18.0, State.SLUMPED).pass_by(400)
    wear.note("slump_ended", None, "gap").sit(30, 18.0, State.LEANING)
    wear.note("slump_started", 18.0).sit(57, 18.0, State.SLUMPED)
    wear.note("slump_ended", None, "sat up").sit(600).end()

    summary = summarise_day(read(store))

    assert summary.slumps.count == 1
    (slump,) = summary.slumps.longest
    assert (slump.start.second, slump.length_s, slump.how) == (590, 600, "sat up")
    assert slump.kept


def test_a_slump_that_ends_before_the_stream_is_back_ends_there(store: Store):
    Keeper(store).keep((62, UP), (20, SLUMP), (98, UP))
    wear = Wear(store).sit(590).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(83, 18.0, State.SLUMPED).pass_by(400)
    wear.note("slump_ended", None, "gap").sit(697).end()

    (slump,) = summarise_day(read(store)).slumps.longest

    assert (slump.start.second, slump.length_s, slump.how) == (590, 230, "sat up")


def test_a_slump_that_ends_soon_after_the_stream_is_back_ends_with_its_lean(store: Store):
    """Too soon for the host to call it a slump."""
    Keeper(store).keep((60, UP), (41, SLUMP), (79, UP))
    Wear(store).sit(560).pass_by(440).sit(12, 18.0, State.LEANING).sit(788).end()

    (slump,) = summarise_day(read(store)).slumps.longest

    assert (slump.start.second, slump.length_s, slump.how) == (570, 442, "sat up")


def test_a_slump_that_was_streamed_to_its_end_is_not_told_again(store: Store):
    """The epoch in which the link was lost holds the end of it."""
    Keeper(store).keep((60, UP), (6, SLUMP), (1, SLUMP | {"upright_ds": 50, "slumped_ds": 50}))
    wear = Wear(store).sit(570).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(65, 18.0, State.SLUMPED).note("slump_ended", None, "sat up").sit(2).pass_by(3).end()

    day = read(store)

    assert day.slumps == ()
    assert states(day)[-1] == (State.UPRIGHT, 5)


def test_a_short_silence_within_a_slump_leaves_it_one(store: Store):
    Keeper(store).keep((60, UP), (30, SLUMP), (6, UP))
    wear = Wear(store).sit(570).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(105, 18.0, State.SLUMPED).pass_by(25).sit(170, 18.0, State.SLUMPED)
    wear.note("slump_ended", None, "sat up").sit(60).end()

    slumps = summarise_day(read(store)).slumps

    assert (slumps.count, slumps.longest_s) == (1, 330)


BUZZED = SLUMP | {"buzzes": 1}


def test_a_buzz_that_the_clip_gave_by_itself_is_counted_as_its_own(store: Store):
    Keeper(store).keep((360, UP), (1, BUZZED), (12, SLUMP), (30, UP))

    summary = summarise_day(read(store))

    assert len(summary.buzzes.by_clip) == 1
    assert (summary.buzzes.given, summary.buzzes.outside) == ((), 0)
    (slump,) = summary.slumps.longest
    assert (slump.buzzes, slump.by_clip, summary.slumps.without_buzz) == (1, 1, 0)
    assert sum(hour.buzzes for hour in summary.hours) == 1


def test_a_buzz_that_the_host_asked_for_is_not_the_clips_own(store: Store):
    """Asked for at the very end of one epoch, it is felt in the next."""
    Keeper(store).keep((60, UP), (1, SLUMP), (1, BUZZED), (58, SLUMP))
    wear = Wear(store).sit(570).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(9, 18.0, State.SLUMPED).note("buzz", 18.0, "nudge").sit(591, 18.0, State.SLUMPED)
    wear.end()

    buzzes = summarise_day(read(store)).buzzes

    assert (len(buzzes.given), buzzes.by_clip, buzzes.outside) == (1, (), 0)


def test_a_buzz_of_a_short_drop_out_is_the_clips_own_though_its_packets_came_late(store: Store):
    """The lease had ended; later everything was sent again, and the host buzzed no more."""
    Keeper(store).keep((60, UP), (1, BUZZED), (9, SLUMP))
    wear = Wear(store).sit(570).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(100, 18.0, State.SLUMPED).end()

    summary = summarise_day(read(store))

    assert len(summary.buzzes.by_clip) == 1
    assert summary.slumps.longest[0].by_clip == 1


def test_a_buzz_whose_packets_came_late_is_counted_once_and_to_the_second(store: Store):
    """From the packets the host knows when the clip buzzed by itself, and what followed."""
    Keeper(store).keep((60, UP), (1, BUZZED), (1, SLUMP | {"upright_ds": 60, "slumped_ds": 40}))
    wear = Wear(store).sit(570).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.sit(2, 18.0, State.SLUMPED).note("buzz", 18.0, "nudge alone").sit(12, 18.0, State.SLUMPED)
    wear.note("slump_ended", None, "sat up").sit(3600).end()

    summary = summarise_day(read(store))

    (buzz,) = summary.buzzes.given
    assert (buzz.after_s, buzz.by_clip, summary.buzzes.by_clip) == (12, True, ())
    (slump,) = summary.slumps.longest
    assert (slump.buzzes, slump.by_clip, slump.after_buzz_s) == (1, 1, 12)
    told = as_text(summary, 200)
    assert "sat up 12 s after the clip’s own buzz" in told
    assert "1 of these by the clip itself" in told


def test_a_signal_while_upright_is_a_buzz_outside_of_slumps(store: Store):
    Keeper(store).keep((30, UP), (1, {"buzzes": 2}), (30, UP))

    buzzes = summarise_day(read(store)).buzzes

    assert (buzzes.by_clip, buzzes.outside) == ((), 2)


def test_what_followed_a_buzz_is_not_told_from_ten_seconds(store: Store):
    Keeper(store).keep((62, UP), (57, SLUMP), (61, UP))
    wear = Wear(store).sit(590).sit(30, 18.0, State.LEANING).note("slump_started", 18.0)
    wear.note("buzz", 18.0, "nudge").sit(20, 18.0, State.SLUMPED).pass_by(60).end()

    (buzz,) = summarise_day(read(store)).buzzes.given

    assert buzz.after_s is None


def test_epochs_are_judged_by_the_latest_calibration_before_them(store: Store):
    store.save_calibration(calibration("B", 20.0, made_at=NINE + timedelta(seconds=600)))
    Keeper(store).keep((120, LEAN))

    day = read(store)

    assert [each.id for each in day.calibrations] == ["A", "B"]
    assert np.bincount(day.part).tolist() == [600, 600]


def test_what_was_kept_before_any_calibration_is_not_judged(store: Store):
    keeper = Keeper(store)
    keeper.wait(-7200).keep((30, SLUMP), (6, MOVE))

    day = read(store)

    assert states(day) == [(State.NEW, 300), (State.MOVING, 60)]
    assert day.slumps == ()


def test_the_calibration_of_another_clip_is_not_this_ones(store: Store):
    store.save_calibration(calibration("Z", clip_id="other", made_at=NINE))
    Keeper(store).keep((30, UP))

    assert [each.id for each in read(store).calibrations] == ["A"]


def test_an_epoch_that_reaches_over_the_turn_of_the_day_belongs_to_both(store: Store):
    keeper = Keeper(store)
    keeper.wait(19 * 3600 - 5).keep((10, UP))

    days = [read(store, NINE.date() + timedelta(days=k)) for k in (0, 1)]

    assert [len(day.state) for day in days] == [5, 95]


def test_what_has_no_time_is_in_no_number_but_told(store: Store):
    Keeper(store).keep((6, UP))
    unknown = WornClip(boot=9, started_s=NINE_S + 600, first_sequence=6).wear(30)
    store.save_epochs(CLIP, [each.record for each in unknown], NINE + timedelta(hours=2))

    day = read(store)

    assert len(day.state) == 60
    assert day.unplaced == (
        Unplaced(300.0, NINE + timedelta(seconds=60), NINE + timedelta(hours=2)),
    )
    (told,) = summarise_day(day).untimed
    assert (told.length_s, told.after, told.before) == (
        300,
        "2026-11-12 09:01",
        "2026-11-12 11:00",
    )


def test_a_damaged_epoch_is_told_and_the_day_is_there(store: Store):
    Keeper(store).keep((60, UP))
    store._database.execute("UPDATE epoch SET record = zeroblob(32) WHERE sequence = 30")

    day = read(store)

    assert (State.NO_DATA, 10) not in states(day)  # nothing says that it was worn
    assert len(day.problems) == 1
    assert "1 of the epochs" in day.problems[0]


def test_two_clips_fill_one_silence_once(store: Store):
    Keeper(store).keep((30, UP))
    other = WornClip(boot=3, started_s=NINE_S)
    store.mark_clip_time("other", 3, other.ticks(), NINE)
    store.save_epochs("other", [each.record for each in other.wear(60)], NINE + timedelta(hours=1))

    assert resolutions(read(store)) == [(Resolution.EPOCHS, 600)]


def test_the_summary_says_which_part_of_the_day_is_known_how(store: Store):
    Keeper(store).keep((720, UP))
    Wear(store, NINE + timedelta(minutes=30)).sit(3600).end()

    summary = summarise_day(read(store))

    assert summary.coverage.measured_s == 7200
    assert summary.coverage.kept_s == 3600
    spans = [(each.start.clock, each.end.clock, each.length_s) for each in summary.kept]
    assert spans == [("09:00", "09:30", 1800), ("10:30", "11:00", 1800)]
    assert [hour.kept_s for hour in summary.hours[:2]] == [1800, 1800]
    assert [summary.cells_kept[k] for k in (5, 6, 17, 18, 23)] == [True, False, False, True, True]
    assert not any(summary.cells_kept[24:])


def test_an_episode_of_the_clip_lies_where_its_seconds_do(store: Store):
    """Before the first wear of the day lies what is cut off."""
    Keeper(store, -600).keep((6, {"upright_ds": 0, "flags": wire.RECORD_OFF_BODY})).wait(540).keep(
        (12, UP), (6, SLUMP), (6, UP)
    )

    day = read(store)

    assert day.slumps == (Episode(90, 180, "sat up", kept=True),)
    assert day.state[120:180].tolist() == [State.SLUMPED] * 60
