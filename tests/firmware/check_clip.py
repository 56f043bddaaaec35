"""A whole clip with fake chip, flash, radio and time; runs on CPython and on MicroPython.

The sensor is an LSM6DSOX, so that the clip finds the orientation itself.
"""

import fake_chip
from fake_clip import BOOT, PERIOD_US, Bench

from clip_firmware import button, power
from clip_firmware.radio import FULL
from midback.shared import wire

OK, BAD_ARGUMENT, BUSY, REFUSED, STORAGE = (
    wire.OK,
    wire.BAD_ARGUMENT,
    wire.BUSY,
    wire.REFUSED,
    wire.STORAGE,
)
ORIENTATION, RAW = wire.KIND_ORIENTATION, wire.KIND_RAW
STRAIGHT = (0, 0, 32767, 0, 32767, 0)
QUICK = (1000, 700, 0, 0, 20, 10)  # past 10 degrees, out below 7, held 2 s, 1 s to get out
DEFAULT = (ORIENTATION, 4000, 5)
EIO = 5


def calibrated(**how):
    """A clip in use: linked, calibrated, with a short hold."""
    bench = Bench(**how).linked()
    assert bench.asked(wire.OP_SET_NEUTRAL, *STRAIGHT) == OK
    assert bench.asked(wire.OP_SET_SLUMP, *QUICK) == OK
    return bench.run(2)


def lengths(bench):
    return [to_ms - from_ms for from_ms, to_ms in bench.motor.runs]


# Start and status


def check_a_new_clip_tells_what_it_is():
    bench = Bench()
    status = bench.status()
    assert (status.mode, status.boot, status.flags) == (
        wire.MODE_ALONE,
        BOOT,
        wire.STATUS_BONDED_ONLY,
    )
    assert (status.battery_percent, status.battery_mv) == (85, 4000)
    assert (status.lost_samples, status.buzzes, status.log_first, status.log_next) == (0, 0, 0, 0)


def check_it_calls_for_a_host_from_the_start():
    radio = Bench().radio
    assert (radio.on, radio.interval_ms, radio.percent) == (True, power.FAST_MS, 85)


def check_the_status_has_its_time_and_temperature():
    bench = Bench()
    bench.chip.main.update({0x20: 0x00, 0x21: 0x0A})  # 10 degrees above 25
    bench.run(10)
    status = bench.status()
    assert (status.ticks, status.temperature_cdeg) == (100000, 3500)


def check_the_status_is_notified_every_ten_seconds():
    bench = Bench().linked().run(31)
    assert [kind for kind, _ in bench.radio.sent] == ["t"] * 3


def check_without_a_sensor_it_says_so_by_status_and_by_buzz_and_finds_it_later():
    bench = Bench(chip=fake_chip.lsm6dsox(0x10))
    assert bench.has(wire.STATUS_NO_IMU)
    bench.run(3)
    assert lengths(bench) == [600, 80, 80]
    assert bench.linked().asked(wire.OP_START, *DEFAULT) == REFUSED
    bench.chip.address = 0x6B
    bench.run(1)
    assert not bench.has(wire.STATUS_NO_IMU)
    assert bench.asked(wire.OP_START, *DEFAULT) == OK
    assert len(bench.run(3).packets()) > 10


def check_a_sensor_that_fails_later_is_no_reason_to_fail():
    bench = Bench().linked()
    bench.chip.faults = 1000
    bench.run(12)
    assert bench.status().temperature_cdeg == 0


def check_damaged_settings_are_told_and_a_new_calibration_mends_them():
    bench = Bench(start=False)
    bench.parts.settings.slump = (1000, 1000, 0, 0, 20, 10)
    bench.clip.start()
    assert bench.has(wire.STATUS_SETTINGS_LOST)


def check_what_was_saved_is_there_after_a_restart():
    first = calibrated()
    again = Bench(flash=first.flash)
    assert again.has(wire.STATUS_NEUTRAL_SET)
    assert again.parts.settings.slump == QUICK


# Streaming


def check_the_stream_is_what_the_host_asked_for():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 2000, 6) == OK
    packets = bench.run(3).packets()
    assert {(p.kind, p.count, p.period_us, p.boot) for p in packets} == {(RAW, 6, 19200, BOOT)}
    assert [p.sequence for p in packets] == list(range(len(packets)))
    steps = [packets[i + 1].ticks - packets[i].ticks for i in range(len(packets) - 1)]
    assert max([abs(step - 1152) for step in steps]) <= 1
    assert bench.has(wire.STATUS_STREAMING)


