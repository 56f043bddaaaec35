"""Linear quantiles of sorted rows that end in NaN.

``numpy.percentile`` loads masked arrays the first time it is called, which takes longer
than summarising a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def row_quantile(
    ordered: NDArray[np.floating[Any]], count: NDArray[np.intp], share: float
) -> NDArray[np.float64]:
    """Quantile of the known values of each row.

    Args:
        ordered: values, each row sorted with NaN at its end, shape ``(n, m)``.
        count: how many values of each row are known, shape ``(n,)``.
        share: 0 to 1.

    Returns:
        Shape ``(n,)``; NaN where nothing is known.
    """
    place = share * np.maximum(count - 1, 0)
    below = place.astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below].astype(np.float64), ordered[rows, above]
    return low + (high - low) * (place - below)


def quantiles(values: NDArray[np.floating[Any]], shares: Sequence[float]) -> list[float]:
    """Quantiles of known values in any order, shape ``(n,)``, n >= 1.

    >>> quantiles(np.array([3.0, 1.0, 2.0, 4.0]), (0.0, 0.5, 1.0))
    [1.0, 2.5, 4.0]
    """
    ordered, count = np.sort(values)[np.newaxis], np.array([len(values)])
    return [float(row_quantile(ordered, count, share)[0]) for share in shares]
