"""Whether what a file carries fits the tables it fills: types, units, allowed values, nothing missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from himaya.errors import nearest
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.contract.document import Element
    from himaya.contract.model import Column, FileColumn, FileContract, FileType, TableContract

PROVENANCE = ("delivery", "line", "known_from")
"""Columns that intake fills by itself."""

_FITS: dict[FileType, tuple[pa.DataType, ...]] = {
    "text": (pa.string(),),
    "integer": (pa.int8(), pa.int32(), pa.int64()),
    "decimal": (pa.int32(), pa.int64()),
    "date": (pa.date32(),),
    "month": (pa.date32(),),
    "boolean": (pa.bool_(),),
}


def hold_feeds(
    contract: FileContract,
    tables: Mapping[str, TableContract],
    places: Mapping[str, Element],
    root: Element,
) -> None:
    """Refuse a file contract that does not fit the tables it names.

    Parameters
    ----------
    contract
        The file contract, read.
    tables
        All conformed tables.
    places
        The element of each file column, for the place of an error.
    root
        The whole contract.

    Raises
    ------
    ContractError
        With file and line.
    """
    filled: dict[tuple[str, str], str] = {}
    for name, column in contract.columns.items():
        for target in column.feeds:
            wanted = _target(places[name], tables, target.table, target.column)
            _hold_column(places[name], column, wanted, f"{target.table}.{target.column}")
            if other := filled.get((target.table, target.column)):
                raise places[name].error(
                    said(
                        "{table}.{column} is filled by {other} and by {name}",
                        table=target.table,
                        column=target.column,
                        other=other,
                        name=name,
                    ),
                    mend="Keep one of the two.",
                )
            filled[target.table, target.column] = name
    for table, constants in contract.constants.items():
        for name, value in constants.items():
            wanted = _target(root, tables, table, name)
            if wanted.values is not None and value not in wanted.values:
                raise root.error(
                    said(
                        "the constant '{value}' is no value of {table}.{name}",
                        value=str(value),
                        table=table,
                        name=name,
                    ),
                    mend="Correct the constant.",
                )
            filled[table, name] = said("a constant")
    if not contract.tables:
        raise root.error(
            said("no column of {kind} fills a table", kind=contract.kind),
            mend="Add the custom property feeds.",
        )
    for table in {table for table, _ in filled}:
        for name, wanted in tables[table].columns.items():
            if wanted.required and name not in PROVENANCE and (table, name) not in filled:
                raise root.error(
                    said(
                        "{kind} fills {table} and leaves its required column '{name}' empty",
                        kind=contract.kind,
                        table=table,
                        name=name,
                    ),
                    mend="Feed it from a column, or give it a constant.",
                )


def _target(place: Element, tables: Mapping[str, TableContract], table: str, name: str) -> Column:
    if table in tables and name in tables[table].columns:
        return tables[table].columns[name]
    known = [f"{other}.{column}" for other, contract in tables.items() for column in contract.columns]
    raise place.error(
        said("{title} feeds {table}.{name}, which does not exist", title=place.title, table=table, name=name),
        mend=nearest(f"{table}.{name}", known) or "Name it as table.column.",
    )


def _hold_column(place: Element, column: FileColumn, wanted: Column, target: str) -> None:
    if wanted.name == "person_key":
        if column.identifier != "insured-number":
            raise place.error(
                said("{column} feeds {target} and is no insured number", column=column.name, target=target),
                mend="Add the custom property identifier: insured-number.",
            )
    elif wanted.type not in _FITS[column.type]:
        raise place.error(
            said(
                "{column} is {type}, {target} is {wanted}",
                column=column.name,
                type=column.type,
                target=target,
                wanted=str(wanted.type),
            ),
            mend="Make the types agree.",
        )
    money = {"dirham": "centime"}
    if wanted.unit and money.get(column.unit or "", column.unit) not in (wanted.unit, None):
        raise place.error(
            said(
                "{column} is in {unit}, {target} in {wanted}",
                column=column.name,
                unit=column.unit or "",
                target=target,
                wanted=wanted.unit,
            ),
            mend="Make the units agree.",
        )
    if wanted.required and column.default is None and (column.optional or not column.required):
        raise place.error(
            said("{column} may be empty, {target} may not", column=column.name, target=target),
            mend="Make it required, or give it a default.",
        )
    if wanted.values is not None:
        stored = set(column.values.values() if column.values else ()) | {column.default} - {None}
        if column.values is None or not stored <= set(wanted.values):
            raise place.error(
                said(
                    "{column} may bring other values than {target} allows", column=column.name, target=target
                ),
                why=said("allowed are {known}", known=tuple(wanted.values)),
                mend="Map the words of the file to these with the custom property values.",
            )
