"""What the clip spends its charge on, as timelines of a life; runs on CPython and on MicroPython.

A timeline is a list of (from second, what changed then); out come the states it went through as
a list of (second, state).  A life ends when the clip is told to sleep deeply.
"""

from clip_firmware import power
from clip_firmware.battery import EMPTY, GOOD, LOW, NO_STREAM
from clip_firmware.power import (
    CALLING_FAST,
    CALLING_SLOW,
    DRAINED,
    FAST_MS,
    LINKED,
    MOTION,
    RESTING,
    SILENT,
    SLOW_MS,
    Power,
    Situation,
)

WAYS = {
    # The diagram of hardware.md: what may follow upon what, other than a new life.
    CALLING_FAST: (CALLING_SLOW, LINKED, SILENT, RESTING, DRAINED),
    CALLING_SLOW: (CALLING_FAST, LINKED, SILENT, RESTING, DRAINED),
    LINKED: (CALLING_FAST, RESTING, DRAINED),
    SILENT: (CALLING_FAST, CALLING_SLOW, LINKED, RESTING, DRAINED),
    RESTING: (),
    DRAINED: (),
}

WORN = {"worn": True, "moved": True}
LAID_DOWN = {"worn": True, "moved": False}  # ten seconds later the clip doubts
OFF_BODY = {"worn": False, "moved": False}


class Life:
    """A clip from its boot on, worn at first, looked at once a second."""

    def __init__(self, woken_by_timer=False, **settings):
        self.on = Power(woken_by_timer)
        self.now = Situation()
        self.second = 0
        self.states = []
        self.change(WORN)
        self.change(settings)
        self.look()

    def change(self, what):
        for name, value in what.items():
            assert hasattr(self.now, name), name
            setattr(self.now, name, value)

    def look(self):
        self.now.now_ms = 1000 * self.second
        self.on.update(self.now)
        if not self.states or self.states[-1][1] != self.on.state:
            self.states.append((self.second, self.on.state))

    def until(self, second):
        while self.second < second and self.on.deep_sleep is None:
            self.second += 1
            self.look()
        return self

    def at(self, second, **what):
        """Let time pass up to this second, then let something change."""
        self.until(second - 1)
        self.change(what)
        return self.until(second)

    def touch(self, second):
        """The button is pressed and let go within this second."""
        self.at(second, button=True)
        self.now.button = False
        return self


def lived(timeline, until=3600, **settings):
    life = Life(**settings)
    for second, what in timeline:
        life.at(second, **what)
    return life.until(until).states


# Calling


def check_fast_is_four_times_a_second_and_slow_every_one_and_a_half():
    assert (FAST_MS, SLOW_MS, power.EMPTY_SLEEP_MS) == (250, 1500, 3600000)


def check_a_clip_just_switched_on_has_its_radio_on():
    assert Power().radio


def check_after_boot_it_calls_fast_for_a_minute_then_slowly():
    life = Life()
    assert (life.on.radio, life.on.advertising) == (True, FAST_MS)
    life.until(59)
    assert life.on.advertising == FAST_MS
    life.until(60)
    assert (life.on.radio, life.on.advertising) == (True, SLOW_MS)
    assert life.until(7200).states == [(0, CALLING_FAST), (60, CALLING_SLOW)]


def check_a_touch_of_the_button_makes_it_call_fast_again():
    life = Life().touch(100)
    assert life.until(1000).states[2:] == [(100, CALLING_FAST), (160, CALLING_SLOW)]


def check_while_connected_it_does_not_call():
    life = Life().at(10, connected=True)
    assert (life.on.state, life.on.radio, life.on.advertising) == (LINKED, True, None)


def check_a_lost_link_makes_it_call_fast_for_a_minute():
    timeline = [(10, {"connected": True}), (500, {"connected": False})]
    assert lived(timeline) == [
        (0, CALLING_FAST),
        (10, LINKED),
        (500, CALLING_FAST),
        (560, CALLING_SLOW),
    ]


def check_the_pairing_window_keeps_it_calling_fast():
    timeline = [(100, {"pairing": True}), (220, {"pairing": False})]
    assert lived(timeline)[2:] == [(100, CALLING_FAST), (279, CALLING_SLOW)]


# Alone


