"""``midback live``: words in the terminal, wishes carried to the clip, a recording kept."""

import queue
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day

import pytest
from recording.worn_clip import CLIP, MORNING, WornClip
from tzlocal import get_localzone

from midback.cli.live import _recall_today
from midback.live.trace import Trace
from midback.local_time import TURN_HOUR
from midback.recording import Store
from midback.reminder import TIME_FOR_ROUTINE
from midback.settings import REMINDER, change_settings
from midback.simulated import virtual_time
from midback.words import State

PATIENCE_S = 200.0
"""Real seconds until something is given up that takes one or two."""

SPEED = 40.0


class Viewer:
    """Stands in for the terminal: looks at the trace, presses keys, then leaves.

    It sees every word of the monitor, also what is shown for a moment only while it is away.
    """

    def __init__(self, monkeypatch, *wishes):
        self._words = queue.SimpleQueue()
        self._wishes = wishes
        run, now = virtual_time.run, Trace.now
        monkeypatch.setattr(
            "midback.simulated.virtual_time.run",
            lambda main, speed: run(main, speed=SPEED * speed),
        )
        monkeypatch.setattr(Trace, "now", lambda *told: (now(*told), self._words.put(told[1])))
        monkeypatch.setattr("midback.cli.stage.watch", self._watch)

    def _watch(self, _, controls, *, finished, out):
        del out
        self._until(finished, lambda now: now.state is State.NEW)
        for wish, come_true in self._wishes:
            wish(controls)
            self._until(finished, come_true)

    def _until(self, finished, come_true):
        until = time.monotonic() + PATIENCE_S
        while not come_true(self._next(finished)):
            assert time.monotonic() < until, "nothing came of it"

    def _next(self, finished):
        while True:
            try:
                return self._words.get(timeout=1.0)
            except queue.Empty:
                assert not finished(), "the wearing ended"


def live(midback, folder):
    return midback("live", "--demo", "--headless", "--data", folder)


def introduced(folder):
    """What is said at the start: other commands need the folder."""
    return (
        f"A simulated wearer is recorded in {folder}; 'midback status --data {folder}' finds it.\n"
    )


def test_a_simulated_clip_can_be_watched_and_is_recorded(midback, monkeypatch, tmp_path):
    Viewer(monkeypatch)
    outcome = live(midback, tmp_path / "data")
    with Store.open(tmp_path / "data", write=False) as store:
        (session,) = store.sessions()

    assert outcome == (0, "", introduced(tmp_path / "data"))
    assert session.closed
    assert session.clip_facts["model"] == "Midback simulated clip"


def test_the_simulated_wearer_goes_on_with_their_day_after_a_calibration(
    midback, monkeypatch, tmp_path
):
    Viewer(
        monkeypatch,
        (lambda c: c.calibrate(), lambda now: now.state is State.UPRIGHT),
    )

    assert live(midback, tmp_path / "data").code == 0


def test_what_a_key_asks_for_reaches_the_clip(midback, monkeypatch, tmp_path):
    Viewer(
        monkeypatch,
        (lambda c: c.calibrate(), lambda now: now.state is State.UPRIGHT),
        (lambda c: c.snooze(15), lambda now: now.snoozed_until is not None),
        (lambda c: c.snooze(0), lambda now: now.snoozed_until is None),
        (lambda c: c.buzz(), lambda _: True),
    )
    outcome = live(midback, tmp_path / "data")
    with Store.open(tmp_path / "data", write=False) as store:
        kinds = [event.kind for event in store.events(store.sessions()[0])]

    assert outcome == (0, "", introduced(tmp_path / "data"))
    # In between the wearer may do as they like.
    assert [kind for kind in kinds if kind in ("calibration", "snooze")] == [
        *("calibration", "snooze", "snooze")
    ]


@pytest.mark.skipif(
    datetime.now(get_localzone()).hour == TURN_HOUR - 1, reason="today might turn meanwhile"
)
def test_the_reminder_of_the_settings_is_said(midback, monkeypatch, tmp_path):
    now = datetime.now(get_localzone())
    change_settings(tmp_path, REMINDER, {"at": f"{now:%H:%M}"})
    Viewer(monkeypatch, (lambda _: None, lambda now: now.notice == TIME_FOR_ROUTINE))

    assert live(midback, tmp_path).code == 0


