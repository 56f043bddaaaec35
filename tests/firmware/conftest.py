"""Modules of the board that CPython lacks, as far as the firmware's logic needs them."""

import sys
from pathlib import Path

_FAKES = Path(__file__).parent / "fakes"

for _folder in (_FAKES, _FAKES / "cpython"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
