"""What stands of all that was declared, and since when: the bitemporal resolution of one bucket.

Two rules, and both keep what they supersede:

* **Row by row.** Of the rows for one person, month and employer, the one with the latest
  (``known_from``, ``delivery``, ``line``) stands. This holds inside one delivery too: the last line
  stands, and the contradiction ``declared-twice`` shows the others.
* **Delivery by delivery.** A later principal declaration of the same employer and month withdraws the
  earlier one as a whole (``delivery.supersedes``), with the persons it no longer names.

A row that was superseded does not come back when its successor is withdrawn: the employer's last word
on the person is the withdrawal. So the state at day K needs no history: a row stands at K when
``known_from <= K < known_until`` (null = for ever). A row superseded on the day it became known has
``known_from == known_until``; it never stood at the end of any day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from himaya.career import kernels
from himaya.career.columns import RECORDS, STANDING, numbers, record_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

DECLARED_COLUMNS = (
    "person_key", "month", "employer", "record", "days", "wage", "delivery", "line", "known_from",
)  # fmt: skip
"""Columns of ``declared_period`` that the resolution reads."""
DELIVERY_COLUMNS = ("delivery", "status", "supersedes", "known_from")
"""Columns of ``delivery`` that the resolution reads."""
LOADED = ("accepted", "partial")
"""Statuses of a delivery whose rows are in the lake; no other delivery can withdraw an earlier one."""


def withdrawals(deliveries: pa.Table) -> pa.Table:
    """Rows of ``delivery`` that withdraw an earlier delivery: the only ones the resolution needs."""
    loaded = pc.is_in(deliveries["status"], value_set=pa.array(LOADED, pa.string()))
    return deliveries.filter(pc.and_(pc.is_valid(deliveries["supersedes"]), loaded)).select(DELIVERY_COLUMNS)


def withdrawn_days(deliveries: pa.Table) -> NDArray[np.int32]:
    """Day on which each delivery was first withdrawn, by delivery number, as far as the last withdrawn one.

    Day numbers; :data:`~himaya.career.columns.STANDING` where there is no withdrawal.
    """
    later = withdrawals(deliveries)
    superseded = numbers(later, "supersedes")
    days = np.full(superseded.max(initial=-1) + 1, STANDING, np.int32)
    np.minimum.at(days, superseded, numbers(later, "known_from"))
    return days


def resolve(declared: pa.Table, deliveries: pa.Table) -> pa.Table:
    """Career rows of one bucket: every declared row, with the days between which it stood.

    Parameters
    ----------
    declared
        Rows of ``declared_period`` (:data:`DECLARED_COLUMNS`) of one bucket, in any order; fastest when
        made of a few sorted runs, as files are.
    deliveries
        Rows of ``delivery`` (:data:`DELIVERY_COLUMNS`): all, or those that :func:`withdrawals` leaves.

    Returns
    -------
    pa.Table
        Columns of the ``career`` table, as many rows as ``declared``, sorted by person, month, employer,
        ``known_from``, delivery and line.

    Raises
    ------
    CareerInvalid
        A null where none may be, or an unknown record.
    """
    columns: dict[str, NDArray[Any]] = {
        name: record_codes(declared) if name == "record" else numbers(declared, name)
        for name in DECLARED_COLUMNS
    }
    slot = _pair(columns["month"], columns["employer"])
    source = _pair(columns["delivery"], columns["line"])
    order = kernels.chronological(columns["person_key"], slot, columns["known_from"], source)
    if order.size:
        columns = {name: column[order] for name, column in columns.items()}
        slot = slot[order]
    until = np.empty(slot.size, np.int32)
    kernels.known_until(
        columns["person_key"],
        slot,
        columns["known_from"],
        columns["delivery"],
        withdrawn_days(deliveries),
        until,
    )
    return pa.table(
        {
            "person_key": columns["person_key"],
            "month": _dates(columns["month"]),
            "employer": columns["employer"],
            "days": columns["days"],
            "wage": columns["wage"],
            "record": pa.array(RECORDS, pa.string()).take(pa.array(columns["record"])),
            "delivery": columns["delivery"],
            "line": columns["line"],
            "known_from": _dates(columns["known_from"]),
            "known_until": pa.array(until, mask=until == STANDING).view(pa.date32()),
        }
    )


def _pair(high: NDArray[np.int32], low: NDArray[np.int32]) -> NDArray[np.int64]:
    """Two numbers as one that sorts alike; ``low`` is never negative."""
    paired: NDArray[np.int64] = (high.astype(np.int64) << 32) | low
    return paired


def _dates(days: NDArray[np.int32]) -> pa.Array:
    return pa.array(days).view(pa.date32())
