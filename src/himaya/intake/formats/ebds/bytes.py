"""Compiled readings of a few bytes: numbers, blanks, dates. All are inlined into the scan.

Positions are unsigned: a signed index might count from the end of the array, and the test for that keeps a
loop from being vectorised (a line's text check takes 9 ns instead of 40).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from himaya.intake.formats.ebds.marks import NOT_ASCII, NOT_UPPER_CASE
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Int: TypeAlias = int | np.int64
"""An integer in a kernel: both are a signed 64-bit integer there."""

SPACE, ZERO = 32, 48

FIRST_YEAR, LAST_YEAR = 1900, 2099
"""Plausible years of a period; they also keep AAAAMM apart from MMAAAA."""


@kernel
def is_blank(buffer: NDArray[np.uint8], at: Int, width: Int) -> bool:
    """Whether ``width`` bytes at ``at`` are all spaces."""
    odd = np.uint8(0)
    for i in range(np.uint64(at), np.uint64(at + width)):
        odd |= buffer[i] ^ np.uint8(SPACE)
    return bool(odd == 0)


@kernel
def is_blank_or_zero(buffer: NDArray[np.uint8], at: Int, width: Int) -> bool:
    """Whether ``width`` bytes at ``at`` are all spaces or zeros."""
    for i in range(np.uint64(at), np.uint64(at + width)):
        if buffer[i] != SPACE and buffer[i] != ZERO:
            return False
    return True


@kernel
def text_faults(buffer: NDArray[np.uint8], at: Int, width: Int) -> Int:
    """Codes for bytes that are not printable ASCII, and for lower-case letters."""
    highest = np.uint8(0)
    nearest_to_a = np.uint8(255)
    for i in range(np.uint64(at), np.uint64(at + width)):
        highest = max(highest, np.uint8(buffer[i] - np.uint8(SPACE)))  # control characters wrap to the top
        nearest_to_a = min(nearest_to_a, np.uint8(buffer[i] - np.uint8(97)))
    return (NOT_ASCII if highest > 94 else 0) | (NOT_UPPER_CASE if nearest_to_a < 26 else 0)


@kernel
def read_number(buffer: NDArray[np.uint8], at: Int, width: Int) -> tuple[np.uint64, bool]:
    """Read the number of ``width`` digits (at most 19) at ``at``, and say whether all are digits."""
    value = np.uint64(0)
    digits = True
    for i in range(np.uint64(at), np.uint64(at + width)):
        digit = np.uint64(buffer[i]) - np.uint64(ZERO)
        digits &= bool(digit <= np.uint64(9))
        value = value * np.uint64(10) + digit
    return value, digits


@kernel
def month_number(period: Int) -> Int:
    """Month number of a period AAAAMM; -1 where it is none."""
    year, month = period // 100, period % 100
    if month < 1 or month > 12 or year < FIRST_YEAR or year > LAST_YEAR:
        return -1
    return year * 12 + month - 1


@kernel
def is_date(day: Int) -> bool:
    """Whether AAAAMMJJ is a day of the calendar."""
    if month_number(day // 100) < 0:
        return False
    year, month = day // 10_000, day // 100 % 100
    longest = 31
    if month in (4, 6, 9, 11):
        longest = 30
    elif month == 2:
        longest = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return bool(1 <= day % 100 <= longest)
