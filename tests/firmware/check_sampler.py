"""The sampler's timelines on a fake bus; runs on CPython and on MicroPython.

The chip puts samples into its FIFO as the clock goes on; times are ticks of 100 us.
"""

import gc

import fake_chip

from clip_firmware.sampler import Sampler
from clip_firmware.samples import Batch

WORDS_DSOX = ("08e80318fcff7f", "10000000000008")
WORDS_DSV = ("08e80318fcff7f", "10000000000008", "98003800b80038", "b0000000000000")


class Clock:
    def __init__(self, now=0):
        self.now = now

    def ticks(self):
        return self.now % (1 << 32)


class Bench:
    """A sampler with its chip, clock and a count of bus recoveries."""

    def __init__(self, chip=None, words=WORDS_DSOX, period_us=19199, now=0):
        self.chip = fake_chip.lsm6dsox() if chip is None else chip
        self.words = words
        self.clock = Clock(now)
        self.recoveries = 0
        self.sampler = Sampler(self.chip, "-z-x+y", self.clock, self._recover)
        self.batch = Batch()
        self.period_us = period_us
        self._slot = 0
        self.next_us = 100 * now + period_us  # of the chip's next sample

    def _recover(self):
        self.recoveries += 1

    def started(self):
        """Set up, its filters settled."""
        assert self.sampler.start()
        self.wait(1000)
        self.take()
        return self

    def wait(self, ticks, sampling=True):
        """Time passes; the chip samples unless it is off."""
        self.clock.now += ticks
        while self.next_us <= 100 * self.clock.now:
            if sampling and self.chip.main.get(0x0A) == 0x06:
                self._sample()
            self._slot += 1
            self.last_us, self.next_us = self.next_us, self.next_us + self.period_us

    def _sample(self):
        if self.chip.level() >= 256:
            self.chip.drop(len(self.words))
        self.chip.put(*[self._word(word) for word in self.words])

    def _word(self, word):
        return f"{int(word[:2], 16) | (self._slot & 3) << 1:02x}{word[2:]}"

    def take(self):
        return self.sampler.take(self.batch)

    def took(self, ticks):
        self.wait(ticks)
        return self.take()

    def woken(self, handled=0, read=0):
        """INT1 rises with the sample that fills a burst, is handled, and then it is read."""
        while self.chip.level() < self.chip.main[0x07]:
            # The clock counts in 100 us: up to the tick in which the sample comes.
            self.wait(-(-self.next_us // 100) - self.clock.now)
        rose = self.clock.now
        self.wait(handled + read)
        self.sampler.risen(100 * (self.clock.now - rose - handled))
        return self.take()

    def late_us(self):
        """How much the batch's stamp is later than its last sample was."""
        return 100 * self.batch.ticks - self.last_us % (100 << 32)


def dsv():
    return Bench(fake_chip.lsm6dsv16x(), WORDS_DSV, 16667)


def check_where_there_is_no_imu_it_says_so_and_can_be_asked_again():
    bench = Bench(fake_chip.lsm6dsox(0x10))
    assert not bench.sampler.start()
    assert bench.sampler.imu is None
    assert not bench.take()
    bench.chip.address = 0x6B
    assert bench.sampler.start()


def check_the_watermark_is_a_fifth_of_a_second():
    for bench, words in ((Bench(), 20), (dsv(), 44)):
        bench.started()
        assert bench.chip.main[0x07] == words


def check_each_chip_has_its_kind_of_orientation():
    assert type(Bench().started().sampler.orientation).__name__ == "FilterOrientation"
    assert type(dsv().started().sampler.orientation).__name__ == "ChipOrientation"


def check_a_burst_comes_whole_and_oriented():
    bench = Bench().started()
    assert bench.took(2000)
    batch = bench.batch
    assert (batch.count in (10, 11), batch.lost, batch.period_us) == (True, False, 19199)
    # Chip z is up, which is where the clip's back points: lying on its front.
    assert abs(sum([part * part for part in batch.quat[:4]]) - 32767 * 32767) < 1e6


def check_nothing_new_is_no_batch():
    bench = Bench().started()
    assert bench.took(2000)
    assert not bench.take()
    assert bench.sampler.faults == 0


def check_stamps_are_never_late_nor_older_than_a_period():
    for period_us in (19199, 19000, 19400):  # the trim's word, and 1 % off it
        bench = Bench(period_us=period_us).started()
        for pause in (2000, 1900, 2100, 5000, 2010, 300, 2000) * 8:
            if bench.took(pause):
                behind_us = 100 * (bench.clock.now - bench.batch.ticks)
                assert 0 <= behind_us <= 19199 + 100


def check_stamps_settle_on_the_samples_times():
    # One period of doubt at first; bursts read at all phases narrow it down.
    bench = Bench().started()
    for _ in range(100):
        bench.took(2007)
    errors = []
    for _ in range(20):
        bench.took(2007)
        errors.append(bench.late_us())
    assert max(errors) - min(errors) <= 100
    assert max([abs(error) for error in errors]) < 2000


def check_woken_by_int1_stamps_are_the_samples_times_from_the_first_on():
    for bench in (Bench(), dsv()):
        assert bench.sampler.start()
        for _ in range(50):
            assert bench.woken(read=30)
            # A tick by which the clock, one by which the age of the interrupt is cut.
            assert -200 <= bench.late_us() <= 100


def check_a_period_that_is_not_quite_the_chips_does_not_lead_them_astray():
    for period_us in (19186, 19212):  # half a step of the trim: 0.065 %
        bench = Bench(period_us=period_us)
        assert bench.sampler.start()
        for _ in range(100):
            assert bench.woken()
            assert -400 <= bench.late_us() <= 400


def check_stamps_that_began_without_int1_are_right_after_two_seconds_of_it():
    bench = Bench().started()
    assert bench.took(2100)
    assert abs(bench.late_us()) > 1000
    for _ in range(10):
        bench.woken()
    assert abs(bench.late_us()) <= 200


def check_an_interrupt_that_is_handled_late_moves_a_stamp_by_a_millisecond():
    bench = Bench()
    assert bench.sampler.start()
    late = []
    for number in range(60):
        bench.woken(handled=150 if number % 6 == 5 else 0)
        late.append(bench.late_us())
    assert max(late) <= 1100
    assert late[-2] <= 100


def check_an_interrupt_from_before_a_loss_is_not_believed():
    bench = Bench()
    assert bench.sampler.start()
    for _ in range(10):
        bench.woken()
    before = bench.sampler.lost_samples
    bench.wait(1800)
    bench.chip.drop(3 * len(bench.words))
    bench.woken(read=40)
    assert bench.batch.lost
    assert abs(bench.late_us()) <= 19199 / 2 + 100
    assert bench.sampler.lost_samples - before == 3
    for _ in range(10):
        bench.woken()
    assert abs(bench.late_us()) <= 200


def check_an_interrupt_long_past_is_not_believed():
    bench = Bench()
    assert bench.sampler.start()
    for _ in range(10):
        bench.woken()
    before = bench.late_us()
    bench.wait(2000)
    bench.sampler.risen(900000)
    assert bench.take()
    assert abs(bench.late_us() - before) <= 100


def check_a_failed_transfer_does_not_forget_when_int1_rose():
    bench = Bench()
    assert bench.sampler.start()
    for _ in range(10):
        bench.woken()
    bench.chip.faults = 1
    assert not bench.woken()
    assert bench.took(200)
    assert abs(bench.late_us()) <= 200


def check_stamps_go_on_across_the_wrap_of_the_clock():
    bench = Bench(now=(1 << 32) - 3000).started()
    last = None
    for _ in range(6):
        bench.took(2000)
        if last is not None:
            passed = (bench.batch.ticks - last) % (1 << 32)
            assert abs(passed - 191.99 * bench.batch.count) <= 193
        last = bench.batch.ticks
    assert last is not None
    assert last < 20000


def check_a_full_batch_is_stamped_before_what_still_waits():
    bench = Bench().started()
    bench.wait(19199 * 2)  # 200 samples
    assert bench.take()
    first, count = bench.batch.ticks, bench.batch.count
    assert 60 < count < 65
    assert bench.take()
    assert abs(bench.batch.ticks - first - 191.99 * bench.batch.count) < 193


def check_an_overrun_is_flagged_and_what_it_cost_is_counted():
    bench = Bench().started()
    bench.took(2000)
    bench.wait(9600, sampling=False)  # 50 samples
    bench.chip.overrun = True
    assert bench.took(2000)
    assert bench.batch.lost
    assert 48 <= bench.sampler.lost_samples <= 52
    assert bench.took(2000)
    assert not bench.batch.lost


def check_the_first_batch_of_all_is_no_loss():
    bench = Bench()
    assert bench.sampler.start()
    assert bench.took(3000)
    assert not bench.batch.lost
    assert bench.sampler.lost_samples == 0


def check_a_single_fault_is_counted_and_costs_nothing():
    bench = Bench().started()
    bench.chip.faults = 1
    assert not bench.took(2000)
    assert bench.sampler.faults == 1
    assert bench.take()
    assert (bench.batch.lost, bench.recoveries) == (False, 0)


def check_three_faults_in_a_row_free_the_bus_and_set_the_chip_up_anew():
    bench = Bench().started()
    bench.took(2000)
    bench.chip.faults = 3
    bench.chip.log.clear()
    for _ in range(3):
        assert not bench.took(2000)
    assert (bench.recoveries, bench.sampler.faults) == (1, 3)
    assert (0x0A, 0x06) in bench.chip.log
    assert bench.took(3000)
    assert bench.batch.lost
    # The 31 samples since the fault began, and the 4 while the filters settle.
    assert 33 <= bench.sampler.lost_samples <= 37


def check_a_fault_may_be_tried_again_at_once_but_not_once_the_bus_was_freed():
    bench = Bench().started()
    bench.chip.faults = 1000
    seen = []
    for _ in range(6):
        bench.took(200)
        seen.append(bench.sampler.failing)
    assert seen == [True, True, False, True, True, False]
    bench.chip.faults = 1
    bench.took(2000)
    bench.took(200)
    assert not bench.sampler.failing


def check_faults_with_good_reads_between_do_not_add_up():
    bench = Bench().started()
    for _ in range(6):
        bench.chip.faults = 1
        bench.took(2000)
        assert bench.took(2000)
    assert (bench.recoveries, bench.sampler.faults) == (0, 6)


def check_a_bus_that_stays_dead_is_tried_again_and_comes_back():
    bench = Bench().started()
    bench.chip.faults = 1000
    for _ in range(50):
        assert not bench.took(2000)
    assert bench.recoveries > 10
    bench.chip.faults = 0
    good = [bench.took(2000) for _ in range(5)]
    assert good[-1]


def check_a_chip_that_lost_its_supply_is_set_up_anew_within_a_second():
    bench = Bench().started()
    bench.took(2000)
    bench.chip.lose_power()
    good = [bench.took(2000) for _ in range(6)]
    assert good == [False, False, False, True, True, True]
    assert bench.sampler.faults == 1
    assert bench.sampler.lost_samples > 30


def check_the_loss_of_supply_is_told_in_the_next_batch():
    bench = dsv().started()
    bench.took(2000)
    bench.chip.lose_power()
    while not bench.took(2000):
        pass
    assert bench.batch.lost


def check_a_chip_that_answers_but_never_samples_is_set_up_anew():
    bench = Bench().started()
    for _ in range(20):
        bench.wait(2000, sampling=False)
        bench.take()
    assert bench.sampler.faults == 1


def check_a_bus_that_brings_one_level_only_is_freed_before_long():
    for level in (0x00, 0xFF):
        bench = Bench().started()
        bench.chip.stuck = level
        for _ in range(20):
            assert not bench.took(2000)
        assert bench.sampler.faults > 0
        assert bench.recoveries > 0
        bench.chip.stuck = None
        good = [bench.took(2000) for _ in range(5)]
        assert good[-1]


def check_another_chip_in_its_place_is_a_fault():
    bench = Bench().started()
    bench.chip.main[0x0F] = 0x70
    bench.chip.faults = 3
    for _ in range(4):
        bench.took(2000)
    assert bench.sampler.faults > 3


def allocated_per_sample(bench):
    """Bytes on the heap that taking a burst costs, by sample; 0 where nobody counts them."""
    bench.started()
    bench.took(2000)
    bench.wait(2000)
    allocated = getattr(gc, "mem_alloc", None)
    if allocated is None:
        return 0
    gc.collect()
    gc.disable()
    before = allocated()
    bench.take()
    spent = allocated() - before
    gc.enable()
    return spent / bench.batch.count


def check_with_the_chips_fusion_a_sample_costs_the_heap_next_to_nothing():
    # Measured: 67 bytes, which are two floats of 32 for the square root and a share of one
    # slice of the buffer.  A board's floats take half of that.
    assert allocated_per_sample(dsv()) < 100


def check_with_the_filter_a_sample_costs_the_heap_its_floats_and_no_more():
    # Measured: 7.6 kB, nearly all of it the tilt filter's 230 floats and tuples.
    assert allocated_per_sample(Bench()) < 8500


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
