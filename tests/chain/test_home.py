"""What always holds for the posture that slumps count from."""

from hypothesis import given
from hypothesis import strategies as st

from midback.shared.home import NEAR_DEG, SETTLED_S, Homes

homes = st.lists(st.floats(-40, 40), max_size=4).map(tuple)
stream = st.lists(st.tuples(st.floats(-45, 45), st.integers(1, 150)), min_size=1, max_size=12)


def followed(offsets: tuple[float, ...], held: list[tuple[float, int]]):
    """(time, flexion, relative, home) after each sample, five a second."""
    watch = Homes(offsets)
    time_s = 0.0
    for flexion_deg, samples in held:
        for _ in range(samples):
            time_s += 0.2
            relative = watch.update(time_s, flexion_deg)
            yield time_s, flexion_deg, relative, watch.home_deg


@given(homes, stream)
def test_slumps_count_from_upright_or_from_a_posture_called_good(offsets, held):
    for _, flexion_deg, relative, home in followed(offsets, held):
        assert home in (0.0, *offsets)
        assert any(abs(flexion_deg - each - relative) < 1e-9 for each in (0.0, *offsets))


@given(homes, stream)
def test_no_posture_called_good_is_ever_far_from_home(offsets, held):
    for _, flexion_deg, relative, _ in followed(offsets, held):
        if any(abs(flexion_deg - each) <= NEAR_DEG for each in (0.0, *offsets)):
            assert abs(relative) <= NEAR_DEG


@given(homes, stream)
def test_the_home_changes_at_most_every_twenty_seconds(offsets, held):
    changed_s = 0.0
    last = 0.0
    for time_s, _, _, home in followed(offsets, held):
        if home != last:
            # The first sample of a posture has not lasted yet.
            assert time_s - changed_s >= SETTLED_S - 0.2
            changed_s, last = time_s, home


@given(stream)
def test_without_a_posture_called_good_nothing_changes(held):
    assert all(relative == flexion for _, flexion, relative, _ in followed((), held))
