"""The record layouts of the e-BDS contract as tables of integers, the form in which the kernels read them.

The contract (``contract/files/ebds.yaml``) is the source: field order, widths, roles, which record may follow which,
what a control sum adds up, which totals total what. A new layout is a new contract file with a later ``validFrom``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from himaya import yamlfile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

LETTERS = "ABE"
"""First letter of a record: prepared list, principal declaration, complementary declaration."""

RECORDS_PER_LETTER = 7
"""Records of a letter are 00 to 06; record number = index of the letter x 7 + the two digits."""

PICTURES = ("N", "AN", "D", "X")
"""How a field is written: digits, text, date, filler; position is the number in :attr:`Tables.fields`."""

SLOTS = (
    "employer", "period", "number", "children", "allowance_to_pay", "allowance_to_deduct", "allowance_net",
    "allowance_to_repay", "days", "wage", "capped_wage", "control", "count", "transfer",
    "name", "cin", "situation", "category",
)  # fmt: skip
"""What a field can be to the kernels; the numeric ones come first, position is the slot."""

NUMERIC_SLOTS = SLOTS.index("name")


class Tables(NamedTuple):
    """A layout as the kernels read it; records are numbered as :data:`RECORDS_PER_LETTER` says."""

    fields: NDArray[np.int64]
    """Offset, width, picture, slot (-1 for none) of every field of every record, shape (fields, 4)."""
    first: NDArray[np.int64]
    """Row in ``fields`` of the first field of each record, shape (records + 1,)."""
    place: NDArray[np.int64]
    """Offset and width of each slot in each record, width 0 where it has none, shape (records, slots, 2)."""
    follows: NDArray[np.int64]
    """Bit d of a record is set where it may stand after a record with digits d; bit 7: at the start."""
    control: NDArray[np.int64]
    """1 where a slot enters the control sum of a record, shape (records, slots)."""
    situations: NDArray[np.int64]
    """The two bytes of each situation (high x 256 + low) and whether it goes without pay; position is the
    rank, shape (situations, 2)."""
    categories: NDArray[np.int64]
    """Lowest and highest L_Cat of each letter, two bytes as one number, shape (letters, 2)."""
    limits: NDArray[np.int64]
    """Width of a line; most days of a month."""


@dataclass(frozen=True)
class Total:
    """One figure of a totals record."""

    name: str
    """``B03.wage``."""
    record: str
    digits: int
    slot: int
    sections: tuple[int, ...]
    """What it adds up: the known employees (0, details 02), the entrants (1, details 04), or both."""


@dataclass(frozen=True)
class Kind:
    """One of the three kinds of file."""

    letter: str
    name: str
    """Its exact kind, ``ebds-principal``."""


@dataclass(frozen=True)
class Layout:
    """One version of the e-BDS layout."""

    version: str
    valid_from: date
    tables: Tables
    totals: Mapping[str, tuple[Total, ...]]
    """By letter of the file."""
    situations: pa.Array
    """Codes by rank."""
    hold_share: float
    hold_lines: int
    surname_width: int
    """Width of the surname, with which the name of a person begins."""
    kinds: tuple[Kind, ...]
    """By index of the letter in :data:`LETTERS`."""


def record_number(record: str) -> int:
    """Number of a record by its name: ``record_number("B02") == 9``."""
    return LETTERS.index(record[0]) * RECORDS_PER_LETTER + int(record[1:])


def section_of(digits: int) -> int:
    """Index of the section of details 02 (0) or 04 (1)."""
    return digits // 2 - 1


def extra(element: dict[str, Any], name: str, default: Any = None) -> Any:
    """Value of the custom property ``name`` of a contract's element."""
    found = (item["value"] for item in element.get("customProperties", ()) if item["property"] == name)
    return next(found, default)


@cache
def layouts() -> tuple[Layout, ...]:
    """All versions of the layout, oldest first."""
    folder = Path(str(resources.files("himaya.contract"))) / "files"
    found = (build(yamlfile.load(path)) for path in sorted(folder.glob("ebds*.yaml")))
    return tuple(sorted(found, key=lambda layout: layout.valid_from))


