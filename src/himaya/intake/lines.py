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
_STRETCH = 64
_USUAL_LINE = 24
"""Bytes of a short line: room is made for as many, and for as many as can be only where it does not do."""


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
        plain = np.frombuffer(data, np.uint8)
        plain.flags.writeable = False  # one signature of the kernel for bytes and for what can be written
        feeds, after_cr = _ends(plain)
        return int(feeds), int(after_cr)
    units = np.frombuffer(data, unit, count=len(data) // 2)
    feeds = units == LF
    return int(np.count_nonzero(feeds)), int(np.count_nonzero(feeds[1:] & (units[:-1] == CR)))


@kernel
def _ends(data: NDArray[np.uint8]) -> tuple[np.int64, np.int64]:
    # Counts of one byte, emptied before they can run over: the compiler takes 64 bytes at a time.
    feeds, after_cr = np.int64(0), np.int64(0)
    at, one, rows = np.uint64(0), np.uint64(1), np.uint64(data.size)
    while at < rows:
        end = min(at + np.uint64(255), rows)
        if data[at] == LF:
            feeds += 1
            after_cr += np.int64(at > 0 and data[at - one] == CR)
        few, few_after_cr = np.uint8(0), np.uint8(0)
        for i in range(at + one, end):
            few = np.uint8(few + np.uint8(data[i] == LF))
            few_after_cr = np.uint8(few_after_cr + np.uint8((data[i] == LF) & (data[i - one] == CR)))
        feeds += np.int64(few)
        after_cr += np.int64(few_after_cr)
        at = end
    return feeds, after_cr


def last_end(data: bytes | bytearray, unit: Unit, size: int) -> int:
    """Position just after the last line feed in the first ``size`` bytes; 0 where there is none."""
    if unit == "u1":
        return data.rfind(b"\n", 0, size) + 1
    feeds = np.flatnonzero(np.frombuffer(data, unit, count=size // 2) == LF)
    return (int(feeds[-1]) + 1) * 2 if len(feeds) else 0


def split(data: NDArray[np.uint8], unit: Unit, first_line: int, base_offset: int) -> Block:
    """Cut ``data``, which begins at the start of a line, into its physical lines.

    What follows the last line feed is a line of its own unless it is empty.
    """
    if unit == "u1":
        for room in (len(data) // _USUAL_LINE, len(data)):
            starts, lengths = np.empty(room + 2, np.int64), np.empty(room + 2, np.int32)
            lines = _split(data, starts, lengths)
            if lines >= 0:
                break
        return Block(data, starts[:lines], lengths[:lines], first_line, base_offset)
    units = data[: len(data) // 2 * 2].view(unit)
    feeds = np.flatnonzero(units == LF).astype(np.int64)
    ends = feeds * 2
    starts = np.append(np.int64(0), ends + 2)
    after_cr = np.zeros(len(feeds), bool)
    inner = feeds > 0
    after_cr[inner] = units[feeds[inner] - 1] == CR
    ends -= after_cr * 2
    if starts[-1] < len(data):
        ends = np.append(ends, len(data))
    else:
        starts = starts[:-1]
    lengths = np.maximum(ends - starts, 0).astype(np.int32)
    return Block(data, starts, lengths, first_line, base_offset)


@kernel
def _split(data: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int32]) -> np.int64:
    """Fill in where lines of single bytes start and how long they are; their number, or -1 for want of room."""
    size, at, lines = np.uint64(data.size), np.uint64(0), np.uint64(0)
    one, room = np.uint64(1), np.uint64(starts.size - 1)
    starts[0] = 0
    while at < size:
        end = at + np.uint64(_STRETCH)
        nearest = np.uint8(0)
        if end <= size:  # most stretches hold none, which takes a few instructions to see
            nearest = np.uint8(255)
            for i in range(at, end):
                nearest = min(nearest, np.uint8(data[i] ^ np.uint8(LF)))
        if nearest == 0:
            for i in range(at, min(end, size)):
                if data[i] == np.uint8(LF):
                    if lines == room:
                        return np.int64(-1)
                    lines += one
                    starts[lines] = i + one
        at = end
    for i in range(lines):
        start, feed = starts[i], starts[i + one] - 1
        lengths[i] = feed - start - (feed > start and data[np.uint64(feed) - one] == CR)
    if starts[lines] < data.size:
        lengths[lines] = data.size - starts[lines]
        lines += one
    return np.int64(lines)
