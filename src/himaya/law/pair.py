"""Two laws at once: what a reform does not touch is evaluated once for both, and whom it does not touch, too.

A reform of the ages touches nearly every rule, but mostly for a few cohorts only. The rules that the reform itself
changes are tried on what the baseline gives; whoever gets the same from all of them gets the same from everything that
rests on them. The others are evaluated by the reform.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from himaya.law import kernels
from himaya.law.evaluate import (
    Evaluation,
    Inputs,
    Result,
    apply,
    keep,
    result_of,
    sources_of,
    take_inputs,
)
from himaya.law.lazy import Lazy
from himaya.law.lookup import Gap, Law
from himaya.law.ragged import RaggedVector
from himaya.law.vector import Vector, _aligned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.rules import Rule
    from himaya.law.system import System
    from himaya.law.vector import Bools, Ints

_MOST = 0.5
"""If a reform changes something for a larger share of the persons, it is evaluated for all of them."""


def evaluate_pair(
    baseline: System,
    reform: System,
    targets: Collection[str],
    inputs: Inputs,
    *,
    on: date,
    known: date | None = None,
    keys: NDArray[Any] | None = None,
) -> tuple[Evaluation, Evaluation]:
    """Evaluate targets by two laws that share most of their rules.

    Parameters
    ----------
    baseline, reform
        The two laws, of the same inputs.
    targets, inputs, on, known, keys
        As for :func:`~himaya.law.evaluate`.

    Returns
    -------
    tuple of Evaluation
        By the baseline and by the reform; the same as two evaluations would give.
    """
    without = baseline.left_out(inputs)
    first, second = baseline.needed(targets, on, without), reform.needed(targets, on, without)
    new = {each.name for each in second} - {each.name for each in first}
    touched = touched_rules(baseline, reform, on, second) | new
    own = [each for each in second if each.name in touched]
    changed = [each for each in own if each.name in new or _changed(each, baseline, reform, on)]
    sources = tuple(sorted({*sources_of(baseline, first), *sources_of(reform, own)}))
    bits = {name: bit for bit, name in enumerate(sources)}
    values, sizes = take_inputs(baseline, inputs, [*first, *own], on, keys)
    shared, before, after = (Law(on, known, bits) for _ in range(3))
    kept = {argument for each in own for argument in each.arguments if argument not in touched}
    kept |= {name for each in changed for name in (each.name, *each.arguments)}
    uses = Counter(argument for each in first for argument in each.arguments)
    uses.update(kept)
    results: dict[str, Result] = {}

    def size_of(name: str, system: System) -> int:
        return sizes[system.shapes[name].entity]

    bases: dict[str, Any] = {}
    for each in first:
        law = before if each.name in touched else shared
        value = values[each.name] = apply(each, values, baseline, law, given=inputs.get(each.name))
        if uses[each.name] > 1:
            keep(value)
        if each.name in targets:
            results[each.name] = result_of(each, value, size_of(each.name, baseline), sources)
            bases[each.name] = value
        for argument in each.arguments:
            uses[argument] -= 1
            if uses[argument] == 0:
                values.pop(argument, None)
    old = Evaluation({name: results[name] for name in targets}, _gaps(shared, before), on, known)
    part = None
    if not before.gaps and _apart(own, reform, targets, inputs):
        part = _part(changed, values, reform, Law(on, known, bits), size_of(own[0].name, reform))
    if part is not None:
        values = {name: part.take(values[name]) for name in kept - touched if name in values}
    again = Counter(argument for each in own for argument in each.arguments)
    for each in own if part is None or part.persons.size else []:
        value = values[each.name] = apply(each, values, reform, after, given=inputs.get(each.name))
        if again[each.name] > 1:
            keep(value)
        if each.name in targets:
            if part is not None:
                value = part.put(value, bases[each.name])
            results[each.name] = result_of(each, value, size_of(each.name, reform), sources)
    return old, Evaluation({name: results[name] for name in targets}, _gaps(shared, after), on, known)


def _gaps(*laws: Law) -> tuple[Gap, ...]:
    found: dict[str, date] = {}
    for law in laws:
        for name, asked in law.gaps.items():
            found[name] = min(asked, found.get(name, asked))
    return tuple(Gap(name, asked) for name, asked in sorted(found.items()))


def touched_rules(baseline: System, reform: System, on: date, rules: Iterable[Rule]) -> set[str]:
    """Names of the rules whose result the reform can change: another rule, other parameters, or what rests on these."""
    touched: set[str] = set()
    for each in rules:
        if _changed(each, baseline, reform, on) or touched & set(each.arguments):
            touched.add(each.name)
    return touched


def _changed(each: Rule, baseline: System, reform: System, on: date) -> bool:
    """Whether the reform replaces the rule, or a parameter that it reads."""
    in_force = [old for old in baseline.versions.get(each.name, ()) if old.in_force(on)]
    if not in_force or in_force[0].function is not each.function:
        return True
    return not _changed_parameters(baseline, reform).isdisjoint(reform.reads[each.place])


@lru_cache(maxsize=4)
def _changed_parameters(baseline: System, reform: System) -> frozenset[str]:
    """Parameters that differ; asked for each bucket of a population, and found once."""
    names = {name for reads in reform.reads.values() for name in reads}
    return frozenset(p for p in names if baseline.parameter(p).values != reform.parameter(p).values)


def _apart(own: Sequence[Rule], reform: System, targets: Collection[str], inputs: Inputs) -> bool:
    """Whether the rules can be evaluated for some persons without the others."""
    shapes = [reform.shapes[each.name] for each in own]
    return (
        len({shape.entity for shape in shapes}) == 1
        and all(shape.axis is None for each, shape in zip(own, shapes, strict=True) if each.name in targets)
        and not any(argument in reform.links for each in own for argument in each.arguments)
        and not any(each.name in inputs for each in own)
    )


def _part(
    changed: Sequence[Rule], values: Mapping[str, Any], reform: System, law: Law, size: int
) -> Part | None:
    """Who gets something else from a rule that the reform changes, given what the baseline gives; None: do all."""
    known = dict(values)
    found = np.zeros(size, np.bool_)
    for each in changed:
        value = apply(each, known, reform, law)
        if each.name in values:
            found |= _differ(values[each.name], value)
        else:  # a rule that the baseline does without
            known[each.name] = value
    persons = cast("Ints", np.flatnonzero(found))
    return None if law.gaps or persons.size > _MOST * size else Part(persons, size)


def _differ(old: Any, new: Any) -> Bools:
    """For whom two values are not the same: the value itself, its doubts, or whether there is one."""
    if isinstance(old, RaggedVector):
        offsets = old.offsets
        each = np.broadcast_to(_differ(old.elements, new.elements), (int(offsets[-1]),)).astype(np.uint64)
        found: Bools = kernels.window_any(each, offsets[:-1].copy(), offsets[1:].copy()) != 0
        found = found | (old.starts != new.starts) | (old.ends != new.ends)
        return cast("Bools", found | _parts_differ(old, new))
    if old.num.dtype == np.bool_:
        unlike = np.asarray(old.num != new.num)
    else:
        a, b, _ = _aligned(old, new)
        unlike = np.asarray(a.array != b.array)
    if old.missing is not None:
        unlike = unlike & ~np.asarray(old.missing)
    return cast("Bools", unlike | _parts_differ(old, new))


def _parts_differ(old: Any, new: Any) -> Any:
    """Where doubts differ, or whether there is a value."""
    found: Any = np.False_
    for one, other, zero in (
        (old.doubts, new.doubts, np.uint64(0)),
        (old.missing, new.missing, np.False_),
    ):
        if one is not None or other is not None:
            a, b = (zero if each is None else np.asarray(each) for each in (one, other))
            found = found | (a != b)
    return found


@dataclass(frozen=True)
class Part:
    """Some of the persons: what has been computed for all is taken for them, and put back among all.

    Parameters
    ----------
    persons
        Positions, ascending.
    size
        Number of all persons.
    """

    persons: Ints
    size: int

    def take(self, value: Any) -> Any:
        """The value of these persons."""
        if isinstance(value, RaggedVector):
            return self._elements(value)
        if not isinstance(value, Vector):
            return value
        parts: tuple[Any, ...] = (value.num, value.den, value.doubts, value.missing)
        num, den, doubts, missing = (_at(part, self.persons) for part in parts)
        return Vector(num, den, doubts, missing, value.extent)

    def _elements(self, value: RaggedVector) -> RaggedVector:
        first = value.offsets[self.persons]
        sizes = value.offsets[self.persons + 1] - first
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        positions = np.arange(offsets[-1]) + np.repeat(first - offsets[:-1], sizes)
        own = value.elements
        parts: tuple[Any, ...] = (own.num, own.den, own.doubts, own.missing)
        elements = Vector(*(_at(part, positions) for part in parts))
        shift = offsets[:-1] - first
        starts, ends = value.starts[self.persons] + shift, value.ends[self.persons] + shift
        doubts, missing = (_at(part, self.persons) for part in (value.doubts, value.missing))
        found = RaggedVector(elements, offsets, starts, ends, doubts, missing, value.declared)
        return found.tiled()

    def put(self, value: Vector, base: Vector) -> Vector:
        """The value of these persons among those of all."""
        parts: tuple[Any, ...] = (value.den, value.doubts, value.missing)
        den, doubts, missing = (self._among(part) if np.ndim(part) else part for part in parts)
        num, own = self._among(value.num), self._among(np.True_)
        if np.ndim(den):
            den = np.where(own, den, 1)
        return Vector.where(Vector(own), Vector(num, den, doubts, missing), base)

    def _among(self, part: Any) -> Any:
        """These persons' part among zeros for all others."""
        found = np.zeros(self.size, np.asarray(part).dtype)
        found[self.persons] = part
        return found


def _at(part: Any, positions: Ints) -> Any:
    if part is None or np.ndim(part) == 0:
        return part
    return part.stored()[positions].astype(part.dtype) if isinstance(part, Lazy) else part[positions]
