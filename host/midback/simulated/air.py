"""The air that simulated clips share with a host, as bleak sees it."""

from __future__ import annotations

from collections.abc import Iterable

from midback.simulated.clip import SimulatedClip
from midback.simulated.link import LinkQuality
from midback.simulated.medium import Medium
from midback.simulated.radio import backend_types


class Air(Medium):
    """Simulated clips, and the bleak backends that reach them.

    Use it as an async context manager: the clips live while it is entered.

    Args:
        clips: who is there.
        quality: delays and losses.
        out_of_range: when the host cannot hear them, as (start, end) in seconds after entering.
        seed: chance.

    Attributes:
        scanner_type: for ``BleakScanner(backend=...)``.
        client_type: for ``BleakClient(backend=...)``.
        adapter_type: for ``BleakAdapter.get(backend=...)``.
    """

    def __init__(
        self,
        clips: Iterable[SimulatedClip],
        *,
        quality: LinkQuality | None = None,
        out_of_range: Iterable[tuple[float, float]] = (),
        seed: int = 0,
    ) -> None:
        super().__init__(clips, quality=quality, out_of_range=out_of_range, seed=seed)
        self.scanner_type, self.client_type, self.adapter_type = backend_types(self)
