"""The explanation of one result: a tree from the amount to articles, values in force and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.language import Language, day
from himaya.law import trace
from himaya.law.elements import Elements
from himaya.law.evaluate import apply, sources_of, take_inputs
from himaya.law.lookup import Law
from himaya.law.parameters import EPOCH, Dated, Parameter, Scale, day_number
from himaya.law.phrases import cited, counted, format_value, noted, phrase, phrase_in_all
from himaya.law.ragged import Ragged, RaggedVector
from himaya.law.rules import LAW_DATE, Rule
from himaya.law.units import DATE, MONTH, Cases, Languages, Unit
from himaya.law.vector import Vector
from himaya.months import first_day, month_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from himaya.law.system import System

Plain = bool | int | float | str | None


@dataclass(frozen=True)
class InForce:
    """A parameter as a rule saw it: the value in force, since when, by which article."""

    name: str
    labels: Languages
    unit: Unit
    value: Fraction | bool | Scale | None
    since: date | None
    article: str | None
    verified: bool
    note: Languages | None
    asked: tuple[Fraction, ...] = ()
    """Of a scale: what the rule looked up in it, ascending; each falls into one bracket."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        value: Any = plain(self.value, self.unit)
        if isinstance(self.value, Scale):
            value = {
                str(plain(Fraction(at), self.value.by)): plain(amount, self.unit)
                for at, amount in zip(self.value.thresholds, self.value.amounts, strict=True)
            }
        return {
            "name": self.name,
            "labels": self.labels,
            "unit": self.unit.name,
            "value": value,
            "from": self.since.isoformat() if self.since else None,
            "article": self.article,
            "verified": self.verified,
            "note": self.note,
            "asked": [plain(at, self.value.by) for at in self.asked] if isinstance(self.value, Scale) else [],
        }


@dataclass(frozen=True)
class Node:
    """One quantity of an explanation.

    Parameters
    ----------
    name, labels, unit
        What it is.
    value
        The exact value (money in centimes, dates as days, months as month numbers); None if not available.
        Of a ragged quantity the sequence of the person's values.
    article, formula, note
        What the rule stands on, what it says and what a reader must know of it (by language); None for an input.
    parameters
        Values in force that the rule looked at.
    evidence
        Positions (0-based) of the person's declared elements that the rule used itself.
    unverified_because
        Unverified parameters and rules that set the value.
    children
        What the rule depends on. A quantity shown before in the tree is ``repeated`` without its children.
    link, index
        Where the quantity is another's (a spouse's, a household's): the link that led there and the position.
    """

    name: str
    labels: Languages
    unit: Unit
    value: Fraction | bool | Elements | None
    article: str | None = None
    formula: Languages | None = None
    note: Languages | None = None
    parameters: tuple[InForce, ...] = ()
    evidence: tuple[int, ...] = ()
    unverified_because: tuple[str, ...] = ()
    children: tuple[Node, ...] = field(default=())
    repeated: bool = False
    link: str | None = None
    index: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON: money in centimes, dates in ISO form, cases by name, what is not whole as a decimal."""
        value = self.value
        labels = None
        if isinstance(self.unit, Cases) and isinstance(self.value, Fraction):
            labels = list(self.unit.members.values())[int(self.value)]
        return {
            "name": self.name,
            "labels": self.labels,
            "unit": self.unit.name,
            "value": [plain(each, self.unit) for each in value]
            if isinstance(value, Elements)
            else plain(value, self.unit),
            "value_labels": labels,
            "article": self.article,
            "formula": self.formula,
            "note": self.note,
            "parameters": [each.to_dict() for each in self.parameters],
            "evidence": list(self.evidence),
            "unverified_because": list(self.unverified_because),
            "children": [child.to_dict() for child in self.children],
            "repeated": self.repeated,
            "link": self.link,
            "index": self.index,
        }

    def render(self, language: Language = "en") -> list[str]:
        """The tree as lines of plain text, indented by two spaces a level."""
        lines = [self.head(language)]
        if self.repeated:
            return lines
        colon, comma = phrase("colon", language), phrase("comma", language)
        if self.unverified_because:
            lines.append(f"  ! {phrase('unverified', language)}{colon}{comma.join(self.unverified_because)}")
        lines.extend(f"  {line}" for line in self.terms(language))
        if self.evidence:
            lines.append(f"  · {phrase('evidence', language)}{colon}{comma.join(_ranges(self.evidence))}")
        for child in self.children:
            lines.extend(f"  {line}" for line in child.render(language))
        return lines

    def head(self, language: Language) -> str:
        """The first line: what it is, its value, its article."""
        line = f"{self.labels[language]}{phrase('colon', language)}{self._value_text(language)}"
        if self.repeated:
            return f"{line} ({phrase('above', language)})"
        return f"{line} [{cited(self.article, language)}]" if self.article else line

    def terms(self, language: Language) -> Iterator[str]:
        """The lines of the values in force; below each that sets the result unverified, why; before them the rule's."""
        colon, comma = phrase("colon", language), phrase("comma", language)
        if self.note and self.name in self.unverified_because:
            yield f"! {phrase('not verified', language)}{colon}{noted(self.note, language)}"
        for each in self.parameters:
            text = format_value(each.value, each.unit, language)
            since = (
                f"{phrase('since', language)} {day(each.since, language)}"
                if each.since
                else phrase("no value", language)
            )
            article = cited(each.article or each.name, language)
            yield f"· {each.labels[language]}{colon}{text} ({since}{comma}{article})"
            if each.note and each.name in self.unverified_because:
                yield f"  ! {phrase('not verified', language)}{colon}{noted(each.note, language)}"

    def _value_text(self, language: Language) -> str:
        if isinstance(self.value, Elements):
            return counted(len(self.value), "values", language)
        return format_value(self.value, self.unit, language)


