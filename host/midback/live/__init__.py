"""The live views: a window where there is a display, a line of text where there is none.

Importing this package loads no Qt.  Only ``window`` and what it is made of do.
"""

from __future__ import annotations

import os

# pyqtgraph would pick another Qt binding first if one happened to be installed as well.
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
