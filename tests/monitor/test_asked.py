"""What other processes can ask of a monitor."""

import typing
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.asked import facts_of, now_of, requests_of
from midback.control.line import decode_line, encode_line
from midback.errors import UsageError
from midback.link import Link
from midback.watching import Now
from midback.words import State

NINE = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
NOW = Now(
    time_s=12.5,
    wall=NINE,
    state=State.UPRIGHT,
    since_s=3.0,
    flexion_deg=1.5,
    last_deg=1.5,
    enter_deg=14.0,
    leave_deg=10.0,
    back_enter_deg=None,
    hold_s=30.0,
    battery_percent=82,
    link=Link.STREAMING,
    snoozed_until=None,
    notice=None,
)

moments = st.integers(0, 2**53).map(lambda us: NINE + timedelta(microseconds=us))
numbers = st.floats(-1e6, 1e6)
EXAMPLES = {
    float: numbers,
    int: st.integers(0, 100),
    str: st.text(max_size=20),
    datetime: moments,
    State: st.sampled_from(State),
    Link: st.sampled_from(Link),
    bool: st.booleans(),
    tuple[str, ...]: st.lists(st.text(max_size=10), max_size=3).map(tuple),
}


def examples_of(kind):
    parts = typing.get_args(kind) if type(None) in typing.get_args(kind) else (kind,)
    return st.one_of(*(st.none() if part is type(None) else EXAMPLES[part] for part in parts))


HINTS = typing.get_type_hints(Now)
nows = st.builds(Now, **{field.name: examples_of(HINTS[field.name]) for field in fields(Now)})


@given(nows)
def test_every_fact_of_a_moment_survives_the_way(now):
    assert now_of(decode_line(encode_line(facts_of(now)))) == now


def test_what_is_new_to_us_is_left_out_and_what_is_missing_has_its_default():
    facts = facts_of(NOW) | {"forecast": "rain"}
    del facts["held_by"]

    assert now_of(facts) == NOW


@pytest.mark.parametrize(
    "change", [{"state": "dancing"}, {"wall": "noon"}, {"link": 7}, {"state": None, "wall": 1}]
)
def test_what_is_not_understood_is_told_plainly(change):
    with pytest.raises(UsageError, match="same release"):
        now_of(facts_of(NOW) | change)


def test_what_must_be_known_must_be_there():
    facts = facts_of(NOW)
    del facts["wall"]
    with pytest.raises(UsageError, match="same release"):
        now_of(facts)


class Monitor:
    """A monitor that notes what it is told."""

    def __init__(self, now: Now | None = NOW):
        self.now_ = now
        self.heard = []

    def snooze(self, minutes):
        self.heard.append(("snooze", minutes))

    contexts = ("desk", "sofa")

    def choose(self, context):
        if context == "///":
            raise ValueError("that is no name")
        self.heard.append(context)
        return context == "desk"

    def hold(self, reason):
        self.heard.append((reason, True))

    def release(self, reason):
        self.heard.append((reason, False))

    def now(self):
        return self.now_


async def asked(monitor, request, **facts):
    return await requests_of(monitor)[request](facts)


@pytest.mark.parametrize("minutes", [0, 0.5, 30, 24 * 60])
async def test_a_snooze_reaches_the_monitor(minutes):
    monitor = Monitor()
    answer = await asked(monitor, "snooze", minutes=minutes)

    assert monitor.heard == [("snooze", minutes)]
    assert now_of(answer["now"]) == NOW


@pytest.mark.parametrize(
    "minutes", [None, "30", True, -1, 24 * 60 + 1, 1e999, float("nan"), [30], {}]
)
async def test_a_snooze_of_no_length_is_refused(minutes):
    monitor = Monitor()
    with pytest.raises(UsageError, match="minutes is"):
        await asked(monitor, "snooze", minutes=minutes)

    assert monitor.heard == []


async def test_a_snooze_reaches_the_monitor_also_without_a_clip():
    monitor = Monitor(now=None)

    assert await asked(monitor, "snooze", minutes=30) == {"now": None}
    assert monitor.heard == [("snooze", 30)]


@pytest.mark.parametrize("on", [True, False])
async def test_a_pause_reaches_the_monitor_also_without_a_clip(on):
    monitor = Monitor(now=None)

    assert await asked(monitor, "pause", on=on) == {"now": None}
    assert monitor.heard == [("pause", on)]


@pytest.mark.parametrize("on", [None, 1, "on"])
async def test_a_pause_is_on_or_off(on):
    with pytest.raises(UsageError, match="true or false"):
        await asked(Monitor(), "pause", on=on)


async def test_the_status_is_the_moment_as_a_view_sees_it():
    snoozed = NINE + timedelta(minutes=30)
    answer = await asked(Monitor(), "status")

    assert answer["now"]["state"] == "upright"
    assert answer["now"]["wall"] == "2026-11-12T09:00:00+00:00"
    assert now_of(answer["now"] | {"snoozed_until": snoozed.isoformat()}).snoozed_until == snoozed


async def test_a_context_is_gone_to_and_said_to_be_known_or_not():
    monitor = Monitor()

    assert (await asked(monitor, "context", name="desk"))["known"] is True
    assert (await asked(monitor, "context", name="sofa"))["known"] is False
    assert monitor.heard == ["desk", "sofa"]


async def test_without_a_name_the_contexts_are_listed_and_nothing_changes():
    monitor = Monitor()
    answer = await asked(monitor, "context")

    assert list(answer["contexts"]) == ["desk", "sofa"]
    assert (answer["known"], monitor.heard) == (None, [])


async def test_a_name_that_is_none_is_refused_with_the_reason():
    with pytest.raises(UsageError, match="no name"):
        await asked(Monitor(), "context", name="///")
