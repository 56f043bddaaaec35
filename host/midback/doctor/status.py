"""What a clip says of itself, as findings."""

from __future__ import annotations

from collections.abc import Mapping

from midback.doctor.finding import Finding, note, ok, problem
from midback.errors import ClipError
from midback.shared import wire
from midback.words import spoken

_LIVE = "'midback live' brings it"


def findings(
    status: wire.Status,
    facts: Mapping[str, str],
    *,
    release: str,
    paired: bool | None,
    calibrated_here: bool,
) -> list[Finding]:
    """What a clip's status and Device Information mean.

    Args:
        status: the clip's.
        facts: as ``Clip.facts`` has them.
        release: the firmware that this Midback carries; empty where it carries none.
        paired: whether this computer is paired with the clip; ``None`` where that is not told.
        calibrated_here: whether this computer keeps a calibration of it.
    """
    told = [ok("protocol", f"{wire.VERSION}, as on this computer"), _firmware(facts, release)]
    if status.flags & wire.STATUS_SAFE_MODE:
        found = "it failed to start several times, and waits for new files"
        return [*told, problem("safe mode", found, "Run 'midback flash'.", ClipError)]
    return [
        *told,
        _pairing(status, paired),
        _battery(status),
        _calibration(status, calibrated_here),
        _clock(status),
        _log(status),
        _sensor(status),
        _settings(status),
    ]


def _firmware(facts: Mapping[str, str], release: str) -> Finding:
    known = facts.get("firmware", "of a version it does not tell")
    board = facts.get("hardware") or facts.get("model") or "a board it does not tell"
    found = f"{known} on {board}"
    if release and facts.get("firmware") not in (release, None):
        to_do = "'midback flash' brings the clip to it."
        return note("firmware", f"{found}; this Midback carries {release}", to_do)
    return ok("firmware", found)


def _pairing(status: wire.Status, paired: bool | None) -> Finding:
    if not status.flags & wire.STATUS_BONDED_ONLY:
        return note("pairing", "open: whoever is near can read it and buzz it")
    only = "it talks to paired computers only"
    if paired is None:
        return ok("pairing", f"{only}; this system does not tell whether this is one")
    if paired:
        return ok("pairing", f"{only}, and this is one")
    to_do = "Run 'midback setup', which pairs it."
    return problem("pairing", f"{only}, and this is none", to_do, ClipError)


def _battery(status: wire.Status) -> Finding:
    found = f"{status.battery_percent} %, {status.battery_mv / 1000:.2f} V"
    if status.flags & wire.STATUS_CHARGING:
        return ok("battery", f"{found}, charging")
    if status.flags & wire.STATUS_LOW_BATTERY:
        return note("battery", f"{found}, low", "Charge it soon.")
    return ok("battery", found)


def _calibration(status: wire.Status, calibrated_here: bool) -> Finding:
    on_clip = bool(status.flags & wire.STATUS_NEUTRAL_SET)
    if on_clip and calibrated_here:
        return ok("calibration", "kept on the clip and on this computer")
    if calibrated_here:
        found = "kept on this computer, not on the clip"
        return note("calibration", found, f"{_LIVE.capitalize()} to the clip.")
    where = "kept on the clip, not on this computer" if on_clip else "none yet"
    return note("calibration", where, "Run 'midback calibrate'.")


def _clock(status: wire.Status) -> Finding:
    if status.flags & wire.STATUS_TIME_SET:
        return ok("clock", "set")
    return note("clock", "not set since the clip started", f"{_LIVE.capitalize()} the time.")


def _log(status: wire.Status) -> Finding:
    waiting = (status.log_next - status.log_first) % (1 << 32)
    if not waiting:
        return ok("log", "nothing waits to be fetched")
    # A log of two weeks has some hundred thousand records.
    return ok("log", f"{waiting} records wait, {spoken(waiting * wire.EPOCH_S)}")


def _sensor(status: wire.Status) -> Finding:
    if status.flags & wire.STATUS_NO_IMU:
        to_do = "Check its wiring as hardware.md says, then switch the clip off and on."
        return problem("sensor", "no motion sensor answers on the clip", to_do, ClipError)
    worn = "not worn now" if status.flags & wire.STATUS_OFF_BODY else "worn"
    lost = f", {status.lost_samples} samples lost" if status.lost_samples else ""
    return ok("sensor", f"answers, {worn}{lost}")


def _settings(status: wire.Status) -> Finding:
    if status.flags & wire.STATUS_SETTINGS_LOST:
        to_do = "Run 'midback calibrate', and 'midback alone' if that was on."
        return note("settings", "lost, and begun anew", to_do)
    if status.flags & wire.STATUS_ALONE:
        to_do = "'midback alone off' keeps the clip on the air."
        return note("settings", "alone: the clip's radio goes off by itself", to_do)
    return ok("settings", f"kept; {status.buzzes} buzzes since the clip started")
