"""The law on plain data: one person as a dict, or columns of Arrow, Polars or NumPy; no workspace, no centimes.

Values are written as people write them: amounts in the currency (``Decimal``, ``int`` or ``float``, exact to the
centime), dates as dates, months as dates or ``"2026-10"``, flags as booleans, shares as 0.5 for 50 %. What comes back
is written alike.
:func:`~himaya.law.evaluate` is the same without any conversion, for whoever has centimes and day numbers already, and
for laws about households and spouses, whose links a row cannot hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.errors import nearest
from himaya.law.elements import Elements
from himaya.law.errors import InputError
from himaya.law.evaluate import evaluate
from himaya.law.explain import Node, explain
from himaya.law.links import Members
from himaya.law.ragged import Ragged
from himaya.law.results import Evaluation, Result
from himaya.law.units import DATE, MONTH, Cases, Unit
from himaya.law.written import LARGEST, kept, too_large, written
from himaya.months import days_of_months, months_of_days
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa
    from numpy.typing import NDArray

    from himaya.law.rules import Rule
    from himaya.law.system import System

Person = Mapping[str, Any]
"""One person: a value by name of input, a sequence for an input along an axis; None for what is missing."""

_ALIKE = 0.85
"""From how alike a column's name is to that of an input on, it is taken for a misspelt one."""


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
        frame). ``<target>_unverified`` tells whether a value rests on something nobody has verified;
        ``<target>_gaps`` is there where the law gives nothing and was asked for parameters on dates on which, as
        written here, they have no value: their names. A benefit that did not exist yet may be the reason, or a law
        that nobody has written down.

    Raises
    ------
    InputError
        Naming the input, and what it should be.
    """
    if isinstance(data, Mapping):
        _refuse_links(data)
        if not any(isinstance(value, np.ndarray) for value in data.values()):
            return _of_person(system, targets, data, on, known)
    table = _table(data)
    inputs = inputs_of(system, table)
    evaluation = evaluate(system, targets, inputs, on=on, known=known)
    found = _as_table(system, evaluation, table.num_rows)
    if type(data).__module__.partition(".")[0] == "polars":
        import polars as pl

        return pl.from_arrow(found)
    return found


def _refuse_links(data: Mapping[str, Any]) -> None:
    for name, value in data.items():
        if isinstance(value, Members | Ragged):
            raise InputError(
                said(
                    "{name} is {type}, which calculate() does not take", name=name, type=type(value).__name__
                ),
                mend="Households and links are for evaluate(), with amounts in centimes and days as numbers, as "
                "person_of() gives them.",
            )


def _of_person(
    system: System, targets: Collection[str], person: Person, on: date, known: date | None
) -> dict[str, Any]:
    system.needed(targets, on)  # says what is wrong with them
    answer: dict[str, Any] = {}
    for name in targets:
        node = explained(system, name, person, on=on, known=known)
        answer[name] = _plain(node)
        answer[f"{name}_unverified"] = bool(node.unverified_because)
        gaps = sorted(set(_gaps(node))) if node.value is None else []
        if gaps:
            answer[f"{name}_gaps"] = gaps
    return answer


def _gaps(node: Node) -> Iterator[str]:
    """Parameters without a value on a date that was needed."""
    yield from (each.name for each in node.parameters if each.value is None and each.since is None)
    for child in node.children:
        yield from _gaps(child)


def inputs_of(system: System, table: pa.Table, numbers: NDArray[np.int64] | None = None) -> dict[str, Any]:
    """The columns of a table that are inputs, or results to override, as :func:`~himaya.law.evaluate` takes them.

    ``numbers``: what errors call the rows by; their positions, if None.
    """
    # A table may have columns of its own (a name, a region); an unknown input of a dict is a mistake.
    ours = system.inputs.keys() | system.versions.keys()
    for name in table.column_names:
        alike = difflib.get_close_matches(name, ours - set(table.column_names), n=1, cutoff=_ALIKE)
        if name not in ours and name not in system.links and alike:
            raise InputError(
                said(
                    "column '{name}' is no input of the law, and '{input}' is missing",
                    name=name,
                    input=alike[0],
                ),
                mend=said("Name it '{input}', or something else if it is another thing.", input=alike[0]),
            )

    def called(row: int) -> int:
        return row if numbers is None else int(numbers[row])

    return {name: _column(system, name, table[name], called) for name in table.column_names if name in ours}


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
    raise InputError(
        said("'{name}' is no input of the law {of_country}", name=name, of_country=system.of_country),
        mend=nearest(name, [*system.inputs, *system.versions]) or "Inputs are listed by System.inputs.",
    )


def _person_value(system: System, name: str, value: Any) -> Any:
    unit, along = _unit(system, name)
    whole = name in system.inputs
    if not along:
        return kept(name, value, unit, whole=whole)
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise InputError(
            said(
                "input {name} is one {unit} for each element, not {value}",
                name=name,
                unit=unit.name,
                value=repr(value),
            ),
            mend="Give a list, empty for who has none.",
        )
    return [None if each is None else kept(name, each, unit, whole=whole) for each in value]


def _plain(node: Node) -> Any:
    value = node.value
    if isinstance(value, Elements):
        return [written(each, node.unit) for each in value]
    return written(value, node.unit)


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


def _column(system: System, name: str, values: pa.ChunkedArray, called: Callable[[int], int]) -> Any:
    """A column of a table as :func:`~himaya.law.evaluate` takes it."""
    import pyarrow as pa

    unit, along = _unit(system, name)
    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if not along:
        return _numbers(system, name, array, unit, called)
    if not pa.types.is_list(array.type) and not pa.types.is_large_list(array.type):
        raise InputError(
            said(
                "input {name} is a column of {type}, not of lists of {unit}",
                name=name,
                type=str(array.type),
                unit=unit.name,
            ),
            mend="Give a list for each row, empty for who has none.",
        )
    if array.null_count:
        raise InputError(
            said(
                "input {name} is missing in row {row}",
                name=name,
                row=called(int(array.is_null().to_numpy(zero_copy_only=False).argmax())),
            ),
            mend="Give an empty list to who has none.",
        )
    offsets = array.offsets.to_numpy().astype(np.int64)
    offsets = offsets - offsets[0]

    def row_of(element: int) -> int:
        return called(int(np.searchsorted(offsets, element, side="right")) - 1)

    return Ragged(_numbers(system, name, array.flatten(), unit, row_of), offsets)


def _numbers(system: System, name: str, array: pa.Array, unit: Unit, row_of: Callable[[int], int]) -> Any:
    """The values of an Arrow array as whole numbers, flags or fractions, masked where null."""
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
        try:
            narrow = array.cast(pa.decimal128(18 + kind.scale, kind.scale))
        except pa.ArrowInvalid as error:
            raise too_large(name, str(pc.max(pc.abs(array)))) from error
        scaled = pc.multiply(narrow, pa.scalar(Decimal(int(unit.scale))))
        found = _whole(name, scaled.cast(pa.decimal128(38, kind.scale)), row_of)
    elif unit.currency and pa.types.is_floating(kind):
        amounts = array.fill_null(0).to_numpy()
        _refuse_large(name, amounts, LARGEST // int(unit.scale))
        cents = amounts * float(unit.scale)
        whole = np.rint(np.nan_to_num(cents))
        wrong = ~(np.abs(whole - cents) <= 1e-4)  # NaN too
        if wrong.any():
            raise _unwhole(name, row_of(int(wrong.argmax())))
        found = whole.astype(np.int64)
    elif pa.types.is_integer(kind) and unit.kind != "flag" and unit not in {DATE, MONTH}:
        scale = int(max(unit.scale, Fraction(1)))
        plain = array.fill_null(0).to_numpy()
        _refuse_large(name, plain, LARGEST // scale)
        found = plain.astype(np.int64) * scale
    elif pa.types.is_null(kind):
        found = np.zeros(len(array), np.bool_ if unit.kind == "flag" else np.int64)
    else:
        whole_only = name in system.inputs
        found = _each(
            array, lambda v: kept(name, v, unit, whole=whole_only), row_of, flag=unit.kind == "flag"
        )
    return found if mask is None else np.ma.MaskedArray(found, mask=mask)


def _refuse_large(name: str, values: NDArray[Any], largest: int) -> None:
    beyond = (values > largest) | (values < -largest)
    if beyond.any():
        raise too_large(name, str(values[int(beyond.argmax())]))


def _each(array: pa.Array, keep: Callable[[Any], Any], row_of: Callable[[int], int], *, flag: bool) -> Any:
    values: list[Any] = []
    for at, value in enumerate(array.to_pylist()):
        try:
            values.append(0 if value is None else keep(value))
        except InputError as error:
            raise InputError(
                said("row {row}: {what}", row=row_of(at), what=error.what), mend=error.mend
            ) from error
    fractions = any(isinstance(value, Fraction) for value in values)
    return np.array(values, object if fractions else np.bool_ if flag else np.int64)


def _whole(name: str, scaled: pa.Array, row_of: Callable[[int], int]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.round(scaled)
    wrong = pc.fill_null(pc.not_equal(whole, scaled), False).to_numpy(zero_copy_only=False)
    if wrong.any():
        raise _unwhole(name, row_of(int(wrong.argmax())))
    return whole.cast(pa.int64()).fill_null(0).to_numpy()


def _unwhole(name: str, row: int) -> InputError:
    return InputError(
        said("input {name} has an amount in row {row} that is not whole centimes", name=name, row=row),
        mend="Round it as the law does before it is given.",
    )


def _as_table(system: System, evaluation: Evaluation, rows: int) -> pa.Table:
    import pyarrow as pa

    found: dict[str, pa.Array] = {}
    for name, result in evaluation.items():
        values, doubtful, missing = _arrow(result), result.unverified, ~result.available
        if result.offsets is not None:
            values = pa.LargeListArray.from_arrays(pa.array(result.offsets), values)
            doubtful, missing = _any(doubtful, result.offsets), _any(missing, result.offsets)
        elif len(values) != rows:
            values = pa.array(values.to_pylist() * rows, values.type)
        found[name] = values
        found[f"{name}_unverified"] = pa.array(np.broadcast_to(doubtful, rows))
        gaps = _gaps_below(system, evaluation, name)
        if gaps and missing.any():
            of_rows = pa.array(np.zeros(rows, np.int32), mask=~np.broadcast_to(missing, rows))
            found[f"{name}_gaps"] = pa.array([gaps]).take(of_rows)
    return pa.table(found)


def _any(flags: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a flag of any element of each row is set."""
    until = np.concatenate([[0], np.cumsum(flags)])
    return until[offsets[1:]] > until[offsets[:-1]]


def _gaps_below(system: System, evaluation: Evaluation, target: str) -> list[str]:
    """Parameters without a value on a date that was needed, of those that a target rests on."""
    rules: tuple[Rule, ...] = system.needed([target], evaluation.on)
    read = {name for each in rules for name in system.reads[each.place]}
    return sorted({gap.parameter for gap in evaluation.gaps} & read)


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
