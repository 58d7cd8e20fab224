"""The e-BDS files of a group of employers as bytes: A préétablis, B principals, E complementaries.

Layout: CNSS, *Cahier des charges, mode échange de fichiers*, version 2, February 2006; 260 characters a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic.employers import employer
from himaya.synthetic.model import Bytes, Calendar, Ints
from himaya.synthetic.names import names, put_cin
from himaya.synthetic.random import Stream, shuffled, uniforms
from himaya.synthetic.text import Texts, put_digits, put_text, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.synthetic.population import Population

WIDTH = 260
PREPARED, PRINCIPAL, COMPLEMENTARY = range(3)

# Columns of the rows that files are written from; sorted by the first three.
EMPLOYER, MONTH, NUMBER, DAYS, WAGE, SITUATION, LATE, SURNAME, GIVEN, CIN, CHILDREN, CHILDREN_NEXT = range(12)
COLUMNS = 12
"""Employer's index; month; insured number; days; wage; place of the situation; 1 where the principal forgets
the row and a complementary brings it; places of the names' spellings; number of the CIN; children in the
month, and in the next one."""

NO_NUMBER, OCCASIONAL = 0, 999_999_999
SO, DE = 1, 2

_FILE = int(Stream.FILE)
_A, _B, _E = 65, 66, 69
_CEILING = 6_000_00
_TRANSFERS = 10**13
_SITUATIONS = np.frombuffer(b"  SODEITILATCSMSMP", np.uint8).copy().reshape(9, 2)

# Widths of each record after its type: digits where positive, spaces or text where negative.
_LAYOUTS = (
    (14, -2, -241),  # A00 B00 E00
    (7, 6, -226, 2, 8, 8),  # A01 B01 E01
    (7, 6, 9, -60, 2, 6, 6, 6, -155),  # A02
    (7, 6, 9, -60, 2, 6, 6, 6, 6, 2, 13, 9, -2, 19, -104),  # B02
    (7, 6, 6, 6, 12, 12, 12, 15, -181),  # A03
    (7, 6, 6, 6, 12, 12, 12, 15, 12, 6, 15, 13, 19, -116),  # B03
    (7, 6, 9, -60, -8, 2, 13, 9, 19, -124),  # B04 E04
    (7, 6, 6, 15, 6, 15, 13, 19, -170),  # B05 B06 E05 E06
    (-257,),  # a record left empty
)
_TRANSFER, _HEADER, _EXPECTED, _KNOWN, _EXPECTED_SUM, _KNOWN_SUM, _ENTRANT, _SUM, _EMPTY = range(9)
_LAYOUT = np.zeros((len(_LAYOUTS), 16), dtype=np.int64)
for _row, _widths in enumerate(_LAYOUTS):
    _LAYOUT[_row, : len(_widths)] = _widths

_EMPLOYER_AT, _FIRM_AT, _CATEGORY_AT, _NAME_AT, _CIN_AT, _SITUATION_AT = 3, 16, 17, 25, 85, 135


class Files(NamedTuple):
    """Files in one buffer; ``firm``, ``month`` and ``kind`` have shape (files,)."""

    out: Bytes
    starts: Ints
    """File ``f`` is ``out[starts[f] : starts[f + 1]]``."""
    firm: Ints
    """Place of the employer in its group."""
    month: Ints
    kind: Ints
    """:data:`PREPARED`, :data:`PRINCIPAL` or :data:`COMPLEMENTARY`."""


def write_files(population: Population, group: Sequence[int], rows: Ints) -> Files:
    """Write all e-BDS files of a group of employers.

    Parameters
    ----------
    population
        The fund.
    group
        Indexes of employers, ascending.
    rows
        Rows of the e-BDS window and of the month before, shape (rows, :data:`COLUMNS`), sorted by employer,
        month and number.
    """
    ones = [employer(population, index) for index in group]
    header = texts(
        [f"{one.name:<40}{one.activity_word:<40}{one.address:<120}{one.city:<20}{'':6}" for one in ones]
    )
    months = np.arange(population.calendar.window - 1, population.calendar.last_month + 1)
    key = rows[:, EMPLOYER] * 100_000 + rows[:, MONTH]
    wanted = np.asarray(group, dtype=np.int64)[:, None] * 100_000 + months
    bounds = np.concatenate(
        [np.searchsorted(key, wanted), np.searchsorted(key, wanted[:, -1:], "right")], axis=1
    )
    files = len(ones) * Calendar.ebds_months * 3
    out = np.full((2 * len(rows) + 14 * files) * (WIDTH + 2), 32, np.uint8)
    numbers = np.array([one.number for one in ones], dtype=np.int64)
    table = names()
    return Files(
        out,
        *_write_files(
            out, table.latin, table.cin_letters, header, np.asarray(group, np.int64), numbers, bounds, rows,
            population.calendar.window, population.seed,
        ),
    )  # fmt: skip


@kernel
def _record(out: Bytes, at: int, letter: int, record: int, layout: int, values: Ints, crlf: int) -> int:
    """Write one record of whole numbers with its end of line; returns the place after it.

    The buffer holds spaces already.
    """
    out[at] = letter
    at = put_digits(out, at + 1, record, 2)
    value = 0
    for k in range(16):
        width = _LAYOUT[layout, k]
        if width > 0:
            put_digits(out, at, values[value], width)
            value += 1
        at += abs(width)
    out[at] = 13
    out[at + crlf] = 10
    return at + crlf + 1


@kernel
def _period(month: int) -> int:
    return month // 12 * 100 + month % 12 + 1


@kernel
def _opening(
    out: Bytes, at: int, letter: int, transfer: int, number: int, header: Texts, firm: int, month: int,
    day: int, values: Ints, crlf: int,
) -> int:  # fmt: skip
    """Write the two header records of a file issued on a day of the month after the declared one."""
    values[0] = transfer
    after = _record(out, at, letter, 0, _TRANSFER, values, crlf)
    out[at + _CATEGORY_AT] = letter if letter == _E else _B
    out[at + _CATEGORY_AT + 1] = 49 if letter == _E else 48
    values[0], values[1], values[2] = number, _period(month), 1 + number % 60
    values[3], values[4] = _period(month + 1) * 100 + day, _period(month + 1) * 100 + 10
    end = _record(out, after, letter, 1, _HEADER, values, crlf)
    put_text(out, after + _FIRM_AT, header, firm)
    return end


@kernel
def allowance(children: int) -> int:
    """Family allowances of a month in centimes: 300 MAD for each of three children, 100 for ranks 4 to 6."""
    return min(children, 3) * 300_00 + max(min(children, 6) - 3, 0) * 100_00


# What a file adds up, in the order of the totals' records.
_COUNT, _CHILDREN, _TO_PAY, _NUMBERS, _REPAID, _DAYS, _WAGES, _CAPPED, _CONTROL = range(9)


@kernel
def _detail(
    out: Bytes, at: int, letter: int, latin: Texts, letters: Texts, number: int, row: Ints, month: int,
    known: bool, values: Ints, sums: Ints, crlf: int,
) -> int:  # fmt: skip
    """Write one A02 or B02 (``known``), or one B04 or E04, and add it up."""
    days, wage, rank = row[DAYS], row[WAGE], row[SITUATION]
    capped = min(wage, _CEILING)
    children = row[CHILDREN_NEXT if letter == _A else CHILDREN] if known else 0
    paid = allowance(children)
    # What was paid for somebody who had left is handed back.
    back = paid if known and days == 0 and rank in (SO, DE) else 0
    control = row[NUMBER] + back + days + wage + capped
    values[0], values[1], values[2], values[3] = number, _period(month), row[NUMBER], children
    layout, k = _ENTRANT, 3
    if known:
        control += rank
        layout, k = _EXPECTED if letter == _A else _KNOWN, 8
        values[4], values[5], values[6], values[7] = paid, 0, paid, back
    values[k], values[k + 1], values[k + 2], values[k + 3] = days, wage, capped, control
    end = _record(out, at, letter, 2 if known else 4, layout, values, crlf)
    if row[NUMBER] != OCCASIONAL:
        put_text(out, at + _NAME_AT, latin, row[SURNAME])
        put_text(out, at + _NAME_AT + 30, latin, row[GIVEN])
        if not known:
            put_cin(out, at + _CIN_AT, letters, row[CIN])
    if known and letter == _B:
        out[at + _SITUATION_AT] = _SITUATIONS[rank, 0]
        out[at + _SITUATION_AT + 1] = _SITUATIONS[rank, 1]
    sums[_COUNT] += 1
    sums[_CHILDREN] += children
    sums[_TO_PAY] += paid
    sums[_NUMBERS] += row[NUMBER]
    sums[_REPAID] += back
    sums[_DAYS] += days
    sums[_WAGES] += wage
    sums[_CAPPED] += capped
    sums[_CONTROL] += control
    return end


@kernel
def _totals(
    out: Bytes,
    at: int,
    letter: int,
    record: int,
    number: int,
    month: int,
    values: Ints,
    sums: Ints,
    crlf: int,
) -> int:
    """Write A03, B03, or one of B05, B06, E05, E06."""
    values[0], values[1], values[2] = number, _period(month), sums[_COUNT]
    if record != 3:
        values[3] = sums[_NUMBERS]
        for k in range(4):
            values[4 + k] = sums[_DAYS + k]
        return _record(out, at, letter, record, _SUM, values, crlf)
    values[3], values[4], values[5], values[6] = sums[_CHILDREN], sums[_TO_PAY], 0, sums[_TO_PAY]
    for k in range(6):
        values[7 + k] = sums[_NUMBERS + k]
    return _record(out, at, letter, 3, _EXPECTED_SUM if letter == _A else _KNOWN_SUM, values, crlf)


@kernel
def _stays(row: Ints) -> bool:
    """Whether the fund expects the person of a row in the next month: nobody has told a departure."""
    return bool(row[SITUATION] != SO and row[SITUATION] != DE)


@kernel
def _write_files(
    out: Bytes, latin: Texts, letters: Texts, header: Texts, group: Ints, numbers: Ints, bounds: Ints,
    rows: Ints, window: int, seed: int,
) -> tuple[Ints, Ints, Ints, Ints]:  # fmt: skip
    months = bounds.shape[1] - 2
    room = len(group) * months * 3
    starts = np.zeros(room + 1, np.int64)
    files = np.zeros((3, room), np.int64)
    values = np.zeros(16, np.int64)
    at, count = 0, 0
    for firm in range(len(group)):
        for m in range(months):
            before, first, last = bounds[firm, m], bounds[firm, m + 1], bounds[firm, m + 2]
            month = window + m
            if before == last:
                continue
            u, v = uniforms(seed, _FILE, group[firm], month)
            crlf = 1 if u < 0.4 else 0
            transfer = 1 + shuffled(seed, _FILE, group[firm] * 4096 + month % 4096, _TRANSFERS)
            late = 0
            for row in range(first, last):
                late += rows[row, LATE]
            for kind in range(3 if late else 2):
                letter = _A if kind == PREPARED else _B if kind == PRINCIPAL else _E
                day = 1 if kind == PREPARED else 8 if kind == PRINCIPAL else 18
                at = _opening(
                    out, at, letter, transfer, numbers[firm], header, firm, month, day, values, crlf
                )
                at = _body(
                    out, at, letter, latin, letters, numbers[firm], rows, before, first, last, month,
                    v < 0.5, values, crlf,
                )  # fmt: skip
                files[0, count], files[1, count], files[2, count] = firm, month, kind
                count += 1
                starts[count] = at
    return starts[: count + 1], files[0, :count], files[1, :count], files[2, :count]


@kernel
def _body(
    out: Bytes, at: int, letter: int, latin: Texts, letters: Texts, number: int, rows: Ints, before: int,
    first: int, last: int, month: int, silent: bool, values: Ints, crlf: int,
) -> int:  # fmt: skip
    """Write a file from its records of known employees to its last total.

    Rows ``before … first - 1`` are those of the month before, ``first … last - 1`` those of the month.
    """
    known, entering = np.zeros(9, np.int64), np.zeros(9, np.int64)
    is_known = np.zeros(last - first, np.uint8)
    previous = before
    if letter == _A:
        for row in range(before, first):
            if _stays(rows[row]):
                at = _detail(out, at, _A, latin, letters, number, rows[row], month, True, values, known, crlf)
        return _totals(out, at, _A, 3, number, month, values, known, crlf)
    if letter == _E:
        at = _record(out, at, _E, 2, _EMPTY, values, crlf)
        at = _record(out, at, _E, 3, _EMPTY, values, crlf)
    else:
        for row in range(first, last):
            while previous < first and rows[previous, NUMBER] < rows[row, NUMBER]:
                previous += 1
            if previous < first and rows[previous, NUMBER] == rows[row, NUMBER] and _stays(rows[previous]):
                is_known[row - first] = 1
                if not rows[row, LATE]:
                    at = _detail(
                        out, at, _B, latin, letters, number, rows[row], month, True, values, known, crlf
                    )
        at = _totals(out, at, _B, 3, number, month, values, known, crlf)
    for row in range(first, last):
        # The principal has the entrants, the complementary whatever the principal forgot.
        if rows[row, LATE] if letter == _E else not (is_known[row - first] or rows[row, LATE]):
            start = at
            at = _detail(
                out, at, letter, latin, letters, number, rows[row], month, False, values, entering, crlf
            )
            if letter == _E and silent:
                # An E04 may leave the employer's field blank.
                out[start + _EMPLOYER_AT : start + _EMPLOYER_AT + 7] = 32
    if entering[_COUNT] == 0:
        at = _record(out, at, letter, 4, _EMPTY, values, crlf)
    at = _totals(out, at, letter, 5, number, month, values, entering, crlf)
    for k in range(9):
        known[k] += entering[k]
    return _totals(out, at, letter, 6, number, month, values, known, crlf)
