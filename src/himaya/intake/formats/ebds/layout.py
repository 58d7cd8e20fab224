"""The record layouts of the e-BDS: the nouns of the contract, and tables of integers for the kernels."""

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


OF_RECORD: Final = ("first", "end", "follows", "control", "lowest_category", "highest_category", "places")
"""Columns of :attr:`Tables.records`. ``first`` and ``end`` are rows of :attr:`Tables.fields`; ``follows`` has
bit d set where the record may stand after one with digits d; ``control`` has the bits of the slots that its
control sum adds up; a category is two bytes as one number; from ``places`` on stand offset and width of each
slot, width 0 where the record has none."""


class Tables(NamedTuple):
    """A layout as the kernels read it."""

    records: NDArray[np.int64]
    """By number of the record (:data:`RECORDS_PER_LETTER`), columns :data:`OF_RECORD`."""
    fields: NDArray[np.int64]
    """Offset, width, picture and slot (-1 for none) of every field of every record, shape (fields, 4)."""
    situations: NDArray[np.int64]
    """The two bytes of each situation as one number, and 1 where it goes without pay; position is the rank,
    shape (situations, 2)."""


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

    def field(self, role: str) -> Field:
        """Give the field with a role."""
        return next(field for field in self.fields if field.role == role)


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
    def situation_words(self) -> pa.Array:
        """Codes of the situations by rank."""
        return pa.array([situation.code for situation in self.situations])

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

    @property
    def limits(self) -> tuple[int, int]:
        """Width of a line and most days of a month, for the kernels."""
        return self.line_width, self.most_days

    @cached_property
    def tables(self) -> Tables:
        """The layout for the kernels."""
        places = OF_RECORD.index("places")
        records = np.zeros((len(LETTERS) * RECORDS_PER_LETTER, places + 2 * len(SLOTS)), np.int64)
        fields: list[tuple[int, int, int, int]] = []
        for record in self.records.values():
            row = records[record.number]
            low, high = self.kinds[LETTERS.index(record.name[0])].categories or ("\0\0", "\x7f\x7f")
            row[:places] = (
                len(fields),
                len(fields) + len(record.fields),
                sum(1 << (int(earlier[1:]) if earlier else START) for earlier in record.follows),
                sum(1 << SLOTS.index(role) for role in record.control),
                _two(low),
                _two(high),
            )
            for field in record.fields:
                slot = SLOTS.index(field.role) if field.role else -1
                fields.append((field.offset, field.width, PICTURES.index(field.picture), slot))
                if slot >= 0:
                    row[places + 2 * slot : places + 2 * slot + 2] = field.offset, field.width
        situations = [(_two(situation.code.ljust(2)), situation.unpaid) for situation in self.situations]
        return Tables(records, np.array(fields, np.int64), np.array(situations, np.int64))


def _two(text: str) -> int:
    """Two ASCII characters as the kernels compare them."""
    return int.from_bytes(text.encode("ascii"))
