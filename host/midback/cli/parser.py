"""What the command line understands; imports nothing that takes time."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import NoReturn, TypeVar

from midback.errors import UsageError
from midback.roles import Role

DEMO_SEED = 6
"""A simulated wearer with a wide slump and a calm way of sitting: much to see."""

PRESETS = ("coach", "normal", "quiet")
_MOST_DAYS = 10_000
_MOST_SEED = 2**63 - 1

_SNOOZE_S = 900.0
_LONGEST_SNOOZE_S = 86_400.0
_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0}

_OFF = "off"
_T = TypeVar("_T")

_EXITS = "exit codes: 0 done, 2 usage, 3 no Bluetooth, 4 no clip, 5 data"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong like everything else that goes wrong: in one line."""
        raise UsageError(f"{message}; '{self.prog} --help' tells what there is")


class _Version(argparse.Action):
    """Prints the installed version; looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"midback {version('midback')}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; ``module`` names what runs."""
    parser = _Parser(
        prog="midback",
        description="Posture of the upper back from a clip between the shoulder blades.",
        epilog=f"{_EXITS}.  Everything stays on this computer.",
    )
    parser.add_argument(
        "-V", "--version", action=_Version, nargs=0, help="print the version and leave"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        added.set_defaults(module=name)
        return added

    _add_demo(command("demo", "a simulated workday, live, then its daily summary"))
    _add_setup(command("setup", "from a new clip to the first buzz, step by step"))
    _add_live(command("live", "watch, record and buzz; opens the window"))
    _add_check(command("check", "seven guided movements, measured; one or two things to do"))
    _add_routine(command("routine", "five minutes of drills, counted where the clip sees them"))
    _add_snooze(command("snooze", "let the buzzes of the running Midback rest for a while"))
    _add_pause(command("pause", "let its buzzes wait until you end the pause"))
    _add_place(command("context", "tell the running Midback where you are, or list the places"))
    _add_status(command("status", "what the running Midback knows now, in one line"))
    _add_nudges(command("nudges", "how soon and how often it buzzes, and by which plan"))
    _add_experiment(command("experiment", "which nudges shorten your slumps, if it can tell"))
    _add_scan(command("scan", "list the clips in range"))
    _add_calibrate(command("calibrate", "set your own upright, guided"))
    _add_replay(command("replay", "play a stored day or recordings through the live view"))
    _add_day(command("day", "the daily summary"))
    _add_trend(command("trend", "several days beside each other, and the hours after exercises"))
    _add_recompute(command("recompute", "what would have buzzed on a stored day, beside what did"))
    _add_sync(command("sync", "bring home what the clip recorded by itself, without a window"))
    _add_evaluate(command("evaluate", "accuracy on recordings and simulated days"))
    _add_alone(command("alone", "switch the clip's radio off between your visits, or on"))
    _add_flash(command("flash", "put the clip's firmware onto a board over USB"))
    _add_doctor(command("doctor", "look for what is wrong, and report it without names"))
    return parser


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed",
        type=_number(0.1, 1e5),
        metavar="N",
        help="simulated seconds a second (default: the day takes about a minute)",
    )
    parser.add_argument(
        "--minutes",
        type=_number(5, 720),
        metavar="M",
        help="length of the simulated day (default: a whole workday)",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        default=DEMO_SEED,
        metavar="S",
        help=f"which day, 0 or more (default {DEMO_SEED})",
    )
    parser.add_argument(
        "--reminder",
        type=_time_of_day,
        metavar="TIME",
        help="remind of the routine at this time of that day, which begins at 8:30",
    )
    parser.add_argument(
        "--headless", action="store_true", help="no window, and as fast as it computes"
    )
    parser.add_argument(
        "--out",
        type=_folder,
        metavar="DIR",
        help="keep the recording and the page in this new folder",
    )


def _add_setup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a simulated clip and wearer, who answers by themselves",
    )
    parser.add_argument(
        "--role",
        choices=[str(role) for role in Role],
        default=str(Role.UPPER),
        help="where it is worn: between the shoulder blades (the default), or as a second clip "
        "at the waistband, which tells a lean from a slump",
    )
    _add_clip(parser)
    _add_data(parser)


