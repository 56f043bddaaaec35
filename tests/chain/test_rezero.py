"""A new upright far from the usual one is questioned."""

from dataclasses import replace

import pytest
from chain.builders import up, upright
from hypothesis import given
from hypothesis import strategies as st

from midback.calibration import Calibration
from midback.slip import Known, doubt, walk_tilt

USUAL = upright()
SAME_MOUNTING = Known(mounted=USUAL)


def at(lean_deg: float, side_deg: float = 0.0, number: int = 2, **traits) -> Calibration:
    """An upright taken while the wearer was tilted like this from ``USUAL``."""
    return replace(USUAL, id=f"C-{number}", neutral_up=up(lean_deg, side_deg), **traits)


def words(new: Calibration, earlier=(), known=SAME_MOUNTING) -> str | None:
    told = doubt(new, list(earlier), known)
    return None if told is None else told.words


def test_an_upright_taken_in_a_slump_is_questioned():
    assert words(at(14.0)) == "You look slumped: 14° from your usual upright."


def test_so_is_one_taken_leaning_back_or_to_a_side():
    assert words(at(-11.0)) == "You look leaned back: 11° from your usual upright."
    assert words(at(2.0, -9.0)) == "You look tipped to the left: 9° from your usual upright."
    assert words(at(0.0, 12.0)) == "You look tipped to the right: 12° from your usual upright."


@given(st.floats(-7.9, 7.9), st.floats(-7.9, 7.9))
def test_whoever_sits_up_as_people_do_is_believed(lean: float, side: float):
    assert doubt(at(lean, side), [], SAME_MOUNTING) is None


def test_the_doubt_has_a_size_and_a_sign():
    told = doubt(at(-12.0), [], SAME_MOUNTING)

    assert told is not None
    assert told.value_deg == pytest.approx(-12.0)


def test_the_first_upright_of_all_is_believed():
    assert words(at(14.0), [], Known()) is None


def test_another_context_is_no_reason_for_doubt():
    assert words(at(14.0, context="standing desk"), [USUAL]) is None


def test_the_walks_can_side_with_the_new_upright():
    # The clip had slipped by 12 degrees unnoticed: walks are now read as 14 instead of 2.
    known = Known(USUAL, walking_up=up(14.0), walk=(2.0, 0.0))

    assert words(at(12.0), [], known) is None


def test_the_walks_can_side_with_the_old_one():
    known = Known(USUAL, walking_up=up(2.0), walk=(2.0, 0.0))

    assert words(at(12.0), [], known) == "You look slumped: 12° from your usual upright."


def test_after_the_clip_was_put_on_anew_the_walks_tell():
    # It hangs 6 degrees further forward now; whoever walks at +2 reads 8.
    known = Known(None, walking_up=up(8.0), walk=(2.0, 0.0))

    assert words(at(6.0), [], known) is None
    assert words(at(17.0), [], known) == "You look slumped: 11° from your usual upright."


def days(*leans: float) -> list[Calibration]:
    return [at(lean, number=10 + k) for k, lean in enumerate(leans)]


def test_without_walks_the_other_days_tell():
    assert words(at(11.0), days(-1.0, 0.0, 2.0, 1.0), Known()) is not None
    assert words(at(6.0), days(-1.0, 0.0, 2.0, 1.0), Known()) is None


def test_days_on_which_the_clip_hung_very_differently_tell_less():
    assert words(at(11.0), days(-9.0, 7.0, 0.0, 4.0), Known()) is None


def test_two_days_are_too_few():
    assert words(at(14.0), days(0.0, 1.0), Known()) is None


def test_another_clip_tells_nothing():
    others = [replace(each, clip_id="clip-2") for each in days(0.0, 1.0, -1.0)]

    assert words(at(14.0), others, Known()) is None


def test_a_walk_is_remembered_as_its_tilt_from_upright():
    assert walk_tilt(at(3.0), up(5.0)) == pytest.approx((2.0, 0.0))
