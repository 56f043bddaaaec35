"""Which clip sits at the waistband is kept beside the recording."""

import json

import pytest

from midback.errors import SettingsError
from midback.roles import WAIST_FILE, WaistClip, keep_waist_clip, waist_clip

CLIP = WaistClip("C0:5E:00:00:00:02", "000002")


def test_without_a_file_no_clip_sits_there(tmp_path):
    assert waist_clip(tmp_path / "not there") is None


def test_a_clip_that_was_set_up_is_known_from_then_on(tmp_path):
    folder = tmp_path / "data"
    keep_waist_clip(folder, CLIP)

    assert waist_clip(folder) == CLIP
    assert [path.name for path in folder.iterdir()] == [WAIST_FILE]


def test_another_one_takes_its_place_and_none_takes_it_away(tmp_path):
    other = WaistClip("C0:5E:00:00:00:03", "000003")
    keep_waist_clip(tmp_path, CLIP)
    keep_waist_clip(tmp_path, other)
    assert waist_clip(tmp_path) == other

    keep_waist_clip(tmp_path, None)
    keep_waist_clip(tmp_path, None)
    assert waist_clip(tmp_path) is None


def test_a_clip_asked_for_as_the_upper_one_is_not_at_the_waistband(tmp_path):
    keep_waist_clip(tmp_path, CLIP)

    assert waist_clip(tmp_path, "c0:5e:00:00:00:02") is None
    assert waist_clip(tmp_path, "Midback") == CLIP


@pytest.mark.parametrize("text", ["", "[]", '"x"', "{}", '{"address": "x"}', "\ufffd{"])
def test_a_file_that_says_nothing_is_named_and_what_to_do(tmp_path, text):
    (tmp_path / WAIST_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"waist.json cannot be read .* --role waist"):
        waist_clip(tmp_path)


def test_more_than_is_known_is_left_alone(tmp_path):
    facts = {"address": CLIP.address, "clip_id": CLIP.clip_id, "colour": "blue"}
    (tmp_path / WAIST_FILE).write_text(json.dumps(facts), encoding="utf-8")

    assert waist_clip(tmp_path) == CLIP


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="cannot be written"):
        keep_waist_clip(tmp_path / "file" / "data", CLIP)
