"""The settings file: small, in the data folder, and written to be edited by people.

``settings.toml`` is read with ``tomllib``.  Changing it keeps comments and everything else as
they are: one line for each value is put in or replaced, and the outcome is read back before it
takes the old one's place.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple, cast

from midback.errors import SettingsError
from midback.nudge_settings import NudgeSettings, QuietHours
from midback.reminder import ReminderSettings, time_of_day

SETTINGS = "settings.toml"
NUDGES, REMINDER = "nudges", "reminder"
"""The tables, which are the fields of ``Settings``."""

OFF = "off"

Value = str | bool | int | float | date

_HEAD = "# Midback's settings; 'midback nudges' shows and changes them, or edit them here.\n"


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it.

    Attributes:
        nudges: table ``[nudges]``.
        reminder: table ``[reminder]``.
    """

    nudges: NudgeSettings = field(default_factory=NudgeSettings)
    reminder: ReminderSettings = field(default_factory=ReminderSettings)


class _Key(NamedTuple):
    """What may stand at one key: of which types, and how to write it."""

    types: tuple[type, ...]
    example: str


class _Table(NamedTuple):
    """A table: its keys, in the order in which they are put in, and what is made of its values."""

    keys: Mapping[str, _Key]
    make: Callable[..., Any]


def read_settings(folder: Path) -> Settings:
    """What the settings file in *folder* says; the usual ones where there is none.

    Raises:
        SettingsError: it cannot be read, or a value cannot be; says which, and what to write.
    """
    path = folder / SETTINGS
    text = _text_of(path)
    return Settings() if text is None else _parsed(path, text)


def change_settings(folder: Path, table: str, changes: Mapping[str, Value | None]) -> Settings:
    """Put values into a table; ``None`` takes one out.  Returns the settings then.

    Args:
        folder: where the file is.
        table: ``NUDGES`` or ``REMINDER``.
        changes: by their keys.

    Raises:
        SettingsError: the file cannot be read or written, or the outcome cannot be; then the
            file is as it was.
    """
    path = folder / SETTINGS
    text = _text_of(path) or _HEAD
    _parsed(path, text)
    for key in sorted(changes, key=list(_TABLES[table].keys).index):
        text = _with(text, table, key, changes[key])
    _check_in(path, text, table, changes)
    settings = _parsed(path, text)
    _write(path, text)
    return settings


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f"{path} cannot be read ({why}): mend it, or take it away for the usual settings"
        ) from error


def _parsed(path: Path, text: str) -> Settings:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML ({error}): mend it there") from error
    unknown = [name for name in tables if name not in _TABLES]
    if unknown:
        raise SettingsError(
            f"{path} has {unknown[0]!r}, which is not known: take it out; "
            f"what there is lies in {' and '.join(f'[{name}]' for name in _TABLES)}"
        )
    return Settings(**{name: _made(path, name, table) for name, table in tables.items()})


def _made(path: Path, name: str, table: object) -> Any:
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: {name} must be a table: write [{name}] over its values")
    keys, make = _TABLES[name]
    values = cast("dict[str, Any]", table)
    for key, value in values.items():
        if key not in keys:
            there = "there is" if len(keys) == 1 else "there are"
            raise SettingsError(
                f"{path} has {key!r} in [{name}], which is not known: take it out; "
                f"{there} {', '.join(keys)}"
            )
        # A truth value is a whole number to Python, and a time of day a date.
        if type(value) not in keys[key].types:
            raise SettingsError(
                f"{path}: {key} = {_shown(value)} cannot be: write {keys[key].example}"
            )
    try:
        return make(**values)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}") from error


def _nudges(**values: Any) -> NudgeSettings:
    if "quiet_hours" in values:
        values["quiet_hours"] = quiet_hours(values["quiet_hours"])
    return NudgeSettings(**values)


def _reminder(at: str = OFF) -> ReminderSettings:
    return ReminderSettings(None if at.strip() == OFF else time_of_day(at))


def quiet_hours(text: str) -> QuietHours | None:
    """What *text* means; ``off`` is ``None``.

    Raises:
        ValueError: it means nothing; says how to write it.
    """
    return None if text.strip() == OFF else QuietHours.parse(text)


def _with(text: str, table: str, key: str, value: Value | None) -> str:
    """*text* with one line of a table put in, replaced or taken out."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    head = next((n for n, line in enumerate(lines) if _is_head(line, table)), None)
    if head is None:
        lines += ["\n", f"[{table}]\n"]
        head = len(lines) - 1
    after = range(head + 1, len(lines))
    end = next((n for n in after if lines[n].lstrip().startswith("[")), len(lines))
    spelled = re.compile(rf"""\s*(["']?){key}\1\s*=""")
    at = next((n for n in range(head + 1, end) if spelled.match(lines[n])), None)
    new = [] if value is None else [f"{key} = {_written(value)}\n"]
    if at is not None:
        lines[at : at + 1] = new
    else:
        while end > head + 1 and not lines[end - 1].strip():
            end -= 1
        lines[end:end] = new
    return "".join(lines)


def _is_head(line: str, name: str) -> bool:
    return re.match(rf"""\s*\[\s*(["']?){name}\1\s*\]""", line) is not None


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, date) else repr(value)


def _shown(value: object) -> str:
    """A value that was read, as the file may have it."""
    if isinstance(value, dict | list):
        return "{ … }" if isinstance(value, dict) else "[ … ]"
    return value.isoformat() if isinstance(value, time) else _written(cast("Value", value))


def _check_in(path: Path, text: str, table: str, changes: Mapping[str, Value | None]) -> None:
    """Whether *text* says what was to be changed: a table can be written in several ways."""
    try:
        values = tomllib.loads(text).get(table, {})
        missed = [key for key, value in changes.items() if values.get(key) != value]
    except tomllib.TOMLDecodeError:
        missed = list(changes)
    if missed:
        raise SettingsError(
            f"{path} is written in a way that cannot be changed from here: "
            f"change {', '.join(missed)} there yourself"
        )


def _write(path: Path, text: str) -> None:
    """Take the old file's place at once: a full disk or a kill leaves the old one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}): check that the folder is yours and has "
            "space, or choose another one with --data"
        ) from error


_TABLES = {
    NUDGES: _Table(
        {
            "preset": _Key((str,), '"normal"'),
            "hold_s": _Key((int, float), "30"),
            "hourly_cap": _Key((int,), "12"),
            "daily_cap": _Key((int,), "60"),
            "quiet_hours": _Key((str,), '"22:00-07:00" or "off"'),
            "confirm": _Key((bool,), "true or false"),
            "plan": _Key((str,), '"full"'),
            "plan_started": _Key((date,), "2026-11-28"),
            "seed": _Key((int,), "1"),
        },
        _nudges,
    ),
    REMINDER: _Table({"at": _Key((str,), '"15:30" or "off"')}, _reminder),
}
