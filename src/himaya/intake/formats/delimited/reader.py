"""Reads one delimited delivery by its contract: blocks of lines in, verdicts, codes and rows out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.contract import header_key
from himaya.contract.identifiers import INSURED
from himaya.contract.model import RECEIVED_ON
from himaya.intake.formats.base import ACCEPTED, QUARANTINED, STRUCTURAL, Block, Findings, Parsed
from himaya.intake.formats.delimited import kernels as k
from himaya.intake.formats.delimited.text import byte_classes, from_utf16, string_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.contract.model import FileColumn, FileContract
    from himaya.intake.formats.base import Column, Context
    from himaya.intake.formats.delimited.header import Header

_PARSE = {
    "text": k.TEXT,
    "boolean": k.TEXT,
    "integer": k.INTEGER,
    "decimal": k.DECIMAL,
    "date": k.DATE,
    "month": k.DATE,
}
_IDENTIFIER = {"insured-number": k.INSURED, "employer-number": k.EMPLOYER, "cin": k.CIN}
_FORMATS = ("dd/MM/yyyy", "yyyy-MM-dd", "yyyyMMdd", "MM/yyyy", "yyyy-MM", "yyyyMM")
_REFUSE = {None: -1, "warn": 0, "refuse": 1}
_WIDE = 1 << 60
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A contract and a header as the kernel reads them."""

    columns: NDArray[np.int64]
    words: NDArray[np.uint8]
    word_ends: NDArray[np.int64]
    trailer: int


def plan(contract: FileContract, header: Header, received_on: date) -> Plan:
    """Describe the columns of a contract to the kernel, at the positions that a header gives them."""
    words: list[bytes] = []
    table = np.zeros((len(contract.columns), 13), np.int64)
    for row, column in zip(table, contract.columns.values(), strict=True):
        row[k.POSITION] = header.positions.get(column.name, -1)
        row[k.PARSE] = _IDENTIFIER.get(column.identifier or "", _PARSE[column.type])
        row[k.REQUIRED] = column.required
        row[k.SCALE] = column.scale
        row[k.MINIMUM] = _bound(column.minimum, -_WIDE)
        row[k.MAXIMUM] = _bound(None if column.maximum == RECEIVED_ON else column.maximum, _WIDE)
        row[k.FUTURE] = _bound(received_on if column.maximum == RECEIVED_ON else None, _WIDE)
        row[k.FORMATS] = sum(1 << _FORMATS.index(name) for name in column.formats)
        row[k.LENGTH] = _WIDE if column.max_length is None else column.max_length
        row[k.REFUSE] = _REFUSE[column.check_digit]
        row[k.WORDS] = column.type in {"text", "boolean"}
        row[k.NULLS] = len(words)
        words += [_word(word, header.encoding) for word in sorted(column.null_words)]
        row[k.NULLS_END] = len(words)
    trailer = -1
    if contract.dialect.trailer:
        trailer = len(words)
        words.append(_word(contract.dialect.trailer.marker, header.encoding))
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    return Plan(table, np.frombuffer(b"".join(words), np.uint8), ends, trailer)


def _bound(value: object, default: int) -> int:
    if isinstance(value, date):
        return (value - _EPOCH).days
    return default if value is None else int(value)  # type: ignore[call-overload]  # a number or a date


def _word(word: str, encoding: str) -> bytes:
    """Bytes of a word as fields are compared: lower case in ASCII letters, UTF-16 having become UTF-8."""
    data = word.encode("utf-8" if encoding.startswith("utf") else encoding, "replace")
    return data.lower()


