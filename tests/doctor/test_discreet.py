"""What a report must not tell: whose computer it is, and which clip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midback.doctor.discreet import discreet
from midback.shared import wire

HOME, USER = "/home/anne", "anne"


def shown(text):
    return discreet(text, HOME, USER)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/home/anne", "~"),
        ("/home/anne/.local/share/midback, the system's place", None),
        ("'/home/anne/x' cannot be read", "'~/x' cannot be read"),
        ("/home/anneliese/x", "/home/anneliese/x"),
        ("/run/media/anne/STICK/x", "/run/media/…/STICK/x"),
        ("C:\\Users\\anne\\x", "C:\\Users\\…\\x"),
        ("anne is a name, and planned is a word", "anne is a name, and planned is a word"),
    ],
)
def test_paths_do_not_tell_whose_they_are(text, seen):
    assert shown(text) == (seen or "~/.local/share/midback, the system's place")


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("C0:5E:00:00:00:01", "C0:5E:…:01"),
        ("c0:5e:00:00:00:01", "c0:5e:…:01"),
        ("C0-5E-00-00-00-01", "C0:5E:…:01"),
        ("/org/bluez/hci0/dev_C0_5E_00_00_00_01/char", "/org/bluez/hci0/dev_C0:5E:…:01/char"),
        ("1A2B3C4D-0000-1111-2222-333344445566", "1A2B…66"),
    ],
)
def test_an_address_is_enough_to_tell_two_clips_apart_and_no_more(address, seen):
    assert shown(f"clip {address}, near") == f"clip {seen}, near"


@pytest.mark.parametrize("uuid", [wire.SERVICE_UUID, wire.STATUS_UUID])
def test_what_the_protocol_calls_its_characteristics_is_no_secret(uuid):
    assert (
        shown(f"the clip lacks characteristic {uuid}") == f"the clip lacks characteristic {uuid}"
    )


@pytest.mark.parametrize("text", ["at 12:30:45", "5.66, its service runs", "2026-03-04 08:30"])
def test_nothing_else_is_touched(text):
    assert shown(text) == text


@given(st.text(), st.binary(min_size=6, max_size=6), st.sampled_from(":-_"), st.text())
def test_no_whole_address_is_left_wherever_it_stands(before, address, between, after):
    written = between.join(f"{byte:02X}" for byte in address)

    assert written not in shown(f"{before} {written} {after}")


def test_an_account_without_a_home_or_a_name_is_no_error(monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("midback.doctor.discreet.getpass.getuser", nobody)
    monkeypatch.setattr("midback.doctor.discreet.Path.home", lambda: 1 / 0)
    monkeypatch.setattr("midback.doctor.discreet._home", lambda: "")

    assert discreet("/srv/midback") == "/srv/midback"
