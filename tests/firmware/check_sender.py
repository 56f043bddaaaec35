"""What goes out, in which order; runs on CPython and on MicroPython."""

from fake_radio import FakeRadio

from clip_firmware.outbox import Outbox
from clip_firmware.radio import FULL, GONE, SENT
from clip_firmware.sender import AGAIN_MS, SPACING_MS, Sender
from midback.shared import wire

BOOT = 77
TICKS = 123456


class FakeClock:
    def ticks(self):
        return TICKS


class FakeLog:
    """Records from ``first`` up to but without ``next``; ``holes`` cannot be read."""

    def __init__(self, first=0, after=0, holes=()):
        self.first, self.next = first, after
        self.holes = holes
        self.asked = []

    def read(self, first, most):
        self.asked.append(most)
        wanted = [n for n in range(max(first, self.first), self.next) if n not in self.holes]
        return [record(n) for n in wanted[:most]]


def record(sequence):
    return wire.EpochRecord(sequence, 0, BOOT, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0)


def packet(sequence, samples=1):
    counts = [sequence] * 7 * samples
    return wire.StreamPacket(wire.KIND_ORIENTATION, 0, sequence, BOOT, TICKS, 40000, counts)


class Bench:
    def __init__(self, log=None, mtu=247):
        self.radio = FakeRadio()
        self.outbox = Outbox(2048, 16)
        self.log = FakeLog() if log is None else log
        sender = Sender(
            self.radio,  # pyright: ignore[reportArgumentType]
            self.log,  # pyright: ignore[reportArgumentType]
            FakeClock(),  # pyright: ignore[reportArgumentType]
            self.outbox,
            BOOT,
        )
        self.sender = sender
        self.radio.link(mtu)

    def add(self, *sequences):
        for sequence in sequences:
            self.sender.add(packet(sequence))
        return self

    def live(self, *sequences):
        self.sender.begin()
        return self.add(*sequences)

    def run(self):
        """Everything that goes out, and the waits in between."""
        waits = []
        while True:
            wait_ms = self.sender.send()
            if wait_ms is None:
                return waits
            waits.append(wait_ms)
            assert len(waits) < 200

    def order(self):
        self.run()
        return "".join([kind for kind, _ in self.radio.sent])

    def sequences(self):
        self.run()
        return [wire.decode_stream(sent).sequence for kind, sent in self.radio.sent if kind == "s"]

    def pages(self):
        """Sequence numbers of each page's records."""
        self.run()
        pages = [wire.decode_page(sent) for kind, sent in self.radio.sent if kind == "l"]
        assert all((boot, ticks) == (BOOT, TICKS) for boot, ticks, _ in pages)
        return [[found.sequence for found in records] for _, _, records in pages]


def check_replies_go_first_then_live_packets_those_again_the_log_and_the_status():
    bench = Bench(FakeLog(0, 1)).live(1, 2)
    bench.run()
    bench.radio.sent.clear()
    bench.sender.status = b"status"
    bench.sender.read_log(0, 2)
    bench.add(3)
    bench.outbox.resend(1, 2)
    bench.sender.reply(b"reply")
    assert bench.order() == "rsssllt"
    flags = [wire.decode_stream(sent).flags for kind, sent in bench.radio.sent if kind == "s"]
    assert flags == [0, wire.FLAG_RESENT, wire.FLAG_RESENT]


def check_packets_in_a_row_are_spaced_replies_and_status_are_not():
    bench = Bench(FakeLog()).live(1, 2)
    bench.sender.reply(b"reply")
    bench.sender.read_log(0, 1)
    bench.sender.status = b"status"
    assert bench.run() == [0, SPACING_MS, SPACING_MS, SPACING_MS, 0]


def check_with_nothing_to_send_it_need_not_be_called():
    assert Bench().sender.send() is None


