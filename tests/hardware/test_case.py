"""The printable case: closed solids, and room for what goes inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from hardware import mesh, rendering

needs_openscad = pytest.mark.skipif(rendering.openscad() is None, reason=rendering.MISSING)
COARSE = {"$fn": 8.0}  # the same shape in fewer corners: a second or two a part

OUTER_MM = (37.0, 58.8)
"""Width and height of the case as hardware.md states them."""

TETRAHEDRON = """solid one
facet normal 0 0 -1
outer loop
vertex 0 0 0
vertex 0 1 0
vertex 1 0 0
endloop
endfacet
facet normal 0 -1 0
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 0 1
endloop
endfacet
facet normal -1 0 0
outer loop
vertex 0 0 0
vertex 0 0 1
vertex 0 1 0
endloop
endfacet
facet normal 1 1 1
outer loop
vertex 1 0 0
vertex 0 1 0
vertex 0 0 1
endloop
endfacet
endsolid
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "one.stl"
    path.write_text(text, encoding="ascii")
    return path


def test_a_tetrahedron_is_closed_and_has_a_sixth_of_its_cube(tmp_path: Path):
    solid = mesh.read(written(tmp_path, TETRAHEDRON))

    assert (solid.open_edges, solid.volume_mm3) == (0, pytest.approx(1 / 6))


def test_a_missing_triangle_is_noticed(tmp_path: Path):
    shell = mesh.Mesh(mesh.read(written(tmp_path, TETRAHEDRON)).triangles[:-1])

    assert shell.open_edges == 3


def test_a_triangle_turned_inside_out_is_noticed(tmp_path: Path):
    *rest, (a, b, c) = mesh.read(written(tmp_path, TETRAHEDRON)).triangles

    assert mesh.Mesh((*rest, (a, c, b))).open_edges > 0


def test_a_file_that_ends_early_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="within a triangle"):
        mesh.read(written(tmp_path, TETRAHEDRON[: TETRAHEDRON.index("vertex 1 0 0")]))


@needs_openscad
@pytest.mark.parametrize("part", rendering.PARTS)
def test_a_part_is_a_closed_solid(part: str, tmp_path: Path):
    solid = rendering.render(part, tmp_path, **COARSE)

    assert solid is not None
    assert (solid.open_edges, solid.volume_mm3 > 500) == (0, True)


@needs_openscad
@pytest.mark.parametrize("check", rendering.MUST_BE_EMPTY)
def test_nothing_meets_that_must_not(check: str, tmp_path: Path):
    assert rendering.render(check, tmp_path, **COARSE) is None


@needs_openscad
def test_a_tray_that_presses_on_the_cell_would_be_noticed(tmp_path: Path):
    # The room follows the cell's size, so the tray must be pushed down onto it.
    assert rendering.render("interference", tmp_path, tray_z=4.0, **COARSE)


@needs_openscad
@pytest.mark.parametrize(
    "variables",
    [
        {"board": [18.0, 32.0, 4.6], "imu": [25.4, 17.8, 4.6]},  # TinyPICO, Adafruit 4438
        {"cell": [34.0, 50.0, 5.0]},  # 503450, 1000 mAh
    ],
    ids=["TinyPICO", "1000 mAh"],
)
def test_the_case_grows_with_other_parts(variables: dict[str, rendering.Numbers], tmp_path: Path):
    assert rendering.render("interference", tmp_path, **variables, **COARSE) is None


@needs_openscad
def test_the_case_has_the_size_that_hardware_md_states(tmp_path: Path):
    base = rendering.render("base", tmp_path, **COARSE)

    assert base is not None
    assert base.size_mm[:2] == pytest.approx(OUTER_MM, abs=0.1)


def number(name: str) -> float:
    value = rendering.parameters()[name]
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize("name", ["wall", "skin", "top", "tray"])
def test_no_wall_is_thinner_than_three_lines_of_a_usual_nozzle(name: str):
    assert number(name) >= 1.2


def test_the_axes_do_not_cut_through_the_lid():
    assert number("top") - number("depth") >= 1.0


def test_the_cell_has_room_to_swell():
    cell = rendering.parameters()["cell"]
    assert isinstance(cell, list)

    assert number("swelling") >= 0.1 * cell[2]
