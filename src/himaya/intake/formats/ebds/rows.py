"""From the integers of the scan to the columns of the conformed tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from himaya.contract.identifiers import NO_NUMBER, OCCASIONAL_NUMBER, PersonNumbers
from himaya.intake.formats.ebds.bytes import SPACE
from himaya.intake.formats.ebds.kernels import ROW
from himaya.intake.formats.ebds.layout import LETTERS, RECORDS_PER_LETTER, SLOTS
from himaya.kernel import kernel
from himaya.months import days_of_months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.intake.formats.base import Block, Column
    from himaya.intake.formats.ebds.layout import Layout

_AT = {name: place for place, name in enumerate(ROW)}
_EXPECTED = 0 * RECORDS_PER_LETTER + 2
_ALLOWANCES = ("allowance_to_pay", "allowance_to_deduct", "allowance_net", "allowance_to_repay")
_RECORDS = pa.array([f"{letter}0{digit}" for letter in LETTERS for digit in range(RECORDS_PER_LETTER)])


def tables_of(
    rows: NDArray[np.int64], block: Block, layout: Layout, numbers: PersonNumbers
) -> dict[str, dict[str, Column]]:
    """Columns by table of the accepted detail lines.

    Parameters
    ----------
    rows
        What :func:`~himaya.intake.formats.ebds.kernels.scan` filled, shape (len(ROW), rows). All are of one file,
        so either none or all of them are A02.
    block
        The block they stand in, for the names of entrants.
    layout, numbers
        The layout of the lines, and the fund's person keys.
    """
    if not rows.shape[1]:
        return {}
    record = rows[_AT["record"]]
    keys = numbers.declared(rows[_AT["number"]], rows[_AT["cin"]], rows[_AT["employer"]])
    shared: dict[str, Column] = {
        "person_key": keys,
        "month": days_of_months(rows[_AT["period"]].astype(np.int32)),
        "employer": rows[_AT["employer"]].astype(np.int32),
        "line": rows[_AT["line"]].astype(np.int32),
    }
    if record[0] == _EXPECTED:
        allowances = {name: rows[_AT[name]].astype(np.int32) for name in _ALLOWANCES[:3]}
        return {"expected_employee": shared | allowances | {"children": rows[_AT["children"]].astype(np.int8)}}
    entrant = record % RECORDS_PER_LETTER == 4
    known = None if not entrant.any() else _validity(~entrant)
    declared: dict[str, Column] = shared | {
        "record": _words(_RECORDS, record),
        "days": rows[_AT["days"]].astype(np.int8),
        "wage": rows[_AT["wage"]],
        "capped_wage": _column(rows[_AT["capped_wage"]], pa.int64(), None),
        "situation": _words(layout.situation_codes, rows[_AT["situation"]]),
        "children": _column(rows[_AT["children"]].astype(np.int8), pa.int8(), known),
    }
    for name in _ALLOWANCES:
        declared[name] = _column(rows[_AT[name]].astype(np.int32), pa.int32(), known)
    tables = {"declared_period": declared}
    if known is not None:
        # Occasional labour is no one person: its names and cards must not become one person's identity.
        persons = np.flatnonzero(entrant & (rows[_AT["number"]] != OCCASIONAL_NUMBER))
        if len(persons):
            tables["identity"] = _identity(rows[:, persons], keys[persons], block, layout)
    return tables


def _identity(
    rows: NDArray[np.int64], keys: NDArray[np.int64], block: Block, layout: Layout
) -> dict[str, Column]:
    """Names and identity cards of entrants, for the vault."""
    place = layout.tables.place[rows[_AT["record"], 0]]
    name, width = place[SLOTS.index("name")]
    cin, cin_width = place[SLOTS.index("cin")]
    at, number = rows[_AT["at"]], rows[_AT["number"]]
    return {
        "person_key": keys,
        "line": rows[_AT["line"]].astype(np.int32),
        "insured_number": _column(number, pa.int64(), _validity(number != NO_NUMBER)),
        "cin": _text(block.buffer, at + cin, int(cin_width)),
        "surname": _text(block.buffer, at + name, layout.surname_width),
        "first_name": _text(
            block.buffer, at + name + layout.surname_width, int(width) - layout.surname_width
        ),
    }


def _text(buffer: NDArray[np.uint8], starts: NDArray[np.int64], width: int) -> pa.Array:
    """Text of ``width`` ASCII bytes at each of ``starts`` without the spaces around it; null where blank."""
    offsets = np.zeros(len(starts) + 1, np.int32)
    content = np.empty(len(starts) * width, np.uint8)
    _gather(buffer, starts, width, offsets, content)
    buffers = [_validity(offsets[1:] > offsets[:-1]), pa.py_buffer(offsets), pa.py_buffer(content[: offsets[-1]])]
    return pa.Array.from_buffers(pa.string(), len(starts), buffers)


def _words(words: pa.Array, places: NDArray[np.int64]) -> pa.Array:
    """The word at each place; most blocks say one word only."""
    first = places[0]
    return pa.repeat(words[first], len(places)) if (places == first).all() else words.take(pa.array(places))


def _column(values: NDArray[np.generic], kind: pa.DataType, validity: pa.Buffer | None) -> pa.Array:
    """An Arrow array over ``values``; built from buffers, because small files come by the thousand."""
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
