"""``midback demo``: a day at a desk in a few seconds, and what it leaves."""

import asyncio
import json
import re
import shutil
import sqlite3
import tempfile
import threading
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from cli.user import demo_of, failed_well, in_a_process
from tzlocal import get_localzone

from midback.cli import demo as command
from midback.leans import LOOKS_LIKE_A_LEAN
from midback.live.terminal import Terminal
from midback.nudge_settings import NudgeSettings
from midback.recording import Store
from midback.seconds import SECOND
from midback.simulated import virtual_time
from midback.words import State


class Elements(HTMLParser):
    """Names of all elements of a page, and everything they refer to."""

    def __init__(self, page):
        super().__init__()
        self.names = set()
        self.references = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.references += [v for k, v in attrs if k in ("src", "href", "action", "data") and v]


def test_it_ends_by_itself_and_all_is_well(demo):
    assert demo.outcome.code == 0


def test_it_prints_the_summary_and_where_the_page_is(demo):
    out = demo.outcome.out

    assert re.search(r"^\d+ min measured, \d+ % of the 20 min from first to last wear", out, re.M)
    assert re.search(r"^▲ slumped +over \d+° +\d+ min$", out, re.M)
    assert "Not a medical device." in out
    assert out.endswith(f"\n\nThe page: {demo.page}\n")


def test_what_happens_is_told_line_by_line_apart_from_the_summary(demo):
    first, *lines = demo.outcome.err.splitlines()

    assert first == "A simulated wearer works for 20 min, as fast as it computes."
    assert all(re.match(r"08:[345]\d:\d\d  \S", line) for line in lines)
    assert re.search(r"^08:30:\d\d  judged by calibration C-\d{8}-\d{6}$", lines[0])
    assert any(re.search(r"slump, −?\d+° for .*, \d+ buzz(es)?, sat up$", line) for line in lines)


def test_the_page_stands_alone(demo):
    page = Elements(demo.page)
    text = demo.page.read_text(encoding="utf-8")

    assert "script" not in page.names
    assert not [r for r in page.references if not r.startswith(("#", "data:"))]
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text


def test_the_store_holds_the_day(demo):
    with Store.open(demo.folder, write=False) as store:
        (session,) = store.sessions()
        seconds = store.seconds(session)
        kinds = {event.kind for event in store.events(session)}
        made = store.calibrations()

    assert session.closed
    assert session.duration_s == pytest.approx(20 * 60, abs=10)
    assert seconds.dtype == SECOND
    assert set(seconds["state"].tolist()) >= {State.UPRIGHT, State.SLUMPED, State.MOVING}
    assert {"calibration", "slump_started", "buzz", "link_lost", "link_back"} <= kinds
    assert [c.axis_source for c in made] == ["bow"]


def test_its_slumps_are_those_of_the_simulated_wearer(demo):
    with Store.open(demo.folder, write=False) as store:
        (session,) = store.sessions()
        said = store.seconds(session)["state"] == State.SLUMPED
    truth = demo.truth.table()["slumped"]
    both = min(len(said), len(truth))

    # What is called a slump lags by the hold, and includes long leans at the hips.
    assert np.mean(truth[:both][said[:both]]) > 0.5


def test_the_same_seed_gives_the_same_summary_and_another_seed_another(tmp_path):
    one, same, other = (
        demo_of(tmp_path / name, seed, 5) for name, seed in (("1", 5), ("2", 5), ("3", 6))
    )

    def summary(demo):
        return re.sub(r"(?s)Calibration C.*", "", demo.outcome.out)

    assert one.outcome.code == other.outcome.code == 0
    assert summary(one) == summary(same)
    assert one.outcome.err == same.outcome.err
    assert summary(one) != summary(other)


def test_without_a_folder_it_goes_where_temporary_things_go(midback):
    code, out, _ = midback("demo", "--headless", "--minutes", 5)
    page = Path(out.strip().splitlines()[-1].removeprefix("The page: "))

    assert code == 0
    assert page.is_file()
    assert page.is_relative_to(Path(tempfile.gettempdir()).resolve())


def test_a_reminder_of_the_routine_can_be_seen_in_it(midback, tmp_path):
    folder = tmp_path / "day"
    code, out, err = midback(
        *("demo", "--headless", "--minutes", 8, "--reminder", "8:33", "--out", folder)
    )

    assert code == 0
    (told,) = [line for line in err.splitlines() if line.endswith("reminded of the routine")]
    assert "08:33:00" <= told[:8] <= "08:37:59"
    assert f"You were reminded of your routine at {told[:5]}." in " ".join(out.split())


def test_a_slower_headless_demo_tells_the_state_of_the_moment(midback, monkeypatch, tmp_path):
    looked = threading.Event()
    live, look = command._live, Terminal.look

    async def lives_once_looked_at(*what):
        looked.wait()
        await live(*what)

    monkeypatch.setattr(command, "_live", lives_once_looked_at)
    monkeypatch.setattr(Terminal, "look", lambda terminal: (look(terminal), looked.set()))
    code, out, err = midback(
        "demo", "--headless", "--speed", 1e5, "--minutes", 5, "--out", tmp_path / "day"
    )

    assert code == 0
    assert "Looking for the clip." in err
    assert "min measured" in out


def test_in_a_window_it_ends_by_itself_too(tmp_path):
    pytest.importorskip("PySide6.QtWidgets", reason="needs Qt's libraries", exc_type=ImportError)
    outcome = in_a_process(
        *("demo", "--speed", "100000", "--minutes", "5", "--out", tmp_path / "day"),
        QT_QPA_PLATFORM="offscreen",
        XDG_STATE_HOME=str(tmp_path / "state"),
    )

    assert outcome.code == 0, outcome.err
    assert "Traceback" not in outcome.err
    assert f"The page: {tmp_path / 'day' / 'day.html'}" in outcome.out


