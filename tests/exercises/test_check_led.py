"""A check over the simulated air is lost, left and taken up again; nothing is half-counted."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from midback.check_led import ANOTHER_CLIP, CheckLed, left_today
from midback.clip import Radio
from midback.exercises import history
from midback.exercises.account import account_of
from midback.exercises.account_words import facts
from midback.exercises.check import Kept, Wish
from midback.exercises.check_file import load
from midback.exercises.view import Phase
from midback.leading import ClipUse
from midback.simulated import simulated_day, virtual_time
from midback.simulated.exerciser import HEALTHY, STIFF, Exerciser

STARTED = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
TWO = ("tall_slump", "rotation")


class Somebody:
    """A simulated wearer, who may be led through several checks, one after the other."""

    def __init__(self, folder, ranges=HEALTHY):
        self.folder = folder
        self.day = simulated_day(3, STARTED, 60.0)
        self.person = Exerciser(self.day.wearer, ranges)
        air = self.day.air
        self.radio = Radio(air.scanner_type, air.client_type, air.adapter_type)
        self.views = []

    def led(self, items=TWO, left=None, pain=1):
        return CheckLed(
            items,
            pain,
            ClipUse(self.folder, UTC, radio=self.radio, wall=self.day.now),
            left=left,
            watched=self._watch,
        )

    def _watch(self, view):
        self.views.append(view)
        self.person.follow_check(view, self.day.air.now_s)

    async def until(self, wanted, patience_s=400.0):
        """Wait until a view is as wanted."""
        for _ in range(round(5 * patience_s)):
            await asyncio.sleep(0.2)
            if self.views and wanted(self.views[-1]):
                return
        raise AssertionError(self.views[-1])

    def live(self, body):
        async def main():
            async with self.day.air:
                await body()

        virtual_time.run(main())


def counted(led):
    return [(each.item, each.way) for each in led.check.done]


ALL = [("tall_slump", "")] * 3 + [("rotation", "left")] * 3 + [("rotation", "right")] * 3


@pytest.mark.parametrize("phase", [Phase.GO, Phase.BACK])
def test_a_repetition_during_which_the_clip_was_lost_is_done_again_and_the_rest_kept(
    folder, phase
):
    somebody = Somebody(folder, STIFF)
    led = somebody.led()

    async def body():
        running = asyncio.create_task(led.run())
        await somebody.until(lambda view: view.phase is phase and view.number == 2)
        somebody.day.air.out_of_range()
        await asyncio.sleep(40.0)
        somebody.day.air.come_back()
        await asyncio.wait_for(running, 900.0)

    somebody.live(body)
    words = {view.words for view in somebody.views}

    assert any("Once more: some of it was not seen." in each for each in words)
    assert counted(led) == ALL
    assert led.check is not None
    assert led.check.results().sides("rotation") == pytest.approx(STIFF.turn, abs=3.0)


def test_a_check_that_was_left_is_kept_and_gone_on_with_where_nothing_was_done_yet(folder):
    somebody = Somebody(folder)
    first, found = somebody.led(), []

    async def body():
        running = asyncio.create_task(first.run())
        await somebody.until(
            lambda view: view.item is not None and view.item.id == "rotation" and view.number == 2
        )
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        left = left_today(folder / "checks", somebody.day.now(), UTC)
        found.append(left)
        await asyncio.sleep(300.0)
        somebody.views.clear()
        second = somebody.led(left=left)
        await asyncio.wait_for(second.run(), 900.0)
        found.append(second)

    somebody.live(body)
    left, second = found
    (kept,) = history.read(folder / "checks").checks

    assert (left.whole, left.pain) == (False, (1, None))
    assert counted(first) == ALL[:3]
    assert counted(second) == ALL
    assert second.path == first.path
    assert kept.whole
    assert len(kept.spans) == 2
    assert not [view for view in somebody.views if view.item and view.item.id == "tall_slump"]


def test_pain_on_going_on_is_kept_and_told(folder):
    somebody = Somebody(folder)
    first, found = somebody.led(), []

    async def body():
        running = asyncio.create_task(first.run())
        await somebody.until(
            lambda view: view.item is not None and view.item.id == "rotation" and view.number == 1
        )
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        left = left_today(folder / "checks", somebody.day.now(), UTC)
        somebody.views.clear()
        second = somebody.led(left=left, pain=3)
        found.append(second)
        await asyncio.wait_for(second.run(), 900.0)

    somebody.live(body)
    found[0].pain_after(1)
    kept = load(found[0].path)

    assert [each.pain for each in kept.breaks] == [3]
    assert kept.worst_pain == (1, 3)
    account = account_of(kept, [], UTC)
    assert facts(account).endswith("pain 1 of 10 before, 3 on going on and 1 after")
    assert account.advice[0].why == "Your pain went from 1 to 3 of 10."


def test_a_check_that_was_left_with_another_clip_begins_anew_and_says_so(folder):
    somebody = Somebody(folder)
    left = Kept(STARTED, "another clip", TWO)
    led = somebody.led(("tall_slump",), left=left)

    async def body():
        await asyncio.wait_for(led.run(), 900.0)

    somebody.live(body)

    assert led.notice == ANOTHER_CLIP
    assert counted(led) == ALL[:3]
    assert led.check is not None
    assert led.check.kept.breaks == []


def test_what_was_killed_is_kept_up_to_the_last_test_that_was_done(folder):
    somebody = Somebody(folder)
    led, found = somebody.led(), []

    async def body():
        running = asyncio.create_task(led.run())
        await somebody.until(
            lambda view: view.item is not None and view.item.id == "rotation" and view.number == 1
        )
        # As a kill leaves it: nothing more was written.
        found.append(left_today(folder / "checks", somebody.day.now(), UTC))
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    somebody.live(body)

    assert found[0] is not None
    assert not found[0].whole


def test_a_check_that_is_whole_or_of_another_day_is_not_offered(folder):
    somebody = Somebody(folder)
    led = somebody.led(("tall_slump",))

    async def body():
        await asyncio.wait_for(led.run(), 900.0)

    somebody.live(body)
    checks = folder / "checks"
    assert left_today(checks, somebody.day.now(), UTC) is None

    assert led.check is not None
    led.check.kept.whole = False
    led.keep()
    assert left_today(checks, somebody.day.now(), UTC) is not None
    assert left_today(checks, somebody.day.now() + timedelta(days=1), UTC) is None


def test_where_it_cannot_be_kept_it_goes_on_and_says_so_afterwards(folder):
    folder.mkdir()
    (folder / "checks").write_text("a file, not a folder")
    somebody = Somebody(folder)
    led = somebody.led(("tall_slump",))

    async def body():
        await asyncio.wait_for(led.run(), 900.0)

    somebody.live(body)

    assert counted(led) == ALL[:3]
    assert "cannot be written" in led.problem


def test_pain_afterwards_is_kept_with_the_check(folder):
    somebody = Somebody(folder)
    led = somebody.led(("tall_slump",))

    async def body():
        await asyncio.wait_for(led.run(), 900.0)

    somebody.live(body)
    led.pain_after(2)
    (kept,) = history.read(folder / "checks").checks

    assert kept.pain == (1, 2)


def test_a_wish_before_there_is_a_clip_changes_nothing(folder):
    async def main():
        led = Somebody(folder).led()
        led.wish(Wish.SKIP)
        led.pause()
        led.pain_after(3)
        return led.check, led.path

    assert virtual_time.run(main()) == (None, None)
