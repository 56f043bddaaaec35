"""The window that leads a wearer through a movement check or a routine.

It knows neither Bluetooth nor asyncio, nor which of the two it leads through: it asks a
``Leader`` what to show and tells it what the wearer wants.  Only what draws imports Qt.
"""
