"""The epochs a simulated clip keeps: what they tell, how they are read, what they outlast."""

import numpy as np
import pytest
from simulated.worn import STUBBORN, UPRIGHT, pass_s, status, tell, timed, worn_clip

from midback.shared import wire
from midback.simulated import Activity
from midback.simulated.log import Log

SPACING_S = 0.05
STEP_S = 0.005
"""How finely ``timed`` looks."""

UNIX_MS = 1_774_000_000_000


def taught(**traits):
    clip = worn_clip(habits=STUBBORN, **traits)
    clip.wearer.ask("tall", clip.now_s)
    tell(clip, wire.OP_SET_NEUTRAL, 0, *UPRIGHT)
    return clip


def read(clip, first=0, pages=32, seconds=3.0):
    """Ask for pages of the log; when each came, and its records."""
    assert tell(clip, wire.OP_LOG_READ, first, pages).result == wire.OK
    found = timed(clip, seconds, wire.LOG_UUID)
    return [(at_s, wire.decode_page(payload)[2]) for at_s, payload in found]


def numbers(clip, first=0):
    """The numbers of all records from there on."""
    return [record.sequence for _, records in read(clip, first) for record in records]


def records(clip):
    return [record for _, page in read(clip) for record in page]


def test_a_worn_clip_keeps_a_record_every_ten_seconds_whether_linked_or_not():
    clip = taught()
    pass_s(clip, 60.0)
    clip.link_down()
    pass_s(clip, 60.5)
    kept = status(clip)
    clip.link_up()

    assert (kept.log_first, kept.log_next) == (0, 12)
    assert numbers(clip) == list(range(12))
    assert {r.boot for r in records(clip)} == {clip.boot}


def test_records_tell_what_the_wearer_truly_did():
    clip = taught(uptime_s=0.0)
    pass_s(clip, 60.0)
    clip.wearer.ask("slump", clip.now_s)
    pass_s(clip, 80.5)
    told = records(clip)
    truth = clip.wearer.truth.table()
    settled = [r for r in told[1:] if not 60.0 < r.ticks * wire.TICK_S < 75.0]
    for record in settled:
        end_s = record.ticks * wire.TICK_S
        spent = (truth["time_s"] > end_s - 10.0) & (truth["time_s"] < end_s)
        # The filter's and the sway's few tenths of a degree.
        assert record.mean_cdeg / 100 == pytest.approx(truth["flexion_deg"][spent].mean(), abs=1.0)
    states = [(r.upright_ds, r.slumped_ds, r.moving_ds) for r in told]

    # Upright for a minute; leaning for the 30 s of the hold counts as upright, then slumped.
    assert len(settled) == 12
    assert states[1] == states[8] == (100, 0, 0)
    assert states[-2] == (0, 100, 0)
    assert sum(r.buzzes for r in told) == status(clip).buzzes == 1


def test_a_clip_on_the_desk_keeps_nothing():
    clip = worn_clip([(Activity.TYPING, 1), (Activity.OFF_BODY, 30)])
    pass_s(clip, 180.0)
    before = status(clip).log_next
    pass_s(clip, 600.0)

    # Until it has noticed it takes itself for worn, some twenty seconds.
    assert before == status(clip).log_next
    assert 7 <= before <= 9


def test_pages_of_seven_come_one_at_a_time_until_an_empty_one_ends_them():
    clip = taught()
    pass_s(clip, 170.5)
    found = read(clip)
    gaps_s = np.diff([at_s for at_s, _ in found])

    assert [len(page) for _, page in found] == [7, 7, 3, 0]
    assert gaps_s == pytest.approx(np.full(3, SPACING_S), abs=2 * STEP_S)
    assert [r.sequence for _, page in found for r in page] == list(range(17))


def test_no_more_pages_come_than_were_asked_for():
    clip = taught()
    pass_s(clip, 200.5)

    assert [len(page) for _, page in read(clip, 3, 2)] == [7, 7]


def test_pages_come_from_any_record_on_and_a_new_question_replaces_the_old():
    clip = taught()
    pass_s(clip, 400.5)
    tell(clip, wire.OP_LOG_READ, 0, 32)
    pass_s(clip, 0.06)

    assert numbers(clip, 30) == list(range(30, 40))
    assert numbers(clip, 1000) == []


