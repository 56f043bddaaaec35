"""Orientation and the unit 'up' vector from gyroscope and accelerometer.

Runs unchanged on CPython and on the board, one sample at a time;
``midback.tilt_array`` is the same filter over whole arrays.

The gyroscope turns each acceleration into a frame that hardly moves, where a
slow low-pass filter leaves gravity; turned back, that is 'up' in the clip's
frame.  Heading never enters.  The inclination is that of VQF without a
magnetometer (D. Laidig, T. Seel, Information Fusion 91, 2023), which is fully
set anew by the filtered acceleration at every step, but for one thing: an
acceleration belongs to the middle of the step that its rate spans, so it is
turned by half of that step.  At 50 Hz this takes a third off the error.

Gaps: up to ``BRIDGE_S`` missing samples are interpolated; after a longer gap
the filter starts again from the accelerometer and calls itself ``uncertain``
for ``tau_s``.  The gyroscope's bias is kept through every gap.
"""

import math

TAU_S = 3.0
"""Time constant of the acceleration filter: VQF's default, best on people too."""

BRIDGE_S = 0.3
"""The longest gap that is interpolated."""

# Rest: rate and acceleration stay this close to their own half-second means for
# REST_S.  VQF's thresholds; its limit of 2 dps on the rate itself would leave a
# bias of 3 dps uncorrected for ever, so here only the steadiness of the rate counts.
REST_TAU_S = 0.5
REST_S = 1.5
REST_DPS = 2.0
REST_G = 0.05

# Every LEARN_S of rest the mean rate is taken into the bias.  Before the first
# rest it becomes the bias (power-on zero); later a mean further off than NEAR_DPS
# is believed only after REZERO_STEPS steps in a row, because a slow steady turn
# looks like rest.
LEARN_S = 0.5
# A clip whose acceleration has moved by this much since the rest began is turning
# slowly: its rate is no bias until it has stayed put for REST_S.  Seated people still
# rest often enough to teach 1.3 times a second, against 1.5 without this.
REST_TURN_G = 0.01
LEARN_TAU_S = 2.0
NEAR_DPS = 2.0
REZERO_STEPS = 12
WAIT_STEPS = 3  # REST_S in steps of LEARN_S
MAX_BIAS_DPS = 30.0  # MPU-6050 class parts are specified at 20 dps an axis, newer ones at 1

# On a board every number that is computed takes memory: these are computed once.
_HALF_RADIANS = math.pi / 360.0
_REST_DPS2 = REST_DPS * REST_DPS
_REST_G2 = REST_G * REST_G
_MAX_BIAS_DPS2 = MAX_BIAS_DPS * MAX_BIAS_DPS


def low_pass_gain(tau_s: float, period_s: float) -> tuple[float, float]:
    """Gain b0 and pole product a2 of a second-order Butterworth low-pass filter.

    The cutoff is sqrt(2) / (2 pi tau), as VQF chooses it: the step response then
    follows that of a first-order filter with time constant ``tau_s``.
    """
    c = math.tan(math.sqrt(2.0) * period_s / (2.0 * tau_s))
    d = c * c + math.sqrt(2.0) * c + 1.0
    return c * c / d, (1.0 - math.sqrt(2.0) * c + c * c) / d


def _turned(
    w: float, x: float, y: float, z: float, ax: float, ay: float, az: float
) -> tuple[float, float, float]:
    """Turn a vector by a unit quaternion; the other way round with -w for w."""
    tx = 2.0 * (y * az - z * ay)
    ty = 2.0 * (z * ax - x * az)
    tz = 2.0 * (x * ay - y * ax)
    return (
        ax + w * tx + y * tz - z * ty,
        ay + w * ty + z * tx - x * tz,
        az + w * tz + x * ty - y * tx,
    )


