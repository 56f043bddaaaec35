"""MicroPython itself: which images are taken, and what esptool's words become."""

import os

import pytest
from flashing.images import fake_esptool, image

from midback.errors import ClipError, DataError, UsageError
from midback.flashing.base import read_image, write_image
from midback.flashing.chips import CHIPS


@pytest.fixture
def esptool(tmp_path, monkeypatch):
    """Puts an esptool in place that says what the test wants; gives where its arguments go."""

    def placed(**traits):
        notes = fake_esptool(tmp_path / "tools", **traits)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "tools"), prepend=os.pathsep)
        return notes

    return placed


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.name)
def test_an_image_tells_for_which_chip_it_is(tmp_path, chip):
    found = read_image(image(tmp_path / "x.bin", chip.number, chip.offset))

    assert (found.chip, found.version) == (chip, "1.29")


@pytest.mark.parametrize("firmware", [True, False])
def test_an_image_tells_whether_the_firmware_is_built_in(tmp_path, firmware):
    assert read_image(image(tmp_path / "x.bin", firmware=firmware)).has_firmware == firmware


def test_an_image_for_another_chip_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"no image of MicroPython for ESP32-C3, .* or ESP32: take"
    ):
        read_image(image(tmp_path / "s2.bin", chip=2))


def test_a_program_without_its_boot_loader_is_refused(tmp_path):
    path = image(tmp_path / "x.app-bin")
    path.write_bytes(path.read_bytes().replace(b"\xaa\x50", b"\0\0"))

    with pytest.raises(DataError, match=r"take the \.bin file for your board"):
        read_image(path)


@pytest.mark.parametrize("content", [b"", b"upright at nine", b"UF2\n" * 20000])
def test_a_file_that_is_no_image_is_refused(tmp_path, content):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is no image of MicroPython"):
        read_image(path)


def test_an_image_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read \(No such file"):
        read_image(tmp_path / "x.bin")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("MicroPython v1.22.2 on", "holds 1.22, the firmware needs MicroPython 1.27 or newer"),
        ("Arduino", "holds no MicroPython, the firmware needs"),
    ],
)
def test_an_image_of_something_older_or_else_is_refused(tmp_path, words, said):
    with pytest.raises(DataError, match=said):
        read_image(image(tmp_path / "x.bin", words=words))


@pytest.mark.parametrize(
    ("number", "offset", "erase", "arguments"),
    [
        (5, 0, False, "--chip esp32c3 --port P write-flash 0x0"),
        (9, 0, True, "--chip esp32s3 --port P write-flash --erase-all 0x0"),
        (0, 0x1000, True, "--chip esp32 --port P write-flash --erase-all 0x1000"),
    ],
)
def test_each_chip_is_written_where_it_starts(tmp_path, esptool, number, offset, erase, arguments):
    notes = esptool()
    found = read_image(image(tmp_path / "x.bin", number, offset))
    write_image(found, "P", erase=erase)

    assert notes.read_text() == f"{arguments} {tmp_path / 'x.bin'}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "A fatal error occurred: This chip is ESP32-S3, not ESP32-C3. Wrong chip argument?",
            r"the board has an ESP32-S3, .*x\.bin is for ESP32-C3: take the image for your board",
        ),
        (
            "A fatal error occurred: Failed to connect to ESP32-C3: No serial data received.",
            "the board on P did not start its boot loader: hold its BOOT button",
        ),
        (
            "A fatal error occurred: Lost connection, retrying",
            r"esptool could not write to P \(Lost connection, retrying\): see to it",
        ),
        ("", r"esptool could not write to P \(no reason given\)"),
    ],
)
def test_what_esptool_complains_of_becomes_one_sentence(tmp_path, esptool, words, said):
    esptool(says=words, code=2)
    found = read_image(image(tmp_path / "x.bin"))
    with pytest.raises(ClipError, match=said):
        write_image(found, "P", erase=False)


def test_without_esptool_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    found = read_image(image(tmp_path / "x.bin"))
    monkeypatch.setattr("midback.flashing.base.importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"--base needs esptool: pip install 'midback\[flash\]'"):
        write_image(found, "P", erase=False)


def test_the_real_esptool_understands_us(tmp_path):
    pytest.importorskip("esptool")
    found = read_image(image(tmp_path / "x.bin"))
    with pytest.raises(ClipError, match=r"esptool could not write to .*nowhere \(Could not open"):
        write_image(found, str(tmp_path / "nowhere"), erase=True)
