"""A routine that was led is on its day, with what was seen in it."""

from midback.recording import Store


def test_what_a_routine_saw_stands_in_the_day(midback, tmp_path):
    data = tmp_path / "data"
    led = midback(
        "routine", "--demo", "--headless", "--drills", "seated_twist,band_row", "--data", data
    )
    with Store.open(data, write=False) as store:
        day = store.sessions()[0].started.astimezone().date()
    told = " ".join(midback("day", day, "--data", data).out.split())

    assert led.code == 0
    assert "Routine at 08:3" in told
    assert "repetitions seen" in told
    assert "paced, not counted" in told
    assert "not what any muscle did" in told
