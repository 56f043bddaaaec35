"""What a walk that is off makes of a suspicion."""

import pytest
from chain.sitters import Sitter

from midback.shared import flexion
from midback.slip.rests import SLID, WALKS, Rests, Suspect
from midback.slip.tilts import Tilt
from midback.slip.walks import Walks

TALL = flexion.thorax_frame((0.0, 0.0, 1.0))


def told(suspect: Suspect, lean: float, side: float) -> Tilt | None:
    """What the fourth walk tells that goes so far off, after a suspicion before it."""
    sitter = Sitter(800.0)
    for at_s, far, aside in [
        (100.0, 0.0, 0.0),
        (300.0, 0.0, 0.0),
        (500.0, 0.0, 0.0),
        (700.0, lean, side),
    ]:
        sitter.walks.append((at_s, at_s + 40.0))
        sitter.to(at_s - 1.0, 2.0 + far, aside).to(at_s + 41.0, 0.0)
    rests = Rests()
    walks = Walks(rests)
    found: Tilt | None = None
    for packet, _, walking in sitter.packets():
        if not rests.suspects and packet.time_s > suspect.since_s:
            rests.suspect(suspect)
        off = walks.update(packet, TALL, walking=walking, doubtful=False)
        found = found or off
    return found


@pytest.mark.parametrize("off", [(9.0, 0.0), (7.0, 6.0), (-9.0, 0.0)])
def test_a_walk_as_far_off_as_a_clip_slid_makes_it_certain(off: Tilt):
    assert told(Suspect(SLID, off, 650.0), *off) == pytest.approx(off, abs=1.5)


@pytest.mark.parametrize("off", [(7.0, 6.0), (-9.0, 0.0)])
def test_so_it_does_where_that_is_hardly_more_than_people_sink(off: Tilt):
    assert told(Suspect(SLID, off, 650.0, sure=False), *off) == pytest.approx(off, abs=1.5)


def test_but_not_forward_for_stairs_tip_forward():
    assert told(Suspect(SLID, (9.0, 0.0), 650.0, sure=False), 9.0, 0.0) is None


def first_walk(suspects: list[Suspect], lean: float, side: float) -> tuple[Tilt | None, Rests]:
    """What the very first walk tells that goes so far off, and what is suspected then."""
    sitter = Sitter(800.0).to(699.0, 2.0 + lean, side).to(741.0, 0.0)
    sitter.walks.append((700.0, 740.0))
    rests = Rests()
    for each in suspects:
        rests.suspect(each)
    walks = Walks(rests)
    found: Tilt | None = None
    for packet, _, walking in sitter.packets():
        found = found or walks.update(packet, TALL, walking=walking, doubtful=False)
    return found, rests


def test_the_first_walk_tells_if_the_clip_was_seen_to_slide_as_far_to_that_side():
    found, _ = first_walk([Suspect(SLID, (1.0, 8.0), 650.0)], 1.0, 9.0)

    assert found == pytest.approx((0.0, 9.0), abs=1.0)


def test_by_itself_it_makes_a_suspicion():
    found, rests = first_walk([], 1.0, 9.0)

    assert found is None
    assert WALKS in rests.suspects


def test_as_upright_as_a_walk_after_the_slip_says_nothing_against_it():
    """The first walk was the slipped clip's; so is the second."""
    sitter = Sitter(800.0).to(299.0, 2.0, 9.0)
    sitter.walks += [(300.0, 340.0), (700.0, 740.0)]
    rests = Rests()
    walks = Walks(rests)
    for packet, _, walking in sitter.packets():
        if not rests.suspects and packet.time_s > 250.0:
            rests.suspect(Suspect(SLID, (8.0, 0.0), 250.0, sure=False))
        walks.update(packet, TALL, walking=walking, doubtful=False)

    assert SLID in rests.suspects
