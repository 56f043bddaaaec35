"""Who rises from their chair, as packets tell it, may be somewhere else."""

from functools import cache

import numpy as np
import pytest
from chain.builders import quaternion_counts, up, upright
from chain.rises import Life, Packet

from midback.estimator import Estimates, Quality
from midback.places import LASTS_S
from midback.shared import wire
from midback.simulated import SensorErrors
from midback.transitions import STOOD_UP
from midback.whereabouts import Sighting, Whereabouts
from midback.words import State

KNOWN = {"desk": upright(), "my standing place": upright()}
RISES_S = 25.0
TOLD_S = 8.0
"""A change is told four to six seconds after it, which takes two."""


@cache
def rise() -> list[Packet]:
    life = Life(80.0, np.random.default_rng(1)).breathe().rise(RISES_S, 2.0, 0.35, 30.0)
    return life.packets(1, SensorErrors())


def counts(kind: int, lift_g: float, flexion_deg: float) -> tuple[int, ...]:
    """One sample of somebody who is lifted like this."""
    felt = [round((1.0 + lift_g) * v / wire.G_PER_COUNT) for v in up(flexion_deg)]
    if kind == wire.KIND_RAW:
        return (*felt, 0, 0, 0)
    return (*quaternion_counts(up(flexion_deg)), *felt)


def seen(
    where: Whereabouts,
    kind: int = wire.KIND_ORIENTATION,
    *,
    new_until_s: float = 0.0,
    quality: int = 0,
) -> list[tuple[float, Sighting]]:
    """What the packets of a rise tell, and when; until then there is no calibration."""
    told: list[tuple[float, Sighting]] = []
    for k, (time_s, lift_g, flexion_deg) in enumerate(rise()):
        state = State.NEW if time_s < new_until_s else State.UPRIGHT
        sample = counts(kind, lift_g, flexion_deg)
        packet = wire.StreamPacket(kind, 0, k, 7, round(time_s / wire.TICK_S), 200000, sample)
        estimates = Estimates([time_s], [(flexion_deg, 0.0)], [up(flexion_deg)], state, quality)
        sighting = where.update(packet, estimates, KNOWN)
        if sighting != (None, None):
            told.append((time_s, sighting))
    return told


@pytest.mark.parametrize("kind", [wire.KIND_ORIENTATION, wire.KIND_RAW])
def test_who_stands_up_is_asked_for_their_standing_place_a_while_after_it_was_seen(kind: int):
    where = Whereabouts("desk")
    (seen_s, (moved, _)), (asked_s, (_, place)) = seen(where, kind)

    assert moved is not None
    assert (moved.kind, moved.time_s) == (STOOD_UP, pytest.approx(RISES_S + 1.0, abs=1.0))
    assert seen_s < RISES_S + TOLD_S
    assert (place, asked_s) == ("my standing place", pytest.approx(seen_s + LASTS_S, abs=0.3))
    assert where.elsewhere(asked_s)


def test_while_the_motor_shakes_the_clip_no_rise_is_seen():
    assert seen(Whereabouts("desk"), quality=int(Quality.SHAKEN)) == []


def test_a_rise_of_somebody_who_is_not_judged_is_not_told_but_counts():
    ((asked_s, (moved, place)),) = seen(Whereabouts("desk"), new_until_s=40.0)

    assert (moved, place) == (None, "my standing place")
    assert asked_s == pytest.approx(40.0 + LASTS_S, abs=0.3)


def test_who_says_that_they_stand_is_where_they_say():
    where = Whereabouts("desk")
    (asked_s, _) = seen(where)[-1]
    where.chose("my standing place")

    assert not where.elsewhere(asked_s)


def test_who_did_not_walk_and_is_not_there_did_not_stand_up():
    where = Whereabouts("desk")
    (asked_s, _) = seen(where)[-1]
    where.denied("my standing place")

    assert not where.elsewhere(asked_s)
