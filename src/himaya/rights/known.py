"""What the fund knew on a day: the latest row of each person, from rows that were only ever appended."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def latest(rows: pa.Table, known_on: date) -> pa.Table:
    """One row a person: of those known on the day, the one received last.

    Parameters
    ----------
    rows
        Any conformed table of one bucket, with ``person_key``, ``known_from``, ``delivery`` and ``line``.
    known_on
        The day of knowledge; rows received later are invisible.

    Returns
    -------
    pyarrow.Table
        Sorted by ``person_key``, which is unique.
    """
    rows = rows.filter(pc.less_equal(rows["known_from"], pa.scalar(known_on, pa.date32())))
    if rows.num_rows == 0:
        return rows
    order = np.lexsort([_ints(rows[name]) for name in ("line", "delivery", "known_from", "person_key")])
    keys = _ints(rows["person_key"])[order]
    last = np.append(keys[1:] != keys[:-1], True)
    return rows.take(pa.array(order[last]))


def _ints(column: pa.ChunkedArray) -> NDArray[np.int64]:
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    numbers: NDArray[np.int64] = column.to_numpy().astype(np.int64)
    return numbers
