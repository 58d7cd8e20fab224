"""Compiled loops over bytes that all of intake shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def _copy(
    buffer: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    offsets: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None:
    for i in range(starts.size):
        start, at = starts[i], offsets[i]
        for j in range(lengths[i]):
            out[at + j] = buffer[start + j]


def slices(
    buffer: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Copy slices of ``buffer`` side by side: their offsets, shape (slices + 1,), and their bytes."""
    offsets = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint8)
    _copy(buffer, starts, lengths, offsets, out)
    return offsets, out


def binary_array(
    buffer: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> pa.Array:
    """Slices of ``buffer`` as an Arrow array of binary values."""
    offsets, data = slices(buffer, starts, lengths)
    buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), len(starts), buffers)


def code_lists(masks: NDArray[np.uint64], names: tuple[str, ...]) -> pa.Array:
    """Give the names of the bits set in each mask, as an Arrow array of lists of strings."""
    distinct, which = np.unique(masks, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if int(mask) >> bit & 1] for mask in distinct]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(which))


def count_codes(masks: NDArray[np.uint64], names: tuple[str, ...]) -> dict[str, int]:
    """How many masks have each bit set, by name; bits that no mask has are left out."""
    counts: dict[str, int] = {}
    distinct, times = np.unique(masks[masks != 0], return_counts=True)
    for mask, count in zip(distinct.tolist(), times.tolist(), strict=True):
        for bit, name in enumerate(names):
            if mask >> bit & 1:
                counts[name] = counts.get(name, 0) + count
    return counts