def test_a_page_tells_the_clips_clock_when_it_was_read():
    clip = taught()
    pass_s(clip, 20.5)
    tell(clip, wire.OP_LOG_READ, 0, 1)
    ((at_s, payload),) = timed(clip, 1.0, wire.LOG_UUID)
    boot, ticks, _ = wire.decode_page(payload)

    assert boot == clip.boot
    assert ticks == pytest.approx(clip.ticks(at_s), abs=2 * STEP_S / wire.TICK_S)


def test_what_the_host_has_is_forgotten():
    clip = taught()
    pass_s(clip, 100.5)
    assert tell(clip, wire.OP_LOG_TRIM, 6).result == wire.OK
    kept = status(clip)

    assert (kept.log_first, kept.log_next) == (6, 10)
    assert numbers(clip) == [6, 7, 8, 9]
    tell(clip, wire.OP_LOG_TRIM, 3)
    assert status(clip).log_first == 6
    tell(clip, wire.OP_LOG_TRIM, 0xFFFFFFFF)
    kept = status(clip)
    assert (kept.log_first, kept.log_next) == (10, 10)


def test_the_log_outlasts_a_power_cut_and_its_numbers_go_on():
    clip = taught()
    pass_s(clip, 45.0)
    boot = clip.boot
    clip.restart(clip.now_s)
    pass_s(clip, 25.0)
    clip.link_up()

    # The epoch under way is lost, as on the real one.
    assert [(r.sequence, r.boot) for r in records(clip)] == [
        *((number, boot) for number in range(4)),
        *((number, clip.boot) for number in (4, 5)),
    ]


def test_a_restart_that_was_asked_for_keeps_the_epoch_under_way():
    clip = taught()
    pass_s(clip, 45.0)
    tell(clip, wire.OP_RESTART)

    assert status(clip).log_next == 5


def test_an_empty_battery_keeps_it_too():
    # A percent of an hour's battery is 36 s.
    clip = taught(battery_percent=1.0, battery_hours=1.0)
    pass_s(clip, 100.0)

    assert not clip.powered
    assert clip.flash.log.next == 4


def test_records_tell_the_time_once_the_host_has_told_it_and_no_longer_than_the_power_lasts():
    clip = taught()
    pass_s(clip, 25.0)
    told_s = clip.now_s
    tell(clip, wire.OP_SET_TIME, UNIX_MS)
    pass_s(clip, 35.5)
    clip.restart(clip.now_s)
    pass_s(clip, 15.0)
    clip.link_up()
    found = records(clip)
    timed_ones = [r for r in found if r.flags & wire.RECORD_TIME_SET]

    assert [bool(r.flags & wire.RECORD_TIME_SET) for r in found] == (
        [False] * 2 + [True] * 4 + [False]
    )
    for record in timed_ones:
        end_s = record.ticks * wire.TICK_S - clip.traits.uptime_s
        unix_s = (UNIX_MS / 1000 + end_s - told_s) // 20
        assert record.time_20s == unix_s % 65536


def test_two_weeks_of_waking_hours_fit_and_then_the_oldest_go_first():
    log = Log()
    fortnight = 14 * 16 * 3600 // 10
    for _ in range(fortnight + 3):
        log.append(wire.EpochRecord(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    assert (log.first, log.next) == (3, fortnight + 3)
    assert [r.sequence for r in log.read(0)] == [3, 4, 5, 6, 7, 8, 9]


def test_the_log_waits_for_packets_that_are_sent_again():
    clip = taught()
    tell(clip, wire.OP_START, wire.KIND_ORIENTATION, 4000, 5)
    pass_s(clip, 60.5)
    tell(clip, wire.OP_RESEND, clip.boot, 0, 100)
    tell(clip, wire.OP_LOG_READ, 0, 32)
    came = [n.uuid for n in pass_s(clip, 10.0)]
    stream = [at for at, uuid in enumerate(came) if uuid == wire.STREAM_UUID]
    log = [at for at, uuid in enumerate(came) if uuid == wire.LOG_UUID]

    assert len(log) == 2
    assert log[0] > stream[100]
