"""The batch; runs on CPython and on MicroPython."""

from clip_firmware.samples import CAPACITY, Batch


def check_a_new_batch_is_empty_and_has_room_for_all_it_may_hold():
    batch = Batch()
    assert (batch.count, batch.lost, batch.shaken) == (0, False, False)
    assert len(batch.acc) == len(batch.rate) == 3 * CAPACITY
    assert len(batch.quat) == 4 * CAPACITY


def check_its_numbers_are_those_of_the_wire():
    batch = Batch()
    batch.acc[0], batch.quat[0] = -32768, 32767
    assert (batch.acc[0], batch.quat[0]) == (-32768, 32767)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
