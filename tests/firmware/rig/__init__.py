"""Unmodified firmware under a real MicroPython, with everything around the board on CPython.

``shims`` stand in for the board's ``bluetooth``, ``machine``, ``esp32`` and ``time``; they speak
over a socket to either of two hosts.  Time stands still for both except when the firmware waits:
how fast the machine is, plays no part.

- ``virtual.VirtualClip``: a day in minutes, every host and fault written as a timeline.
- ``bridge.Bridge``: the firmware's radio is a bumble device, and plain bleak finds it
  (``fixtures.rig``); asyncio's loop keeps its time with the firmware (``lockstep``).

Limits: no float32, no real flash, interrupts come only while the firmware waits, and Python code
costs no virtual time.
"""
