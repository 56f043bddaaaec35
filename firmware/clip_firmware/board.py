"""Which pin does what on each board; the wiring table of hardware.md in code.

Pins are GPIO numbers.  INT1 and the button can wake every one of these boards from deep
sleep, and no pin used here decides how the board starts.
"""


class Board:
    """One board's pins.

    ``vbat`` measures the cell through a divider by ``divider``; ``led`` and ``charge`` (low
    while the cell is charged) are ``None`` where the board has none.  ``usb_frame`` is the
    address of the counter that a USB host advances every millisecond, ``None`` where USB
    reaches the processor through another chip.  ``gpio_wake``: any pin's level can end a deep
    sleep (ESP32-C3 and -C6); the others have EXT0 and EXT1 for it.  ``memory``: there is enough
    to keep a minute of raw samples.
    """

    def __init__(
        self,
        name: str,
        sda: int,
        scl: int,
        int1: int,
        button: int,
        buzz: int,
        vbat: int,
        led: int | None,
        divider: float = 2.0,
        charge: int | None = None,
        usb_frame: int | None = None,
        gpio_wake: bool = False,
        memory: bool = True,
    ) -> None:
        self.name = name
        self.sda = sda
        self.scl = scl
        self.int1 = int1
        self.button = button
        self.buzz = buzz
        self.vbat = vbat
        self.led = led
        self.divider = divider
        self.charge = charge
        self.usb_frame = usb_frame
        self.gpio_wake = gpio_wake
        self.memory = memory


# Of ESP-IDF's register descriptions: USB_SERIAL_JTAG_FRAM_NUM_REG on the C3 and the C6
# (0x60043000 and 0x6000F000, offset 0x24); on the S3, where MicroPython speaks through the other
# USB controller, the frame number in DSTS of USB_DWC (0x60080000, offset 0x808).
# The C6 has INT1 on D0: its D3 cannot wake it.
BOARDS: dict[str, Board] = {
    "XIAO ESP32-C3": Board(
        "XIAO ESP32-C3",
        6,
        7,
        5,
        4,
        10,
        3,
        None,
        usb_frame=0x60043024,
        gpio_wake=True,
        memory=False,
    ),
    "XIAO ESP32-S3": Board("XIAO ESP32-S3", 5, 6, 4, 3, 9, 2, 21, usb_frame=0x60080808),
    "XIAO ESP32-C6": Board(
        "XIAO ESP32-C6", 22, 23, 0, 2, 18, 1, 15, usb_frame=0x6000F024, gpio_wake=True
    ),
    # Its own divider: the maker's MicroPython helper (tinypico.py) takes 1 V for 3.7 V.
    "TinyPICO": Board("TinyPICO", 21, 22, 32, 33, 25, 35, None, divider=3.7, charge=34),
}


def board_named(machine: str) -> Board:
    """The board for what MicroPython calls itself, such as ``XIAO ESP32C3 with ESP32C3``.

    A generic build for a processor is taken for the XIAO with it.

    Raises:
        ValueError: no clip was ever built on such a processor.
    """
    processor = machine.split(" with ")[-1].upper().replace("-", "")
    for ending in ("C3", "S3", "C6"):
        if processor.startswith("ESP32" + ending):
            return BOARDS["XIAO ESP32-" + ending]
    if processor == "ESP32" or processor.startswith("ESP32PICO"):
        return BOARDS["TinyPICO"]
    raise ValueError("no pin map for %s: add one to clip_firmware/board.py" % machine)
