"""The movement check and the routine: what is measured of a movement, and how it is guided."""
