"""Hold rows to the contract of their table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from himaya.contract.model import Column, Rule, TableContract


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which rows break the contract of their table."""

    code: str
    subject: str
    """The column, the columns, or the name of the rule."""
    rows: int
    """How many rows break it; all where a column is missing or of another type."""
    first: int | None
    """The first row that does, from 0; None where no single row is to blame."""


def check_table(contract: TableContract, data: pa.Table) -> tuple[Breach, ...]:
    """Find all breaches: columns, nulls, ranges, values, patterns, key, order, rules.

    Parameters
    ----------
    contract
        The table's contract.
    data
        Rows of the table; of one bucket and one file where the order is to be checked.

    Returns
    -------
    tuple of Breach
        Empty where the rows keep the contract. Where columns are wrong, only that is said.
    """
    wrong = [
        name
        for name, column in contract.columns.items()
        if name not in data.column_names or data.schema.field(name).type != column.type
    ]
    wrong += [name for name in data.column_names if name not in contract.columns]
    if wrong:
        return tuple(Breach("table-columns", name, data.num_rows, None) for name in wrong)
    return tuple(_breaches(contract, data))


def _breaches(contract: TableContract, data: pa.Table) -> Iterator[Breach]:
    for column in contract.columns.values():
        values = data[column.name].combine_chunks()
        for code, broken in _column_breaches(column, values):
            if breach := _breach(code, column.name, broken):
                yield breach
    if data.num_rows:
        if contract.key and (
            breach := _breach("table-key", ", ".join(contract.key), _repeated(contract, data))
        ):
            yield breach
        if breach := _breach("table-order", ", ".join(contract.sort_by), _unsorted(contract, data)):
            yield breach
    for rule in contract.rules:
        if count := _rule_breaches(rule, data):
            yield Breach("table-rule", rule.name, count, None)


def _column_breaches(column: Column, values: pa.Array) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    if column.required:
        yield "table-null", _flags(pc.is_null(values))
    if pa.types.is_floating(column.type):
        yield "table-range", _flags(pc.is_nan(values))
    if column.minimum is not None:
        yield "table-range", _flags(pc.less(values, pa.scalar(column.minimum, column.type)))
    if column.maximum is not None:
        yield "table-range", _flags(pc.greater(values, pa.scalar(column.maximum, column.type)))
    if column.values is not None:
        allowed = pa.array([*column.values, None], column.type)
        yield "table-values", ~_flags(pc.is_in(values, value_set=allowed))
    if column.pattern is not None:
        yield "table-pattern", _flags(pc.invert(pc.match_substring_regex(values, column.pattern)))


def _flags(mask: pa.Array) -> NDArray[np.bool_]:
    """Where a mask is true; null, which no rule but "required" speaks of, is not."""
    flags: NDArray[np.bool_] = pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)
    return flags


def _breach(code: str, subject: str, broken: NDArray[np.bool_]) -> Breach | None:
    rows = int(broken.sum())
    return Breach(code, subject, rows, int(broken.argmax())) if rows else None


def _repeated(contract: TableContract, data: pa.Table) -> NDArray[np.bool_]:
    """Rows whose key stands in an earlier row."""
    names = list(contract.key)
    numbered = data.select(names).append_column("_row", pa.array(np.arange(data.num_rows)))
    firsts = numbered.group_by(names).aggregate([("_row", "min")])["_row_min"].to_numpy()
    broken = np.ones(data.num_rows, bool)
    broken[firsts] = False
    return broken


def _unsorted(contract: TableContract, data: pa.Table) -> NDArray[np.bool_]:
    """Rows that belong before the row above them."""
    decided = np.zeros(data.num_rows - 1, bool)
    broken = np.zeros(data.num_rows, bool)
    for name in contract.sort_by:
        values = data[name].combine_chunks()
        above, below = values[:-1], values[1:]
        broken[1:] |= ~decided & _flags(pc.greater(above, below))
        decided |= _flags(pc.not_equal(above, below))
    return broken


def _rule_breaches(rule: Rule, data: pa.Table) -> int:
    import duckdb  # only tables with rules need it

    with duckdb.connect() as connection:
        connection.register("checked", data)
        row = connection.execute(rule.query.format(object="checked")).fetchone()
    return int(row[0]) if row else 0
