"""Where the reference recordings lie: real sensors with ground truth, kept outside the project."""

import os
from pathlib import Path

import pytest

BESIDE_THE_PROJECT = Path(__file__).parents[2] / "shared" / "data"


def reference_data(name: str) -> Path:
    """The path of one reference file, or a skip that says how to provide it."""
    folder = Path(os.environ.get("MIDBACK_REFERENCE_DATA", BESIDE_THE_PROJECT))
    path = folder / name
    if not path.is_file():
        pytest.skip(f"needs {name}: name its folder in MIDBACK_REFERENCE_DATA")
    return path
