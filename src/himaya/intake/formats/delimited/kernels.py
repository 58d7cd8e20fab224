"""The compiled pass over delimited lines: fields, numbers, dates, and every code of every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from himaya.contract.identifiers import (
    employer_number_checks,
    insured_number_checks,
    is_insured_number,
    pack_cin_bytes,
)
from himaya.intake.formats.base import ACCEPTED, QUARANTINED, STRUCTURAL, code_bits
from himaya.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODES = (
    "not-decodable",
    "nul-byte",
    "control-character",
    "unclosed-quote",
    "stray-quote",
    "field-count",
    "value-missing",
    "not-a-number",
    "too-many-decimals",
    "date-invalid",
    "out-of-range",
    "date-in-future",
    "value-not-allowed",
    "text-too-long",
    "insured-number-invalid",
    "employer-number-invalid",
    "cin-invalid",
    "insured-number-check-digit",
    "employer-check-digit",
    "header-unusable",
)
"""What a delimited line may carry; position is the bit."""

_BITS = code_bits(CODES)
NOT_DECODABLE = 1 << _BITS["not-decodable"]
NUL_BYTE = 1 << _BITS["nul-byte"]
CONTROL_CHARACTER = 1 << _BITS["control-character"]
UNCLOSED_QUOTE = 1 << _BITS["unclosed-quote"]
STRAY_QUOTE = 1 << _BITS["stray-quote"]
FIELD_COUNT = 1 << _BITS["field-count"]
VALUE_MISSING = 1 << _BITS["value-missing"]
NOT_A_NUMBER = 1 << _BITS["not-a-number"]
TOO_MANY_DECIMALS = 1 << _BITS["too-many-decimals"]
DATE_INVALID = 1 << _BITS["date-invalid"]
OUT_OF_RANGE = 1 << _BITS["out-of-range"]
DATE_IN_FUTURE = 1 << _BITS["date-in-future"]
VALUE_NOT_ALLOWED = 1 << _BITS["value-not-allowed"]
TEXT_TOO_LONG = 1 << _BITS["text-too-long"]
INSURED_INVALID = 1 << _BITS["insured-number-invalid"]
EMPLOYER_INVALID = 1 << _BITS["employer-number-invalid"]
CIN_INVALID = 1 << _BITS["cin-invalid"]
INSURED_CHECK_DIGIT = 1 << _BITS["insured-number-check-digit"]
EMPLOYER_CHECK_DIGIT = 1 << _BITS["employer-check-digit"]
HEADER_UNUSABLE = 1 << _BITS["header-unusable"]

ORDINARY, SEPARATOR, QUOTE, HIGH, UNDEFINED, NUL, CONTROL = range(7)
"""Classes of bytes."""

TEXT, INTEGER, DECIMAL, DATE, INSURED, EMPLOYER, CIN = range(7)
"""How a column is parsed."""

# Columns of the table that describes the columns of a contract to the kernel.
POSITION, PARSE, REQUIRED, SCALE, MINIMUM, MAXIMUM = range(6)
FUTURE, FORMATS, LENGTH, REFUSE, NULLS, NULLS_END, WORDS = range(6, 13)

NULL, BROKEN, DOUBLED = 1, 2, 4
"""Bits of a field's state: no value; a value that breaks a rule; doubled quotes inside."""

_SPACE = 32
_NO_DATE = -(1 << 40)


