"""Midback: posture of the upper back from a clip between the shoulder blades."""
