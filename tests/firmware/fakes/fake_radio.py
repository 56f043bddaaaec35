"""What the clip's logic needs of ``Radio``; runs on CPython and on MicroPython."""

from clip_firmware.radio import GONE, SENT


class FakeRadio:
    """``outcomes`` are those of the next notifications, ``SENT`` when used up.

    ``sent`` holds what went out: a letter for the characteristic (reply ``r``, stream ``s``,
    log ``l``, status ``t``), and the bytes.
    """

    def __init__(self):
        self.connected = self.trusted = False
        self.secured = True
        self.mtu = 23
        self.links = 0
        self.on = False
        self.interval_ms = None
        self.status = b""
        self.percent = -1
        self.outcomes = []
        self.sent = []

    def link(self, mtu=247):
        self.connected = self.trusted = True
        self.mtu = mtu
        self.links += 1

    def unlink(self):
        self.connected = self.trusted = False
        self.mtu = 23

    def start(self):
        self.on = True
        return True

    def stop(self):
        self.on = False
        self.unlink()

    def advertise(self, interval_ms):
        self.interval_ms = interval_ms

    def tend(self, now_ms):
        del now_ms

    def set_status(self, payload):
        self.status = payload

    def set_battery(self, percent):
        self.percent = percent

    def notify_reply(self, payload):
        return self._notify("r", payload)

    def notify_stream(self, payload):
        return self._notify("s", payload)

    def notify_log(self, payload):
        return self._notify("l", payload)

    def notify_status(self, payload):
        return self._notify("t", payload)

    def _notify(self, kind, payload):
        if not self.trusted or len(payload) > self.mtu - 3:
            return GONE
        outcome = self.outcomes.pop(0) if self.outcomes else SENT
        if outcome == SENT:
            self.sent.append((kind, bytes(payload)))
        return outcome
