"""The first line of a delimited file: which encoding it is in, which column stands where."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from himaya.contract import header_key
from himaya.sentence import Sentence, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from himaya.contract.model import Dialect, FileContract
    from himaya.intake.lines import Unit

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of one delivery says."""

    line: int
    """Its line number, from 1; the lines before it are blank. 0 where there is none."""
    encoding: str
    names: tuple[str, ...]
    positions: dict[str, int]
    """Column of the contract to its position among the fields."""
    problem: Sentence | None
    """What makes it unusable."""
    nearness: float
    """Share of the contract's columns that it has, less what it has besides."""


def header_keys(contract: FileContract) -> dict[str, str]:
    """Columns of a contract by all the headers that mean them, reduced to what is compared."""
    return {
        header_key(name): column.name
        for column in contract.columns.values()
        for name in (column.name, *column.aliases)
    }


def read_header(head: bytes, contract: FileContract, keys: Mapping[str, str], units: Unit) -> Header:
    """Read the header of a delivery under a contract's dialect.

    Parameters
    ----------
    head
        First bytes of the delivery.
    contract
        The kind of file to read it as.
    keys
        Its columns by their headers (:func:`header_keys`).
    units
        Code unit of the text.
    """
    encoding, text = _decode(head, contract.dialect, units)
    if encoding not in contract.dialect.encodings:
        problem = said(
            "it is in {encoding}, accepted are {accepted}",
            encoding=encoding,
            accepted=contract.dialect.encodings,
        )
        return Header(0, encoding, (), {}, problem, 0.0)
    number = 1
    for line in text.split("\n"):
        if line and not line.isspace():
            return _header(number, encoding, line.rstrip("\r"), contract, keys)
        number += 1
    return Header(0, encoding, (), {}, said("it has no header"), 0.0)


def _header(number: int, encoding: str, line: str, contract: FileContract, keys: Mapping[str, str]) -> Header:
    names = tuple(_fields(line, contract.dialect))
    positions: dict[str, int] = {}
    problems: list[Sentence] = []
    for position, name in enumerate(names):
        column = keys.get(_key(name))
        if column in positions:
            problems.append(said("column {column} stands twice", column=column))
        elif column is not None:
            positions[column] = position
    problems += [
        said("column {column} is missing", column=column.name)
        for column in contract.columns.values()
        if not column.optional and column.name not in positions
    ]
    share = len(positions) / max(len(contract.columns), 1)
    nearness = max(share - 0.01 * (len(names) - len(positions)), 0.0)
    problem = said("{problems}", problems=problems) if problems else None
    return Header(number, encoding, names, positions, problem, nearness)


_key = lru_cache(maxsize=4096)(header_key)


def _decode(head: bytes, dialect: Dialect, units: Unit) -> tuple[str, str]:
    """Give the encoding and the text of the head; a cut last character does not matter."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, head[len(mark) :].decode(encoding, "replace")
    encoding = (
        ("utf-16-le" if units == "<u2" else "utf-16-be") if units != "u1" else _likeliest(head, dialect)
    )
    return encoding, head.decode(encoding, "replace")


def _likeliest(head: bytes, dialect: Dialect) -> str:
    """Give the first accepted encoding, unless most lines that tell are not in it and are in another.

    UTF-8 goes first where it is accepted and any line tells: text of a single-byte encoding is hardly ever valid
    UTF-8, while UTF-8 always decodes as a single-byte encoding, to nonsense.
    """
    telling = [line for line in head.split(b"\n")[:-1] or [head] if not line.isascii()]
    candidates = [name for name in dialect.encodings if not name.startswith("utf-16")] or ["ascii"]
    if telling:
        candidates.sort(key=lambda name: name != "utf-8")
    for encoding in candidates:
        if 2 * sum(_decodes(line, encoding) for line in telling) >= len(telling):
            return encoding
    return candidates[0]


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _fields(line: str, dialect: Dialect) -> list[str]:
    """Fields of the header: quotes around a field fall, doubled ones inside it are one."""
    quote = dialect.quote
    fields: list[str] = []
    at = 0
    while True:
        start = at + len(line[at:]) - len(line[at:].lstrip(" "))
        if quote and line[start : start + 1] == quote:
            end = start + 1
            while end < len(line) and (line[end] != quote or line[end + 1 : end + 2] == quote):
                end += 2 if line[end] == quote else 1
            stop = line.find(dialect.separator, end)
            fields.append(line[start + 1 : end].replace(quote * 2, quote).strip())
        else:
            stop = line.find(dialect.separator, at)
            fields.append(line[at : len(line) if stop < 0 else stop].strip())
        if stop < 0:
            return fields
        at = stop + 1
