"""The log of epochs: what went in comes out; on CPython and on MicroPython.

Most checks use segments of ten places (200 bytes): one mark and nine records.
"""

from faulty_flash import EIO, ENOSPC, FAT, KINDS, FaultyFlash

from clip_firmware.files import Files
from clip_firmware.log import MOST_SEGMENTS, RESERVE_BYTES, Log
from clip_firmware.segment import CELL_BYTES, SEGMENT_BYTES
from midback.shared import wire

SMALL = 200
FIRST_RECORDS = 9
RESERVE = -(-RESERVE_BYTES // SMALL) * SMALL
BOOT = 0x1234
FOLDER = "/clip/log"
NOON_S = 1700049600  # unix time, 15 November 2023
NOON_20S = 85002480 - 1297 * 65536
ERAS_20S = 1297 * 65536  # of the 16 bits, up to then


def log_on(flash, most=4, size=SMALL):
    log = Log(FOLDER, flash, flash.open, Files("/clip", flash, flash.open), most, size)
    log.open()
    return log


def flash_for(segments, kind="littlefs"):
    """Room for so many segments, with littlefs' block to rewrite into."""
    return FaultyFlash(kind, RESERVE + segments * SMALL, SMALL)


def record(number, boot=BOOT, ticks=None):
    """The epoch that ends after *number* + 1 times ten seconds; its values tell it apart."""
    ticks = (number + 1) * 100000 if ticks is None else ticks
    mean = (37 * number) % 4000 - 1000
    return wire.EpochRecord(
        0, ticks, boot, mean, mean - 300, mean + 250, -number % 700, number, 60, 30, 4, 6, 1, 2
    )


def told(a_record):
    """A record's values, and those of ``record(number)`` with its sequence."""
    return [getattr(a_record, name) for name in sorted(wire.EpochRecord.__slots__)]


def expected(number, sequence=None, **how):
    one = record(number, **how)
    one.sequence = number if sequence is None else sequence
    return told(one)


def filled(log, first, count, **how):
    for number in range(first, first + count):
        assert log.append(record(number, **how)), number
    return log


def timed(log, first, began_s, late_s=()):
    """One record each after *began_s* and its number of epochs, and so much later."""
    for number in range(first, first + len(late_s)):
        assert log.append(record(number), began_s + 10 * number + late_s[number - first])
    return log


def times(log):
    """What every record says of the time; ``None`` where it does not know it."""
    return [
        a_record.time_20s if a_record.flags & wire.RECORD_TIME_SET else None
        for a_record in everything(log)
    ]


def everything(log):
    found = []
    while True:
        page = log.read(found[-1].sequence + 1 if found else 0)
        if not page:
            return found
        found += page


def all_told(log):
    return [told(a_record) for a_record in everything(log)]


def sequences(log):
    return [a_record.sequence for a_record in everything(log)]


def segments(flash):
    return sorted([name for name in flash.files if len(name) == len(FOLDER) + 9])


def check_an_empty_log_has_nothing():
    log = log_on(FaultyFlash())
    assert (log.first, log.next, log.read(0, 7), log.refused) == (0, 0, [], 0)


def check_records_come_back_as_they_were():
    for kind in KINDS:
        log = filled(log_on(FaultyFlash(kind)), 0, 30)
        assert all_told(log) == [expected(number) for number in range(30)]


def check_they_are_still_there_after_a_restart():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 30)
    log = log_on(flash)
    assert (log.first, log.next) == (0, 30)
    assert all_told(log) == [expected(number) for number in range(30)]


def check_the_outermost_values_come_back():
    low = wire.EpochRecord(0, 0, 0, -32768, -32768, -32768, -32768, 0, 0, 0, 0, 0, 0, 0)
    high = wire.EpochRecord(
        0, 0xFFFFFFFF, 0xFFFF, 18000, 18000, 18000, 9000, 65535, 100, 100, 100, 100, 255, 7
    )
    log = log_on(FaultyFlash())
    assert log.append(low)
    assert log.append(high)
    assert log.append(low)
    high.sequence, first = 1, told(low)
    low.sequence = 0
    assert all_told(log)[:2] == [told(low), told(high)]
    low.sequence = 2
    assert all_told(log)[2] == told(low) == first


def check_appending_gives_the_record_its_sequence():
    log = filled(log_on(FaultyFlash()), 0, 3)
    one = record(3)
    log.append(one)
    assert (one.sequence, log.next) == (3, 4)


