"""A simulated clip answers as the firmware does: the same commands to both, at the same times.

A timeline is a list of (seconds that pass first, op, arguments).  A boot id of ``OWN`` stands for
the clip's own, ``OTHER`` for any other.
"""

from collections.abc import Sequence

import pytest
from fake_clip import BOOT, Bench

from midback.shared import wire
from midback.simulated import Activity, SimulatedClip, Wearer, plan_of

OWN, OTHER = -1, -2
DEFAULT = (wire.KIND_ORIENTATION, 4000, 5)

Timeline = Sequence[tuple[int, int, tuple[int, ...]]]


class Firmware:
    """The firmware's clip, on a bench."""

    boot = BOOT

    def __init__(self):
        self._bench = Bench().linked()

    def link(self, up: bool):
        if up:
            self._bench.linked()
        else:
            self._bench.radio.unlink()

    def run(self, seconds: int):
        self._bench.run(seconds)

    def answer(self, op: int, *args: int) -> wire.Reply:
        return self._bench.reply(op, *args)

    def status(self) -> wire.Status:
        self._bench.clip.second(False, False)
        return self._bench.status()


class Simulated:
    """The simulated clip, on somebody who sits."""

    def __init__(self):
        self._clip = SimulatedClip(Wearer(plan_of([(Activity.TYPING, 60)]), seed=1), seed=1)
        self._clip.link_up()

    @property
    def boot(self) -> int:
        return self._clip.boot

    def link(self, up: bool):
        if up:
            self._clip.link_up()
        else:
            self._clip.link_down()

    def run(self, seconds: int):
        self._clip.advance(self._clip.now_s + seconds)

    def answer(self, op: int, *args: int) -> wire.Reply:
        command = wire.encode_command(op, 7, *args)
        return wire.decode_reply(self._clip.write(command, self._clip.now_s)[0].payload)

    def status(self) -> wire.Status:
        return wire.decode_status(self._clip.read(wire.STATUS_UUID) or b"")


BOTH = pytest.mark.parametrize("make", [Firmware, Simulated])


def answers(clip: Firmware | Simulated, timeline: Timeline) -> list[tuple[int, bytes]]:
    """Result and data of every reply."""
    boots = {OWN: clip.boot, OTHER: clip.boot ^ 1}
    replies: list[tuple[int, bytes]] = []
    for seconds, op, args in timeline:
        clip.run(seconds)
        reply = clip.answer(op, *(boots.get(arg, arg) for arg in args))
        replies.append((reply.result, reply.data))
    return replies


def kept(first: int, count: int) -> tuple[int, bytes]:
    return wire.OK, wire.encode_kept(first, count)


@BOTH
def test_the_host_is_told_which_packets_are_kept(make: type[Firmware | Simulated]):
    timeline: Timeline = [
        (0, wire.OP_START, DEFAULT),
        (2, wire.OP_RESEND, (OWN, 0, 7)),
        (0, wire.OP_ACKNOWLEDGE, (OWN, 4)),
        (0, wire.OP_RESEND, (OWN, 0, 5)),
        (0, wire.OP_RESEND, (OWN, 0, 7)),
        (0, wire.OP_RESEND, (OWN, 100, 7)),
        (0, wire.OP_RESEND, (OTHER, 0, 7)),
    ]
    ok, refused = (wire.OK, b""), (wire.REFUSED, b"")
    told = [ok, kept(0, 7), ok, kept(0, 0), kept(5, 2), kept(100, 0), refused]
    assert answers(make(), timeline) == told


@BOTH
def test_packets_of_a_time_without_a_link_are_kept_in_the_same_row(
    make: type[Firmware | Simulated],
):
    clip = make()
    answers(clip, [(0, wire.OP_START, DEFAULT), (1, wire.OP_ACKNOWLEDGE, (OWN, 2))])
    clip.link(up=False)
    clip.run(1)
    clip.link(up=True)
    timeline = [(0, wire.OP_START, DEFAULT), (1, wire.OP_RESEND, (OWN, 0, 12))]
    assert answers(clip, timeline) == [(wire.OK, b""), kept(3, 9)]
