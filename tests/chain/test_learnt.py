"""What was learnt of a wearer's postures survives, and what cannot be read is learnt anew."""

import pytest

from midback.errors import DataError
from midback.learnt import LEARNT, keep_postures, read_postures
from midback.postures import Postures


def test_nothing_is_known_of_somebody_new(tmp_path):
    assert read_postures(tmp_path, "clip-1").to_json() == Postures().to_json()


def test_each_clip_has_its_own(tmp_path):
    first = Postures('{"format": 1, "asked_day": 5, "contexts": {}}')
    keep_postures(tmp_path, "clip-1", first)
    keep_postures(tmp_path, "clip-2", Postures())

    assert read_postures(tmp_path, "clip-1").to_json() == first.to_json()
    assert read_postures(tmp_path, "clip-2").to_json() == Postures().to_json()
    assert [path.name for path in tmp_path.iterdir()] == [LEARNT]


def test_nothing_learnt_leaves_no_file(tmp_path):
    keep_postures(tmp_path, "clip-1", Postures())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"clip-1": 7}', '{"clip-1": "{}"}'])
def test_what_cannot_be_read_is_told_and_written_over(tmp_path, text):
    (tmp_path / LEARNT).write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match="learnt anew"):
        read_postures(tmp_path, "clip-1")

    keep_postures(tmp_path, "clip-1", Postures())
    assert read_postures(tmp_path, "clip-1").to_json() == Postures().to_json()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    learnt = Postures('{"format": 1, "asked_day": 5, "contexts": {}}')

    with pytest.raises(DataError, match="cannot be written"):
        keep_postures(tmp_path / "gone", "clip-1", learnt)