@kernel
def _digits(buffer: NDArray[np.uint8], start: int, count: int) -> int:
    """Read the number written by ``count`` digits, or -1."""
    value = 0
    for i in range(start, start + count):
        digit = int(buffer[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@kernel
def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a Gregorian date; :data:`_NO_DATE` where there is none."""
    if year < 1 or month < 1 or month > 12 or day < 1:
        return _NO_DATE
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2:
        last = 29 if leap else 28
    elif month in (4, 6, 9, 11):  # a set would be made anew at each call
        last = 30
    else:
        last = 31
    if day > last:
        return _NO_DATE
    # Years counted from March, so that the leap day ends them.
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@kernel
def _date(buffer: NDArray[np.uint8], start: int, length: int, formats: int) -> int:
    """Days since 1970-01-01 of a field in one of the formats allowed; a value below all dates otherwise."""
    if length == 10 and formats & 1 and buffer[start + 2] == 47 and buffer[start + 5] == 47:
        return _days(_digits(buffer, start + 6, 4), _digits(buffer, start + 3, 2), _digits(buffer, start, 2))
    if length == 10 and formats & 2 and buffer[start + 4] == 45 and buffer[start + 7] == 45:
        return _days(_digits(buffer, start, 4), _digits(buffer, start + 5, 2), _digits(buffer, start + 8, 2))
    if length == 8 and formats & 4:
        return _days(_digits(buffer, start, 4), _digits(buffer, start + 4, 2), _digits(buffer, start + 6, 2))
    if length == 7 and formats & 8 and buffer[start + 2] == 47:
        return _days(_digits(buffer, start + 3, 4), _digits(buffer, start, 2), 1)
    if length == 7 and formats & 16 and buffer[start + 4] == 45:
        return _days(_digits(buffer, start, 4), _digits(buffer, start + 5, 2), 1)
    if length == 6 and formats & 32:
        return _days(_digits(buffer, start, 4), _digits(buffer, start + 4, 2), 1)
    return _NO_DATE


@kernel
def _number(buffer: NDArray[np.uint8], start: int, length: int, scale: int, mark: int) -> tuple[int, int]:
    """Value of a number times 10 ** scale, and its code (0 where it is right)."""
    at, end = start, start + length
    negative = length > 0 and buffer[at] == 45
    if negative:
        at += 1
    value, whole, decimals = 0, 0, -1
    while at < end:
        byte = int(buffer[at])
        if 48 <= byte <= 57:
            if decimals < 0:
                whole += 1
                value = value * 10 + byte - 48
            elif decimals < scale:
                decimals += 1
                value = value * 10 + byte - 48
            elif byte != 48:
                return 0, TOO_MANY_DECIMALS
        elif byte == mark and decimals < 0 and scale > 0 and at + 1 < end:
            decimals = 0
        else:
            return 0, NOT_A_NUMBER
        at += 1
        if whole > 15:
            return 0, OUT_OF_RANGE
    if whole == 0:
        return 0, NOT_A_NUMBER
    for _ in range(scale - max(decimals, 0)):
        value *= 10
    return (-value if negative else value), 0


@kernel
def utf8_valid(buffer: NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether bytes are strict UTF-8: no overlong form, no surrogate, nothing past U+10FFFF."""
    at = start
    while at < end:
        lead = int(buffer[at])
        if lead < 0x80:
            at += 1
            continue
        if lead < 0xC2 or lead > 0xF4:
            return False
        more = 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
        if at + more >= end:
            return False
        second = int(buffer[at + 1])
        low = 0xA0 if lead == 0xE0 else 0x90 if lead == 0xF0 else 0x80
        high = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
        if second < low or second > high:
            return False
        for k in range(2, more + 1):
            if int(buffer[at + k]) & 0xC0 != 0x80:
                return False
        at += more + 1
    return True


@kernel
def _same_word(
    buffer: NDArray[np.uint8], start: int, length: int, words: NDArray[np.uint8], word: int, end: int
) -> bool:
    """Whether a field is a word of the list (lower case), whatever the case of its ASCII letters."""
    if length != end - word:
        return False
    for k in range(length):
        byte = int(buffer[start + k])
        if 65 <= byte <= 90:
            byte += 32
        if byte != words[word + k]:
            return False
    return True


@kernel
def _split(
    buffer: NDArray[np.uint8],
    start: int,
    end: int,
    classes: NDArray[np.uint8],
    utf8: bool,
    fields: NDArray[np.int64],
) -> tuple[int, int, bool]:
    """Cut one line into fields (start, end, doubled quotes), trimmed of spaces.

    Returns how many there are (more than fit are counted only), the codes of the line, and whether nothing
    but separators and spaces stands in it.
    """
    codes, blank, high = 0, True, False
    # Unsigned places: of signed ones it would be asked each time whether they count from the end.
    at, stop, one = np.uint64(start), np.uint64(end), np.uint64(1)
    count, room = np.uint64(0), np.uint64(fields.shape[0])
    while True:
        while at < stop and buffer[at] == _SPACE:
            at += one
        quoted = at < stop and classes[buffer[at]] == QUOTE
        doubled = 0
        first = last = at
        if quoted:
            at += one
            first, closed = at, False
            while at < stop and not closed:
                group = classes[buffer[at]]
                if group == QUOTE:
                    if at + one < stop and classes[buffer[at + one]] == QUOTE:
                        doubled = DOUBLED
                        at += one
                    else:
                        closed = True
                elif group > QUOTE:
                    high = high or group == HIGH
                    codes |= _class_code(group)
                at += one
            last = at - one if closed else at
            if not closed:
                codes |= UNCLOSED_QUOTE
        while at < stop:
            group = classes[buffer[at]]
            if group != ORDINARY:
                if group == SEPARATOR:
                    break
                if group > QUOTE:
                    high = high or group == HIGH
                    codes |= _class_code(group)
            if quoted and buffer[at] != _SPACE:
                codes |= STRAY_QUOTE
            at += one
        if not quoted:
            last = at
        while last > first and buffer[last - one] == _SPACE:
            last -= one
        blank = blank and last == first
        if count < room:
            fields[count, 0] = first
            fields[count, 1] = last
            fields[count, 2] = doubled
        count += one
        if at >= stop:
            break
        at += one
    if high and utf8 and not utf8_valid(buffer, start, end):
        codes |= NOT_DECODABLE
    return int(count), codes, blank


@kernel
def _class_code(group: int) -> int:
    if group == UNDEFINED:
        return NOT_DECODABLE
    if group == NUL:
        return NUL_BYTE
    if group == CONTROL:
        return CONTROL_CHARACTER
    return 0


@kernel
def _identifier(buffer: NDArray[np.uint8], start: int, length: int, parse: int) -> tuple[int, int]:
    """Value of an insured number, an employer's number or an identity card, and its codes."""
    if parse == CIN:
        packed = pack_cin_bytes(buffer, start, length)
        return (packed, 0) if packed > 0 else (0, CIN_INVALID)
    number = _digits(buffer, start, length) if length <= 9 else -1
    if parse == INSURED:
        if length != 9 or not is_insured_number(number):
            return 0, INSURED_INVALID
        return number, 0 if insured_number_checks(number) else INSURED_CHECK_DIGIT
    if length > 7 or number < 1:
        return 0, EMPLOYER_INVALID
    return number, 0 if employer_number_checks(number) else EMPLOYER_CHECK_DIGIT


@kernel
def _value(
    buffer: NDArray[np.uint8],
    start: int,
    length: int,
    columns: NDArray[np.int64],
    j: int,
    mark: int,
    utf8: bool,
) -> tuple[int, int, bool]:
    """Give the stored value of one field that is not empty, its codes, and whether it breaks a rule."""
    parse = columns[j, PARSE]
    if parse == TEXT:
        letters = length
        if utf8:
            for k in range(start, start + length):
                letters -= buffer[k] & 0xC0 == 0x80
        return (0, TEXT_TOO_LONG, True) if letters > columns[j, LENGTH] else (0, 0, False)
    if parse in (INSURED, EMPLOYER, CIN):
        value, code = _identifier(buffer, start, length, parse)
        warns = code in (INSURED_CHECK_DIGIT, EMPLOYER_CHECK_DIGIT)
        if warns and columns[j, REFUSE] < 0:
            return value, 0, False
        return value, code, code != 0 and not (warns and columns[j, REFUSE] == 0)
    if parse == DATE:
        value = _date(buffer, start, length, columns[j, FORMATS])
        if value == _NO_DATE:
            return 0, DATE_INVALID, True
        if value > columns[j, FUTURE]:
            return value, DATE_IN_FUTURE, True
    else:
        value, code = _number(buffer, start, length, columns[j, SCALE], mark)
        if code != 0:
            return 0, code, True
    if value < columns[j, MINIMUM] or value > columns[j, MAXIMUM]:
        return value, OUT_OF_RANGE, True
    return value, 0, False


@kernel
def parse(
    buffer: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    classes: NDArray[np.uint8],
    utf8: bool,
    mark: int,
    width: int,
    columns: NDArray[np.int64],
    words: NDArray[np.uint8],
    word_ends: NDArray[np.int64],
    trailer: int,
    values: NDArray[np.int64],
    states: NDArray[np.uint8],
    begins: NDArray[np.int64],
    sizes: NDArray[np.int64],
    verdicts: NDArray[np.uint8],
    codes: NDArray[np.uint64],
) -> int:
    """Judge lines and parse their fields.

    Parameters
    ----------
    buffer, starts, lengths
        The lines, shape (lines,).
    classes
        Class of each byte, shape (256,).
    utf8, mark, width
        Whether the encoding is UTF-8; the decimal mark; fields of a line as the header counts them.
    columns
        One row for each column of the contract, shape (columns, 12); see the names of its columns.
    words, word_ends
        Lower-case words one after the other, and where they end: those that mean "empty", then the trailer's
        mark.
    trailer
        Index of the trailer's mark among the words, -1 where there is none.
    values, states, begins, sizes
        Out: stored value, state, first byte and length of each field, shape (columns, lines).
    verdicts, codes
        Out: shape (lines,).

    Returns
    -------
    Index of the last trailer among the lines, -1 where there is none.
    """
    fields = np.empty((width, 3), np.int64)
    found = -1
    for i in range(starts.size):
        count, line_codes, blank = _split(buffer, starts[i], starts[i] + lengths[i], classes, utf8, fields)
        if blank and line_codes == 0:
            verdicts[i] = STRUCTURAL
            continue
        if trailer >= 0 and line_codes == 0:
            first = fields[0, 0]
            word = 0 if trailer == 0 else word_ends[trailer - 1]
            if _same_word(buffer, first, fields[0, 1] - first, words, word, word_ends[trailer]):
                verdicts[i] = STRUCTURAL
                found = i
                continue
        broken = line_codes != 0
        if count != width and line_codes & UNCLOSED_QUOTE == 0:
            line_codes |= FIELD_COUNT
            broken = True
        for j in range(columns.shape[0]):
            states[j, i] = NULL
            position = columns[j, POSITION]
            if position < 0:
                continue
            if count != width or line_codes & UNCLOSED_QUOTE:
                states[j, i] = BROKEN
                continue
            first, size = fields[position, 0], fields[position, 1] - fields[position, 0]
            empty = size == 0
            for word in range(columns[j, NULLS], columns[j, NULLS_END]):
                begin = 0 if word == 0 else word_ends[word - 1]
                empty = empty or _same_word(buffer, first, size, words, begin, word_ends[word])
            if empty:
                if columns[j, REQUIRED]:
                    line_codes |= VALUE_MISSING
                    broken = True
                continue
            value, code, wrong = _value(buffer, first, size, columns, j, mark, utf8)
            line_codes |= code
            broken = broken or wrong
            values[j, i] = value
            if columns[j, WORDS]:
                begins[j, i] = first
                sizes[j, i] = size
            # A value out of its range was still read, and counts in what the sender added up.
            unreadable = wrong and code != OUT_OF_RANGE
            states[j, i] = (BROKEN if unreadable else 0) | fields[position, 2]
        verdicts[i] = QUARANTINED if broken else ACCEPTED
        codes[i] = line_codes
    return found
