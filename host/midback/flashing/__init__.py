"""Putting the clip's firmware onto a board over USB; needs neither Bluetooth nor the rest."""