def test_a_demo_closed_before_anything_happened_says_so_and_all_is_well(midback, monkeypatch):
    monkeypatch.setattr("midback.cli.stage.watch", lambda *_, **__: None)
    monkeypatch.setattr(
        "midback.cli.demo.virtual_time.run", lambda main, speed: main.close() or speed
    )

    outcome = midback("demo", "--headless", "--speed", 1, "--minutes", 5)

    assert outcome.code == 0
    assert outcome.err.endswith("The demo ended before there was anything to sum up.\n")


def test_ctrl_c_in_the_middle_leaves_a_recording_that_is_closed(midback, monkeypatch, tmp_path):
    run = virtual_time.run

    def interrupted(main, speed=None):
        async def cut_short():
            task = asyncio.ensure_future(main)
            await asyncio.sleep(90.0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise KeyboardInterrupt

        return run(cut_short(), speed=speed)

    monkeypatch.setattr("midback.cli.demo.virtual_time.run", interrupted)
    outcome = midback("demo", "--headless", "--minutes", 5, "--out", tmp_path / "day")
    with Store.open(tmp_path / "day", write=False) as store:
        (session,) = store.sessions()

    assert outcome.code == 130
    assert session.closed


def test_day_tells_what_the_demo_told(midback, demo):
    code, out, err = midback("day", demo.day, "--data", demo.folder)

    assert (code, err) == (0, "")
    assert out.strip() == demo.outcome.out.rpartition("\n\nThe page:")[0].strip()


def test_day_is_read_as_json_with_the_figures_of_the_text(midback, demo):
    told = json.loads(midback("day", demo.day, "--json", "--data", demo.folder).out)

    assert told["date"] == demo.day.isoformat()


def test_day_writes_the_page_into_a_folder_that_is_made_for_it(midback, demo, tmp_path):
    page = tmp_path / "pages" / "today.html"
    code, out, _ = midback("day", demo.day, "--html", page, "--data", demo.folder)

    assert code == 0
    assert out.strip() == str(page)
    assert "script" not in Elements(page).names


def test_day_in_a_narrow_terminal_is_narrow(midback, demo, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    out = midback("day", demo.day, "--data", demo.folder).out

    assert max(map(len, out.splitlines())) <= 60


def test_day_can_be_asked_for_by_where_it_lies_in_the_environment(midback, demo, monkeypatch):
    monkeypatch.setenv("MIDBACK_DATA", str(demo.folder))

    assert midback("day", demo.day).code == 0


def test_damage_is_told_beside_the_summary(midback, demo, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(demo.folder, folder)
    with sqlite3.connect(folder / "midback.sqlite3") as connection:
        connection.execute("UPDATE minute SET crc = crc + 1 WHERE minute = 5")
    connection.close()
    code, out, err = midback("day", demo.day, "--data", folder)

    assert code == 0
    assert "min measured" in out
    assert all(line.startswith("midback: ") for line in err.splitlines())


def test_recompute_tells_the_buzzes_of_then_and_of_another_setting(midback, demo):
    code, out, err = midback("recompute", demo.day, "--data", demo.folder)
    longer = midback("recompute", demo.day, "--set", "hold_s=300", "--data", demo.folder)
    told = json.loads(midback("recompute", demo.day, "--json", "--data", demo.folder).out)

    assert (code, err) == (0, "")
    assert "judged anew by judgement" in out
    assert told["then"]["buzzes"] == told["anew"]["buzzes"] > 0
    assert all(pair["then"] and pair["anew"] for pair in told["buzzes"])
    assert "hold_s=300" in longer.out
    assert longer.out != out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("hold_s", "write name=value; the names are preset, hold_s,"),
        ("colour=red", "write name=value"),
        ("hold_s=0", "hold_s 0 is not from 1 to 3600"),
        ("hold_s=abc", "write a number, such as 12.5"),
        ("hourly_cap=1.5", "write a whole number, such as 12"),
        ("preset=mild", "choose coach, normal, quiet"),
        ("plan_started=monday", "write a day, such as 2026-11-28"),
        ("quiet_hours=late", "'late' is no time of day: write it as 22:00-07:00"),
        ("seed=x", "write a whole number"),
        ("enter_deg=x", "write a number"),
        *(
            (f"{line}={deg}", f"{line} {deg} is not from 8 to 20 degrees")
            for line in ("enter_deg", "back_enter_deg")
            for deg in ("nan", "inf", "500", "0", "-3")
        ),
    ],
)
def test_recompute_refuses_what_cannot_be_set(midback, demo, wrong, said):
    told = failed_well(midback("recompute", demo.day, "--set", wrong, "--data", demo.folder), 2)

    assert wrong.partition("=")[0] in told
    assert said in told


def test_recompute_tells_why_a_nudge_was_withheld_in_words(midback, tmp_path):
    started = datetime(2026, 11, 12, 9, tzinfo=get_localzone())
    with Store.open(tmp_path, write=True) as store:
        writer = store.begin("000001", NudgeSettings().facts(), started)
        writer.add_event(50.0, "buzz_withheld", 18.0, LOOKS_LIKE_A_LEAN)
        writer.close(60.0, started + timedelta(seconds=60))
    code, out, _ = midback("recompute", "2026-11-12", "--data", tmp_path)

    assert code == 0
    row = next(line for line in out.splitlines() if line.startswith("withheld"))
    assert row.split("  ")[0] == "withheld in what looked like a lean from the hips"
    assert row.split()[-2:] == ["1", "0"]
    assert len(row) <= 80
