"""What runs on the clip; ``main.py`` builds its parts and starts it."""

VERSION = "0.1.0"
