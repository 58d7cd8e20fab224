"""The law on plain data: one person as a dict, or columns of Arrow, Polars or NumPy; no workspace, no centimes.

Values are written as people write them: amounts in the currency (``Decimal``, ``int`` or ``float``, exact to the
centime), dates as dates, months as dates or ``"2026-10"``, flags as booleans. What comes back is written alike.
:func:`~himaya.law.evaluate` is the same without any conversion, for whoever has centimes and day numbers already, and
for laws about households and spouses, whose links a row cannot hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law.elements import Elements
from himaya.law.errors import InputError
from himaya.law.evaluate import Evaluation, Result, evaluate
from himaya.law.explain import Node, explain
from himaya.law.parameters import EPOCH, day_number
from himaya.law.ragged import Ragged
from himaya.law.units import DATE, MONTH, SCORE, Cases, Unit
from himaya.months import days_of_months, first_day, month_of, months_of_days
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa

    from himaya.law.system import System

Person = Mapping[str, Any]
"""One person: a value by name of input, a sequence for an input along an axis; None for what is missing."""

_CENTIMES = Decimal(100)


def calculate(
    system: System, targets: Collection[str], data: Any, *, on: date, known: date | None = None
) -> Any:
    """What the law gives for one person, or for each row of a table.

    Parameters
    ----------
    system, targets, on, known
        As for :func:`~himaya.law.evaluate`.
    data
        A dict of one person; or a table with a column by input (list columns for inputs along an axis, nulls
        where missing): anything with the Arrow interface (Arrow, Polars, DuckDB, pandas 3), or a dict of NumPy
        arrays of the same length, object arrays of sequences for inputs along an axis.

    Returns
    -------
    dict or table
        For a person a dict: ``Decimal`` for amounts and shares, dates, booleans, names of cases; None where the
        law gives nothing. For a table an Arrow table in the order of the rows (a Polars frame for a Polars
        frame); ``<target>_unverified`` tells where a value rests on something nobody has verified.

    Raises
    ------
    InputError
        Naming the input, and what it should be.
    """
    if isinstance(data, Mapping) and not any(isinstance(value, np.ndarray) for value in data.values()):
        return {name: _plain(explained(system, name, data, on=on, known=known)) for name in targets}
    table = _table(data)
    inputs = inputs_of(system, table)
    found = _as_table(evaluate(system, list(targets), inputs, on=on, known=known), table.num_rows)
    if type(data).__module__.partition(".")[0] == "polars":
        import polars as pl

        return pl.from_arrow(found)
    return found


def inputs_of(system: System, table: pa.Table) -> dict[str, Any]:
    """The columns of a table that are inputs, or results to override, as :func:`~himaya.law.evaluate` takes them."""
    # A table may have columns of its own (a name, a region); an unknown input of a dict is a mistake.
    ours = system.inputs.keys() | system.versions.keys()
    return {name: _column(system, name, table[name]) for name in table.column_names if name in ours}


def explained(system: System, target: str, person: Person, *, on: date, known: date | None = None) -> Node:
    """Explain one result of a person written as for :func:`calculate`."""
    given = {name: _person_value(system, name, value) for name, value in person.items() if value is not None}
    return explain(system, target, given, on=on, known=known)


def _unit(system: System, name: str) -> tuple[Unit, bool]:
    """Unit of an input, and whether it is along an axis."""
    if name in system.inputs:
        return system.inputs[name].unit, system.inputs[name].axis is not None
    if name in system.versions:
        return system.versions[name][0].unit, system.shapes[name].axis is not None
    return DATE, False  # explain() says what is wrong with the name


def _person_value(system: System, name: str, value: Any) -> Any:
    unit, along = _unit(system, name)
    if not along:
        return _stored(name, value, unit)
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise InputError(
            said(
                "input {name} is one {unit} for each element, not {value}",
                name=name,
                unit=unit.name,
                value=repr(value),
            )
        )
    return [None if each is None else _stored(name, each, unit) for each in value]


def _stored(name: str, value: Any, unit: Unit) -> Any:
    """One value as the engine keeps it."""
    if unit.kind == "flag":
        if isinstance(value, bool | np.bool_):
            return bool(value)
        raise InputError(said("input {name} is {value}, not true or false", name=name, value=repr(value)))
    if isinstance(unit, Cases):
        if value in unit.members:
            return unit[value]
        raise InputError(
            said("input {name} is {value}", name=name, value=repr(value)),
            mend=said("One of: {cases}.", cases=list(unit.members)),
        )
    if unit in {DATE, MONTH}:
        day = _day(name, value, unit)
        return month_of(day) if unit is MONTH else day_number(day)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction | np.number):
        raise InputError(
            said(
                "input {name} is {value}, not a number of {unit}",
                name=name,
                value=repr(value),
                unit=unit.name,
            )
        )
    exact = Fraction(str(value)) * unit.scale
    if exact.denominator != 1:
        raise InputError(
            said(
                "input {name} is {value}, which is no whole number of {unit}",
                name=name,
                value=str(value),
                unit=said("centimes") if unit.currency else unit.name,
            ),
            mend="Round it as the law does before it is given.",
        )
    return int(exact)


def _day(name: str, value: Any, unit: Unit) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(f"{value}-01" if len(value) == len("2026-10") else value)
        except ValueError as error:
            raise InputError(
                said(
                    "input {name} is {value}, which is no {unit}",
                    name=name,
                    value=repr(value),
                    unit=unit.name,
                ),
                mend="Write 2026-10-01, or 2026-10.",
            ) from error
    if isinstance(value, date):
        return value
    if isinstance(value, np.datetime64):
        found: date = value.astype("datetime64[D]").item()
        return found
    raise InputError(said("input {name} is {value}, not a date", name=name, value=repr(value)))


def _plain(node: Node) -> Any:
    value = node.value
    if isinstance(value, Elements):
        return [_written(each, node.unit) for each in value]
    return _written(value, node.unit)


def _written(value: Fraction | bool | None, unit: Unit) -> Any:
    """One value as people write it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(unit, Cases):
        return list(unit.members)[int(value)]
    if unit is DATE:
        return EPOCH + timedelta(days=int(value))
    if unit is MONTH:
        return first_day(int(value))
    if unit.currency:
        return Decimal(round(value)) / _CENTIMES
    if unit is SCORE:
        value /= unit.scale
    return int(value) if value.denominator == 1 else Decimal(value.numerator) / Decimal(value.denominator)


