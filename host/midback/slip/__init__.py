"""Whether the clip has moved on the wearer, and whether a new upright can be believed.

A clip that turns against the back looks like another posture: gravity alone cannot tell the
two apart.  Six witnesses can, each for a part of the cases:

- **The lever.**  A trunk that tips by 10 degrees carries the clip 3 to 8 cm along, because it
  turns about the hips (0.45 m below) or by curling up (0.2 m).  A clip that slips turns on the
  spot.  The acceleration during a turn tells how far away its axis is: the *lever*.  Good for
  turns of up to about two seconds; in the midst of a movement it must be quicker than that.
- **Creeping.**  People tip to a side, or up out of their slump, by moving.  A posture that
  became another one without a movement, and lasts, is a clip that slid.
- **Walking.**  Whoever walks is upright: 'up' over each walk is compared with the first walks
  after the upright was taken.
- **Standing.**  Minutes at a standing desk are compared with walks; so is one minute of whoever
  was seen to get up, where something else has it as tipped.
- **Sitting up, or down.**  So is, nearly, who curls up out of a slump or has just sat down: where
  that ends is compared with where it ended before; the same way off twice running tells.
- **Resting.**  Who rests to a side, or lower for the first time in a day, as they seldom did,
  wears a clip that turned while they were on foot, or while they sank.

What one of them alone does not make certain is a suspicion.  Two that agree tell; so do the
minutes after it, if the wearer *rests* tipped that way as they seldom were before: how much
likelier that is had the clip turned by ten degrees (``shifts``).

What cannot be seen: a slow slide in the direction of the wearer's slump is a slump until they
sit up or walk; a clip that turns about the vertical hardly changes 'up' at all; and nothing is
told of slips while the wearer moves, until the walks or the rests tell.

There is never a silent re-zero: a slumping wearer would be calibrated away.  Pure: packets
come in, what is to be said goes out.  Times in seconds of the session.
"""

from midback.slip.rests import JUMPED, RESTS, SITS_UP, SLID, STANDS, WALKS
from midback.slip.rezero import Doubt, Known, doubt, walk_tilt
from midback.slip.turns import PacketMotion, packet_motion
from midback.slip.watch import REMOUNTED, SlipWarning, SlipWatch

__all__ = [
    "JUMPED",
    "REMOUNTED",
    "RESTS",
    "SITS_UP",
    "SLID",
    "STANDS",
    "WALKS",
    "Doubt",
    "Known",
    "PacketMotion",
    "SlipWarning",
    "SlipWatch",
    "doubt",
    "packet_motion",
    "walk_tilt",
]