def check_the_hosts_usual_packets_are_those_that_the_clip_judges():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, *DEFAULT) == OK
    packets = bench.run(3).packets()
    assert {(p.kind, p.count, p.period_us) for p in packets} == {(ORIENTATION, 5, 38400)}
    w, x, y, z = packets[-1].counts[-7:-3]
    assert w > 32700
    assert abs(x) + abs(y) + abs(z) < 200


def check_the_slowest_stream_is_five_samples_a_second_of_the_sensors_averaged():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 20000, 2) == OK
    assert {(p.count, p.period_us) for p in bench.run(3).packets()} == {(2, 191990)}


def check_the_fastest_stream_is_the_sensors_own():
    bench = Bench().linked()
    assert bench.asked(wire.OP_START, RAW, 500, 19) == OK
    assert {(p.count, p.period_us) for p in bench.run(3).packets()} == {(19, 19200)}


def check_accelerations_are_those_of_the_clips_own_axes():
    bench = Bench()
    bench.lean_deg = 30.0
    bench.linked().asked(wire.OP_START, RAW, 2000, 6)
    x, y, z = bench.run(1).packets()[-1].counts[:3]
    assert abs(x + 1024) <= 4
    assert (y, abs(z - 1774) <= 1) == (0, True)


def check_a_small_link_gets_smaller_packets():
    bench = Bench().linked(3 + 14 + 30)
    assert bench.asked(wire.OP_START, *DEFAULT) == OK
    assert {p.count for p in bench.run(3).packets()} == {2}


def check_a_link_too_small_for_one_sample_is_refused():
    assert Bench().linked(23).asked(wire.OP_START, *DEFAULT) == REFUSED


def check_more_samples_than_a_packet_holds_are_a_bad_argument():
    assert Bench().linked().asked(wire.OP_START, ORIENTATION, 4000, 17) == BAD_ARGUMENT


def check_asking_again_for_the_same_goes_on_without_a_break():
    bench = Bench().linked()
    bench.asked(wire.OP_START, RAW, 2000, 6)
    bench.run(2)
    bench.asked(wire.OP_START, RAW, 2000, 6)
    ticks = [p.ticks for p in bench.run(2).packets()]
    assert max([ticks[i + 1] - ticks[i] for i in range(len(ticks) - 1)]) < 1152 + 192


def check_the_stream_can_be_changed_and_stopped():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(1)
    bench.asked(wire.OP_START, RAW, 2000, 6)
    bench.run(1)
    kinds = [p.kind for p in bench.packets()]
    assert kinds == sorted(kinds)
    assert bench.asked(wire.OP_STOP) == OK
    bench.radio.sent.clear()
    assert bench.run(1).packets() == []
    assert not bench.has(wire.STATUS_STREAMING)


def check_packets_missed_while_away_can_be_asked_for():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    last = bench.packets()[-1].sequence
    bench.radio.unlink()
    bench.run(2)
    bench.linked()
    bench.radio.sent.clear()
    assert bench.run(1).packets() == []
    bench.asked(wire.OP_START, *DEFAULT)
    first, count = bench.kept(last + 1, 600)
    bench.send()
    again = [p.sequence for p in bench.packets() if p.flags & wire.FLAG_RESENT]
    live = [p.sequence for p in bench.packets() if not p.flags & wire.FLAG_RESENT]
    assert again + live == list(range(first, first + count))
    assert first == last + 1
    assert bench.asked(wire.OP_RESEND, BOOT + 1, 0, 1) == REFUSED


def check_a_drop_out_costs_no_sample_and_repeats_none():
    sample_ticks = PERIOD_US / 100
    for kind, period, per_packet, every in ((ORIENTATION, 4000, 5, 2), (RAW, 2000, 6, 1)):
        bench = Bench().linked()
        bench.asked(wire.OP_START, kind, period, per_packet)
        bench.run(2)
        bench.radio.unlink()
        bench.run(1)
        bench.linked()
        bench.asked(wire.OP_START, kind, period, per_packet)
        bench.kept(0, 600)
        bench.send()
        bench.run(1)
        packets = {p.sequence: p for p in bench.packets()}
        assert sorted(packets) == list(range(len(packets)))
        for sequence in range(1, len(packets)):
            passed = packets[sequence].ticks - packets[sequence - 1].ticks
            # A sample more or less were a whole one off.
            assert abs(passed - per_packet * every * sample_ticks) < sample_ticks / 2


