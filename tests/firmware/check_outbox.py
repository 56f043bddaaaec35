"""The last minute of packets: order, loss, acknowledging, sending again; on both Pythons."""

from clip_firmware.outbox import LARGE, SMALL, Outbox
from midback.shared import wire

NOTHING = 0


def filled(outbox: Outbox, *sequences: int, size: int = 28) -> Outbox:
    """Add packets that carry their sequence in the bytes after the flags."""
    buffer = bytearray(wire.MAX_PAYLOAD)
    for sequence in sequences:
        buffer[4], buffer[5] = sequence & 0xFF, sequence >> 8
        outbox.add(buffer, size, sequence)
    return outbox


def sequence_of(packet: memoryview) -> int:
    return packet[4] | packet[5] << 8


def flags_of(packet: memoryview | None) -> int | None:
    return None if packet is None else packet[3]


def sent(outbox: Outbox, most: int = 1000) -> list[int]:
    sequences = []
    while len(sequences) < most and (packet := outbox.next()) is not None:
        sequences.append(sequence_of(packet))
        outbox.sent()
    return sequences


def resent(outbox: Outbox, most: int = 1000) -> list[int]:
    sequences = []
    while len(sequences) < most and (packet := outbox.next_resend()) is not None:
        sequences.append(sequence_of(packet))
        outbox.resent()
    return sequences


def check_an_empty_box_has_nothing_to_send():
    outbox = Outbox()
    outbox.sent()
    outbox.resent()
    outbox.skip_to_newest()
    outbox.acknowledge(7)
    assert outbox.next() is None
    assert outbox.next_resend() is None
    assert outbox.resend(7, 600) == (7, 0)


def check_packets_leave_in_order_and_once():
    outbox = filled(Outbox(), 5, 6, 7)
    assert sent(outbox) == [5, 6, 7]
    assert sent(outbox) == []
    assert sent(filled(outbox, 8)) == [8]


def check_a_packet_not_sent_is_offered_again():
    outbox = filled(Outbox(), 5, 6)
    outbox.next()
    assert sent(outbox) == [5, 6]


def check_a_packet_is_copied_as_long_as_it_is():
    buffer = bytearray(range(244))
    outbox = Outbox()
    outbox.add(memoryview(buffer), 31, 0)
    outbox.add(buffer, 244, 1)
    whole = bytes(buffer)
    for i in range(244):
        buffer[i] = 0xEE
    assert bytes(outbox.next() or b"") == whole[:31]
    outbox.sent()
    assert bytes(outbox.next() or b"") == whole


def check_lengths_no_packet_has_are_refused():
    for length in (0, 3, 245):
        try:
            Outbox().add(bytearray(300), length, 0)
        except ValueError:
            continue
        raise AssertionError(length)


def check_a_box_too_small_or_too_large_is_refused():
    for size in (243, 65537):
        try:
            Outbox(size)
        except ValueError:
            continue
        raise AssertionError(size)


def check_the_oldest_packets_make_room_by_number():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4, 5)
    assert sent(outbox) == [3, 4, 5]


def check_the_oldest_packets_make_room_by_size():
    outbox = filled(Outbox(size=300), 1, 2, 3, size=100)
    filled(outbox, 4, size=50)
    assert sent(outbox) == [2, 3, 4]


def check_a_packet_that_just_fits_costs_no_more():
    outbox = filled(Outbox(size=300), 1, 2, 3, size=100)
    filled(outbox, 4, size=100)
    assert sent(outbox) == [2, 3, 4]


def check_a_large_packet_takes_the_room_of_several():
    outbox = filled(Outbox(size=300), *range(10), size=30)
    filled(outbox, 10, size=244)
    assert sent(outbox) == [9, 10]


def check_the_end_of_the_ring_is_left_when_a_packet_does_not_fit():
    # 40 bytes remain behind the third; the fourth goes to the front and costs the first two.
    outbox = filled(Outbox(size=340), 1, 2, 3, size=100)
    filled(outbox, 4, size=120)
    assert sent(outbox) == [3, 4]


