"""Two laws at once: what a reform does not touch is evaluated once for both, and whom it does not touch, too.

A reform of the ages touches nearly every rule, but mostly for a few cohorts only. The rules that the reform itself
changes are tried on what the baseline gives; whoever gets the same from all of them gets the same from everything that
rests on them. The others are evaluated by the reform.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from himaya.law import kernels, lazy
from himaya.law.evaluate import apply, apply_all, parts, sources_of
from himaya.law.inputs import Inputs, take_inputs
from himaya.law.lazy import Frame, Lazy
from himaya.law.lookup import Law, gaps_of
from himaya.law.program import compute
from himaya.law.ragged import RaggedVector
from himaya.law.results import Evaluation, computed, results_of
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
    lent = {argument for each in own for argument in each.arguments if argument not in touched}
    tried = {name for each in changed for name in (each.name, *each.arguments)}
    at_hand = {*targets, *lent, *tried}
    apply_all(
        first, values, baseline, lambda each: before if each.name in touched else shared, inputs, at_hand
    )
    bases = {name: values[name] for name in targets}
    part = None
    if own and not before.gaps and _apart(own, reform, targets, inputs):
        size = sizes[reform.shapes[own[0].name].entity]
        flags = _unlike(changed, values, reform, Law(on, known, bits))
        if flags is not None:
            there = [values[name] for name in {*targets, *lent} if name in values]
            compute([*parts(Vector(flags)), *(each for value in there for each in parts(value))])
            part = Part.of(np.broadcast_to(np.asarray(flags), (size,)))
    if part is not None:
        values = {name: part.take(values[name]) for name in lent if name in values}
    found = dict(bases)
    if part is None or part.persons.size:
        apply_all(own, values, reform, lambda _: after, inputs, targets)
        found |= {each.name: values[each.name] for each in own if each.name in targets}
    compute(each for value in (*bases.values(), *found.values()) for each in parts(value))
    if part is not None:
        for name in {each.name for each in own} & {*targets} if part.persons.size else ():
            found[name] = part.put(computed(found[name]), computed(bases[name]))
    old = results_of(baseline, first, bases, sizes, sources)
    new_results = results_of(reform, second, found, sizes, sources)
    return (
        Evaluation(old, gaps_of(shared, before), on, known),
        Evaluation(new_results, gaps_of(shared, after), on, known),
    )


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


def _unlike(changed: Sequence[Rule], values: Mapping[str, Any], reform: System, law: Law) -> Any:
    """Who gets something else from a rule that the reform changes, given what the baseline gives; None: unknown."""
    known = dict(values)
    found: Any = np.array(False)
    for each in changed:
        value = apply(each, known, reform, law)
        if each.name in values:
            found = found | _differ(values[each.name], value)
        else:  # a rule that the baseline does without
            known[each.name] = value
    return None if law.gaps else found


def _differ(old: Any, new: Any) -> Any:
    """For whom two values are not the same: the value itself, its doubts, or whether there is one."""
    if isinstance(old, RaggedVector):
        found = old.any_of(_differ(old.elements, new.elements))
        return found | (old.starts != new.starts) | (old.ends != new.ends) | _parts_differ(old, new)
    if old.num.dtype == np.bool_:
        unlike = old.num != new.num
    else:
        a, b, _ = _aligned(old, new)
        unlike = a.array != b.array
    if old.missing is not None:
        unlike = unlike & lazy.invert(old.missing)
    return unlike | _parts_differ(old, new)


def _parts_differ(old: Any, new: Any) -> Any:
    """Where doubts differ, or whether there is a value."""
    found: Any = np.array(False)
    for one, other, zero in (
        (old.doubts, new.doubts, np.uint64(0)),
        (old.missing, new.missing, np.False_),
    ):
        if one is not other:
            a, b = (zero if each is None else each for each in (one, other))
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
    frames
        What is known of their elements, by the frame of those of all.
    """

    persons: Ints
    size: int
    frames: dict[int, tuple[Frame, Ints]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, flags: Bools) -> Part | None:
        """Those with a flag; None if they are too many to be worth it."""
        persons = np.flatnonzero(flags)
        return None if persons.size > _MOST * flags.size else cls(persons, flags.size)

    def take(self, value: Any) -> Any:
        """The value of these persons."""
        if isinstance(value, RaggedVector):
            return self._elements(value)
        if not isinstance(value, Vector):
            return value
        parts: tuple[Any, ...] = (value.num, value.den, value.doubts, value.missing)
        num, den, doubts, missing = (_at(part, self.persons, Frame(self.persons.size)) for part in parts)
        return Vector(num, den, doubts, missing, value.extent)

    def _elements(self, value: RaggedVector) -> RaggedVector:
        frame, firsts = self._frame(value.frame)
        own = value.elements
        parts: tuple[Any, ...] = (own.num, own.den, own.doubts, own.missing)
        num, den, doubts, missing = (_at(part, firsts, frame) for part in parts)
        elements = Vector(num, den, doubts, missing, own.extent)
        parts = (value.starts, value.ends, value.doubts, value.missing)
        starts, ends, doubts, missing = (_at(part, self.persons, frame.owners) for part in parts)
        shift = cast("Ints", frame.offsets)[:-1] - firsts
        return RaggedVector(elements, frame, starts + shift, ends + shift, doubts, missing, value.declared)

    def _frame(self, frame: Frame) -> tuple[Frame, Ints]:
        """Which elements are whose, and where each person's begin among those of all."""
        if frame.key not in self.frames:
            offsets = cast("Ints", frame.offsets)
            firsts = offsets[self.persons]
            sizes = offsets[self.persons + 1] - firsts
            here = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
            self.frames[frame.key] = Frame(self.persons.size, here), firsts
        return self.frames[frame.key]

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


def _at(part: Any, places: Ints, frame: Frame) -> Any:
    """The part of these persons, or of elements that begin at these places; it has the frame then."""
    if part is None or np.ndim(part) == 0:
        return part
    array = part.stored() if isinstance(part, Lazy) else part
    if frame.offsets is None:
        found, waits = array[places], frame.waits
    else:
        found, waits = np.empty(frame.size, array.dtype), frame.tiled
        word = f"u{array.itemsize}"  # copied as they are, whatever they mean
        kernels.segments(array.view(word), places, frame.offsets, found.view(word))
    if not waits:
        return found.astype(part.dtype)
    return lazy.given(found, frame, part.extent if isinstance(part, Lazy) else None, part.dtype)
