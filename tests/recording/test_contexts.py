"""Which upright a wearing was judged by is read back from its events."""

from datetime import UTC, datetime, timedelta

from recording.scenes import calibration

from midback.recording import CALIBRATION, CONTEXT, Store, calibration_changes, detail_of

NINE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def worn(store, *events, started=NINE, clip_id="clip-1"):
    writer = store.begin(clip_id, {}, started)
    for time_s, kind, detail in events:
        writer.add_event(time_s, kind, None, detail)
    writer.close(100.0, started + timedelta(seconds=100))
    return store.sessions()[-1]


def test_the_newest_calibration_of_each_context_counts(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        desk = calibration("A", made_s=1)
        sofa = calibration("B", made_s=2, context="sofa")
        newer = calibration("C", made_s=3)
        other = calibration("D", made_s=4, clip_id="clip-2")
        for each in (desk, sofa, newer, other):
            store.save_calibration(each)

        assert store.contexts("clip-1") == {"desk": newer, "sofa": sofa}
        assert store.contexts("clip-9") == {}


def test_changes_tell_what_held_from_when_on(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        session = worn(
            store,
            (3.0, CALIBRATION, "A"),
            (5.0, "buzz", "nudge"),
            (7.0, CONTEXT, detail_of("standing desk", None)),
            (9.0, CONTEXT, detail_of("sofa", "B")),
        )

        assert calibration_changes(store.events(session)) == [(3.0, "A"), (7.0, None), (9.0, "B")]


def test_the_last_choice_is_remembered_by_clip(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        worn(store, (3.0, CONTEXT, detail_of("sofa", "B")), (9.0, CALIBRATION, "C"))
        worn(store, (1.0, CONTEXT, detail_of("my car", None)), clip_id="clip-2")

        assert store.last_context("clip-1") == "sofa"
        assert store.last_context("clip-2") == "my car"
        assert store.last_context("clip-9") is None


def test_the_history_goes_over_all_sessions_of_the_clip(tmp_path):
    later = NINE + timedelta(hours=2)
    with Store.open(tmp_path, write=True) as store:
        worn(store, (3.0, CALIBRATION, "A"))
        worn(store, (4.0, CONTEXT, detail_of("sofa", None)), started=later)
        worn(store, (1.0, CALIBRATION, "Z"), clip_id="clip-2")

        assert store.calibrations_used("clip-1") == [
            (NINE + timedelta(seconds=3), "A"),
            (later + timedelta(seconds=4), None),
        ]
