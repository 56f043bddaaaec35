# MicroPython's own definition of this board, and what lets the radio sleep.
include(boards/SEEED_XIAO_ESP32C6/mpconfigboard.cmake)

list(APPEND SDKCONFIG_DEFAULTS ${MICROPY_BOARD_DIR}/sdkconfig.lp)
