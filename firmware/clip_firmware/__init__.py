"""What runs on the clip; ``main.py`` builds its parts and starts it."""
