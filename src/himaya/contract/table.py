"""Conformed tables by contract: ``tables/*.yaml``."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pyarrow as pa

from himaya.contract.document import Element, label, meaning, read_document
from himaya.contract.errors import ContractError
from himaya.contract.model import UNITS, Bound, Classification, Column, Rule, TableContract
from himaya.errors import nearest
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.lake import TableSpec
    from himaya.language import Text

FOLDER = Path(str(resources.files("himaya.contract"))) / "tables"

_INTEGERS = {"int8": pa.int8(), "int32": pa.int32(), "int64": pa.int64()}
_TYPES: dict[str, tuple[str, pa.DataType]] = {
    **{name: ("integer", arrow) for name, arrow in _INTEGERS.items()},
    "double": ("number", pa.float64()),
    "string": ("string", pa.string()),
    "bool": ("boolean", pa.bool_()),
    "date32": ("date", pa.date32()),
    "timestamp[us, UTC]": ("timestamp", pa.timestamp("us", tz="UTC")),
    "binary": ("string", pa.binary()),
    "list<string>": ("array", pa.list_(pa.string())),
}
"""Physical types of tables: the standard's logical type of each, and its Arrow type."""


def table_contracts(folder: Path = FOLDER) -> dict[str, TableContract]:
    """Contracts of all conformed tables, by name; raises :class:`ContractError` with file and line."""
    return dict(_table_contracts(folder))


@cache
def _table_contracts(folder: Path) -> dict[str, TableContract]:
    contracts = {path.stem: read_table(path) for path in sorted(folder.glob("*.yaml"))}
    for contract in contracts.values():
        _hold_references(folder, contract, contracts)
    return contracts


def table_specs(folder: Path = FOLDER) -> dict[str, TableSpec]:
    """Say what the lake needs to know of every conformed table, by name."""
    return {name: contract.spec for name, contract in table_contracts(folder).items()}


def read_table(path: Path) -> TableContract:
    """Read the contract of one conformed table; raises :class:`ContractError` with file and line."""
    root = read_document(path).root
    about = root.custom({"labels", "meaning"})
    described = meaning(root, root.need("description").need("purpose"), about)
    assert described is not None, "its English is needed above"
    table = only_object(root)
    if table.need("name").text() != path.stem:
        raise table.need("name").error(
            said("the table '{title}' stands in the contract '{file}'", title=table.title, file=path.stem),
            mend="Give both the same name.",
        )
    stored = table.custom({"folder", "bucketed", "derived", "sort"})
    columns: dict[str, Column] = {}
    for element in table.need("properties").items():
        column = _column(element)
        if column.name in columns:
            raise element.error(
                said("the column '{column}' stands twice", column=column.name), mend="Keep one of the two."
            )
        columns[column.name] = column
    for name in ("folder", "bucketed", "derived", "sort"):
        if name not in stored:
            raise table.error(
                said("{title} lacks the custom property '{name}'", title=table.title, name=name),
                mend=said("Add '{name}'.", name=name),
            )
    if (bucketed := stored["bucketed"].flag()) and "person_key" not in columns:
        raise stored["bucketed"].error(
            said("{title} is bucketed and has no person_key", title=table.title),
            mend="Add the column, or say false.",
        )
    return TableContract(
        name=path.stem,
        version=root.need("version").text(),
        label=label(root, about),
        meaning=described,
        columns=columns,
        key=_key(table),
        sort_by=tuple(item.choice(columns) for item in stored["sort"].items()),
        bucketed=bucketed,
        derived=stored["derived"].flag(),
        folder=stored["folder"].choice(("lake", "vault")),
        rules=_rules(table),
    )


def only_object(root: Element) -> Element:
    """Give the one schema object of a contract."""
    objects = list(root.need("schema").items())
    if len(objects) != 1:
        raise root.need("schema").error(
            said("{title} describes {count} objects", title=root.title, count=len(objects)),
            mend="Describe one; another one is another contract.",
        )
    return objects[0]


