"""What is wrong, if anything: each part of Midback and of the computer looked at by itself.

A check is a function that returns findings, plain values; it raises nothing on purpose and changes
nothing.  What it tells may be shown to anybody: ``discreet`` takes out who and where.
"""

from midback.doctor.finding import Finding, Mark, exit_code

__all__ = ["Finding", "Mark", "exit_code"]
