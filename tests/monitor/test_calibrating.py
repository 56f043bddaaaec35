"""The wearer's upright: guided, refused, kept, and never replaced in silence."""

import asyncio
import math
from contextlib import suppress

import pytest
from monitor.worlds import SETTLE_S, World, clip_on, live, stored, wearer

from midback.calibration import Pose
from midback.errors import CalibrationRefused
from midback.monitor import Monitor
from midback.recording import Store
from midback.shared import flexion
from midback.simulated import Activity
from midback.words import State


async def upright(world):
    await world.calibrated()
    return world.watcher.latest


def calibrations(folder):
    with Store.open(folder, write=False) as store:
        return store.calibrations()


def test_a_calibration_is_guided_counted_down_and_confirmed(folder):
    world = World(folder)
    live(world, upright)
    said = world.watcher.notices

    assert said[0] == "Sit tall and look straight ahead."
    assert said[1] == "Sit tall and look straight ahead and hold still: 5 s."
    assert said[-2].endswith((": 0 s.", ": 1 s."))
    assert said[-1] == "Calibrated: this is your upright now."


def test_after_a_calibration_sitting_tall_is_upright_at_no_angle(folder):
    now = live(World(folder), upright)

    assert now.state is State.UPRIGHT
    assert now.flexion_deg == pytest.approx(0.0, abs=1.5)


def test_a_calibration_is_kept_with_the_clip_that_made_it(folder):
    live(World(folder), upright)
    (made,) = calibrations(folder)
    session, events = stored(folder)

    assert made.clip_id == session.clip_id == "000001"
    assert (events[0].kind, events[0].detail, events[0].value) == ("calibration", made.id, None)


def test_each_pose_is_asked_for_in_turn(folder):
    asked = []

    async def body(world):
        def prompt(pose):
            asked.append(pose)
            world.ask(pose)

        return await world.monitor.calibrate((Pose.TALL, Pose.BOW, Pose.SLUMP), prompt)

    made = live(World(folder), body)

    assert asked == [Pose.TALL, Pose.BOW, Pose.SLUMP]
    assert made.axis_source == "bow"
    # A span of 20 degrees, as the wearer varies it.
    assert made.span_deg == pytest.approx(20.0, abs=3.0)


async def fidgeting(world):
    """Bow while the upright is being taken."""
    await world.pose(Pose.TALL)
    asyncio.get_running_loop().call_later(4.0, world.ask, Pose.BOW)
    with pytest.raises(CalibrationRefused, match=r"you moved .*: hold still for 5 s") as caught:
        await world.monitor.calibrate()
    return str(caught.value), world.watcher.latest


def test_a_wearer_who_moves_is_refused_and_told_why(folder):
    why, now = live(World(folder), fidgeting)

    assert now.notice == f"Y{why[1:]}."
    assert now.state in (State.NEW, State.MOVING)


def test_a_refused_calibration_leaves_nothing_behind(folder):
    live(World(folder), fidgeting)

    assert calibrations(folder) == []
    assert stored(folder)[1] == []


def test_a_refused_calibration_leaves_the_one_before_in_force(folder):
    async def body(world):
        await world.calibrated()
        before = world.monitor.wearing.calibration
        await fidgeting(world)
        return before, world.monitor.wearing.calibration

    before, after = live(World(folder), body)

    assert before is after is not None
    assert len(calibrations(folder)) == 1


TAKEN_OFF_FOR_A_WHILE = [
    (Activity.TYPING, 1.0),
    (Activity.OFF_BODY, 3.0),
    (Activity.TYPING, 10.0),
]


def test_a_clip_that_was_put_on_anew_is_told_of_until_there_is_a_new_upright(folder, monkeypatch):
    monkeypatch.setattr("midback.wearing.WARNING_S", 20.0)

    async def body(world):
        await world.calibrated()
        at_first = world.watcher.latest.doubt
        world.clip.wearer.ask("free", world.air.now_s)
        # Noticed, and longer than the warning itself is shown.
        await asyncio.sleep(330.0 - world.air.now_s)
        now = world.watcher.latest
        await world.calibrated()
        return at_first, now.notice, now.doubt, world.watcher.latest.doubt

    world = World(folder, clip_on(wearer(TAKEN_OFF_FOR_A_WHILE)))
    told = "You have put the clip on anew: sit tall and calibrate."

    assert live(world, body) == (None, None, told, None)


def test_a_calibration_can_be_tried_again_after_a_refusal(folder):
    async def body(world):
        await fidgeting(world)
        return await upright(world)

    assert live(World(folder), body).state is State.UPRIGHT


def test_a_second_calibration_is_a_new_one_and_the_first_stays(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.BOW)
        await world.calibrate()

    live(World(folder), body)
    first, second = calibrations(folder)
    told = [event for event in stored(folder)[1] if event.kind == "calibration"]

    assert first.id != second.id
    assert [event.detail for event in told] == [first.id, second.id]
    # The wearer bows by 30 degrees, give or take a few.
    assert told[1].value == pytest.approx(30.0, abs=6.0)
    assert told[1].value == pytest.approx(
        flexion.angle_between_deg(first.neutral_up, second.neutral_up), abs=1e-9
    )


def test_the_angle_between_two_calibrations_counts_a_tilt_to_the_side_too(folder):
    async def body(world):
        await world.calibrated()
        wearing = world.monitor.wearing
        tilted = wearing.calibration.neutral_up
        turned = (tilted[0], math.sin(math.radians(20.0)), math.cos(math.radians(20.0)))
        length = math.sqrt(sum(v * v for v in turned))
        first = wearing.calibration
        second = type(first)(
            "C-2", first.clip_id, first.made_at, tuple(v / length for v in turned), first.left
        )
        wearing.recalibrate(second, world.session_s())

    world = World(folder)
    live(world, body)

    assert world.watcher.of("calibration")[1][2] == pytest.approx(20.0, abs=2.0)


