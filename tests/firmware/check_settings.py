"""Settings survive, or become defaults and say so; on CPython and on MicroPython."""

from faulty_flash import ENOSPC, FaultyFlash

from clip_firmware.files import Files
from clip_firmware.settings import Settings

PATH = "/clip/settings"
NEUTRAL = (1200, -300, 32700, 0, 32767, 0)
SLUMP = (1100, 770, 0, 0, 300, 20)
SOFA = (-8481, 0, 31651, 0, 32767, 0)
BACKWARD = (1200, 800, 900, 600, 600, 30)


def files_on(flash):
    return Files("/clip", flash, flash.open)


def chosen(**changes):
    settings = Settings()
    contexts = settings.contexts
    contexts.neutrals[0], contexts.slumps[0] = NEUTRAL, SLUMP
    contexts.neutrals[1] = SOFA
    contexts.neutrals[3], contexts.slumps[3] = NEUTRAL, BACKWARD
    contexts.slot = 3
    settings.alone = True
    settings.mounting = "+x+y+z"
    settings.name = "Desk 2"
    for name in changes:
        if name in ("neutral", "slump"):
            getattr(contexts, name + "s")[1] = changes[name]
        else:
            setattr(contexts if name == "slot" else settings, name, changes[name])
    return settings


def told(settings):
    return (
        settings.contexts.neutrals,
        settings.contexts.slumps,
        settings.contexts.slot,
        settings.alone,
        settings.mounting,
        settings.name,
    )


NONE = [None] * 4
DEFAULTS = (NONE, NONE, 0, False, "-z-x+y", "Midback")


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
    files.save("settings", 3, b"what a later release knows")
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
    body = files.load("settings", 2)
    assert body is not None
    # slot in use, x of up in slot 0, forward line of slot 3, mounting, length of the name, its end
    for at, raw in (
        (1, b"\x04"),
        (3, b"\x00\x80"),
        (3, bytes(12)),
        (87, b"\x2b\x01"),
        (89, b"\xff\x7f"),
        (99, b"++"),
        (99, b"-x"),
        (105, b"\x09"),
        (105, b"\x00"),
        (106, b"\x07"),
        (106, b"\xff"),
    ):
        yield body[:at] + raw + body[at + len(raw) :]
    yield body + b"\x00"
    yield body[:-1]


def check_a_value_out_of_its_range_is_damage():
    files = files_on(FaultyFlash())
    for body in bodies_with_a_value_out_of_range():
        files.save("settings", 2, body)
        settings = Settings.load(files)
        assert (told(settings), settings.lost) == (DEFAULTS, True), body


# Version 1: the bits neutral, lines, alone | up and left | lines | mounting | 6 letters, Desk 2
VERSION_1 = (
    "07" + "b004d4febc7f0000ff7f0000" + "4c04020300000000" + "2c011400"
    "2b782b792b7a" + "06" + "4465736b20320000"
)  # fmt: skip


def version_1(body):
    flash = FaultyFlash()
    files = files_on(flash)
    files.save("settings", 1, body)
    return flash, Settings.load(files)


def check_what_version_1_kept_is_in_the_first_slot():
    flash, settings = version_1(bytes.fromhex(VERSION_1))
    neutrals, slumps = [NEUTRAL, None, None, None], [SLUMP, None, None, None]
    expected = (neutrals, slumps, 0, True, "+x+y+z", "Desk 2")
    assert (told(settings), settings.lost) == (expected, False)
    assert settings.save(files_on(flash))
    assert told(Settings.load(files_on(flash))) == told(settings)


def check_what_version_1_had_not_set_is_not_set():
    for which, neutral, slump, alone in (
        (0, None, None, False),
        (1, NEUTRAL, None, False),
        (2, None, SLUMP, False),
        (4, None, None, True),
    ):
        _, settings = version_1(bytes((which,)) + bytes.fromhex(VERSION_1[2:]))
        first = (settings.contexts.neutral, settings.contexts.slump, settings.alone)
        assert (first, settings.lost) == ((neutral, slump, alone), False), which


def check_what_version_1_kept_is_lost_if_it_cannot_be():
    body = bytes.fromhex(VERSION_1)
    for wrong in (b"", body[:-1], body + b"\x00", body[:1] + bytes(12) + body[13:]):
        _, settings = version_1(wrong)
        assert (told(settings), settings.lost) == (DEFAULTS, True), wrong


def check_what_could_not_be_read_is_not_saved():
    flash = FaultyFlash()
    files = files_on(flash)
    chosen().save(files)
    for wrong in (
        {"neutral": (0, 0, 0, 0, 0, 0)},
        {"neutral": (0, 0, 32768, 0, 32767, 0)},
        {"slump": (1100, 1100, 0, 0, 300, 20)},
        {"slump": (1100, 770, 900, 900, 300, 20)},
        {"slot": 4},
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