def check_what_the_wire_refuses_is_refused():
    log = log_on(FaultyFlash())
    one = record(0)
    one.upright_ds = 101
    try:
        log.append(one)
    except wire.WireError:
        assert (log.next, all_told(log)) == (0, [])
        return
    raise AssertionError("kept what no page can carry")


def check_a_new_boot_is_told_apart_within_a_segment():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 3)
    log = filled(log_on(flash), 3, 3, boot=7)
    assert segments(flash) == [FOLDER + "/00000000"]
    assert all_told(log) == [expected(n, boot=BOOT if n < 3 else 7) for n in range(6)]


def check_a_pause_in_the_epochs_keeps_the_ticks_exact():
    # Off by the tick, ended early, hours later, and over the wrap of the clip's clock.
    times = (100000, 200001, 240000, 340000, 1 << 30, (1 << 32) - 5, 99995, 99996, 99996, 50)
    log = log_on(FaultyFlash())
    for number in range(len(times)):
        log.append(record(number, ticks=times[number]))
    assert [a_record.ticks for a_record in everything(log)] == list(times)
    assert sequences(log) == list(range(len(times)))


def check_the_time_comes_back():
    flash = FaultyFlash()
    timed(log_on(flash), 0, NOON_S, [0] * 30)
    assert times(log_on(flash)) == [NOON_20S + number // 2 for number in range(30)]


def check_records_from_before_the_time_was_known_do_not_tell_it():
    log = filled(log_on(FaultyFlash()), 0, 3)
    timed(log, 3, NOON_S, [0] * 3)
    assert times(log) == [None, None, None, NOON_20S + 1, NOON_20S + 2, NOON_20S + 2]
    assert sequences(log) == list(range(6))


def check_a_corrected_time_is_that_of_the_records_after_it():
    for late_s in (3, -3, 600, -600):
        flash = FaultyFlash()
        timed(log_on(flash), 0, NOON_S, [0] * 4 + [late_s] * 4)
        wanted = [NOON_S + 10 * number + (late_s if number > 3 else 0) for number in range(8)]
        assert times(log_on(flash)) == [unix_s // 20 - ERAS_20S for unix_s in wanted], late_s


def check_up_to_two_seconds_off_need_no_mark():
    flash = FaultyFlash()
    log = timed(log_on(flash), 0, NOON_S + 10, [0, 2, -2, 0, 2, -2, 0, 0, 0])
    assert len(segments(flash)) == 1
    # The mark's time counts: half a minute in whole steps from the first record on.
    assert times(log) == [NOON_20S + (number + 1) // 2 for number in range(9)]
    timed(log, 9, NOON_S, [0])
    assert len(segments(flash)) == 2


def check_a_correction_costs_one_place():
    flash = FaultyFlash()
    log = timed(log_on(flash), 0, NOON_S, [0] * 4 + [3] * 4)
    assert len(segments(flash)) == 1
    timed(log, 8, NOON_S, [3])
    assert len(segments(flash)) == 2


def check_a_time_that_is_off_little_by_little_is_told_within_three_seconds():
    # A clock that loses 0.9 s in each epoch, and whose seconds are cut: 0.9, 1.8, 2.7 ...
    log = log_on(FaultyFlash(), 20)
    true_s = [NOON_S - 9 * (number + 1) // 10 + 10 * number for number in range(60)]
    for number in range(60):
        assert log.append(record(number), true_s[number])
    told = everything(log)
    assert len(told) == 60
    for number in range(60):
        at_20s = told[number].time_20s + ERAS_20S
        assert (true_s[number] - 3) // 20 <= at_20s <= (true_s[number] + 3) // 20, number


def check_the_time_goes_with_late_epochs():
    log = log_on(FaultyFlash())
    for number, late_ticks in enumerate((0, 30000, -30000)):
        ticks = (number + 5) * 100000 + late_ticks
        assert log.append(record(number, ticks=ticks), NOON_S + ticks // 10000)
    # 50, 63 and 67 s after noon.
    assert times(log) == [NOON_20S + 2, NOON_20S + 3, NOON_20S + 3]


def check_the_time_counts_over_its_own_end():
    end_s = 1297 * 65536 * 20
    log = timed(log_on(FaultyFlash()), 0, end_s - 40, [0] * 8)
    assert times(log) == [65534, 65534, 65535, 65535, 0, 0, 1, 1]


def check_a_restart_does_not_hand_its_time_on():
    flash = FaultyFlash()
    timed(log_on(flash), 0, NOON_S, [0] * 3)
    log = filled(log_on(flash), 3, 2, boot=7)
    timed(log, 5, NOON_S + 10000, [0])
    assert times(log) == [NOON_20S, NOON_20S, NOON_20S + 1, None, None, NOON_20S + 502]


def check_after_a_restart_the_row_goes_on_where_time_and_boot_are_the_same():
    flash = FaultyFlash()
    timed(log_on(flash), 0, NOON_S, [0] * 4)
    timed(log_on(flash), 4, NOON_S, [0] * 5)
    assert len(segments(flash)) == 1
    assert times(log_on(flash)) == [NOON_20S + number // 2 for number in range(9)]


def check_a_damaged_time_is_not_told():
    flash = FaultyFlash()
    log = timed(log_on(flash), 0, NOON_S, [0] * 12)
    for at in (10, 11, 16):
        whole = bytes(flash.files[FOLDER + "/00000000"])
        flash.files[FOLDER + "/00000000"][at] ^= 1
        assert sequences(log) == [9, 10, 11]
        flash.files[FOLDER + "/00000000"][:] = whole


def check_a_late_epoch_within_three_seconds_needs_no_mark():
    flash = FaultyFlash()
    log = log_on(flash)
    for number in range(FIRST_RECORDS):
        late = (0, 32000, -32000)[number % 3]
        assert log.append(record(number, ticks=200000 * 100 + number * 100000 + late))
    assert len(segments(flash)) == 1


def check_no_more_than_a_page_is_read_at_once():
    log = filled(log_on(FaultyFlash()), 0, 30)
    assert [a_record.sequence for a_record in log.read(5, 3)] == [5, 6, 7]
    assert [a_record.sequence for a_record in log.read(5, 99)] == list(range(5, 12))
    assert [a_record.sequence for a_record in log.read(28)] == [28, 29]
    assert log.read(30) == []
    assert log.read(0xFFFFFFFF) == []


def check_the_oldest_segment_gives_its_place():
    for kind in KINDS:
        flash = FaultyFlash(kind)
        log = filled(log_on(flash, 4), 0, 100)
        # 100 records fill 11 segments and one place of the twelfth; the last four are kept.
        assert (log.first, log.next) == (72, 100)
        assert all_told(log) == [expected(number) for number in range(72, 100)]
        assert len(segments(flash)) == 4


def check_nothing_left_over_in_a_reused_segment_is_read():
    flash = FaultyFlash(FAT)
    log = filled(log_on(flash, 2), 0, 2 * FIRST_RECORDS + 1)
    assert sequences(log) == list(range(FIRST_RECORDS, 2 * FIRST_RECORDS + 1))
    assert sequences(log_on(flash, 2)) == list(range(FIRST_RECORDS, 2 * FIRST_RECORDS + 1))


def check_a_segment_renamed_but_not_begun_holds_nothing():
    flash = FaultyFlash()
    filled(log_on(flash, 2), 0, 2 * FIRST_RECORDS)
    flash.files[FOLDER + "/00000012"] = flash.files.pop(FOLDER + "/00000000")
    log = log_on(flash, 2)
    assert (log.first, log.next) == (FIRST_RECORDS, 2 * FIRST_RECORDS)
    filled(log, 18, 3)
    assert all_told(log) == [expected(number) for number in range(FIRST_RECORDS, 21)]


def check_what_the_host_has_goes_only_on_its_word():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 20)
    assert log.trim(12)
    assert (log.first, sequences(log)) == (12, list(range(12, 20)))
    assert (log_on(flash).first, sequences(log_on(flash))) == (12, list(range(12, 20)))


def check_trimming_goes_neither_back_nor_beyond_the_end():
    log = filled(log_on(FaultyFlash()), 0, 20)
    assert log.trim(12)
    assert log.trim(5)
    assert log.first == 12
    assert log.trim(0xFFFFFFFF)
    assert (log.first, log.next, log.read(0)) == (20, 20, [])
    filled(log, 20, 3)
    assert sequences(log) == [20, 21, 22]


def check_a_trim_that_changes_nothing_is_not_written():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 20)
    log.trim(12)
    before = flash.operations
    assert log.trim(12)
    assert flash.operations == before


def check_a_flash_that_cannot_remember_keeps_everything():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 20)
    flash.refusing = EIO
    assert not log.trim(12)
    assert log.first == 0


def check_trimmed_segments_are_used_before_new_ones():
    flash = FaultyFlash()
    log = log_on(flash, 40)
    for number in range(200):
        log.append(record(number))
        log.trim(number)
    assert len(flash.files) <= 4


def check_numbers_are_never_given_twice_when_the_log_itself_is_lost():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 20).trim(20)
    for name in segments(flash):
        del flash.files[name]
    log = log_on(flash)
    assert (log.first, log.next) == (20, 20)
    filled(log, 20, 2)
    assert sequences(log) == [20, 21]


def check_the_next_segment_is_prepared_ahead():
    flash = flash_for(4)
    log = filled(log_on(flash), 0, 1)
    assert log.prepare()
    assert bytes(flash.files[FOLDER + "/spare"]) == bytes(SMALL)
    before = flash.operations
    assert log.prepare()
    assert flash.operations == before


def check_a_prepared_segment_has_its_place_when_the_flash_fills_up():
    for kind, free in ((FAT, 0), ("littlefs", SMALL)):
        flash = FaultyFlash(kind, block=SMALL)
        log = filled(log_on(flash), 0, 1)
        log.prepare()
        flash.capacity = flash.used() + free
        filled(log, 1, 2 * FIRST_RECORDS - 1)
        assert sequences(log) == list(range(2 * FIRST_RECORDS))


def check_a_flash_with_little_room_keeps_fewer_segments_and_leaves_the_reserve():
    flash = flash_for(3)
    log = filled(log_on(flash, 40), 0, 100)
    assert len(segments(flash)) == 3
    assert (log.next, log.refused) == (100, 0)
    assert flash.capacity - flash.used() >= RESERVE_BYTES


def check_a_full_flash_is_told_and_tried_anew():
    flash = flash_for(0)
    log = log_on(flash)
    assert not log.prepare()
    assert [log.append(record(0)), log.append(record(0))] == [False, False]
    assert (log.refused, log.next) == (2, 0)
    flash.capacity += 2 * SMALL
    filled(log, 0, 5)
    assert sequences(log) == [0, 1, 2, 3, 4]


def check_one_segment_is_better_than_none():
    log = filled(log_on(flash_for(1)), 0, FIRST_RECORDS + 2)
    assert sequences(log) == [FIRST_RECORDS, FIRST_RECORDS + 1]


def check_the_only_segment_lost_while_it_was_turned_takes_no_numbers_back():
    flash = flash_for(1)
    filled(log_on(flash), 0, FIRST_RECORDS)
    flash.files[FOLDER + "/00000009"] = flash.files.pop(FOLDER + "/00000000")
    log = filled(log_on(flash), FIRST_RECORDS, 1)
    assert sequences(log) == [FIRST_RECORDS]


def check_a_flash_that_fails_for_a_moment_does_not_cost_the_oldest():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 2 * FIRST_RECORDS)
    # Asking for room, opening the spare segment, writing it.
    writing = flash.operations + 3
    flash.refusing = EIO
    flash.refused = lambda number: number == writing
    assert not log.append(record(18))
    filled(log, 18, 1)
    assert sequences(log) == list(range(19))


def check_a_crowded_flash_is_asked_once_a_segment():
    flash = flash_for(2)
    log = filled(log_on(flash), 0, FIRST_RECORDS + 1)
    assert not log.prepare()
    before = flash.operations
    assert not log.prepare()
    assert flash.operations == before
    assert log.trim(3)
    flash.capacity += 2 * SMALL
    assert log.prepare()


def check_a_record_refused_is_the_next_one_again():
    for error in (EIO, ENOSPC):
        for kind in KINDS:
            flash = FaultyFlash(kind)
            log = filled(log_on(flash), 0, 3)
            flash.refusing = error
            assert not log.append(record(3))
            flash.refusing = 0
            assert log.append(record(4))
            log = log_on(flash)
            assert all_told(log) == [expected(n) for n in range(3)] + [expected(4, sequence=3)]


def check_a_damaged_record_is_a_hole():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, FIRST_RECORDS + 3)
    flash.files[FOLDER + "/00000000"][5 * CELL_BYTES + 3] ^= 1
    wanted = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert sequences(log) == wanted
    assert [a_record.sequence for a_record in log.read(4, 3)] == [5, 6, 7]


