"""What the wearer means by the one button: one to three presses, hold, long hold.

Pure: told the pin's level and the time.  A level counts once it was seen for 25 ms; contacts
bounce for less.  A hold counts the time it was watched: after a look that came late no more
than half a second is believed, so that two presses with nobody looking in between never become
a long hold.
"""

from micropython import const

NONE = const(0)
PRESS = const(1)  # told when no second press followed
DOUBLE = const(2)  # told when no third press followed
TRIPLE = const(3)
PAIR = const(4)  # held for 3 s, told while held
FORGET = const(5)  # held for 10 s, told while held, after PAIR

_DEBOUNCE_MS = const(25)
_SHORT_MS = const(800)  # a longer hold is no press
_NEXT_WITHIN_MS = const(400)  # from a release to the next press of the same row
_PAIR_MS = const(3000)
_FORGET_MS = const(10000)
_BELIEVED_MS = const(500)
_LOOK_EVERY_MS = const(250)  # while held

_IDLE = const(0)
_DOWN = const(1)
_BETWEEN = const(2)
_PAIRED = const(3)
_SPENT = const(4)  # held on after all was said, or since before boot


class Button:
    """Turns levels into events; whatever is held at boot means nothing until it is released."""

    def __init__(self) -> None:
        self._state = _SPENT
        self._presses = 0  # of this row that are over
        self._pressed: bool = True  # as debounced
        self._down: bool = True  # as last seen
        self._edge_ms = 0  # when this level was first seen
        self._seen_ms = 0  # how long it was watched
        self._held_ms = 0
        self._released_ms = 0
        self._now_ms = 0

    def update(self, now_ms: int, down: bool) -> int:
        """Take the level at this moment; return the event, ``NONE`` for most."""
        watched_ms = min(max(now_ms - self._now_ms, 0), _BELIEVED_MS)
        self._now_ms = now_ms = max(now_ms, self._now_ms)
        if self._pressed:
            self._held_ms += watched_ms
        if down == self._down:
            self._seen_ms += watched_ms
        else:
            self._down, self._edge_ms, self._seen_ms = down, now_ms, 0
        if self._down != self._pressed and self._seen_ms >= _DEBOUNCE_MS:
            return self._press() if down else self._release()
        return self._wait()

    def due_ms(self, now_ms: int) -> int | None:
        """Return in how many ms to call ``update`` next; ``None``: when the level changes."""
        wait_ms = self._due_in_ms()
        if wait_ms is None:
            return None
        return max(wait_ms - max(now_ms - self._now_ms, 0), 0)

    def _press(self) -> int:
        self._pressed, self._held_ms = True, self._seen_ms
        if self._state != _BETWEEN:
            self._presses = 0
        self._state = _DOWN
        return self._wait()

    def _release(self) -> int:
        state, short = self._state, self._pressed_for_ms() < _SHORT_MS
        self._pressed, self._state = False, _IDLE
        if state != _DOWN or not short:
            return NONE
        self._presses += 1
        if self._presses == 3:
            return TRIPLE
        self._state, self._released_ms = _BETWEEN, self._edge_ms
        return self._wait()

    def _wait(self) -> int:
        """What time alone brings about."""
        if self._state == _BETWEEN:
            until_ms = self._edge_ms if self._down else self._now_ms
            if until_ms - self._released_ms > _NEXT_WITHIN_MS:
                self._state = _IDLE
                return DOUBLE if self._presses == 2 else PRESS
        elif self._state == _DOWN and self._pressed_for_ms() >= _PAIR_MS:
            self._state = _PAIRED
            return PAIR
        elif self._state == _PAIRED and self._pressed_for_ms() >= _FORGET_MS:
            self._state = _SPENT
            return FORGET
        return NONE

    def _pressed_for_ms(self) -> int:
        return self._held_ms if self._down else self._held_ms - self._seen_ms

    def _due_in_ms(self) -> int | None:
        """From the last update."""
        if self._down != self._pressed:
            return _DEBOUNCE_MS - self._seen_ms
        if self._state == _IDLE:
            return None
        if self._state == _BETWEEN:
            return _NEXT_WITHIN_MS + 1 - (self._now_ms - self._released_ms)
        wait_ms = _LOOK_EVERY_MS
        if self._state != _SPENT:
            end_ms = _FORGET_MS if self._state == _PAIRED else _PAIR_MS
            wait_ms = min(wait_ms, end_ms - self._held_ms)
        return max(wait_ms, 1)
