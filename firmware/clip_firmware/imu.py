"""Which IMU is there.

Only the driver of the one that answers is loaded: memory is short on a board.

Limits: two chips are known, at the two addresses their SA0 pin allows.
"""

from micropython import const

from clip_firmware.lsm6 import ImuError, Lsm6

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from clip_firmware.lsm6 import Bus

ADDRESSES = (0x6A, 0x6B)

_FUNC_CFG_ACCESS = const(0x01)
_WHO_AM_I = const(0x0F)
_LSM6DSV16X = const(0x70)
_LSM6DSOX = const(0x6C)


def find_imu(bus: "Bus", mounting: str) -> Lsm6:
    """Return the driver of the first IMU that answers, not yet configured.

    Raises:
        ImuError: nothing known answers; the message tells what does.
        ValueError: *mounting* is none.
    """
    found: list[str] = []
    for address in ADDRESSES:
        try:
            return _driven(bus, address, mounting)
        except OSError:
            found.append("nothing at 0x%02x" % address)
        except ImuError as error:
            found.append(str(error))
    raise ImuError("; ".join(found) + ": check the IMU's wiring and supply")


def _driven(bus: "Bus", address: int, mounting: str) -> Lsm6:
    chip_id = bytearray(1)
    # The host may have restarted while the embedded functions' bank was selected.
    bus.writeto_mem(address, _FUNC_CFG_ACCESS, chip_id)
    bus.readfrom_mem_into(address, _WHO_AM_I, chip_id)
    if chip_id[0] == _LSM6DSV16X:
        from clip_firmware.lsm6dsv16x import Lsm6dsv16x

        return Lsm6dsv16x(bus, address, mounting)
    if chip_id[0] == _LSM6DSOX:
        from clip_firmware.lsm6dsox import Lsm6dsox

        return Lsm6dsox(bus, address, mounting)
    raise ImuError("0x%02x at 0x%02x is no known IMU" % (chip_id[0], address))