def check_a_damaged_record_in_the_newest_segment_does_not_end_the_log():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 6)
    flash.files[FOLDER + "/00000000"][3 * CELL_BYTES] ^= 1
    log = filled(log_on(flash), 6, 1)
    assert sequences(log) == [0, 1, 3, 4, 5, 6]


def check_a_segment_whose_first_mark_is_damaged_is_a_hole():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 3 * FIRST_RECORDS)
    flash.files[FOLDER + "/00000009"][0] ^= 1
    assert sequences(log) == list(range(9)) + list(range(18, 27))


def check_a_segment_under_another_ones_name_is_a_hole():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 3 * FIRST_RECORDS)
    flash.files[FOLDER + "/00000009"] = flash.files[FOLDER + "/00000000"][:]
    assert sequences(log) == list(range(9)) + list(range(18, 27))


def check_a_segment_that_cannot_be_read_is_not_written_over():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 3)
    whole = bytes(flash.files[FOLDER + "/00000000"])
    opened = flash.opened
    # The third file that it opens is the segment.
    flash.refusing = EIO
    flash.refused = lambda number: bool(number) and flash.opened == opened + 3
    log = log_on(flash)
    flash.refusing = 0
    assert log.append(record(50))
    assert bytes(flash.files[FOLDER + "/00000000"]) == whole
    assert sequences(log_on(flash)) == [0, 1, 2, 10]