def check_an_acknowledged_packet_need_not_be_kept():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    assert bench.asked(wire.OP_ACKNOWLEDGE, BOOT + 1, 4) == OK
    assert bench.kept(0, 7) == (0, 7)
    assert bench.asked(wire.OP_ACKNOWLEDGE, BOOT, 4) == OK
    assert bench.kept(0, 5) == (0, 0)
    assert bench.kept(0, 7) == (5, 2)


def check_a_loss_is_flagged_once_and_counted():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.chip.drop(2 * 10)
    bench.time.now_us += 1000000
    bench.sample()
    bench.chip.drop(2 * 20)
    bench.run(2)
    flagged = [p for p in bench.packets() if p.flags & wire.FLAG_LOST]
    assert len(flagged) == 1
    assert 15 <= bench.status().lost_samples <= 25


# Buzzes


def check_the_host_may_buzz_the_wearer():
    bench = Bench().linked()
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == OK
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == BUSY
    bench.run(1)
    assert (lengths(bench), bench.status().buzzes) == ([80, 80], 1)


def check_the_limits_of_the_motor_hold_for_the_host():
    bench = Bench().linked()
    for _ in range(2):
        assert bench.asked(wire.OP_BUZZ, wire.PATTERN_LONG, 5, 100) == OK
        bench.run(6)
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100) == REFUSED


def check_identify_is_felt_even_by_who_asked_for_rest():
    bench = Bench().linked()
    bench.asked(wire.OP_SNOOZE, 600)
    assert bench.asked(wire.OP_IDENTIFY) == OK
    assert lengths(bench.run(2)) == [80] * 4


def check_rest_refuses_nudges_until_it_is_over():
    bench = Bench().linked()
    assert bench.asked(wire.OP_SNOOZE, 2) == OK
    nudge = (wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100)
    assert bench.asked(*nudge) == REFUSED
    assert bench.run(2).asked(*nudge) == OK


def check_shaken_packets_are_flagged_until_300_ms_after():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    flags = [p.flags & wire.FLAG_SHAKEN for p in bench.run(3).packets()]
    assert 2 <= flags.count(wire.FLAG_SHAKEN) <= 5
    assert (flags[0], flags[-1]) == (0, 0)


def check_what_was_shaken_is_flagged_however_late_it_is_read():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    began = bench.time.now_us // 100
    bench.time.now_us += 40000
    bench.buzzer.update(bench.time.now_us // 1000)
    bench.time.now_us += 2200000  # nobody reads the sensor: the flash is busy
    bench.run(3)
    shaken = [p.ticks - began for p in bench.packets() if p.flags & wire.FLAG_SHAKEN]
    assert shaken
    assert -2000 < min(shaken) < 2000
    assert max(shaken) < 14500  # 64 samples of the burst, and the packet begun with its last


def check_counters_that_reach_their_end_are_told_within_their_range():
    bench = calibrated()
    bench.parts.sampler.lost_samples = 70000
    bench.buzzer.buzzes = bench.clip._counted_buzzes = 65535
    bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 1, 100)
    bench.run(11)
    assert (bench.status().lost_samples, bench.status().buzzes) == (65535, 0)
    assert [record[2] for record in records(bench)] == [1]


# Judgement


def check_leaning_forward_is_a_slump_and_the_clip_alone_buzzes():
    bench = calibrated()
    bench.leans(20)
    bench.run(4)
    assert (lengths(bench), bench.status().buzzes) == ([80, 80], 1)


def check_a_buzz_that_finds_the_motor_busy_is_given_later():
    bench = calibrated()
    bench.leans(20)
    bench.run(1)
    for _ in range(5):
        bench.asked(wire.OP_BUZZ, wire.PATTERN_TICK, 3, 100)
        bench.pass_ms(200)
    bench.run(3)
    assert lengths(bench)[-2:] == [80, 80]


def check_leaning_to_the_side_or_back_is_none():
    bench = calibrated()
    bench.leans(0, 20)
    bench.run(4)
    bench.leans(-20)
    bench.run(4)
    assert lengths(bench) == []


