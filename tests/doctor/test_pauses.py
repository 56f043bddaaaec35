"""Which pauses a system makes possible."""

import pytest

from midback.doctor import Mark, computer
from midback.doctor.pauses import examine
from midback.pausing import CALL, PRESENTING, QUIET, Sign


def looks(*signs):
    return [lambda: list(signs)]


def test_where_nobody_tells_anything_the_wearer_is_told_how_to_do_it_by_hand():
    found = examine([])

    assert [(f.mark, f.name) for f in found] == [
        (Mark.NOTE, "calls"),
        (Mark.NOTE, "quiet"),
        (Mark.NOTE, "talks"),
    ]
    assert {f.to_do for f in found} == {
        "Hold buzzes by hand: P in the window, or 'midback pause'."
    }


@pytest.mark.parametrize(("on", "now"), [(True, ", now"), (False, "")])
def test_who_tells_of_calls_is_named_and_whether_one_is_on(on, now):
    found = examine(looks(Sign(CALL, "PipeWire", on)))[0]

    assert (found.mark, found.name) == (Mark.OK, "calls")
    assert found.found == f"a microphone in use holds buzzes{now}; told by PipeWire"


def test_all_who_tell_of_the_same_are_named_once():
    found = examine(
        looks(
            Sign(QUIET, "Xfce's settings", False),
            Sign(QUIET, "GNOME's settings", False),
            Sign(QUIET, "Xfce's settings", True),
            Sign(PRESENTING, "GNOME's session manager", False),
        )
    )

    assert found[1].found.endswith("now; told by Xfce's settings, GNOME's settings")
    assert found[2].mark is Mark.OK


def test_they_are_told_with_the_computer():
    names = [finding.name for finding in computer.examine()]

    assert names[-3:] == ["calls", "quiet", "talks"]
