"""A flash in memory that breaks on request; runs on CPython and on MicroPython.

Two kinds.  ``littlefs``: of a file that is written nothing is found after a power cut until it is
flushed or closed, then all of it; renaming replaces.  ``fat``: every byte is found at once;
renaming onto a file that is there fails.

Every change of what a power cut would leave is a step; ``before_step`` is called ahead of each,
so a test can look at ``files`` as they would be found.  Every call into the flash is an operation,
numbered from 1 on; those that are ``refused`` fail with the error number ``refusing``, which are
all of them unless a test says otherwise.
"""

EIO = 5
ENOENT = 2
EEXIST = 17
EISDIR = 21
ENOSPC = 28

LITTLEFS = "littlefs"
FAT = "fat"
KINDS = (LITTLEFS, FAT)


def refusal(error):
    # CPython takes the number for one only when a text follows it.
    return OSError(error, "flash")


def no_step():
    pass


def every(number):
    return number > 0


class FaultyFlash:
    def __init__(self, kind=LITTLEFS, capacity=1 << 30, block=4096, files=None):
        self.kind = kind
        self.capacity = capacity
        self.block = block
        self.files = {} if files is None else {name: bytearray(files[name]) for name in files}
        self.folders = {}
        self.before_step = no_step
        self.refusing = 0
        self.refused = every
        self.operations = 0
        self.bytes_read = 0
        self.opened = 0

    def operate(self):
        self.operations += 1
        if self.refusing and self.refused(self.operations):
            raise refusal(self.refusing)

    def used(self):
        return sum([-(-len(self.files[name]) // self.block) * self.block for name in self.files])

    def need(self, size):
        if self.used() + size > self.capacity:
            raise refusal(ENOSPC)

    def found(self, path):
        if path not in self.files:
            raise refusal(ENOENT)

    def ilistdir(self, path):
        self.operate()
        start = path + "/"
        names = [name[len(start) :] for name in self.files if name.startswith(start)]
        return iter([(name, 0x8000, 0, len(self.files[start + name])) for name in names])

    def mkdir(self, path):
        self.operate()
        if path in self.folders or path in self.files:
            raise refusal(EEXIST)
        self.folders[path] = True

    def no_folder(self, path):
        if path in self.folders:
            raise refusal(EISDIR)

    def stat(self, path):
        self.operate()
        self.found(path)
        return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)

    def statvfs(self, _):
        self.operate()
        free = (self.capacity - self.used()) // self.block
        return (self.block, self.block, self.capacity // self.block, free, free, 0, 0, 0, 0, 255)

    def remove(self, path):
        self.operate()
        self.found(path)
        self.before_step()
        del self.files[path]

    def rename(self, old, new):
        self.operate()
        self.found(old)
        self.no_folder(new)
        if new in self.files and self.kind == FAT:
            raise refusal(EEXIST)
        self.before_step()
        self.files[new] = self.files.pop(old)

    def open(self, path, mode):
        self.operate()
        self.no_folder(path)
        self.opened += 1
        if mode != "wb":
            self.found(path)
        elif self.kind == FAT or path not in self.files:
            # A new file's name is there at once, on littlefs too; its content is not.
            self.before_step()
            self.files[path] = bytearray()
        return _File(self, path, mode)


class _File:
    def __init__(self, flash, path, mode):
        self.flash = flash
        self.path = path
        self.at = 0
        self.changed = mode == "wb"
        self.broken = self.closed = False
        if flash.kind == FAT:
            self.content = flash.files[path]
        else:
            self.content = bytearray() if mode == "wb" else bytearray(flash.files[path])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def seek(self, at):
        self.at = at

    def read(self, size):
        self.flash.operate()
        found = bytes(self.content[self.at : self.at + size])
        self.at += len(found)
        self.flash.bytes_read += len(found)
        return found

    def readinto(self, buffer):
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def write(self, data):
        data = bytes(data)
        try:
            self.flash.operate()
            if self.flash.kind == FAT:
                self.flash.need(max(self.at + len(data) - len(self.content), 0))
        except OSError:
            self.put(data[: len(data) // 2])
            self.broken = True
            raise
        self.put(data)
        return len(data)

    def put(self, data):
        """On FAT the bytes land one by one; on littlefs they wait."""
        self.changed = True
        while len(self.content) < self.at:
            self.content.append(0)
        for byte in data:
            if self.flash.kind == FAT:
                self.flash.before_step()
            if self.at == len(self.content):
                self.content.append(byte)
            else:
                self.content[self.at] = byte
            self.at += 1

    def flush(self):
        self.flash.operate()
        self.commit()

    def close(self):
        if self.closed:
            return
        self.closed = True
        self.flash.operate()
        self.commit()

    def commit(self):
        """littlefs: an error before leaves the file as it was, and a rewrite needs room first."""
        if self.flash.kind == FAT or self.broken or not self.changed:
            return
        self.flash.need(len(self.content))
        self.flash.before_step()
        self.flash.files[self.path] = bytearray(self.content)
        self.changed = False
