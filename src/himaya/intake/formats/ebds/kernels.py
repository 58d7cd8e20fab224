"""One compiled pass over the physical lines of a block: records, fields, rules, running totals, rows.

The state of a delivery between two blocks is a handful of integers (:data:`STATE`) and the sums of its details, so
a delivery may be cut into blocks anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.contract.identifiers import (
    NO_NUMBER,
    OCCASIONAL_NUMBER,
    REFUSED_NUMBER,
    employer_number_checks,
    insured_number_checks,
    is_insured_number,
    pack_cin_bytes,
)
from himaya.intake.formats.base import ACCEPTED, QUARANTINED, STRUCTURAL
from himaya.intake.formats.ebds import marks
from himaya.intake.formats.ebds.bytes import (
    SPACE,
    is_blank,
    is_blank_or_zero,
    is_date,
    month_number,
    read_number,
    text_faults,
)
from himaya.intake.formats.ebds.layout import NUMERIC_SLOTS, RECORDS_PER_LETTER, SLOTS
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.intake.formats.ebds.layout import Tables

STATE = (
    "letter", "last", "employer", "month", "category", "previous_known", "previous_entrant", "entrants",
    "ceiling_month", "ceiling", "seen", "totals_read",
)  # fmt: skip
"""What a delivery's reader remembers between lines; -1 is unknown. ``last`` holds the digits of the last record in
its place (7 at the start), ``seen`` and ``totals_read`` have a bit for the digits of each."""
AT_START = np.array([-1, 7, -1, -1, -1, -1, -1, 0, -1, -1, 0, 0], np.int64)
"""The state before the first line."""

ROW = (*SLOTS[: SLOTS.index("control")], "line", "at", "record", "cin", "situation")
"""What is handed on of each accepted detail line; ``period`` is a month number there."""

LETTER, LAST, EMPLOYER, MONTH, CATEGORY, PREVIOUS, _, ENTRANTS, CEILING_MONTH, CEILING, SEEN, TOTALS_READ = (
    range(len(STATE))
)
(
    S_EMPLOYER, S_PERIOD, S_NUMBER, _, _, _, _, _, S_DAYS, S_WAGE, S_CAPPED, S_CONTROL, S_COUNT, _,
    _, S_CIN, S_SITUATION, S_CATEGORY,
) = range(len(SLOTS))  # fmt: skip
R_LINE, R_AT, R_RECORD, R_CIN, R_SITUATION = range(S_CONTROL, S_CONTROL + 5)
N, AN, D, X = range(4)
E04 = 2 * RECORDS_PER_LETTER + 4
LOW_32 = np.uint64(0xFFFFFFFF)


@kernel
def scan(
    buffer: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    first_line: int,
    tables: Tables,
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
    sums: NDArray[np.int64],
    declared: NDArray[np.uint64],
    verdicts: NDArray[np.uint8],
    codes: NDArray[np.uint64],
    rows: NDArray[np.int64],
) -> int:
    """Judge the lines of a block and read what they say.

    Parameters
    ----------
    buffer, starts, lengths, first_line
        The block (see :class:`~himaya.intake.formats.base.Block`).
    tables
        The layout.
    ceilings
        Month number and contribution ceiling in centimes from then on, ascending; a negative ceiling is one
        that is not known, shape (n, 2).
    state, sums, declared
        What is remembered from block to block, updated in place: :data:`STATE`; sums over the readable details
        02 and 04 by slot, as low and high 32 bits, shape (2, slots, 2); the totals as declared, by the digits of
        the record and slot, shape (7, slots).
    verdicts, codes
        Filled: one a line.
    rows
        Filled: one column an accepted detail line, fields as in :data:`ROW`, shape (len(ROW), lines).

    Returns
    -------
    Number of columns filled in ``rows``.
    """
    values = np.zeros(NUMERIC_SLOTS, np.uint64)
    kept = 0
    for i in range(len(starts)):
        at, length = starts[i], np.int64(lengths[i])
        verdict = STRUCTURAL
        found = 0
        if not is_blank(buffer, at, min(length, 3)) or not is_blank(buffer, at, length):
            found = text_faults(buffer, at, length)
            record = _record(buffer, at, length, tables)
            if record < 0:
                found |= marks.UNKNOWN_RECORD
                if length != tables.limits[0]:
                    found |= marks.LINE_WIDTH
            else:
                found |= _take_place(record, tables, state)
                digits = record % RECORDS_PER_LETTER
                if not _is_placeholder(buffer, at, length, record, tables, state):
                    detail = digits in (2, 4)
                    if length != tables.limits[0]:
                        found |= marks.LINE_WIDTH
                    elif detail:
                        found |= _detail(
                            buffer, at, record, found, tables, ceilings, state, sums, values, rows, kept
                        )
                    else:
                        found |= _frame(buffer, at, record, found, tables, state, declared, values)
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
def _record(buffer: NDArray[np.uint8], at: int, length: int, tables: Tables) -> int:
    """Number of the record that the first three bytes name; -1 for none."""
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
    return record if tables.first[record] < tables.first[record + 1] else -1


@kernel
def _take_place(record: int, tables: Tables, state: NDArray[np.int64]) -> int:
    """Advance to ``record`` where it may stand here; a record out of place changes nothing."""
    letter = record // RECORDS_PER_LETTER
    if state[LETTER] < 0:
        state[LETTER] = letter
    if letter != state[LETTER] or not (tables.follows[record] >> state[LAST]) & 1:
        return marks.RECORD_ORDER
    state[LAST] = record % RECORDS_PER_LETTER
    state[SEEN] |= 1 << state[LAST]
    return 0


@kernel
def _is_placeholder(
    buffer: NDArray[np.uint8], at: int, length: int, record: int, tables: Tables, state: NDArray[np.int64]
) -> bool:
    """Whether the line only says that its part of the file is empty.

    In place of E02 and E03 the type alone will do, at any width; the first 04 may be of spaces and zeros, with or
    without employer and period.
    """
    letter, digits = record // RECORDS_PER_LETTER, record % RECORDS_PER_LETTER
    complementary = letter == 2 and digits in (2, 3)
    if complementary and is_blank(buffer, at + 3, length - 3):
        return True
    if not complementary and not (digits == 4 and state[ENTRANTS] == 0):
        return False
    body = tables.place[record, S_PERIOD, 0] + tables.place[record, S_PERIOD, 1]
    if length != tables.limits[0] or not is_blank_or_zero(buffer, at + body, length - body):
        return False
    for i in range(at + 3, at + body):
        if buffer[i] != SPACE and not 48 <= buffer[i] <= 57:
            return False
    return True


@kernel
def _read_fields(
    buffer: NDArray[np.uint8], at: int, record: int, tables: Tables, values: NDArray[np.uint64]
) -> tuple[int, int]:
    """Read all fields of a record into ``values``; returns the slots that could be read, as bits, and the codes."""
    values[:] = 0
    readable = 0
    found = 0
    for f in range(tables.first[record], tables.first[record + 1]):
        place, width = at + tables.fields[f, 0], tables.fields[f, 1]
        picture, slot = tables.fields[f, 2], tables.fields[f, 3]
        if picture == N:
            value, digits = read_number(buffer, place, width)
            if digits:
                values[slot] = value
                readable |= 1 << slot
            elif slot == S_EMPLOYER and record == E04 and is_blank(buffer, place, width):
                found |= marks.EMPLOYER_BLANK
            else:
                found |= marks.NOT_A_NUMBER
        elif picture == X:
            if not is_blank(buffer, place, width):
                found |= marks.FILLER_NOT_BLANK
        elif picture == AN:
            if buffer[place] == SPACE and not is_blank(buffer, place, width):
                found |= marks.TEXT_NOT_LEFT_ALIGNED
        elif not is_blank_or_zero(buffer, place, width):
            value, digits = read_number(buffer, place, width)
            if not digits or not is_date(np.int64(value)):
                found |= marks.DATE_INVALID
    return readable, found


@kernel
def _frame(
    buffer: NDArray[np.uint8],
    at: int,
    record: int,
    place_faults: int,
    tables: Tables,
    state: NDArray[np.int64],
    declared: NDArray[np.uint64],
    values: NDArray[np.uint64],
) -> int:
    """Read a header or a totals record; one in its place is remembered."""
    readable, found = _read_fields(buffer, at, record, tables, values)
    letter, digits = record // RECORDS_PER_LETTER, record % RECORDS_PER_LETTER
    in_place = not place_faults & marks.RECORD_ORDER
    if digits == 0:
        place = at + tables.place[record, S_CATEGORY, 0]
        category = np.int64(buffer[place]) * 256 + np.int64(buffer[place + 1])
        if not tables.categories[letter, 0] <= category <= tables.categories[letter, 1]:
            found |= marks.CATEGORY_MISMATCH
        elif in_place:
            state[CATEGORY] = category
    elif digits == 1:
        employer, month = -1, -1
        if readable & (1 << S_EMPLOYER):
            employer = np.int64(values[S_EMPLOYER])
            if not employer_number_checks(employer):
                found |= marks.EMPLOYER_CHECK_DIGIT
        if readable & (1 << S_PERIOD):
            month = month_number(np.int64(values[S_PERIOD]))
            if month < 0:
                found |= marks.PERIOD_INVALID
        if in_place:
            state[EMPLOYER], state[MONTH] = employer, month
    else:
        found |= _belongs(values, readable, state)
        if in_place and not found & marks.NOT_A_NUMBER:
            declared[digits] = values
            state[TOTALS_READ] |= 1 << digits
    return found


@kernel
def _belongs(values: NDArray[np.uint64], readable: int, state: NDArray[np.int64]) -> int:
    """Compare employer and period of a line with the header."""
    found = 0
    if (
        readable & (1 << S_EMPLOYER)
        and state[EMPLOYER] >= 0
        and np.int64(values[S_EMPLOYER]) != state[EMPLOYER]
    ):
        found |= marks.EMPLOYER_MISMATCH
    if readable & (1 << S_PERIOD):
        month = month_number(np.int64(values[S_PERIOD]))
        if month < 0:
            found |= marks.PERIOD_INVALID
        elif state[MONTH] >= 0 and month != state[MONTH]:
            found |= marks.PERIOD_MISMATCH
    return found


@kernel
def _detail(
    buffer: NDArray[np.uint8],
    at: int,
    record: int,
    place_faults: int,
    tables: Tables,
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
    sums: NDArray[np.int64],
    values: NDArray[np.uint64],
    rows: NDArray[np.int64],
    kept: int,
) -> int:
    """Read one employee's line, judge it and write its row; the row counts only if the line is accepted."""
    readable, found = _read_fields(buffer, at, record, tables, values)
    section = record % RECORDS_PER_LETTER // 2 - 1
    if not found & marks.NOT_A_NUMBER and record // RECORDS_PER_LETTER == state[LETTER]:
        # What the sender added up: every detail that can be read, whether it is accepted or not.
        values[S_COUNT] = np.uint64(1)
        for slot in range(NUMERIC_SLOTS):
            sums[section, slot, 0] += np.int64(values[slot] & LOW_32)
            sums[section, slot, 1] += np.int64(values[slot] >> np.uint64(32))
    found |= _belongs(values, readable, state)
    cin = np.int64(0)
    if tables.place[record, S_CIN, 1]:
        cin = pack_cin_bytes(buffer, at + tables.place[record, S_CIN, 0], tables.place[record, S_CIN, 1])
    if readable & (1 << S_NUMBER):
        number = np.int64(values[S_NUMBER])
        found |= _judge_number(number, cin)
        if not place_faults & marks.RECORD_ORDER:
            if number < state[PREVIOUS + section]:
                found |= marks.NOT_SORTED
            state[PREVIOUS + section] = number
    situation = _situation(buffer, at, record, tables)
    if situation < 0:
        found |= marks.SITUATION_UNKNOWN
    found |= _judge_money(values, readable, record, situation, tables, ceilings, state)
    for slot in range(S_CONTROL):
        rows[slot, kept] = np.int64(values[slot])
    if found & marks.EMPLOYER_BLANK:
        rows[S_EMPLOYER, kept] = state[EMPLOYER]
    rows[S_PERIOD, kept] = month_number(np.int64(values[S_PERIOD]))
    rows[R_AT, kept] = at
    rows[R_RECORD, kept] = record
    rows[R_CIN, kept] = cin
    rows[R_SITUATION, kept] = situation
    return found