def check_alone_the_radio_is_on_for_the_first_minute_only():
    life = Life(alone=True).until(59)
    assert (life.on.radio, life.on.advertising) == (True, FAST_MS)
    life.until(60)
    assert (life.on.radio, life.on.advertising, life.on.state) == (False, None, SILENT)


def check_alone_the_pairing_window_turns_the_radio_on():
    timeline = [(100, {"pairing": True}), (160, {"pairing": False})]
    assert lived(timeline, alone=True)[1:] == [(60, SILENT), (100, CALLING_FAST), (160, SILENT)]


def check_alone_pairing_in_the_first_minute_does_not_shorten_it():
    timeline = [(10, {"pairing": True}), (20, {"pairing": False})]
    assert lived(timeline, alone=True) == [(0, CALLING_FAST), (60, SILENT)]


def check_alone_a_press_alone_leaves_the_radio_off():
    life = Life(alone=True).touch(100)
    assert (life.on.radio, life.on.state) == (False, SILENT)


def check_alone_a_host_that_came_in_time_is_kept():
    timeline = [(30, {"connected": True}), (900, {"connected": False})]
    assert lived(timeline, alone=True) == [
        (0, CALLING_FAST),
        (30, LINKED),
        (900, CALLING_FAST),
        (960, SILENT),
    ]


def check_set_to_alone_by_a_host_it_falls_silent_a_minute_after_the_link():
    timeline = [
        (100, {"connected": True}),
        (200, {"alone": True}),
        (300, {"connected": False}),
    ]
    assert lived(timeline)[2:] == [(100, LINKED), (300, CALLING_FAST), (360, SILENT)]


def check_set_to_alone_while_calling_slowly_it_falls_silent():
    assert lived([(100, {"alone": True})])[2:] == [(100, SILENT)]


def check_no_longer_alone_it_calls():
    assert lived([(100, {"alone": False})], alone=True)[1:] == [(60, SILENT), (100, CALLING_SLOW)]


# Light sleep


def check_alone_and_silent_it_dozes():
    life = Life(alone=True).until(59)
    assert not life.on.light_sleep
    assert life.until(60).on.light_sleep


def check_with_the_radio_on_it_never_dozes():
    assert not Life().until(500).on.light_sleep


def check_for_half_a_minute_after_a_touch_it_does_not_doze():
    life = Life(alone=True).touch(100)
    assert not life.until(129).on.light_sleep
    assert life.until(130).on.light_sleep


def check_on_usb_it_does_not_doze():
    life = Life(alone=True).at(100, usb=True)
    assert not life.on.light_sleep
    assert life.at(200, usb=False).on.light_sleep


def check_while_the_motor_runs_it_does_not_doze():
    life = Life(alone=True).at(100, buzzing=True)
    assert not life.on.light_sleep
    assert life.at(101, buzzing=False).on.light_sleep


# Laid down


def check_laid_down_for_ten_minutes_it_sleeps_until_it_is_moved():
    life = Life().at(1000, **LAID_DOWN).at(1010, **OFF_BODY).until(7200)
    assert (life.second, life.on.deep_sleep, life.on.state) == (1609, MOTION, RESTING)
    assert (life.on.radio, life.on.advertising, life.on.stream_allowed) == (False, None, False)


def check_a_second_before_that_it_is_awake():
    life = Life().at(1000, **LAID_DOWN).at(1010, **OFF_BODY).until(1608)
    assert life.on.deep_sleep is None


def check_a_worn_clip_does_not_sleep():
    assert lived([], until=86400)[-1] == (60, CALLING_SLOW)


def check_a_wearer_who_only_breathes_keeps_it_awake():
    assert Life().at(1000, moved=False).until(4598).on.deep_sleep is None


def check_what_only_hums_for_an_hour_lets_it_sleep():
    assert lived([(1000, {"moved": False})], until=7200)[-1] == (999 + 3600, RESTING)


def check_a_movement_an_hour_keeps_it_awake():
    life = Life()
    for second in range(3000, 20000, 3000):
        life.at(second, moved=True).at(second + 1, moved=False)
    assert life.on.deep_sleep is None


def check_picked_up_in_between_the_ten_minutes_begin_again():
    timeline = [(1000, OFF_BODY), (1500, WORN), (1510, OFF_BODY)]
    assert lived(timeline)[-1] == (1510 + 599, RESTING)