def check_packets_at_the_end_of_the_ring_go_before_those_at_its_front():
    # Ten of 50 in a ring of 300: 7 to 10 lie at the front, 5 and 6 behind them.  120 bytes do
    # not fit behind: 5 and 6 go, being the oldest, and then 7 to 9 for the room.
    outbox = filled(Outbox(size=300), *range(1, 11), size=50)
    filled(outbox, 11, size=120)
    assert sent(outbox) == [10, 11]


def minute(room: int, size: int) -> tuple[int, int]:
    """What of a minute's packets such a box keeps."""
    return filled(Outbox(room), *range(360), size=size).resend(0, 360)


def check_a_minute_of_what_the_host_asks_for_fits():
    # At 60 Hz six packets a second: of 5 averaged orientations, and of 10 raw samples.
    assert minute(SMALL, 14 + 5 * 14) == (0, 360)
    assert minute(LARGE, 14 + 10 * 12) == (0, 360)


def check_loss_of_unsent_packets_shows_in_the_next():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4)
    assert flags_of(outbox.next()) == wire.FLAG_LOST
    outbox.sent()
    assert flags_of(outbox.next()) == NOTHING


def check_dropping_what_was_sent_is_no_loss():
    outbox = filled(Outbox(most=3), 1, 2, 3)
    sent(outbox, 2)
    filled(outbox, 4, 5)
    assert flags_of(outbox.next()) == NOTHING
    assert sent(outbox) == [3, 4, 5]


def check_a_loss_is_not_forgotten_when_the_marked_packet_is_lost_as_well():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4)
    outbox.next()
    filled(outbox, 5)
    packet = outbox.next()
    assert packet is not None
    assert (sequence_of(packet), flags_of(packet)) == (3, wire.FLAG_LOST)


def check_other_flags_of_a_packet_stay():
    buffer = bytearray(28)
    buffer[3] = wire.FLAG_SHAKEN
    outbox = filled(Outbox(most=1), 1)
    outbox.add(buffer, 28, 2)
    assert flags_of(outbox.next()) == wire.FLAG_SHAKEN | wire.FLAG_LOST
    outbox.sent()
    outbox.resend(2, 1)
    everything = wire.FLAG_SHAKEN | wire.FLAG_LOST | wire.FLAG_RESENT
    assert flags_of(outbox.next_resend()) == everything


def check_a_packet_dropped_while_it_was_sent_does_not_take_the_next_along():
    outbox = filled(Outbox(most=2), 1, 2)
    outbox.next()
    filled(outbox, 3)
    outbox.sent()
    assert sent(outbox) == [2, 3]


def check_live_first_skips_to_the_newest():
    outbox = filled(Outbox(), 1, 2, 3, 4)
    outbox.skip_to_newest()
    assert sent(outbox) == [4]
    outbox.skip_to_newest()
    assert sent(outbox) == []


def check_skipped_packets_are_not_lost_and_can_be_asked_for():
    outbox = filled(Outbox(), 1, 2, 3, 4)
    outbox.skip_to_newest()
    assert flags_of(outbox.next()) == NOTHING
    assert outbox.resend(1, 3) == (1, 3)
    assert resent(outbox) == [1, 2, 3]


def check_a_loss_before_skipped_packets_shows_in_the_oldest_of_them():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4)
    outbox.skip_to_newest()
    assert flags_of(outbox.next()) == NOTHING
    outbox.resend(2, 1)
    assert flags_of(outbox.next_resend()) == wire.FLAG_LOST | wire.FLAG_RESENT


def check_acknowledged_packets_are_gone():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox)
    outbox.acknowledge(2)
    assert outbox.resend(1, 3) == (3, 1)
    assert resent(outbox) == [3]