def test_the_next_start_judges_by_the_latest_calibration_of_that_clip(folder):
    async def twice(world):
        await world.calibrated()
        await world.pose(Pose.BOW)
        await world.calibrate()

    live(World(folder), twice)
    _, second = calibrations(folder)

    async def seated(world):
        await world.pose(Pose.TALL)
        return world.monitor.wearing.calibration, world.watcher.latest.flexion_deg

    used, flexion_deg = live(World(folder), seated)
    with Store.open(folder, write=False) as store:
        session = store.sessions()[-1]

    assert used == second
    assert session.calibration_id == second.id
    assert flexion_deg == pytest.approx(-30.0, abs=6.0)


def test_another_clip_does_not_borrow_a_calibration(folder):
    live(World(folder), upright)

    async def body(world):
        await asyncio.sleep(SETTLE_S)
        return world.watcher.state

    assert live(World(folder, clip_on(wearer(), 2)), body) is State.NEW


def test_a_second_wish_to_calibrate_does_not_disturb_the_first(folder):
    async def body(world):
        await world.pose(Pose.TALL)
        first = asyncio.create_task(world.monitor.calibrate())
        await asyncio.sleep(1.0)
        with pytest.raises(CalibrationRefused, match="is under way"):
            await world.monitor.calibrate()
        return await first

    made = live(World(folder), body)

    assert [c.id for c in calibrations(folder)] == [made.id]


def test_a_link_that_ends_in_the_middle_is_a_refusal_that_says_what_to_do(folder):
    async def body(world):
        await world.pose(Pose.TALL)
        asyncio.get_running_loop().call_later(5.0, world.air.out_of_range)
        with pytest.raises(CalibrationRefused, match="bring the clip nearer and try again"):
            await world.monitor.calibrate()
        return world.watcher.latest.notice

    assert "bring the clip nearer" in live(World(folder), body)


def test_without_a_link_a_calibration_is_refused_and_the_view_says_why(folder):
    async def body(world):
        world.air.out_of_range()
        await asyncio.sleep(10.0)
        with pytest.raises(CalibrationRefused, match="wait until it is linked"):
            await world.monitor.calibrate()
        return world.watcher.latest.notice

    assert live(World(folder), body) == "Calibrate once the clip is linked."


@pytest.mark.parametrize("lost_after_s", [7.5, 7.9, 8.0, 8.1, 8.4])
def test_a_link_that_ends_just_as_the_pose_is_held_breaks_nothing(folder, lost_after_s):
    async def body(world):
        await world.pose(Pose.TALL)
        for clip in world.air.clips:
            asyncio.get_running_loop().call_later(lost_after_s, drop_link, world.air, clip)
        with suppress(CalibrationRefused):
            await world.monitor.calibrate()

    def drop_link(air, clip):
        for link in tuple(air._links):
            if link.clip is clip:
                link.close()
                link._receiver.lost()

    live(World(folder), body)


def test_before_any_clip_was_found_a_calibration_is_refused(folder):
    async def main():
        with pytest.raises(CalibrationRefused, match="no clip is connected"):
            await Monitor(folder).calibrate()

    asyncio.run(main())


async def re_zeroing_while_bowed(world, answer):
    await world.calibrated()
    await world.pose(Pose.BOW)
    try:
        await world.calibrate(answer)
    except CalibrationRefused as refusal:
        return str(refusal), world.watcher.latest
    return None, world.watcher.latest


def test_nobody_sits_back_slumped_who_has_just_set_a_new_upright(folder):
    async def body(world):
        await world.pose(Pose.BOW)
        await world.calibrate()
        await world.pose(Pose.TALL)
        await world.calibrate()
        await asyncio.sleep(5.0)
        return world.watcher.latest.flexion_deg, world.monitor.wearing._leans.hinge_deg

    flexion_deg, hinge_deg = live(World(folder), body)

    assert flexion_deg == pytest.approx(0.0, abs=2.0)
    assert hinge_deg == pytest.approx(0.0, abs=2.0)


def test_an_upright_far_from_the_usual_one_is_questioned_and_the_doubt_is_kept(folder):
    async def body(world):
        return await re_zeroing_while_bowed(world, answer=True)

    refusal, _ = live(World(folder), body)
    events = stored(folder)[1]
    (doubted,) = [event for event in events if event.kind == "upright_questioned"]

    assert refusal is None
    assert doubted.value == pytest.approx(30.0, abs=6.0)
    assert doubted.detail.startswith("You look slumped: ")
    kinds = [event.kind for event in events if event.kind != "nudges_released"]
    assert kinds[-3:] == ["asked", "answered", "calibration"]


def test_who_says_no_keeps_the_old_upright(folder):
    async def body(world):
        refused = await re_zeroing_while_bowed(world, answer=False)
        await asyncio.sleep(SETTLE_S)
        return *refused, world.watcher.latest.flexion_deg

    refusal, _, flexion_deg = live(World(folder), body)

    assert refusal is not None
    assert "the upright was not taken (" in refusal
    assert "sit tall and calibrate again" in refusal
    assert len(calibrations(folder)) == 1
    assert flexion_deg == pytest.approx(30.0, abs=6.0)


def test_who_says_nothing_keeps_the_old_upright(folder):
    async def body(world):
        await world.calibrated()
        await world.pose(Pose.BOW)
        with pytest.raises(CalibrationRefused, match="was not taken"):
            await world.monitor.calibrate()

    live(World(folder), body)

    assert len(calibrations(folder)) == 1