def _add_live(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a simulated clip and wearer, recorded in a new folder unless --data names one",
    )
    _add_clip(parser)
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        help="how soon and how often it buzzes, for this run (default: as 'midback nudges' says)",
    )
    _add_hold(parser, "as the preset says")
    parser.add_argument(
        "--raw", action="store_true", help="stream acceleration and rate at 50 Hz, for research"
    )
    parser.add_argument(
        "--no-pauses",
        action="store_true",
        help="buzz during calls, talks and do-not-disturb as well",
    )
    _add_headless(parser)
    _add_data(parser)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        metavar="A,B",
        help="these tests: tall_slump, arm_raise, chair_extension, rotation, side_bend, "
        "tall_hold, find_upright",
    )
    parser.add_argument(
        "--again",
        type=Path,
        metavar="FILE",
        help="compute an earlier check from its file once more; needs no clip",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page to a file")
    parser.add_argument("--quiet", action="store_true", help="no bell with the cues")
    parser.add_argument(
        "--person",
        choices=("healthy", "stiff"),
        default="stiff",
        help="of the demo: who does it (default stiff: to the left, and sinks in the hold)",
    )
    _add_led(parser)


def _add_routine(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "'midback nudges --reminder 15:30' reminds you of it once a day."
    parser.add_argument("--list", action="store_true", help="tell which drills there are")
    parser.add_argument(
        "--drills",
        metavar="A,B",
        help="these, in this order (default: the usual ones, what your last check advised first)",
    )
    parser.add_argument(
        "--ask", action="store_true", help="ask once more what comes before the first routine"
    )
    _add_led(parser)


def _add_led(parser: argparse.ArgumentParser) -> None:
    """What a check and a routine have in common."""
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a simulated clip and wearer; nothing is kept unless --data names a folder",
    )
    parser.add_argument(
        "--speed",
        type=_number(0.1, 1e5),
        metavar="N",
        help="of the demo: simulated seconds a second (default 1; with --headless as fast as it "
        "computes)",
    )
    _add_clip(parser)
    _add_headless(parser)
    _add_data(parser)


def _add_snooze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "length",
        nargs="?",
        type=_length,
        default=_SNOOZE_S,
        metavar="TIME",
        help="90s, 30m or 1h, or off to end it (default: 15m)",
    )
    _add_data(parser)


def _add_pause(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "setting",
        nargs="?",
        choices=("on", "off"),
        default="on",
        help="off: buzz again (default: on)",
    )
    _add_data(parser)


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        nargs="?",
        type=_context,
        metavar="NAME",
        help='desk, "standing desk", sofa or a name of your own',
    )
    _add_data(parser)


def _add_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_data(parser)


def _add_nudges(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", choices=PRESETS, help="how soon and how often")
    parser.add_argument(
        "--hold",
        type=_or("preset", _number(1, 3600)),
        metavar="S|preset",
        help="seconds that a lean must last to be a slump",
    )
    parser.add_argument(
        "--hourly-cap",
        type=_or("preset", _whole(1, 60)),
        metavar="N|preset",
        help="the most buzzes in any hour",
    )
    parser.add_argument(
        "--daily-cap",
        type=_or("preset", _whole(1, 500)),
        metavar="N|preset",
        help="the most buzzes in a day",
    )
    parser.add_argument(
        "--quiet-hours",
        metavar="A-B|off",
        help="no buzzes between two times of day, such as 22:00-07:00",
    )
    parser.add_argument(
        "--confirm",
        choices=("on", "off"),
        help="a short tick when you sit up within a minute of a buzz",
    )
    parser.add_argument(
        "--plan",
        choices=("full", "fade", "experiment"),
        help="every nudge, fewer from week to week, or an experiment; begins today",
    )
    parser.add_argument(
        "--seed", type=_seed, metavar="S", help="of what a plan draws (default: drawn itself)"
    )
    parser.add_argument(
        "--reminder",
        type=_or(_OFF, _time_of_day),
        metavar="TIME|off",
        help="once a day at this time, such as 15:30, a gentle reminder of the routine",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_data(parser)


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_data(parser)


def _add_scan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=_number(1, 120), default=5.0, metavar="N", help="how long (default 5)"
    )
    parser.add_argument("--demo", action="store_true", help="look for a simulated clip")


def _add_calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="a simulated clip and wearer")
    _add_clip(parser)
    parser.add_argument(
        "--bow", action="store_true", help="also bow forward: finds where forward is"
    )
    parser.add_argument(
        "--slump", action="store_true", help="also slump: sets the slump line by your own span"
    )
    _add_context(parser)
    _add_data(parser)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="PATH|DAY",
        help="a day (2026-11-22, today, yesterday), a folder of recordings, or an archive of "
        "sitting postures",
    )
    parser.add_argument(
        "--speed",
        type=_number(0.1, 1e5),
        metavar="N",
        help="seconds a second (default 60 in the window, else as fast as it computes)",
    )
    parser.add_argument("--person", metavar="ID", help="whose postures (default: the first's)")
    _add_hold(parser, "as it was judged then, or 30")
    _add_headless(parser)
    _add_data(parser)


def _add_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "date", nargs="?", default="today", metavar="DATE", help="2026-11-22, today, yesterday"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--html", type=Path, metavar="FILE", help="write the page to a file")
    _add_data(parser)


