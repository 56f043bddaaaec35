"""The most memory that this process ever had."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """Peak resident memory in MB.

    On Linux not from ``getrusage``: that begins with the size of whoever started us.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="ascii").splitlines()
        (high,) = (line for line in lines if line.startswith("VmHWM"))
        return int(high.split()[1]) / 1e3
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
