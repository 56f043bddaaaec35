"""A check over the clip's own packets, kept in a file, and computed again from it."""

import gzip
import json
import re
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from exercises.people import DT_S, Person
from scipy.spatial.transform import Rotation

from midback.calibration import Calibration, calibrate
from midback.errors import DataError
from midback.exercises.account import account_of
from midback.exercises.account_words import forward
from midback.exercises.check import BREAK_S, Check, Kept, Wish, again
from midback.exercises.check_file import load, save
from midback.exercises.measured import Repetition
from midback.exercises.view import Phase
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_file_is_for_the_wearer_alone(tmp_path: Path):
    save(turning()[0].kept, tmp_path / "check.gz")

    assert stat.S_IMODE((tmp_path / "check.gz").stat().st_mode) == 0o600


def test_a_test_that_hurts_is_left_out_and_named(tmp_path: Path):
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.phase is Phase.GO)
    check.wish(Wish.HURTS)
    lead(check, clip)
    save(check.kept, tmp_path / "check.gz")

    repeated = again(load(tmp_path / "check.gz"))
    assert (check.stopped, check.left_out) == (["arm_raise"], ["arm_raise"])
    assert (repeated.stopped, repeated.left_out) == (["arm_raise"], ["arm_raise"])


NEXT = STARTED + timedelta(hours=3)


@pytest.mark.parametrize("arrival_s", [0.0, 400.0, 1e6], ids=["anew", "in between", "on"])
def test_a_check_that_was_left_goes_on_with_the_next_test(tmp_path: Path, arrival_s: float):
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.number == 2)
    lead(check, clip, lambda view: view.item is not None and view.item.id == "rotation")
    lead(check, clip, lambda view: view.number == 2 and view.phase is Phase.BACK)
    check.wish(Wish.PAUSE)
    save(check.kept, tmp_path / "check.gz")

    resumed = again(load(tmp_path / "check.gz"))
    resumed.after_break(NEXT)
    # Put on again it hangs askew in another way, and both clocks count anew.
    later = Clip(turning(askew_deg=(-4.0, 20.0, 0.0), seed=1)[1].who)
    start_s = later.who.time_s
    while not resumed.over:
        at_s, payload = later.packet(resumed)
        resumed.receive(at_s - start_s + arrival_s, payload)
    save(resumed.kept, tmp_path / "check.gz")

    whole = again(load(tmp_path / "check.gz"))
    assert whole.kept == resumed.kept
    assert whole.kept.whole
    assert whole.results() == resumed.results()
    assert whole.results().ranges["arm_raise", ""] == check.results().ranges["arm_raise", ""]
    assert whole.results().sides("rotation") == pytest.approx((31.0, 46.0), abs=1.5)
    assert [begin for begin, _ in whole.kept.spans] == [STARTED, NEXT]


def test_a_clock_that_was_set_back_during_a_break_turns_no_time_round():
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.item is not None and view.item.id == "rotation")
    # As if the computer's clock had been set back meanwhile.
    check.after_break(STARTED - timedelta(hours=1))
    lead(check, clip)

    *raises, turn = [each for each in check.done if isinstance(each, Repetition)][:4]
    assert (raises[-1].item, turn.item) == ("arm_raise", "rotation")
    assert turn.begin_s > raises[-1].end_s + BREAK_S


@pytest.mark.parametrize("wish", Wish)
def test_once_all_is_over_a_wish_changes_nothing(wish: Wish):
    check, clip = turning(("arm_raise",))
    lead(check, clip)
    before = check.results(), check.left_out, len(check.kept.wishes)
    check.wish(wish)

    assert (check.results(), check.left_out, len(check.kept.wishes)) == before
    assert (check.over, check.kept.whole) == (True, True)


def test_what_is_over_is_not_gone_on_with():
    check, clip = turning(("arm_raise",))
    lead(check, clip)
    check.after_break(NEXT)

    assert (check.over, check.kept.breaks) == (True, [])