def check_while_a_host_holds_the_lease_the_clip_is_silent():
    bench = calibrated()
    assert bench.asked(wire.OP_HEARTBEAT, 5) == OK
    assert bench.run(1).status().mode == wire.MODE_LIVE
    bench.leans(20)
    bench.run(2)
    assert lengths(bench) == []
    bench.run(3)
    assert (lengths(bench), bench.status().mode) == ([80, 80], wire.MODE_ALONE)


def check_a_buzz_that_the_host_gave_is_not_given_again():
    bench = calibrated()
    bench.asked(wire.OP_HEARTBEAT, 6)
    bench.leans(20)
    bench.run(3)
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == OK
    bench.run(6)
    assert lengths(bench) == [80, 80]


def check_a_host_that_takes_over_does_not_give_the_clips_last_buzz_again():
    bench = calibrated()
    bench.leans(20)
    bench.run(4)
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == OK
    bench.run(2)
    assert (lengths(bench), bench.status().buzzes) == ([80, 80], 1)


def check_a_link_that_ends_leaves_the_buzz_to_the_clip():
    bench = calibrated()
    bench.asked(wire.OP_HEARTBEAT, 60)
    bench.leans(20)
    bench.run(4)
    bench.radio.unlink()
    assert lengths(bench.run(2)) == [80, 80]


def check_the_next_host_does_not_inherit_the_lease():
    # The first one leaves and the second comes within one second.
    bench = calibrated()
    bench.asked(wire.OP_HEARTBEAT, 60)
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.radio.unlink()
    bench.linked()
    bench.asked(wire.OP_START, *DEFAULT)
    assert bench.run(1).status().mode == wire.MODE_ALONE


def check_the_next_host_begins_with_the_newest_packet():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(2)
    bench.radio.outcomes = [FULL] * 1000
    bench.run(2)
    bench.radio.outcomes = []
    _, waiting = bench.kept(0, 600)
    bench.radio.unlink()
    bench.linked()
    bench.radio.sent.clear()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.send()
    assert [p.sequence for p in bench.packets()] == [bench.clip._sequence - 1]
    assert waiting > 5


def check_lines_that_cannot_be_are_refused_and_the_old_ones_go_on():
    bench = calibrated()
    assert bench.asked(wire.OP_SET_SLUMP, 1000, 1000, 0, 0, 20, 10) == BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_SLUMP, 1000, 700, 1000, 1000, 20, 10) == BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_SLUMP, 1000, 700, 300, 0, 20, 10) == BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_NEUTRAL, 0, 0, 0, 0, 0, 0) == BAD_ARGUMENT
    assert (bench.parts.settings.neutral, bench.parts.settings.slump) == (STRAIGHT, QUICK)
    bench.leans(20)
    assert lengths(bench.run(4)) == [80, 80]


def check_a_flash_that_refuses_is_told_and_the_new_lines_count_all_the_same():
    bench = calibrated()
    bench.flash.refusing = EIO
    assert bench.asked(wire.OP_SET_SLUMP, 3000, 2500, 0, 0, 20, 10) == STORAGE
    assert bench.asked(wire.OP_ALONE, 1) == STORAGE
    bench.leans(20)
    assert lengths(bench.run(4)) == []


# Whether it is worn


def check_a_clip_laid_down_is_off_the_body_after_a_minute():
    bench = Bench().run(3)
    bench.breathing = False
    bench.run(58)
    assert not bench.has(wire.STATUS_OFF_BODY)
    bench.run(5)
    assert bench.has(wire.STATUS_OFF_BODY)
    bench.breathing = True
    bench.run(3)
    assert not bench.has(wire.STATUS_OFF_BODY)


def check_the_clips_own_motor_does_not_wear_it():
    bench = Bench().run(3)
    bench.breathing = False
    bench.run(40)
    bench.linked().asked(wire.OP_BUZZ, wire.PATTERN_LONG, 2, 100)
    bench.run(1)
    assert not bench.clip.situation.moved
    bench.run(22)
    assert bench.has(wire.STATUS_OFF_BODY)


def check_breathing_is_no_movement_and_leaning_is():
    bench = Bench().run(3)
    moved = []
    for _ in range(3):
        bench.run(1)
        moved.append(bench.clip.situation.moved)
    bench.leans(20)
    bench.run(1)
    assert (moved, bench.clip.situation.moved) == ([False] * 3, True)


