"""The compiled loop of the lake: the order of rows by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGIT = 11
_RANGE = 1 << _DIGIT
_PATIENCE = 16
"""Steps for each row after which keys are taken to be none that a cipher made."""


@kernel
def stable_order(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Positions of ``keys`` in ascending order, equal keys in the order given.

    Keys are what a cipher makes: two passes of a radix sort over their highest 22 bits leave hardly any of them
    out of place, and one that moves each back finishes. Other keys are sorted by comparison.
    """
    rows = keys.size
    order, middle = np.empty(rows, np.int64), np.empty(rows, np.int64)
    sorted_keys, middle_keys = np.empty_like(keys), np.empty_like(keys)
    _deal(keys, np.arange(rows), 64 - 2 * _DIGIT, middle_keys, middle)
    _deal(middle_keys, middle, 64 - _DIGIT, sorted_keys, order)
    steps = 0
    for i in range(1, rows):
        key, at, j = sorted_keys[i], order[i], i
        while j > 0 and sorted_keys[j - 1] > key:
            sorted_keys[j], order[j] = sorted_keys[j - 1], order[j - 1]
            j -= 1
        sorted_keys[j], order[j] = key, at
        steps += i - j
        if steps > _PATIENCE * rows:
            return np.argsort(keys, kind="mergesort")
    return order


@kernel
def _deal(
    keys: NDArray[np.uint64],
    order: NDArray[np.int64],
    lowest_bit: int,
    dealt_keys: NDArray[np.uint64],
    dealt: NDArray[np.int64],
) -> None:
    """Sort keys, and what goes with them, by the 11 bits from ``lowest_bit`` on, stably."""
    shift, digit = np.uint64(lowest_bit), np.uint64(_RANGE - 1)
    place = np.zeros(_RANGE + 1, np.int64)
    for key in keys:
        place[((key >> shift) & digit) + np.uint64(1)] += 1
    for value in range(_RANGE):
        place[value + 1] += place[value]
    for i in range(np.uint64(keys.size)):
        value = (keys[i] >> shift) & digit
        to = np.uint64(place[value])
        place[value] += 1
        dealt_keys[to], dealt[to] = keys[i], order[i]
