"""Check the types of what runs on a board, with the board's own modules in place of CPython's.

``python -m tests.check_firmware_types`` from the root of the project; pyright's output and exit
code.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]


def stubs() -> Path:
    """Where the stubs lie: the folder that has MicroPython's ``stdlib`` in it."""
    spec = find_spec("pyright")
    if spec is None or spec.origin is None:
        raise SystemExit("needs the development packages: uv sync")
    return Path(spec.origin).parents[1]


def main() -> int:
    command = [sys.executable, "-m", "pyright", "-p", "firmware", "--typeshedpath", str(stubs())]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
