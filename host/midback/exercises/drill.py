"""Drills, each a plain file that says what to do and how it is counted.

Midback brings some; a wearer's own lie as ``drills/*.toml`` in the data folder, and one with the
same id goes before ours.  A file with a mistake in it is named and left out.  This is a whole
one::

    id = "doorway_reach"
    title = "Doorway reach"
    how = "Stand in a doorway, one hand on the frame."
    go = "Lean through."
    back = "And back."
    figure = "doorway_reach.svg"
    caution = "Not with a shoulder that slips out."
    instead = ["wall_slide"]

    [dose]
    repetitions = 8
    seconds = 4.5

    [counted]
    by = "repetitions"
    axis = "flexion"
    way = "back"
    least_deg = 3.0

``back``, ``figure``, ``caution`` and ``instead`` may be missing.  What ``by`` can be, and what
goes with it, is in ``By``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from midback.errors import DataError
from midback.exercises.counting import LEAST_DEG
from midback.exercises.items import LEFT, RIGHT, Axis

FOLDER = "drills"
"""Of the wearer's own, in the data folder."""

OURS = Path(__file__).parent / FOLDER
"""Those that Midback brings, to copy from."""

_FIGURES = Path(__file__).parent / "figures"

MOST_BYTES = 50_000
MOST_WORDS = 400
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TITLE = 60

_WAYS: dict[Axis, dict[str, int]] = {
    Axis.FLEXION: {"back": -1, "forward": 1},
    Axis.LATERAL: {LEFT: -1, RIGHT: 1},
    Axis.ROTATION: {LEFT: 1, RIGHT: -1},
}


class By(StrEnum):
    """How a drill is counted."""

    REPETITIONS = "repetitions"
    """By the clip: with ``axis``, ``way`` unless it is done to both sides, and ``least_deg``."""
    METRONOME = "metronome"
    """The clip cannot see it: it is paced, and marked so."""
    HOLD = "hold"
    """The seconds within ``within_deg`` of sitting tall."""
    OFF = "off"
    """The clip is taken off, and only time is kept."""


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    Attributes:
        id: names it in records and in advice.
        title: for people.
        how: how to begin, in a sentence or two.
        go, back: what is asked for at each repetition; ``go`` alone for what is held.
        by: how it is counted.
        repetitions: of a set; 0 for what is held.
        seconds: of one repetition, or of the whole hold.
        sets: of each side.
        sides: ``left`` and ``right``, or one empty name.
        axis, signs: what it is measured by, and the sign of the value for each side.
        least_deg: less than this is no repetition.
        within_deg: so near to tall a hold counts.
        caution: what to heed, or empty.
        figure: its SVG, or ``None``.
        instead: ids of drills that serve as well.
        buzz: whether the clip may pace it.
    """

    id: str
    title: str
    how: str
    go: str
    by: By
    seconds: float
    back: str = ""
    repetitions: int = 0
    sets: int = 1
    sides: tuple[str, ...] = ("",)
    axis: Axis = Axis.FLEXION
    signs: tuple[int, ...] = (0,)
    least_deg: float = LEAST_DEG
    within_deg: float = 0.0
    caution: str = ""
    figure: Path | None = None
    instead: tuple[str, ...] = ()
    buzz: bool = True

    @property
    def lasts_s(self) -> float:
        """How long it takes without getting ready."""
        return self.seconds * max(self.repetitions, 1) * self.sets * len(self.sides)

    @property
    def dose(self) -> str:
        """How much of it, in words."""
        sets = f"{self.sets} × " if self.sets > 1 else ""
        much = f"{self.repetitions} times" if self.repetitions else f"{self.seconds:.0f} s"
        return f"{sets}{much}{' a side' if len(self.sides) > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Drills:
    """All drills there are.

    Attributes:
        known: by their ids, ours first.
        problems: what is wrong with files that were left out, each naming its file.
    """

    known: Mapping[str, Drill]
    problems: Sequence[str] = ()


def all_drills(folder: Path | None = None) -> Drills:
    """Ours, and those in the data folder *folder*."""
    known: dict[str, Drill] = {}
    problems: list[str] = []
    places = [OURS] if folder is None else [OURS, folder / FOLDER]
    for path in (path for place in places for path in sorted(place.glob("*.toml"))):
        try:
            drill = read_drill(path)
        except DataError as error:
            problems.append(str(error))
        else:
            known[drill.id] = drill
    return Drills(known, tuple(problems))


def read_drill(path: Path) -> Drill:
    """The drill in a file.

    Raises:
        DataError: it cannot be read, or something in it cannot be; says where, and what can.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    return parse_drill(data, path)


def parse_drill(data: bytes, path: Path) -> Drill:
    """The drill in what a file holds; *path* names it, and its figure may lie beside it.

    Raises:
        DataError: something in it cannot be; says where, and what can.
    """
    try:
        if len(data) > MOST_BYTES:
            raise _Wrong(f"it is longer than {MOST_BYTES} bytes")
        return _drill(_Table("", _toml(data)), path)
    except _Wrong as wrong:
        raise DataError(f"{path} is no drill yet: {wrong}") from wrong


class _Wrong(Exception):
    """What is wrong, and where."""


