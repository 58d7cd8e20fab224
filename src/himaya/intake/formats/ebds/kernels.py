"""One compiled pass over the physical lines of a block: records, fields, rules, running totals, rows.

The state of a delivery between two blocks is a handful of integers and the sums of its details, so a delivery
may be cut into blocks anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.contract.identifiers import employer_number_checks
from himaya.intake.formats.base import ACCEPTED, QUARANTINED, STRUCTURAL
from himaya.intake.formats.ebds import marks
from himaya.intake.formats.ebds.bytes import SPACE, is_blank, is_blank_or_zero, month_number, text_faults
from himaya.intake.formats.ebds.details import belongs, judge_detail, read_fields
from himaya.intake.formats.ebds.layout import NUMERIC_SLOTS, RECORDS_PER_LETTER
from himaya.intake.formats.ebds.state import (
    CATEGORY,
    EMPLOYER,
    END,
    ENTRANTS,
    FOLLOWS,
    HIGHEST_CATEGORY,
    LAST,
    LETTER,
    LOWEST_CATEGORY,
    MONTH,
    PLACES,
    R_LINE,
    S_CATEGORY,
    S_EMPLOYER,
    S_PERIOD,
    SEEN,
    TOTALS_READ,
)
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.intake.formats.ebds.bytes import Int
    from himaya.intake.formats.ebds.layout import Tables


@kernel
def scan(
    buffer: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    first_line: Int,
    tables: Tables,
    limits: tuple[int, int],
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
    sums: NDArray[np.int64],
    declared: NDArray[np.uint64],
    verdicts: NDArray[np.uint8],
    codes: NDArray[np.uint64],
    rows: NDArray[np.int64],
) -> Int:
    """Judge the lines of a block and read what they say.

    Parameters
    ----------
    buffer, starts, lengths, first_line
        The block (see :class:`~himaya.intake.formats.base.Block`).
    tables, limits
        The layout; width of a line and most days of a month.
    ceilings
        Month number and contribution ceiling in centimes from then on, ascending; a negative ceiling is one
        that is not known, shape (n, 2).
    state, sums, declared
        What is remembered from block to block, updated in place: ``STATE``; sums over the readable details 02
        and 04, their low and high 32 bits, by slot, shape (2, 2, slots); the totals as declared, by digits of
        the record and slot, shape (7, slots).
    verdicts, codes
        Filled: one a line.
    rows
        Filled: one column an accepted detail line, rows as in ``ROW``, shape (len(ROW), lines).

    Returns
    -------
    How many columns of ``rows`` are filled.
    """
    records, fields, situations = tables  # once: each reference that is taken to an array is counted
    line_width, most_days = limits
    values = np.zeros(NUMERIC_SLOTS, np.uint64)
    kept = 0
    for i in range(len(starts)):
        at, length = starts[i], np.int64(lengths[i])
        verdict = STRUCTURAL
        found: Int = 0
        if not is_blank(buffer, at, min(length, np.int64(3))) or not is_blank(buffer, at, length):
            found = text_faults(buffer, at, length)
            record = _record(buffer, at, length, records)
            if record < 0:
                found |= marks.UNKNOWN_RECORD
                if length != line_width:
                    found |= marks.LINE_WIDTH
            else:
                found |= _take_place(record, records, state)
                digits = record % RECORDS_PER_LETTER
                if not _is_placeholder(buffer, at, length, record, line_width, records, state):
                    detail = digits in (2, 4)
                    if length != line_width:
                        found |= marks.LINE_WIDTH
                    elif detail:
                        found |= judge_detail(
                            buffer, at, record, found, records, fields, situations, most_days, ceilings,
                            state, sums, values, rows, kept,
                        )  # fmt: skip
                    else:
                        found |= _frame(buffer, at, record, found, records, fields, state, declared, values)
                    if detail:
                        verdict = ACCEPTED
                if digits == 4:
                    state[ENTRANTS] += 1
        if found & marks.ERRORS:
            verdict = QUARANTINED
        if verdict == ACCEPTED:
            rows[R_LINE, kept] = first_line + i
            kept += 1
        verdicts[i] = verdict
        codes[i] = np.uint64(found)
    return kept


@kernel
def _record(buffer: NDArray[np.uint8], at: Int, length: Int, records: NDArray[np.int64]) -> Int:
    """Find the number of the record that the first three bytes name; -1 for none."""
    if length < 3 or buffer[at + 1] != 48:
        return -1
    letter = -1
    if buffer[at] == 65:
        letter = 0
    elif buffer[at] == 66:
        letter = 1
    elif buffer[at] == 69:
        letter = 2
    digit = np.int64(buffer[at + 2]) - 48
    if letter < 0 or digit < 0 or digit >= RECORDS_PER_LETTER:
        return -1
    record = letter * RECORDS_PER_LETTER + digit
    return record if records[record, END] else -1


@kernel
def _take_place(record: Int, records: NDArray[np.int64], state: NDArray[np.int64]) -> Int:
    """Advance to ``record`` where it may stand here; a record out of place changes nothing."""
    letter = record // RECORDS_PER_LETTER
    if state[LETTER] < 0:
        state[LETTER] = letter
    if letter != state[LETTER] or not (records[record, FOLLOWS] >> state[LAST]) & 1:
        return marks.RECORD_ORDER
    state[LAST] = record % RECORDS_PER_LETTER
    state[SEEN] |= 1 << state[LAST]
    return 0


@kernel
def _is_placeholder(
    buffer: NDArray[np.uint8],
    at: Int,
    length: Int,
    record: Int,
    line_width: Int,
    records: NDArray[np.int64],
    state: NDArray[np.int64],
) -> bool:
    """Whether the line only says that its part of the file is empty.

    In place of E02 and E03 the type alone will do, at any width; the first 04 may be of spaces and zeros,
    with or without employer and period.
    """
    letter, digits = record // RECORDS_PER_LETTER, record % RECORDS_PER_LETTER
    complementary = letter == 2 and digits in (2, 3)
    if complementary and is_blank(buffer, at + 3, length - 3):
        return True
    if not complementary and not (digits == 4 and state[ENTRANTS] == 0):
        return False
    body = records[record, PLACES + 2 * S_PERIOD] + records[record, PLACES + 2 * S_PERIOD + 1]
    if length != line_width or not is_blank_or_zero(buffer, at + body, length - body):
        return False
    for i in range(at + 3, at + body):
        if buffer[i] != SPACE and not 48 <= buffer[i] <= 57:
            return False
    return True


@kernel
def _frame(
    buffer: NDArray[np.uint8],
    at: Int,
    record: Int,
    place_faults: Int,
    records: NDArray[np.int64],
    fields: NDArray[np.int64],
    state: NDArray[np.int64],
    declared: NDArray[np.uint64],
    values: NDArray[np.uint64],
) -> Int:
    """Read a header or a totals record; one in its place is remembered."""
    readable, found = read_fields(buffer, at, record, records, fields, values)
    digits = record % RECORDS_PER_LETTER
    in_place = not place_faults & marks.RECORD_ORDER
    if digits == 0:
        place = at + records[record, PLACES + 2 * S_CATEGORY]
        category = np.int64(buffer[place]) * 256 + np.int64(buffer[place + 1])
        if not records[record, LOWEST_CATEGORY] <= category <= records[record, HIGHEST_CATEGORY]:
            found |= marks.CATEGORY_MISMATCH
        elif in_place:
            state[CATEGORY] = category
    elif digits == 1:
        employer: Int = -1
        month: Int = -1
        if readable & (1 << S_EMPLOYER):
            employer = np.int64(values[S_EMPLOYER])
            if not employer_number_checks(employer):  # type: ignore[arg-type] # one type to Numba
                found |= marks.EMPLOYER_CHECK_DIGIT
        if readable & (1 << S_PERIOD):
            month = month_number(np.int64(values[S_PERIOD]))
            if month < 0:
                found |= marks.PERIOD_INVALID
        if in_place:
            state[EMPLOYER], state[MONTH] = employer, month
    else:
        found |= belongs(values, readable, state)
        if in_place and not found & marks.NOT_A_NUMBER:
            declared[digits] = values
            state[TOTALS_READ] |= 1 << digits
    return found
