"""How the IMU sits in the case: from the chip's axes to the clip's.

A mounting is three signed chip axes: ``"-z-x+y"`` means clip x = -chip z, clip y = -chip x,
clip z = +chip y.  Only the 24 right-angled ones exist; skewed mounting is the calibration's.
"""

import math

DEFAULT = "-z-x+y"
"""The breakout flat in the case, components away from the wearer, its y up."""

ONE = 1 << 14
"""1.0 in a mounting's quaternion: products with a 15-bit count stay within 31 bits."""

_EVEN = ((0, 1, 2), (1, 2, 0), (2, 0, 1))


class Mounting:
    """The same rotation in two forms.

    Clip axis i is ``sign[i]`` times chip axis ``source[i]``; ``quaternion`` (w, x, y, z in
    units of 1 / ``ONE``) takes clip coordinates to chip coordinates.

    Raises:
        ValueError: the text names no rotation.
    """

    def __init__(self, axes: str) -> None:
        if len(axes) != 6:
            raise ValueError("mounting %r is not three signed axes such as -z-x+y" % (axes,))
        source: list[int] = []
        sign: list[int] = []
        for at in (0, 2, 4):
            source.append("xyz".find(axes[at + 1]))
            sign.append({"+": 1, "-": -1}.get(axes[at], 0))
        self.source = tuple(source)
        self.sign = tuple(sign)
        if sorted(source) != [0, 1, 2] or 0 in sign:
            raise ValueError("mounting %r is not three signed axes such as -z-x+y" % (axes,))
        parity = 1 if self.source in _EVEN else -1
        if parity * sign[0] * sign[1] * sign[2] != 1:
            raise ValueError("mounting %r is a mirror image: turn one sign round" % (axes,))
        self.quaternion = _counts(_quaternion(self.source, self.sign))


def _quaternion(source: tuple[int, ...], sign: tuple[int, ...]) -> tuple[float, ...]:
    """The unit quaternion of chip_from_clip, whose matrix has r[source[i]][i] = sign[i]."""
    r = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for i in range(3):
        r[source[i]][i] = sign[i]
    w = 0.5 * math.sqrt(max(0, 1 + r[0][0] + r[1][1] + r[2][2]))
    if w > 0.1:
        k = 0.25 / w
        return w, k * (r[2][1] - r[1][2]), k * (r[0][2] - r[2][0]), k * (r[1][0] - r[0][1])
    # A half turn about v: r = 2 v v' - 1.
    x, y, z = [math.sqrt(max(0.0, 0.5 * (1 + r[i][i]))) for i in range(3)]
    if x > 0.1:
        return 0.0, x, 0.5 * r[0][1] / x, 0.5 * r[0][2] / x
    if y > 0.1:
        return 0.0, 0.0, y, 0.5 * r[1][2] / y
    return 0.0, 0.0, 0.0, z


def _counts(quaternion: tuple[float, ...]) -> tuple[int, ...]:
    return tuple([round(ONE * part) for part in quaternion])
