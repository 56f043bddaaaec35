# type: ignore  # MicroPython's modules, not CPython's
"""The attribute database behind ``bluetooth``: buffers that truncate, handles as in NimBLE.

Behaviour as in extmod/modbluetooth.c and extmod/nimble/modbluetooth_nimble.c.
"""

_NOTIFIES = 0x0030  # notify or indicate: NimBLE adds a CCCD, which takes a handle
_FIRST_HANDLE = 16  # after the Generic Access and Generic Attribute services
_DEFAULT_BYTES = 20  # MP_BLUETOOTH_DEFAULT_ATTR_LEN
_EINVAL = 22


class _Entry:
    def __init__(self):
        self.data = b""
        self.room = _DEFAULT_BYTES
        self.append = False


class Database:
    """Values by handle; a host's write that does not fit is cut, and nobody is told."""

    def __init__(self):
        self._entries = {}

    def __contains__(self, handle):
        return handle in self._entries

    def register(self, services):
        """Lay out *services*; return the handles the firmware gets and a table for the host."""
        self._entries = {}
        table, given = [], []
        handle = _FIRST_HANDLE
        for uuid, characteristics in services:
            rows, values = [], []
            for characteristic in characteristics:
                handle = self._add(handle, characteristic, rows, values)
            table.append((bytes(uuid).hex(), rows))
            given.append(tuple(values))
            handle += 1
        return tuple(given), table

    def _add(self, handle, characteristic, rows, values):
        uuid, flags = characteristic[0], characteristic[1]
        handle += 2  # the declaration, then the value
        value = handle
        values.append(self._new(value))
        if flags & _NOTIFIES:
            handle += 1
        descriptors = []
        for uuid2, flags2 in characteristic[2] if len(characteristic) > 2 else ():
            handle += 1
            values.append(self._new(handle))
            descriptors.append((bytes(uuid2).hex(), flags2, handle))
        rows.append((bytes(uuid).hex(), flags, value, descriptors))
        return handle

    def _new(self, handle):
        self._entries[handle] = _Entry()
        return handle

    def _entry(self, handle):
        entry = self._entries.get(handle)
        if entry is None:
            raise OSError(_EINVAL)
        return entry

    def read(self, handle):
        """What the firmware reads: nothing for a handle nobody has; an append buffer empties."""
        entry = self._entries.get(handle)
        if entry is None:
            return b""
        data = entry.data
        if entry.append:
            entry.data = b""
        return data

    def peek(self, handle):
        """What a host reads."""
        return self._entry(handle).data

    def write(self, handle, data):
        """The firmware's write: the buffer grows as needed."""
        entry = self._entry(handle)
        entry.data = bytes(data)
        entry.room = max(entry.room, len(entry.data))
        return len(entry.data)

    def take(self, handle, data):
        """A host's write: the buffer does not grow."""
        entry = self._entry(handle)
        before = entry.data if entry.append else b""
        entry.data = (before + data)[: entry.room]

    def resize(self, handle, room, append):
        entry = self._entry(handle)
        entry.data, entry.room, entry.append = b"", room, append
