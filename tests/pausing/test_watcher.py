"""Looks again and again: what is told, when, and what never harms anybody."""

import asyncio
import logging
import threading
from contextlib import aclosing

import pytest

from midback.pausing import CALL, QUIET, Sign, looks_of, reasons_to_wait
from midback.pausing.watcher import EVERY_S

SOON_S = 0.01


class Told:
    """A look that tells what it was made to tell, and then the last of it for ever."""

    def __init__(self, *rounds):
        self._rounds = list(rounds)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        now = self._rounds.pop(0) if len(self._rounds) > 1 else self._rounds[0]
        if isinstance(now, Exception):
            raise now
        return now


def sign(reason, on=True):
    return [Sign(reason, "a test", on)]


async def first(count, *looks):
    """The first so many sets of reasons."""
    found = []
    async with aclosing(reasons_to_wait(looks, SOON_S)) as changes:
        async for reasons in changes:
            found.append(reasons)
            if len(found) == count:
                return found
    return found


async def test_the_reasons_are_told_at_once_and_then_when_they_change():
    call = Told(sign(CALL, on=False), sign(CALL), sign(CALL), sign(CALL, on=False))
    found = await first(3, call)

    assert found == [frozenset(), frozenset({CALL}), frozenset()]
    assert call.asked == 4


async def test_several_looks_count_together():
    assert await first(1, Told(sign(CALL)), Told(sign(QUIET)), Told([])) == [
        frozenset({CALL, QUIET})
    ]


async def test_one_of_two_signs_of_the_same_reason_is_enough():
    assert await first(1, Told([*sign(CALL, on=False), *sign(CALL)])) == [frozenset({CALL})]


async def test_a_look_that_fails_is_logged_once_and_asked_again(caplog):
    caplog.set_level(logging.WARNING)
    failing = Told(KeyError("a"), KeyError("b"), sign(CALL))
    found = await first(2, failing)

    assert found == [frozenset(), frozenset({CALL})]
    assert len(caplog.records) == 1


async def test_the_looking_ends_with_who_listens():
    look = Told(sign(CALL))
    await first(1, look)
    (left,) = [t for t in threading.enumerate() if t.name == "midback pauses"] or [None]
    if left is not None:
        await asyncio.to_thread(left.join, 5.0)
        assert not left.is_alive()


async def test_where_nobody_is_to_be_asked_nothing_is_told():
    assert [reasons async for reasons in reasons_to_wait([])] == []


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_system_has_looks(platform):
    assert len(looks_of(platform)) >= 2


def test_an_unknown_system_has_none():
    assert looks_of("plan9") == ()


def test_looks_are_rare():
    assert 5.0 <= EVERY_S <= 10.0