def plain(value: Fraction | bool | Scale | None, unit: Unit) -> Plain:
    """A value for JSON."""
    if value is None or isinstance(value, bool | Scale):
        return value if not isinstance(value, Scale) else None
    if unit is DATE:
        return (EPOCH + timedelta(days=int(value))).isoformat()
    if unit is MONTH:
        return first_day(int(value)).isoformat()[:7]
    if isinstance(unit, Cases):
        return list(unit.members)[int(value)]
    return int(value) if value.denominator == 1 else float(value)


def explain(
    system: System,
    target: str,
    inputs: Mapping[str, Any],
    *,
    on: date,
    known: date | None = None,
    index: int | None = None,
) -> Node:
    """Explain one person's result.

    Parameters
    ----------
    system, target, on, known
        As for :func:`~himaya.law.evaluate`.
    inputs
        One person's: a number, flag or date by name; a sequence for a ragged input; None for one that is
        missing. Months may be dates. With ``index``: of all persons that links reach, as for
        :func:`~himaya.law.evaluate`.
    index
        Position of the person (or household …) whose target it is; None: ``inputs`` are one person's.

    Returns
    -------
    Node
        The tree, the target at its root.
    """
    rules, sources, law = _asked(system, target, on, known, system.left_out(inputs))
    given = {name: value for name, value in inputs.items() if value is not None}
    if index is None:
        given = {name: one_person(system, name, value) for name, value in given.items()}
    values, _ = take_inputs(system, given, rules, on)
    traces: dict[str, trace.Trace] = {}
    for each in rules:
        with trace.tracing() as seen:
            values[each.name] = apply(each, values, system, law, given=given.get(each.name))
        traces[each.name] = seen
    return _Tree(system, {each.name: each for each in rules}, values, traces, sources, given).node(
        target, index or 0
    )


@lru_cache(maxsize=16)
def _asked(
    system: System, target: str, on: date, known: date | None, without: frozenset[str]
) -> tuple[tuple[Rule, ...], tuple[str, ...], Law]:
    """What is the same for every person: rules, what they can rest on, values of parameters as arrays."""
    rules = system.needed([target], on, without)
    sources = sources_of(system, rules)
    return rules, sources, Law(on, known, {name: bit for bit, name in enumerate(sources)})


