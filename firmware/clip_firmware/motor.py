"""The vibration motor on a transistor: how strong, as a duty cycle.

Limits: it knows no time; how long it runs is the buzzer's business.
"""

from micropython import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Protocol

    class Pwm(Protocol):
        """What the motor needs of ``machine.PWM``."""

        def duty_u16(self, __value: int) -> object:
            """Set the duty cycle, 0 to 65535."""
            ...

    class Motor(Protocol):
        """What the buzzer needs of any motor."""

        def set(self, percent: int) -> None:
            """Turn with this strength, 0 to 100; may raise ``OSError``."""
            ...


_FULL_U16 = const(65535)
# 60 % of 3.3 V is 2.0 V: a choice, not a measurement.  Coin motors for 3 V are sold with
# starting voltages around 2.3 V; once kicked off they run on less.
_LEAST_U16 = const(39321)


class PwmMotor:
    """A coin motor whose transistor is driven by a PWM pin.

    Args:
        pwm: the pin, such as ``machine.PWM(pin, freq=500)``.
    """

    def __init__(self, pwm: "Pwm") -> None:
        self._pwm = pwm
        pwm.duty_u16(0)

    def set(self, percent: int) -> None:
        """Turn with this strength: 0 is off, 1 just turns, 100 is all there is."""
        if percent <= 0:
            self._pwm.duty_u16(0)
            return
        span = _FULL_U16 - _LEAST_U16
        self._pwm.duty_u16(_LEAST_U16 + span * (min(percent, 100) - 1) // 99)
