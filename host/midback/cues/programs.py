"""The programs of this computer that speak a sentence or play a sound file.

Sources: say(1) and afplay(1) of macOS; spd-say(1), espeak-ng(1), pw-play(1), paplay(1), aplay(1);
for Windows .NET's System.Speech.Synthesis.SpeechSynthesizer and System.Media.SoundPlayer, through
PowerShell.

Limits: only that a program is there is looked at, not whether the loudspeakers are on.  The
commands of macOS and Windows are from their manuals, and were not heard.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

Which = Callable[[str], str | None]

_UTF8 = "[Console]::InputEncoding = [Text.Encoding]::UTF8;"
_SPEAKS = (
    f"{_UTF8} Add-Type -AssemblyName System.Speech;"
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "try { $voice.SelectVoiceByHints(0, 0, 0, [Globalization.CultureInfo]'en-US') } catch {};"
    "$voice.Speak([Console]::In.ReadToEnd())"
)
_PLAYS = f"{_UTF8} (New-Object Media.SoundPlayer ([Console]::In.ReadToEnd())).PlaySync()"


class Program(NamedTuple):
    """How to run a program, once for each cue.

    Attributes:
        command: the program and its options.
        by_input: whether it reads what to say or play from its standard input, rather than as a
            last argument.
    """

    command: tuple[str, ...]
    by_input: bool = False


def speech(platform: str = sys.platform, which: Which = shutil.which) -> Program | None:
    """What speaks English here, or ``None``.

    Args:
        platform: as ``sys.platform``.
        which: finds a program by its name.
    """
    if platform == "win32":
        return _powershell(which, _SPEAKS)
    if platform == "darwin":
        return _first(which, Program(("say", "-f", "-"), by_input=True))
    return _first(
        which,
        Program(("spd-say", "--wait", "--language", "en", "--")),
        Program(("espeak-ng", "-v", "en", "--stdin"), by_input=True),
        Program(("espeak", "-v", "en", "--stdin"), by_input=True),
    )


def player(platform: str = sys.platform, which: Which = shutil.which) -> Program | None:
    """What plays a WAV file here, given its path, or ``None``; arguments as for ``speech``."""
    if platform == "win32":
        return _powershell(which, _PLAYS)
    if platform == "darwin":
        return _first(which, Program(("afplay",)))
    return _first(which, Program(("pw-play",)), Program(("paplay",)), Program(("aplay", "-q")))


def asked(program: Program, what: str | Path) -> tuple[list[str], bytes]:
    """The command that says or plays *what*, and what to write to it.

    >>> asked(Program(("say", "-f", "-"), by_input=True), "Turn.")
    (['say', '-f', '-'], b'Turn.')
    >>> asked(Program(("spd-say", "--")), "Turn.")
    (['spd-say', '--', 'Turn.'], b'')
    """
    if program.by_input:
        return list(program.command), str(what).encode()
    return [*program.command, str(what)], b""


def _first(which: Which, *programs: Program) -> Program | None:
    return next((each for each in programs if which(each.command[0]) is not None), None)


def _powershell(which: Which, script: str) -> Program | None:
    options = ("-NoProfile", "-NonInteractive", "-Command", script)
    return _first(which, Program(("powershell", *options), by_input=True))