def check_alone_and_laid_down_it_sleeps_as_well():
    assert lived([(1000, OFF_BODY)], alone=True)[-1] == (1599, RESTING)


def check_laid_down_while_a_host_listens_it_sleeps_all_the_same():
    assert lived([(10, {"connected": True}), (1000, OFF_BODY)])[-1] == (1599, RESTING)


def check_woken_and_laid_down_again_it_calls_for_ten_minutes():
    assert lived([], **OFF_BODY) == [
        (0, CALLING_FAST),
        (60, CALLING_SLOW),
        (600, RESTING),
    ]


def check_a_host_that_just_came_has_a_minute():
    life = Life().at(1000, **OFF_BODY).at(1590, connected=True)
    assert life.until(7200).states[-2:] == [(1590, LINKED), (1650, RESTING)]


def check_a_transfer_is_not_cut_short():
    life = Life().at(10, connected=True).at(1000, transferring=True, **OFF_BODY)
    assert life.until(3000).on.deep_sleep is None
    assert life.at(3001, transferring=False).until(7200).states[-1] == (3060, RESTING)


def check_a_touch_of_the_button_gives_ten_more_minutes():
    assert Life().at(1000, **OFF_BODY).touch(1500).until(7200).states[-1] == (2100, RESTING)


def check_pairing_is_not_cut_short():
    timeline = [(1000, OFF_BODY), (1500, {"pairing": True}), (2500, {"pairing": False})]
    assert lived(timeline)[-1] == (2499 + 600, RESTING)


def check_a_buzz_is_not_cut_short():
    timeline = [(1000, OFF_BODY), (1598, {"buzzing": True}), (1602, {"buzzing": False})]
    assert lived(timeline)[-1] == (1602, RESTING)


def check_on_usb_it_does_not_sleep():
    assert lived([(1000, OFF_BODY), (1100, {"usb": True})], until=86400)[-1] == (60, CALLING_SLOW)


def check_unplugged_it_has_ten_minutes_to_be_put_on():
    timeline = [(1000, OFF_BODY), (1100, {"usb": True}), (9000, {"usb": False})]
    assert lived(timeline, until=20000)[-1] == (8999 + 600, RESTING)


def check_a_clip_without_a_sensor_sleeps_too():
    # Nothing is felt.
    assert lived([], **OFF_BODY)[-1] == (600, RESTING)


# The cell


def check_a_low_cell_changes_nothing_but_a_warning():
    life = Life().at(100, battery=LOW)
    assert (life.on.state, life.on.stream_allowed) == (CALLING_SLOW, True)


def check_below_that_streaming_stops_and_calling_goes_on():
    life = Life().at(10, connected=True).at(100, battery=NO_STREAM)
    assert (life.on.state, life.on.stream_allowed) == (LINKED, False)
    life.at(110, connected=False)
    assert (life.on.radio, life.on.advertising) == (True, FAST_MS)
    assert life.at(200, battery=LOW).on.stream_allowed


def check_on_usb_a_low_cell_may_stream():
    assert Life(usb=True).at(100, battery=NO_STREAM).on.stream_allowed


def check_an_empty_cell_makes_it_sleep():
    life = Life().at(100, battery=EMPTY)
    assert (life.on.deep_sleep, life.on.state) == (power.EMPTY, DRAINED)
    assert (life.on.radio, life.on.stream_allowed, life.on.light_sleep) == (False, False, False)


def check_an_empty_cell_ends_a_link_and_a_silence():
    assert lived([(10, {"connected": True}), (100, {"battery": EMPTY})])[-1] == (100, DRAINED)
    assert lived([(100, {"battery": EMPTY})], alone=True)[-1] == (100, DRAINED)


def check_the_warning_buzz_is_felt_before_it_sleeps():
    timeline = [(100, {"battery": EMPTY, "buzzing": True}), (102, {"buzzing": False})]
    assert lived(timeline)[-1] == (102, DRAINED)


def check_an_empty_cell_on_usb_is_being_charged():
    assert lived([], battery=EMPTY, usb=True)[-1] == (60, CALLING_SLOW)


def check_switched_on_with_an_empty_cell_it_is_there_for_half_a_minute():
    assert lived([], battery=EMPTY) == [(0, CALLING_FAST), (30, DRAINED)]


