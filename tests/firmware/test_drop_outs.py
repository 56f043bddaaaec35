"""The real firmware and the real host on a link that drops out: what comes home, and how often.

On both of bleak's routes; many more drop-outs are a task of their own (``poe soak``).
"""

import pytest
from firmware.drop_outs import Home, away_and_back
from firmware.rig.fixtures import KINDS
from firmware.rooms import Told

SHORT_S = (0.3, 3.0, 8.0, 25.0, 58.0)
LONG_S = (100.0,)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Told[Home]:
    return Told(lambda folder, kind: away_and_back(folder, kind, SHORT_S), tmp_path_factory)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Told[Home]:
    return Told(lambda folder, kind: away_and_back(folder, kind, LONG_S), tmp_path_factory)


@pytest.fixture(params=KINDS)
def after_short(request: pytest.FixtureRequest, short: Told[Home]) -> Home:
    return short.by(request.param)


@pytest.fixture(params=KINDS)
def after_long(request: pytest.FixtureRequest, long: Told[Home]) -> Home:
    return long.by(request.param)


def test_after_drop_outs_of_less_than_a_minute_no_packet_is_missing(after_short: Home):
    assert after_short.missing == 0
    assert len(after_short.sequences) > 5 * sum(SHORT_S)


def test_nothing_is_there_twice(after_short: Home, after_long: Home):
    assert (after_short.duplicates, after_long.duplicates) == (0, 0)


def test_every_record_of_the_log_came_home_and_is_gone_from_the_clip(
    after_short: Home, after_long: Home
):
    for home in (after_short, after_long):
        first, following = home.log
        assert first == following > 5
        assert sorted(home.epochs) == list(range(following))


def test_after_a_longer_one_records_cover_what_the_memory_did_not_hold(after_long: Home):
    assert after_long.missing > 0
    assert after_long.uncovered == []


def test_the_stream_goes_on_within_ten_seconds_of_being_in_range(
    after_short: Home, after_long: Home
):
    assert max(after_short.returns_s) < 10.0
    # After more than a minute both sides take their time.
    assert max(after_long.returns_s) < 15.0


def test_the_clip_never_restarted(after_short: Home, after_long: Home):
    assert (after_short.boots, after_long.boots) == (1, 1)
