"""Which port is meant, and why one cannot be used."""

import errno
import itertools
import sys
from types import SimpleNamespace

import pytest
import serial
from flashing.test_installing import ask, put

from midback.errors import ClipError, ClipNotFound, UsageError
from midback.flashing import ports, repl
from midback.flashing.repl import NoMicroPython, Repl


def usb(device, vid, pid, product="USB JTAG/serial debug unit"):
    return SimpleNamespace(device=device, vid=vid, pid=pid, product=product, description="n/a")


def connected(monkeypatch, *found):
    monkeypatch.setattr("midback.flashing.ports.list_ports.comports", lambda: list(found))


XIAO = usb("/dev/ttyACM0", 0x303A, 0x1001)
TINYPICO = usb("/dev/ttyUSB0", 0x10C4, 0xEA60, "CP2104 USB to UART Bridge Controller")
MODEM = usb("/dev/ttyACM1", 0x12D1, 0x1001, "Modem")
BUILT_IN = SimpleNamespace(device="/dev/ttyS0", vid=None, pid=None, product=None, description="")


@pytest.mark.parametrize(
    "board",
    [XIAO, TINYPICO, usb("COM7", 0x2886, 0x0045), usb("/dev/cu.wch", 0x1A86, 0x7523)],
    ids=lambda board: board.device,
)
def test_the_only_board_is_meant_whatever_else_is_connected(monkeypatch, board):
    connected(monkeypatch, BUILT_IN, MODEM, board)

    assert ports.find_port() == board.device


def test_no_board_says_what_to_look_at(monkeypatch):
    connected(monkeypatch, BUILT_IN, MODEM)
    with pytest.raises(ClipNotFound, match=r"no board is connected: plug it in with a cable"):
        ports.find_port()


def test_of_several_boards_one_has_to_be_named(monkeypatch):
    connected(monkeypatch, TINYPICO, XIAO)
    with pytest.raises(UsageError) as told:
        ports.find_port()

    assert str(told.value) == (
        "several boards may be meant: choose one with --port: /dev/ttyACM0 (USB JTAG/serial "
        "debug unit), /dev/ttyUSB0 (CP2104 USB to UART Bridge Controller)"
    )


def refusing(monkeypatch, error):
    def opened(*_, **__):
        raise error

    monkeypatch.setattr("midback.flashing.ports.serial.Serial", opened)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (serial.SerialException(errno.EBUSY, "busy"), "another program uses P: close it"),
        (serial.SerialException(errno.EAGAIN, "lock"), "another program uses P: close it"),
        (
            serial.SerialException("could not open: PermissionError(13, 'Access is denied.')"),
            "another program uses P: close it",
        ),
        (serial.SerialException(errno.ENOENT, "no"), "there is no port P: plug the board in"),
        (
            serial.SerialException("could not open port 'P': FileNotFoundError(2, 'none')"),
            "there is no port P: plug the board in",
        ),
        (serial.SerialException(errno.EIO, "odd"), r"P cannot be used as a serial port \(.*odd"),
    ],
)
def test_a_port_that_does_not_open_says_why(monkeypatch, error, said):
    refusing(monkeypatch, error)
    with pytest.raises(ClipError, match=said):
        raise ports.why_not("P")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("dialout", "'sudo usermod -aG dialout anne', then log out and in again"),
        ("uucp", "'sudo usermod -aG uucp anne', then log out and in again"),
        ("root", 'add a udev rule like SUBSYSTEM=="tty", ATTRS{idVendor}=="303a", MODE="0666"'),
    ],
)
def test_no_permission_tells_how_to_get_it_on_linux(monkeypatch, group, said):
    refusing(monkeypatch, serial.SerialException(errno.EACCES, "denied"))
    monkeypatch.setattr("midback.flashing.ports.sys.platform", "linux")
    monkeypatch.setattr("midback.flashing.ports.Path.group", lambda _: group)
    monkeypatch.setenv("USER", "anne")

    told = str(ports.why_not("/dev/ttyACM0"))

    assert told.startswith(f"no permission to use /dev/ttyACM0: {said}")


def test_a_port_that_another_program_holds_is_said(plug_in):
    board = plug_in()
    with (
        serial.Serial(board.port, exclusive=True),
        pytest.raises(ClipError, match=f"another program uses {board.port}"),
    ):
        Repl(board.port)


def test_a_port_that_is_not_there_is_said():
    with pytest.raises(ClipNotFound, match="there is no port /dev/ttyNONE"):
        Repl("/dev/ttyNONE" if sys.platform != "win32" else "COM250")


def test_a_file_is_no_port(tmp_path):
    (tmp_path / "notes").write_text("upright at nine")
    with pytest.raises(ClipError):
        Repl(str(tmp_path / "notes"))


@pytest.mark.parametrize("answer", [bytes(0), b"ets Jul 29 2019 rst:0x1\r\n", b">>>"])
def test_something_that_is_no_micropython_is_told_how_to_become_one(plug_in, monkeypatch, answer):
    monkeypatch.setattr(repl, "_TRY_S", 0.2)
    board = plug_in(answers=False)
    board.tamper = lambda _: board.say(answer)
    link = Repl(board.port)
    try:
        with pytest.raises(NoMicroPython, match=r"or write MicroPython onto it with --base"):
            link.interrupt()
    finally:
        link.close()


def test_a_program_that_goes_on_talking_is_not_waited_for_without_end(plug_in, monkeypatch):
    monkeypatch.setattr(repl, "_TRY_S", 0.2)
    board = plug_in(answers=False)
    board.tamper = lambda _: board.say(b"temperature 21\r\n" * 20)
    link = Repl(board.port)
    try:
        with pytest.raises(NoMicroPython):
            link.interrupt()
    finally:
        link.close()


def test_an_interruption_waits_until_the_program_sleeps(plug_in):
    # Under desktop MicroPython, one that comes sooner may leave a lock held for ever.
    busy = "for _ in range(400_000): pass\nprint('started')\n"
    board = plug_in()
    put(board.port, main_py=f"import time\n{busy}while True: time.sleep_ms(200)\n")
    ask(board.port, "pass")

    assert b"started\nTraceback" in board.said


def test_an_interruption_that_goes_astray_is_sent_again(plug_in, monkeypatch):
    monkeypatch.setattr(repl, "_TRY_S", 0.5)
    monkeypatch.setattr(repl, "_TRIES", 200)  # half a second is short for a busy machine
    board = plug_in()
    pieces = itertools.count()
    board.tamper = lambda piece: piece if next(pieces) else b""
    link = Repl(board.port)
    try:
        link.interrupt()
        assert link.run("print('upright')") == "upright\n"
    finally:
        link.close()