def _toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _Wrong(f"it is not UTF-8 text (at byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise _Wrong(f"it is not TOML ({error})") from error


class _Table:
    """A table of the file; each key is taken once, and what is left over is a mistake."""

    def __init__(self, name: str, values: dict[str, Any]) -> None:
        self._name = name
        self._values = dict(values)

    def _take(self, key: str, default: object) -> object:
        value = self._values.pop(key, default)
        if value is None:
            raise _Wrong(f"{self._called(key)} is missing")
        return value

    def _called(self, key: str) -> str:
        return f"{key} in [{self._name}]" if self._name else key

    def text(self, key: str, default: str | None = None, most: int = MOST_WORDS) -> str:
        value = self._take(key, default)
        if not isinstance(value, str) or len(value) > most or not (value.strip() or default == ""):
            raise _Wrong(f'{self._called(key)} must be text in "quotes", 1 to {most} characters')
        if not value.isprintable():
            raise _Wrong(f"{self._called(key)} must be one line without control characters")
        return value.strip()

    def one_of(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        value = self._take(key, default)
        if value not in words:
            raise _Wrong(f"{self._called(key)} must be one of {_quoted(words)}")
        return str(value)

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        value = self._take(key, default)
        # A truth value is a number to Python.
        if type(value) not in (int, float) or not low <= cast("float", value) <= high:
            raise _Wrong(f"{self._called(key)} must be a number from {low:g} to {high:g}")
        return float(cast("float", value))

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self._take(key, default)
        if type(value) is not int or not low <= value <= high:
            raise _Wrong(f"{self._called(key)} must be a whole number from {low} to {high}")
        return value

    def truth(self, key: str, *, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise _Wrong(f"{self._called(key)} must be true or false")
        return value

    def table(self, key: str) -> _Table:
        value = self._take(key, None)
        if not isinstance(value, dict):
            raise _Wrong(f"{self._called(key)} must be a table: write [{key}] over its values")
        return _Table(key, cast("dict[str, Any]", value))

    def names(self, key: str) -> tuple[str, ...]:
        value = self._take(key, [])
        if not isinstance(value, list):
            raise _Wrong(f"{self._called(key)} must be a list of ids")
        return tuple(_id(each, self._called(key)) for each in cast("list[object]", value))

    def done(self) -> None:
        for key in self._values:
            raise _Wrong(f"{self._called(_shown(key))} is not known here: take it out")


def _drill(table: _Table, path: Path) -> Drill:
    name = _id(table.text("id"), "id")
    title, how, go = table.text("title", most=_TITLE), table.text("how"), table.text("go")
    back, caution = table.text("back", ""), table.text("caution", "")
    figure = _figure(table.text("figure", ""), path)
    instead, buzz = table.names("instead"), table.truth("buzz", default=True)
    dose, counted = table.table("dose"), table.table("counted")
    table.done()
    by = By(counted.one_of("by", list(By)))
    held = by in (By.HOLD, By.OFF)
    repetitions = 0 if held else dose.whole("repetitions", 1, 50)
    seconds = dose.number("seconds", 5.0, 300.0) if held else dose.number("seconds", 2.0, 12.0)
    sets = 1 if held else dose.whole("sets", 1, 5, 1)
    both = not held and dose.truth("per_side", default=False)
    dose.done()
    axis, signs, least_deg = Axis.FLEXION, (0, 0) if both else (0,), LEAST_DEG
    if by is By.REPETITIONS:
        axis = Axis(counted.one_of("axis", list(Axis)))
        signs = _signs(counted, axis, both=both)
        least_deg = counted.number("least_deg", LEAST_DEG, 60.0, LEAST_DEG)
    within_deg = counted.number("within_deg", 1.0, 20.0, 5.0) if by is By.HOLD else 0.0
    counted.done()
    return Drill(
        id=name,
        title=title,
        how=how,
        go=go,
        back=back,
        by=by,
        repetitions=repetitions,
        seconds=seconds,
        sets=sets,
        sides=(LEFT, RIGHT) if both else ("",),
        axis=axis,
        signs=signs,
        least_deg=least_deg,
        within_deg=within_deg,
        caution=caution,
        figure=figure,
        instead=instead,
        buzz=buzz,
    )


def _signs(counted: _Table, axis: Axis, *, both: bool) -> tuple[int, ...]:
    """Of the value, for each side."""
    ways = _WAYS[axis]
    if not both:
        return (ways[counted.one_of("way", list(ways))],)
    if axis is Axis.FLEXION:
        raise _Wrong("per_side in [dose] needs another axis than flexion, which has no sides")
    return ways[LEFT], ways[RIGHT]


def _id(value: object, where: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _Wrong(
            f"{where} must be small letters, digits and _, beginning with a letter, 40 at most"
        )
    return value


def _figure(name: str, path: Path) -> Path | None:
    """One of ours by its name, or a file beside the drill's own."""
    if not name:
        return None
    found = _FIGURES / f"{name}.svg" if _ID.fullmatch(name) else path.parent / name
    if found.suffix != ".svg" or "\0" in name or not found.is_file():
        raise _Wrong(f"figure {_shown(name)} is neither one of ours nor an .svg file beside it")
    return found


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _shown(text: str) -> str:
    """As much of it as fits a sentence."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
