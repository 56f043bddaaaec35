"""The firmware frozen into MicroPython, for whoever builds that: it then starts from flash.

The boards in ``boards`` name it; any other board of the esp32 port takes it as
``FROZEN_MANIFEST``.  The ``main.py`` in here is started in place of one in the file system, but of
the modules those in the file system are found first.
"""

# The names are those that MicroPython's build gives to a manifest.
# ruff: noqa: F821

include("$(PORT_DIR)/boards/manifest.py")

# Without line numbers (opt=3), as the files that are copied.
module("main.py", opt=3)
package("clip_firmware", opt=3)
module("midback/__init__.py", base_path="../host", opt=3)
package("midback/shared", base_path="../host", opt=3)
