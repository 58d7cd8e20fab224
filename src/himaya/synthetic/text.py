"""Bytes written by compiled loops: numbers, dates and texts of tables into one buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.synthetic.model import Bytes, Ints


class Texts(NamedTuple):
    """Texts as a matrix of bytes: shape (texts, longest), and their lengths."""

    bytes: Bytes
    lengths: Ints


def texts(values: Sequence[str], encoding: str = "ascii") -> Texts:
    """Encode texts into one matrix."""
    encoded = [value.encode(encoding) for value in values]
    lengths = np.array([len(value) for value in encoded], dtype=np.int64)
    matrix = np.zeros((len(encoded), max(1, int(lengths.max(initial=1)))), dtype=np.uint8)
    for row, value in enumerate(encoded):
        matrix[row, : len(value)] = np.frombuffer(value, np.uint8)
    return Texts(matrix, lengths)


@kernel
def put_digits(out: Bytes, at: int, value: int, width: int) -> int:
    """Write ``value`` right-aligned with zeros; returns the place after it."""
    for place in range(at + width - 1, at - 1, -1):
        out[place] = 48 + value % 10
        value //= 10
    return at + width


@kernel
def put_number(out: Bytes, at: int, value: int) -> int:
    """Write a whole number of no fixed width; returns the place after it."""
    width, rest = 1, value // 10
    while rest > 0:
        width += 1
        rest //= 10
    return put_digits(out, at, value, width)


@kernel
def put_money(out: Bytes, at: int, centimes: int, mark: int) -> int:
    """Write an amount with its decimal mark and two decimals; returns the place after it."""
    at = put_number(out, at, centimes // 100)
    out[at] = mark
    return put_digits(out, at + 1, centimes % 100, 2)


@kernel
def put_date(out: Bytes, at: int, month: int, day: int) -> int:
    """Write dd/mm/yyyy from a month number and a day; returns the place after it."""
    put_digits(out, at, day, 2)
    out[at + 2] = 47
    put_digits(out, at + 3, month % 12 + 1, 2)
    out[at + 5] = 47
    return put_digits(out, at + 6, month // 12, 4)


@kernel
def put_period(out: Bytes, at: int, month: int) -> int:
    """Write yyyymm; returns the place after it."""
    return put_digits(out, at, month // 12 * 100 + month % 12 + 1, 6)


@kernel
def put_text(out: Bytes, at: int, table: Texts, row: int) -> int:
    """Write one text of a table; returns the place after it."""
    for k in range(table.lengths[row]):
        out[at + k] = table.bytes[row, k]
    return int(at + table.lengths[row])
