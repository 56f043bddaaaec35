"""Who leads in the tests: one that shows what it is told to, and one over a simulated person."""

from datetime import UTC, datetime
from pathlib import Path

from exercises.people import Person

from midback.calibration import calibrate
from midback.exercises.guide import Guide
from midback.exercises.items import ITEMS
from midback.exercises.rest import Sample
from midback.exercises.view import View
from midback.live.guided.check_scene import scene_of
from midback.live.guided.scene import Outcome, Row, Scene, Todo, Where, Wish

FINDING = Scene(Where.FINDING, "Finding the clip …")
FAILED = Scene(Where.FAILED, "No clip is in range: bring it near.")
LOST = Scene(
    Where.LEADING, "The clip is not seen.", title="Turning", lost=True, wishes=(Wish.PAUSE,)
)
OVER = Scene(Where.OVER, "That was all.")
OUTCOME = Outcome(
    "One thing stands out: turning to the left.",
    (Todo("Seated twists.", "Your turn to the left was 17° smaller."),),
    (Row("Turning to the left", "28°", "spread 3°"), Row("Finding your upright", "", "1° off")),
    ("Not a medical device.",),
    page=Path("report.html"),
    folder=Path("checks"),
)

RANGES = {
    ("tall_slump", ""): 18.0,
    ("arm_raise", ""): -10.0,
    ("chair_extension", ""): -9.0,
    ("rotation", "left"): 28.0,
    ("rotation", "right"): -45.0,
    ("side_bend", "left"): -25.0,
    ("side_bend", "right"): 25.0,
    ("find_upright", ""): 18.0,
}


class ToldLeader:
    """Shows the scene it is given, and writes down what it is asked for."""

    def __init__(
        self, name: str = "Movement check", *, screens: bool = True, left: str = ""
    ) -> None:
        self.name = name
        self.ahead = "Seven movements."
        self.left = left
        self.screens = self.asks_pain = screens
        self.shown = FINDING
        self.made: Outcome | None = None
        self.heard: list[object] = []
        self.is_cleared = False

    def go_on(self, left: bool) -> None:
        self.heard.append(("go on", left))

    def cleared(self) -> None:
        self.is_cleared = True

    def begin(self, pain: int | None) -> None:
        self.heard.append(("begin", pain))

    def scene(self) -> Scene:
        return self.shown

    def wish(self, wish: Wish) -> None:
        self.heard.append(wish)

    def finish(self, pain: int | None) -> None:
        self.heard.append(("finish", pain))

    def outcome(self) -> Outcome | None:
        return self.made


class GuidingLeader(ToldLeader):
    """Guides a simulated person, who does what they are asked for, as long as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person(ranges=RANGES)
        self.guide = Guide(
            lambda tall: calibrate("clip", datetime(2026, 11, 29, tzinfo=UTC), tall).frame()
        )
        self._cues = -1

    def scene(self) -> Scene:
        return scene_of(self.guide.view, ITEMS, paused=self.guide.paused)

    def wish(self, wish: Wish) -> None:
        super().wish(wish)
        guide = self.guide
        {
            Wish.PAUSE: guide.pause,
            Wish.GO_ON: guide.go_on,
            Wish.REPEAT: guide.repeat,
            Wish.SKIP: guide.skip,
            Wish.HURTS: guide.skip,
        }[wish]()

    def live(self, seconds: float) -> View:
        """Let the person do what they are asked for."""
        until_s = self.person.time_s + seconds
        while self.person.time_s < until_s and not self.guide.over:
            view = self.guide.view
            if view.cues != self._cues:
                self._cues = view.cues
                self.person.goes(self.person.wanted(view))
            self.guide.update(Sample(*self.person.sample()))
        return self.guide.view
