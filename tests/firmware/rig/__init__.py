"""Unmodified firmware under a real MicroPython, with everything around the board on CPython.

``shims`` stand in for the board's ``bluetooth``, ``machine``, ``esp32`` and ``time``; they speak
over a pair of sockets to either of two hosts:

- ``virtual.VirtualClip``: time stands still except when the firmware waits; a day in minutes,
  every host and fault written as a timeline.
- ``bridge.Bridge``: real time; the firmware's radio is a bumble device, and plain bleak finds it
  (``fixtures.rig``).

Limits: no float32, no real flash, no GIL (the interpreter's threads run freely), and Python code
costs no virtual time.
"""
