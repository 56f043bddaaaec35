"""From which posture slumps count, as timelines; runs on CPython and on MicroPython."""

from midback.shared.home import Homes


def counted(homes, *stretches):
    """The relative flexion at the end of each (seconds, flexion), at five a second."""
    watch = Homes(homes)
    found = []
    time_s = 0.0
    for seconds, flexion in stretches:
        relative = None
        for _ in range(5 * seconds):
            time_s += 0.2
            relative = watch.update(time_s, flexion)
        found.append(relative)
    return found


def check_without_homes_slumps_count_from_upright():
    assert counted((), (60, 0.0), (60, 15.0), (60, -12.0)) == [0.0, 15.0, -12.0]


def check_in_a_home_they_count_from_it_at_once():
    assert counted((-14.0,), (1, -12.0)) == [2.0]


def check_who_was_long_in_a_home_is_judged_by_it_beyond():
    assert counted((-24.0,), (30, -22.0), (60, -12.0)) == [2.0, 12.0]


def check_who_passed_through_it_is_not():
    assert counted((-24.0,), (15, -22.0), (60, -12.0)) == [2.0, -12.0]


def check_twenty_seconds_upright_lead_back_to_upright():
    assert counted((-24.0,), (30, -22.0), (19, 2.0), (1, -12.0))[-1] == 12.0
    assert counted((-24.0,), (30, -22.0), (21, 2.0), (1, -12.0))[-1] == -12.0


def check_leaving_a_home_for_a_moment_starts_its_time_anew():
    assert counted((-24.0,), (15, -24.0), (1, -15.0), (15, -24.0), (1, -12.0))[-1] == -12.0


def check_of_two_homes_nearby_the_nearer_one_counts():
    assert counted((14.0, 20.0), (1, 15.5), (1, 17.5)) == [1.5, -2.5]


def check_a_silence_is_no_time_in_a_home():
    watch = Homes((20.0,))
    for minute in range(5):
        watch.update(60.0 * minute, 20.0)

    assert watch.home_deg == 0.0


def check_who_got_up_begins_in_upright():
    watch = Homes((20.0,))
    for fifth in range(150):
        watch.update(0.2 * fifth, 20.0)
    assert watch.home_deg == 20.0
    watch.reset()

    assert watch.update(40.0, 9.0) == 9.0


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
