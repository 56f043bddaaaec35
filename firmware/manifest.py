"""The firmware frozen into MicroPython, for whoever builds that: it then starts from flash.

Give it as ``FROZEN_MANIFEST`` to a build of the esp32 port.  A ``main.py`` in here is started like
one in the file system, and takes its place.
"""

# The names are those that MicroPython's build gives to a manifest.
# ruff: noqa: F821

include("$(PORT_DIR)/boards/manifest.py")
module("main.py")
package("clip_firmware")
module("midback/__init__.py", base_path="../host")
package("midback/shared", base_path="../host")
