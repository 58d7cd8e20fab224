"""The explanation of one result: a tree from the amount to articles, values in force and evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import trace
from himaya.law.elements import Chosen, Elements
from himaya.law.errors import InputError
from himaya.law.evaluate import apply, sources_of
from himaya.law.inputs import take_inputs
from himaya.law.lookup import Law
from himaya.law.node import InForce, Node, plain
from himaya.law.parameters import Dated, Parameter, day_number
from himaya.law.phrases import phrase_in_all
from himaya.law.ragged import Ragged, RaggedVector
from himaya.law.rules import LAW_DATE, Rule, plain_day
from himaya.law.units import MONTH, YEAR, Unit
from himaya.law.vector import Vector
from himaya.months import month_of
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from himaya.law.system import System


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
    if known is not None:
        plain_day(known, said("the date of knowledge of the law"))
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
            # Of an input with many elements the text is long: it stands once.
            repeated = isinstance(value, Elements) and (name, index) in self.shown
            self.shown.add((name, index))
            unit = self.system.inputs[name].unit
            return Node(**known_as, **self._standing(name, index), unit=unit, repeated=repeated)
        if (name, index) in self.shown:
            standing = self._standing(name, index)
            return Node(**known_as, **standing, unit=each.unit, article=each.article, repeated=True)
        self.shown.add((name, index))
        if name in self.given:
            return Node(
                **known_as, **self._standing(name, index), unit=each.unit, note=phrase_in_all("given")
            )
        seen = self.traces[name]
        # A scale asked for other people's values (a household's for its members') tells nobody's own bracket.
        others = {self._entity(name) for name in each.arguments} - {None, self._entity(each.name)}
        applied = {} if others else seen.applied(index)
        return Node(
            **known_as,
            **self._standing(self._used(each, seen) or name, index),
            unit=each.unit,
            article=each.article,
            formula=self.system.texts[each.place],
            note=self.system.notes[each.place] or None,
            parameters=tuple(
                _in_force(parameter, dated, applied) for parameter, dated in seen.parameters(index)
            ),
            evidence=seen.evidence(index),
            chosen=self._chosen(each, seen, index),
            children=tuple(self._children(each, index)),
        )

    def _entity(self, name: str) -> str | None:
        """Whose a quantity is; a group of parameters and the date of law are anybody's."""
        return None if name == LAW_DATE or name not in self.system.shapes else self.system.shapes[name].entity

    def _used(self, each: Rule, seen: trace.Trace) -> str | None:
        """The argument whose elements a rule used itself; the rule's own name where that is what they make."""
        own = {
            name: value for name in each.arguments if isinstance(value := self.values.get(name), RaggedVector)
        }
        offsets = [window[2] for window in seen.windows] + [
            choice.elements.offsets for choice in seen.choices
        ]
        return next(
            (name for name, value in own.items() if any(value.offsets is each for each in offsets)), None
        )

    def _standing(self, name: str, index: int) -> dict[str, Any]:
        """The axis of a quantity, and the month or year of each of a person's elements along it."""
        shape = self.system.shapes[name]
        if shape.axis is None:
            return {}
        points = next(
            (
                value
                for each in self.system.inputs.values()
                if (each.unit is MONTH or each.unit is YEAR)
                and self.system.shapes[each.name] == shape
                and isinstance(value := self.values.get(each.name), RaggedVector)
            ),
            None,
        )
        return {"axis": shape.axis, "points": None if points is None else _plain_value(points, index)[0]}

    def _chosen(self, each: Rule, seen: trace.Trace, index: int) -> Chosen | None:
        """What a mean of the best took of an argument; none where it was taken of what the rule made of it."""
        for choice in seen.choices:
            for name in each.arguments:
                value = self.values.get(name)
                if isinstance(value, RaggedVector) and value.elements is choice.elements.elements:
                    unit = self.rules[name].unit if name in self.rules else self.system.inputs[name].unit
                    return Chosen(self.system.labels[name], unit, dict(choice.of(index)))
        return None

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
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise InputError(
                said("input {name} is one value, and there is one for each element", name=name),
                mend="Give a list, empty for who has none.",
            )
        numbers = [_number(v, unit) for v in value]
        whole = all(v is None or isinstance(v, Integral) for v in numbers)
        kind = np.bool_ if unit is not None and unit.kind == "flag" else np.int64 if whole else np.object_
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


def _in_force(
    parameter: Parameter, dated: Dated | None, applied: Mapping[tuple[str, date], Iterable[trace.Bound]]
) -> InForce:
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
        tuple(applied.get((parameter.name, dated.since), ())),
    )


__all__ = ["LAW_DATE", "InForce", "Node", "explain", "plain"]