@kernel
def _judge_number(number: int, cin: int) -> int:
    """Judge an insured number; without one (000000000) there must be a CIN that identifies the person."""
    if number == NO_NUMBER:
        return 0 if cin > 0 else marks.CIN_REQUIRED
    if number == OCCASIONAL_NUMBER:
        return marks.OCCASIONAL_LABOUR
    if number == REFUSED_NUMBER:
        return marks.INSURED_NUMBER_REFUSED
    if not is_insured_number(number):
        return marks.INSURED_NUMBER_INVALID
    return 0 if insured_number_checks(number) else marks.INSURED_NUMBER_CHECK_DIGIT


@kernel
def _situation(buffer: NDArray[np.uint8], at: int, record: int, tables: Tables) -> int:
    """Rank of the situation; 0 for a record without one, -1 for a code that is not in the contract."""
    if not tables.place[record, S_SITUATION, 1]:
        return 0
    place = at + tables.place[record, S_SITUATION, 0]
    code = np.int64(buffer[place]) * 256 + np.int64(buffer[place + 1])
    for rank in range(len(tables.situations)):
        if tables.situations[rank, 0] == code:
            return rank
    return -1


@kernel
def _judge_money(
    values: NDArray[np.uint64],
    readable: int,
    record: int,
    situation: int,
    tables: Tables,
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
) -> int:
    """Judge days, wages and control sum, each as far as its fields can be read."""
    found = 0
    days, wage, capped = np.int64(values[S_DAYS]), np.int64(values[S_WAGE]), np.int64(values[S_CAPPED])
    has_wage, has_capped = readable & (1 << S_WAGE), readable & (1 << S_CAPPED)
    if days > tables.limits[1]:
        found |= marks.DECLARED_DAYS_OVER_26
    if has_wage and has_capped and capped > wage:
        found |= marks.CAPPED_OVER_REAL
    if has_capped and readable & (1 << S_PERIOD):
        ceiling = _ceiling(month_number(np.int64(values[S_PERIOD])), ceilings, state)
        if 0 <= ceiling < capped:
            found |= marks.CAPPED_OVER_CEILING
    if situation > 0 and tables.situations[situation, 1] and (days or wage or capped):
        found |= marks.ABSENCE_NOT_ZERO
    if situation >= 0 and readable & (1 << S_CONTROL):
        total = np.uint64(0)
        for slot in range(S_CONTROL):
            if tables.control[record, slot]:
                if not readable & (1 << slot):
                    return found
                total += values[slot]
        if tables.control[record, S_SITUATION]:
            total += np.uint64(situation)
        if total != values[S_CONTROL]:
            found |= marks.CONTROL_SUM
    return found


@kernel
def _ceiling(month: int, ceilings: NDArray[np.int64], state: NDArray[np.int64]) -> int:
    """Ceiling of a month; -1 where it is not known. The last answer is remembered: a file is of one month."""
    if month != state[CEILING_MONTH]:
        state[CEILING_MONTH], state[CEILING] = month, -1
        for k in range(len(ceilings)):
            if ceilings[k, 0] <= month:
                state[CEILING] = ceilings[k, 1]
    return state[CEILING]
