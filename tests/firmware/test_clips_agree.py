"""A simulated clip answers as the firmware does: the same commands to both, at the same times.

A timeline is a list of (seconds that pass first, op, arguments).  A boot id of ``OWN`` stands for
the clip's own, ``OTHER`` for any other.
"""

from collections.abc import Sequence

import pytest
from fake_clip import BOOT, QUICK, STRAIGHT, Bench

from midback.shared import wire
from midback.simulated import Activity, SimulatedClip, Wearer, plan_of

OWN, OTHER = -1, -2
EMPTY = (0,) * 6
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
def test_while_the_wearer_rests_no_nudge_is_given_and_all_else_is(
    make: type[Firmware | Simulated],
):
    nudge, strong = (wire.PATTERN_NUDGE, 1, 80), (wire.PATTERN_STRONG, 1, 80)
    timeline: Timeline = [
        (0, wire.OP_SNOOZE, (60,)),
        (1, wire.OP_BUZZ, nudge),
        (1, wire.OP_BUZZ, strong),
        (1, wire.OP_BUZZ, (wire.PATTERN_TICK, 1, 80)),
        (1, wire.OP_BUZZ, (wire.PATTERN_LONG, 1, 80)),
        (1, wire.OP_IDENTIFY, ()),
        (55, wire.OP_BUZZ, nudge),
        (1, wire.OP_SNOOZE, (60,)),
        (0, wire.OP_BUZZ, strong),
        (0, wire.OP_SNOOZE, (0,)),
        (0, wire.OP_BUZZ, strong),
    ]
    ok, refused = wire.OK, wire.REFUSED
    results = [result for result, _ in answers(make(), timeline)]
    assert results == [ok, refused, refused, ok, ok, ok, ok, ok, refused, ok, ok]


@BOTH
def test_the_status_tells_how_long_ago_the_last_nudge_was(make: type[Firmware | Simulated]):
    clip = make()
    nudges = [(0, wire.OP_BUZZ, (wire.PATTERN_TICK, 1, 80)), (5, wire.OP_IDENTIFY, ())]
    answers(clip, nudges)
    assert clip.status().since_buzz_s == wire.NO_BUZZ_S
    answers(clip, [(5, wire.OP_BUZZ, (wire.PATTERN_STRONG, 1, 80))])
    clip.run(7)
    assert clip.status().since_buzz_s == 7


@BOTH
def test_the_status_tells_how_long_the_rest_still_lasts(make: type[Firmware | Simulated]):
    clip = make()
    assert clip.status().snooze_s == 0
    answers(clip, [(0, wire.OP_SNOOZE, (65535,))])
    clip.run(7)
    assert clip.status().snooze_s == 65528
    answers(clip, [(0, wire.OP_SNOOZE, (0,))])
    assert clip.status().snooze_s == 0


@BOTH
def test_the_status_tells_which_neutral_is_in_use(make: type[Firmware | Simulated]):
    clip = make()
    timeline: Timeline = [
        (0, wire.OP_SET_NEUTRAL, (1, *STRAIGHT)),
        (0, wire.OP_USE_CONTEXT, (2,)),
        (0, wire.OP_USE_CONTEXT, (1,)),
        (0, wire.OP_SET_NEUTRAL, (1, *EMPTY)),
        (0, wire.OP_SET_NEUTRAL, (0, *EMPTY)),
        (0, wire.OP_SET_SLUMP, (1, *QUICK)),
        (0, wire.OP_SET_SLUMP, (3, 1000, 1000, 0, 0, 20, 10)),
    ]
    results = [result for result, _ in answers(clip, timeline)]
    ok, refused, bad = wire.OK, wire.REFUSED, wire.BAD_ARGUMENT
    assert (results, clip.status().context) == ([ok, refused, ok, refused, ok, ok, bad], 1)


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
