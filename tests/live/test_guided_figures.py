"""The drawn figures in the window: nothing of a browser's in them, and something to see."""

import re
from pathlib import Path

import pytest

import midback.exercises
from midback.live.guided.drawings import drawing, figure_of, themed
from midback.palette import DARK, LIGHT

try:
    from PySide6.QtGui import QImage
except ImportError as missing:
    pytest.skip(f"Qt does not load here: {missing}", allow_module_level=True)

from midback.live.guided.drawn import Drawn
from midback.live.theme import Theme

FIGURES = sorted((Path(midback.exercises.__file__).parent / "figures").glob("*.svg"))
SIZE_PX = (240, 200)

each = pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
both = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def grabbed(figure: Path | None, *, dark: bool, mirrored: bool = False) -> QImage:
    drawn = Drawn(Theme(dark=dark))
    drawn.resize(*SIZE_PX)
    drawn.show_figure(figure, mirrored=mirrored)
    image = drawn.grab().toImage()
    drawn.deleteLater()
    return image


def share_of(image: QImage, colour: str) -> float:
    """How much of the picture is of exactly this colour."""
    wide, tall = image.width(), image.height()
    hits = sum(image.pixelColor(x, y).name() == colour for x in range(wide) for y in range(tall))
    return hits / (wide * tall)


@each
@both
def test_only_colours_are_left_of_the_variables(figure: Path, dark: bool):
    svg = drawing(figure, dark=dark)
    assert svg is not None
    text = svg.decode()
    used = set(re.findall(r"(?:fill|stroke): (#\w+);", text))

    assert "var(" not in text
    assert "@media" not in text
    assert used <= set((DARK if dark else LIGHT).values())


@each
@both
@pytest.mark.usefixtures("app")
def test_a_figure_is_seen_in_its_colours(figure: Path, dark: bool):
    image = grabbed(figure, dark=dark)
    palette = DARK if dark else LIGHT
    # A body takes three hundredths of its picture at least, the clip some pixels.
    assert share_of(image, palette["upright"]) > 0.03
    assert share_of(image, palette["ink"]) > 0.0005


@pytest.mark.usefixtures("app")
def test_the_other_side_is_the_same_picture_mirrored():
    figure = figure_of("rotation")
    image, other = (grabbed(figure, dark=False, mirrored=m) for m in (False, True))
    apart = [
        abs(image.pixelColor(x, y).lightness() - other.pixelColor(239 - x, y).lightness())
        for x in range(240)
        for y in range(200)
    ]
    assert image != other
    # Edges are smoothed to one side or the other.
    assert sum(apart) / len(apart) < 2.0


@pytest.mark.usefixtures("app")
def test_a_test_without_a_figure_shows_none():
    assert figure_of("no_such_test") is None
    assert grabbed(None, dark=False) == grabbed(Path("no such file"), dark=False)


@pytest.mark.usefixtures("app")
def test_a_wearers_own_figure_that_is_no_drawing_shows_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    own = tmp_path / "own.svg"
    own.write_bytes(b"\xff\xfe not an svg")
    text = tmp_path / "text.svg"
    text.write_text("<svg")
    nothing = grabbed(None, dark=False)
    assert [grabbed(path, dark=False) == nothing for path in (own, text)] == [True, True]
    capfd.readouterr()


def test_a_colour_that_is_not_ours_is_drawn_in_ink():
    assert themed("fill: var(--sky);", LIGHT) == f"fill: {LIGHT['ink']};"
