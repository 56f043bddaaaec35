"""Commands in, replies out, on a clip that only writes down what it is told; on both Pythons."""

from clip_firmware.control import Control
from midback.shared import wire

ARGUMENTS = {
    wire.OP_START: ("start_stream", (1, 4000, 5)),
    wire.OP_STOP: ("stop_stream", ()),
    wire.OP_BUZZ: ("buzz", (1, 2, 80)),
    wire.OP_HEARTBEAT: ("heartbeat", (30,)),
    wire.OP_ACKNOWLEDGE: ("acknowledge", (77, 65535)),
    wire.OP_RESEND: ("resend", (77, 65535, 600)),
    wire.OP_SET_TIME: ("set_time", (1 << 46,)),
    wire.OP_ZERO_GYRO: ("zero_gyro", ()),
    wire.OP_SET_NEUTRAL: ("set_neutral", (0, 0, 32767, 0, -32767, 0)),
    wire.OP_SET_SLUMP: ("set_slump", (1000, 700, 0, 0, 300, 20)),
    wire.OP_SNOOZE: ("snooze", (65535,)),
    wire.OP_LOG_READ: ("read_log", (0xFFFFFFFF, 32)),
    wire.OP_LOG_TRIM: ("trim_log", (0xFFFFFFFF,)),
    wire.OP_IDENTIFY: ("identify", ()),
    wire.OP_RESTART: ("ask_restart", ()),
    wire.OP_ALONE: ("set_alone", (1,)),
}


class Told:
    """One of the clip's methods."""

    def __init__(self, clip, name, answer):
        self.clip = clip
        self.name = name
        self.answer = answer

    def __call__(self, *args):
        self.clip.calls.append((self.name, args))
        return self.answer


class FakeClip:
    """Its answer to everything is *result*; ``resend`` answers ``kept``."""

    def __init__(self, result=wire.OK, kept=None):
        self.calls = []
        self.looks = 0
        for name, _ in ARGUMENTS.values():
            setattr(self, name, Told(self, name, kept if name == "resend" else result))

    def watch_link(self):
        self.looks += 1


def bench(result=wire.OK, kept=None):
    clip = FakeClip(result, kept)
    return clip, Control(clip)  # pyright: ignore[reportArgumentType]


def refused(payload):
    """The reply to what is no command; nothing must have been done."""
    clip, control = bench()
    reply = wire.decode_reply(control.answer(payload))
    assert clip.calls == []
    return (reply.op, reply.tag, reply.result)


def check_every_command_of_the_protocol_reaches_the_clip_with_its_arguments():
    assert sorted(ARGUMENTS) == sorted(wire.COMMANDS)
    for op in sorted(ARGUMENTS):
        name, args = ARGUMENTS[op]
        clip, control = bench()
        control.answer(wire.encode_command(op, 1, *args))
        assert clip.calls == [(name, args)]


def check_the_reply_repeats_op_and_tag_and_tells_the_result():
    for result in (wire.OK, wire.BAD_ARGUMENT, wire.BUSY, wire.REFUSED, wire.STORAGE):
        _, control = bench(result)
        assert control.answer(b"\x01\x0e\xab") == bytes((1, 0x8E, 0xAB, result))


def check_the_reply_to_a_request_for_packets_tells_which_are_kept():
    _, control = bench(kept=(65534, 5))
    asked = wire.encode_command(wire.OP_RESEND, 0xAB, 77, 65535, 600)
    assert control.answer(asked) == b"\x01\x86\xab\x00\xfe\xff\x05\x00"


def check_a_request_for_another_boots_packets_is_refused():
    _, control = bench(kept=None)
    asked = wire.encode_command(wire.OP_RESEND, 0xAB, 77, 65535, 600)
    assert control.answer(asked) == bytes((1, 0x86, 0xAB, wire.REFUSED))


def check_an_unknown_command_is_bad():
    assert refused(b"\x01\x11\x05") == (0x11, 5, wire.BAD_COMMAND)
    assert refused(b"\x01\xff\x05") == (0x7F, 5, wire.BAD_COMMAND)


def check_another_version_is_bad():
    assert refused(b"\x02\x0e\x05") == (0x0E, 5, wire.BAD_COMMAND)


def check_a_command_of_another_length_is_bad():
    assert refused(b"\x01\x0e\x05\x00") == (0x0E, 5, wire.BAD_COMMAND)
    assert refused(b"\x01\x04\x05") == (0x04, 5, wire.BAD_COMMAND)


def check_an_argument_out_of_range_is_a_bad_argument():
    assert refused(b"\x01\x04\x05\x00") == (0x04, 5, wire.BAD_ARGUMENT)
    assert refused(b"\x01\x10\x05\x02") == (0x10, 5, wire.BAD_ARGUMENT)


def check_next_to_nothing_is_answered_too():
    assert refused(b"") == (0, 0, wire.BAD_COMMAND)
    assert refused(b"\x01") == (0, 0, wire.BAD_COMMAND)
    assert refused(b"\x01\x0e") == (0x0E, 0, wire.BAD_COMMAND)


def check_before_each_command_the_clip_sees_whose_link_it_is():
    clip, control = bench()
    control.answer(b"\x01\x0e\x01")
    control.answer(b"\x01\x0f\x02")
    assert clip.looks == 2


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
