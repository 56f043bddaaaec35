"""How the clip hangs: which uprights settle what is doubtful of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from midback import mounting
from midback.calibration import Calibration, Vector
from midback.slip import REMOUNTED, SlipWarning


class Watch:
    """Says what it is told to say, and counts how often it began anew."""

    walking_up: Vector | None = None
    turn = None

    def __init__(self, *_: object) -> None:
        self.begun = 1

        self.place = ""

    def rezeroed(self, *_: object) -> None:
        self.begun += 1

    def moved(self, place: str) -> None:
        self.place = place


def upright(context: str) -> Calibration:
    made_at = datetime(2026, 11, 29, 9, tzinfo=UTC)
    up, left = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)
    return Calibration("id", "clip", made_at, up, left, context=context)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> mounting.Mounting:
    monkeypatch.setattr(mounting, "SlipWatch", Watch)
    made = mounting.Mounting()
    made.calibrated(upright("desk"))
    return made


def begun(watched: mounting.Mounting) -> int:
    watch = watched._watch
    assert isinstance(watch, Watch)
    return watch.begun


def place(watched: mounting.Mounting) -> str:
    watch = watched._watch
    assert isinstance(watch, Watch)
    return watch.place


def test_an_upright_of_the_same_context_settles_what_was_doubtful(watched: mounting.Mounting):
    watched.calibrated(upright("desk"))

    assert begun(watched) == 2


def test_one_of_another_context_does_not_for_the_clip_hangs_as_it_did(watched: mounting.Mounting):
    watched.calibrated(upright("standing desk"))
    assert begun(watched) == 1

    known = watched.known(None).mounted
    assert known is not None
    assert known.context == "standing desk"


@pytest.mark.parametrize("cause", ["slid", REMOUNTED])
def test_after_a_warning_any_upright_settles_it(watched: mounting.Mounting, cause: str):
    watched.warning = SlipWarning(1.0, cause, 10.0, "")
    watched.calibrated(upright("standing desk"))

    assert begun(watched) == 2
    assert watched.warning is None


@pytest.mark.parametrize("context", ["desk", "standing desk"])
def test_rests_from_an_upright_on_are_those_of_its_place(watched: mounting.Mounting, context: str):
    watched.calibrated(upright(context))

    assert place(watched) == context


def test_so_are_those_of_an_upright_that_was_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mounting, "SlipWatch", Watch)

    assert place(mounting.Mounting(upright("sofa"))) == "sofa"
