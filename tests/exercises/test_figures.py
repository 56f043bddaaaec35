"""What every drawn figure keeps to, so that page and window may show any of them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import midback.exercises
from midback.palette import DARK, LIGHT

FIGURES = sorted((Path(midback.exercises.__file__).parent / "figures").glob("*.svg"))
CHECKS = [
    "tall_slump",
    "arm_raise",
    "chair_extension",
    "rotation",
    "side_bend",
    "tall_hold",
    "find_upright",
]
DRILLS = ["wall_slide", "band_row", "ytw", "roller_extension"]
AT_REST = ["upright"]
"""Nothing moves in them."""
SVG = "{http://www.w3.org/2000/svg}"

each = pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)


def drawing(figure: Path) -> ElementTree.Element:
    return ElementTree.fromstring(figure.read_text("utf-8"))


def words(figure: Path, tag: str) -> str:
    return drawing(figure).findtext(SVG + tag) or ""


def style(figure: Path) -> str:
    return words(figure, "style")


def classes(figure: Path) -> set[str]:
    paths = drawing(figure).iter(f"{SVG}path")
    return {name for path in paths for name in path.attrib["class"].split()}


def colours(block: str) -> dict[str, str]:
    return {
        name.replace("-", "_"): value for name, value in re.findall(r"--([\w-]+): ([^;]+);", block)
    }


def test_every_check_and_drill_has_its_figure():
    assert {figure.stem for figure in FIGURES} >= {*CHECKS, *DRILLS, *AT_REST}


@each
def test_a_figure_says_in_words_what_it_shows(figure: Path):
    assert drawing(figure).attrib["role"] == "img"
    assert 5 < len(words(figure, "title")) < 60
    assert "clip" in words(figure, "desc")


@each
def test_a_figure_is_as_large_as_its_place(figure: Path):
    root = drawing(figure)
    assert root.attrib["viewBox"] == "0 0 240 200"
    assert not {"width", "height", "style"} & root.attrib.keys()


@each
def test_a_figure_shows_start_end_movement_and_clip(figure: Path):
    moves = set() if figure.stem in AT_REST else {"start", "arrow"}
    assert classes(figure) >= {"end", "clip"} | moves
    assert "start" in moves or not classes(figure) & {"start", "arrow", "sign"}


@each
def test_a_figure_is_drawn_with_paths_and_nothing_else(figure: Path):
    elements = list(drawing(figure).iter())
    assert {one.tag.removeprefix(SVG) for one in elements} == {
        "svg",
        "title",
        "desc",
        "style",
        "path",
    }
    assert all(set(one.attrib) == {"class", "d"} for one in elements if one.tag == f"{SVG}path")


@each
def test_a_figure_asks_for_nothing_from_outside(figure: Path):
    text = figure.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"href|url\(|@import|://|<!DOCTYPE|<!ENTITY|<\?", text, re.IGNORECASE)


@each
def test_every_class_of_a_figure_has_a_rule(figure: Path):
    assert all(f".{name} {{" in style(figure) for name in classes(figure))


@each
def test_a_figure_takes_its_colours_from_the_palette(figure: Path):
    light, dark = style(figure).split("@media screen and (prefers-color-scheme: dark)")
    used = set(re.findall(r"var\(--([\w-]+)\)", style(figure)))
    names = {name.replace("-", "_") for name in used}
    assert colours(light) == {name: LIGHT[name] for name in names}
    assert colours(dark) == {name: DARK[name] for name in names}


@each
def test_a_figure_paints_with_those_colours_only(figure: Path):
    painted = re.findall(r"(?:fill|stroke|color): ([^;]+);", style(figure))
    assert all(re.fullmatch(r"none|var\(--[\w-]+\)", paint) for paint in painted)


@each
def test_a_figure_leaves_the_page_around_it_alone(figure: Path):
    selectors = re.findall(r"^ *([^@{}\n]+) \{", style(figure), re.MULTILINE)
    assert all(selector.split()[0] == ".figure" for selector in selectors)


def test_all_figures_are_drawn_in_one_style():
    assert len({style(figure) for figure in FIGURES}) == 1
