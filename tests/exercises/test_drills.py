"""Drill files: ours, a wearer's own, and files with a mistake in them."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import midback.exercises
from midback.errors import DataError
from midback.exercises import advice
from midback.exercises.drill import By, Drill, all_drills, parse_drill, read_drill
from midback.exercises.routine_plan import USUAL

OURS = Path(midback.exercises.__file__).parent / "drills"
OWN = """
id = "doorway_reach"
title = "Doorway reach"
how = "Stand in a doorway, one hand on the frame."
go = "Lean through."
back = "And back."
caution = "Not with a shoulder that slips out."

[dose]
repetitions = 8
seconds = 4.5

[counted]
by = "repetitions"
axis = "flexion"
way = "back"
"""
REFUSED = "own.toml is no drill yet: "
CLAIMS = (
    r"treat|cure|heal|diagnos|prevent|reliev|scoliosis|kyphosis|medical-grade|clinically|"
    r"activat|strengthen|correct"
)


def parsed(text: str) -> Drill:
    return parse_drill(text.encode(), Path("own.toml"))


def refusal(text: str) -> str:
    with pytest.raises(DataError) as refused:
        parsed(text)
    return str(refused.value)


def outcome(data: bytes) -> Drill | str:
    """The drill, or what is wrong."""
    try:
        return parse_drill(data, Path("own.toml"))
    except DataError as error:
        return str(error)


def test_all_of_ours_can_be_read_and_are_named_by_their_files():
    drills = all_drills()

    assert drills.problems == ()
    assert set(drills.known) == {path.stem for path in OURS.glob("*.toml")} >= set(USUAL)


def test_each_of_ours_has_a_figure():
    assert all(drill.figure and drill.figure.is_file() for drill in all_drills().known.values())


@pytest.mark.parametrize("path", sorted(OURS.glob("*.toml")), ids=lambda path: path.stem)
def test_ours_promise_nothing(path: Path):
    assert re.findall(CLAIMS, path.read_text("utf-8"), re.IGNORECASE) == []


def test_every_drill_that_is_advised_exists():
    rules = Path(advice.__file__).read_text("utf-8")
    named = {name for name in all_drills().known if f'"{name}"' in rules}

    assert named >= {"seated_twist", "chair_extension", "band_row", "wall_slide", "find_upright"}


def test_what_a_file_says_is_what_the_drill_is():
    drill = parsed(OWN)

    assert (drill.id, drill.by, drill.repetitions) == ("doorway_reach", By.REPETITIONS, 8)
    assert (drill.signs, drill.sides, drill.lasts_s) == ((-1,), ("",), 36.0)


def test_a_turn_to_both_sides_is_positive_to_the_left():
    text = OWN.replace('axis = "flexion"\nway = "back"', 'axis = "rotation"')
    drill = parsed(text.replace("[dose]", "[dose]\nper_side = true"))

    assert (drill.sides, drill.signs) == (("left", "right"), (1, -1))


def test_a_bend_to_both_sides_is_positive_to_the_right():
    text = OWN.replace('axis = "flexion"\nway = "back"', 'axis = "lateral"')
    drill = parsed(text.replace("[dose]", "[dose]\nper_side = true"))

    assert drill.signs == (-1, 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "doorway_reach"', 'id = "Doorway reach"', "id must be small letters"),
        ('title = "Doorway reach"\n', "", "title is missing"),
        ('go = "Lean through."', "go = 3", "go must be text"),
        ('go = "Lean through."', 'go = " "', "go must be text"),
        ('go = "Lean through."', 'go = "a\\nb"', "go must be one line"),
        ("repetitions = 8", "repetitions = 8.5", "repetitions in [dose] must be a whole number"),
        ("repetitions = 8", "repetitions = true", "repetitions in [dose] must be a whole number"),
        ("repetitions = 8", "repetitions = 900", "from 1 to 50"),
        ("seconds = 4.5", "seconds = nan", "seconds in [dose] must be a number from 2 to 12"),
        ("seconds = 4.5", "seconds = 4.5\nper_side = true", "flexion, which has no sides"),
        ('by = "repetitions"', 'by = "magic"', 'by in [counted] must be one of "repetitions"'),
        ('way = "back"', 'way = "left"', 'way in [counted] must be one of "back", "forward"'),
        ('way = "back"', 'way = "back"\nleast_deg = 1', "least_deg in [counted] must be a number"),
        ('way = "back"', 'way = "back"\nspeed = 1', "'speed' in [counted] is not known"),
        ("[dose]", "[doses]", "dose is missing"),
        ('caution = "', 'figure = "../x.svg"\ncaution = "', "figure '../x.svg' is neither"),
        ('caution = "', 'figure = "unheard_of"\ncaution = "', "figure 'unheard_of' is neither"),
        ('caution = "', 'instead = "ytw"\ncaution = "', "instead must be a list"),
        ('id = "', "id = ", "it is not TOML"),
    ],
)
def test_a_mistake_is_named_with_where_it_is(old: str, new: str, told: str):
    assert old in OWN
    words = refusal(OWN.replace(old, new))

    assert words.startswith(REFUSED)
    assert told in words


def test_what_is_no_text_is_told_so():
    with pytest.raises(DataError, match="not UTF-8 text"):
        parse_drill(b"\xff\xfe", Path("own.toml"))


def test_a_file_that_never_ends_is_not_read_to_its_end():
    with pytest.raises(DataError, match="longer than 50000 bytes"):
        parse_drill(b"#" * 60_000, Path("own.toml"))


@given(st.binary(max_size=300))
@example(b"a = " + b"[" * 5000)
@example(b'id = "x"\n' * 2)
def test_any_bytes_are_a_drill_or_a_clear_error(data: bytes):
    found = outcome(data)

    assert isinstance(found, Drill) or found.startswith(REFUSED)


_VALUES = st.one_of(
    st.text(max_size=20).map(repr),
    st.integers(-3, 400).map(str),
    st.floats(allow_nan=True).map(str),
    st.sampled_from(["true", "[]", "{}", '["ytw"]', "2026-11-29", "12:00:00", '"hold"', '"off"']),
)


@given(st.data())
def test_a_file_with_any_value_in_any_place_is_a_drill_or_a_clear_error(data: st.DataObject):
    lines: list[str] = list(OWN.strip().splitlines())
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines) if "=" in line]))
    lines[at] = f"{lines[at].split('=')[0]}= {data.draw(_VALUES)}"
    text = "\n".join(lines)
    found = outcome(text.encode())
    if isinstance(found, Drill):
        assert found.id == tomllib.loads(text)["id"]
        assert 0.0 < found.lasts_s < 10_000.0
    else:
        assert found.startswith(REFUSED)


def test_a_wearers_own_comes_beside_ours_with_its_figure(tmp_path: Path):
    place = tmp_path / "drills"
    place.mkdir()
    (place / "reach.svg").write_text("<svg/>")
    (place / "reach.toml").write_text(f'figure = "reach.svg"\n{OWN}')
    drills = all_drills(tmp_path)

    assert drills.problems == ()
    assert drills.known["doorway_reach"].figure == place / "reach.svg"
    assert set(USUAL) < set(drills.known)


def test_a_wearers_own_of_the_same_id_goes_before_ours(tmp_path: Path):
    (tmp_path / "drills").mkdir()
    text = (
        (OURS / "wall_slide.toml").read_text("utf-8").replace("repetitions = 8", "repetitions = 3")
    )
    (tmp_path / "drills" / "mine.toml").write_text(text)

    assert all_drills(tmp_path).known["wall_slide"].repetitions == 3


def test_a_file_with_a_mistake_is_named_and_hides_no_other(tmp_path: Path):
    place = tmp_path / "drills"
    place.mkdir()
    (place / "a.toml").write_text("id = 3")
    (place / "b.toml").write_text(OWN)
    drills = all_drills(tmp_path)

    assert [str(place / "a.toml") in problem for problem in drills.problems] == [True]
    assert "doorway_reach" in drills.known


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path):
    with pytest.raises(DataError, match=r"gone.toml cannot be read: No such file"):
        read_drill(tmp_path / "gone.toml")