def layout_on(day: date) -> Layout:
    """The layout in force for files received on ``day``; the oldest serves for any day before it."""
    known = layouts()
    return next((layout for layout in reversed(known) if layout.valid_from <= day), known[0])


def build(contract: dict[str, Any]) -> Layout:
    """Make a layout from the content of its contract."""
    situations = sorted(extra(contract, "situations"), key=lambda situation: situation["rank"])
    return Layout(
        version=contract["version"],
        valid_from=extra(contract, "validFrom"),
        tables=_tables(contract, situations),
        totals={letter: tuple(_totals(contract, letter)) for letter in LETTERS},
        situations=pa.array([situation["code"] for situation in situations], pa.string()),
        hold_share=extra(contract, "hold")["share"],
        hold_lines=extra(contract, "hold")["lines"],
        surname_width=next(
            width for field in _all_fields(contract) if (width := extra(field, "surnameWidth"))
        ),
        kinds=tuple(Kind(kind["letter"], kind["kind"]) for kind in _kinds(contract)),
    )


def _tables(contract: dict[str, Any], situations: list[dict[str, Any]]) -> Tables:
    records = len(LETTERS) * RECORDS_PER_LETTER
    fields: list[tuple[int, int, int, int]] = []
    first = np.zeros(records + 1, np.int64)
    place = np.zeros((records, len(SLOTS), 2), np.int64)
    follows = np.zeros(records, np.int64)
    control = np.zeros((records, len(SLOTS)), np.int64)
    by_record = {record: element for element in contract["schema"] for record in extra(element, "records")}
    for record in sorted(by_record, key=record_number):
        element, number = by_record[record], record_number(record)
        for field in _fields(element):
            fields.append(field)
            if field[3] >= 0:
                place[number, field[3]] = field[:2]
        first[number + 1] = len(fields)
        for earlier in extra(element, "follows")[record]:
            follows[number] |= 1 << (int(earlier[1:]) if earlier else 7)
        for slot in extra(element, "controlSum", ()):
            control[number, SLOTS.index(slot)] = 1
    codes = [situation["code"].ljust(2).encode("ascii") for situation in situations]
    days = next(field for field in _all_fields(contract) if extra(field, "role") == "days")
    return Tables(
        fields=np.array(fields, np.int64),
        first=np.maximum.accumulate(first),
        place=place,
        follows=follows,
        control=control,
        situations=np.array(
            [
                (code[0] * 256 + code[1], situation.get("unpaid", False))
                for code, situation in zip(codes, situations, strict=True)
            ],
            np.int64,
        ),
        categories=np.array([_category_range(kind.get("category")) for kind in _kinds(contract)], np.int64),
        limits=np.array([extra(contract, "lineWidth"), days["logicalTypeOptions"]["maximum"]], np.int64),
    )


def _all_fields(contract: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (field for element in contract["schema"] for field in element["properties"])


def _kinds(contract: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(extra(contract, "kinds"), key=lambda kind: LETTERS.index(kind["letter"]))


def _category_range(category: str | None) -> tuple[int, int]:
    """``B0`` is itself, ``E<n>`` any digit, nothing any two bytes."""
    if category is None:
        return 0, 0xFFFF
    low, high = (category.replace("<n>", digit).encode("ascii") for digit in "09")
    return int.from_bytes(low), int.from_bytes(high)


def _fields(element: dict[str, Any]) -> Iterator[tuple[int, int, int, int]]:
    """Offset, width, picture and slot of each field of a record."""
    offset = 0
    for field in element["properties"]:
        picture, width = re.fullmatch(r"(\w+)\((\d+)\)", field["physicalType"]).groups()  # type: ignore[union-attr]
        role = extra(field, "role")
        yield offset, int(width), PICTURES.index(picture), SLOTS.index(role) if role else -1
        offset += int(width)


def _totals(contract: dict[str, Any], letter: str) -> Iterator[Total]:
    for element in contract["schema"]:
        for record, details in extra(element, "totals", {}).items():
            sections = tuple(section_of(int(detail[1:])) for detail in details)
            for field in element["properties"]:
                role = extra(field, "role")
                if record[0] == letter and role not in {None, "employer", "period"}:
                    yield Total(f"{record}.{role}", record, int(record[1:]), SLOTS.index(role), sections)
