"""Two explanations of one quantity side by side: what is different, and from where the difference comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from himaya.law.explain import InForce, Node
from himaya.law.parameters import Scale
from himaya.law.units import Languages, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def changes(before: Node, after: Node, *, moved: Callable[[str], bool] | None = None) -> list[Change]:
    """What differs between two explanations of the same quantity: causes first, then what follows from them.

    Parameters
    ----------
    before, after
        The two explanations.
    moved
        Whether a parameter itself, by name, is another one in the later state. One that is not, and is only asked on
        another date or for another bracket, follows from what changed the date; without it each counts as a cause.
    """
    old, new = dict(_nodes(before)), dict(_nodes(after))
    found = [*_inputs_and_rules(old, new), *_parameters(before, after, moved)]
    order: dict[Cause, int] = {"input": 0, "parameter": 1, "rule": 2, "result": 3}
    return sorted(found, key=lambda change: order[change.cause])


def _inputs_and_rules(old: dict[Key, Node], new: dict[Key, Node]) -> Iterator[Change]:
    for key, node in new.items():
        was = old.get(key)
        if was is None:
            continue
        rewritten = node.article is not None and (was.article, was.formula) != (node.article, node.formula)
        if rewritten or was.value != node.value:
            cause: Cause = "rule" if rewritten else "input" if node.article is None else "result"
            yield Change(node.name, node.labels, node.unit, cause, was.value, node.value, node.article)


def _parameters(before: Node, after: Node, moved: Callable[[str], bool] | None) -> Iterator[Change]:
    old, new = _in_force(before), _in_force(after)
    for name, values in new.items():
        pair = _differing(old.get(name, []), values)
        if pair is not None:
            last = values[-1]
            cause: Cause = "parameter" if moved is None or moved(name) else "result"
            yield Change(name, last.labels, last.unit, cause, *pair)


def _differing(old: list[InForce], new: list[InForce]) -> tuple[Any, Any, str | None] | None:
    """What was in force for the person by both states on the last date on which it is not the same; the later article.

    Both are asked on the dates from which values of either hold: a value that only one of them has is compared with
    what the other has then. Of scales the amounts of the person's own bracket count.
    """
    asked = sorted({at for each in (*old, *new) for at, _ in each.applied})
    for since in sorted({_since(each) for each in (*old, *new)}, reverse=True):
        one, other = (
            max((each for each in values if _since(each) <= since), key=_since, default=None)
            for values in (old, new)
        )
        if one is None or other is None:
            continue
        if not (isinstance(one.value, Scale) and isinstance(other.value, Scale) and asked):
            pairs = [(one.value, other.value)]
        else:
            pairs = [(one.value.amount(at), other.value.amount(at)) for at in asked]
        unlike = [pair for pair in pairs if pair[0] != pair[1]]
        if unlike:
            return *unlike[-1], other.article
    return None


def _since(each: InForce) -> date:
    return each.since or date.min


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
