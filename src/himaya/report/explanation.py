"""One person's explanation, made ready for the page: from the tree of the law to written words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.language import LANGUAGES, Text
from himaya.law.phrases import noted, phrase
from himaya.law.units import conversion, parse
from himaya.months import month_of
from himaya.report.charts import Level

if TYPE_CHECKING:
    from himaya.law import Node
    from himaya.report.pen import Pen

RATE = "share"
"""Unit of a share of an amount."""
TIMES = ("days", "months", "quarters", "years")
"""Units of parts of a time."""
SHOWN_LINES = 12
"""Declared lines shown under one step; the tree itself has all."""


@dataclass(frozen=True)
class Value:
    """A parameter in force, written."""

    label: str
    amount: str
    since: str
    article: str
    verified: bool
    why: str
    """Why it is not verified, where it is not."""


@dataclass(frozen=True)
class Line:
    """A declared line that a step stands on, written."""

    file: str
    line: str
    month: str
    employer: str
    days: str
    wage: str


@dataclass(frozen=True)
class Branch:
    """One step of the explanation, written."""

    label: str
    value: str
    article: str
    formula: str
    unverified: bool
    why: str
    """Why the rule itself is not verified, where it is not."""
    values: tuple[Value, ...]
    notes: tuple[str, ...]
    """Elements by year or month, and those that were used, where no declared line says so."""
    lines: tuple[Line, ...]
    more: int
    children: tuple[Branch, ...]
    open: bool


def branch(node: Mapping[str, Any], pen: Pen, told: Node | None = None, *, opened: bool = True) -> Branch:
    """One node of ``Node.to_dict()`` and what is under it; the way from amount to lines stands open.

    ``told`` is the node itself, where it is at hand: it says what a career's elements are.
    """
    evidence = [line for line in node.get("evidence") or () if isinstance(line, Mapping)]
    way = next((c for c in node.get("children") or () if _in_unit(c, node, pen)), None) if opened else None
    return Branch(
        label=_label(node, pen),
        value=pen.quantity(node.get("value"), str(node.get("unit", "")), node.get("value_labels")),
        article=node.get("article") or "",
        formula=language.typeset((node.get("formula") or {}).get(pen.lang, ""), pen.lang),
        unverified=bool(node.get("unverified_because") or node.get("unverified")),
        why=_why(node, pen) if node.get("name") in (node.get("unverified_because") or ()) else "",
        values=tuple(_value(each, pen) for each in node.get("parameters") or ()),
        notes=() if told is None or told.repeated else tuple(_notes(told, pen, used=not evidence)),
        lines=tuple(_line(each, pen) for each in evidence[:SHOWN_LINES]),
        more=max(len(evidence) - SHOWN_LINES, 0),
        children=tuple(
            branch(child, pen, below, opened=child is way)
            for child, below in zip(node.get("children") or (), _below(node, told), strict=True)
        ),
        open=opened,
    )


def _below(node: Mapping[str, Any], told: Node | None) -> Sequence[Node | None]:
    return told.children if told is not None else [None] * len(node.get("children") or ())


def _notes(told: Node, pen: Pen, *, used: bool) -> Iterator[str]:
    yield from (line.removeprefix("· ") for line in told.along(pen.lang))
    if used:
        yield from (line.removeprefix("· ") for line in told.used(pen.lang))


def levels(node: Mapping[str, Any], pen: Pen) -> list[Level]:
    """How the amount of ``node`` comes about: along its first children that are amounts, deepest first.

    Where the change from one step to the next is exactly the sum of other amounts beside it (increases), each
    of them is a step of its own. A change by one rate bears the name of the rate, for what it leads to is named
    by the next level; so does one by a rate and a part of a time (168 quarters of 170). Steps that change nothing
    (a minimum that does not bind) are left out. An amount by another time (a mean annual wage) is shown in that of
    the result.
    """
    spine = list(_spine(node, pen))[::-1]
    steps = [Level(_label(each, pen), round(each["value"])) for each in spine[:1]]
    for below, above in pairwise(spine):
        change = round(above["value"]) - round(below["value"])
        addends = _addends(change, [each for each in _amounts(above) if each is not below])
        for each in addends:
            steps.append(Level(_label(each, pen), steps[-1].value + round(each["value"])))
        if change and not addends:
            start = steps[-1].value - round(below["value"])
            steps.extend(Level(name, start + round(value)) for name, value in _factors(below, above, pen))
    return steps


def _factors(below: Mapping[str, Any], above: Mapping[str, Any], pen: Pen) -> Iterator[tuple[str, float]]:
    """What an amount was multiplied by, and where it then stood; else what it became."""
    children, reached = above.get("children") or (), above["value"]
    rates = [child for child in children if _is_amount(child, RATE)]
    counts = [child for child in children if child.get("unit") in TIMES and _is_amount(child, child["unit"])]
    if len(rates) == 1:
        rated = below["value"] * rates[0]["value"]
        name = f"{_label(rates[0], pen)} ({pen.quantity(rates[0]['value'], RATE)})"
        if _near(rated, reached):
            yield name, reached
            return
        for part, whole in itertools.permutations(counts, 2):
            alike = part["unit"] == whole["unit"] and whole["value"]
            if alike and _near(rated * part["value"] / whole["value"], reached):
                yield name, rated
                of = f"{pen.number(part['value'])} / {pen.number(whole['value'])}"
                yield f"{_label(part, pen)} ({of})", reached
                return
    yield _label(above, pen), reached


def _near(computed: float, reached: float) -> bool:
    """Whether an amount is this one, rounded or cut to the centime."""
    return abs(computed - reached) <= 1


def _spine(node: Mapping[str, Any], pen: Pen) -> Iterator[Mapping[str, Any]]:
    at = node if _is_amount(node, node.get("unit")) else None
    while at is not None:
        yield at
        at = next((found for child in at.get("children") or () if (found := _in_unit(child, at, pen))), None)


def _in_unit(child: Mapping[str, Any], node: Mapping[str, Any], pen: Pen) -> Mapping[str, Any] | None:
    """A child that is an amount in the unit of its parent, or by another time (a year) in that of the parent."""
    if _is_amount(child, node.get("unit")):
        return child
    own, unit = (parse(str(each.get("unit"))) for each in (child, node))
    factor = conversion(own, unit) if own and unit and own.currency else None
    if factor is None or not _is_amount(child, child.get("unit")):
        return None
    time = str(node["unit"]).partition("/")[2]
    label = f"{_label(child, pen)} ({phrase(f'per {time}', pen.lang)})"
    scaled = float(Fraction(str(child["value"])) * factor)
    return {**child, "labels": dict.fromkeys(LANGUAGES, label), "value": scaled, "unit": node["unit"]}


def _amounts(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Children that are amounts in the unit of their parent."""
    return [child for child in node.get("children") or () if _is_amount(child, node.get("unit"))]


