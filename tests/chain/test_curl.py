"""A slump told from a lean by two clips: signs against scipy's rotations, and their times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from midback.curl import LATE_S, Posture, TwoClips, curl_deg, posture
from midback.shared import flexion

UP, LEFT = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)


def tilt_deg(mounting: Rotation, bow_deg: float, heading_deg: float) -> float:
    """What a clip that hangs any way reads when its part of the back bows forward."""
    # Right-handed about the wearer's left: the top goes forward.
    turned = Rotation.from_euler("ZY", [heading_deg, bow_deg], degrees=True)
    frame = flexion.thorax_frame(tuple(mounting.apply(UP)), tuple(mounting.apply(LEFT)))
    return flexion.angles_deg(frame, tuple(mounting.apply(turned.inv().apply(UP))))[0]


@pytest.mark.parametrize(
    ("thorax_deg", "pelvis_deg", "curl", "called"),
    [
        # The pelvis rolls back while the thorax tips forward.
        (20.0, -10.0, 30.0, Posture.SLUMP),
        # Bowing at the hips tips both alike.
        (20.0, 20.0, 0.0, Posture.LEAN),
        (-20.0, -30.0, 10.0, Posture.UPRIGHT),
    ],
)
def test_signs_hold_however_the_two_clips_hang_and_the_wearer_faces(
    thorax_deg: float, pelvis_deg: float, curl: float, called: Posture
):
    mountings = Rotation.random(100, np.random.default_rng(1))
    for upper, waist in zip(mountings[:50], mountings[50:], strict=True):
        tilts = tilt_deg(upper, thorax_deg, 70.0), tilt_deg(waist, pelvis_deg, -40.0)

        assert curl_deg(*tilts) == pytest.approx(curl, abs=1e-9)
        assert posture(*tilts) is called


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(0, 30))
def test_more_flexion_never_turns_a_slump_back(flexion_deg: float, hinge_deg: float, more: float):
    if posture(flexion_deg, hinge_deg) is Posture.SLUMP:
        assert posture(flexion_deg + more, hinge_deg) is Posture.SLUMP


@given(st.floats(0, 60), st.floats(-60, 60), st.floats(0, 30))
def test_a_pelvis_that_rolls_further_back_never_turns_a_slump_into_a_lean(
    flexion_deg: float, hinge_deg: float, back: float
):
    if posture(flexion_deg, hinge_deg) is Posture.SLUMP:
        assert posture(flexion_deg, hinge_deg - back) is not Posture.LEAN


# Timelines: the upper clip sends five times a second, the waist clip four times, 70 ms later.


def worn(clips: TwoClips, begin_s: float, end_s: float, flexion_deg: float, hinge_deg: float):
    for time_s in np.arange(begin_s, end_s, 0.2):
        clips.upper(time_s, flexion_deg)
    for time_s in np.arange(begin_s + 0.07, end_s, 0.25):
        clips.waist(time_s, hinge_deg)


def test_half_a_window_of_both_is_enough_and_less_is_not():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 4.9, 20.0, 0.0)
    assert clips.posture(4.9) is Posture.UNKNOWN

    worn(clips, 5.0, 6.0, 20.0, 0.0)
    assert clips.posture(6.0) is Posture.SLUMP


def test_the_last_window_counts_and_no_more():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 60.0, 20.0, 0.0)
    worn(clips, 60.0, 70.0, 20.0, 20.0)

    assert clips.posture(70.0) is Posture.LEAN
    assert clips.tilts_deg(70.0) == (20.0, 20.0)


def test_a_fidget_changes_nothing():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 7.0, 20.0, 20.0)
    worn(clips, 7.0, 10.0, 40.0, -10.0)

    assert clips.posture(10.0) is Posture.LEAN


def test_one_clip_alone_says_nothing():
    clips = TwoClips()
    for time_s in range(60):
        clips.upper(float(time_s), 20.0)

    assert clips.posture(60.0) is Posture.UNKNOWN


def test_a_waist_clip_that_fell_silent_says_nothing_after_three_seconds():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 20.0, 20.0, 20.0)
    called = {}
    for time_s in np.arange(20.0, 25.0, 0.5):
        clips.upper(time_s, 20.0)
        called[time_s] = clips.posture(time_s)

    assert called[20.0 + LATE_S - 0.5] is Posture.LEAN
    assert called[20.0 + LATE_S] is Posture.UNKNOWN


def test_after_a_silence_the_window_starts_anew():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 20.0, 20.0, 20.0)
    worn(clips, 24.0, 28.0, 20.0, 0.0)
    assert clips.posture(28.0) is Posture.UNKNOWN

    worn(clips, 28.0, 30.0, 20.0, 0.0)
    assert clips.posture(30.0) is Posture.SLUMP


def test_samples_that_come_late_or_are_not_known_are_left_out():
    clips = TwoClips(window_s=10.0)
    worn(clips, 0.0, 10.0, 20.0, 20.0)
    for time_s in np.arange(0.0, 9.0, 0.01):
        clips.waist(time_s, -20.0)
        clips.waist(9.8, float("nan"))

    assert clips.posture(10.0) is Posture.LEAN


def test_a_window_of_no_length_is_refused():
    with pytest.raises(ValueError, match="window_s"):
        TwoClips(window_s=0.0)


@given(
    st.lists(
        st.tuples(st.booleans(), st.floats(0, 100), st.floats(-60, 60) | st.just(float("nan"))),
        max_size=60,
    ),
    st.floats(0, 120),
)
def test_any_samples_in_any_order_give_an_answer_within_what_was_measured(samples, now_s):
    clips = TwoClips(window_s=10.0)
    for upper, time_s, deg in samples:
        (clips.upper if upper else clips.waist)(time_s, deg)

    tilts = clips.tilts_deg(now_s)
    assert (tilts is None) == (clips.posture(now_s) is Posture.UNKNOWN)
    if tilts is not None:
        for upper, tilt in zip((True, False), tilts, strict=True):
            seen = [deg for side, _, deg in samples if side is upper and deg == deg]
            assert min(seen) <= tilt <= max(seen)
