"""One question at a time; each is answered once, or withdrawn."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from midback.questions import Question, Questions

POSTURE = Question("posture", "Was it good?")
SLIP = Question("slip", "Has the clip moved?", 60.0)


class Asker:
    def __init__(self) -> None:
        self.told: list[tuple[str, bool | None]] = []
        self.questions = Questions()

    def ask(self, question: Question, now_s: float) -> None:
        self.questions.ask(question, now_s, lambda said: self.told.append((question.kind, said)))


def test_the_oldest_question_is_on_show_until_it_is_answered():
    asker = Asker()
    asker.ask(POSTURE, 0.0)
    asker.ask(SLIP, 1.0)

    assert asker.questions.shown == POSTURE
    assert asker.questions.answer(yes=True) == POSTURE
    assert asker.questions.shown == SLIP
    assert asker.questions.answer(yes=False) == SLIP
    assert asker.told == [("posture", True), ("slip", False)]


def test_an_answer_to_nothing_says_so():
    assert Questions().answer(yes=True) is None


def test_what_nobody_answers_in_time_is_withdrawn():
    asker = Asker()
    asker.ask(POSTURE, 0.0)
    asker.ask(SLIP, 0.0)

    asker.questions.tick(59.9)
    assert asker.told == []
    asker.questions.tick(60.0)
    assert (asker.told, asker.questions.shown) == ([("slip", None)], POSTURE)


def test_a_question_replaces_the_open_one_of_its_kind():
    asker = Asker()
    asker.ask(POSTURE, 0.0)
    asker.ask(POSTURE._replace(text="And this?"), 5.0)

    assert asker.told == [("posture", None)]
    assert asker.questions.shown == POSTURE._replace(text="And this?")


def test_a_question_may_be_asked_by_an_answer():
    asker = Asker()
    asker.questions.ask(POSTURE, 0.0, lambda _: asker.ask(SLIP, 1.0))

    asker.questions.answer(yes=True)

    assert asker.questions.shown == SLIP


ACTS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from("abc"), st.floats(0.1, 100.0)),
    st.tuples(st.just("answer"), st.booleans(), st.none()),
    st.tuples(st.just("withdraw"), st.sampled_from("abc"), st.none()),
    st.tuples(st.just("tick"), st.floats(0.0, 50.0), st.none()),
)


@given(st.lists(ACTS, max_size=40))
def test_every_question_ends_once_and_no_two_of_a_kind_are_open(acts: list[tuple[str, Any, Any]]):
    questions, ended, asked, now_s = Questions(), [], 0, 0.0
    for what, value, for_s in acts:
        if what == "ask":
            number, asked = asked, asked + 1
            questions.ask(Question(value, "?", for_s), now_s, lambda _, n=number: ended.append(n))
        elif what == "answer":
            questions.answer(value)
        elif what == "withdraw":
            questions.withdraw(value)
        else:
            now_s += value
            questions.tick(now_s)
        kinds = [each.question.kind for each in questions._open]
        assert len(kinds) == len(set(kinds))
        assert sorted(ended) == sorted(set(ended))
        assert len(ended) + len(kinds) == asked
