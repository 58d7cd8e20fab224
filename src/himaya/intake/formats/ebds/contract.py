"""Reads the layouts from their contracts, ``contract/files/ebds*.yaml``, one a version."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from himaya.contract.document import Element, label, read_document
from himaya.intake.formats.ebds.layout import LETTERS, PICTURES, SLOTS, Field, Kind, Layout, Record, Situation
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

_ABOUT = {
    "format", "encoding", "lineWidth", "validFrom", "verified", "hold", "labels", "meaning", "kinds",
    "situations",
}  # fmt: skip
_OF_RECORDS = {"records", "follows", "table", "totals", "controlSum", "labels"}
_OF_FIELD = {"role", "column", "unit", "checkDigit", "surnameWidth", "atMost", "labels"}


@cache
def layouts() -> tuple[Layout, ...]:
    """All versions of the layout, oldest first.

    Raises
    ------
    ContractError
        With file and line, where a contract is broken.
    """
    folder = Path(str(resources.files("himaya.contract"))) / "files"
    found = (read_layout(path) for path in sorted(folder.glob("ebds*.yaml")))
    return tuple(sorted(found, key=lambda layout: layout.valid_from))


def layout_on(day: date) -> Layout:
    """Give the layout in force for files received on ``day``; the oldest serves for any day before it."""
    known = layouts()
    return next((layout for layout in reversed(known) if layout.valid_from <= day), known[0])


def read_layout(path: Path) -> Layout:
    """Read one version of the layout.

    Raises
    ------
    ContractError
        With file and line: fields that do not fill the line, an unknown role, record, picture or property.
    """
    root = read_document(path).root
    about = root.custom(_ABOUT)
    label(root, about)
    width = _needed(root, about, "lineWidth").whole()
    days = surname = None
    records: dict[str, Record] = {}
    for element in root.need("schema").items():
        custom = element.custom(_OF_RECORDS)
        label(element, custom)
        fields = tuple(_fields(element, width))
        records.update((record.name, record) for record in _records(element, custom, fields))
        for field in element.need("properties").items():
            stated = field.custom(_OF_FIELD)
            options = field.find("logicalTypeOptions")
            if options and "role" in stated and stated["role"].value == "days":
                days = options.need("maximum").whole()
            if "surnameWidth" in stated:
                surname = stated["surnameWidth"].whole()
    if days is None or surname is None:
        raise root.error(
            said(
                "{title} gives no maximum of the field with the role days, or no surnameWidth",
                title=root.title,
            ),
            mend="Give the days a maximum in logicalTypeOptions, and the name its surnameWidth.",
        )
    hold = _needed(root, about, "hold")
    return Layout(
        version=root.need("version").text(),
        valid_from=_needed(root, about, "validFrom").day(),
        line_width=width,
        most_days=days,
        surname_width=surname,
        hold_share=float(hold.need("share").value),
        hold_lines=hold.need("lines").whole(),
        records=records,
        situations=_situations(_needed(root, about, "situations")),
        kinds=_kinds(_needed(root, about, "kinds")),
    )


def _needed(element: Element, custom: Mapping[str, Element], name: str) -> Element:
    if name not in custom:
        raise element.error(
            said("{title} lacks the custom property '{name}'", title=element.title, name=name),
            mend=said("Add {{property: {name}, value: …}}.", name=name),
        )
    return custom[name]


def _fields(element: Element, line_width: int) -> Iterator[Field]:
    offset = 0
    for item in element.need("properties").items():
        custom = item.custom(_OF_FIELD)
        label(item, custom)
        written = item.need("physicalType")
        match = re.fullmatch(r"(\w+)\((\d+)\)", written.text())
        if match is None or match[1] not in PICTURES:
            raise written.error(
                said("'{value}' is no picture of a field", value=written.value),
                mend="Write N(7) for digits, AN(30) for text, D(8) for a date, X(104) for a filler.",
            )
        role = custom["role"].choice(SLOTS) if "role" in custom else None
        if match[1] == "N" and role is None:
            raise item.error(
                said("{title} is a number without a role", title=item.title),
                mend=said("Roles: {known}.", known=SLOTS),
            )
        yield Field(item.need("name").text(), offset, int(match[2]), match[1], role)
        offset += int(match[2])
    if offset != line_width:
        raise element.error(
            said(
                "the fields of {title} are {offset} characters wide, not {wanted}",
                title=element.title,
                offset=offset,
                wanted=line_width,
            ),
            mend="Correct the widths, or that of the filler.",
        )


def _records(element: Element, custom: Mapping[str, Element], fields: tuple[Field, ...]) -> Iterator[Record]:
    known = [f"{letter}0{digit}" for letter in LETTERS for digit in range(7)]
    follows = _needed(element, custom, "follows")
    for item in _needed(element, custom, "records").items():
        name = item.choice(known)
        totals = custom["totals"].need(name).items() if "totals" in custom else ()
        yield Record(
            name,
            fields,
            follows=tuple(earlier.choice(["", *known]) for earlier in follows.need(name).items()),
            control=tuple(role.choice(SLOTS) for role in custom["controlSum"].items())
            if "controlSum" in custom
            else (),
            totals=tuple(detail.choice([k for k in known if k[1:] in {"02", "04"}]) for detail in totals),
        )


def _situations(element: Element) -> tuple[Situation, ...]:
    found = []
    for rank, item in enumerate(element.items()):
        if item.need("rank").whole() != rank:
            raise item.need("rank").error(
                said("the situation of rank {rank} is expected here", rank=rank), mend="Order by rank."
            )
        unpaid = item.find("unpaid")
        found.append(Situation(item.need("code").text(), unpaid.flag() if unpaid else False))
    return tuple(found)


def _kinds(element: Element) -> tuple[Kind, ...]:
    found = {}
    for item in element.items():
        letter = item.need("letter").choice(LETTERS)
        category = item.find("category")
        low_high = (
            (category.text().replace("<n>", "0"), category.text().replace("<n>", "9")) if category else None
        )
        found[letter] = Kind(letter, item.need("kind").text(), low_high)
    if missing := [letter for letter in LETTERS if letter not in found]:
        raise element.error(
            said("{title} lacks {missing}", title=element.title, missing=missing),
            mend="Give all of A, B and E.",
        )
    return tuple(found[letter] for letter in LETTERS)
