"""The same files by every way onto a board: our installer, mip, frozen in, and imported."""

import ast
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from midback.errors import DataError
from midback.flashing import sources
from midback.flashing.board import board_on
from midback.flashing.compiling import board_files, can_compile
from midback.flashing.sources import firmware_sources

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
ON_DISK = {"clip_firmware": FIRMWARE, "midback": ROOT / "host"}


def by_mip() -> dict[str, Path]:
    urls = json.loads((FIRMWARE / "package.json").read_text())["urls"]
    return {f"/{path}": (FIRMWARE / url).resolve() for path, url in urls}


def by_freezing() -> dict[str, Path]:
    found: dict[str, Path] = {}

    def module(path: str, base_path: str = ".", opt: int = 0) -> None:
        assert opt == 3, f"{path} would keep its line numbers, which nothing else installs"
        found[f"/{path}"] = (FIRMWARE / base_path / path).resolve()

    def package(path: str, base_path: str = ".", opt: int = 0) -> None:
        for source in (FIRMWARE / base_path / path).rglob("*.py"):
            module(source.relative_to(FIRMWARE / base_path).as_posix(), base_path, opt)

    names = {"module": module, "package": package, "include": lambda _: None}
    exec((FIRMWARE / "manifest.py").read_text(), names)
    return found


def by_importing() -> dict[str, Path]:
    found: dict[str, Path] = {}
    waiting = [FIRMWARE / "main.py"]
    while waiting:
        source = waiting.pop()
        folder = FIRMWARE if FIRMWARE in source.parents else ROOT / "host"
        found["/" + source.relative_to(folder).as_posix()] = source
        wanted = itertools.chain.from_iterable(map(files_of, imported_by(source)))
        waiting += [path for path in wanted if path not in found.values()]
    return found


def imported_by(source: Path) -> Iterator[str]:
    """The modules that a file imports when it runs."""
    waiting: list[ast.AST] = [ast.parse(source.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)


def files_of(module: str) -> Iterator[Path]:
    """The files of ours that importing a module runs: its own, and those of its packages."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1) if parts[0] in ON_DISK else ():
        path = ON_DISK[parts[0]].joinpath(*parts[:count])
        yield from filter(Path.is_file, (path.with_suffix(".py"), path / "__init__.py"))


def test_what_is_installed_is_everything_that_main_imports_and_nothing_else():
    assert firmware_sources() == by_importing()


def test_mip_installs_the_same():
    again = "python -m tests.flashing.write_package"
    assert by_mip() == firmware_sources(), f"write it anew: {again}"


def test_freezing_takes_the_same():
    assert by_freezing() == firmware_sources()


@pytest.mark.parametrize("board", sorted(FIRMWARE.glob("boards/*/")), ids=lambda path: path.name)
def test_the_boards_we_build_for_have_the_firmware_frozen_in(board):
    cmake = (board / "mpconfigboard.cmake").read_text()
    frozen = re.findall(r"^set\(MICROPY_FROZEN_MANIFEST (\S+)\)$", cmake, re.MULTILINE)

    assert [
        Path(path.replace("${MICROPY_BOARD_DIR}", str(board))).resolve() for path in frozen
    ] == [FIRMWARE / "manifest.py"]


def test_the_program_gets_to_the_board_readable_and_the_modules_compiled():
    assert can_compile()
    files = board_files(firmware_sources(), compiled=True)
    kinds = {file.path: file.content[:2] for file in files if file.path != "/main.py"}

    assert "/main.py" in {file.path for file in files}
    assert set(kinds.values()) == {b"M\x06"}
    assert all(path.endswith(".mpy") for path in kinds)


def test_compiled_modules_have_no_machine_code_that_would_bind_them_to_a_chip():
    files = board_files(firmware_sources(), compiled=True)
    architectures = {file.content[2] >> 2 & 0xF for file in files if file.path != "/main.py"}

    assert architectures == {0}


def test_a_module_that_does_not_compile_is_said(tmp_path):
    broken = tmp_path / "x.py"
    broken.write_text("def upright(:\n")
    with pytest.raises(DataError, match=r"x\.py does not compile \(.*SyntaxError"):
        board_files({"/clip_firmware/x.py": broken}, compiled=True)


def test_sources_are_the_same_bytes_on_every_system(tmp_path):
    path = tmp_path / "x.py"
    path.write_bytes(b"a = 1\r\nb = 2\r\n")

    assert board_files({"/x.py": path}, compiled=False)[0].content == b"a = 1\nb = 2\n"


def test_an_installation_without_firmware_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_PACKAGE", tmp_path / "site-packages" / "midback")
    with pytest.raises(DataError, match="carries no firmware: install it anew"):
        firmware_sources()


def test_the_wheel_carries_what_the_installer_looks_for():
    project = (ROOT / "pyproject.toml").read_text()
    included = dict(re.findall(r'^"(firmware/\S+)" = "(\S+)"$', project, re.MULTILINE))

    assert included == {
        "firmware/main.py": "midback/firmware/main.py",
        "firmware/clip_firmware": "midback/firmware/clip_firmware",
    }


def test_mpremote_installs_the_package_onto_a_board(plug_in):
    board = plug_in(blocks=512)
    install = ["mip", "install", "--target", "/", str(FIRMWARE / "package.json")]
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, *install],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    with board_on(board.port) as there:
        files = there.survey().files

    assert done.returncode == 0, done.stdout
    assert files == {
        file.path: file.sha256 for file in board_files(firmware_sources(), compiled=False)
    }
