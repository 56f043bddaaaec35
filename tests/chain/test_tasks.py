"""Several things at once, one of which fails."""

import asyncio

import pytest

from midback.errors import ClipLost, MidbackError
from midback.tasks import together


async def fails(error, after_s=0.0):
    await asyncio.sleep(after_s)
    raise error


def test_the_first_failure_is_raised_as_it_is():
    with pytest.raises(ClipLost, match="gone"):
        asyncio.run(together(asyncio.sleep(60.0), fails(ClipLost("gone"))))


def test_the_others_end_with_it():
    ended = []

    async def other():
        try:
            await asyncio.sleep(60.0)
        finally:
            ended.append(True)

    with pytest.raises(MidbackError):
        asyncio.run(together(other(), fails(ClipLost("gone"))))

    assert ended == [True]


def test_a_failure_inside_another_group_is_found():
    async def inner():
        await together(fails(ClipLost("gone")))

    with pytest.raises(ClipLost):
        asyncio.run(together(inner(), asyncio.sleep(60.0)))


def test_what_is_no_error_of_ours_stays_a_group():
    with pytest.raises(ExceptionGroup):
        asyncio.run(together(fails(RuntimeError("broken")), asyncio.sleep(60.0)))


def test_a_cancelling_that_comes_with_the_failure_is_not_forgotten():
    # What a link that breaks while the program is closed amounts to.
    async def breaks_while_cancelled():
        running = asyncio.create_task(together(fails(ClipLost("gone")), slow_to_end()))
        await asyncio.sleep(0.01)  # the failure has come, and the other still cleans up
        running.cancel()
        await asyncio.wait([running])
        return running.cancelled()

    async def slow_to_end():
        try:
            await asyncio.sleep(60.0)
        finally:
            await asyncio.sleep(0.05)

    assert asyncio.run(breaks_while_cancelled())


def test_a_cancelling_ends_everything():
    ended = []

    async def other():
        try:
            await asyncio.sleep(60.0)
        finally:
            ended.append(True)

    async def cancelled():
        running = asyncio.create_task(together(other(), other()))
        await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(cancelled())

    assert ended == [True, True]
