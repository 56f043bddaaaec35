"""What the clip itself makes of its packets: the same judgement that the host runs on them."""

from midback.shared import flexion, wire
from midback.shared.judge import Judge
from midback.shared.motion import acceleration_sums
from midback.shared.slump import SlumpPolicy

_UNIT = 1.0 / wire.QUATERNION_ONE
_WIDTH = 7  # wire.WIDTH[wire.KIND_ORIENTATION]


def policy_of(lines: tuple[int, ...] | None) -> SlumpPolicy:
    """The policy that ``OP_SET_SLUMP``'s six numbers mean; the default one for ``None``.

    Raises:
        ValueError: a way out is not below its entry line.
    """
    if lines is None:
        return SlumpPolicy()
    enter, leave, back_enter, back_leave, hold, exit_hold = lines
    if back_enter and not back_leave < back_enter:
        raise ValueError("the backward way out is not below its line")
    back = back_enter / 100 if back_enter else None
    policy = SlumpPolicy(enter / 100, leave / 100, hold / 10, exit_hold / 10, back)
    if back_enter:
        policy.back_leave_deg = back_leave / 100
    return policy


def frame_of(neutral: tuple[int, ...]) -> flexion.ThoraxFrame:
    """The wearer's axes from ``OP_SET_NEUTRAL``'s six numbers.

    Raises:
        ValueError: the two directions are none, or (nearly) the same.
    """
    x, y, z, left_x, left_y, left_z = neutral
    return flexion.thorax_frame(
        (x * _UNIT, y * _UNIT, z * _UNIT), (left_x * _UNIT, left_y * _UNIT, left_z * _UNIT)
    )


class Posture:
    """Follows one wearer through orientation packets.

    After ``update``: ``state`` (numbers of ``shared.judge``), ``mean_deg``, ``least_deg``,
    ``most_deg`` and ``lateral_deg`` (``None`` where they are not known), ``total_g`` and
    ``squares_g2`` (sums of |a| - 1 g and of its square).
    """

    def __init__(self) -> None:
        self._frame: flexion.ThoraxFrame | None = None
        self._policy: SlumpPolicy | None = None
        self.mean_deg: float | None = None
        self.least_deg = self.most_deg = 0.0
        self.lateral_deg: float | None = None
        self.total_g = self.squares_g2 = 0.0
        self.judge = Judge(None)

    @property
    def calibrated(self) -> bool:
        """Whether it knows the wearer's upright."""
        return self._frame is not None

    @property
    def state(self) -> int:
        """What the wearer does now."""
        return self.judge.state

    def calibrate(self, neutral: tuple[int, ...] | None, lines: tuple[int, ...] | None) -> None:
        """Judge by these numbers of ``OP_SET_NEUTRAL`` and ``OP_SET_SLUMP`` from here on.

        Raises:
            ValueError: they cannot be; what was goes on.
        """
        frame = None if neutral is None else frame_of(neutral)
        policy = policy_of(lines)
        self._frame = frame
        self._policy = None if frame is None else policy
        self.restart()

    def restart(self) -> None:
        """Begin anew with the same wearer: for a new count of seconds."""
        self.judge = Judge(self._policy)

    def update(self, packet: wire.StreamPacket, time_s: float) -> int | None:
        """Take one orientation packet; return what it changed, as ``Judge.update`` does."""
        counts, flags = packet.counts, packet.flags
        shaken = bool(flags & wire.FLAG_SHAKEN)
        self._measure(counts)
        sums = acceleration_sums(counts, 4, _WIDTH, wire.G_PER_COUNT)
        self.total_g, self.squares_g2, half_g = sums
        return self.judge.update(
            time_s,
            None if shaken else self.mean_deg,
            len(counts) // _WIDTH,
            self.total_g,
            self.squares_g2,
            half_g,
            off_body=bool(flags & wire.FLAG_OFF_BODY),
            doubtful=bool(flags & wire.FLAG_DOUBTFUL),
            shaken=shaken,
        )

    def _measure(self, counts: tuple[int, ...] | list[int]) -> None:
        frame = self._frame
        self.mean_deg = self.lateral_deg = None
        self.least_deg, self.most_deg = 180.0, -180.0
        if frame is None:
            return
        lean = side = 0.0
        known = 0
        for i in range(0, len(counts), _WIDTH):
            up = flexion.up_from_quaternion(
                counts[i] * _UNIT,
                counts[i + 1] * _UNIT,
                counts[i + 2] * _UNIT,
                counts[i + 3] * _UNIT,
            )
            if up is None:
                continue
            known += 1
            forward, right = flexion.angles_deg(frame, up)
            lean, side = lean + forward, side + right
            self.least_deg = min(self.least_deg, forward)
            self.most_deg = max(self.most_deg, forward)
        if known:
            self.mean_deg, self.lateral_deg = lean / known, side / known