def check_a_folder_that_cannot_be_listed_is_not_taken_for_empty():
    flash = FaultyFlash()
    filled(log_on(flash), 0, 3)
    flash.refusing = EIO
    log = log_on(flash)
    assert not log.append(record(3))
    flash.refusing = 0
    assert log.append(record(3))
    assert all_told(log) == [expected(number) for number in range(4)]


def check_a_segment_somebody_deleted_does_not_stop_the_log():
    flash = FaultyFlash()
    log = filled(log_on(flash), 0, 3)
    del flash.files[FOLDER + "/00000000"]
    assert not log.append(record(3))
    assert log.append(record(3))
    assert sequences(log) == [3]


def check_strange_files_are_left_alone():
    flash = FaultyFlash()
    strange = (FOLDER + "/readme", FOLDER + "/0000000g", FOLDER + "/ffffffff", FOLDER + "/1")
    for name in strange:
        flash.files[name] = bytearray(b"?")
    log = filled(log_on(flash), 0, 20)
    assert sequences(log) == list(range(20))
    assert [bytes(flash.files[name]) for name in strange] == [b"?"] * 4


def check_opening_a_full_log_reads_one_segment_only():
    flash = FaultyFlash()
    filled(log_on(flash, 40), 0, 300)
    before, opened = flash.bytes_read, flash.opened
    log_on(flash, 40)
    # The file of what the host has, and the newest segment: its 200 bytes.
    assert (flash.bytes_read - before, flash.opened - opened) == (SMALL, 3)


