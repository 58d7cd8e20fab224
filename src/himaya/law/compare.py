"""Two explanations of one quantity side by side: what is different, and from where the difference comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from himaya.law.explain import InForce, Node
from himaya.law.parameters import Scale
from himaya.law.units import DATE, Languages, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Cause = Literal["input", "parameter", "rule", "result"]
"""Where a change comes from: something given, a value of the law, another rule; or it only follows from these."""

Key = tuple[str, str | None, int | None]


@dataclass(frozen=True)
class Change:
    """One quantity or parameter that is not the same in both explanations."""

    name: str
    labels: Languages
    unit: Unit
    cause: Cause
    before: Any
    after: Any
    article: str | None
    """Of the later state."""


def changes(before: Node, after: Node) -> list[Change]:
    """What differs between two explanations of the same quantity: causes first, then what follows from them."""
    old, new = dict(_nodes(before)), dict(_nodes(after))
    found = [*_inputs_and_rules(old, new), *_parameters(before, after)]
    order: dict[Cause, int] = {"input": 0, "parameter": 1, "rule": 2, "result": 3}
    return sorted(found, key=lambda change: order[change.cause])


def of_cohort(found: Iterable[Change], born: int) -> list[Change]:
    """Changes as who was born on a day (since 1970-01-01) sees them.

    Of a parameter by cohort the amounts of the own one stand for the scales; where these are the same nothing changes.
    """
    told = []
    for each in found:
        if isinstance(each.before, Scale) and isinstance(each.after, Scale) and each.after.by is DATE:
            before, after = each.before.amount(born), each.after.amount(born)
            if before != after:
                told.append(replace(each, before=before, after=after))
        else:
            told.append(each)
    return told


def _inputs_and_rules(old: dict[Key, Node], new: dict[Key, Node]) -> Iterator[Change]:
    for key, node in new.items():
        was = old.get(key)
        if was is None:
            continue
        rewritten = node.article is not None and (was.article, was.formula) != (node.article, node.formula)
        if rewritten or was.value != node.value:
            cause: Cause = "rule" if rewritten else "input" if node.article is None else "result"
            yield Change(node.name, node.labels, node.unit, cause, was.value, node.value, node.article)


def _parameters(before: Node, after: Node) -> Iterator[Change]:
    old, new = _in_force(before), _in_force(after)
    for name, values in new.items():
        was = old.get(name)
        if was is not None and [each.value for each in was] != [each.value for each in values]:
            first, last = _of_their_own(was, values), _of_their_own(values, was)
            yield Change(name, last.labels, last.unit, "parameter", first.value, last.value, last.article)


def _of_their_own(these: list[InForce], those: list[InForce]) -> InForce:
    """Of values of a parameter on several dates the last that only these have; else the last of all."""
    common = [each.value for each in those]
    return next((each for each in reversed(these) if each.value not in common), these[-1])


def _in_force(node: Node) -> dict[str, list[InForce]]:
    found: dict[str, list[InForce]] = {}
    for _, each in _nodes(node):
        for parameter in each.parameters:
            values = found.setdefault(parameter.name, [])
            if parameter not in values:
                values.append(parameter)
    return found


def _nodes(node: Node) -> Iterator[tuple[Key, Node]]:
    if not node.repeated:
        yield (node.name, node.link, node.index), node
    for child in node.children:
        yield from _nodes(child)
