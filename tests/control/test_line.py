"""Lines between processes: what goes in comes out, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.control.line import LONGEST, Malformed, decode_line, encode_line

plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
names = st.text(max_size=10).filter(lambda name: name != "midback")


@given(st.dictionaries(names, plain | st.lists(plain, max_size=3), max_size=4))
def test_what_is_said_is_heard(facts):
    line = encode_line(facts)

    assert decode_line(line) == facts
    assert line.isascii()
    assert line.count(b"\n") == 1


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_noise_is_refused_and_nothing_else_happens(noise):
    with pytest.raises(Malformed):
        decode_line(noise + b"\n")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "a line ends"),
        (b'{"midback":1}', "a line ends"),
        (b'{"midback":1,"a":"' + b"x" * LONGEST + b'"}\n', "a line ends"),
        (b"[1]\n", "one JSON object"),
        (b"[" * (LONGEST - 1) + b"\n", "one JSON object"),
        (b'{"midback":\n', "one JSON object"),
        (b"\xff\n", "one JSON object"),
        (b'{"midback":2}\n', "version 2 is not understood, only 1"),
        (b"{}\n", "version None is not understood, only 1"),
        (b'{"midback":"' + b"9" * 500 + b'"}\n', "version 99999999999999999999 is not"),
    ],
)
def test_a_refusal_says_why(line, why):
    with pytest.raises(Malformed, match=why):
        decode_line(line)


@pytest.mark.parametrize("facts", [{"a": "x" * LONGEST}, {"a": float("nan")}])
def test_what_cannot_be_sent_is_told_to_the_sender(facts):
    with pytest.raises(ValueError, match=r"longer|JSON"):
        encode_line(facts)
