"""What a clip says of itself, in words."""

import pytest

from midback.doctor import Mark, exit_code
from midback.doctor.status import findings
from midback.shared import wire

FLAGS = wire.STATUS_BONDED_ONLY | wire.STATUS_NEUTRAL_SET | wire.STATUS_TIME_SET
FACTS = {"firmware": "0.1.0", "hardware": "XIAO ESP32-S3", "serial": "005e01"}


def status(flags=FLAGS, *, log=(0, 0), lost=0, buzzes=0):
    return wire.Status(wire.MODE_ALONE, flags, 7, 1000, 80, 3900, 3000, lost, buzzes, *log)


def told(flags=FLAGS, facts=FACTS, release="0.1.0", paired=True, calibrated_here=True, **others):
    return findings(
        status(flags, **others),
        facts,
        release=release,
        paired=paired,
        calibrated_here=calibrated_here,
    )


def about(name, *args, **facts):
    (found,) = [finding for finding in told(*args, **facts) if finding.name == name]
    return found.mark, found.found, found.to_do


def test_of_a_clip_with_which_all_is_well_every_line_is_ok():
    assert {finding.mark for finding in told()} == {Mark.OK}
    assert [finding.name for finding in told()] == [
        "protocol",
        "firmware",
        "pairing",
        "battery",
        "calibration",
        "clock",
        "log",
        "sensor",
        "settings",
    ]


def test_its_serial_is_not_told():
    assert "005e01" not in str(told())


@pytest.mark.parametrize(
    ("facts", "release", "mark", "found"),
    [
        (FACTS, "0.1.0", Mark.OK, "0.1.0 on XIAO ESP32-S3"),
        (FACTS, "", Mark.OK, "0.1.0 on XIAO ESP32-S3"),
        (FACTS, "0.2.0", Mark.NOTE, "0.1.0 on XIAO ESP32-S3; this Midback carries 0.2.0"),
        ({}, "0.1.0", Mark.OK, "of a version it does not tell on a board it does not tell"),
    ],
)
def test_another_firmware_than_this_midbacks_is_noted(facts, release, mark, found):
    assert about("firmware", facts=facts, release=release)[:2] == (mark, found)


@pytest.mark.parametrize(
    ("bonded_only", "paired", "mark", "words"),
    [
        (True, True, Mark.OK, "and this is one"),
        (True, None, Mark.OK, "this system does not tell whether this is one"),
        (True, False, Mark.PROBLEM, "and this is none"),
        (False, False, Mark.NOTE, "open: whoever is near can read it and buzz it"),
    ],
)
def test_pairing_is_a_problem_only_where_it_is_missing(bonded_only, paired, mark, words):
    flags = FLAGS if bonded_only else FLAGS & ~wire.STATUS_BONDED_ONLY
    found = about("pairing", flags, paired=paired)

    assert found[0] is mark
    assert words in found[1]
    assert bool(found[2]) is (mark is Mark.PROBLEM)


@pytest.mark.parametrize(
    ("flag", "mark", "found"),
    [
        (0, Mark.OK, "80 %, 3.90 V"),
        (wire.STATUS_CHARGING, Mark.OK, "80 %, 3.90 V, charging"),
        (wire.STATUS_LOW_BATTERY, Mark.NOTE, "80 %, 3.90 V, low"),
        (wire.STATUS_LOW_BATTERY | wire.STATUS_CHARGING, Mark.OK, "80 %, 3.90 V, charging"),
    ],
)
def test_a_battery_is_low_only_while_nobody_charges_it(flag, mark, found):
    assert about("battery", FLAGS | flag)[:2] == (mark, found)


@pytest.mark.parametrize(
    ("on_clip", "here", "mark", "found"),
    [
        (True, True, Mark.OK, "kept on the clip and on this computer"),
        (True, False, Mark.NOTE, "kept on the clip, not on this computer"),
        (False, True, Mark.NOTE, "kept on this computer, not on the clip"),
        (False, False, Mark.NOTE, "none yet"),
    ],
)
def test_a_calibration_belongs_on_both_sides(on_clip, here, mark, found):
    flags = FLAGS if on_clip else FLAGS & ~wire.STATUS_NEUTRAL_SET
    told_of_it = about("calibration", flags, calibrated_here=here)

    assert told_of_it[:2] == (mark, found)
    assert bool(told_of_it[2]) is (mark is Mark.NOTE)


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ((5, 5), "nothing waits to be fetched"),
        ((0, 90), "90 records wait, 15 min"),
        ((0xFFFFFFFF, 5), "6 records wait, 1 min"),
    ],
)
def test_what_waits_in_the_log_is_told_as_time(log, found):
    assert about("log", log=log)[1].replace("\u00a0", " ") == found


@pytest.mark.parametrize(
    ("flag", "name", "mark", "words"),
    [
        (wire.STATUS_NO_IMU, "sensor", Mark.PROBLEM, "no motion sensor answers"),
        (wire.STATUS_OFF_BODY, "sensor", Mark.OK, "not worn now"),
        (wire.STATUS_SETTINGS_LOST, "settings", Mark.NOTE, "lost"),
        (wire.STATUS_ALONE, "settings", Mark.NOTE, "the clip's radio goes off by itself"),
    ],
)
def test_what_its_flags_say_is_said(flag, name, mark, words):
    found = about(name, FLAGS | flag)

    assert found[0] is mark
    assert words in found[1]
    assert bool(found[2]) is (mark is not Mark.OK)


def test_a_clock_that_was_never_set_is_noted():
    assert about("clock", FLAGS & ~wire.STATUS_TIME_SET)[0] is Mark.NOTE


def test_lost_samples_are_counted():
    assert about("sensor", lost=12)[1] == "answers, worn, 12 samples lost"


def test_a_clip_in_safe_mode_can_tell_no_more_than_that():
    found = told(wire.STATUS_SAFE_MODE)

    assert [finding.name for finding in found] == ["protocol", "firmware", "safe mode"]
    assert found[-1].to_do == "Run 'midback flash'."
    assert exit_code(found) == 4
