"""A sentence stays for a while; trouble is told from time to time, and its end."""

from midback.notices import NOTICE_S, Notices

FULL, BAD = "The disk is full.", "The disk is bad."
FINE = "The recording goes on."


def told(*troubles: tuple[int, str | None]) -> list[tuple[int, str | None]]:
    """What is newly said of the store, asked once a second; troubles are (until second, what)."""
    notices, second = Notices(), 0
    news: list[tuple[int, str | None]] = []
    for until, trouble in troubles:
        while second < until:
            if notices.trouble(trouble, second):
                news.append((second, notices.shown(second)))
            second += 1
    return news


def test_a_sentence_stays_for_a_while():
    notices = Notices()
    notices.say("Sit tall.", 10.0)

    assert notices.shown(10.0 + NOTICE_S - 0.1) == "Sit tall."
    assert notices.shown(10.0 + NOTICE_S) is None


def test_a_newer_sentence_takes_the_place_of_the_one_before():
    notices = Notices()
    notices.say("Sit tall.", 0.0, 60.0)
    notices.say("Calibrated.", 1.0)

    assert notices.shown(2.0) == "Calibrated."
    assert notices.shown(30.0) is None


def test_a_sentence_can_be_taken_back():
    notices = Notices()
    notices.say("Sit tall.", 0.0)
    notices.say(None, 1.0)

    assert notices.shown(2.0) is None


def test_a_store_without_trouble_says_nothing():
    assert told((300, None)) == []


def test_trouble_is_told_at_once_and_once_a_minute_with_the_news():
    assert told((5, None), (30, FULL), (130, BAD)) == [(5, FULL), (65, BAD), (125, BAD)]


def test_the_end_of_trouble_is_told_once():
    assert told((10, FULL), (100, None)) == [(0, FULL), (10, FINE)]


def test_new_trouble_after_the_end_is_told_at_once():
    assert told((10, FULL), (20, None), (30, FULL)) == [(0, FULL), (10, FINE), (20, FULL)]


def test_while_it_lasts_trouble_is_never_gone_in_between():
    notices = Notices()
    shown: set[str | None] = set()
    for tenth in range(3000):
        if tenth % 7 == 0:  # it is looked for when a minute is not quite over, and just after
            notices.trouble(FULL, tenth / 10)
        shown.add(notices.shown(tenth / 10))

    assert shown == {FULL}


def test_a_low_battery_is_told_once_until_it_was_charged():
    notices = Notices()
    percents = [16, 15, 14, 24, 15, 25, 15]

    assert [notices.battery(percent, 0.0) for percent in percents] == [
        False,
        True,
        False,
        False,
        False,
        False,
        True,
    ]
    assert notices.shown(0.0) == "The clip's battery is at 15 %: charge it soon."