# Battery


def check_a_low_cell_is_told_by_status_and_by_buzz():
    bench = Bench(start=False)
    bench.cell_mv = 3450
    bench.clip.start()
    bench.run(40)
    assert bench.has(wire.STATUS_LOW_BATTERY)
    assert lengths(bench) == []
    bench.clip._seconds = 600 + 8
    assert lengths(bench.run(3)) == [40, 40]


def check_a_cell_too_low_for_it_ends_the_stream():
    bench = Bench(start=False)
    bench.cell_mv = 3350
    bench.clip.start()
    bench.linked()
    assert bench.asked(wire.OP_START, *DEFAULT) == OK
    bench.run(40)
    assert not bench.has(wire.STATUS_STREAMING)
    assert bench.asked(wire.OP_START, *DEFAULT) == REFUSED
    bench.run(1, usb=True)
    assert bench.asked(wire.OP_START, *DEFAULT) == OK


def check_a_cell_that_is_charged_is_told():
    bench = Bench()
    bench.parts.battery.charging = True
    bench.run(1)
    assert bench.has(wire.STATUS_CHARGING)


def check_the_status_tells_of_a_nudge_that_the_clip_gave_by_itself():
    bench = calibrated()
    bench.leans(20)
    assert bench.status().since_buzz_s == wire.NO_BUZZ_S
    bench.run(9)
    passed_ms = bench.time.now_us // 1000 - bench.motor.runs[0][0]
    assert bench.status().since_buzz_s == passed_ms // 1000 > 0


# Button


def check_a_press_asks_for_rest_and_is_confirmed():
    bench = calibrated()
    bench.clip.pressed(button.PRESS)
    bench.leans(20)
    assert lengths(bench.run(5)) == [80]
    # A press asks for ten minutes; leaning took one second.
    assert bench.status().snooze_s == 600 - 6


def check_a_double_press_takes_the_present_posture_as_upright():
    bench = Bench().linked()
    bench.asked(wire.OP_SET_NEUTRAL, *STRAIGHT)
    bench.leans(15)
    bench.clip.pressed(button.DOUBLE)
    bench.run(6)
    assert lengths(bench) == [40, 80]
    bench.asked(wire.OP_SET_SLUMP, *QUICK)
    bench.leans(20)
    assert lengths(bench.run(5)) == [40, 80]
    neutral = bench.parts.settings.neutral
    assert neutral is not None
    assert abs(neutral[0] + 8481) < 550  # 15 degrees to the front, give or take one
    assert neutral[3:] == STRAIGHT[3:]


def check_a_clip_on_its_side_is_no_posture():
    bench = Bench()
    bench.side_deg = 85.0
    bench.run(3)
    bench.clip.pressed(button.DOUBLE)
    bench.run(5)
    assert lengths(bench) == [40, 40, 40]
    assert not bench.has(wire.STATUS_NEUTRAL_SET)


def check_pairing_is_open_for_a_minute():
    bench = Bench().run(1)
    bench.clip.pressed(button.PAIR)
    bench.run(59)
    assert bench.parts.bonds.window_open
    bench.run(2)
    assert (bench.parts.bonds.window_open, lengths(bench)) == (False, [60] * 3)


def check_forgetting_takes_bonds_calibration_and_settings():
    bench = calibrated()
    bench.clip.pressed(button.PAIR)
    bench.parts.bonds.set(1, b"\x00123456", b"key")
    bench.run(7)
    bench.clip.pressed(button.FORGET)
    bench.run(1)
    assert (bench.parts.bonds.count, bench.parts.bonds.window_open) == (0, False)
    assert not bench.has(wire.STATUS_NEUTRAL_SET)
    assert not Bench(flash=bench.flash).has(wire.STATUS_NEUTRAL_SET)


# The diary


def records(bench):
    """What the log holds: slumped, upright, buzzes, flags."""
    log = bench.parts.log
    found = log.read(log.first)
    return [(r.upright_ds, r.slumped_ds, r.buzzes, r.flags) for r in found]