def check_packets_are_kept_but_not_sent_until_the_host_wants_them():
    bench = Bench().add(1, 2)
    assert bench.sequences() == []
    assert bench.outbox.resend(1, 2) == (1, 2)


def check_a_host_that_begins_gets_the_newest_first_and_may_ask_for_the_rest():
    bench = Bench().add(1, 2, 3)
    bench.sender.begin()
    assert bench.sequences() == [3]
    bench.outbox.resend(1, 2)
    assert bench.sequences() == [3, 1, 2]


def check_a_host_that_begins_twice_misses_nothing():
    bench = Bench().live(1, 2, 3)
    bench.sender.begin()
    assert bench.sequences() == [1, 2, 3]


def check_a_host_that_wants_no_more_gets_no_more():
    bench = Bench().live(1)
    bench.run()
    bench.sender.end()
    assert bench.add(2).sequences() == [1]


def check_a_full_radio_keeps_everything_in_its_order():
    bench = Bench(FakeLog(0, 1)).live(1)
    bench.sender.reply(b"reply")
    bench.sender.status = b"status"
    bench.sender.read_log(0, 2)
    bench.radio.outcomes = [FULL, FULL, SENT, FULL, SENT, FULL, SENT, FULL, SENT, FULL, SENT]
    assert bench.run()[:4] == [AGAIN_MS, AGAIN_MS, 0, AGAIN_MS]
    assert "".join([kind for kind, _ in bench.radio.sent]) == "rsllt"


def check_a_page_that_waits_for_a_full_radio_is_not_read_again():
    bench = Bench(FakeLog(0, 20))
    bench.sender.read_log(0, 1)
    bench.radio.outcomes = [FULL, FULL, SENT]
    assert bench.pages() == [[0, 1, 2, 3, 4, 5, 6]]
    assert bench.log.asked == [7]


def check_what_a_small_link_cannot_carry_does_not_hold_up_the_rest():
    bench = Bench(mtu=40).live()
    bench.sender.add(packet(1, 5))
    bench.add(2)
    bench.sender.status = b"status"
    assert bench.order() == "st"
    assert bench.sequences() == [2]


def check_when_the_link_is_gone_nothing_is_used_up():
    bench = Bench().live(1)
    bench.radio.unlink()
    assert bench.run() == []
    bench.radio.link()
    assert bench.sequences() == [1]


def check_a_link_that_goes_while_sending_costs_no_packet():
    bench = Bench().live(1)

    def gone(payload):
        del payload
        bench.radio.unlink()
        return GONE

    bench.radio.notify_stream, notify = gone, bench.radio.notify_stream
    assert bench.run() == []
    bench.radio.notify_stream = notify
    bench.radio.link()
    assert bench.sequences() == [1]


def check_what_a_host_that_wants_no_stream_asks_for_comes_again_all_of_it():
    bench = Bench().add(1, 2, 3)
    assert bench.sender.resend(0, 9) == (1, 3)
    assert bench.sequences() == [1, 2, 3]


def check_what_was_asked_for_before_the_stream_began_comes_with_it():
    bench = Bench().add(1, 2, 3)
    bench.sender.resend(1, 3)
    bench.live(4, 5)
    assert bench.sequences() == [4, 5, 1, 2, 3]


def check_while_it_streams_what_was_not_sent_yet_comes_once_and_in_its_turn():
    bench = Bench().live(1, 2)
    bench.run()
    bench.add(3, 4)
    assert bench.sender.resend(2, 9) == (2, 3)
    assert bench.sequences() == [1, 2, 3, 4, 2]


def check_a_host_not_trusted_is_told_nothing():
    bench = Bench().live(1)
    bench.sender.reply(b"reply")
    bench.sender.status = b"status"
    bench.radio.trusted = False
    assert bench.order() == ""