@pytest.mark.skipif(
    datetime.now(get_localzone()).hour == TURN_HOUR - 1, reason="today might turn meanwhile"
)
def test_the_page_of_today_is_opened_in_the_browser(midback, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(
        "midback.cli.controls.webbrowser.open", lambda url: opened.append(url) or True
    )
    Viewer(
        monkeypatch,
        # A minute of data, so that there is something to sum up.
        (lambda c: c.calibrate(), lambda now: now.time_s > 60.0),
        (lambda c: c.report(), lambda _: bool(opened)),
    )
    outcome = live(midback, tmp_path / "data")
    (page,) = (tmp_path / "data").glob("day-*.html")

    assert outcome == (0, "", introduced(tmp_path / "data"))
    assert opened == [page.as_uri()]


def test_where_no_browser_opens_the_wearer_is_told_where_the_page_is(
    midback, monkeypatch, tmp_path
):
    monkeypatch.setattr("midback.cli.controls.webbrowser.open", lambda _: False)
    Viewer(
        monkeypatch,
        (lambda c: c.calibrate(), lambda now: now.time_s > 60.0),
        (lambda c: c.report(), lambda now: str(now.notice).startswith("The page is ")),
    )

    assert live(midback, tmp_path / "data").code == 0


def test_a_refused_calibration_is_told_in_the_view_and_nothing_breaks(
    midback, monkeypatch, tmp_path
):
    monkeypatch.setattr(
        "midback.cli.simulation.Simulation.ask",
        lambda simulation, _: simulation.day.wearer.ask("tall", simulation.day.air.now_s),
    )
    # Sitting tall all along, so that the bow is no bow.
    Viewer(
        monkeypatch,
        (
            lambda c: c.calibrate(),
            lambda now: "bow at least 20° from the hips" in str(now.notice),
        ),
    )
    outcome = live(midback, tmp_path / "data")
    with Store.open(tmp_path / "data", write=False) as store:
        assert store.calibrations() == []

    assert outcome == (0, "", introduced(tmp_path / "data"))


def test_what_was_recorded_today_is_there_again_at_the_next_start(midback, monkeypatch, tmp_path):
    seeded = []
    Viewer(monkeypatch, (lambda c: c.calibrate(), lambda now: now.time_s > 30.0))
    assert live(midback, tmp_path / "data").code == 0

    class Seeded:
        def seed(self, epoch_s, seconds, buzzes_s, now_s):
            seeded.append((len(epoch_s), len(seconds), len(buzzes_s), now_s))

    _recall_today(tmp_path / "data", Seeded())  # pyright: ignore[reportArgumentType]

    assert len(seeded) == 1
    assert seeded[0][0] == seeded[0][1] >= 30


def test_a_first_start_has_nothing_to_recall(tmp_path):
    _recall_today(tmp_path / "data", Trace())

    assert not (tmp_path / "data").exists()


def test_what_the_clip_kept_by_itself_today_is_there_as_well(tmp_path, monkeypatch):
    noon = datetime.combine(MORNING.date(), time_of_day(12), get_localzone())

    class Noon(datetime):
        @classmethod
        def now(cls, tz=None):
            return noon.astimezone(tz)

    monkeypatch.setattr("midback.cli.live.datetime", Noon)
    clip = WornClip(started_s=(noon - MORNING).total_seconds() - 600.0)
    kept = clip.wear(30)
    with Store.open(tmp_path / "data", write=True) as store:
        store.save_epochs(CLIP, [each.record for each in kept], noon)
        ended = MORNING + timedelta(seconds=clip.now_s)
        store.mark_clip_time(CLIP, clip.boot, clip.ticks(), ended)
    trace = Trace()
    _recall_today(tmp_path / "data", trace)
    day = trace.day()

    assert day is not None
    # Five minutes, of a wearer without a calibration.
    assert (day.states == State.NEW).sum() in (5, 6)