def check_an_old_acknowledgement_takes_nothing():
    outbox = filled(Outbox(), 100, 101)
    sent(outbox)
    outbox.acknowledge(99)
    assert outbox.resend(100, 2) == (100, 2)


def check_what_was_not_sent_cannot_be_acknowledged():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox, 1)
    outbox.acknowledge(3)
    assert sent(outbox) == [2, 3]
    assert outbox.resend(1, 3) == (2, 2)


def check_acknowledging_crosses_the_wrap():
    outbox = filled(Outbox(), 65534, 65535, 0, 1)
    sent(outbox)
    outbox.acknowledge(0)
    assert outbox.resend(65534, 4) == (1, 1)


def check_packets_sent_again_are_marked_and_in_order():
    outbox = filled(Outbox(), 1, 2, 3, 4)
    sent(outbox)
    assert outbox.resend(2, 2) == (2, 2)
    assert flags_of(outbox.next_resend()) == wire.FLAG_RESENT
    assert resent(outbox) == [2, 3]
    assert outbox.next_resend() is None


def check_sending_again_crosses_the_wrap():
    outbox = filled(Outbox(), 65534, 65535, 0, 1)
    sent(outbox)
    assert outbox.resend(65535, 2) == (65535, 2)
    assert resent(outbox) == [65535, 0]


def check_only_what_is_kept_comes_again():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4, 5)
    sent(outbox)
    assert outbox.resend(1, 3) == (3, 1)
    assert resent(outbox) == [3]
    assert outbox.resend(1, 2) == (1, 0)
    assert outbox.resend(6, 600) == (6, 0)


def check_unsent_packets_count_as_coming_but_come_once():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox, 1)
    assert outbox.resend(1, 3) == (1, 3)
    assert resent(outbox) == [1]
    assert sent(outbox) == [2, 3]


def check_skipped_altogether_what_was_kept_comes_only_again_and_what_is_new_in_its_turn():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox, 1)
    outbox.skip_all()
    assert outbox.resend(2, 5) == (2, 2)
    assert sent(filled(outbox, 4)) == [4]
    assert resent(outbox) == [2, 3]


def check_a_loss_before_all_that_is_skipped_shows_in_the_oldest_of_it():
    outbox = filled(Outbox(most=3), 1, 2, 3, 4)
    outbox.skip_all()
    outbox.resend(2, 3)
    assert flags_of(outbox.next_resend()) == wire.FLAG_LOST | wire.FLAG_RESENT
    assert flags_of(filled(outbox, 5).next()) == NOTHING


def check_live_packets_go_on_between_those_sent_again():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox)
    outbox.resend(1, 3)
    assert resent(outbox, 1) == [1]
    assert sent(filled(outbox, 4)) == [4]
    assert resent(outbox) == [2, 3]


def check_packets_dropped_while_others_are_sent_again_are_left_out():
    outbox = filled(Outbox(most=4), 1, 2, 3, 4)
    sent(outbox)
    outbox.resend(1, 4)
    outbox.next_resend()
    filled(outbox, 5, 6)
    outbox.resent()
    assert resent(outbox) == [3, 4]


def check_a_new_request_takes_the_place_of_the_old_one():
    outbox = filled(Outbox(), 1, 2, 3, 4)
    sent(outbox)
    outbox.resend(1, 2)
    outbox.resend(4, 1)
    assert resent(outbox) == [4]


def check_a_request_that_comes_while_a_packet_is_sent_again_is_whole():
    outbox = filled(Outbox(), 1, 2, 3)
    sent(outbox)
    outbox.resend(1, 1)
    outbox.next_resend()
    outbox.resend(2, 2)
    outbox.resent()
    assert resent(outbox) == [2, 3]


def check_with_the_link_down_nothing_is_sent_again():
    outbox = filled(Outbox(), 1, 2)
    sent(outbox)
    outbox.resend(1, 2)
    outbox.forget_resend()
    assert outbox.next_resend() is None
    assert outbox.resend(1, 2) == (1, 2)


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
