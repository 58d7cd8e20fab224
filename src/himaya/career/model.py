"""Careers as ragged arrays: a person's declared periods, and their sums by calendar month.

Both shapes follow one scheme: values of all persons one after the other, and ``offsets`` (int64,
persons + 1) so that person ``p`` owns ``values[offsets[p]:offsets[p + 1]]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from himaya.career import kernels
from himaya.career.columns import (
    ELEMENT_COLUMNS,
    FIRST_DAY,
    MONTH_OF_DAY,
    MONTHLY_COLUMNS,
    CareerUnsorted,
    CeilingUnknown,
    PersonUnknown,
    batches,
    month_numbers,
    numbers,
    offsets_of,
    standing,
    standing_columns,
)
from himaya.months import first_day
from himaya.sentence import said

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa
    from numpy.typing import NDArray


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
        columns = standing_columns(table, ELEMENT_COLUMNS, known_on)
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
        rows = standing(table, known_on)
        n = rows.num_rows
        out = _room(np.empty(n, np.int64), n + 1, n)
        done = np.zeros(3, np.int64)
        for person, month, days, wage in batches(rows, MONTHLY_COLUMNS):
            kernels.add_up(
                (person, month, days, wage),
                (FIRST_DAY, MONTH_OF_DAY),
                (out.person_keys, out.offsets, out.month, out.days, out.wage, out.elements),
                done,
            )
            if done[0] < 0:
                return cls._step_by_step(rows)  # slower, and says what is wrong where
        n, persons, months = done
        out.offsets[persons] = months
        out.elements[months] = n
        return _cut(out, int(persons), int(months))

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
        out = _room(person_keys, offsets.size, month.size)
        m = kernels.aggregate(
            offsets, month, days, wage, out.offsets, out.month, out.days, out.wage, out.elements
        )
        if m < 0:
            at = -1 - m
            key = person_keys[np.searchsorted(offsets, at, side="right") - 1]
            raise CareerUnsorted(
                said("month {month} stands after a later one", month=_written(month[at])),
                where=said("career of person {person}", person=str(key)),
                mend="Derive the careers again.",
            )
        return _cut(out, person_keys.size, m)

    @classmethod
    def _step_by_step(cls, rows: pa.Table) -> Monthly:
        person, month, days, wage = (numbers(rows, name) for name in MONTHLY_COLUMNS)
        offsets = offsets_of(person)
        return cls.of_elements(person[offsets[:-1]], offsets, month_numbers(month), days, wage)

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
                said("no ceiling is known for {month}", month=_written(self.month[at])),
                where=said("career of person {person}", person=str(key)),
                why=said("the first ceiling holds from {month}", month=_written(since[0])),
                mend="Give a ceiling for that month, or leave the month out.",
            )
        return capped


def _written(month: np.int32) -> str:
    return f"{first_day(int(month)):%Y-%m}"


def _room(person_keys: NDArray[np.int64], offsets: int, n: int) -> Monthly:
    """Room for the sums of n elements: one month each at most."""
    month, days, wage = np.empty((3, n), np.int64)
    return Monthly(person_keys, np.empty(offsets, np.int64), month, days, wage, np.empty(n + 1, np.int64))


def _cut(room: Monthly, persons: int, months: int) -> Monthly:
    """Cut off the room that was not needed; what is small is copied, so that it does not hold the rest."""
    return Monthly(
        room.person_keys[:persons].copy(),
        room.offsets[: persons + 1].copy(),
        room.month[:months],
        room.days[:months],
        room.wage[:months],
        room.elements[: months + 1],
    )


def position(person_keys: NDArray[np.int64], key: int) -> int:
    """Position of ``key`` among ascending ``person_keys``; raises :class:`PersonUnknown`."""
    at = int(np.searchsorted(person_keys, key))
    if at == person_keys.size or person_keys[at] != key:
        raise PersonUnknown(
            said("person {person} has no career here", person=str(key)), mend="Check the key and its bucket."
        )
    return at
