# type: ignore  # MicroPython's modules, not CPython's
# ruff: noqa: ARG002, PTH123, RET503, RUF006  # as firmware is written
"""A clip of a hundred lines, for the rig's own tests: what every firmware needs of the board.

It advertises, answers every command, echoes, streams one still sample, buzzes, sleeps, and keeps
bonds in a file.  ``control[0] == 0xEE`` makes it misbehave in the way the second byte names.
"""

import asyncio
import json
import time

import bluetooth
import machine
from micropython import const

from midback.shared import wire

_CONNECT, _DISCONNECT, _WRITE, _MTU = const(1), const(2), const(3), const(21)
_ENCRYPTED, _GET_SECRET, _SET_SECRET = const(28), const(29), const(30)
_READ_ENCRYPTED, _WRITE_ENCRYPTED = const(0x0200), const(0x1000)
_MOTOR_PIN, _BUTTON_PIN = const(10), const(4)
_BONDS = "bonds.json"


def advertisement():
    uuid = bytes(bluetooth.UUID(wire.SERVICE_UUID))
    return b"\x02\x01\x06" + bytes([len(uuid) + 1, 7]) + uuid


class Demo:
    def __init__(self):
        self.motor = machine.PWM(machine.Pin(_MOTOR_PIN), freq=200, duty_u16=0)
        self.button = machine.Pin(_BUTTON_PIN, machine.Pin.IN, machine.Pin.PULL_UP)
        self.dog = machine.WDT(timeout=8000)
        self.flag = asyncio.ThreadSafeFlag()
        self.commands = []
        self.link = None
        self.stream = False
        self.sequence = 0
        self.packet = bytearray(wire.MAX_PAYLOAD)
        self.bonds = self.load()
        self.open = True
        self.ble = bluetooth.BLE()
        self.ble.irq(self.on_event)
        self.ble.active(True)
        self.ble.config(gap_name="Midback demo", mtu=247)
        self.ble.config(bond=True, le_secure=True, mitm=False, io=3)
        self.register()
        self.advertise()
        self.button.irq(self.on_button, machine.Pin.IRQ_FALLING)

    def register(self):
        uuid, notify = bluetooth.UUID, bluetooth.FLAG_NOTIFY
        stream = (uuid(wire.STREAM_UUID), notify)
        control = (uuid(wire.CONTROL_UUID), bluetooth.FLAG_WRITE | notify)
        status = (uuid(wire.STATUS_UUID), bluetooth.FLAG_READ | notify)
        log_flags = bluetooth.FLAG_READ | bluetooth.FLAG_WRITE | _READ_ENCRYPTED | _WRITE_ENCRYPTED
        log = (uuid(wire.LOG_UUID), log_flags)
        ours = (uuid(wire.SERVICE_UUID), (stream, control, status, log))
        (handles,) = self.ble.gatts_register_services((ours,))
        self.h_stream, self.h_control, self.h_status, self.h_log = handles
        self.ble.gatts_set_buffer(self.h_control, 64)
        self.ble.gatts_set_buffer(self.h_status, 64)
        self.ble.gatts_write(self.h_log, b"secret")
        status = wire.Status(wire.MODE_ALONE, 0, 7, 1000, 80, 3900, 3000, 0, 0, 0, 0)
        self.ble.gatts_write(self.h_status, wire.encode_status(status))

    def advertise(self):
        self.ble.gap_advertise(50_000, advertisement(), resp_data=b"\x0d\x09Midback demo")

    def on_button(self, pin):
        self.commands.append(b"button")
        self.flag.set()

    def on_event(self, event, data):
        if event == _CONNECT:
            self.link = data[0]
        elif event == _DISCONNECT:
            self.link, self.stream = None, False
            self.advertise()
        elif event == _WRITE and data[1] == self.h_control:
            self.commands.append(self.ble.gatts_read(self.h_control))
            self.flag.set()
        elif event == _GET_SECRET:
            return self.get_secret(*data)
        elif event == _SET_SECRET:
            return self.set_secret(*data)

    def load(self):
        try:
            with open(_BONDS) as file:
                return json.load(file)
        except OSError:
            return {}

    def get_secret(self, kind, index, key):
        value = self.bonds.get(f"{kind} {bytes(key).hex()}")
        return bytes.fromhex(value) if value else None

    def set_secret(self, kind, key, value):
        if not self.open:
            return False
        self.bonds[f"{kind} {bytes(key).hex()}"] = bytes(value).hex() if value else ""
        with open(_BONDS, "w") as file:
            json.dump(self.bonds, file)
        return True

    async def obey(self):
        while True:
            await self.flag.wait()
            while self.commands:
                command = self.commands.pop(0)
                if command == b"button":
                    await self.buzz(1)
                elif command[0] == 0xEE:
                    self.misbehave(command[1])
                else:
                    await self.answer(command)

    async def answer(self, payload):
        command = wire.decode_command(payload)
        reply = wire.encode_reply(command.op, command.tag, wire.OK)
        self.ble.gatts_notify(self.link, self.h_control, reply)
        if command.op == wire.OP_BUZZ:
            await self.buzz(command.args[1])
        elif command.op in (wire.OP_START, wire.OP_STOP):
            self.stream = command.op == wire.OP_START

    def misbehave(self, how):
        if how == 1:
            machine.reset()
        elif how == 2:
            machine.RTC().memory(b"kept")
            machine.deepsleep(60_000)
        elif how == 3:
            while True:
                pass
        elif how == 4:
            raise ValueError("as told")
        elif how == 5:
            self.open = False
        elif how == 6:
            self.ble.gap_disconnect(self.link)

    async def buzz(self, times):
        for _ in range(times):
            self.motor.duty_u16(40_000)
            await asyncio.sleep_ms(80)
            self.motor.duty_u16(0)
            await asyncio.sleep_ms(60)

    def send(self):
        sample = (32767, 0, 0, 0, 0, 0, 2048)
        ticks = time.ticks_ms() * 10
        packet = wire.StreamPacket(
            wire.KIND_ORIENTATION, 0, self.sequence, 7, ticks, 40_000, sample * 5
        )
        size = wire.encode_stream(packet, self.packet)
        self.ble.gatts_notify(self.link, self.h_stream, memoryview(self.packet)[:size])
        self.sequence = (self.sequence + 1) & 0xFFFF

    async def run(self):
        asyncio.create_task(self.obey())
        while True:
            self.dog.feed()
            if self.stream:
                try:
                    self.send()
                except OSError as error:
                    print("not sent:", error)
            await asyncio.sleep_ms(200)


print("started because of", machine.reset_cause(), "with", machine.RTC().memory())
asyncio.run(Demo().run())
