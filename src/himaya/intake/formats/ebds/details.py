"""The compiled rules of the detail lines (02 and 04), and the reading of fields for all records.

Arrays are handed down one by one, never in tuples: the references of a tuple of arrays are counted at every
call, and that took half the time of the pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.contract.identifiers import (
    NO_NUMBER,
    OCCASIONAL_NUMBER,
    REFUSED_NUMBER,
    insured_number_checks,
    is_insured_number,
    pack_cin_bytes,
)
from himaya.intake.formats.ebds import marks
from himaya.intake.formats.ebds.bytes import (
    SPACE,
    is_blank,
    is_blank_or_zero,
    is_date,
    month_number,
    read_number,
)
from himaya.intake.formats.ebds.layout import NUMERIC_SLOTS, PICTURES, RECORDS_PER_LETTER
from himaya.intake.formats.ebds.state import (
    CEILING,
    CEILING_MONTH,
    CONTROL,
    EMPLOYER,
    END,
    FIRST,
    LETTER,
    MONTH,
    PLACES,
    PREVIOUS,
    R_AT,
    R_CIN,
    R_RECORD,
    R_SITUATION,
    S_CAPPED,
    S_CIN,
    S_CONTROL,
    S_COUNT,
    S_DAYS,
    S_EMPLOYER,
    S_NUMBER,
    S_PERIOD,
    S_SITUATION,
    S_WAGE,
)
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.intake.formats.ebds.bytes import Int

N, AN, D, X = range(len(PICTURES))
E02, E04 = 2 * RECORDS_PER_LETTER + 2, 2 * RECORDS_PER_LETTER + 4
LOW_32 = np.uint64(0xFFFFFFFF)


@kernel
def read_fields(
    buffer: NDArray[np.uint8],
    at: Int,
    record: Int,
    records: NDArray[np.int64],
    fields: NDArray[np.int64],
    values: NDArray[np.uint64],
) -> tuple[Int, Int]:
    """Read the fields of a record into ``values`` by slot; returns the slots read, as bits, and the codes."""
    for slot in range(NUMERIC_SLOTS):
        values[slot] = np.uint64(0)
    readable = 0
    found = 0
    for f in range(records[record, FIRST], records[record, END]):
        place, width = at + fields[f, 0], fields[f, 1]
        picture, slot = fields[f, 2], fields[f, 3]
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
def belongs(values: NDArray[np.uint64], readable: Int, state: NDArray[np.int64]) -> Int:
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
def judge_detail(
    buffer: NDArray[np.uint8],
    at: Int,
    record: Int,
    place_faults: Int,
    records: NDArray[np.int64],
    fields: NDArray[np.int64],
    situations: NDArray[np.int64],
    most_days: Int,
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
    sums: NDArray[np.int64],
    values: NDArray[np.uint64],
    rows: NDArray[np.int64],
    kept: Int,
) -> Int:
    """Read one employee's line, judge it and write its row; the row counts only if the line is accepted."""
    readable, found = read_fields(buffer, at, record, records, fields, values)
    if record == E02:
        found |= marks.ENTRANTS_ONLY
    if found & marks.EMPLOYER_BLANK and state[EMPLOYER] < 0:
        found |= marks.NOT_A_NUMBER  # neither the line nor the header says whose it is
    section = record % RECORDS_PER_LETTER // 2 - 1
    if not found & marks.NOT_A_NUMBER and record // RECORDS_PER_LETTER == state[LETTER]:
        # What the sender added up: every detail that can be read, whether it is accepted or not.
        values[S_COUNT] = np.uint64(1)
        for slot in range(NUMERIC_SLOTS):
            sums[section, 0, slot] += np.int64(values[slot] & LOW_32)
            sums[section, 1, slot] += np.int64(values[slot] >> np.uint64(32))
    found |= belongs(values, readable, state)
    cin: Int = 0
    if records[record, PLACES + 2 * S_CIN + 1]:
        cin = pack_cin_bytes(
            buffer, at + records[record, PLACES + 2 * S_CIN], records[record, PLACES + 2 * S_CIN + 1]
        )
    if readable & (1 << S_NUMBER):
        number = np.int64(values[S_NUMBER])
        judged = _judge_number(number, cin)  # type: ignore[arg-type] # one type to Numba
        found |= judged
        # A mistyped number must not cost the next person the month: it is out of order itself, not what follows.
        doubtful = judged & (marks.INSURED_NUMBER_CHECK_DIGIT | marks.INSURED_NUMBER_INVALID)
        if not place_faults & marks.RECORD_ORDER and not doubtful:
            if number < state[PREVIOUS + section]:
                found |= marks.NOT_SORTED
            state[PREVIOUS + section] = number
    situation = _situation(buffer, at, record, records, situations)
    if situation < 0:
        found |= marks.SITUATION_UNKNOWN
    found |= _judge_money(
        values, readable, situation, records[record, CONTROL], situations, most_days, ceilings, state
    )
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
def _judge_number(number: int, cin: Int) -> Int:
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
def _situation(
    buffer: NDArray[np.uint8],
    at: Int,
    record: Int,
    records: NDArray[np.int64],
    situations: NDArray[np.int64],
) -> Int:
    """Rank of the situation; 0 for a record without one, -1 for a code that is not in the contract."""
    if not records[record, PLACES + 2 * S_SITUATION + 1]:
        return 0
    place = at + records[record, PLACES + 2 * S_SITUATION]
    code = np.int64(buffer[place]) * 256 + np.int64(buffer[place + 1])
    for rank in range(len(situations)):
        if situations[rank, 0] == code:
            return rank
    return -1


@kernel
def _judge_money(
    values: NDArray[np.uint64],
    readable: Int,
    situation: Int,
    control: Int,
    situations: NDArray[np.int64],
    most_days: Int,
    ceilings: NDArray[np.int64],
    state: NDArray[np.int64],
) -> Int:
    """Judge days, wages and control sum, each as far as its fields can be read."""
    found = 0
    days, wage, capped = np.int64(values[S_DAYS]), np.int64(values[S_WAGE]), np.int64(values[S_CAPPED])
    has_wage, has_capped = readable & (1 << S_WAGE), readable & (1 << S_CAPPED)
    if days > most_days:
        found |= marks.DECLARED_DAYS_OVER_26
    if has_wage and has_capped and capped > wage:
        found |= marks.CAPPED_OVER_REAL
    if has_capped and readable & (1 << S_PERIOD):
        ceiling = _ceiling(month_number(np.int64(values[S_PERIOD])), ceilings, state)
        if 0 <= ceiling < capped:
            found |= marks.CAPPED_OVER_CEILING
    if situation > 0 and situations[situation, 1] and (days or wage or capped):
        found |= marks.ABSENCE_NOT_ZERO
    if situation >= 0 and readable & (1 << S_CONTROL):
        total = np.uint64(0)
        for slot in range(S_CONTROL):
            if control & (1 << slot):
                if not readable & (1 << slot):
                    return found
                total += values[slot]
        if control & (1 << S_SITUATION):
            total += np.uint64(situation)
        if total != values[S_CONTROL]:
            found |= marks.CONTROL_SUM
    return found


@kernel
def _ceiling(month: Int, ceilings: NDArray[np.int64], state: NDArray[np.int64]) -> Int:
    """Ceiling of a month; -1 where it is not known. The last answer is remembered: a file is of one month."""
    if month != state[CEILING_MONTH]:
        state[CEILING_MONTH], state[CEILING] = month, -1
        for k in range(len(ceilings)):
            if ceilings[k, 0] <= month:
                state[CEILING] = ceilings[k, 1]
    return np.int64(state[CEILING])
