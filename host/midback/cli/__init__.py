"""The ``midback`` command: the one place that puts the parts together.

Each command parses, calls the library, prints, and returns an exit code: 0 done,
2 usage, 3 no Bluetooth, 4 no clip, 5 data.  What goes wrong is one line on stderr.
Only what a command needs is imported, and only once it runs.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from midback.cli.parser import build_parser
from midback.errors import BluetoothUnavailable, DataError, MidbackError, UsageError

LOOK_CLOSER = "'midback doctor' looks closer"
"""What to do where a sentence about Bluetooth or the clip was not enough."""

_INTERRUPTED = 130
"""What shells give for a command that Ctrl-C ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _prepare_streams()
    try:
        return _run(argv)
    except MidbackError as error:
        closer = f"; {LOOK_CLOSER}" if isinstance(error, BluetoothUnavailable) else ""
        print(f"midback: {error}{closer}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output left; let Python's own flush at exit find nothing to do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ZoneInfoNotFoundError:
        zone = os.environ.get("TZ", "of this system")
        print(
            f"midback: the time zone {zone} is not known: set TZ to one like Europe/Berlin",
            file=sys.stderr,
        )
        return UsageError.exit_code
    except OSError as error:
        where = error.filename or "the output"
        print(f"midback: {where} cannot be used: {error.strerror or error}", file=sys.stderr)
        return DataError.exit_code


def _run(argv: Sequence[str] | None) -> int:
    args = build_parser().parse_args(argv)
    # NumPy's threads start with its import and help none of our small arrays.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    command = importlib.import_module(f"midback.cli.{args.module}")
    code = int(command.run(args))
    # Here rather than at exit, where a closed pipe or a full disk would give a traceback.
    sys.stdout.flush()
    return code


def _prepare_streams() -> None:
    """Let every print succeed: streams may be closed, or lack the signs that we print."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (for good)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
