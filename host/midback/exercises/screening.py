"""What is asked before anything is measured: a yes belongs to a clinician, not to a clip.

The questions follow lists of red flags for the thoracic spine (Physiopedia, "Thoracic Red Flags";
Devon NHS formulary).
"""

from __future__ import annotations

from typing import NamedTuple


class RedFlag(NamedTuple):
    """A question that a yes ends the check on.

    Attributes:
        id: names it in the check's file.
        question: as it is asked.
        at_once: whether a yes means help now rather than an appointment.
    """

    id: str
    question: str
    at_once: bool = False


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag("chest", "Chest pain, shortness of breath or sweating now?", at_once=True),
    RedFlag(
        "legs",
        "Weak or numb legs, clumsy hands, unsteady walking, or new trouble with bladder or bowel?",
        at_once=True,
    ),
    RedFlag(
        "injury",
        "A fall or blow lately, or a small one with brittle bones or long use of steroids?",
    ),
    RedFlag(
        "illness",
        "A history of cancer, a weak immune system, fever, a recent infection, or weight lost "
        "without wanting to?",
    ),
    RedFlag("constant", "Pain that is constant, gets worse, or wakes you whichever way you lie?"),
    RedFlag(
        "arms", "Pain down an arm with growing weakness, or a rash in a band round the chest?"
    ),
    RedFlag(
        "stiffness",
        "Stiffness of an hour or more each morning, or a back that changes its shape?",
    ),
)

NOT_MEDICAL = (
    "Midback is not a medical device. It is not for diagnosis, monitoring or treatment of any "
    "disease or injury. Stop whenever something hurts."
)
"""Said before anything else."""

AT_ONCE = "Please get medical help now: call the emergency number. Nothing was measured."
SEE_SOMEBODY = (
    "Please see a clinician before you do these movements. Nothing was measured, and nothing said "
    "here is a diagnosis."
)

MOST_PAIN = 4
"""With more pain than this, of 10, there is no check today (own choice)."""

MORE_PAIN = 2
"""A test that adds this much pain is not gone on with."""

WHEN_EASED = "Come back when it has eased, and see a clinician if it does not."
TOO_MUCH_PAIN = f"With that much pain there is no check today. {WHEN_EASED}"


def advice(flag: RedFlag) -> str:
    """What a yes to *flag* ends in."""
    return AT_ONCE if flag.at_once else SEE_SOMEBODY
