"""A clip on the air: finding it, and talking to it.  The only importer of bleak."""

from midback.clip.connection import Clip
from midback.clip.finding import ClipFound, find_clip, linked_clips, scan_clips
from midback.clip.radio import Radio

__all__ = ["Clip", "ClipFound", "Radio", "find_clip", "linked_clips", "scan_clips"]
