"""The firmware on a bench, to which the simulated clip is compared, needs the board's modules."""

import sys
from pathlib import Path

_FAKES = Path(__file__).parents[1] / "firmware" / "fakes"

for _folder in (_FAKES, _FAKES / "cpython"):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
