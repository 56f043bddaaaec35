"""The judgement on trial: days and sessions whose truth is known, through the whole chain."""
