"""What a whole clip with fakes makes of its wearer; runs on CPython and on MicroPython."""

from fake_clip import DEFAULT, QUICK, STRAIGHT, Bench, calibrated, lengths, records

from clip_firmware import button
from midback.shared import wire

EIO = 5


# Who buzzes


def check_rest_refuses_nudges_until_it_is_over():
    bench = Bench().linked()
    assert bench.asked(wire.OP_SNOOZE, 2) == wire.OK
    nudge = (wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100)
    assert bench.asked(*nudge) == wire.REFUSED
    assert bench.run(2).asked(*nudge) == wire.OK


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
    assert bench.asked(wire.OP_HEARTBEAT, 5) == wire.OK
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
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == wire.OK
    bench.run(6)
    assert lengths(bench) == [80, 80]


def check_a_host_that_takes_over_does_not_give_the_clips_last_buzz_again():
    bench = calibrated()
    bench.leans(20)
    bench.run(4)
    assert bench.asked(wire.OP_BUZZ, wire.PATTERN_NUDGE, 1, 100) == wire.OK
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


def check_lines_that_cannot_be_are_refused_and_the_old_ones_go_on():
    bench = calibrated()
    assert bench.asked(wire.OP_SET_SLUMP, 0, 1000, 1000, 0, 0, 20, 10) == wire.BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_SLUMP, 0, 1000, 700, 1000, 1000, 20, 10) == wire.BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_SLUMP, 0, 1000, 700, 300, 0, 20, 10) == wire.BAD_ARGUMENT
    assert bench.asked(wire.OP_SET_NEUTRAL, 0, 0, 0, 0, 0, 1, 0) == wire.BAD_ARGUMENT
    contexts = bench.parts.settings.contexts
    assert (contexts.neutral, contexts.slump) == (STRAIGHT, QUICK)
    bench.leans(20)
    assert lengths(bench.run(4)) == [80, 80]


def check_a_flash_that_refuses_is_told_and_the_new_lines_count_all_the_same():
    bench = calibrated()
    bench.flash.refusing = EIO
    assert bench.asked(wire.OP_SET_SLUMP, 0, 3000, 2500, 0, 0, 20, 10) == wire.STORAGE
    assert bench.asked(wire.OP_ALONE, 1) == wire.STORAGE
    bench.leans(20)
    assert lengths(bench.run(4)) == []


# Whether it is worn


def wear_flags(bench):
    """What the last packet's flags say of wear."""
    return bench.packets()[-1].flags & (wire.FLAG_DOUBTFUL | wire.FLAG_OFF_BODY)


def check_a_clip_laid_down_is_doubted_then_off_the_body_within_a_minute():
    bench = Bench().linked()
    bench.asked(wire.OP_START, *DEFAULT)
    bench.run(8)
    assert (wear_flags(bench), bench.clip.situation.worn) == (0, True)
    bench.breathing = False
    bench.run(15)
    assert (wear_flags(bench), bench.clip.situation.worn) == (wire.FLAG_DOUBTFUL, False)
    bench.run(33)
    assert not bench.has(wire.STATUS_OFF_BODY)
    bench.run(7)
    assert bench.has(wire.STATUS_OFF_BODY)
    assert wear_flags(bench) == wire.FLAG_OFF_BODY


def check_picked_up_it_is_worn_within_seconds():
    bench = Bench()
    bench.breathing = False
    bench.run(70)
    assert bench.has(wire.STATUS_OFF_BODY)
    bench.breathing = True
    bench.leans(40)
    bench.leans(0)
    bench.run(2)
    assert not bench.has(wire.STATUS_OFF_BODY)
    assert bench.clip.situation.worn


def check_a_clip_that_cools_is_off_the_body_sooner():
    bench = Bench().run(8)
    bench.breathing = False
    for _ in range(4):
        bench.run(11)
        bench.chip.main[0x21] = (bench.chip.main.get(0x21, 0) - 1) & 0xFF  # a degree less
    assert bench.has(wire.STATUS_OFF_BODY)


def check_the_clips_own_motor_does_not_wear_it():
    bench = Bench().run(8)
    bench.breathing = False
    bench.run(40)
    bench.linked().asked(wire.OP_BUZZ, wire.PATTERN_LONG, 2, 100)
    bench.run(1)
    assert not bench.clip.situation.moved
    bench.run(15)
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


def check_the_status_tells_of_a_nudge_that_the_clip_gave_by_itself():
    bench = calibrated()
    bench.leans(20)
    assert bench.status().since_buzz_s == wire.NO_BUZZ_S
    bench.run(9)
    passed_ms = bench.time.now_us // 1000 - bench.motor.runs[0][0]
    assert bench.status().since_buzz_s == passed_ms // 1000 > 0


# The button


def check_a_press_asks_for_rest_and_is_confirmed():
    bench = calibrated()
    bench.clip.pressed(button.PRESS)
    bench.leans(20)
    assert lengths(bench.run(5)) == [80]
    # A press asks for ten minutes; leaning took one second.
    assert bench.status().snooze_s == 600 - 6