def _add_trend(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help="invented days, to see what it looks like"
    )
    parser.add_argument(
        "--days", type=int, choices=(7, 28), default=7, help="how many (default 7)"
    )
    parser.add_argument(
        "--until",
        default="today",
        metavar="DATE",
        help="the last of them: 2026-11-22, today, yesterday (default: today)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--html", type=Path, metavar="FILE", help="write the page to a file")
    _add_data(parser)


def _add_recompute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "date",
        nargs="?",
        default="today",
        metavar="DATE",
        help="2026-11-22, today, yesterday",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="judge by another setting, such as hold_s=60, preset=quiet or enter_deg=12; "
        "may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_data(parser)


def _add_sync(parser: argparse.ArgumentParser) -> None:
    _add_clip(parser)
    _add_data(parser)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, text in (
        ("tilt", "the tilt filter against optical motion capture"),
        ("sitting", "held postures through the whole chain"),
        ("strung", "held postures strung into sessions with walks and a table"),
        ("day", "simulated days of eight hours whose truth is known, through the whole chain"),
    ):
        added = what.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        if name == "day":
            _add_seeds(added)
        else:
            added.add_argument(
                "file", type=Path, metavar="FILE", help="NumPy archive of recordings"
            )
        added.add_argument("--json", action="store_true", help="print JSON")
        if name == "sitting":
            _add_sites(added)


def _add_sites(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sites",
        type=_sites,
        metavar="T4[,L5]",
        help="tell upright, slouch and lean apart by the clip at this site, or by the two at "
        "these: the upper back first, then the waistband",
    )


def _sites(text: str) -> tuple[str, ...]:
    sites = tuple(text.split(","))
    if len(sites) > 2 or not all(sites) or len(set(sites)) < len(sites):
        raise argparse.ArgumentTypeError(f"{text} is not one site, or two with a comma between")
    return sites


def _add_seeds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seeds", type=_count, default=20, metavar="N", help="how many days (default 20)"
    )
    parser.add_argument(
        "--first-seed", type=_seed, default=1, metavar="N", help="seed of the first (default 1)"
    )


def _add_alone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "setting", choices=("on", "off"), help="on: no radio, the clip judges and buzzes by itself"
    )
    _add_clip(parser)


def _add_flash(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        metavar="P",
        help="serial port of the board (default: the only board that is connected)",
    )
    parser.add_argument(
        "--base",
        type=Path,
        metavar="IMAGE",
        help="write this MicroPython first: the .bin file for your board from "
        "micropython.org/download, or your own with the firmware in it",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would be done, and change nothing"
    )
    parser.add_argument(
        "--yes", action="store_true", help="do not ask: overwrite what is foreign, ignore doubts"
    )


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="look at a simulated clip")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--seconds",
        type=_number(1, 120),
        default=5.0,
        metavar="N",
        help="how long to listen for clips (default 5)",
    )
    _add_clip(parser)
    _add_data(parser)


def _add_clip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clip", metavar="ID", help="name or address (default: the first found)")


def _add_context(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--context",
        type=_context,
        metavar="NAME",
        help='where this holds: desk, "standing desk", sofa or a name of your own '
        "(default: where you were last)",
    )


def _add_headless(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="no window: words in the terminal")


def _add_hold(parser: argparse.ArgumentParser, said: str) -> None:
    parser.add_argument(
        "--hold",
        type=_number(1, 3600),
        metavar="S",
        help=f"seconds that a lean must last to be a slump (default: {said})",
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=_folder,
        metavar="DIR",
        help="where recordings are kept (default: $MIDBACK_DATA, or the system's place for data)",
    )


def _number(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a number from {least:g} to {most:.0f}"
            )
        return value

    return number


def _whole(least: int, most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number from {least} to {most}"
            )
        return int(text)

    return whole


_seed = _whole(0, _MOST_SEED)
_count = _whole(1, _MOST_DAYS)


def _or(word: str, parse: Callable[[str], _T]) -> Callable[[str], _T | str]:
    """*word* itself, or what *parse* makes of anything else."""
    return lambda text: word if text == word else parse(text)


def _length(text: str) -> float:
    """A length of time in seconds; ``off`` is 0."""
    if text == _OFF:
        return 0.0
    unit_s = _UNITS_S.get(text[-1:])
    try:
        length_s = float(text[:-1]) * (unit_s or 0.0)
    except ValueError:
        length_s = 0.0
    if not 0.0 < length_s <= _LONGEST_SNOOZE_S:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: write one number with its unit, such as 90s, 30m or 1h, "
            "at most 24h, or off"
        )
    return length_s


def _time_of_day(text: str) -> time:
    # Here, as below.
    from midback.reminder import time_of_day

    try:
        return time_of_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _context(text: str) -> str:
    # Here, because help and completion need not wait for it.
    from midback.calibration import context_name

    try:
        return context_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a file: name a folder")
    return path