def _addends(change: int, beside: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Find the fewest amounts beside a step whose sum is its change; none if no sum is."""
    parts = [each for each in beside if each["value"]]
    combinations = (some for size in range(1, len(parts) + 1) for some in itertools.combinations(parts, size))
    return list(
        next((some for some in combinations if sum(round(each["value"]) for each in some) == change), ())
    )


def _is_amount(node: Mapping[str, Any], unit: Any) -> bool:
    value = node.get("value")
    return node.get("unit") == unit and isinstance(value, int | float) and not isinstance(value, bool)


def _label(node: Mapping[str, Any], pen: Pen) -> str:
    labels = node.get("labels") or node.get("label")
    return pen.label(Text.of(labels)) if labels else str(node.get("name") or node.get("rule"))


def _value(parameter: Mapping[str, Any], pen: Pen) -> Value:
    since = parameter.get("from")
    return Value(
        label=_label(parameter, pen),
        amount=_amount(parameter, pen),
        since=pen.day(date.fromisoformat(since)) if since else "",
        article=parameter.get("article") or "",
        verified=bool(parameter.get("verified", True)),
        why="" if parameter.get("verified", True) else _why(parameter, pen),
    )


def _amount(parameter: Mapping[str, Any], pen: Pen) -> str:
    """The value; of a scale this person's amounts, not the whole scale."""
    unit = str(parameter.get("unit", ""))
    applied = parameter.get("applied") or ()
    if not applied:
        return pen.quantity(parameter.get("value"), unit)
    amounts = [(str(each["at"]), pen.quantity(each["value"], unit)) for each in applied]
    if len(amounts) == 1:
        return amounts[0][1]
    colon = phrase("colon", pen.lang)
    return "\n".join(f"{pen.quantity(at, '')}{colon}{amount}" for at, amount in amounts)


def _why(known: Mapping[str, Any], pen: Pen) -> str:
    """The note of a rule or of a value."""
    return noted(known["note"], pen.lang) if known.get("note") else ""


def _line(line: Mapping[str, Any], pen: Pen) -> Line:
    month = line.get("month")
    number = month_of(date.fromisoformat(f"{month[:7]}-01")) if isinstance(month, str) else month
    days, wage = line.get("days"), line.get("wage")
    return Line(
        file=str(line.get("file") or ""),
        line=pen.number(line["line"]) if line.get("line") is not None else "",
        month=pen.month(number) if number is not None else "",
        employer=str(line.get("employer") or ""),
        days=pen.number(days) if days is not None else "",
        wage=pen.money(wage) if wage is not None else "",
    )
