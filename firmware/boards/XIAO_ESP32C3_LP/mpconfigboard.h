#define MICROPY_HW_BOARD_NAME               "XIAO ESP32C3, radio sleeps"
#define MICROPY_HW_MCU_NAME                 "ESP32-C3"

#define MICROPY_HW_I2C0_SCL  (7)
#define MICROPY_HW_I2C0_SDA  (6)
