"""A simulated clip behind bleak's own ``backend=``, worn by a simulated wearer.

It is how to try Midback without hardware, and what the tests run on::

    day = simulated_day(1, datetime.now(UTC), minutes=20)

    async def main():
        async with day.air as air:
            device = await BleakScanner.find_device_by_name("Midback", backend=air.scanner_type)
            async with BleakClient(device, backend=air.client_type) as client:
                ...

    virtual_time.run(main(), speed=60)

Everything reads the time from the running event loop; ``virtual_time`` has one whose clock runs
as fast as it computes.
"""

from midback.simulated.air import Air
from midback.simulated.clip import SimulatedClip
from midback.simulated.day import SimulatedDay, simulated_day
from midback.simulated.day_plan import Activity, DayPlan, Stretch, plan_of, workday
from midback.simulated.habits import Habits
from midback.simulated.link import LinkQuality
from midback.simulated.sensor import SensorErrors
from midback.simulated.traits import ClipTraits
from midback.simulated.truth import TRUTH, FeltBuzz, Slump, Truth
from midback.simulated.waistband import TwiceWorn
from midback.simulated.wearer import Pose, Wearer

__all__ = [
    "TRUTH",
    "Activity",
    "Air",
    "ClipTraits",
    "DayPlan",
    "FeltBuzz",
    "Habits",
    "LinkQuality",
    "Pose",
    "SensorErrors",
    "SimulatedClip",
    "SimulatedDay",
    "Slump",
    "Stretch",
    "Truth",
    "TwiceWorn",
    "Wearer",
    "plan_of",
    "simulated_day",
    "workday",
]
