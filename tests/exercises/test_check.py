"""A check over the clip's own packets, kept in a file, and computed again from it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from exercises.people import DT_S, Person

from midback.errors import DataError
from midback.exercises.check import Check, Kept, Wish, again, load, save
from midback.exercises.guide import Phase
from midback.shared import wire

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
SAMPLES = 5


class Clip:
    """What a clip sends while somebody does what a check asks for."""

    def __init__(self, who: Person) -> None:
        self.who = who
        self.sequence = 0
        self.seen = -1

    def packet(self, check: Check) -> tuple[float, bytes]:
        if check.view.cues != self.seen:
            self.seen = check.view.cues
            self.who.goes(self.who.wanted(check.view))
        counts: list[int] = []
        for _ in range(SAMPLES):
            _, up, rate = self.who.sample()
            counts += np.round(np.array(up) / wire.G_PER_COUNT).astype(int).tolist()
            counts += np.round(np.array(rate) / wire.DPS_PER_COUNT).astype(int).tolist()
        self.sequence += 1
        packet = wire.StreamPacket(
            wire.KIND_RAW,
            0,
            self.sequence,
            7,
            round(self.who.time_s * 10_000),
            round(DT_S * 1e6),
            counts,
        )
        buffer = bytearray(512)
        size = wire.encode_stream(packet, buffer)
        return self.who.time_s + 0.03, bytes(buffer[:size])


def lead(check: Check, clip: Clip, holds=lambda _: False) -> None:
    """Go on to the end, or until something holds of the view."""
    while not check.over and not holds(check.view) and clip.who.time_s < 900.0:
        check.receive(*clip.packet(check))


def turning(items: tuple[str, ...] = ("rotation",), **traits):
    who = Person(
        ranges={("rotation", "left"): 31.0, ("rotation", "right"): -46.0, ("arm_raise", ""): -9.0},
        bias_dps=(3.0, -2.0, 4.0),
        **traits,
    )
    return Check(Kept(STARTED, "clip-1", items)), Clip(who)


def test_what_a_clip_sends_comes_to_the_ranges_of_whoever_wears_it():
    check, clip = turning()
    lead(check, clip)

    assert check.kept.whole
    assert check.results().sides("rotation") == pytest.approx((31.0, 46.0), abs=1.5)


def test_a_file_gives_the_same_check_again(tmp_path: Path):
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.number == 2 and view.phase is Phase.GO)
    check.wish(Wish.SKIP)
    lead(check, clip, lambda view: view.number == 2 and view.phase is Phase.BACK)
    check.wish(Wish.PAUSE)
    for _ in range(20):
        check.receive(*clip.packet(check))
    check.wish(Wish.GO_ON)
    lead(check, clip)
    check.kept.pain = (2, 1)
    save(check.kept, tmp_path / "check.gz")

    kept = load(tmp_path / "check.gz")
    assert kept == check.kept
    repeated = again(kept)
    assert (repeated.results(), repeated.left_out) == (check.results(), ["arm_raise"])
    assert repeated.kept.packets == kept.packets


def test_a_check_that_was_broken_off_is_kept_as_incomplete(tmp_path: Path):
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.item is not None and view.item.id == "rotation")
    save(check.kept, tmp_path / "check.gz")

    repeated = again(load(tmp_path / "check.gz"))
    assert not repeated.kept.whole
    assert list(repeated.results().ranges) == [("arm_raise", "")]


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_a_damaged_file_is_named_and_told_of(tmp_path: Path, cut: int):
    path = tmp_path / "check.gz"
    save(turning()[0].kept, path)
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(
        DataError, match=r"check\.gz is no movement check, or is damaged|cannot be"
    ):
        load(path)


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load(tmp_path / "check.gz")


def test_a_clip_that_hangs_upside_down_is_told_before_anything_is_counted():
    check, clip = turning(askew_deg=(180.0, 0.0, 0.0))
    lead(check, clip, lambda view: "upside down" in view.words)

    assert check.view.phase is Phase.HOLD
    assert check.results().ranges == {}
