import asyncio
import itertools
import signal
import sys
import threading
import time

import pytest

from midback.simulated import virtual_time


def real_seconds(main, speed=None):
    began = time.monotonic()
    virtual_time.run(main, speed=speed)
    return time.monotonic() - began


def test_a_night_of_sleep_takes_no_time():
    # Ten hours at no limit: generous for a busy machine, far below one in ten thousand.
    assert real_seconds(asyncio.sleep(36000)) < 2.0


def test_the_clock_shows_exactly_what_was_slept():
    async def main():
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.1)
        await asyncio.sleep(1234.5)
        return asyncio.get_running_loop().time() - began

    assert virtual_time.run(main()) == pytest.approx(1234.6, abs=1e-6)


def test_computing_takes_no_virtual_time():
    async def main():
        loop = asyncio.get_running_loop()
        began = loop.time()
        time.sleep(0.05)  # noqa: ASYNC251 (it stands for a long computation)
        await asyncio.sleep(0)
        return loop.time() - began

    assert virtual_time.run(main()) == 0.0


def test_timers_run_in_the_order_of_their_times():
    order = []

    async def note(delay_s):
        await asyncio.sleep(delay_s)
        order.append(delay_s)

    async def main():
        async with asyncio.TaskGroup() as group:
            for delay_s in (300.0, 0.001, 86400.0, 7.0, 0.0):
                group.create_task(note(delay_s))

    virtual_time.run(main())

    assert order == [0.0, 0.001, 7.0, 300.0, 86400.0]


def test_a_timeout_strikes_on_the_virtual_clock():
    async def main():
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(90):
                await asyncio.Event().wait()
        return loop.time() - began

    assert virtual_time.run(main()) == pytest.approx(90, abs=1e-6)


def test_queues_hand_over_at_the_producers_pace():
    async def main():
        queue: asyncio.Queue[float] = asyncio.Queue(1)
        loop = asyncio.get_running_loop()

        async def produce():
            for _ in range(5):
                await asyncio.sleep(2.0)
                await queue.put(loop.time())

        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            return [-(await queue.get()) + loop.time() for _ in range(5)]

    assert virtual_time.run(main()) == [0.0] * 5


def test_a_call_from_another_thread_wakes_a_loop_that_waits_for_nothing_else():
    async def main():
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        threading.Timer(0.05, lambda: loop.call_soon_threadsafe(heard.set)).start()
        async with asyncio.timeout(None):
            await heard.wait()
        return "woken"

    assert virtual_time.run(main()) == "woken"


def test_a_job_in_a_thread_takes_no_virtual_time():
    async def main():
        loop = asyncio.get_running_loop()
        began = loop.time()
        # Without standing still for the thread this would time out at once.
        async with asyncio.timeout(5):
            await asyncio.to_thread(time.sleep, 0.05)
        return loop.time() - began

    assert virtual_time.run(main()) == 0.0


def test_a_thread_may_wait_for_the_loop_to_get_on():
    async def main():
        loop = asyncio.get_running_loop()

        def work():
            return asyncio.run_coroutine_threadsafe(asyncio.sleep(60, "done"), loop).result(5)

        return await asyncio.to_thread(work)

    assert virtual_time.run(main()) == "done"


def test_a_pace_is_kept():
    # 6 virtual seconds at 20 a second; the upper bound leaves room for a busy machine.
    assert 0.29 <= real_seconds(asyncio.sleep(6), speed=20) < 2.0


def test_a_paced_loop_wakes_early_for_another_thread():
    async def main():
        loop = asyncio.get_running_loop()
        began = loop.time()
        heard = asyncio.Event()
        threading.Timer(0.1, lambda: loop.call_soon_threadsafe(heard.set)).start()
        async with asyncio.timeout(60):
            await heard.wait()
        return loop.time() - began

    passed_s = virtual_time.run(main(), speed=1)

    # The timer's 0.1 s, and never more than real time.
    assert 0.05 <= passed_s < 5.0


def test_a_hold_up_is_not_made_good_in_a_rush():
    async def main():
        await asyncio.sleep(0.2)
        time.sleep(0.4)  # noqa: ASYNC251 (it stands for a computer put to sleep)
        await asyncio.sleep(0.001)
        began = time.monotonic()
        await asyncio.sleep(3.0)
        return time.monotonic() - began

    # 3 virtual seconds at 10 a second, less the catch-up that is allowed.
    assert virtual_time.run(main(), speed=10) >= 0.2


def test_the_same_program_runs_the_same_way_twice():
    async def main():
        loop = asyncio.get_running_loop()
        times = []

        async def beat(period_s):
            for _ in range(50):
                await asyncio.sleep(period_s)
                times.append((loop.time(), period_s))

        async with asyncio.TaskGroup() as group:
            for period_s in (0.1, 0.3, 0.7, 1 / 3):
                group.create_task(beat(period_s))
        return times

    assert virtual_time.run(main()) == virtual_time.run(main())


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(ValueError, match="must be above 0"):
        virtual_time.run(asyncio.sleep(1), speed=speed)


@pytest.fixture
def heard_ctrl_c():
    """Whoever starts the tests in the background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("speed", [None, 1.0])
@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot send itself Ctrl-C there")
def test_ctrl_c_ends_a_day_after_it_has_cleaned_up(speed):
    cleaned = []

    async def main():
        threading.Timer(0.1, lambda: signal.raise_signal(signal.SIGINT)).start()
        try:
            for _ in itertools.count():
                await asyncio.sleep(3600)
        finally:
            cleaned.append("up")

    with pytest.raises(KeyboardInterrupt):
        virtual_time.run(main(), speed=speed)

    assert cleaned == ["up"]


def test_time_passes_while_the_program_is_frozen_and_its_timers_are_late():
    async def main():
        loop = asyncio.get_running_loop()
        fired = []
        loop.call_later(1.0, lambda: fired.append(loop.time()))
        before = loop.time()
        virtual_time.freeze(60.0)
        assert fired == []
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [at - before for at in fired], loop.time() - before

    assert virtual_time.run(main()) == ([60.0], 60.0)


def test_only_a_virtual_clock_can_be_frozen():
    async def main():
        virtual_time.freeze(1.0)

    with pytest.raises(RuntimeError, match="virtual clock"):
        asyncio.run(main())
