"""The firmware is compared with hardware.md here: CPython needs what the board has built in."""

import sys
from pathlib import Path

_FAKES = Path(__file__).parents[1] / "firmware" / "fakes"

for _folder in (_FAKES, _FAKES / "cpython"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
