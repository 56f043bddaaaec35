"""What others run on boards, as plain Python: the yardsticks of the firmware's cost.

Both take rad/s and any unit of acceleration, one sample at a time.
"""

import math


class Madgwick:
    """Madgwick's filter for an IMU, 6 axes, written from the paper.

    S. O. H. Madgwick, A. J. L. Harrison, R. Vaidyanathan: Estimation of IMU and MARG orientation
    using a gradient descent algorithm.  IEEE ICORR 2011, doi:10.1109/ICORR.2011.5975346; equations
    by number in the authors' report of 2010.  ``q`` takes earth coordinates to the sensor's.
    """

    def __init__(self, period_s, beta=0.033):
        self.q = (1.0, 0.0, 0.0, 0.0)
        self._period_s = period_s
        self._beta = beta

    def update(self, gx, gy, gz, ax, ay, az):
        q1, q2, q3, q4 = self.q
        # How the orientation changes by the rate alone (12).
        d1 = 0.5 * (-q2 * gx - q3 * gy - q4 * gz)
        d2 = 0.5 * (q1 * gx + q3 * gz - q4 * gy)
        d3 = 0.5 * (q1 * gy - q2 * gz + q4 * gx)
        d4 = 0.5 * (q1 * gz + q2 * gy - q3 * gx)
        norm = math.sqrt(ax * ax + ay * ay + az * az)
        if norm > 0.0:
            ax /= norm
            ay /= norm
            az /= norm
            # How far gravity is from where this orientation has it (25), its Jacobian (26), and
            # their product, the direction of the step (20).
            f1 = 2.0 * (q2 * q4 - q1 * q3) - ax
            f2 = 2.0 * (q1 * q2 + q3 * q4) - ay
            f3 = 2.0 * (0.5 - q2 * q2 - q3 * q3) - az
            s1 = 2.0 * (q2 * f2 - q3 * f1)
            s2 = 2.0 * (q4 * f1 + q1 * f2) - 4.0 * q2 * f3
            s3 = 2.0 * (q4 * f2 - q1 * f1) - 4.0 * q3 * f3
            s4 = 2.0 * (q2 * f1 + q3 * f2)
            norm = math.sqrt(s1 * s1 + s2 * s2 + s3 * s3 + s4 * s4)
            if norm > 0.0:
                step = self._beta / norm
                d1 -= step * s1
                d2 -= step * s2
                d3 -= step * s3
                d4 -= step * s4
        dt = self._period_s
        q1 += d1 * dt
        q2 += d2 * dt
        q3 += d3 * dt
        q4 += d4 * dt
        norm = 1.0 / math.sqrt(q1 * q1 + q2 * q2 + q3 * q3 + q4 * q4)
        self.q = (q1 * norm, q2 * norm, q3 * norm, q4 * norm)

    def up(self):
        """Unit 'up' in the sensor's coordinates."""
        q1, q2, q3, q4 = self.q
        return (
            2.0 * (q2 * q4 - q1 * q3),
            2.0 * (q1 * q2 + q3 * q4),
            1.0 - 2.0 * (q2 * q2 + q3 * q3),
        )


class Complementary:
    """The least that will do: 'up' turned by the rate, drawn to the acceleration."""

    def __init__(self, period_s, tau_s=3.0):
        self._up = (0.0, 0.0, 1.0)
        self._period_s = period_s
        self._gain = period_s / tau_s

    def update(self, gx, gy, gz, ax, ay, az):
        x, y, z = self._up
        dt, k = self._period_s, self._gain
        nx = x + dt * (y * gz - z * gy)
        ny = y + dt * (z * gx - x * gz)
        nz = z + dt * (x * gy - y * gx)
        self._up = (nx + k * (ax - nx), ny + k * (ay - ny), nz + k * (az - nz))

    def up(self):
        x, y, z = self._up
        norm = math.sqrt(x * x + y * y + z * z)
        return x / norm, y / norm, z / norm
