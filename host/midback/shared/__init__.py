"""What clip and host must agree on; runs unchanged on CPython and on the board."""
