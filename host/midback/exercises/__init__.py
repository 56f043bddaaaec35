"""What the movement check and the routine measure with the clip.

Flexion and side-bend come from gravity (``shared.flexion``) and do not drift.  A turn about the
vertical comes from the gyroscope, one repetition at a time (``turning``).  Repetitions of any of
them are counted as they happen (``counting``).  Pure: time comes in with each sample.
"""