def test_a_packet_that_is_none_is_kept_and_changes_nothing():
    check, clip = turning(("arm_raise",))
    lead(check, clip, lambda view: view.number == 2)
    with pytest.raises(wire.WireError):
        check.receive(check.kept.packets[-1][0], b"what?")
    lead(check, clip)

    repeated = again(check.kept)
    assert repeated.kept == check.kept
    assert repeated.results() == check.results()


def test_a_file_says_when_the_check_was():
    check, clip = turning(("arm_raise",))
    lead(check, clip)

    ((begin, end),) = check.kept.spans
    arrivals = [at_s for at_s, _ in check.kept.packets]
    assert (begin, (end - begin).total_seconds()) == (
        STARTED,
        pytest.approx(arrivals[-1] - arrivals[0]),
    )


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_a_damaged_file_is_named_and_told_of(tmp_path: Path, cut: int):
    path = tmp_path / "check.gz"
    save(turning()[0].kept, path)
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(
        DataError, match=r"check\.gz is no movement check, or is damaged|cannot be"
    ):
        load(path)


def test_a_break_of_a_file_from_before_pain_was_asked_has_none(tmp_path: Path):
    check, clip = turning(("arm_raise", "rotation"))
    lead(check, clip, lambda view: view.item is not None and view.item.id == "rotation")
    check.after_break(NEXT, 2)
    path = tmp_path / "check.gz"
    save(check.kept, path)
    assert load(path).breaks == check.kept.breaks

    facts = json.loads(gzip.decompress(path.read_bytes()))
    facts["breaks"] = [each[:3] for each in facts["breaks"]]
    path.write_bytes(gzip.compress(json.dumps(facts).encode()))
    assert load(path).breaks == [check.kept.breaks[0]._replace(pain=None)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("started", "yesterday"),
        ("started", "2026-11-29T08:30:00"),
        ("started", "0001-01-01T00:00:00+00:00"),
        ("packets", [[float("nan"), ""]]),
        ("packets", [[1e300, ""]]),
        ("packets", [[0.0, "?"]]),
        ("pain", [1]),
        ("pain", ["much", None]),
        ("wishes", [[3, "fly"]]),
        ("breaks", [[1, 2]]),
        ("before", "{}"),
        ("items", 7),
        ("format", "one"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_told_of(tmp_path: Path, name: str, value: object):
    path = tmp_path / "check.gz"
    save(turning()[0].kept, path)
    facts = json.loads(gzip.decompress(path.read_bytes())) | {name: value}
    path.write_bytes(gzip.compress(json.dumps(facts).encode()))

    with pytest.raises(DataError, match=r"check\.gz is no movement check, or is damaged"):
        load(path)


def test_a_file_of_a_newer_midback_is_told_of(tmp_path: Path):
    path = tmp_path / "check.gz"
    path.write_bytes(gzip.compress(b'{"format": 99}'))

    with pytest.raises(DataError, match="newer Midback: update this one"):
        load(path)


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load(tmp_path / "check.gz")


# --- where forward is ---


def bowed(turned_deg: float) -> Calibration:
    """From when the clip hung turned so far about the spine."""
    clip = Rotation.from_euler("xyz", (5.0, 15.0, turned_deg), degrees=True)
    tall, bow = (
        tuple((Person.thorax((deg, 0.0, 0.0)) * clip).inv().apply((0.0, 0.0, 1.0)).tolist())
        for deg in (0.0, 35.0)
    )
    return calibrate("clip-1", STARTED, tall, bow)


def slumping(turned_deg: float, slump_deg: float = 18.0, before: Calibration | None = None):
    """A check of somebody whose clip hangs turned to their left."""
    ranges = {("tall_slump", ""): slump_deg, ("arm_raise", ""): -9.0}
    who = Person(ranges=ranges, askew_deg=(5.0, 15.0, turned_deg), bias_dps=(3.0, -2.0, 4.0))
    check, clip = Check(Kept(STARTED, "clip-1", ("tall_slump",), before)), Clip(who)
    lead(check, clip)
    return check


def told(check: Check) -> list[str]:
    return forward(account_of(check.kept, [], UTC))


@pytest.mark.parametrize("turned_deg", [-24.0, 24.0])
def test_a_clip_that_hung_turned_shows_the_whole_slump_and_is_told_of(turned_deg: float):
    check = slumping(turned_deg)

    assert check.results().degrees("tall_slump") == pytest.approx(18.0, abs=1.0)
    # The clip is pitched and rolled as well: level, its print is a degree off its turn.
    assert re.match(
        r"The clip hung turned by 2[3-5]°, which was allowed for here;", told(check)[0]
    )


def test_of_a_clip_that_hangs_as_its_print_has_it_nothing_is_told():
    assert told(slumping(2.0)) == []


def test_a_bow_that_agrees_with_the_movements_needs_no_word():
    check = slumping(24.0, before=bowed(21.0))

    assert check.results().degrees("tall_slump") == pytest.approx(18.0, abs=1.0)
    assert told(check) == []


@pytest.mark.parametrize(("bow_turned_deg", "side"), [(4.0, "right"), (-16.0, "right")])
def test_a_bow_that_does_not_is_told_of_and_the_movements_are_gone_by(
    bow_turned_deg: float, side: str
):
    check = slumping(24.0, before=bowed(bow_turned_deg))

    assert check.results().degrees("tall_slump") == pytest.approx(18.0, abs=1.0)
    apart = f"{24.0 - bow_turned_deg:.0f}°"
    assert told(check)[0].startswith(f"By your movements forward is {apart} to the {side} of")


def test_who_slumps_too_little_to_tell_is_measured_by_the_print_and_told_so():
    check = slumping(24.0, slump_deg=10.0)

    by_print = 10.0 * np.cos(np.radians(24.0))
    assert check.results().degrees("tall_slump") == pytest.approx(by_print, abs=0.5)
    assert "it was taken from the clip’s print." in told(check)[0]


def test_who_slumps_too_little_to_tell_is_measured_by_their_bow_and_told_so():
    check = slumping(24.0, slump_deg=10.0, before=bowed(24.0))

    assert check.results().degrees("tall_slump") == pytest.approx(10.0, abs=0.5)
    assert "it was taken from the bow of your calibration." in told(check)[0]


def test_a_file_that_is_computed_again_finds_forward_again(tmp_path: Path):
    check = slumping(24.0)
    save(check.kept, tmp_path / "check.gz")
    repeated = again(load(tmp_path / "check.gz"))

    assert repeated.results() == check.results()
    assert repeated.forward == check.forward


def test_after_a_break_forward_is_found_anew_and_what_was_measured_before_stays():
    check = slumping(24.0)
    before = check.results().ranges["tall_slump", ""]
    check = again(replace(check.kept, items=("tall_slump", "arm_raise"), whole=False))
    check.after_break(NEXT)
    # Put on again it hangs turned the other way.
    ranges = {("arm_raise", ""): -14.0}
    lead(check, Clip(Person(ranges=ranges, askew_deg=(5.0, 15.0, -20.0))))

    assert check.results().ranges["tall_slump", ""] == before
    assert check.results().degrees("arm_raise") == pytest.approx(14.0, abs=0.5)
    turned = [each.from_print_deg for each in check.forward]
    assert turned == pytest.approx([-24.0, 20.0], abs=2.0)


def test_turns_tell_nothing_of_forward_and_nothing_is_told():
    check, clip = turning()
    lead(check, clip)

    assert told(check) == []


def test_a_clip_that_hangs_upside_down_is_told_before_anything_is_counted():
    check, clip = turning(askew_deg=(180.0, 0.0, 0.0))
    lead(check, clip, lambda view: "upside down" in view.words)

    assert check.view.phase is Phase.HOLD
    assert check.results().ranges == {}
