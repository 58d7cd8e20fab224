"""One person's explanation, made ready for the page: from the tree of the law to written words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from himaya import language
from himaya.language import Text
from himaya.law.phrases import noted
from himaya.months import month_of
from himaya.report.charts import Level

if TYPE_CHECKING:
    from himaya.report.pen import Pen

RATE = "share"
"""Unit of a share of an amount."""
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
    lines: tuple[Line, ...]
    more: int
    children: tuple[Branch, ...]
    open: bool


def branch(node: Mapping[str, Any], pen: Pen, *, opened: bool = True) -> Branch:
    """One node of ``Node.to_dict()`` and what is under it; the way from amount to lines stands open."""
    evidence = [line for line in node.get("evidence") or () if isinstance(line, Mapping)]
    way = next(iter(_amounts(node)), None) if opened else None
    return Branch(
        label=_label(node, pen),
        value=pen.quantity(node.get("value"), str(node.get("unit", "")), node.get("value_labels")),
        article=node.get("article") or "",
        formula=language.typeset((node.get("formula") or {}).get(pen.lang, ""), pen.lang),
        unverified=bool(node.get("unverified_because") or node.get("unverified")),
        why=_why(node, pen) if node.get("name") in (node.get("unverified_because") or ()) else "",
        values=tuple(_value(each, pen) for each in node.get("parameters") or ()),
        lines=tuple(_line(each, pen) for each in evidence[:SHOWN_LINES]),
        more=max(len(evidence) - SHOWN_LINES, 0),
        children=tuple(branch(child, pen, opened=child is way) for child in node.get("children") or ()),
        open=opened,
    )


def levels(node: Mapping[str, Any], pen: Pen) -> list[Level]:
    """How the amount of ``node`` comes about: along its first children of the same unit, deepest first.

    Where the change from one step to the next is exactly the sum of other amounts beside it (increases), each
    of them is a step of its own. A change by one rate bears the name of the rate, for what it leads to is named
    by the next level. Steps that change nothing (a minimum that does not bind) are left out.
    """
    spine = list(_spine(node))[::-1]
    steps = [Level(_label(each, pen), round(each["value"])) for each in spine[:1]]
    for below, above in pairwise(spine):
        change = round(above["value"]) - round(below["value"])
        addends = _addends(change, [each for each in _amounts(above) if each is not below])
        for each in addends:
            steps.append(Level(_label(each, pen), steps[-1].value + round(each["value"])))
        if change and not addends:
            steps.append(Level(_rate(above, pen) or _label(above, pen), steps[-1].value + change))
    return steps


def _rate(node: Mapping[str, Any], pen: Pen) -> str:
    """The one rate that an amount is made with, and its value; empty where there is none, or several."""
    rates = [child for child in node.get("children") or () if _is_amount(child, RATE)]
    if len(rates) != 1:
        return ""
    (rate,) = rates
    return f"{_label(rate, pen)} ({pen.quantity(rate['value'], str(rate.get('unit', '')))})"


def _spine(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    at = node if _is_amount(node, node.get("unit")) else None
    while at is not None:
        yield at
        at = next(iter(_amounts(at)), None)


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
        amount=pen.quantity(parameter.get("value"), str(parameter.get("unit", ""))),
        since=pen.day(date.fromisoformat(since)) if since else "",
        article=parameter.get("article") or "",
        verified=bool(parameter.get("verified", True)),
        why="" if parameter.get("verified", True) else _why(parameter, pen),
    )


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
