"""What a career says that cannot be so, or that had to be brought later: with the lines of both sides.

========================  ======================================================================
overlapping-full-time     two or more employers each declare 26 days in one month
days-over-26              the employers of one month together declare more than 26 days
declared-after-death      a month later than the month of death is declared
declared-twice            one delivery declares a person, month and employer on several lines
late-month                a month that only a complementary declaration brought (not an error)
========================  ======================================================================

Only rows that stand on the day of knowledge contradict each other; a line that was corrected no longer
counts. A month with two full-time declarations is not listed again under ``days-over-26``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.career import kernels
from himaya.career.columns import STANDING, month_numbers, numbers, offsets_of, record_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ("overlapping-full-time", "days-over-26", "declared-after-death", "declared-twice", "late-month")
"""Kinds of contradiction; their explanations stand in ``codes.yaml``."""
_OVERLAP, _OVER, _AFTER_DEATH, _TWICE, _LATE = range(5)

SCHEMA = pa.schema(
    [
        ("person_key", pa.int64()),
        ("kind", pa.string()),
        ("month", pa.date32()),
        ("employer", pa.int32()),
        ("other_employer", pa.int32()),
        ("detail", pa.string()),
        ("delivery", pa.int32()),
        ("line", pa.int32()),
        ("other_delivery", pa.int32()),
        ("other_line", pa.int32()),
    ]
)
"""Columns of :func:`find_contradictions`: those of the table, less publication and run."""

_EPOCH = date(1970, 1, 1)
_ROOM = 4096
"""Contradictions that there is room for at first, at least; where more are found, the kernel runs again."""


def find_contradictions(career: pa.Table, deaths: pa.Table, known_on: date | None = None) -> pa.Table:
    """Contradictions in the careers of one bucket, as they were known at the end of ``known_on``.

    Parameters
    ----------
    career
        Rows of the ``career`` table, sorted as :func:`himaya.career.resolve` leaves them.
    deaths
        Rows of the ``death`` table of the same bucket; of several for a person, the one known last counts.
    known_on
        Day of knowledge; all that is known today when None.

    Returns
    -------
    pa.Table
        :data:`SCHEMA`, sorted by person, month, kind (in the order of :data:`KINDS`) and employer.
        ``delivery`` and ``line`` are the row found; the ``other`` columns its counterpart: the full-time
        declaration it overlaps, the next largest declaration of the month, the death, or the line of the
        same delivery that stands. ``detail`` holds ``name=value`` pairs, the same in every language.
    """
    rows = _known_rows(career, known_on)
    offsets = offsets_of(rows["person_key"])
    death = _Deaths(deaths, known_on, rows["person_key"][offsets[:-1]])
    rows["month_number"] = month_numbers(rows["month"])
    elements = (rows["month_number"], rows["employer"], rows["days"], rows["record"], rows["delivery"])
    found = np.empty((max(_ROOM, rows["month"].size // 16), 4), np.int64)
    count = kernels.contradict(offsets, elements, rows["stands"], death.month, found)
    if count > len(found):
        found = np.empty((count, 4), np.int64)
        kernels.contradict(offsets, elements, rows["stands"], death.month, found)
    found = found[:count]
    person = np.searchsorted(offsets, found[:, 1], side="right") - 1
    at = found[:, 1]
    order = np.lexsort((rows["employer"][at], found[:, 0], rows["month"][at], person))
    return _as_table(rows, found[order], person[order], death)


def _known_rows(career: pa.Table, known_on: date | None) -> dict[str, NDArray[Any]]:
    """Columns of the rows known on the day, and whether each stands."""
    names = ("person_key", "month", "employer", "days", "delivery", "line", "known_from")
    rows = {name: numbers(career, name) for name in names}
    rows["record"] = record_codes(career)
    until = numbers(career, "known_until", null=STANDING)
    day = STANDING - 1 if known_on is None else (known_on - _EPOCH).days
    rows["stands"] = until > day
    known = rows["known_from"] <= day
    return rows if known.all() else {name: column[known] for name, column in rows.items()}


class _Deaths:
    """Death of each person of a bucket: the row known last, as of a day."""

    def __init__(self, deaths: pa.Table, known_on: date | None, person_keys: NDArray[np.int64]) -> None:
        columns = {
            name: numbers(deaths, name)
            for name in ("person_key", "death_date", "known_from", "delivery", "line")
        }
        order = np.lexsort([columns[name] for name in ("line", "delivery", "known_from", "person_key")])
        if known_on is not None:
            order = order[columns["known_from"][order] <= (known_on - _EPOCH).days]
        columns = {name: column[order] for name, column in columns.items()}
        keys = columns["person_key"]
        last = np.searchsorted(keys, person_keys, side="right") - 1
        dead = np.zeros(person_keys.size, np.bool_)
        if keys.size:
            dead = (last >= 0) & (keys[last] == person_keys)
        self.row = np.where(dead, last, -1)
        """Row of ``columns`` for each person, -1 for the living."""
        self.columns = columns
        self.month = np.full(person_keys.size, STANDING, np.int32)
        self.month[dead] = month_numbers(columns["death_date"][last[dead]])


def _as_table(
    rows: dict[str, NDArray[Any]], found: NDArray[np.int64], person: NDArray[np.int64], death: _Deaths
) -> pa.Table:
    kind, at, other, total = found.T
    counterpart = {
        name: np.where(other >= 0, rows[name][other], -1) for name in ("employer", "delivery", "line")
    }
    dead = kind == _AFTER_DEATH
    death_row = death.row[person[dead]]
    counterpart["delivery"][dead] = death.columns["delivery"][death_row]
    counterpart["line"][dead] = death.columns["line"][death_row]
    counterpart["employer"][kind == _TWICE] = -1
    died = dict(zip(np.flatnonzero(dead), death.columns["death_date"][death_row], strict=True))
    details = [
        _detail(kind[i], rows["days"][at[i]], rows["days"][other[i]], total[i], died.get(i))
        for i in range(kind.size)
    ]
    return pa.table(
        [
            pa.array(rows["person_key"][at]),
            pa.array(KINDS, pa.string()).take(pa.array(kind)),
            pa.array(rows["month"][at]).view(pa.date32()),
            pa.array(rows["employer"][at]),
            _or_null(counterpart["employer"]),
            pa.array(details, pa.string()),
            pa.array(rows["delivery"][at]),
            pa.array(rows["line"][at]),
            _or_null(counterpart["delivery"]),
            _or_null(counterpart["line"]),
        ],
        schema=SCHEMA,
    )


def _or_null(values: NDArray[Any]) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=values < 0)


def _detail(kind: int, days: int, other_days: int, total: int, died: int | None) -> str:
    if died is not None:
        return f"death={_EPOCH + timedelta(days=int(died))}"
    if kind == _TWICE:
        return f"days={days} standing={other_days}"
    return f"days={days if kind == _LATE else total}"
