"""What runs on a simulated clip from one power-on to the next power cut."""

from __future__ import annotations

from collections.abc import Callable

from midback.shared import wire
from midback.simulated.bonds import Bonds
from midback.simulated.flash import Flash
from midback.simulated.judging import Judging
from midback.simulated.motor import Motor
from midback.simulated.outbox import Outbox
from midback.simulated.packing import JUDGED, OWN_US, Pack, Packer, Setting, flags_of, judged_pack
from midback.simulated.sampling import STEP, Batch, Sampler
from midback.simulated.sending import Sender

_RADIO_S = 60.0
"""For so long a clip that stays alone is on the air after its start, and after a link."""


class Program:
    """Judges, keeps and sends; times in seconds since the clip was put on.

    Args:
        boot: identifies this power-on.
        flash: what is there from before.
        sampler: where samples come from.
        motor: buzzes.
        ticks: what the clip's clock shows at a time.
        full: draws whether the radio has no room just now.
        bonded_only: whether only computers it is paired with are trusted.

    Attributes:
        boot: likewise.
        link: who is linked, and trusted.
        judging: the judgement, the buzzes, the epochs.
        outbox: the last minute of packets.
        sender: sends.
    """

    def __init__(
        self,
        boot: int,
        flash: Flash,
        sampler: Sampler,
        motor: Motor,
        *,
        ticks: Callable[[float], int],
        full: Callable[[], bool],
        bonded_only: bool,
    ) -> None:
        self.boot = boot
        self.link = Bonds(flash.bonds, only=bonded_only)
        self.judging = Judging(flash, motor)
        self.outbox = Outbox()
        self.sender = Sender(
            self.outbox, flash.log, self.link, lambda now_s: (boot, ticks(now_s)), full
        )
        self._flash = flash
        self._sampler = sampler
        self._ticks = ticks
        self._streamed: Packer | None = None
        self._shared = False  # the host asked for just the packets that are judged
        self._sequence = 0
        self._radio_until_s = sampler.now_s + _RADIO_S

    def on_air(self, now_s: float) -> bool:
        """Whether its radio is on."""
        link = self.link
        wanted = not self._flash.alone or link.linked or link.window_open(now_s)
        return wanted or now_s < self._radio_until_s

    def link_up(self, now_s: float) -> None:
        """A host has connected."""
        self.link.link_up(now_s)

    def link_down(self, now_s: float) -> None:
        """The link is gone: all goes on, and the last minute is kept for the host."""
        self.link.link_down()
        self.judging.coach.end_lease()
        self.sender.link_ended()
        self._radio_until_s = now_s + _RADIO_S

    def forget(self) -> None:
        """Go back to the defaults, and know no computer; the epochs stay."""
        self.judging.forget()
        self._flash.alone = False
        self.link.forget()

    def start_stream(self, kind: int, period_units: int, per_packet: int) -> int:
        """Send such packets; return the result code."""
        if per_packet > wire.MAX_SAMPLES[kind]:
            return wire.BAD_ARGUMENT
        setting = Setting(kind, _every(period_units * wire.PERIOD_UNIT_US), per_packet)
        self._shared = setting == JUDGED
        if self._shared:
            self._streamed = None
        elif self._streamed is None or setting != self._streamed.setting:
            self._streamed = Packer(setting)
        self._sampler.finely = not self._shared and setting.every % 2 == 1
        self.sender.begin()
        return wire.OK

    def stop_stream(self) -> None:
        """Pack and send nothing but what is judged."""
        self._streamed, self._shared, self._sampler.finely = None, False, False
        self.sender.end()

    def take(self, batch: Batch) -> None:
        """Take one step's samples."""
        packet = self._packet(judged_pack(batch), Setting(*JUDGED))
        self.judging.judge(packet, self._sampler.now_s)
        if self._shared:
            self._keep(packet)
        elif self._streamed is not None:
            for pack in self._streamed.take(batch):
                self._keep(self._packet(pack, self._streamed.setting))

    def _packet(self, pack: Pack, setting: Setting) -> wire.StreamPacket:
        flags = flags_of(pack, self._sampler.wear)
        last = self._sampler.taken - (STEP - 1 - pack.last)
        ticks = self._ticks(last * self._sampler.period_s)
        return wire.StreamPacket(
            setting.kind, flags, self._sequence, self.boot, ticks, setting.period_us, pack.counts
        )

    def _keep(self, packet: wire.StreamPacket) -> None:
        self.outbox.add(packet)
        self._sequence = (self._sequence + 1) % wire.SEQUENCE_MODULUS


def _every(wanted_us: int) -> int:
    """How many of the sensor's samples make one of about this period."""
    return max(1, (wanted_us + OWN_US // 2) // OWN_US)