def check_a_touch_of_the_button_holds_an_empty_clip_for_half_a_minute():
    assert Life(battery=EMPTY).touch(20).until(100).states[-1] == (50, DRAINED)


def check_woken_by_the_timer_with_the_cell_still_empty_it_sleeps_without_radio():
    life = Life(woken_by_timer=True, battery=EMPTY)
    assert (life.states, life.on.radio) == ([(0, DRAINED)], False)
    assert not Power(woken_by_timer=True).radio


def check_woken_by_the_timer_with_the_cell_charged_it_lives_on():
    assert lived([], woken_by_timer=True, battery=NO_STREAM) == [
        (0, CALLING_FAST),
        (60, CALLING_SLOW),
    ]


# All of it


def steps_of(states):
    return [(states[i][1], states[i + 1][1]) for i in range(len(states) - 1)]


def random_life(seed):
    """Two hours of anything: ``(steps, what may not be)``."""
    life = Life(seed % 5 == 0, alone=seed % 2 == 0)
    wrong = []
    names = ["connected", "worn", "moved", "pairing", "transferring", "buzzing", "usb"]
    while life.second < 7200 and life.on.deep_sleep is None:
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        draw = (seed >> 8) % 1000
        if draw < 7 * 3:
            name = names[draw // 3]
            life.change({name: not getattr(life.now, name)})
        elif draw == 30:
            life.change({"battery": (GOOD, LOW, NO_STREAM, EMPTY)[(seed >> 20) % 4]})
        elif draw == 31:
            life.change({"alone": not life.now.alone})
        if life.now.connected and not life.on.radio:
            life.change({"connected": False})
        life.now.button = draw == 32
        life.until(life.second + 1)
        wrong += contradictions(life)
    return steps_of(life.states), wrong


def contradictions(life):
    on, now = life.on, life.now
    found = []
    if on.advertising is not None and (now.connected or not on.radio):
        found.append("calls without a radio, or while connected")
    if on.light_sleep and (on.radio or now.usb or now.buzzing or now.button):
        found.append("dozes when it must not")
    if on.deep_sleep is not None and (now.usb or now.buzzing or on.radio or on.stream_allowed):
        found.append("sleeps when it must not")
    if on.deep_sleep == MOTION and (now.pairing or now.transferring or life.second < 600):
        found.append("rests too early")
    if on.radio != (on.state in (CALLING_FAST, CALLING_SLOW, LINKED)):
        found.append("a state that does not say whether the radio is on")
    if life.second < 60 and not on.radio and on.deep_sleep is None:
        found.append("no radio in the first minute")
    return found


def check_whatever_happens_nothing_contradicts_itself():
    for seed in range(1, 41):
        steps, wrong = random_life(seed)
        assert (seed, wrong) == (seed, [])
        assert all(after in WAYS[before] for before, after in steps)


def check_every_way_of_the_diagram_is_walked():
    walked = set()
    for timeline, settings in EVERY_WAY:
        walked.update(steps_of(lived(timeline, until=5000, **settings)))
    ways = set()
    for before, afters in WAYS.items():
        ways.update((before, after) for after in afters)
    assert walked == ways


LINK = {"connected": True}
DRAIN = {"battery": EMPTY}
EVERY_WAY = [
    ([(100, {"button": True}), (101, {"button": False, "alone": True}), (200, DRAIN)], {}),
    ([(100, {"alone": True})], {}),
    ([(10, LINK), (50, DRAIN)], {}),
    ([(10, LINK), (100, {"connected": False}), (150, DRAIN)], {}),
    ([(10, LINK), (100, OFF_BODY)], {}),
    ([(100, LINK)], {}),
    ([(100, DRAIN)], {}),
    ([(1, OFF_BODY)], {}),
    # The host left in the minute it was given: to rest from calling fast.
    ([(1, OFF_BODY), (590, LINK), (605, {"connected": False})], {}),
    ([(100, {"pairing": True}), (200, {"pairing": False}), (300, OFF_BODY)], {"alone": True}),
    ([(100, {"alone": False})], {"alone": True}),
    ([(100, {"pairing": True, "connected": True})], {"alone": True}),
    ([(100, DRAIN)], {"alone": True}),
]


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
