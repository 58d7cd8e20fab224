"""Columns of Arrow tables as arrays for the kernels: views where they can be, and always checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.career import kernels
from himaya.errors import HimayaError
from himaya.months import months_of_days
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

EXTRACT = "H"
RECORDS = (EXTRACT, "B02", "B04", "E02", "E04")
"""Records a declared period can come from; a record code is the position in this tuple.

``H`` is the historical career extract, ``B`` a principal and ``E`` a complementary e-BDS declaration.
"""
ELEMENT_COLUMNS = ("person_key", "month", "employer", "days", "wage", "record", "delivery", "line")
"""Columns of the ``career`` table that a :class:`Careers` is made of."""
MONTHLY_COLUMNS = ("person_key", "month", "days", "wage")
"""Columns of the ``career`` table that a :class:`Monthly` is made of."""
KNOWN_COLUMNS = ("known_from", "known_until")
"""Columns that say when a row was known; needed to read careers as of a day."""
STANDING = np.iinfo(np.int32).max
"""Day number that stands for "not superseded": later than every date."""

_EPOCH = date(1970, 1, 1)
FIRST_DAY = (date(1900, 1, 1) - _EPOCH).days
_LAST_DAY = (date(2100, 12, 31) - _EPOCH).days
MONTH_OF_DAY = months_of_days(np.arange(FIRST_DAY, _LAST_DAY + 1, dtype=np.int32))
"""Month number of each day from :data:`FIRST_DAY` (1900) to the end of 2100."""


class CareerUnsorted(HimayaError):  # noqa: N818 - an error's name says what is wrong
    """The elements of a career do not follow each other by person and month."""

    code = "career-unsorted"


class CareerInvalid(HimayaError):  # noqa: N818
    """A career column holds what it cannot hold: a null, a month out of range, an unknown record."""

    code = "career-invalid"


class PersonUnknown(HimayaError):  # noqa: N818
    """There is no career for this person key."""

    code = "career-person-unknown"


class CeilingUnknown(HimayaError):  # noqa: N818
    """A month lies before the first ceiling: it cannot be capped."""

    code = "career-ceiling-unknown"


def standing(table: pa.Table, known_on: date | None) -> pa.Table:
    """Rows that stood at the end of ``known_on`` (all that stand, when None); the same table if all did."""
    until = table.column("known_until")
    if known_on is None:
        return table if until.null_count == len(until) else table.filter(pc.is_null(until))
    day = (known_on - _EPOCH).days
    stood = numbers(table, "known_from") <= day
    if until.null_count < len(until):
        stood &= numbers(table, "known_until", null=STANDING) > day
    return table if stood.all() else table.filter(pa.array(stood))


def standing_columns(
    table: pa.Table, names: tuple[str, ...], known_on: date | None
) -> dict[str, NDArray[Any]]:
    """Arrays of the rows that stood; views of the Arrow buffers unless rows are left out or chunks joined."""
    rows = standing(table, known_on)
    return {name: record_codes(rows) if name == "record" else numbers(rows, name) for name in names}


def batches(table: pa.Table, names: tuple[str, ...]) -> Iterator[list[NDArray[Any]]]:
    """Arrays of these columns, chunk by chunk, never copied; raises :class:`CareerInvalid` for a null."""
    for batch in table.select(names).to_batches():
        yield [_values(batch.column(at), name, None) for at, name in enumerate(names)]


def numbers(table: pa.Table, name: str, null: int | None = None) -> NDArray[Any]:
    """Give a column as an array, dates as day numbers; a view where there is one chunk and no null.

    Raises
    ------
    CareerInvalid
        When a value is null and no number stands for null.
    """
    column = table.column(name)
    array = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [_empty(column)])
    return _values(array, name, null)


def _empty(column: pa.ChunkedArray) -> pa.Array:
    return pa.array([], column.type)


def _values(array: pa.Array, name: str, null: int | None) -> NDArray[Any]:
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    if array.null_count:
        if null is None:
            raise CareerInvalid(
                said("{count} values of '{name}' are null", count=array.null_count, name=name),
                mend="Take the delivery in again.",
            )
        array = pc.fill_null(array, null)
    values: NDArray[Any] = array.to_numpy(zero_copy_only=True)
    return values


def record_codes(table: pa.Table) -> NDArray[np.uint8]:
    """Give the ``record`` column as positions in :data:`RECORDS`; raises :class:`CareerInvalid`."""
    column = table.column("record")
    codes = pc.index_in(column, value_set=pa.array(RECORDS, pa.string()))
    if codes.null_count:
        unknown = pc.unique(column.filter(pc.is_null(codes))).to_pylist()
        raise CareerInvalid(
            said("record '{record}' is not one of {known}", record=str(unknown[0]), known=RECORDS),
            mend="Take the delivery in again.",
        )
    positions: NDArray[np.uint8] = codes.to_numpy().astype(np.uint8)
    return positions


def offsets_of(person: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets of each run of equal keys, int64 (P + 1,); raises :class:`CareerUnsorted`."""
    offsets = np.empty(person.size + 1, np.int64)
    persons = kernels.person_offsets(person, offsets)
    if persons < 0:
        at = -1 - persons
        raise CareerUnsorted(
            said(
                "person {person} stands after person {other}",
                person=str(person[at]),
                other=str(person[at - 1]),
            ),
            where=said("row {row}", row=at),
            mend="Derive the careers again.",
        )
    return offsets[: persons + 1].copy()


def month_numbers(dates: NDArray[np.int32]) -> NDArray[np.int32]:
    """Month numbers of day numbers between 1900 and 2100; raises :class:`CareerInvalid`."""
    months = np.empty(dates.size, np.int32)
    failed = kernels.months_of_dates(dates, FIRST_DAY, MONTH_OF_DAY, months)
    if failed < 0:
        raise CareerInvalid(
            said("day number {number} is no month between 1900 and 2100", number=dates[-1 - failed]),
            where=said("row {row}", row=-1 - failed),
        )
    return months