def check_every_ten_seconds_are_kept():
    bench = calibrated()
    bench.run(30)
    assert bench.status().log_next == 3
    assert not bench.has(wire.STATUS_TIME_SET)
    bench.asked(wire.OP_SET_TIME, 1)
    assert bench.run(11).status().flags & wire.STATUS_TIME_SET
    flags = [record[3] for record in records(bench)]
    assert flags == [0, 0, 0, wire.RECORD_TIME_SET]


def check_records_tell_the_time_at_their_end():
    bench = calibrated()
    bench.run(3)
    told_ms, unix_ms = bench.time.now_us // 1000, 1700000000000
    bench.asked(wire.OP_SET_TIME, unix_ms)
    bench.run(60)
    log = bench.parts.log
    for record in log.read(log.first):
        true_s = unix_ms // 1000 + record.ticks // 10000 - told_ms // 1000
        # Of the 16 bits 1296 rounds are over; two cut seconds may meet the end of a step.
        nearest = [(true_s + off_s) // 20 - 1296 * 65536 for off_s in (-2, 0, 2)]
        assert record.time_20s in nearest
        assert record.flags == wire.RECORD_TIME_SET


def check_what_is_settled_before_sleep_tells_the_time_too():
    bench = calibrated()
    bench.asked(wire.OP_SET_TIME, 1700000000000)
    bench.run(3).clip.settle()
    assert [record[3] for record in records(bench)] == [wire.RECORD_TIME_SET]


def check_a_slump_and_its_buzz_are_in_the_diary():
    bench = calibrated()
    bench.leans(20)
    bench.run(19)
    found = records(bench)
    assert sum([record[2] for record in found]) == 1
    assert found[1][1] == 100


def check_a_flash_that_refuses_costs_records_and_nothing_else():
    bench = calibrated()
    bench.flash.refusing = EIO
    bench.run(25)
    assert bench.parts.log.refused == 2
    bench.flash.refusing = 0
    bench.run(10)
    assert bench.status().log_next == 1


def check_the_host_reads_the_diary_and_lets_go_of_it():
    bench = calibrated()
    bench.run(30)
    assert bench.asked(wire.OP_LOG_READ, 0, 32) == OK
    bench.send()
    pages = [wire.decode_page(sent)[2] for kind, sent in bench.radio.sent if kind == "l"]
    assert [[record.sequence for record in page] for page in pages] == [[0, 1, 2], []]
    assert bench.asked(wire.OP_LOG_TRIM, 2) == OK
    bench.run(1)
    assert (bench.status().log_first, bench.status().log_next) == (2, 3)
    bench.radio.sent.clear()
    assert bench.asked(wire.OP_LOG_READ, 0xFFFFFFFF, 1) == OK
    bench.send()
    assert [len(sent) for kind, sent in bench.radio.sent if kind == "l"] == [8]
    bench.flash.refusing = EIO
    assert bench.asked(wire.OP_LOG_TRIM, 3) == STORAGE
    assert bench.asked(wire.OP_LOG_TRIM, 0) == OK


def check_a_link_too_small_for_a_record_cannot_read_it():
    assert Bench().linked(3 + 8 + 31).asked(wire.OP_LOG_READ, 0, 1) == REFUSED


def check_going_to_sleep_keeps_what_is_not_kept_yet():
    bench = calibrated()
    bench.run(3)
    bench.clip.settle()
    assert bench.parts.log.next == 1


# The rest


def check_the_gyroscope_is_at_zero_when_the_clip_rests():
    bench = Bench().linked()
    assert bench.asked(wire.OP_ZERO_GYRO) == REFUSED
    bench.breathing = False
    assert bench.run(4).asked(wire.OP_ZERO_GYRO) == OK


def check_alone_is_kept_and_told():
    bench = Bench().linked()
    assert bench.asked(wire.OP_ALONE, 1) == OK
    assert bench.run(1).has(wire.STATUS_ALONE)
    bench.radio.unlink()
    bench.run(61)
    assert not bench.radio.on
    assert bench.clip.light_sleep
    bench.clip.pressed(button.PAIR)
    bench.run(1)
    assert bench.radio.on


def check_a_restart_is_asked_for_and_answered():
    bench = Bench().linked()
    assert bench.asked(wire.OP_RESTART) == OK
    assert bench.clip.restart_asked


def check_an_empty_cell_is_a_reason_to_sleep():
    bench = Bench(start=False)
    bench.cell_mv = 3200
    bench.clip.start()
    assert bench.run(35).clip.deep_sleep == power.EMPTY


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