def check_the_end_of_a_link_forgets_what_only_that_host_asked_for():
    bench = Bench(FakeLog(0, 9)).live(1, 2, 3)
    bench.run()
    bench.radio.sent.clear()
    bench.sender.reply(b"reply")
    bench.sender.status = b"status"
    bench.sender.read_log(0, 5)
    bench.outbox.resend(1, 3)
    bench.sender.link_ended()
    assert bench.order() == ""
    assert (bench.sender.streaming, bench.sender.transferring) == (False, False)
    # The last minute stays for whoever comes.
    assert bench.outbox.resend(1, 3) == (1, 3)


def check_a_flood_of_replies_costs_the_oldest():
    bench = Bench()
    for number in range(20):
        bench.sender.reply(bytes((number,)))
    bench.run()
    assert [sent[0] for _, sent in bench.radio.sent] == [12, 13, 14, 15, 16, 17, 18, 19]


def check_a_newer_status_takes_the_place_of_one_that_waits():
    bench = Bench()
    bench.sender.status = b"old"
    bench.sender.status = b"new"
    bench.run()
    assert bench.radio.sent == [("t", b"new")]


def check_the_log_comes_in_pages_of_seven_and_ends_with_an_empty_one():
    bench = Bench(FakeLog(0, 10))
    bench.sender.read_log(0, 32)
    assert bench.pages() == [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9], []]
    assert not bench.sender.transferring


def check_an_empty_log_is_one_empty_page():
    bench = Bench()
    bench.sender.read_log(5, 32)
    assert bench.pages() == [[]]


def check_no_more_pages_come_than_were_asked_for():
    bench = Bench(FakeLog(0, 30))
    bench.sender.read_log(0, 2)
    assert bench.pages() == [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12, 13]]


def check_reading_begins_at_the_record_asked_for_or_at_the_oldest():
    bench = Bench(FakeLog(10, 14))
    bench.sender.read_log(12, 1)
    bench.sender.read_log(12, 1)
    assert bench.pages() == [[12, 13]]
    bench = Bench(FakeLog(10, 14))
    bench.sender.read_log(0, 1)
    assert bench.pages() == [[10, 11, 12, 13]]


def check_beyond_the_end_is_an_empty_page():
    for first in (14, 0xFFFFFFFF):
        bench = Bench(FakeLog(10, 14))
        bench.sender.read_log(first, 32)
        assert bench.pages() == [[]]


def check_a_hole_in_the_log_is_passed_over():
    bench = Bench(FakeLog(0, 12, holes=(2, 3, 4)))
    bench.sender.read_log(0, 32)
    assert bench.pages() == [[0, 1, 5, 6, 7, 8, 9], [10, 11], []]


def check_a_smaller_link_gets_smaller_pages():
    bench = Bench(FakeLog(0, 3), mtu=3 + 8 + 2 * 32)
    bench.sender.read_log(0, 32)
    assert bench.pages() == [[0, 1], [2], []]


def check_it_transfers_until_the_last_page_is_out():
    bench = Bench(FakeLog(0, 1))
    bench.sender.read_log(0, 1)
    bench.radio.outcomes = [FULL]
    bench.sender.send()
    assert bench.sender.transferring
    bench.run()
    assert not bench.sender.transferring


def check_a_newer_request_takes_the_place_of_the_one_under_way():
    bench = Bench(FakeLog(0, 40))
    bench.sender.read_log(0, 32)
    bench.radio.outcomes = [SENT, FULL]
    bench.sender.send()
    bench.sender.send()
    bench.sender.read_log(30, 1)
    assert bench.pages()[1:] == [[30, 31, 32, 33, 34, 35, 36]]


def check_live_packets_do_not_wait_for_the_log():
    bench = Bench(FakeLog(0, 40)).live()
    bench.sender.read_log(0, 3)
    bench.sender.send()
    bench.add(1)
    assert bench.order()[:3] == "lsl"


def check_room_is_what_the_mtu_leaves():
    assert [Bench(mtu=mtu).sender.room(14) for mtu in (23, 247, 10)] == [6, 230, 0]


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
