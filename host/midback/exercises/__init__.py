"""The movement check and the routine."""
