"""``midback alone``."""

from functools import partial

import pytest
from cli.user import failed_well
from clip.backends import BenchClip, radio

from midback.clip import Clip, find_clip
from midback.shared import wire
from midback.simulated import virtual_time


@pytest.fixture
def bench(monkeypatch) -> BenchClip:
    """The one clip in range."""
    clip = BenchClip()
    seen = radio(clip)
    monkeypatch.setattr("midback.cli.alone.find_clip", partial(find_clip, radio=seen))
    monkeypatch.setattr("midback.cli.alone.Clip", partial(Clip, radio=seen))
    monkeypatch.setattr("midback.cli.alone.asyncio.run", virtual_time.run)
    return clip


@pytest.mark.parametrize(
    ("setting", "sent", "said"),
    [("on", 1, "off the air and judges by itself"), ("off", 0, "The clip stays on the air.")],
)
def test_the_clip_is_told_and_so_is_the_user(midback, bench, setting, sent, said):
    code, out, err = midback("alone", setting)

    assert [(c.op, c.args) for c in bench.commands] == [(wire.OP_ALONE, (sent,))]
    assert (code, err) == (0, "Looking for the clip.\n")
    assert said in out


@pytest.mark.parametrize(("flags", "warned"), [(0, True), (wire.STATUS_NEUTRAL_SET, False)])
def test_a_clip_that_knows_no_upright_is_told_apart(midback, bench, flags, warned):
    status = wire.Status(wire.MODE_ALONE, flags, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0)
    bench.values[wire.STATUS_UUID] = wire.encode_status(status)

    assert ("'midback calibrate' first" in midback("alone", "on").out) is warned


def test_without_a_clip_it_says_what_to_do(midback, monkeypatch):
    monkeypatch.setattr("midback.cli.alone.find_clip", partial(find_clip, radio=radio()))
    monkeypatch.setattr("midback.cli.alone.asyncio.run", virtual_time.run)

    assert "switch it on, bring it near" in failed_well(midback("alone", "on"), 4)
