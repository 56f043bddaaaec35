"""The pin maps, against the processors' data sheets; runs on CPython and on MicroPython."""

from clip_firmware.board import BOARDS, board_named

# What can end a deep sleep: GPIO 0 to 5 (C3), 0 to 21 (S3), 0 to 7 (C6), the RTC pins (ESP32).
WAKES = {
    "XIAO ESP32-C3": tuple(range(6)),
    "XIAO ESP32-S3": tuple(range(22)),
    "XIAO ESP32-C6": tuple(range(8)),
    "TinyPICO": (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39),
}
# ADC1: the second converter is the radio's.
MEASURES = {
    "XIAO ESP32-C3": tuple(range(5)),
    "XIAO ESP32-S3": tuple(range(1, 11)),
    "XIAO ESP32-C6": tuple(range(7)),
    "TinyPICO": tuple(range(32, 40)),
}
# Their levels at power-on decide how the board starts.
STRAPPING = {
    "XIAO ESP32-C3": (2, 8, 9),
    "XIAO ESP32-S3": (0, 3, 45, 46),
    "XIAO ESP32-C6": (4, 5, 8, 9, 15),
    "TinyPICO": (0, 2, 5, 12, 15),
}


def pins(board):
    wired = (board.sda, board.scl, board.int1, board.button, board.buzz, board.vbat)
    return [pin for pin in wired + (board.led, board.charge) if pin is not None]  # noqa: RUF005


def name_of(machine):
    return board_named(machine).name


def complaint_about(machine):
    try:
        board_named(machine)
    except ValueError as error:
        return str(error)
    return "none"


def check_every_board_is_found_by_its_own_name():
    for name in BOARDS:
        assert BOARDS[name].name == name


def check_boards_are_known_by_their_processor():
    assert name_of("XIAO ESP32C3 with ESP32C3") == "XIAO ESP32-C3"
    assert name_of("ESP32C3 module with ESP32C3") == "XIAO ESP32-C3"
    assert name_of("Generic ESP32S3 module with ESP32S3") == "XIAO ESP32-S3"
    assert name_of("Generic ESP32S3 module with Octal-SPIRAM with ESP32S3") == "XIAO ESP32-S3"
    assert name_of("ESP32C6 module with ESP32-C6") == "XIAO ESP32-C6"
    assert name_of("TinyPICO with ESP32-PICO-D4") == "TinyPICO"
    assert name_of("Generic ESP32 module with ESP32") == "TinyPICO"


def check_a_processor_without_a_pin_map_is_told_with_its_name():
    for machine in ("Raspberry Pi Pico W with RP2040", "ESP32H2 module with ESP32H2"):
        assert machine in complaint_about(machine)


def check_no_pin_is_used_twice():
    for board in BOARDS.values():
        assert len(set(pins(board))) == len(pins(board))


def check_sensor_and_button_can_wake_every_board():
    for name in BOARDS:
        assert BOARDS[name].int1 in WAKES[name]
        assert BOARDS[name].button in WAKES[name]


def check_the_cell_is_measured_by_the_converter_that_is_not_the_radios():
    for name in BOARDS:
        assert BOARDS[name].vbat in MEASURES[name]


def check_nothing_that_is_wired_decides_how_the_board_starts():
    # The S3 looks at GPIO 3 only when a fuse says so (EFUSE_STRAP_JTAG_SEL).
    for name in BOARDS:
        board = BOARDS[name]
        for pin in (board.sda, board.scl, board.int1, board.button, board.buzz):
            assert pin not in STRAPPING[name] or (name, pin) == ("XIAO ESP32-S3", 3)


def check_the_motor_cannot_be_on_a_pin_that_has_no_output():
    assert BOARDS["TinyPICO"].buzz < 34
    assert BOARDS["TinyPICO"].button < 34  # and the button needs a pull-up


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
