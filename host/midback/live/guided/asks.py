"""What is said and asked before and after the movements, and the answers.  No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from midback.exercises.screening import NOT_MEDICAL, RED_FLAGS, TOO_MUCH_PAIN, advice

ENTER = "Return Enter"

QUESTIONS = "Some questions first. A yes means that these movements are not for you today."
NO_VOICE = "Nothing on this computer speaks, so cues are beeps; the words are on the screen."

MOST_PAIN_SAID = 10


class Choice(NamedTuple):
    """One thing to choose.

    Attributes:
        text: on its button; the letter after ``&`` is underlined.
        key: one or more, as Qt names them.
        then: what it does.
        main: whether it is what most people want here.
        help: shown over the button.
    """

    text: str
    key: str
    then: Callable[[], object]
    main: bool = False
    help: str = ""


class Ask(NamedTuple):
    """A page that says or asks one thing.

    Attributes:
        head: where in the whole this stands, in a few words.
        words: the question, or what there is to say.
        foot: what explains it.
        choices: the answers.
        listed: whether it is rather much, a line each.
    """

    head: str
    words: str
    foot: str
    choices: tuple[Choice, ...]
    listed: bool = False


def first(
    name: str, ahead: str, then: Callable[[], object], *, screens: bool, speaks: bool
) -> Ask:
    """What is ahead, and what Midback is not."""
    told = [QUESTIONS] * screens + [NOT_MEDICAL] + [NO_VOICE] * (not speaks)
    begin = Choice("&Begin", f"B {ENTER}", then, main=True)
    return Ask(name, ahead, "\n\n".join(told), (begin,))


def left(since: str, said: Callable[[bool], object]) -> Ask:
    """Whether to go on with what was left today at some time of day."""
    choices = (
        Choice("Go &on with it", f"O {ENTER}", lambda: said(True), main=True),
        Choice("Begin a &new one", "N", lambda: said(False)),
    )
    words = f"Go on with the check of {since}, which was left?"
    return Ask("Not finished", words, "What was done of it is kept either way.", choices)


def question(
    number: int, no: Callable[[], object], yes: Callable[[], object], back: Callable[[], object]
) -> Ask:
    """One of the red flags, from 0 on; neither answer is the one to give."""
    answers = [Choice("&No", "N", no), Choice("&Yes", "Y", yes)]
    if number:
        answers.append(Choice("&Back", "B Backspace", back))
    head = f"Before the movements: question {number + 1} of {len(RED_FLAGS)}"
    return Ask(head, RED_FLAGS[number].question, "", tuple(answers))


def stopped(flag: int | None, mistake: Callable[[], object], close: Callable[[], object]) -> Ask:
    """The end, after a yes to a red flag; ``None``: after too much pain."""
    words = TOO_MUCH_PAIN if flag is None else advice(RED_FLAGS[flag])
    choices = (
        Choice("That was a &mistake", "M", mistake),
        Choice("&Close", f"C {ENTER}", close, main=True),
    )
    return Ask("Nothing was measured", words, NOT_MEDICAL, choices)


def pain_before(said: Callable[[int | None], object]) -> Ask:
    """How much pain there is, before anything is done."""
    words = "How much pain do you have in your neck or back now?"
    return _pain("Before the movements", words, said)


def pain_after(said: Callable[[int | None], object]) -> Ask:
    """How much there is afterwards; that may stay unsaid."""
    words = "And how much pain do you have now, after the movements?"
    return _pain("Afterwards", words, said, Choice("&Not said", "N", lambda: said(None)))


def reading(back: Callable[[], object]) -> Ask:
    """What stays within reach all the while: when not to do the movements."""
    flags = "\n".join(f"– {flag.question}" for flag in RED_FLAGS)
    words = f"Do not go on, and ask a clinician, with any of these:\n{flags}"
    choice = Choice("&Back", f"B {ENTER}", back, main=True)
    return Ask("Please note", words, NOT_MEDICAL, (choice,), listed=True)


def _pain(head: str, words: str, said: Callable[[int | None], object], *more: Choice) -> Ask:
    numbers = [
        Choice(str(pain), str(pain) if pain < 10 else "", lambda pain=pain: said(pain))
        for pain in range(MOST_PAIN_SAID + 1)
    ]
    return Ask(
        head, words, "0 is none at all, 10 is the worst you can imagine.", (*numbers, *more)
    )
