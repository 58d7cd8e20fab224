"""The nouns of contracts: what a table and its columns, a file and its columns are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa

from himaya.lake import TableSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.language import Text

Classification = Literal["public", "internal", "personal", "direct-identifier"]
"""Who may see a value; ``personal`` concerns one person, ``direct-identifier`` names one."""

Bound = int | float | date
RECEIVED_ON: Final = "received-on"
"""The upper bound of a date that cannot lie after the day on which the file was received."""

FileType = Literal["text", "integer", "decimal", "date", "month", "boolean"]
"""What a column of a delimited file holds once it is read."""
Identifier = Literal["insured-number", "employer-number", "cin"]
"""What a column identifies: decides its form, its check digit and its person key."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a conformed table."""

    name: str
    type: pa.DataType
    required: bool
    classification: Classification
    label: Text
    meaning: Text | None
    unit: str | None
    minimum: Bound | None
    maximum: Bound | None
    pattern: str | None
    values: Mapping[str, Text] | None
    """The values allowed, each with its label; None where any is."""
    refers_to: tuple[str, str] | None
    """Table and column whose values these are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of a whole table: ``query`` counts the rows that break it."""

    name: str
    label: Text
    query: str
    """SQL over the table ``{object}``."""


@dataclass(frozen=True, slots=True)
class TableContract:
    """What one conformed table means and how it is stored."""

    name: str
    version: str
    label: Text
    meaning: Text
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    """Columns that together are never the same twice; empty where there is no key."""
    sort_by: tuple[str, ...]
    bucketed: bool
    derived: bool
    """Whether runs compute it, rather than files fill it."""
    folder: str
    """``lake``, or ``vault`` for direct identifiers."""
    rules: tuple[Rule, ...]

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema, columns in the contract's order."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns.values()])

    @property
    def spec(self) -> TableSpec:
        """What the lake needs to know of it."""
        return TableSpec(
            name=self.name,
            schema=self.schema,
            sort_by=self.sort_by,
            bucketed=self.bucketed,
            folder=self.folder,
            description=self.meaning.en,
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a conformed table that a file fills."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column of a delimited file, found by its header."""

    name: str
    """The header as senders write it."""
    aliases: tuple[str, ...]
    """Other headers that mean the same, compared as :func:`~himaya.contract.file.header_key` compares."""
    type: FileType
    required: bool
    """Every line must carry a value."""
    optional: bool
    """The whole column may be missing from the file."""
    classification: Classification
    label: Text
    meaning: Text | None
    unit: str | None
    """Unit in the file; amounts in ``dirham`` have ``scale`` 2 and become centimes."""
    scale: int
    """Decimal places of a decimal: the integer stored is the number times ``10 ** scale``. 0 for others."""
    formats: tuple[str, ...]
    """Date or month formats accepted, the first that fits wins (``dd/MM/yyyy``, ``yyyyMM``, …)."""
    minimum: Bound | None
    """Smallest value allowed, in the units of the stored value (centimes for amounts)."""
    maximum: Bound | Literal["received-on"] | None
    """Largest value allowed; :data:`RECEIVED_ON` for a date that cannot lie in the future."""
    max_length: int | None
    """Most characters of a text."""
    values: Mapping[str, str | bool] | None
    """The words allowed to the value stored; keys are reduced by :func:`~himaya.contract.file.header_key`.
    None where any word is allowed."""
    default: str | int | bool | None
    """Value stored for an empty field or a missing column; None where there is none."""
    null_words: frozenset[str]
    """Words that mean "empty", besides the empty field; compared without case."""
    identifier: Identifier | None
    check_digit: Literal["warn", "refuse"] | None
    """What a failing check digit does; None where the column has none."""
    feeds: tuple[Target, ...]
    """The columns it fills; a person key is made of an insured number. Empty where it is only checked."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """A last line that says what the file holds."""

    marker: str
    """Content of its first field, compared without case."""
    required: bool
    declares: tuple[str, ...]
    """What each further field declares: ``lines`` (data lines) or the name of a column that is summed."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written."""

    separator: str
    encodings: tuple[str, ...]
    """Encodings accepted (see :data:`ENCODINGS`). A byte order mark decides; without one it is the first."""
    quote: str | None
    decimal: Literal[",", "."]
    trailer: Trailer | None


@dataclass(frozen=True, slots=True)
class FileContract:
    """What one kind of delimited file means and how it is read."""

    kind: str
    version: str
    label: Text
    meaning: Text
    dialect: Dialect
    columns: Mapping[str, FileColumn]
    """By name, in the order of the contract; files may order them otherwise."""
    constants: Mapping[str, Mapping[str, str | int | bool]]
    """Values that every row gets: table to column to value."""
    hold_share: float
    """Share of quarantined data lines above which the whole delivery is held …"""
    hold_lines: int
    """… when so many data lines are quarantined as well."""
    valid_from: date | None
    valid_until: date | None
    """First and last day of reception on which the contract holds; None where there is no limit."""

    def valid_on(self, day: date) -> bool:
        """Whether files received on ``day`` are read by it."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    @property
    def tables(self) -> tuple[str, ...]:
        """The conformed tables it fills, in the order in which its columns name them."""
        return tuple(dict.fromkeys(t.table for column in self.columns.values() for t in column.feeds))


ENCODINGS = ("ascii", "cp1252", "iso-8859-1", "utf-8", "utf-16-le", "utf-16-be")
"""Encodings of delimited files; all but the first three may begin with a byte order mark."""
DATE_FORMATS = ("dd/MM/yyyy", "yyyy-MM-dd", "yyyyMMdd")
MONTH_FORMATS = ("MM/yyyy", "yyyy-MM", "yyyyMM")
UNITS = (
    "identifier",
    "sequence",
    "centime",
    "dirham",
    "day",
    "days",
    "month",
    "months",
    "children",
    "persons",
    "lines",
    "bytes",
    "share",
)
"""Units of quantities; ``identifier`` and ``sequence`` are numbers that are no quantity, ``day`` and
``month`` points in time, ``days`` and ``months`` durations."""
