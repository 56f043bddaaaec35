#define MICROPY_HW_BOARD_NAME               "XIAO ESP32S3, radio sleeps"
#define MICROPY_HW_MCU_NAME                 "ESP32-S3"

#define MICROPY_HW_I2C0_SCL  (6)
#define MICROPY_HW_I2C0_SDA  (5)
