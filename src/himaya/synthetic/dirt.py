"""Real dirt: lines broken on purpose, one way each, with the code that intake should give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Break = Callable[[bytes], bytes]
"""Makes a broken line of a right one; neither has its end."""


class Broken(NamedTuple):
    """One way to break a line, and the code that tells it."""

    code: str
    make: Break


# Places in a B02 and in a B04; see the layouts of himaya.synthetic.ebds.
_EMPLOYER, _PERIOD, _NUMBER, _NAME = slice(3, 10), slice(10, 16), slice(16, 25), slice(25, 85)
_B02_DAYS, _B02_WAGE, _B02_CAPPED, _B02_STATE, _B02_CONTROL = (
    slice(111, 113), slice(113, 126), slice(126, 135), slice(135, 137), slice(137, 156),
)  # fmt: skip
_B04_CIN, _B04_DAYS, _B04_CONTROL = slice(85, 93), slice(93, 95), slice(117, 136)


def _put(line: bytes, where: slice, text: bytes) -> bytes:
    return line[: where.start] + text + line[where.stop :]


def _add(line: bytes, where: slice, amount: int) -> bytes:
    width = where.stop - where.start
    return _put(line, where, b"%0*d" % (width, int(line[where]) + amount))


def _days_27(line: bytes) -> bytes:
    more = 27 - int(line[_B02_DAYS])
    return _add(_add(line, _B02_DAYS, more), _B02_CONTROL, more)


def _days_28(line: bytes) -> bytes:
    more = 28 - int(line[_B04_DAYS])
    return _add(_add(line, _B04_DAYS, more), _B04_CONTROL, more)


def _over_real(line: bytes) -> bytes:
    return _add(_add(line, _B02_CAPPED, 1), _B02_CONTROL, 1)


def _over_ceiling(line: bytes) -> bytes:
    # The wage follows, so that the ceiling alone is passed.
    more = 6_100_00 - int(line[_B02_CAPPED])
    line = _add(_add(line, _B02_CAPPED, more), _B02_CONTROL, more)
    rise = max(0, 6_100_00 - int(line[_B02_WAGE]))
    return _add(_add(line, _B02_WAGE, rise), _B02_CONTROL, rise)


def _paid_leave(line: bytes) -> bytes:
    return _add(_put(line, _B02_STATE, b"CS"), _B02_CONTROL, 6)


def _no_cin(line: bytes) -> bytes:
    number = int(line[_NUMBER])
    return _add(_put(_put(line, _NUMBER, b"000000000"), _B04_CIN, b" " * 8), _B04_CONTROL, -number)


def _other_period(line: bytes) -> bytes:
    year, month = int(line[10:14]), int(line[14:16])
    return _put(line, _PERIOD, b"%04d%02d" % (year - 1, month))


def _other_employer(line: bytes) -> bytes:
    # Two digits of like weight change places: the check digit still holds.
    number = line[_EMPLOYER]
    for first in range(4):
        if number[first] != number[first + 2]:
            digits = bytearray(number)
            digits[first], digits[first + 2] = digits[first + 2], digits[first]
            return _put(line, _EMPLOYER, bytes(digits))
    return _put(line, _EMPLOYER, b"9999990")


KNOWN = (
    Broken("control-sum", lambda line: _add(line, _B02_CONTROL, 7)),
    Broken("declared-days-over-26", _days_27),
    Broken("not-a-number", lambda line: _put(line, slice(125, 126), b"O")),
    Broken("line-width", lambda line: line[:-12]),
    Broken("situation-unknown", lambda line: _put(line, _B02_STATE, b"ZZ")),
    Broken("period-mismatch", _other_period),
    Broken("employer-mismatch", _other_employer),
    Broken("not-ascii", lambda line: _put(line, slice(27, 28), b"\xc9")),
    Broken("not-upper-case", lambda line: _put(line, _NAME, line[_NAME].lower())),
    Broken("unknown-record", lambda line: b"B09" + line[3:]),
    Broken("capped-over-real", _over_real),
    Broken("capped-over-ceiling", _over_ceiling),
    Broken("absence-not-zero", _paid_leave),
)
"""Ways to break a B02 of somebody who worked and earned less than the ceiling."""

ENTRANT = (
    Broken("control-sum", lambda line: _add(line, _B04_CONTROL, 11)),
    Broken("cin-required", _no_cin),
    Broken("declared-days-over-26", _days_28),
)
"""Ways to break the first B04 of a file."""

EXPECTED = (Broken("not-a-number", lambda line: _put(line, slice(99, 100), b"X")),)
"""Ways to break an A02."""

COMPLEMENT = (Broken("control-sum", lambda line: _add(line, _B04_CONTROL, 13)),)
"""Ways to break an E04."""


def _field(index: int, text: bytes, separator: bytes = b";") -> Break:
    def make(line: bytes) -> bytes:
        values = line.split(separator)
        values[index] = text
        return separator.join(values)

    return make


def _letters(line: bytes) -> bytes:
    return line[:3] + b"I" + line[4:]


DELIMITED: dict[str, tuple[Broken, ...]] = {
    "insured-register": (
        Broken("date-invalid", _field(6, b"31/02/1980")),
        Broken("insured-number-invalid", _letters),
        Broken("field-count", lambda line: line.rsplit(b";", 1)[0]),
        Broken("value-not-allowed", _field(7, b"X")),
        Broken("not-decodable", _field(2, b"BENA\xefSSA")),
        Broken("nul-byte", _field(3, b"SA\x00ID")),
        Broken("unclosed-quote", _field(2, b'"EL AMRANI')),
        Broken("value-missing", _field(2, b"")),
    ),
    "employer-register": (
        Broken("employer-number-invalid", _letters),
        Broken("field-count", lambda line: line + b";1"),
        Broken("not-decodable", _field(1, b"STE \x81TOILE")),
        Broken("date-invalid", _field(4, b"00/13/1984")),
    ),
    "family-links": (
        Broken("value-not-allowed", _field(1, b"COUSIN", b",")),
        Broken("date-invalid", _field(3, b"30/02/2001", b",")),
        Broken("field-count", lambda line: line.split(b",", 1)[0]),
    ),
    "deaths": (
        Broken("date-invalid", _field(1, b"2025-99-99")),
        Broken("insured-number-invalid", _letters),
    ),
    "pensions-in-payment": (
        Broken("not-a-number", _field(3, b"1 234,50")),
        Broken("date-invalid", _field(4, b"13/2026")),
        Broken("too-many-decimals", _field(3, b"1234,567")),
        Broken("value-not-allowed", _field(1, b"LOTERIE")),
    ),
    "career-extract": (
        Broken("out-of-range", _field(3, b"27")),
        Broken("not-a-number", _field(4, b"12O0.50")),
        Broken("date-invalid", _field(2, b"202513")),
        Broken("not-decodable", _field(4, b"1\xe9")),
        Broken("field-count", lambda line: line.rsplit(b";", 2)[0]),
        Broken("insured-number-invalid", _letters),
    ),
}
"""Ways to break a line of each delimited file; the broken line stands beside the right one."""


def with_broken_copies(data: bytes, ways: Sequence[Broken]) -> tuple[bytes, list[tuple[int, str]]]:
    """Put a broken copy of a line after it, for each of the ways, spread over a file with one header line.

    Returns
    -------
    tuple
        The bytes, and for each way the 1-based line of the copy with its code.
    """
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    lines = len(ends)
    parts: list[bytes] = []
    places: list[tuple[int, str]] = []
    written = 0
    for k, way in enumerate(ways):
        # Line numbers from 0; the header is line 0.
        line = 1 + (k + 1) * (lines - 1) // (len(ways) + 1)
        start, end = int(ends[line - 1]) + 1, int(ends[line]) + 1
        whole = data[start:end]
        bare = whole.rstrip(b"\r\n")
        parts += [data[written:end], way.make(bare), whole[len(bare) :]]
        written = end
        places.append((line + 1 + k + 1, way.code))
    return b"".join([*parts, data[written:]]), places
