"""The real firmware and the real host on a link that drops out: what comes home, and how often.

On both of bleak's routes; many more drop-outs are a task of their own (``poe soak``).
"""

from collections.abc import Sequence

import pytest
from firmware.drop_outs import Worn, away_and_back, one_by_one
from firmware.rig.fixtures import KINDS
from firmware.rooms import Told
from monitor.drop_outs import Away

SHORT_S = (0.3, 3.0, 8.0, 25.0, 58.0)
LONG_S = (100.0,)


def _worn(lengths_s: Sequence[float], folders: pytest.TempPathFactory) -> Told[Worn]:
    def plan(begin_s: float) -> list[Away]:
        return one_by_one(lengths_s, begin_s)

    return Told(lambda folder, kind: away_and_back(folder, kind, plan), folders)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Told[Worn]:
    return _worn(SHORT_S, tmp_path_factory)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Told[Worn]:
    return _worn(LONG_S, tmp_path_factory)


@pytest.fixture(params=KINDS)
def after_short(request: pytest.FixtureRequest, short: Told[Worn]) -> Worn:
    return short.by(request.param)


@pytest.fixture(params=KINDS)
def after_long(request: pytest.FixtureRequest, long: Told[Worn]) -> Worn:
    return long.by(request.param)


def test_after_drop_outs_of_less_than_a_minute_no_packet_is_missing(after_short: Worn):
    home = after_short.home

    assert (home.missing, home.long) == (0, 0)
    assert home.samples_received == home.samples_expected > 25 * sum(SHORT_S)


def test_nothing_is_there_twice(after_short: Worn, after_long: Worn):
    assert (after_short.home.duplicates, after_long.home.duplicates) == (0, 0)


def test_every_record_of_the_log_came_home_and_is_gone_from_the_clip(
    after_short: Worn, after_long: Worn
):
    for worn in (after_short, after_long):
        first, following = worn.log
        # One more may have been written since.
        assert first > 5
        assert following - first <= 1
        assert worn.home.epochs_received == worn.home.epochs_expected == first


def test_after_a_longer_one_records_cover_what_the_memory_did_not_hold(after_long: Worn):
    assert after_long.home.long == 1
    assert after_long.home.missing == 0
    assert after_long.home.uncovered == []


def test_the_stream_goes_on_within_ten_seconds_of_being_in_range(
    after_short: Worn, after_long: Worn
):
    assert max(after_short.returns_s) < 10.0
    # After more than a minute both sides take their time.
    assert max(after_long.returns_s) < 15.0


def test_the_clip_never_restarted(after_short: Worn, after_long: Worn):
    assert (after_short.home.boots, after_long.home.boots) == (1, 1)
