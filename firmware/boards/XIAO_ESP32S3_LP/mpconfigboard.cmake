# MicroPython's own definition of this board, what lets the radio sleep, and the firmware built in.
include(boards/SEEED_XIAO_ESP32S3/mpconfigboard.cmake)

list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/sdkconfig.lp)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/../../manifest.py)