def check_a_double_press_takes_the_present_posture_as_upright():
    bench = Bench().linked()
    bench.asked(wire.OP_SET_NEUTRAL, 0, *STRAIGHT)
    bench.leans(15)
    bench.clip.pressed(button.DOUBLE)
    bench.run(6)
    assert lengths(bench) == [40, 80]
    bench.asked(wire.OP_SET_SLUMP, 0, *QUICK)
    bench.leans(20)
    assert lengths(bench.run(5)) == [40, 80]
    neutral = bench.parts.settings.contexts.neutral
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


# Contexts


FORWARD = (-8481, 0, 31651, 0, 32767, 0)  # upright is 15 degrees to the front


def in_two_places():
    """A clip in use that knows another neutral, in slot 2; it is 15 degrees to the front."""
    bench = calibrated()
    assert bench.asked(wire.OP_SET_NEUTRAL, 2, *FORWARD) == wire.OK
    assert bench.asked(wire.OP_SET_SLUMP, 2, *QUICK) == wire.OK
    return bench


def check_a_neutral_in_another_slot_changes_nothing_until_it_is_used():
    bench = in_two_places()
    bench.leans(15)
    bench.run(4)
    assert (lengths(bench), bench.status().context) == ([80, 80], 0)


def check_from_when_a_slot_is_used_it_is_judged_by():
    bench = in_two_places()
    assert bench.asked(wire.OP_USE_CONTEXT, 2) == wire.OK
    assert bench.status().context == 2
    bench.leans(15)
    assert lengths(bench.run(5)) == []
    bench.leans(30)
    assert lengths(bench.run(5)) == [80, 80]


def check_an_empty_slot_is_refused_and_judged_by_as_before():
    bench = in_two_places()
    assert bench.asked(wire.OP_USE_CONTEXT, 1) == wire.REFUSED
    assert bench.asked(wire.OP_SET_NEUTRAL, 0, 0, 0, 0, 0, 0, 0) == wire.REFUSED
    assert (bench.status().context, bench.has(wire.STATUS_NEUTRAL_SET)) == (0, True)
    bench.leans(15)
    assert lengths(bench.run(4)) == [80, 80]


def check_a_slot_that_was_emptied_is_empty():
    bench = in_two_places()
    assert bench.asked(wire.OP_SET_NEUTRAL, 2, 0, 0, 0, 0, 0, 0) == wire.OK
    assert bench.asked(wire.OP_USE_CONTEXT, 2) == wire.REFUSED
    again = Bench(flash=bench.flash).linked()
    assert again.asked(wire.OP_USE_CONTEXT, 2) == wire.REFUSED


def check_the_choice_outlasts_a_restart():
    bench = in_two_places()
    bench.asked(wire.OP_USE_CONTEXT, 2)
    again = Bench(flash=bench.flash)
    assert again.status().context == 2
    again.leans(30)
    assert lengths(again.run(5)) == [80, 80]


def check_a_choice_that_could_not_be_kept_counts_all_the_same():
    bench = in_two_places()
    bench.flash.refusing = EIO
    assert bench.asked(wire.OP_USE_CONTEXT, 2) == wire.STORAGE
    assert bench.status().context == 2
    bench.clip.pressed(button.TRIPLE)
    assert bench.run(1).status().context == 0
    assert lengths(bench) == [60]


def check_a_triple_press_goes_round_and_tells_the_number_of_the_slot():
    bench = in_two_places()
    bench.asked(wire.OP_SET_NEUTRAL, 3, *STRAIGHT)
    told = []
    for _ in range(4):
        bench.clip.pressed(button.TRIPLE)
        bench.run(3)
        told.append((bench.status().context, len(bench.motor.runs)))
    assert told == [(2, 3), (3, 7), (0, 8), (2, 11)]
    assert set(lengths(bench)) == {60}


def check_without_another_neutral_a_triple_press_is_refused():
    for bench in (calibrated(), Bench()):
        bench.clip.pressed(button.TRIPLE)
        bench.run(1)
        assert (lengths(bench), bench.status().context) == ([40, 40], 0)


def check_a_double_press_changes_the_neutral_in_use_and_no_other():
    bench = in_two_places()
    bench.asked(wire.OP_USE_CONTEXT, 2)
    bench.leans(20)
    bench.clip.pressed(button.DOUBLE)
    bench.run(6)
    contexts = bench.parts.settings.contexts
    neutral = contexts.neutrals[2]
    assert neutral is not None
    assert abs(neutral[0] + 11207) < 550  # 20 degrees to the front
    assert (contexts.neutrals[0], contexts.slumps[2]) == (STRAIGHT, QUICK)


def check_going_elsewhere_ends_a_re_zero_under_way():
    bench = in_two_places()
    bench.clip.pressed(button.DOUBLE)
    bench.run(1)
    bench.clip.pressed(button.TRIPLE)
    bench.run(8)
    contexts = bench.parts.settings.contexts
    assert (contexts.neutrals[0], contexts.neutrals[2]) == (STRAIGHT, FORWARD)


# The log


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


def check_a_slump_and_its_buzz_are_in_the_log():
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


def check_going_to_sleep_keeps_what_is_not_kept_yet():
    bench = calibrated()
    bench.run(3)
    bench.clip.settle()
    assert bench.parts.log.next == 1


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
