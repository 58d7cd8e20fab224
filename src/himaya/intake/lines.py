"""Physical lines: what ends them, how many there are, where they stand.

A line ends with LF; a CR just before it belongs to the end. In UTF-16 the LF is a unit of two bytes. Nothing
else ends a line: no quoting, no lone CR, no other Unicode separator, so that lines can be counted without
being read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from himaya.intake.formats.base import Block
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Unit: TypeAlias = Literal["u1", "<u2", ">u2"]
"""Code unit of a text as a NumPy type: bytes, UTF-16 little endian, UTF-16 big endian."""

LF, CR = 10, 13


def unit_of(head: bytes) -> Unit:
    """Code unit of a text by its first bytes: its byte-order mark, or NULs beside two ASCII characters."""
    if head.startswith(b"\xff\xfe"):
        return "<u2"
    if head.startswith(b"\xfe\xff"):
        return ">u2"
    if len(head) >= 4:
        low, high = head[0:4:2], head[1:4:2]
        if high == b"\0\0" and low.isascii() and low.strip(b"\0") == low:
            return "<u2"
        if low == b"\0\0" and high.isascii() and high.strip(b"\0") == high:
            return ">u2"
    return "u1"


def count_ends(data: bytes | memoryview, unit: Unit) -> tuple[int, int]:
    """Count line feeds in ``data``, and those that follow a CR; a count apart from :func:`split`."""
    if unit == "u1":
        feeds, after_cr = _ends(np.frombuffer(data, np.uint8))
        return int(feeds), int(after_cr)
    units = np.frombuffer(data, unit, count=len(data) // 2)
    feeds = units == LF
    return int(np.count_nonzero(feeds)), int(np.count_nonzero(feeds[1:] & (units[:-1] == CR)))


@kernel
def _ends(data: NDArray[np.uint8]) -> tuple[int, int]:
    # One pass that the compiler makes SIMD: `bytes.count` is ten times as slow.
    feeds = after_cr = 0
    before = np.uint8(0)
    for byte in data:
        feeds += byte == LF
        after_cr += (byte == LF) & (before == CR)
        before = byte
    return feeds, after_cr


def last_end(data: bytes | bytearray, unit: Unit) -> int:
    """Position just after the last line feed in ``data``; 0 where there is none."""
    if unit == "u1":
        return data.rfind(b"\n") + 1
    feeds = np.flatnonzero(np.frombuffer(data, unit, count=len(data) // 2) == LF)
    return (int(feeds[-1]) + 1) * 2 if len(feeds) else 0


def split(data: NDArray[np.uint8], unit: Unit, first_line: int, base_offset: int) -> Block:
    """Cut ``data``, which begins at the start of a line, into its physical lines.

    What follows the last line feed is a line of its own unless it is empty.
    """
    width = 1 if unit == "u1" else 2
    units = data if width == 1 else data[: len(data) // 2 * 2].view(unit)
    feeds = np.flatnonzero(units == LF).astype(np.int64)
    ends = feeds * width
    starts = np.empty(len(feeds) + 1, np.int64)
    starts[0] = 0
    starts[1:] = ends + width
    after_cr = np.zeros(len(feeds), bool)
    inner = feeds > 0
    after_cr[inner] = units[feeds[inner] - 1] == CR
    ends -= after_cr * width
    if starts[-1] < len(data):
        ends = np.append(ends, len(data))
    else:
        starts = starts[:-1]
    lengths = np.maximum(ends - starts, 0).astype(np.int32)
    return Block(data, starts, lengths, first_line, base_offset)
