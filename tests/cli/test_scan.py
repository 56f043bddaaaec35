"""``midback scan``."""

import re

from clip.backends import BenchClip, radio

from midback.clip import scan_clips
from midback.simulated import virtual_time


def listed(midback, monkeypatch, *clips):
    monkeypatch.setattr("midback.cli.scan.scan_clips", lambda s: scan_clips(s, radio(*clips)))
    monkeypatch.setattr("midback.cli.scan.asyncio.run", virtual_time.run)
    return midback("scan")


def test_the_simulated_clip_is_found(midback):
    code, out, err = midback("scan", "--demo")

    assert code == 0
    assert re.fullmatch(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}  Midback   -\d\d dBm\n", out)
    assert err == "Listening for 5 s.\n"


def test_clips_stand_in_columns_the_nearest_first(midback, monkeypatch):
    outcome = listed(
        midback,
        monkeypatch,
        BenchClip(name="Anne", address="C0:5E:00:00:00:01", rssi_dbm=-101),
        BenchClip(name=None, address="C0:5E:00:00:00:02", rssi_dbm=-70),
        BenchClip(name="Bartholomew", address="C0:5E:00:00:00:03", rssi_dbm=-50),
    )

    assert outcome.out.splitlines() == [
        "C0:5E:00:00:00:03  Bartholomew   -50 dBm",
        "C0:5E:00:00:00:02  –             -70 dBm",
        "C0:5E:00:00:00:01  Anne         -101 dBm",
    ]
