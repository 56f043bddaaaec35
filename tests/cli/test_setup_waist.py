"""``midback setup --role waist``: a second clip, and which one is which from then on."""

import pytest
from cli.test_setup import Person, walking
from monitor.worlds import CALM, clip_on
from recording.scenes import calibration

from midback.cli import setup
from midback.clip import Radio
from midback.errors import CalibrationRefused
from midback.recording import Store
from midback.roles import Role, WaistClip, keep_waist_clip, waist_clip
from midback.simulated import Activity, Air, TwiceWorn, plan_of

UPPER, WAIST = "C0:5E:00:00:00:01", "C0:5E:00:00:00:02"


class Worn:
    """Two clips on a calm wearer who does as asked; the upper one is heard first."""

    def __init__(self, clips=(1, 2)):
        person = TwiceWorn(plan_of([(Activity.TYPING, 120)]), CALM, seed=1)
        on = {1: person, 2: person.waistband}
        self.person = person
        self.air = Air([clip_on(on[byte], byte) for byte in clips], seed=1)
        self.radio = Radio(self.air.scanner_type, self.air.client_type)

    def ask(self, pose):
        self.person.ask(pose.value, self.air.now_s)

    async def main(self):
        async with self.air:
            await setup._stay()

    def walk(self, person, step, folder, role=Role.WAIST, wanted=None):
        return walking(
            person,
            step,
            self.radio,
            folder,
            self.main,
            prompt=self.ask,
            role=role,
            wanted=wanted,
        )


@pytest.fixture
def folder(tmp_path):
    """In which the upper clip was calibrated."""
    folder = tmp_path / "data"
    with Store.open(folder, write=True) as store:
        store.save_calibration(calibration("C-1", clip_id="000001"))
    return folder


def test_a_second_clip_is_kept_by_its_role_and_both_are_calibrated(folder, capsys):
    person = Person()
    Worn().walk(person, lambda walk: walk.walk(), folder)
    out = " ".join(capsys.readouterr().out.split())

    assert waist_clip(folder) == WaistClip(WAIST, "000002")
    assert "on the waistband, its arrow up" in out
    assert "4 of 4 Calibrate both clips" in out
    assert "does not buzz while you lean from the hips" in out
    with Store.open(folder, write=False) as store:
        assert [len(store.contexts(clip)) for clip in ("000001", "000002")] == [1, 1]
        assert {session.role for session in store.sessions(role=Role.WAIST)} == {"waist"}


def test_the_clip_worn_so_far_is_not_taken_for_the_second_one_unasked(folder):
    person = Person()
    Worn().walk(person, lambda walk: walk._switch_on(), folder)

    assert person.asked == [
        f"{UPPER} was worn between the shoulder blades.  To the waistband with it?"
    ]


def test_the_clip_worn_so_far_goes_to_the_waistband_if_it_is_to(folder):
    seen = Worn().walk(Person(True), lambda walk: walk._switch_on(), folder)

    assert seen.id == "000001"


def test_a_clip_asked_for_by_its_address_needs_no_question(folder):
    person = Person()
    seen = Worn().walk(person, lambda walk: walk._switch_on(), folder, wanted=UPPER)

    assert (seen.id, person.asked) == ("000001", [])


def test_setting_up_the_upper_clip_passes_the_one_at_the_waistband_over(folder):
    keep_waist_clip(folder, WaistClip(WAIST, "000002"))
    seen = Worn((2, 1)).walk(Person(), lambda walk: walk._switch_on(), folder, Role.UPPER)

    assert seen.id == "000001"


def test_a_clip_set_up_for_the_upper_back_is_at_the_waistband_no_longer(folder):
    keep_waist_clip(folder, WaistClip(WAIST, "000002"))

    def step(walk):
        walk._keep_role(walk._switch_on())

    Worn().walk(Person(), step, folder, Role.UPPER, wanted=WAIST)

    assert waist_clip(folder) is None


def test_a_second_clip_that_is_off_while_both_are_calibrated_is_told(folder):
    def step(walk):
        walk.wanted = "C0:5E:00:00:00:09"
        walk._calibrated_both(seen_before)

    seen_before = Worn().walk(Person(), lambda walk: walk._switch_on(), folder)

    with pytest.raises(CalibrationRefused, match="the clip at the waistband has no new upright"):
        Worn((1,)).walk(Person(), step, folder)