def _column(element: Element) -> Column:
    custom = element.custom({"labels", "meaning", "unit"})
    physical = element.need("physicalType")
    logical, arrow = _TYPES[physical.choice(_TYPES)]
    if (stated := element.need("logicalType")).text() != logical:
        raise stated.error(
            said(
                "{title} is a {value} stored as {stored}",
                title=element.title,
                value=stated.value,
                stored=physical.value,
            ),
            mend=said(
                "{stored} goes with the logical type {logical}.", stored=physical.value, logical=logical
            ),
        )
    options = element.find("logicalTypeOptions")
    return Column(
        name=element.need("name").text(),
        type=arrow,
        required=element.need("required").flag(),
        classification=classification(element),
        label=label(element, custom),
        meaning=meaning(element, element.find("description"), custom),
        unit=unit(element, custom, quantity=logical in ("integer", "number")),
        minimum=_bound(options, "minimum", logical),
        maximum=_bound(options, "maximum", logical),
        pattern=_pattern(options),
        values=_values(element),
        refers_to=_reference(element),
    )


def classification(element: Element) -> Classification:
    """Who may see the values of a column."""
    word: Classification = element.need("classification").choice(get_args(Classification))  # type: ignore[assignment]
    return word


def unit(element: Element, custom: Mapping[str, Element], *, quantity: bool) -> str | None:
    """Read the unit of a column, which every number must have."""
    if "unit" in custom:
        return custom["unit"].choice(UNITS)
    if quantity:
        raise element.error(
            said("{title} is a number without a unit", title=element.title),
            mend="Add {property: unit, value: …}; a number that is no quantity is an identifier or sequence.",
        )
    return None


def _bound(options: Element | None, name: str, logical: str) -> Bound | None:
    found = options.find(name) if options else None
    if found is None:
        return None
    if logical == "date":
        return found.day()
    if logical == "integer":
        return found.whole()
    if logical == "number" and isinstance(found.value, int | float):
        return found.value
    raise found.error(
        said("{title} stands on a {kind}", title=found.title, kind=logical),
        mend="Only numbers and dates have bounds.",
    )


def _pattern(options: Element | None) -> str | None:
    found = options.find("pattern") if options else None
    if found is None:
        return None
    try:
        re.compile(found.text())
    except re.error as error:
        raise found.error(
            said("{title} is not a regular expression: {error}", title=found.title, error=str(error)),
            mend="Correct it.",
        ) from error
    return found.text()


def _values(element: Element) -> dict[str, Text] | None:
    listed = element.find("enum")
    if listed is None:
        return None
    return {item.need("value").text(): label(item, item.custom({"labels"})) for item in listed.items()}


def _reference(element: Element) -> tuple[str, str] | None:
    listed = element.find("relationships")
    if listed is None:
        return None
    to = next(listed.items()).need("to")
    table, _, column = to.text().partition(".")
    return table, column


def _hold_references(folder: Path, contract: TableContract, contracts: Mapping[str, TableContract]) -> None:
    """Refuse a reference to a table or column that is not there."""
    for position, column in enumerate(contract.columns.values()):
        if column.refers_to is None:
            continue
        table, name = column.refers_to
        if table not in contracts or name not in contracts[table].columns:
            document = read_document(folder / f"{contract.name}.yaml")
            names = [f"{t}.{c}" for t, other in contracts.items() for c in other.columns]
            raise ContractError(
                said(
                    "{column} refers to {table}.{name}, which does not exist",
                    column=column.name,
                    table=table,
                    name=name,
                ),
                where=document.where(("schema", 0, "properties", position, "relationships")),
                mend=nearest(f"{table}.{name}", names) or None,
            )


def _key(table: Element) -> tuple[str, ...]:
    positions = {
        element.need("primaryKeyPosition").whole(): element.need("name").text()
        for element in table.need("properties").items()
        if (primary := element.find("primaryKey")) and primary.flag()
    }
    if sorted(positions) != list(range(1, len(positions) + 1)):
        raise table.error(
            said(
                "the key of {title} has the positions {positions}",
                title=table.title,
                positions=[str(each) for each in sorted(positions)],
            ),
            mend="Number them 1, 2, 3 …",
        )
    return tuple(positions[position] for position in sorted(positions))


def _rules(table: Element) -> tuple[Rule, ...]:
    listed = table.find("quality")
    if listed is None:
        return ()
    rules = []
    for element in listed.items():
        element.need("type").choice(("sql",))
        if element.need("mustBe").value != 0:
            raise element.need("mustBe").error(
                said("{title} counts the rows that break it, so it must be 0", title=element.title),
                mend="Write 'mustBe: 0'.",
            )
        rules.append(
            Rule(
                element.need("name").text(),
                label(element, element.custom({"labels"})),
                element.need("query").text(),
            )
        )
    return tuple(rules)
