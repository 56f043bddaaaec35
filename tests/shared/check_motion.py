"""Still, moving, walking, told as timelines; runs on CPython and on MicroPython.

A stretch is (seconds, what happens): ``s`` sits, ``w`` walks at 1.8 steps a second, ``r`` rocks
once a second, ``k`` gets a knock, ``t`` turns the trunk by 20 degrees a second.
"""

from math import pi, sin

from midback.shared.motion import MOVING, STILL, WALKING, MotionGate, acceleration_sums

G = 2048  # counts
SAMPLES = 5
PACKET_S = 0.2
HZ = {"w": 1.8, "r": 1.0}


class Followed:
    """What the gate says of each packet."""

    def __init__(self):
        self.gate = MotionGate()
        self.states = []
        self.settling = []
        self._flexion_deg = 0.0

    def go(self, *stretches):
        for seconds, what in stretches:
            for nth in range(round(seconds / PACKET_S)):
                self._packet(what, nth)
        return self

    def _packet(self, what, nth):
        number = len(self.states)
        counts = []
        for sample in range(SAMPLES):
            time_s = PACKET_S * number + PACKET_S / SAMPLES * sample
            away_g = 0.004 * sin(2 * pi * 3.3 * time_s)
            if what in HZ:
                away_g = 0.2 * sin(2 * pi * HZ[what] * time_s)
            elif what == "k" and nth == 0:
                away_g = 0.06 * (-1) ** sample
            counts += [0, 0, round(G * (1.0 + away_g))]
        if what == "t":
            self._flexion_deg += 20.0 * PACKET_S
        sums = acceleration_sums(counts, 0, 3, 1 / G)
        self.gate.update(PACKET_S * (number + 1), SAMPLES, *sums, self._flexion_deg)
        self.states.append(self.gate.state)
        self.settling.append(self.gate.settling)

    def judged(self):
        """How many packets may be judged."""
        judged = 0
        for nth in range(len(self.states)):
            judged += self.states[nth] == STILL and not self.settling[nth]
        return judged


def check_the_numbers_of_the_states():
    assert (STILL, MOVING, WALKING) == (0, 1, 2)


def check_sitting_is_still():
    assert Followed().go((60, "s")).judged() == 300


def check_a_walk_is_movement_at_once_and_walking_after_some_seconds():
    on = Followed().go((10, "s"), (20, "w"))
    assert on.judged() <= 50
    begins = on.states.index(WALKING) - 50
    assert 15 <= begins <= 25
    assert set(on.states[50 + begins :]) == {WALKING}


def check_nothing_is_judged_for_ten_seconds_after_a_walk():
    on = Followed().go((20, "w"), (30, "s"))
    # Steps stay in sight for half a second to two.
    assert 30 - 10 - 2.4 <= on.judged() * PACKET_S <= 30 - 10 - 0.4


def check_rocking_is_movement_and_no_walk():
    on = Followed().go((10, "s"), (30, "r"), (10, "s"))
    assert WALKING not in on.states
    assert set(on.states[52:200]) == {MOVING}
    assert on.states[-1] == STILL


def check_a_knock_or_a_turn_costs_less_than_a_second():
    for what in "kt":
        on = Followed().go((10, "s"), (PACKET_S, what), (10, "s"))
        assert 96 <= on.judged() < 101
        assert on.states[50] == MOVING


def check_after_a_gap_it_begins_anew():
    on = Followed().go((20, "w"))
    on.gate.reset()
    on.go((10, "s"))
    assert on.judged() == 50


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
