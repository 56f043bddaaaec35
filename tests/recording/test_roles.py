"""A session at the waistband is no other wearing of the upper back."""

from pathlib import Path

from recording.scenes import STARTED, wall

from midback.recording import Store
from midback.roles import Role


def test_only_the_sessions_of_one_role_are_told(folder: Path):
    with Store.open(folder, write=True) as store:
        for facts in ({}, {"role": "upper"}, {"role": "waist"}):
            store.begin("clip", facts, STARTED).close(10.0, wall(10.0))

        assert [s.role for s in store.sessions()] == [Role.UPPER, Role.UPPER]
        assert [s.clip_facts for s in store.sessions(role=Role.WAIST)] == [{"role": "waist"}]


def test_a_session_of_before_there_were_roles_is_of_the_upper_back(folder: Path):
    with Store.open(folder, write=True) as store:
        store.begin("clip", {}, STARTED).close(10.0, wall(10.0))
        (session,) = store.sessions()

    assert session.role == Role.UPPER
