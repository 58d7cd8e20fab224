"""Kinds of delimited file by contract: ``files/*.yaml``."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from himaya.contract.document import Element, label, meaning, read_document
from himaya.contract.feeds import hold_feeds
from himaya.contract.model import (
    DATE_FORMATS,
    ENCODINGS,
    MONTH_FORMATS,
    RECEIVED_ON,
    Bound,
    Dialect,
    FileColumn,
    FileContract,
    FileType,
    Identifier,
    Target,
    Trailer,
)
from himaya.contract.table import classification, only_object, table_contracts, unit
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FOLDER = Path(str(resources.files("himaya.contract"))) / "files"

SEPARATORS = (";", ",", "|", "\t")
HOLD_SHARE, HOLD_LINES = 0.2, 20
"""Where a contract does not say: above one quarantined line in five, and above 20, a delivery is held."""

_TYPES: dict[str, FileType] = {
    "string": "text",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
}
CONTRACT_PROPERTIES = {
    "labels",
    "meaning",
    "format",
    "dialect",
    "nullWords",
    "constants",
    "hold",
    "trailer",
    "validFrom",
    "validUntil",
}
COLUMN_PROPERTIES = {
    "labels",
    "meaning",
    "unit",
    "aliases",
    "optional",
    "formats",
    "values",
    "default",
    "nullWords",
    "identifier",
    "checkDigit",
    "feeds",
}


def header_key(header: str) -> str:
    """Reduce a header or word to what is compared: letters and digits, without case or accents.

    ``header_key("N° d'assuré ") == header_key("n_d_assure")``.
    """
    letters = unicodedata.normalize("NFKD", header).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def file_contracts(folder: Path = FOLDER, *, on: date | None = None) -> dict[str, FileContract]:
    """Contracts of the delimited kinds of file, by kind.

    Parameters
    ----------
    folder
        Where the contracts stand.
    on
        Day of reception: only contracts valid on it. All when None.

    Raises
    ------
    ContractError
        With file and line, where one is broken.
    """
    contracts = _file_contracts(folder)
    return {kind: contract for kind, contract in contracts.items() if on is None or contract.valid_on(on)}


@cache
def _file_contracts(folder: Path) -> dict[str, FileContract]:
    read = (read_file(path) for path in sorted(folder.glob("*.yaml")))
    return {contract.kind: contract for contract in read if contract}


def read_file(path: Path) -> FileContract | None:
    """Read the contract of one kind of file; None where it describes fixed-width records.

    Raises
    ------
    ContractError
        With file and line.
    """
    root = read_document(path).root
    if _format(root) != "delimited":
        return None
    about = root.custom(CONTRACT_PROPERTIES)
    described = meaning(root, root.need("description").need("purpose"), about)
    assert described is not None, "its English is needed above"
    elements = list(only_object(root).need("properties").items())
    dialect_words = _null_words(about)
    columns: dict[str, FileColumn] = {}
    seen: dict[str, str] = {}
    for element in elements:
        column = _column(element, dialect_words)
        for header in (column.name, *column.aliases):
            if (other := seen.setdefault(header_key(header), column.name)) != column.name or not header_key(
                header
            ):
                raise element.error(
                    said(
                        "the header '{header}' of {column} cannot be told from '{other}'",
                        header=header,
                        column=column.name,
                        other=other,
                    ),
                    why="headers are compared without case, accents, spaces and signs",
                    mend="Give each column headers of its own.",
                )
        if column.name in columns:
            raise element.error(
                said("the column '{column}' stands twice", column=column.name), mend="Keep one of the two."
            )
        columns[column.name] = column
    share, least = _hold(about)
    contract = FileContract(
        kind=path.stem,
        version=root.need("version").text(),
        label=label(root, about),
        meaning=described,
        dialect=_dialect(root, about, columns),
        columns=columns,
        constants=_constants(about),
        hold_share=share,
        hold_lines=least,
        valid_from=about["validFrom"].day() if "validFrom" in about else None,
        valid_until=about["validUntil"].day() if "validUntil" in about else None,
    )
    hold_feeds(contract, table_contracts(), dict(zip(columns, elements, strict=True)), root)
    return contract


def _format(root: Element) -> str:
    listed = root.find("customProperties")
    for item in listed.items() if listed else ():
        if item.need("property").value == "format":
            return item.need("value").choice(("delimited", "fixed-width"))
    raise root.error(
        said("{title} does not say its format", title=root.title),
        mend="Add the custom property format: delimited or fixed-width.",
    )


def _dialect(root: Element, about: Mapping[str, Element], columns: Mapping[str, FileColumn]) -> Dialect:
    if "dialect" not in about:
        raise root.error(
            said("{title} lacks the custom property 'dialect'", title=root.title),
            mend='Add {separator: ";", encodings: [utf-8], quote: \'"\', decimal: ","}.',
        )
    stated = about["dialect"]
    stated.only({"separator", "encodings", "quote", "decimal"})
    encodings = tuple(item.choice(ENCODINGS) for item in stated.need("encodings").items())
    if not encodings:
        raise stated.need("encodings").error(
            said("{title} names no encoding", title=stated.title), mend="Name one at least."
        )
    quote, decimal = stated.find("quote"), stated.find("decimal")
    dialect = Dialect(
        separator=stated.need("separator").choice(SEPARATORS),
        encodings=encodings,
        quote=quote.choice(('"', "'")) if quote else None,
        decimal=cast("Literal[',', '.']", decimal.choice((",", "."))) if decimal else ".",
        trailer=_trailer(about, columns),
    )
    if dialect.decimal == dialect.separator and dialect.quote is None:
        raise stated.need("separator").error(
            said("'{separator}' separates fields and decimals alike", separator=dialect.separator),
            mend="Name a quote, or another separator.",
        )
    return dialect


def _trailer(about: Mapping[str, Element], columns: Mapping[str, FileColumn]) -> Trailer | None:
    stated = about.get("trailer")
    if stated is None:
        return None
    stated.only({"marker", "required", "declares"})
    summed = [name for name, column in columns.items() if column.type in ("integer", "decimal")]
    return Trailer(
        marker=stated.need("marker").text(),
        required=stated.need("required").flag(),
        declares=tuple(item.choice(("lines", *summed)) for item in stated.need("declares").items()),
    )


def _constants(about: Mapping[str, Element]) -> dict[str, dict[str, str | int | bool]]:
    stated = about.get("constants")
    if stated is None:
        return {}
    return {table: {name: _plain(item) for name, item in part.entries()} for table, part in stated.entries()}


def _hold(about: Mapping[str, Element]) -> tuple[float, int]:
    stated = about.get("hold")
    if stated is None:
        return HOLD_SHARE, HOLD_LINES
    stated.only({"share", "lines"})
    share = stated.need("share")
    if not isinstance(share.value, int | float) or not 0 <= share.value <= 1:
        raise share.error(
            said("{title} is {value}, not a share", title=share.title, value=repr(share.value)),
            mend="Write a number from 0 to 1.",
        )
    return float(share.value), stated.need("lines").whole()


def _column(element: Element, dialect_words: frozenset[str]) -> FileColumn:
    custom = element.custom(COLUMN_PROPERTIES)
    kind, formats = _type(element, custom)
    measure = unit(element, custom, quantity=kind in ("integer", "decimal"))
    scale = 2 if kind == "decimal" else 0
    if kind == "decimal" and measure != "dirham":
        raise element.error(
            said("{title} is a decimal in {unit}", title=element.title, unit=measure or ""),
            mend="Decimals are amounts in dirham; others are integers.",
        )
    identifier = custom["identifier"].choice(get_args(Identifier)) if "identifier" in custom else None
    default = custom.get("default")
    options = element.find("logicalTypeOptions")
    if options:
        options.only({"minimum", "maximum", "maxLength"})
    longest = options.find("maxLength") if options else None
    feeds = custom["feeds"].items() if "feeds" in custom else ()
    return FileColumn(
        name=element.need("name").text(),
        aliases=custom["aliases"].words() if "aliases" in custom else (),
        type=kind,
        required=element.need("required").flag(),
        optional=custom["optional"].flag() if "optional" in custom else False,
        classification=classification(element),
        label=label(element, custom),
        meaning=meaning(element, element.find("description"), custom),
        unit=measure,
        scale=scale,
        formats=formats,
        minimum=cast("Bound | None", _bound(options, "minimum", kind, scale)),
        maximum=_bound(options, "maximum", kind, scale),
        max_length=longest.whole() if longest else None,
        values=_values(custom, kind),
        default=_plain(default) if default else None,
        null_words=dialect_words | _null_words(custom),
        identifier=cast("Identifier | None", identifier),
        check_digit=_check_digit(element, custom, identifier),
        feeds=tuple(_target(item) for item in feeds),
    )


def _type(element: Element, custom: Mapping[str, Element]) -> tuple[FileType, tuple[str, ...]]:
    logical = element.need("logicalType")
    word = logical.choice((*_TYPES, "date"))
    if word != "date":
        if "formats" in custom:
            raise custom["formats"].error(
                said("{title} is no date and has formats", title=element.title), mend="Remove one of the two."
            )
        return _TYPES[word], ()
    if "formats" not in custom:
        raise element.error(
            said("{title} is a date without formats", title=element.title),
            mend=said("Known: {known}.", known=DATE_FORMATS),
        )
    formats = tuple(item.choice((*DATE_FORMATS, *MONTH_FORMATS)) for item in custom["formats"].items())
    kinds = {form in MONTH_FORMATS for form in formats}
    if len(kinds) != 1:
        raise custom["formats"].error(
            said("{title} is a date here and a month there", title=element.title),
            mend="Choose one of the two.",
        )
    return ("month" if kinds.pop() else "date"), formats


def _bound(
    options: Element | None, name: str, kind: FileType, scale: int
) -> Bound | Literal["received-on"] | None:
    found = options.find(name) if options else None
    if found is None:
        return None
    if kind in ("date", "month"):
        until_now = name == "maximum" and found.value == RECEIVED_ON
        return RECEIVED_ON if until_now else found.day()
    if kind in ("integer", "decimal"):
        return int(found.whole() * 10**scale)
    raise found.error(
        said("{title} stands on a {kind}", title=found.title, kind=kind),
        mend="Only numbers and dates have bounds.",
    )


def _values(custom: Mapping[str, Element], kind: FileType) -> dict[str, str | bool] | None:
    stated = custom.get("values")
    if stated is None:
        if kind == "boolean":
            raise next(iter(custom.values())).error(
                "a boolean column lacks the custom property 'values'",
                mend="Say which words are true and false.",
            )
        return None
    if kind not in ("text", "boolean"):
        raise stated.error(
            said("{title} stands on a {kind}", title=stated.title, kind=kind),
            mend="Only texts and booleans have a list of values.",
        )
    return {
        header_key(word): item.flag() if kind == "boolean" else item.text() for word, item in stated.entries()
    }


def _check_digit(
    element: Element, custom: Mapping[str, Element], identifier: str | None
) -> Literal["warn", "refuse"] | None:
    stated = custom.get("checkDigit")
    if stated is None:
        return None
    if identifier not in ("insured-number", "employer-number"):
        raise element.error(
            said("{title} has a check digit and no number that carries one", title=element.title),
            mend="Add the custom property identifier: insured-number or employer-number.",
        )
    return cast("Literal['warn', 'refuse']", stated.choice(("warn", "refuse")))


def _null_words(custom: Mapping[str, Element]) -> frozenset[str]:
    return frozenset(custom["nullWords"].words()) if "nullWords" in custom else frozenset()


def _plain(element: Element) -> str | int | bool:
    if isinstance(element.value, str | int | bool):
        return element.value
    raise element.error(
        said("{title} is {value}", title=element.title, value=repr(element.value)),
        mend="Write a text, a whole number, true or false.",
    )


def _target(element: Element) -> Target:
    table, _, column = element.text().partition(".")
    return Target(table, column)
