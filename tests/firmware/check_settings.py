"""Settings survive, or become defaults and say so; on CPython and on MicroPython."""

from faulty_flash import ENOSPC, FaultyFlash

from clip_firmware.files import Files
from clip_firmware.settings import Settings

PATH = "/clip/settings"
NEUTRAL = (1200, -300, 32700, 0, 32767, 0)
SLUMP = (1100, 770, 0, 0, 300, 20)


def files_on(flash):
    return Files("/clip", flash, flash.open)


def chosen(**changes):
    settings = Settings()
    settings.neutral = NEUTRAL
    settings.slump = SLUMP
    settings.alone = True
    settings.mounting = "+x+y+z"
    settings.name = "Desk 2"
    for name in changes:
        setattr(settings, name, changes[name])
    return settings


def told(settings):
    return (
        settings.neutral,
        settings.slump,
        settings.alone,
        settings.mounting,
        settings.name,
    )


DEFAULTS = (None, None, False, "-z-x+y", "Midback")


def check_a_new_clip_has_defaults_and_lost_nothing():
    settings = Settings.load(files_on(FaultyFlash()))
    assert (told(settings), settings.lost) == (DEFAULTS, False)


def check_everything_chosen_comes_back():
    files = files_on(FaultyFlash())
    assert chosen().save(files)
    settings = Settings.load(files)
    assert (told(settings), settings.lost) == (told(chosen()), False)


def check_what_was_not_chosen_stays_so():
    files = files_on(FaultyFlash())
    assert Settings().save(files)
    assert told(Settings.load(files)) == DEFAULTS


def check_damage_means_defaults_and_a_flag():
    flash = FaultyFlash()
    files = files_on(flash)
    chosen().save(files)
    flash.files[PATH][20] ^= 0x10
    settings = Settings.load(files)
    assert (told(settings), settings.lost) == (DEFAULTS, True)


def check_a_newer_version_is_left_alone_until_something_is_saved():
    flash = FaultyFlash()
    files = files_on(flash)
    files.save("settings", 2, b"what a later release knows")
    before = bytes(flash.files[PATH])
    settings = Settings.load(files)
    assert (told(settings), settings.lost) == (DEFAULTS, True)
    assert bytes(flash.files[PATH]) == before
    assert settings.save(files)
    assert not settings.lost
    assert not Settings.load(files).lost


def bodies_with_a_value_out_of_range():
    files = files_on(FaultyFlash())
    chosen().save(files)
    body = files.load("settings", 1)
    assert body is not None
    # which, neutral x up, slump's forward line, mounting, length of the name, its end
    for at, raw in (
        (1, b"\x00\x80"),
        (1, bytes(12)),
        (13, b"\x2b\x01"),
        (15, b"\xff\x7f"),
        (25, b"++"),
        (25, b"-x"),
        (31, b"\x09"),
        (31, b"\x00"),
        (32, b"\x07"),
        (32, b"\xff"),
    ):
        yield body[:at] + raw + body[at + len(raw) :]
    yield body + b"\x00"
    yield body[:-1]


def check_a_value_out_of_its_range_is_damage():
    files = files_on(FaultyFlash())
    for body in bodies_with_a_value_out_of_range():
        files.save("settings", 1, body)
        settings = Settings.load(files)
        assert (told(settings), settings.lost) == (DEFAULTS, True), body


def check_what_could_not_be_read_is_not_saved():
    flash = FaultyFlash()
    files = files_on(flash)
    chosen().save(files)
    for wrong in (
        {"neutral": (0, 0, 0, 0, 0, 0)},
        {"neutral": (0, 0, 32768, 0, 32767, 0)},
        {"slump": (1100, 1100, 0, 0, 300, 20)},
        {"slump": (1100, 770, 900, 900, 300, 20)},
        {"mounting": "+x+y-z"},
        {"name": ""},
        {"name": "Midback 2"},
        {"name": "tab\t"},
    ):
        assert not chosen(**wrong).save(files), wrong
    assert told(Settings.load(files)) == told(chosen())


def check_a_full_flash_is_told_and_the_choice_goes_on():
    flash = FaultyFlash()
    files = files_on(flash)
    settings = chosen()
    flash.refusing = ENOSPC
    assert not settings.save(files)
    assert told(settings) == told(chosen())


def check_forgetting_leaves_no_trace():
    flash = FaultyFlash()
    files = files_on(flash)
    settings = chosen()
    settings.save(files)
    assert settings.forget(files)
    assert told(settings) == DEFAULTS
    assert told(Settings.load(files)) == DEFAULTS
    assert flash.files == {}


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
