"""When nudges should wait because of what goes on at the computer: calls, talks, a wish for quiet.

Each look asks the system for what it tells any program of this account: no permission is asked
for, nothing is heard or seen, nothing is kept.  What a system does not tell is not offered, and
nothing here fails loudly: 'midback pause' and a key hold nudges by hand.
"""

from midback.pausing.looks import looks_of
from midback.pausing.reasons import CALL, PAUSE, PRESENTING, QUIET
from midback.pausing.signs import Look, Sign
from midback.pausing.watcher import reasons_to_wait

__all__ = [
    "CALL",
    "PAUSE",
    "PRESENTING",
    "QUIET",
    "Look",
    "Sign",
    "looks_of",
    "reasons_to_wait",
]
