"""The ring of packets against a list that keeps the same promises in the plainest way."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clip_firmware.outbox import Outbox
from midback.shared import wire

MODULUS = wire.SEQUENCE_MODULUS
SIZES = st.integers(28, wire.MAX_PAYLOAD)


def after(sequence: int, other: int) -> int:
    return (sequence - other) % MODULUS


class OutboxAgainstAList(RuleBasedStateMachine):
    """``kept`` holds (sequence, bytes), oldest first.

    What the ring drops is the ring's affair (its gaps depend on sizes): the model learns from
    ``resend`` how many are left, and holds that they are the newest, and how many at least.
    """

    @initialize(
        size=st.integers(wire.MAX_PAYLOAD, 1500),
        most=st.integers(1, 12),
        sequence=st.integers(0, MODULUS - 1),
    )
    def empty(self, size: int, most: int, sequence: int):
        self.size, self.most = size, most
        self.outbox = Outbox(size, most)
        self.kept: list[tuple[int, bytearray]] = []
        self.unsent = 0
        self.lost = False
        self.sequence = sequence
        self.added = 0
        self.again: list[int] = []

    def count_kept(self) -> int:
        """How many the ring still has, asked in a way that leaves what it was asked to resend."""
        again, again_end = self.outbox._again, self.outbox._again_end
        count = 0
        if self.kept:
            oldest, newest = self.kept[0][0], self.kept[-1][0]
            _, count = self.outbox.resend(oldest, after(newest, oldest) + 1)
        self.outbox._again, self.outbox._again_end = again, again_end
        return count

    @rule(size=SIZES, gap=st.sampled_from([1, 1, 1, 2, 300]))
    def add(self, size: int, gap: int):
        self.sequence = (self.sequence + gap) % MODULUS
        self.added += 1
        payload = bytearray((self.added + i) % 251 for i in range(size))
        payload[3] = 0
        self.outbox.add(payload + b"more", size, self.sequence)
        self.kept.append((self.sequence, payload))
        self.drop(len(self.kept) - self.count_kept())

    def drop(self, count: int):
        fitting = sum(len(payload) for _, payload in self.kept[count:])
        assert fitting <= self.size
        assert len(self.kept) - count <= self.most
        if count and len(self.kept) - count + 1 <= self.most:
            # One more did not fit: all of them with the gap at the ring's end are too much.
            assert fitting + len(self.kept[count - 1][1]) + wire.MAX_PAYLOAD > self.size
        del self.kept[:count]
        self.lost = self.lost or count > self.unsent
        self.unsent = max(0, self.unsent - count)

    def mark(self):
        if self.lost:
            self.kept[self.unsent][1][3] |= wire.FLAG_LOST
        self.lost = False

    @rule(succeeds=st.booleans())
    def send(self, succeeds: bool):
        packet = self.outbox.next()
        if self.unsent == len(self.kept):
            assert packet is None
            return
        self.mark()
        assert packet is not None
        assert bytes(packet) == bytes(self.kept[self.unsent][1])
        if succeeds:
            self.outbox.sent()
            self.unsent += 1

    @rule()
    def skip(self):
        self.outbox.skip_to_newest()
        self.skipped_to(len(self.kept) - 1)

    @rule()
    def skip_all(self):
        self.outbox.skip_all()
        self.skipped_to(len(self.kept))

    def skipped_to(self, number: int):
        if self.unsent < number:
            self.mark()
            self.unsent = number

    @rule(back=st.integers(-3, 12))
    def acknowledge(self, back: int):
        sequence = (self.sequence - back) % MODULUS
        self.outbox.acknowledge(sequence)
        while self.unsent and after(sequence, self.kept[0][0]) < MODULUS // 2:
            del self.kept[0]
            self.unsent -= 1

    @rule(back=st.integers(-3, 700), count=st.integers(1, 600))
    def ask_again(self, back: int, count: int):
        first = (self.sequence - back) % MODULUS
        wanted = [s for s, _ in self.kept if after(s, first) < count]
        told = (wanted[0] if wanted else first, len(wanted))
        assert self.outbox.resend(first, count) == told
        self.again = [s for s, _ in self.kept[: self.unsent] if s in wanted]

    @rule(succeeds=st.booleans())
    def send_again(self, succeeds: bool):
        packet = self.outbox.next_resend()
        known = dict(self.kept)
        self.again = [sequence for sequence in self.again if sequence in known]
        if not self.again:
            assert packet is None
            return
        known[self.again[0]][3] |= wire.FLAG_RESENT
        assert packet is not None
        assert bytes(packet) == bytes(known[self.again[0]])
        if succeeds:
            self.outbox.resent()
            del self.again[0]

    @precondition(lambda self: self.again)
    @rule()
    def link_down(self):
        self.outbox.forget_resend()
        self.again = []

    @invariant()
    def the_ring_keeps_exactly_these(self):
        if hasattr(self, "outbox"):
            assert self.count_kept() == len(self.kept)


OutboxAgainstAList.TestCase.settings = settings(
    deadline=None, max_examples=150, stateful_step_count=60
)
TestTheOutboxKeepsWhatAListWouldKeep = OutboxAgainstAList.TestCase
