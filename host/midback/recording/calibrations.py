"""Calibrations in the file: saved once, never overwritten."""

from __future__ import annotations

from midback.calibration import Calibration
from midback.errors import RecordingError
from midback.recording.anchors import utc_us
from midback.recording.database import Database


def save(database: Database, calibration: Calibration) -> None:
    """Keep a calibration; saving the very same one again changes nothing.

    Raises:
        RecordingError: another one has this id.
    """
    json = calibration.to_json()
    with database.transaction():
        stored = database.query("SELECT json FROM calibration WHERE id = ?", calibration.id)
        if stored and stored[0][0] != json:
            raise RecordingError(
                f"calibration {calibration.id} is already saved with other content and is never "
                "overwritten: calibrate again to get a new one"
            )
        database.execute(
            "INSERT OR IGNORE INTO calibration (id, clip_id, made_utc_us, json)"
            " VALUES (?, ?, ?, ?)",
            *(calibration.id, calibration.clip_id, utc_us(calibration.made_at), json),
        )


def read(database: Database, calibration_id: str) -> Calibration | None:
    """Return the calibration with this id."""
    rows = database.rows("SELECT json FROM calibration WHERE id = ?", calibration_id)
    return Calibration.from_json(rows[0][0]) if rows else None


def read_all(database: Database, clip_id: str | None = None) -> list[Calibration]:
    """Return all calibrations, or those of one clip, oldest first."""
    rows = database.rows(
        "SELECT json FROM calibration WHERE ? IS NULL OR clip_id = ? ORDER BY made_utc_us, rowid",
        *(clip_id, clip_id),
    )
    return [Calibration.from_json(json) for (json,) in rows]
