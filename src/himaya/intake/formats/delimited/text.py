"""Texts of delimited files as Arrow arrays, without a Python loop; and UTF-16 blocks as UTF-8."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from himaya.intake.formats.base import Block
from himaya.intake.formats.delimited.kernels import (
    CONTROL,
    DOUBLED,
    HIGH,
    NUL,
    ORDINARY,
    QUOTE,
    SEPARATOR,
    UNDEFINED,
)
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@cache
def byte_classes(encoding: str, separator: str, quote: str | None) -> NDArray[np.uint8]:
    """Class of each byte in a dialect, shape (256,); UTF-16 is read after it became UTF-8."""
    classes = np.full(256, ORDINARY, np.uint8)
    classes[:32] = CONTROL
    classes[0] = NUL
    classes[ord("\t")] = ORDINARY
    classes[127] = CONTROL
    for byte in range(128, 256):
        classes[byte] = HIGH
        if not encoding.startswith("utf"):
            try:
                control = bytes([byte]).decode(encoding) < "\xa0" and encoding == "iso-8859-1"
                classes[byte] = CONTROL if control else HIGH
            except UnicodeDecodeError:
                classes[byte] = UNDEFINED
    classes[ord(separator)] = SEPARATOR
    if quote:
        classes[ord(quote)] = QUOTE
    return classes


@cache
def utf8_table(encoding: str) -> NDArray[np.uint8]:
    """UTF-8 form of each byte of a one-byte encoding, shape (256, 4): length, then up to three bytes."""
    table = np.zeros((256, 4), np.uint8)
    for byte in range(256):
        form = bytes([byte]).decode(encoding, "replace").encode()
        table[byte, 0] = len(form)
        table[byte, 1 : 1 + len(form)] = np.frombuffer(form, np.uint8)
    return table


@kernel
def _write(
    buffer: NDArray[np.uint8],
    begins: NDArray[np.int64],
    sizes: NDArray[np.int64],
    states: NDArray[np.uint8],
    quote: int,
    table: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    out: NDArray[np.uint8],
) -> int:
    """Copy fields side by side as UTF-8; ``table`` is empty where they are UTF-8 already."""
    at = 0
    for i in range(begins.size):
        k, end = begins[i], begins[i] + sizes[i]
        doubled = states[i] & DOUBLED != 0
        while k < end:
            byte = buffer[k]
            if doubled and byte == quote:
                k += 1  # of two quotes the second is skipped
            if table.shape[0] == 0 or byte < 128:
                out[at] = byte
                at += 1
            else:
                for part in range(table[byte, 0]):
                    out[at] = table[byte, 1 + part]
                    at += 1
            k += 1
        offsets[i + 1] = at
    return at


_NO_TABLE = np.zeros((0, 4), np.uint8)


def string_array(
    buffer: NDArray[np.uint8],
    begins: NDArray[np.int64],
    sizes: NDArray[np.int64],
    states: NDArray[np.uint8],
    quote: str | None,
    encoding: str,
) -> pa.Array:
    """Fields as an Arrow array of strings, null where ``states`` says so; the fields must decode."""
    plain = encoding == "ascii" or encoding.startswith("utf")
    offsets = np.zeros(len(begins) + 1, np.int32)
    out = np.empty(int(sizes.sum()) * (1 if plain else 3), np.uint8)
    table = _NO_TABLE if plain else utf8_table(encoding)
    used = _write(buffer, begins, sizes, states, ord(quote) if quote else -1, table, offsets, out)
    empty = sizes == 0
    valid = pa.py_buffer(np.packbits(~empty, bitorder="little")) if empty.any() else None
    return pa.StringArray.from_buffers(len(begins), pa.py_buffer(offsets), pa.py_buffer(out[:used]), valid)


def from_utf16(block: Block, encoding: str) -> tuple[Block, NDArray[np.bool_]]:
    """Turn a UTF-16 block into UTF-8, line by line, and say which lines do not decode (now empty)."""
    lines: list[bytes] = []
    bad = np.zeros(len(block), bool)
    for index in range(len(block)):
        try:
            # A line feed inside a character is none, so that the lines stay the same.
            lines.append(block.line(index).decode(encoding).encode())
        except UnicodeDecodeError:
            bad[index] = True
            lines.append(b"")
    lengths = np.array([len(line) for line in lines], np.int32)
    starts = np.zeros(len(lines), np.int64)
    np.cumsum(lengths[:-1], out=starts[1:])
    data = np.frombuffer(b"".join(lines), np.uint8)
    return Block(data, starts, lengths, block.first_line, block.base_offset), bad
