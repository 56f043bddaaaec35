"""A vibration motor behind a DRV2605L, driven directly (real-time playback).

Registers and sections are those of its datasheet, SLOS854D.  The motor is a 3 V coin motor
(ERM) in open loop, which needs no calibration; the effect libraries stay unused.

Limits: between buzzes the driver is in standby, and every buzz sets it up anew, so that a
driver that lost its supply comes back.
"""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from clip_firmware.lsm6 import Bus

_ADDRESS = const(0x5A)

_STATUS = const(0x00)
_MODE = const(0x01)
_REAL_TIME_PLAYBACK_INPUT = const(0x02)
_LIBRARY_SELECTION = const(0x03)
_OVERDRIVE_CLAMP_VOLTAGE = const(0x17)
_FEEDBACK_CONTROL = const(0x1A)
_CONTROL3 = const(0x1D)

_DEVICE_ID = const(7)  # STATUS bits 7:5; a DRV2605 without L has 3
_REAL_TIME_PLAYBACK = const(0x05)
_STANDBY = const(0x40)
_FULL = const(0x7F)  # signed input: 0x00 is no drive, 0x7F full forward


def find_drv2605l(bus: "Bus") -> "Drv2605l | None":
    """Return the driver if its chip answers with the right id; ``None`` if there is none."""
    status = bytearray(1)
    try:
        bus.readfrom_mem_into(_ADDRESS, _STATUS, status)
        return Drv2605l(bus) if status[0] >> 5 == _DEVICE_ID else None
    except OSError:
        return None


class Drv2605l:
    """A motor like ``PwmMotor``, on the bus.  Faults of the bus come out as OSError."""

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._byte = bytearray(1)
        self._running = False
        self.set(0)

    def set(self, percent: int) -> None:
        """Turn with this strength: 0 is off, 100 is 3.0 V."""
        if percent <= 0:
            self._stop()
            return
        if not self._running:
            self._set_up()
        self._write(_REAL_TIME_PLAYBACK_INPUT, (_FULL * min(percent, 100) + 50) // 100)
        self._running = True

    def _set_up(self) -> None:
        self._write(_MODE, _REAL_TIME_PLAYBACK)  # out of standby
        self._write(_LIBRARY_SELECTION, 0x01)  # no high impedance, a library for ERMs
        self._write(_FEEDBACK_CONTROL, 0x36)  # N_ERM_LRA 0, the rest as after a reset
        # ERM_OPEN_LOOP, DATA_FORMAT_RTP signed, the rest as after a reset.
        self._write(_CONTROL3, 0xA0)
        # 21.59 mV a count in open loop (8.5.2.1, equation 6): 3.0 V.
        self._write(_OVERDRIVE_CLAMP_VOLTAGE, 0x8B)

    def _stop(self) -> None:
        self._running = False
        try:
            self._write(_REAL_TIME_PLAYBACK_INPUT, 0x00)
        finally:  # either of the two stops the motor
            self._write(_MODE, _STANDBY | _REAL_TIME_PLAYBACK)

    def _write(self, register: int, value: int) -> None:
        self._byte[0] = value
        self._bus.writeto_mem(_ADDRESS, register, self._byte)