@dataclass
class _Tree:
    """What an explanation is made of, and what of it was shown."""

    system: System
    rules: Mapping[str, Rule]
    values: Mapping[str, Any]
    traces: Mapping[str, trace.Trace]
    sources: tuple[str, ...]
    given: Mapping[str, Any]
    shown: set[tuple[str, int]] = field(default_factory=set)

    def node(self, name: str, index: int, link: str | None = None) -> Node:
        """The tree below one quantity of one person."""
        value, doubts = _plain_value(self.values[name], index)
        known_as = {
            "name": name,
            "labels": self.system.labels[name],
            "unverified_because": tuple(s for bit, s in enumerate(self.sources) if doubts >> bit & 1),
            "value": value,
            "link": link,
            "index": None if link is None else index,
        }
        each = self.rules.get(name)
        if each is None:
            return Node(**known_as, unit=self.system.inputs[name].unit)
        if (name, index) in self.shown:
            return Node(**known_as, unit=each.unit, article=each.article, repeated=True)
        self.shown.add((name, index))
        if name in self.given:
            return Node(**known_as, unit=each.unit, note=phrase_in_all("given"))
        seen = self.traces[name]
        return Node(
            **known_as,
            unit=each.unit,
            article=each.article,
            formula=self.system.texts[each.place],
            note=self.system.notes[each.place] or None,
            parameters=tuple(
                _in_force(parameter, dated, _looked_up(seen, parameter, index))
                for parameter, dated in seen.parameters(index)
            ),
            evidence=seen.evidence(index),
            children=tuple(self._children(each, index)),
        )

    def _children(self, each: Rule, index: int) -> Iterator[Node]:
        seen, shapes = self.traces[each.name], self.system.shapes
        entity = shapes[each.name].entity
        flows = self.system.flows[each.place]
        for name in each.arguments:
            if name not in self.values or name in self.system.links:
                continue
            links = flows.through.get(name, frozenset())
            same = shapes[name].entity == entity or name == LAW_DATE
            if same and (name in flows.directly or not links):
                yield self.node(name, index)
            for link in sorted(links):
                for position in seen.crossed(link, entity, shapes[name].entity, index):
                    yield self.node(name, position, link)


def one_person(system: System, name: str, value: Any) -> Any:
    """One person's input as arrays of one person."""
    declared = system.inputs.get(name)
    unit = declared.unit if declared else (system.versions[name][0].unit if name in system.versions else None)
    if name in system.shapes and system.shapes[name].axis is not None:
        kind = np.bool_ if unit is not None and unit.kind == "flag" else np.int64
        numbers = [_number(v, unit) for v in value]
        elements: Any = np.array([v or 0 for v in numbers], kind)
        if None in numbers:
            elements = np.ma.MaskedArray(elements, mask=[v is None for v in numbers])
        return Ragged(elements, np.array([0, elements.size], np.int64))
    return np.array([_number(value, unit)])


def _number(value: Any, unit: Unit | None) -> Any:
    if isinstance(value, date):
        return month_of(value) if unit is MONTH else day_number(value)
    return value


def _plain_value(value: Any, index: int) -> tuple[Any, int]:
    if isinstance(value, RaggedVector):
        first, last = int(value.starts[index]), int(value.ends[index])
        doubts = Vector(np.array(0), doubts=value.doubts_within()).doubts_of(index)
        return Elements(value.elements, first, max(first, last)), doubts
    vector = Vector.of(value)
    one = vector.fraction(index)
    return one, 0 if one is None else vector.doubts_of(index)


def _looked_up(seen: trace.Trace, parameter: Parameter, index: int) -> tuple[Fraction, ...]:
    """What one person's rule looked up in a scale, ascending."""
    found: set[Fraction] = set()
    for name, at in seen.brackets:
        if name == parameter.name:
            value, _ = _plain_value(at, index)
            several = value if isinstance(value, Elements) else [value]
            found.update(Fraction(each) for each in several if each is not None)
    return tuple(sorted(found))


def _in_force(parameter: Parameter, dated: Dated | None, asked: tuple[Fraction, ...]) -> InForce:
    if dated is None:
        return InForce(
            parameter.name, parameter.labels, parameter.unit, None, None, None, verified=True, note=None
        )
    return InForce(
        parameter.name,
        parameter.labels,
        parameter.unit,
        dated.value,
        dated.since,
        dated.article,
        dated.verified,
        dated.note,
        asked,
    )


def _ranges(positions: Sequence[int]) -> list[str]:
    """Positions as ranges: ``0-11``, ``24``."""
    parts: list[str] = []
    start = previous = positions[0]
    for position in [*positions[1:], None]:
        if position is not None and position == previous + 1:
            previous = position
            continue
        parts.append(f"{start}" if start == previous else f"{start}-{previous}")
        if position is not None:
            start = previous = position
    return parts


__all__ = ["LAW_DATE", "InForce", "Node", "explain"]
