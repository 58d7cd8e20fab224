"""The record layouts of the e-BDS: the nouns of the contract, and the tables of integers that the kernels read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

LETTERS: Final = "ABE"
"""First letter of a record: prepared list, principal declaration, complementary declaration."""

RECORDS_PER_LETTER: Final = 7
"""Records of a letter are 00 to 06; record number = index of the letter x 7 + the two digits."""

PICTURES: Final = ("N", "AN", "D", "X")
"""How a field is written: digits, text, date, filler; position is the number in :attr:`Tables.fields`."""

SLOTS: Final = (
    "employer",
    "period",
    "number",
    "children",
    "allowance_to_pay",
    "allowance_to_deduct",
    "allowance_net",
    "allowance_to_repay",
    "days",
    "wage",
    "capped_wage",
    "control",
    "count",
    "transfer",
    "name",
    "cin",
    "situation",
    "category",
)
"""The roles of fields; position is the slot. The first are numbers, those from ``name`` on are texts."""

NUMERIC_SLOTS: Final = SLOTS.index("name")

START: Final = 7
"""Bit in :attr:`Tables.follows` for the start of the file, beside the digits 0 to 6 of a record before."""


class Tables(NamedTuple):
    """A layout as the kernels read it; records are numbered as :data:`RECORDS_PER_LETTER` says."""

    fields: NDArray[np.int64]
    """Offset, width, picture, slot (-1 for none) of every field of every record, shape (fields, 4)."""
    first: NDArray[np.int64]
    """Row in ``fields`` of the first field of each record, shape (records + 1,)."""
    place: NDArray[np.int64]
    """Offset and width of each slot in each record, width 0 where it has none, shape (records, slots, 2)."""
    follows: NDArray[np.int64]
    """Bit d of a record is set where it may stand after a record with digits d, shape (records,)."""
    control: NDArray[np.int64]
    """1 where a slot enters the control sum of a record, shape (records, slots)."""
    situations: NDArray[np.int64]
    """The two bytes of each situation as one number, and 1 where it goes without pay; position is the rank,
    shape (situations, 2)."""
    categories: NDArray[np.int64]
    """Lowest and highest L_Cat of each letter, its two bytes as one number, shape (letters, 2)."""
    limits: NDArray[np.int64]
    """Width of a line; most days of a month."""


@dataclass(frozen=True)
class Field:
    """One field of a record."""

    name: str
    offset: int
    width: int
    picture: str
    """One of :data:`PICTURES`."""
    role: str | None
    """One of :data:`SLOTS`; None where nothing is made of it."""


@dataclass(frozen=True)
class Record:
    """One record type."""

    name: str
    """``B02``."""
    fields: tuple[Field, ...]
    follows: tuple[str, ...]
    """Records after which it may stand; empty text for the start of the file."""
    control: tuple[str, ...]
    """Roles that its control sum adds up."""
    totals: tuple[str, ...]
    """Detail records that it adds up."""

    @property
    def number(self) -> int:
        """See :data:`RECORDS_PER_LETTER`."""
        return LETTERS.index(self.name[0]) * RECORDS_PER_LETTER + self.digits

    @property
    def digits(self) -> int:
        """The two digits of its name."""
        return int(self.name[1:])


@dataclass(frozen=True)
class Situation:
    """A code of L_Situation; its rank is its position."""

    code: str
    unpaid: bool
    """Days and wages must be zero."""


@dataclass(frozen=True)
class Kind:
    """One of the three kinds of file."""

    letter: str
    name: str
    """Its exact kind, ``ebds-principal``."""
    categories: tuple[str, str] | None
    """Lowest and highest L_Cat; None where the sources do not say it."""


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
class Layout:
    """One version of the e-BDS layout."""

    version: str
    valid_from: date
    line_width: int
    most_days: int
    surname_width: int
    """Width of the surname, with which the name of a person begins."""
    hold_share: float
    hold_lines: int
    records: Mapping[str, Record]
    situations: tuple[Situation, ...]
    kinds: tuple[Kind, ...]
    """In the order of :data:`LETTERS`."""

    @cached_property
    def situation_codes(self) -> pa.Array:
        """Codes of the situations by rank."""
        return pa.array([situation.code for situation in self.situations], pa.string())

    @cached_property
    def totals(self) -> Mapping[str, tuple[Total, ...]]:
        """Figures of the totals records, by letter of the file."""
        found: dict[str, list[Total]] = {letter: [] for letter in LETTERS}
        for record in self.records.values():
            sections = tuple(int(detail[1:]) // 2 - 1 for detail in record.totals)
            for field in record.fields if sections else ():
                if field.role not in {None, "employer", "period"}:
                    slot = SLOTS.index(str(field.role))
                    name = f"{record.name}.{field.role}"
                    found[record.name[0]].append(Total(name, record.name, record.digits, slot, sections))
        return {letter: tuple(totals) for letter, totals in found.items()}

    @cached_property
    def tables(self) -> Tables:
        """The layout for the kernels."""
        records = len(LETTERS) * RECORDS_PER_LETTER
        fields: list[tuple[int, int, int, int]] = []
        first = np.zeros(records + 1, np.int64)
        place = np.zeros((records, len(SLOTS), 2), np.int64)
        follows = np.zeros(records, np.int64)
        control = np.zeros((records, len(SLOTS)), np.int64)
        for record in sorted(self.records.values(), key=lambda record: record.number):
            for field in record.fields:
                slot = SLOTS.index(field.role) if field.role else -1
                fields.append((field.offset, field.width, PICTURES.index(field.picture), slot))
                if slot >= 0:
                    place[record.number, slot] = field.offset, field.width
            first[record.number + 1] = len(fields)
            for earlier in record.follows:
                follows[record.number] |= 1 << (int(earlier[1:]) if earlier else START)
            for role in record.control:
                control[record.number, SLOTS.index(role)] = 1
        return Tables(
            fields=np.array(fields, np.int64),
            first=np.maximum.accumulate(first),
            place=place,
            follows=follows,
            control=control,
            situations=np.array([(_two(s.code.ljust(2)), s.unpaid) for s in self.situations], np.int64),
            categories=np.array(
                [[_two(c) for c in kind.categories] if kind.categories else [0, 0xFFFF] for kind in self.kinds],
                np.int64,
            ),
            limits=np.array([self.line_width, self.most_days], np.int64),
        )


def _two(text: str) -> int:
    """Two ASCII characters as the kernels compare them."""
    return int.from_bytes(text.encode("ascii"))
