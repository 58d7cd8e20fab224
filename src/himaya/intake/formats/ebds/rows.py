"""From the integers of the scan to the columns of the conformed tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from himaya.contract.identifiers import NO_NUMBER, OCCASIONAL_NUMBER, PersonNumbers
from himaya.intake.formats.ebds.bytes import SPACE
from himaya.intake.formats.ebds.layout import LETTERS, RECORDS_PER_LETTER
from himaya.intake.formats.ebds.state import ROW
from himaya.kernel import kernel
from himaya.months import days_of_months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.intake.formats.base import Column
    from himaya.intake.formats.ebds.layout import Layout, Record

_ALLOWANCES = ("allowance_to_pay", "allowance_to_deduct", "allowance_net", "allowance_to_repay")
_RECORDS = [f"{letter}0{digit}" for letter in LETTERS for digit in range(RECORDS_PER_LETTER)]
_RECORD_WORDS = pa.array(_RECORDS)
_EXPECTED = _RECORDS.index("A02")


def tables_of(
    rows: NDArray[np.int64], buffer: NDArray[np.uint8], layout: Layout, numbers: PersonNumbers
) -> dict[str, dict[str, Column]]:
    """Make the columns, by table, of the accepted detail lines.

    Parameters
    ----------
    rows
        What :func:`~himaya.intake.formats.ebds.kernels.scan` filled, shape (len(ROW), lines). All are of one
        file, so either none or all of them are A02.
    buffer
        The bytes of the block they stand in, for the names of entrants.
    layout, numbers
        The layout of the lines, and the fund's person keys.
    """
    if not rows.shape[1]:
        return {}
    said = dict(zip(ROW, rows, strict=True))
    record, number = said["record"], said["number"]
    keys = numbers.declared(number, said["cin"], said["employer"])
    shared: dict[str, Column] = {
        "person_key": keys,
        "month": days_of_months(said["period"].astype(np.int32)),
        "employer": said["employer"].astype(np.int32),
        "line": said["line"].astype(np.int32),
    }
    if record[0] == _EXPECTED:
        allowances = {name: said[name].astype(np.int32) for name in _ALLOWANCES[:3]}
        return {"expected_employee": shared | allowances | {"children": said["children"].astype(np.int8)}}
    entrant = record % RECORDS_PER_LETTER == 4
    entrants = entrant.any()
    known = _validity(~entrant) if entrants else None
    declared: dict[str, Column] = shared | {
        "record": _words(_RECORD_WORDS, record),
        "days": said["days"].astype(np.int8),
        "wage": said["wage"],
        "capped_wage": _column(said["capped_wage"], pa.int64(), None),
        "situation": _words(layout.situation_words, said["situation"]),
        "children": _column(said["children"].astype(np.int8), pa.int8(), known),
    }
    for name in _ALLOWANCES:
        declared[name] = _column(said[name].astype(np.int32), pa.int32(), known)
    tables = {"declared_period": declared}
    # Occasional labour is no one person: its names and cards must not become one person's identity.
    persons = np.flatnonzero(entrant & (number != OCCASIONAL_NUMBER))
    if len(persons):
        name = _RECORDS[record[persons[0]]]
        identity = _identity(said["at"][persons], number[persons], buffer, layout.records[name], layout)
        lines = said["line"][persons].astype(np.int32)
        tables["identity"] = identity | {"person_key": keys[persons], "line": lines}
    return tables


def _identity(
    at: NDArray[np.int64],
    numbers: NDArray[np.int64],
    buffer: NDArray[np.uint8],
    record: Record,
    layout: Layout,
) -> dict[str, Column]:
    """Numbers, names and identity cards of entrants whose lines begin at ``at``, for the vault."""
    name, cin = record.field("name"), record.field("cin")
    surname = layout.surname_width
    return {
        "insured_number": _column(numbers, pa.int64(), _validity(numbers != NO_NUMBER)),
        "cin": _text(buffer, at + cin.offset, cin.width),
        "surname": _text(buffer, at + name.offset, surname),
        "first_name": _text(buffer, at + name.offset + surname, name.width - surname),
    }


def _text(buffer: NDArray[np.uint8], starts: NDArray[np.int64], width: int) -> pa.Array:
    """Text of ``width`` ASCII bytes at each of ``starts`` without the spaces around it; null where blank."""
    offsets = np.zeros(len(starts) + 1, np.int32)
    content = np.empty(len(starts) * width, np.uint8)
    _gather(buffer, starts, width, offsets, content)
    buffers = [
        _validity(offsets[1:] > offsets[:-1]),
        pa.py_buffer(offsets),
        pa.py_buffer(content[: offsets[-1]]),
    ]
    return pa.Array.from_buffers(pa.string(), len(starts), buffers)


def _words(words: pa.Array, places: NDArray[np.int64]) -> pa.Array:
    """Give the word at each place, as a dictionary: it stays one until it rests."""
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int8)), words)


def _column(values: NDArray[np.generic], kind: pa.DataType, validity: pa.Buffer | None) -> pa.Array:
    """Make an Arrow array over ``values``; built from buffers, because small files come by the thousand."""
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(np.ascontiguousarray(values))])


def _validity(valid: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little"))


@kernel
def _gather(
    buffer: NDArray[np.uint8],
    starts: NDArray[np.int64],
    width: int,
    offsets: NDArray[np.int32],
    content: NDArray[np.uint8],
) -> None:
    """Copy the text at each start, trimmed, one after the other."""
    filled = 0
    for i in range(len(starts)):
        first, last = starts[i], starts[i] + width
        while first < last and buffer[first] == SPACE:
            first += 1
        while last > first and buffer[last - 1] == SPACE:
            last -= 1
        for at in range(first, last):
            content[filled] = buffer[at]
            filled += 1
        offsets[i + 1] = filled
