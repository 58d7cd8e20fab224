"""Two laws at once: what a reform does not touch is evaluated once for both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from himaya.law.evaluate import Evaluation, Inputs, Result, apply, result_of, sources_of, take_inputs
from himaya.law.lookup import Gap, Law

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.rules import Rule
    from himaya.law.system import System


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
    touched = touched_rules(baseline, reform, on, second)
    own = [each for each in second if each.name in touched]
    sources = tuple(sorted({*sources_of(baseline, first), *sources_of(reform, own)}))
    bits = {name: bit for bit, name in enumerate(sources)}
    values, sizes = take_inputs(baseline, inputs, [*first, *own], on, keys)
    shared, before, after = (Law(on, known, bits) for _ in range(3))
    kept = {argument for each in own for argument in each.arguments if argument not in touched}
    uses = Counter(argument for each in first for argument in each.arguments)
    results: dict[str, Result] = {}

    def run(each: Rule, system: System, law: Law) -> None:
        values[each.name] = apply(each, values, system, law, given=inputs.get(each.name))
        if each.name in targets:
            size = sizes[system.shapes[each.name].entity]
            results[each.name] = result_of(each, values[each.name], size, sources)

    for each in first:
        run(each, baseline, before if each.name in touched else shared)
        for argument in each.arguments:
            uses[argument] -= 1
            if uses[argument] == 0 and argument not in kept:
                values.pop(argument, None)
    old = Evaluation({name: results[name] for name in targets}, _gaps(shared, before), on, known)
    for each in own:
        run(each, reform, after)
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
        if (
            _replaced(each, baseline, on)
            or any(
                baseline.parameter(p).values != reform.parameter(p).values for p in reform.reads[each.place]
            )
            or touched & set(each.arguments)
        ):
            touched.add(each.name)
    return touched


def _replaced(each: Rule, baseline: System, on: date) -> bool:
    in_force = [old for old in baseline.versions.get(each.name, ()) if old.in_force(on)]
    return not in_force or in_force[0].function is not each.function
