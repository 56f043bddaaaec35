"""What the board and the host side say to each other: the first byte of each message.

A message is ``<HB``: length of the payload, op; then the payload.  A *call* gets one reply with
the same op; a *send* gets none.  Runs on both Pythons.
"""

# Calls: the board, and time.
BOOT = 1  # -> <BBQQ reset cause, wake reason, clock and time of day in us, then RTC memory
ADVANCE = 2  # <I us at most -> <I us that passed, then events
LIGHT_SLEEP = 3  # <I ms, FOREVER -> <IB us that passed, wake reason, then events
DEEP_SLEEP = 4  # <I ms, FOREVER; never returns
RESET = 5  # never returns
PIN_GET = 6  # <B pin -> <B level
ADC_READ = 7  # <B pin -> <I microvolts
I2C_READ = 8  # <BBHH bus, address, register, length -> <B errno, then the bytes
I2C_WRITE = 9  # <BBH bus, address, register, then the bytes -> <B errno
I2C_SCAN = 10  # <B bus -> addresses
MEM_GET = 11  # <I address -> <I word

# Sends: the board.
WDT_START = 20  # <I ms
WDT_FEED = 21
RTC_MEMORY = 22  # the bytes
PIN_MODE = 23  # <BBB pin, output, pull
PIN_SET = 24  # <BB pin, level
PIN_IRQ = 25  # <BB pin, edges
PWM = 26  # <BHI pin, duty, Hz
WAKE_ON = 27  # <BB reason, level, then the pins
TIMER = 28  # <BI timer, ms; 0 stops it
FREQ = 29  # <I Hz

# Calls: the radio.
BLE_ACTIVE = 40  # <B on
BLE_SERVICES = 41  # the table as JSON
BLE_NOTIFY = 42  # <HH connection, handle, then the bytes -> <B errno
BLE_ADVERTISE = 43  # <IBBB us, connectable, two lengths, then data and scan response

# Sends: the radio.
BLE_QUIET = 50
BLE_CONFIG = 51  # name and value as JSON
BLE_DISCONNECT = 52  # <H connection
BLE_PAIR = 53  # <H connection
BLE_INDICATE = 54  # <HH connection, handle, then the bytes
BLE_UPDATE = 55  # <H handle, then the bytes: to everybody who subscribed
BLE_ANSWER = 56  # <HB request, ATT error, then the bytes: what a handler said to an event
BLE_PASSKEY = 57  # <HBI connection, action, passkey

# Events, from the host side.
EV_PIN = 80  # <BB pin, level
EV_TIMER = 81  # <B timer
EV_LINK = 82  # <BHB irq, connection, address type, then six bytes of address
EV_NUMBERS = 83  # <B irq, then <H each
EV_WRITE = 84  # <HHH request, connection, handle, then the bytes
EV_READ = 85  # <HHH request, connection, handle
EV_SECRET = 86  # <HBBBB request, irq, type, index, length of the key, then key and value
EV_PASSKEY = 87  # <HBI connection, action, passkey

FOREVER = 0xFFFFFFFF
LONGEST_US = 0x3FFFFFFF
NO_VALUE = 0xFF  # BLE_ANSWER to a secret nobody knows, or that was refused