# Tables


def _table(data: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(data, Mapping):
        return pa.table({name: _from_numpy(values) for name, values in data.items()})
    if hasattr(data, "__arrow_c_stream__"):
        return pa.table(data)
    raise InputError(
        said("{type} is neither a dict nor a table", type=type(data).__name__),
        mend="Give a dict, or Arrow, Polars or NumPy columns.",
    )


def _from_numpy(values: Any) -> pa.Array:
    import pyarrow as pa

    if getattr(values, "dtype", None) == np.object_:  # a sequence for each person
        return pa.array([each.tolist() if isinstance(each, np.ndarray) else each for each in values])
    return pa.array(values)


def _column(system: System, name: str, values: pa.ChunkedArray) -> Any:
    """A column of a table as :func:`~himaya.law.evaluate` takes it."""
    import pyarrow as pa

    unit, along = _unit(system, name)
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if not along:
        return _numbers(name, array, unit)
    if not pa.types.is_list(array.type) and not pa.types.is_large_list(array.type):
        raise InputError(
            said(
                "input {name} is a column of {type}, not of lists of {unit}",
                name=name,
                type=str(array.type),
                unit=unit.name,
            )
        )
    if array.null_count:
        raise InputError(
            said(
                "input {name} is missing in row {row}",
                name=name,
                row=array.is_null().to_numpy(zero_copy_only=False).argmax(),
            ),
            mend="Give an empty list to who has none.",
        )
    offsets = array.offsets.to_numpy().astype(np.int64)
    return Ragged(_numbers(name, array.flatten(), unit), offsets - offsets[0])


def _numbers(name: str, array: pa.Array, unit: Unit) -> Any:
    """The values of an Arrow array as whole numbers or flags, masked where null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    mask = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    if unit.kind == "flag" and pa.types.is_boolean(kind):
        found = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    elif unit in {DATE, MONTH} and pa.types.is_temporal(kind):
        days = array.cast(pa.date32()).cast(pa.int32()).fill_null(0).to_numpy().astype(np.int64)
        found = months_of_days(days) if unit is MONTH else days
    elif unit.currency and pa.types.is_decimal(kind):
        # Polars gives 38 digits, and a product would need more; eighteen are more than any amount has.
        narrow = array.cast(pa.decimal128(18 + kind.scale, kind.scale))
        scaled = pc.multiply(narrow, pa.scalar(Decimal(int(unit.scale))))
        found = _whole(name, scaled.cast(pa.decimal128(38, kind.scale)), unit)
    elif unit.currency and pa.types.is_floating(kind):
        cents = array.fill_null(0).to_numpy() * float(unit.scale)
        found = np.rint(cents).astype(np.int64)
        if not np.allclose(found, cents, rtol=0, atol=1e-4):
            raise InputError(
                said("input {name} has amounts that are not whole centimes", name=name),
                mend="Round them first.",
            )
    elif pa.types.is_integer(kind) and unit.kind != "flag" and unit not in {DATE, MONTH}:
        found = array.fill_null(0).to_numpy().astype(np.int64) * int(max(unit.scale, Fraction(1)))
    elif pa.types.is_null(kind):
        found = np.zeros(len(array), np.bool_ if unit.kind == "flag" else np.int64)
    else:
        found = np.array([0 if v is None else _stored(name, v, unit) for v in array.to_pylist()])
    return found if mask is None else np.ma.MaskedArray(found, mask=mask)


def _whole(name: str, scaled: pa.Array, unit: Unit) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.round(scaled)
    if not pc.all(pc.equal(whole, scaled)).as_py() and len(scaled) > scaled.null_count:
        raise InputError(
            said("input {name} has amounts of {unit} that are not whole centimes", name=name, unit=unit.name),
            mend="Round them first.",
        )
    return whole.cast(pa.int64()).fill_null(0).to_numpy()


def _as_table(evaluation: Evaluation, rows: int) -> pa.Table:
    import pyarrow as pa

    found: dict[str, pa.Array] = {}
    for name, result in evaluation.items():
        values = _arrow(result)
        if result.offsets is not None:
            values = pa.LargeListArray.from_arrays(pa.array(result.offsets), values)
        elif len(values) != rows:
            values = pa.array(values.to_pylist() * rows, values.type)
        found[name] = values
        if result.offsets is None:
            doubtful = result.unverified
            found[f"{name}_unverified"] = pa.array(
                doubtful if len(doubtful) == rows else np.repeat(doubtful, rows)
            )
    return pa.table(found)


def _arrow(result: Result) -> pa.Array:
    import pyarrow as pa

    unit, missing = result.unit, ~result.available
    if unit.kind == "flag":
        return pa.array(result.values, mask=missing)
    if isinstance(unit, Cases):
        return pa.array(result.names(), pa.string(), mask=missing)
    if unit is DATE:
        return pa.array(result.values.astype(np.int32), mask=missing).cast(pa.date32())
    if unit is MONTH:
        return pa.array(days_of_months(result.values).astype(np.int32), mask=missing).cast(pa.date32())
    if unit.currency:
        cents = pa.array(result.rounded(), mask=missing).cast(pa.decimal128(19, 0))
        return pa.compute.multiply(cents, pa.scalar(Decimal("0.01"))).cast(pa.decimal128(21, 2))
    return pa.array(result.values, mask=missing)
