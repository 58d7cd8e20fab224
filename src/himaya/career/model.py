"""Careers as ragged arrays: a person's declared periods, and their sums by calendar month.

Both shapes follow one scheme: values of all persons one after the other, and ``offsets`` (int64,
persons + 1) so that person ``p`` owns ``values[offsets[p]:offsets[p + 1]]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.career import kernels
from himaya.errors import HimayaError
from himaya.months import first_day, months_of_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECORDS = ("H", "B02", "B04", "E02", "E04")
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
_FIRST_DAY = (date(1900, 1, 1) - _EPOCH).days
_LAST_DAY = (date(2100, 12, 31) - _EPOCH).days
_MONTHS = months_of_days(np.arange(_FIRST_DAY, _LAST_DAY + 1, dtype=np.int32))


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


@dataclass(frozen=True, eq=False)
class Careers:
    """Declared periods of the persons of one bucket, with their provenance.

    P persons, n elements; elements follow each other by person, month and employer.

    Attributes
    ----------
    person_keys
        int64 (P,), ascending.
    offsets
        int64 (P + 1,).
    month
        int32 (n,), month numbers (see :mod:`himaya.months`).
    employer
        int32 (n,), affiliation number.
    days
        int8 (n,), declared days. Add them up in a wider type: ``days.sum()`` does, ``reduceat`` does not.
    wage
        int64 (n,), declared gross wage in centimes, not capped.
    record
        uint8 (n,), position in :data:`RECORDS`.
    delivery, line
        int32 (n,), the delivery and its physical line (from 1) that declared the element.
    """

    person_keys: NDArray[np.int64]
    offsets: NDArray[np.int64]
    month: NDArray[np.int32]
    employer: NDArray[np.int32]
    days: NDArray[np.int8]
    wage: NDArray[np.int64]
    record: NDArray[np.uint8]
    delivery: NDArray[np.int32]
    line: NDArray[np.int32]

    @classmethod
    def from_table(cls, table: pa.Table, known_on: date | None = None) -> Careers:
        """Careers of one bucket of the ``career`` table, as they were known at the end of ``known_on``.

        Parameters
        ----------
        table
            Rows with :data:`ELEMENT_COLUMNS` and :data:`KNOWN_COLUMNS`, sorted by person and month.
        known_on
            Day of knowledge; all that is known today when None.

        Raises
        ------
        CareerUnsorted, CareerInvalid
            With the person and the month of the offending row.
        """
        columns = standing(table, ELEMENT_COLUMNS, known_on)
        person = columns.pop("person_key")
        offsets = offsets_of(person)
        return cls(
            person_keys=person[offsets[:-1]],
            offsets=offsets,
            month=month_numbers(columns.pop("month")),
            **columns,
        )

    def __len__(self) -> int:
        """Give the number of persons."""
        return int(self.person_keys.size)

    def person(self, key: int) -> Careers:
        """Give the career of one person, as views of the same arrays; raises :class:`PersonUnknown`."""
        at = position(self.person_keys, key)
        elements = slice(self.offsets[at], self.offsets[at + 1])
        return Careers(
            person_keys=self.person_keys[at : at + 1],
            offsets=self.offsets[at : at + 2] - self.offsets[at],
            **{
                name: getattr(self, name)[elements]
                for name in ("month", "employer", "days", "wage", "record", "delivery", "line")
            },
        )

    def monthly(self) -> Monthly:
        """Add up by person and calendar month; ``elements`` of the result index these elements."""
        return Monthly.of_elements(self.person_keys, self.offsets, self.month, self.days, self.wage)


@dataclass(frozen=True, eq=False)
class Monthly:
    """Sums of declared periods by person and calendar month, over all employers.

    P persons, m months, n elements below them. The arrays are of the one type that the kernels of
    :mod:`himaya.law` take, so that nothing is copied on the way into a rule.

    Attributes
    ----------
    person_keys
        int64 (P,), ascending.
    offsets
        int64 (P + 1,).
    month
        int64 (m,), month numbers, strictly ascending within a person.
    days
        int64 (m,), declared days, at most 26 in a month.
    wage
        int64 (m,), declared wages in centimes, not capped.
    elements
        int64 (m + 1,): the elements of month ``i`` are ``elements[i]:elements[i + 1]``, the evidence.
    """

    person_keys: NDArray[np.int64]
    offsets: NDArray[np.int64]
    month: NDArray[np.int64]
    days: NDArray[np.int64]
    wage: NDArray[np.int64]
    elements: NDArray[np.int64]

    @classmethod
    def from_table(cls, table: pa.Table, known_on: date | None = None) -> Monthly:
        """Monthly sums straight from a bucket of the ``career`` table: the fast way, without evidence.

        Parameters and errors are those of :meth:`Careers.from_table`; only :data:`MONTHLY_COLUMNS` and
        ``known_until`` (with ``known_on``, :data:`KNOWN_COLUMNS`) are needed.
        """
        columns = standing(table, MONTHLY_COLUMNS, known_on)
        person = columns["person_key"]
        offsets = offsets_of(person)
        month = month_numbers(columns["month"])
        return cls.of_elements(person[offsets[:-1]], offsets, month, columns["days"], columns["wage"])

    @classmethod
    def of_elements(
        cls,
        person_keys: NDArray[np.int64],
        offsets: NDArray[np.int64],
        month: NDArray[np.int32],
        days: NDArray[np.int8],
        wage: NDArray[np.int64],
    ) -> Monthly:
        """Add up the elements ``month``, ``days``, ``wage``; raises :class:`CareerUnsorted`."""
        n = month.size
        out = cls(
            person_keys=person_keys,
            offsets=np.empty(offsets.size, np.int64),
            month=np.empty(n, np.int64),
            days=np.empty(n, np.int64),
            wage=np.empty(n, np.int64),
            elements=np.empty(n + 1, np.int64),
        )
        m = kernels.aggregate(
            offsets, month, days, wage, out.offsets, out.month, out.days, out.wage, out.elements
        )
        if m < 0:
            at = -1 - m
            key = person_keys[np.searchsorted(offsets, at, side="right") - 1]
            raise CareerUnsorted(
                f"month {first_day(int(month[at])):%Y-%m} stands after a later one",
                where=f"career of person {key}",
                mend="Derive the careers again.",
            )
        return cls(person_keys, out.offsets, out.month[:m], out.days[:m], out.wage[:m], out.elements[: m + 1])

    def __len__(self) -> int:
        """Give the number of persons."""
        return int(self.person_keys.size)

    @property
    def employers(self) -> NDArray[np.int64]:
        """Employers that declared each month, int64 (m,)."""
        return np.diff(self.elements)

    def capped(self, since: NDArray[np.int32], ceilings: NDArray[np.int64]) -> NDArray[np.int64]:
        """Wages of each month up to the ceiling in force in that month, centimes, int64 (m,).

        Parameters
        ----------
        since
            Month numbers from which each ceiling holds, ascending.
        ceilings
            Monthly ceilings in centimes, one for each of ``since``.

        Raises
        ------
        CeilingUnknown
            For a month before the first ceiling: no value is invented for it.
        """
        last = int(self.month.max(initial=since[0]))
        by_month = ceilings[np.searchsorted(since, np.arange(since[0], last + 1), side="right") - 1]
        capped = np.empty_like(self.wage)
        failed = kernels.cap(self.month, self.wage, int(since[0]), by_month, capped)
        if failed < 0:
            at = -1 - failed
            key = self.person_keys[np.searchsorted(self.offsets, at, side="right") - 1]
            raise CeilingUnknown(
                f"no ceiling is known for {first_day(int(self.month[at])):%Y-%m}",
                where=f"career of person {key}",
                why=f"the first ceiling holds from {first_day(int(since[0])):%Y-%m}",
                mend="Give a ceiling for that month, or leave the month out.",
            )
        return capped


def position(person_keys: NDArray[np.int64], key: int) -> int:
    """Position of ``key`` among ascending ``person_keys``; raises :class:`PersonUnknown`."""
    at = int(np.searchsorted(person_keys, key))
    if at == person_keys.size or person_keys[at] != key:
        raise PersonUnknown(f"person {key} has no career here", mend="Check the key and its bucket.")
    return at


def standing(table: pa.Table, names: tuple[str, ...], known_on: date | None) -> dict[str, NDArray[Any]]:
    """Arrays of the rows that stood at the end of ``known_on`` (of all that stand, when None).

    The arrays are views of the Arrow buffers unless rows had to be left out or chunks joined.
    """
    columns = {name: record_codes(table) if name == "record" else numbers(table, name) for name in names}
    stands = _stands(table, known_on)
    return columns if stands is None else {name: column[stands] for name, column in columns.items()}


def _stands(table: pa.Table, known_on: date | None) -> NDArray[np.bool_] | None:
    """Whether each row stood at the end of ``known_on``; None where all did."""
    until = table.column("known_until")
    if known_on is None:
        stands = None if until.null_count == len(until) else pc.is_null(until).to_numpy()
    else:
        day = (known_on - _EPOCH).days
        stands = numbers(table, "known_from") <= day
        if until.null_count < len(until):
            stands &= numbers(table, "known_until", null=STANDING) > day
    return None if stands is None or stands.all() else stands


def numbers(table: pa.Table, name: str, null: int | None = None) -> NDArray[Any]:
    """Give a column as an array, dates as day numbers; a view where there is one chunk and no null.

    Raises
    ------
    CareerInvalid
        When a value is null and no number stands for null.
    """
    column = table.column(name)
    array = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [_empty(column)])
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    if array.null_count:
        if null is None:
            raise CareerInvalid(
                f"{array.null_count} values of {name!r} are null", mend="Take the delivery in again."
            )
        array = pc.fill_null(array, null)
    values: NDArray[Any] = array.to_numpy(zero_copy_only=True)
    return values


def _empty(column: pa.ChunkedArray) -> pa.Array:
    return pa.array([], column.type)


def record_codes(table: pa.Table) -> NDArray[np.uint8]:
    """Give the ``record`` column as positions in :data:`RECORDS`; raises :class:`CareerInvalid`."""
    column = table.column("record")
    codes = pc.index_in(column, value_set=pa.array(RECORDS, pa.string()))
    if codes.null_count:
        unknown = pc.unique(column.filter(pc.is_null(codes))).to_pylist()
        raise CareerInvalid(
            f"record {unknown[0]!r} is not one of {', '.join(RECORDS)}", mend="Take the delivery in again."
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
            f"person {person[at]} stands after person {person[at - 1]}",
            where=f"row {at}",
            mend="Derive the careers again.",
        )
    return offsets[: persons + 1].copy()


def month_numbers(dates: NDArray[np.int32]) -> NDArray[np.int32]:
    """Month numbers of day numbers between 1900 and 2100; raises :class:`CareerInvalid`."""
    months = np.empty(dates.size, np.int32)
    failed = kernels.months_of_dates(dates, _FIRST_DAY, _MONTHS, months)
    if failed < 0:
        raise CareerInvalid(
            f"day number {dates[-1 - failed]} is no month between 1900 and 2100", where=f"row {-1 - failed}"
        )
    return months
