"""The log on MicroPython's own littlefs, in memory: run by ``test_power_cuts.py``.

``cuts``: the power fails in the middle of every single program of the flash, and what is promised
is there.  ``capacity``: two weeks of segments fit beside the program; prints what is left.
``full``: starts are counted on a flash that has no room for one byte more.
"""

import sys

from clip_firmware.boots import MOST_FAILED, Boots
from clip_firmware.files import Files
from clip_firmware.log import MOST_SEGMENTS, RESERVE_BYTES, Log
from clip_firmware.segment import CELL_BYTES, SEGMENT_BYTES, Cells
from clip_firmware.settings import Settings
from midback.shared import wire

# Not as CPython knows them.
os = __import__("os")
vfs = __import__("vfs")

ERASED = b"\xff"
PROGRAM_FILES = 47
"""Files of one block that stand for the compiled program."""


def pass_by(at, buffer):
    del at, buffer


class Flash:
    """NOR flash: programs within a block, erases whole blocks; counts what is done."""

    def __init__(self, content, block):
        self.content = content
        self.block = block
        self.before_program = pass_by
        self.reads = self.programs = self.erases = 0

    def readblocks(self, number, buffer, offset=0):
        self.reads += 1
        at = number * self.block + offset
        buffer[:] = self.content[at : at + len(buffer)]

    def writeblocks(self, number, buffer, offset=0):
        self.programs += 1
        at = number * self.block + offset
        self.before_program(at, buffer)
        self.content[at : at + len(buffer)] = buffer

    def ioctl(self, what, argument):
        if what == 4:
            return len(self.content) // self.block
        if what == 5:
            return self.block
        if what == 6:
            self.erases += 1
            for at in range(argument * self.block, (argument + 1) * self.block):
                self.content[at] = 0xFF
        return 0


class Roomy:
    """The board's ``os`` on a flash smaller than what the log leaves free."""

    def __init__(self):
        self.ilistdir, self.mkdir, self.remove = os.ilistdir, os.mkdir, os.remove
        self.rename, self.stat = os.rename, os.stat

    def statvfs(self, path):
        block = os.statvfs(path)[0]
        return (block, block, 0, 2 * RESERVE_BYTES // block, 0, 0, 0, 0, 0, 255)


def record(number, boot=7):
    return wire.EpochRecord(0, number * 100000, boot, number, -5, 9, 0, 3, 90, 0, 1, 9, 0, 4)


def told(one):
    return (one.sequence, one.ticks, one.boot, one.mean_cdeg, one.flags, one.time_20s)


class Cuts:
    """Plays a scenario on one flash, and looks at a copy as a cut would leave it."""

    def __init__(self):
        self.flash = Flash(bytearray(ERASED * (64 * 512)), 512)
        self.copy = bytearray(len(self.flash.content))
        self.kept = []
        self.gone = self.chosen = self.cuts = 0
        vfs.VfsLfs2.mkfs(self.flash)
        vfs.mount(vfs.VfsLfs2(self.flash), "/flash")
        self.files, self.log = self.opened("/flash")
        self.settings = Settings()
        self.flash.before_program = self.cut

    def opened(self, root):
        files = Files(root + "/clip", Roomy(), open)
        log = Log(root + "/clip/log", Roomy(), open, files, 3, 200)
        log.open()
        return files, log

    def cut(self, at, buffer):
        half = len(buffer) // 2
        self.copy[:] = self.flash.content
        self.copy[at : at + half] = buffer[:half]
        vfs.mount(vfs.VfsLfs2(Flash(self.copy, self.flash.block)), "/cut")
        files, log = self.opened("/cut")
        self.look(files, log)
        assert log.append(record(500))
        vfs.umount("/cut")
        self.cuts += 1

    def look(self, files, log):
        found = []
        while True:
            page = log.read(found[-1][0] + 1 if found else 0)
            if not page:
                break
            found += [told(one) for one in page]
        # Two of the three segments are full and kept; the third may be given up just now.
        due = self.kept[max(self.gone, len(self.kept) - 10) :]
        assert [one for one in due if one not in found] == []
        assert len([one for one in found if one not in self.kept]) <= 1
        settings = Settings.load(files)
        assert not settings.lost
        assert settings.name in (f"clip {self.chosen}", f"clip {self.chosen + 1}", "Midback")

    def play(self):
        for number in range(40):
            one = record(number, 7 + number // 25)
            # Known from the tenth on, corrected by a minute at the twentieth.
            unix_s = 1_700_000_000 + 10 * number + 60 * (number // 20)
            assert self.log.append(one, unix_s if number >= 10 else None)
            self.kept.append(told(one))
            if number % 12 == 5:
                self.settings.name = f"clip {self.chosen + 1}"
                assert self.settings.save(self.files)
                self.chosen += 1
            if number % 15 == 14:
                self.log.prepare()
                self.gone = number - 4
                assert self.log.trim(self.gone)
        return f"{self.cuts} cuts"


def put(path, content):
    with open(path, "wb") as file:  # noqa: PTH123 - the board has no pathlib
        file.write(content)


def segment(first):
    """One with nothing but its mark."""
    one, cells = record(0), Cells()
    one.sequence = first
    cells.put_mark(one, 0, None)
    return bytes(cells.cell) + bytes(SEGMENT_BYTES - CELL_BYTES)


def capacity(blocks):
    flash = Flash(bytearray(ERASED * (blocks * 4096)), 4096)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    for number in range(PROGRAM_FILES):
        put(f"/flash/program_{number}.mpy", bytes(4096))
    files = Files("/flash/clip", os, open)
    Settings().save(files)
    files.save("bonds", 1, bytes(2000))
    os.mkdir("/flash/clip/log")
    for number in range(MOST_SEGMENTS):
        first = number * (SEGMENT_BYTES // CELL_BYTES - 1)
        put(f"/flash/clip/log/{first:08x}", segment(first))
    left = os.statvfs("/flash")[3]
    log = Log("/flash/clip/log", os, open, files)
    before = flash.reads
    log.open()
    opening = flash.reads - before
    assert log.first == 0
    assert log.append(record(0))
    before = (flash.programs, flash.erases)
    assert log.append(record(1))
    programs, erases = flash.programs - before[0], flash.erases - before[1]
    return f"{left} blocks left, {opening} reads to open, {programs} programs, {erases} erases"


def fill(size):
    """Files of this size until there is no room for another."""
    try:
        for number in range(10000):
            put(f"/flash/filler_{size}_{number}", bytes(size))
    except OSError:
        return
    raise AssertionError("a flash without an end")


def start():
    """A start of a program that then fails; whether it is in safe mode."""
    return Boots(Files("/flash/clip", os, open), os.urandom).begin(True)


def full(blocks):
    flash = Flash(bytearray(ERASED * (blocks * 4096)), 4096)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/flash")
    files = Files("/flash/clip", os, open)
    first = Boots(files, os.urandom)
    first.begin(True)
    first.good()
    for size in (4096, 512, 1):
        fill(size)
    assert not files.save("bonds", 1, bytes(2000))
    safe = [start() for _ in range(MOST_FAILED + 1)]
    # littlefs moves a block of its own accord after a hundred changes, if it can.
    later = [start() for _ in range(400)]
    return f"{safe.index(True)} failed starts, {later.count(True)} of 400 later"


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    blocks = [int(argument) for argument in arguments]
    print({"cuts": lambda: Cuts().play(), "capacity": capacity, "full": full}[what](*blocks))
