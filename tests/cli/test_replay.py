"""``midback replay``."""

import re
import shutil
import sqlite3

import pytest
from cli.archives import sitting
from reference import reference_data

from midback.recording import Store


def slumps(lines):
    return [line for line in lines if "slump, " in line]


def test_a_stored_day_is_judged_again_as_it_was(midback, demo):
    code, out, err = midback("replay", demo.folder, "--headless")
    title, *lines = out.splitlines()

    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"A wearing of \w+ \d\d \w+ \d{4}, 08:30, 20 min, clip [0-9A-F]{6}\.", title
    )
    told_live = slumps(demo.outcome.err.splitlines())
    assert slumps(lines) == told_live != []


def test_a_day_can_be_named(midback, demo):
    by_date = midback("replay", demo.day, "--headless", "--data", demo.folder)

    assert by_date == midback("replay", demo.folder, "--headless")


def test_another_hold_gives_other_slumps(midback, demo):
    usual = midback("replay", demo.folder, "--headless").out
    patient = midback("replay", demo.folder, "--headless", "--hold", 600).out

    assert len(slumps(usual.splitlines())) > len(slumps(patient.splitlines())) == 0


def test_the_hold_it_was_recorded_with_is_kept_to(midback, demo, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(demo.folder, folder)
    connection = sqlite3.connect(folder / "midback.sqlite3")
    with connection:
        connection.execute(
            "UPDATE session SET clip_facts = replace(clip_facts, '\"30\"', '\"600\"')"
        )
    connection.close()
    with Store.open(folder, write=False) as store:
        assert store.sessions()[0].clip_facts["hold_s"] == "600"

    assert slumps(midback("replay", folder, "--headless").out.splitlines()) == []


def test_nothing_is_written_by_a_replay(midback, demo):
    before = (demo.folder / "midback.sqlite3").read_bytes()
    midback("replay", demo.folder, "--headless")

    assert (demo.folder / "midback.sqlite3").read_bytes() == before


def person(midback, archive, *options):
    code, out, err = midback("replay", archive, "--headless", *options)
    assert (code, err) == (0, "")
    return out.splitlines()


def test_a_persons_postures_are_played_one_after_the_other(midback, tmp_path):
    title, *lines = person(midback, sitting(tmp_path / "x.npz"))
    labels = [m[1] for line in lines if (m := re.search(r"Recorded as (\w+) \(t\d\d\)", line))]

    assert title == "p1: 6 held postures, one after the other, each made to last 40 s."
    assert labels == ["upright", "upright", "slouch", "forward", "backward", "left"]
    assert sum("slump begins" in line for line in lines) >= 1


def test_another_person_can_be_chosen(midback, tmp_path):
    assert person(midback, sitting(tmp_path / "x.npz"), "--person", "p2")[0].startswith("p2: ")


@pytest.mark.timeout(60)
def test_a_real_persons_slouch_is_called_a_slump(midback):
    lines = person(midback, reference_data("sitting_spine_dev.npz"), "--person", "s01")
    began = next(k for k, line in enumerate(lines) if "Recorded as slouch" in line)

    assert any("slump begins" in line for line in lines[began:])
