"""Leads a wearer through a movement check on their clip, and keeps it test by test.

A check that is left, or killed, stays as it was after the last test that was done, and can be
gone on with.  Runs in one event loop; ``leading`` deals with the clip.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from midback.exercises import history
from midback.exercises.check import Check, Kept, Wish, again
from midback.exercises.check_file import load, save
from midback.exercises.exercise import Exercise
from midback.exercises.last_check import CHECKS
from midback.exercises.view import View
from midback.leading import ClipUse, Room, Wearer
from midback.link import Link
from midback.local_time import local_day

ANOTHER_CLIP = "This is not the clip of the check that was left, so this one begins anew."


class CheckLed:
    """One check on one clip.

    Args:
        items: ids of the tests, in their order.
        pain: before it, 0 to 10, or ``None`` where it was not said.
        use: the clip, and where to record and keep checks.
        left: an earlier check to go on with, if it was done with the same clip.
        watched: given the view after each packet.

    Attributes:
        check: what leads; ``None`` until a clip streams.
        problem: why it could not be kept, if it could not.
        notice: what the wearer is to know before the first test, or empty.
    """

    def __init__(
        self,
        items: tuple[str, ...],
        pain: int | None,
        use: ClipUse,
        *,
        left: Kept | None = None,
        watched: Callable[[View], None] | None = None,
    ) -> None:
        self.check: Check | None = None
        self.problem = ""
        self.notice = ""
        self._items = items
        self._pain = pain
        self._use = use
        self._left = left
        self._watched = watched
        self._saved = 0
        self._room = Room(Exercise.CHECK, self._begin, use)

    @property
    def link(self) -> Link:
        """How the link to the clip stands."""
        return self._room.link

    @property
    def lost(self) -> bool:
        """Whether the clip is out of reach though it is needed."""
        return self.check is not None and not self.over and self._room.lost

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.check is not None and self.check.over

    @property
    def path(self) -> Path | None:
        """Where it is kept; ``None`` where it is not, or nothing came in yet."""
        folder = self._use.folder
        if self.check is None or folder is None or not self.check.kept.packets:
            return None
        return history.place_for(folder / CHECKS, self.check.kept.started)

    async def run(self) -> None:
        """Go on until it is over, or until cancelled; what is done by then is kept.

        Raises:
            MidbackError: what ended it before, as ``Monitor.run`` has it.
        """
        try:
            await self._room.run()
        finally:
            self.keep()

    def receive(self, arrival_s: float, payload: bytes) -> None:
        """Take one packet."""
        assert self.check is not None
        self.check.receive(arrival_s, payload)
        self._follow()

    def wish(self, wish: Wish) -> None:
        """Do what the wearer asks for; before a clip was found nothing."""
        if self.check is not None:
            self.check.wish(wish)
            self._follow()

    def pause(self) -> None:
        """Wait, or go on."""
        if self.check is not None:
            self.wish(Wish.GO_ON if self.check.paused else Wish.PAUSE)

    def pain_after(self, pain: int | None) -> None:
        """Keep how much pain there is afterwards."""
        if self.check is not None:
            self.check.kept.pain = (self.check.kept.pain[0], pain)
            self.keep()

    def keep(self) -> None:
        """Write the file."""
        path = self.path
        if path is None or self.check is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            save(self.check.kept, path, self.check.snapshot())
            self.problem = ""
        except OSError as error:
            # The wearer goes on, and is told afterwards.
            self.problem = f"{path} cannot be written ({error.strerror}): free some space"

    def _begin(self, wearer: Wearer) -> CheckLed:
        left = self._left
        if left is not None and left.clip_id == wearer.clip_id:
            self.check = again(left)
            self.check.after_break(self._use.local(), self._pain)
        else:
            if left is not None:
                self.notice = ANOTHER_CLIP
            started = self._use.local()
            pain = (self._pain, None)
            before = wearer.calibration
            self.check = Check(Kept(started, wearer.clip_id, self._items, before, pain))
        self._saved = self._ended
        return self

    @property
    def _ended(self) -> int:
        """How much there is to keep: of tests that are over."""
        assert self.check is not None
        return len(self.check.done) + len(self.check.left_out)

    def _follow(self) -> None:
        assert self.check is not None
        if self._ended != self._saved:
            self._saved = self._ended
            self.keep()
        if self._watched is not None:
            self._watched(self.check.view)


def left_today(checks: Path, now: datetime, zone: tzinfo) -> Kept | None:
    """The last check of today, if it did not come to its end.

    Args:
        checks: folder of the files of checks.
        now: with a time zone.
        zone: where the wearer is.
    """
    known = history.read(checks).checks
    last = known[-1] if known else None
    if last is None or last.whole or local_day(last.started, zone) != local_day(now, zone):
        return None
    return load(last.path)
