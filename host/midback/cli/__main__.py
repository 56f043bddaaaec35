"""``python -m midback.cli`` is ``midback``."""

import sys

from midback.cli import main

if __name__ == "__main__":
    sys.exit(main())