class TiltFilter:
    """One stream of inertial samples.

    ``period_s`` is the nominal time between two samples, ``tau_s`` the time over
    which gravity is believed rather than the gyroscope.

    ``bias_dps`` is the gyroscope's bias found so far, ``at_rest`` whether the clip
    rests now, ``zeroed`` whether a rest was ever found.
    """

    def __init__(self, period_s: float, tau_s: float = TAU_S) -> None:
        self.period_s = period_s
        self.bias_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self.at_rest = False
        self.zeroed = False
        self._b0, self._a2 = low_pass_gain(tau_s, period_s)
        self._settle_n = max(1, round(tau_s / period_s))
        self._rest_gain = 1.0 - math.exp(-period_s / REST_TAU_S)
        self._rest_n = round(REST_S / period_s)
        self._learn_n = max(1, round(LEARN_S / period_s))
        self._learn_gain = 1.0 - math.exp(-LEARN_S / LEARN_TAU_S)
        self._far_steps = 0
        self.restart()

    def restart(self) -> None:
        """Forget the orientation, keep the gyroscope's bias: for a gap or a new wearing."""
        self._q = (1.0, 0.0, 0.0, 0.0)
        self._n = 0
        self._filtered: tuple[float, float, float] = (0.0, 0.0, 1.0)
        self._slope: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self._input1: tuple[float, float, float] = self._filtered
        self._input2: tuple[float, float, float] = self._filtered
        self._mean: tuple[float, float, float, float, float, float] = (
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        )
        self._last: tuple[float, float, float, float, float, float] | None = None
        self._still_n = 0
        self._rest_from: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self._wait_n = 0
        self.at_rest = False

    @property
    def uncertain(self) -> bool:
        """Whether the filter has yet to settle after a start or a long gap."""
        return self._n < self._settle_n

    def update(
        self, dt_s: float, gx: float, gy: float, gz: float, ax: float, ay: float, az: float
    ) -> None:
        """Take one sample, ``dt_s`` seconds after the one before.

        Rates in deg/s, accelerations (specific force) in g, all in clip axes.
        The first sample's ``dt_s`` does not matter.
        """
        last = self._last
        if last is None:
            dt_s = self.period_s
        elif dt_s > 1.5 * self.period_s:
            if dt_s > BRIDGE_S:
                self.restart()
                dt_s = self.period_s
            else:
                missing = round(dt_s / self.period_s) - 1
                step = 1.0 / (missing + 1)
                dt_s *= step
                for k in range(1, missing + 1):
                    f = k * step
                    self._step(
                        dt_s,
                        last[0] + f * (gx - last[0]),
                        last[1] + f * (gy - last[1]),
                        last[2] + f * (gz - last[2]),
                        last[3] + f * (ax - last[3]),
                        last[4] + f * (ay - last[4]),
                        last[5] + f * (az - last[5]),
                    )
        self._last = (gx, gy, gz, ax, ay, az)
        self._step(dt_s, gx, gy, gz, ax, ay, az)

    @property
    def up(self) -> tuple[float, float, float]:
        """Unit vector against gravity in clip coordinates; z before the first sample."""
        w, x, y, z = self._q
        ux, uy, uz = _turned(-w, x, y, z, *self._filtered)
        n2 = ux * ux + uy * uy + uz * uz
        if n2 == 0.0:
            return (0.0, 0.0, 1.0)
        r = 1.0 / math.sqrt(n2)
        return (ux * r, uy * r, uz * r)

    def orientation(self) -> tuple[float, float, float, float]:
        """Unit quaternion (w, x, y, z) that takes clip coordinates to earth coordinates.

        Earth has z up; its heading is arbitrary and drifts slowly.
        """
        fx, fy, fz = self._filtered
        n = math.sqrt(fx * fx + fy * fy + fz * fz)
        # The shortest turn that takes the filtered acceleration to earth's z, times its length.
        w, x, y = n + fz, fy, -fx
        if n == 0.0:
            w = 1.0
        elif w < 1e-6 * n:
            w, x, y = 0.0, 1.0, 0.0
        qw, qx, qy, qz = self._q
        ow = w * qw - x * qx - y * qy
        ox = w * qx + x * qw + y * qz
        oy = w * qy - x * qz + y * qw
        oz = w * qz + x * qy - y * qx
        r = 1.0 / math.sqrt(ow * ow + ox * ox + oy * oy + oz * oz)
        return ow * r, ox * r, oy * r, oz * r

    def _step(
        self, dt_s: float, gx: float, gy: float, gz: float, ax: float, ay: float, az: float
    ) -> None:
        self._watch_rest(gx, gy, gz, ax, ay, az)
        bx, by, bz = self.bias_dps
        half = dt_s * _HALF_RADIANS
        hx, hy, hz = (gx - bx) * half, (gy - by) * half, (gz - bz) * half
        h2 = hx * hx + hy * hy + hz * hz
        w, x, y, z = self._q
        # Half of this step's turn, whose half-angle vector is h / 2; then to where it began.
        middle = math.sqrt(1.0 - min(0.25 * h2, 1.0))
        ax, ay, az = _turned(middle, 0.5 * hx, 0.5 * hy, 0.5 * hz, ax, ay, az)
        ax, ay, az = _turned(w, x, y, z, ax, ay, az)
        self._low_pass(ax, ay, az)
        # sin(h)/h and cos(h): the series is exact to single precision up to 600 dps at 50 Hz
        # and to double precision at desk speeds; beyond that the functions are called.
        if h2 < 1e-4:
            s = 1.0 - h2 * (1.0 / 6.0 - h2 * (1.0 / 120.0 - h2 / 5040.0))
            c = 1.0 - h2 * (0.5 - h2 * (1.0 / 24.0 - h2 / 720.0))
        else:
            h = math.sqrt(h2)
            s = math.sin(h) / h
            c = math.cos(h)
        hx *= s
        hy *= s
        hz *= s
        nw = w * c - x * hx - y * hy - z * hz
        nx = w * hx + x * c + y * hz - z * hy
        ny = w * hy - x * hz + y * c + z * hx
        nz = w * hz + x * hy - y * hx + z * c
        r = 1.0 / math.sqrt(nw * nw + nx * nx + ny * ny + nz * nz)
        self._q = (nw * r, nx * r, ny * r, nz * r)

    def _low_pass(self, ex: float, ey: float, ez: float) -> None:
        """Second-order Butterworth, begun as the running mean over the first ``tau_s``.

        Written in differences (output and its last step): the direct form loses
        0.1 degrees to rounding in the board's 32-bit floats.
        """
        n = self._n
        if n < self._settle_n:
            self._n = n = n + 1
            if n == 1:
                fx, fy, fz = ex, ey, ez
            else:
                fx, fy, fz = self._filtered
                fx += (ex - fx) / n
                fy += (ey - fy) / n
                fz += (ez - fz) / n
            self._slope = (0.0, 0.0, 0.0)
            self._input1 = self._input2 = (fx, fy, fz)
        else:
            b0, a2 = self._b0, self._a2
            fx, fy, fz = self._filtered
            sx, sy, sz = self._slope
            px, py, pz = self._input1
            ox, oy, oz = self._input2
            sx = a2 * sx + b0 * (ex + 2.0 * px + ox - 4.0 * fx)
            sy = a2 * sy + b0 * (ey + 2.0 * py + oy - 4.0 * fy)
            sz = a2 * sz + b0 * (ez + 2.0 * pz + oz - 4.0 * fz)
            fx += sx
            fy += sy
            fz += sz
            self._slope = (sx, sy, sz)
            self._input2 = self._input1
            self._input1 = (ex, ey, ez)
        self._filtered = (fx, fy, fz)

    def _watch_rest(
        self, gx: float, gy: float, gz: float, ax: float, ay: float, az: float
    ) -> None:
        if self._n == 0:
            self._mean = (gx, gy, gz, ax, ay, az)
        mgx, mgy, mgz, max_, may, maz = self._mean
        k = self._rest_gain
        dgx, dgy, dgz = gx - mgx, gy - mgy, gz - mgz
        dax, day, daz = ax - max_, ay - may, az - maz
        mgx += k * dgx
        mgy += k * dgy
        mgz += k * dgz
        self._mean = (mgx, mgy, mgz, max_ + k * dax, may + k * day, maz + k * daz)
        if (
            dgx * dgx + dgy * dgy + dgz * dgz > _REST_DPS2
            or dax * dax + day * day + daz * daz > _REST_G2
            or mgx * mgx + mgy * mgy + mgz * mgz > _MAX_BIAS_DPS2
        ):
            self._still_n = 0
            self.at_rest = False
            return
        self._still_n += 1
        if self._still_n == 1:
            self._rest_from = self._mean[3:]
            self._wait_n = 0
        beyond = self._still_n - self._rest_n
        self.at_rest = beyond >= 0
        if beyond >= 0 and beyond % self._learn_n == 0 and not self._turns(self._mean[3:]):
            self._learn_bias(mgx, mgy, mgz)

    def _turns(self, mean: tuple[float, float, float]) -> bool:
        """Whether the clip has turned in this rest, or only just came to a stop."""
        x, y, z = mean
        rx, ry, rz = self._rest_from
        dx, dy, dz = x - rx, y - ry, z - rz
        if dx * dx + dy * dy + dz * dz > REST_TURN_G * REST_TURN_G:
            self._rest_from = mean
            self._wait_n = WAIT_STEPS
            return True
        if self._wait_n > 0:
            self._wait_n -= 1
            return True
        return False

    def _learn_bias(self, mx: float, my: float, mz: float) -> None:
        bx, by, bz = self.bias_dps
        dx, dy, dz = mx - bx, my - by, mz - bz
        far = dx * dx + dy * dy + dz * dz > NEAR_DPS * NEAR_DPS
        self._far_steps = self._far_steps + 1 if far and self.zeroed else 0
        if not self.zeroed or self._far_steps >= REZERO_STEPS:
            self.bias_dps = (mx, my, mz)
            self.zeroed = True
            self._far_steps = 0
        elif not far:
            k = self._learn_gain
            self.bias_dps = (bx + k * dx, by + k * dy, bz + k * dz)
