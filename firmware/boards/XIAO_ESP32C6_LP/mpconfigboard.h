#define MICROPY_HW_BOARD_NAME               "XIAO ESP32C6, radio sleeps"
#define MICROPY_HW_MCU_NAME                 "ESP32-C6"

#define MICROPY_HW_I2C0_SCL  (23)
#define MICROPY_HW_I2C0_SDA  (22)
