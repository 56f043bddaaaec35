"""Whether the wearer still is where they said, as far as their packets tell.

Who stands up, sits down or walks may be somewhere else: ``transitions`` sees the change,
``places`` what follows from it.  Pure: times are session time, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from midback.calibration import Calibration
from midback.estimator import Estimates
from midback.places import Places
from midback.shared import wire
from midback.transitions import Transition, TransitionDetector, lift_g
from midback.words import UNKNOWN


class Sighting(NamedTuple):
    """What one packet told.

    Attributes:
        moved: the wearer stood up or sat down some seconds ago, and is judged now.
        place: the context to ask for, by its name; ``None`` for most.
    """

    moved: Transition | None
    place: str | None


class Whereabouts:
    """Follows one wearer, packet by packet.

    Args:
        context: where they say they are, by its name.
    """

    def __init__(self, context: str) -> None:
        self._places = Places(context)
        self._transitions = TransitionDetector()

    def chose(self, context: str) -> None:
        """The wearer says where they are."""
        self._places.chose(context)

    def denied(self, place: str) -> None:
        """The wearer says that they are not there."""
        self._places.denied(place)

    def elsewhere(self, time_s: float) -> bool:
        """Whether the wearer seems to be somewhere else than they said."""
        return self._places.elsewhere(time_s)

    def update(
        self,
        packet: wire.StreamPacket,
        estimates: Estimates,
        known: Mapping[str, Calibration],
    ) -> Sighting:
        """Take one packet and what it was judged to be; *known* are contexts with an upright."""
        time_s, state = estimates.times_s[-1], estimates.state
        lean_deg, _ = estimates.tilts[-1]
        moved = self._transitions.update(
            time_s, _lift_g(packet, estimates), lean_deg if lean_deg == lean_deg else None
        )
        place = self._places.update(time_s, state, moved, known)
        return Sighting(None if state in UNKNOWN else moved, place)


def _lift_g(packet: wire.StreamPacket, estimates: Estimates) -> float | None:
    """Mean acceleration along 'up' less 1 g; ``None`` where something is doubtful."""
    if estimates.quality:
        return None
    first = 0 if packet.kind == wire.KIND_RAW else 4
    return lift_g(estimates.ups, packet.counts, first, wire.WIDTH[packet.kind])
