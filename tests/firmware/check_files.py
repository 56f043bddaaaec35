"""Small files: what was saved comes back whole, or not at all; on CPython and on MicroPython."""

from faulty_flash import EIO, FAT, KINDS, FaultyFlash

from clip_firmware.files import MOST_BYTES, Files

PATH = "/clip/name"


def files_on(flash):
    return Files("/clip", flash, flash.open)


def check_what_was_saved_comes_back():
    for kind in KINDS:
        files = files_on(FaultyFlash(kind))
        assert files.save("name", 3, b"one")
        assert files.save("name", 3, b"another")
        assert (files.load("name", 3), files.damaged) == (b"another", False)


def check_the_bytes_of_a_file():
    # Magic, version 3, length 2, CRC32 of all of these and the body, the body.
    flash = FaultyFlash()
    files_on(flash).save("name", 3, b"hi")
    assert bytes(flash.files[PATH]) == b"mb\x03\x00\x02\x00" + b"\xb9\xb52\x87" + b"hi"


def check_an_empty_body_is_a_file_too():
    files = files_on(FaultyFlash())
    files.save("name", 1, b"")
    assert (files.load("name", 1), files.damaged) == (b"", False)


def check_a_missing_file_is_not_a_damaged_one():
    files = files_on(FaultyFlash())
    assert (files.load("name", 1), files.damaged) == (None, False)


def check_another_version_is_not_read_and_not_touched():
    flash = FaultyFlash()
    files_on(flash).save("name", 2, b"from the future")
    before = bytes(flash.files[PATH])
    files = files_on(flash)
    assert (files.load("name", 1), files.damaged) == (None, True)
    assert bytes(flash.files[PATH]) == before


def check_every_flipped_bit_is_noticed():
    flash = FaultyFlash()
    files = files_on(flash)
    files.save("name", 1, b"body")
    for bit in range(8 * len(flash.files[PATH])):
        flash.files[PATH][bit // 8] ^= 1 << bit % 8
        assert (files.load("name", 1), files.damaged) == (None, True), bit
        flash.files[PATH][bit // 8] ^= 1 << bit % 8


def check_a_file_cut_short_is_noticed():
    flash = FaultyFlash()
    files = files_on(flash)
    files.save("name", 1, b"body")
    whole = bytes(flash.files[PATH])
    for size in range(len(whole)):
        flash.files[PATH] = bytearray(whole[:size])
        assert (files.load("name", 1), files.damaged) == (None, True), size


def check_between_removing_and_renaming_the_new_file_counts():
    flash = FaultyFlash(FAT)
    files = files_on(flash)
    files.save("name", 1, b"body")
    flash.files[PATH + ".new"] = flash.files.pop(PATH)
    assert (files.load("name", 1), files.damaged) == (b"body", False)


def check_a_new_file_cut_short_leaves_the_old_one():
    flash = FaultyFlash(FAT)
    files = files_on(flash)
    files.save("name", 1, b"body")
    flash.files[PATH + ".new"] = flash.files[PATH][:7]
    assert (files.load("name", 1), files.damaged) == (b"body", False)


def check_a_first_file_cut_short_was_never_there():
    flash = FaultyFlash(FAT)
    flash.files[PATH + ".new"] = bytearray(b"mb")
    files = files_on(flash)
    assert (files.load("name", 1), files.damaged) == (None, False)


def check_a_removed_file_does_not_come_back():
    flash = FaultyFlash(FAT)
    files = files_on(flash)
    files.save("name", 1, b"body")
    flash.files[PATH + ".new"] = flash.files[PATH][:]
    assert files.remove("name")
    assert (files.load("name", 1), files.damaged) == (None, False)
    assert files.remove("name")


def check_a_flash_that_refuses_is_told_not_raised():
    flash = FaultyFlash()
    files = files_on(flash)
    files.save("name", 1, b"old")
    flash.refusing = EIO
    assert not files.save("name", 1, b"new")
    assert not files.remove("name")
    assert (files.load("name", 1), files.damaged) == (None, True)
    flash.refusing = 0
    assert files.load("name", 1) == b"old"


def check_what_is_too_long_is_refused():
    try:
        files_on(FaultyFlash()).save("name", 1, bytes(MOST_BYTES + 1))
    except ValueError:
        return
    raise AssertionError("a file of any length")


def check_a_length_out_of_all_bounds_asks_for_no_memory():
    flash = FaultyFlash()
    files = files_on(flash)
    flash.files[PATH] = bytearray(b"mb\x01\x00\xff\xff\x00\x00\x00\x00")
    assert (files.load("name", 1), files.damaged) == (None, True)
    assert flash.bytes_read == 10


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