def check_a_page_opens_no_more_segments_than_it_touches():
    flash = FaultyFlash()
    log = filled(log_on(flash, 40), 0, 300)
    opened = flash.opened
    assert len(log.read(140, 7)) == 7
    assert flash.opened - opened == 2


def check_two_weeks_of_worn_hours_fit_the_boards_flash():
    # MicroPython gives a 4 MiB board what its application's partition leaves: 0x200000 bytes in
    # 1.28 and 1.29 (ports/esp32/partitions-4MiBplus.csv, main.c).  Less 64 kB, should that grow:
    blocks = 0x1F0000 // SEGMENT_BYTES
    records = 14 * 16 * 3600 // wire.EPOCH_S
    marks = 14 * 40  # restarts and pauses
    needed = -(-(records + marks) // (SEGMENT_BYTES // CELL_BYTES - 1)) + 1
    assert needed <= MOST_SEGMENTS
    # littlefs 2.11 takes 2 blocks for the root and pairs of blocks for a folder's entries: for
    # this log 32, measured with MicroPython's own (on_littlefs.py).  The program, compiled, takes
    # 47; bonds, settings, what the host has and boot.py a block each at most.
    littlefs, program, others = 2 + 32, 47, 4
    left = blocks - MOST_SEGMENTS - littlefs - program - others
    assert left * SEGMENT_BYTES >= RESERVE_BYTES


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
