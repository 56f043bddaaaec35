"""The ``midback`` command: the one place that puts the parts together.

Each command parses, calls the library, prints, and returns an exit code: 0 done,
2 usage, 3 no Bluetooth, 4 no clip, 5 data.  What goes wrong is one line on stderr.
Only what a command needs is imported, and only once it runs.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from midback.cli.parser import build_parser
from midback.errors import MidbackError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    args = build_parser().parse_args(argv)
    command = importlib.import_module(f"midback.cli.{args.module}")
    try:
        return int(command.run(args))
    except MidbackError as error:
        print(f"midback: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output left; let Python's own flush at exit find nothing to do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