class DelimitedReader:
    """Reads one delivery of a contract-described kind, or one part of it.

    Parameters
    ----------
    contract
        The kind of file.
    header
        What its first line says.
    received_on
        Day of receipt, for dates that cannot lie after it.
    context
        Key space of the fund.
    """

    def __init__(self, contract: FileContract, header: Header, received_on: date, context: Context) -> None:
        self._contract = contract
        self._keys = context.keys
        self._header = header
        encoding = header.encoding
        self._encoding = encoding
        self._utf8 = encoding.startswith("utf")
        self._classes = byte_classes(encoding, contract.dialect.separator, contract.dialect.quote)
        self._plan = plan(contract, header, received_on)
        self._lines = 0
        self._sums = dict.fromkeys(contract.dialect.trailer.declares if contract.dialect.trailer else (), 0)
        self._declared: dict[str, int | None] = {}
        self._trailers = 0
        self._codes: list[str] = []

    def feed(self, block: Block) -> Parsed:
        """Judge the next lines."""
        if self._header.problem is not None:
            return self._unusable(block)
        bad = None
        if self._encoding.startswith("utf-16"):
            block, bad = from_utf16(block, self._encoding)
        count, width = len(block), len(self._plan.columns)
        values = np.zeros((width, count), np.int64)
        states = np.zeros((width, count), np.uint8)
        begins = np.zeros((width, count), np.int64)
        sizes = np.zeros((width, count), np.int64)
        verdicts = np.zeros(count, np.uint8)
        codes = np.zeros(count, np.uint64)
        trailer = k.parse(
            block.buffer,
            block.starts,
            block.lengths,
            self._classes,
            self._utf8,
            ord(self._contract.dialect.decimal),
            len(self._header.names),
            self._plan.columns,
            self._plan.words,
            self._plan.word_ends,
            self._plan.trailer,
            values,
            states,
            begins,
            sizes,
            verdicts,
            codes,
        )
        verdicts[: max(0, self._header.line - block.first_line + 1)] = STRUCTURAL
        codes[verdicts == STRUCTURAL] = 0
        if bad is not None and bad.any():
            verdicts[bad] = QUARANTINED
            codes[bad] = k.NOT_DECODABLE
        texts = self._words(block, states, begins, sizes, verdicts, codes)
        self._total(block, trailer, values, states, verdicts)
        kept = np.flatnonzero(verdicts == ACCEPTED)
        return Parsed(verdicts, codes, self._rows(block, kept, values, states, begins, sizes, texts))

    def finish(self) -> Findings:
        """Compare what the trailer declares with what was found."""
        trailer = self._contract.dialect.trailer
        found = {
            "lines": self._lines,
            **{name: total for name, total in self._sums.items() if name != "lines"},
        }
        totals = {name: (self._declared.get(name), found[name]) for name in self._sums}
        said = [(declared, count) for declared, count in totals.values() if declared is not None]
        agree = all(declared == count for declared, count in said) if said else None
        if trailer and trailer.required and self._trailers == 0:
            self._codes.append("totals-missing")
        if self._header.problem is not None:
            self._codes.append("header-unusable")
        return Findings(
            codes=tuple(dict.fromkeys(self._codes)),
            totals=totals,
            totals_agree=agree,
            hold=self._header.problem is not None,
            encoding=self._encoding,
        )

    def _unusable(self, block: Block) -> Parsed:
        codes = np.full(len(block), k.HEADER_UNUSABLE, np.uint64)
        return Parsed(np.full(len(block), QUARANTINED, np.uint8), codes, {})

    def _words(
        self,
        block: Block,
        states: NDArray[np.uint8],
        begins: NDArray[np.int64],
        sizes: NDArray[np.int64],
        verdicts: NDArray[np.uint8],
        codes: NDArray[np.uint64],
    ) -> dict[str, pa.Array]:
        """Translate columns whose words stand for values; a word not allowed breaks its line."""
        found: dict[str, pa.Array] = {}
        for j, column in enumerate(self._contract.columns.values()):
            if column.values is None or column.name not in self._header.positions:
                continue
            readable = (codes & np.uint64(k.NOT_DECODABLE)) == 0
            used = np.where(readable & (states[j] & (k.NULL | k.BROKEN) == 0), sizes[j], 0)
            words = string_array(
                block.buffer, begins[j], used, states[j], self._contract.dialect.quote, self._encoding
            ).dictionary_encode()
            stored = [column.values.get(header_key(word)) for word in words.dictionary.to_pylist()]
            kind = pa.bool_() if column.type == "boolean" else pa.string()
            meant = pa.array(stored, kind).take(words.indices)
            wrong = meant.is_null().to_numpy(zero_copy_only=False) & (used > 0) & (verdicts != STRUCTURAL)
            codes[wrong] |= np.uint64(k.VALUE_NOT_ALLOWED)
            verdicts[wrong] = QUARANTINED
            found[column.name] = meant
        return found

    def _total(
        self,
        block: Block,
        trailer: int,
        values: NDArray[np.int64],
        states: NDArray[np.uint8],
        verdicts: NDArray[np.uint8],
    ) -> None:
        """Add up what a trailer may declare, over all data lines that could be read, accepted or not."""
        data = verdicts != STRUCTURAL
        self._lines += int(np.count_nonzero(data))
        for j, column in enumerate(self._contract.columns.values()):
            if column.name in self._sums:
                self._sums[column.name] += int(values[j][data & (states[j] & k.BROKEN == 0)].sum())
        if trailer >= 0:
            self._trailers += 1
            self._read_trailer(block.line(trailer))

    def _read_trailer(self, line: bytes) -> None:
        dialect = self._contract.dialect
        text = line.decode("utf-8" if self._utf8 else self._encoding, "replace")
        fields = [field.strip(f" {dialect.quote or ''}") for field in text.split(dialect.separator)][1:]
        for name, field in zip(self._sums, fields, strict=False):
            scale = 0 if name == "lines" else self._contract.columns[name].scale
            number = _number(field, dialect.decimal, scale)
            self._declared[name] = number
            if number is None and field:
                self._codes.append("totals-unreadable")

    def _rows(
        self,
        block: Block,
        kept: NDArray[np.intp],
        values: NDArray[np.int64],
        states: NDArray[np.uint8],
        begins: NDArray[np.int64],
        sizes: NDArray[np.int64],
        texts: dict[str, pa.Array],
    ) -> dict[str, dict[str, Column]]:
        line = (kept + block.first_line).astype(np.int32)
        rows: dict[str, dict[str, Column]] = {table: {"line": line} for table in self._contract.tables}
        keyed: dict[int, NDArray[np.int64]] = {}
        for j, column in enumerate(self._contract.columns.values()):
            if not column.feeds:
                continue
            stored = self._stored(j, column, block, kept, values, states, begins, sizes, texts)
            for target in column.feeds:
                if target.column == "person_key":
                    if j not in keyed:
                        keyed[j] = self._keys.encrypt(INSURED, values[j][kept])
                    rows[target.table][target.column] = keyed[j]
                else:
                    rows[target.table][target.column] = stored
        for table, constants in self._contract.constants.items():
            for name, value in constants.items():
                rows[table][name] = pa.repeat(pa.scalar(value), len(kept))
        return rows

    def _stored(
        self,
        j: int,
        column: FileColumn,
        block: Block,
        kept: NDArray[np.intp],
        values: NDArray[np.int64],
        states: NDArray[np.uint8],
        begins: NDArray[np.int64],
        sizes: NDArray[np.int64],
        texts: dict[str, pa.Array],
    ) -> Column:
        """Values of one column of the accepted lines."""
        present = column.name in self._header.positions
        array: Any
        if column.type in {"text", "boolean"}:
            if not present:
                array = pa.nulls(len(kept), pa.bool_() if column.type == "boolean" else pa.string())
            elif column.name in texts:
                array = texts[column.name].take(pa.array(kept))
            else:
                array = string_array(
                    block.buffer,
                    begins[j][kept],
                    sizes[j][kept],
                    states[j][kept],
                    self._contract.dialect.quote,
                    self._encoding,
                )
        else:
            numbers = values[j][kept]
            null = states[j][kept] & k.NULL != 0
            if not null.any():
                return numbers.astype(np.int32) if column.type in {"date", "month"} else numbers
            array = pa.array(numbers, mask=null)
            if column.type in {"date", "month"}:
                array = array.cast(pa.int32()).cast(pa.date32())
        return array if column.default is None else array.fill_null(column.default)


def _number(text: str, mark: str, scale: int) -> int | None:
    """Value of a declared total times ``10 ** scale``; None where it cannot be read."""
    whole, _, decimals = text.partition(mark)
    digits = whole + decimals.ljust(scale, "0")
    if not digits.isascii() or not digits.isdigit() or len(decimals) > scale:
        return None
    return int(digits)
