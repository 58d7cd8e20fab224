"""Evaluation of a law for many persons at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law.errors import CalculationError, LawError
from himaya.law.inputs import Inputs, given_elements, given_values, take_inputs
from himaya.law.lazy import Lazy
from himaya.law.lookup import ArrayGroup, Law, gaps_of
from himaya.law.program import compute
from himaya.law.ragged import RaggedVector
from himaya.law.results import Evaluation, results_of
from himaya.law.rules import Input, Rule, plain_day
from himaya.law.vector import Vector
from himaya.sentence import said, verbatim

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from himaya.law.system import System

NOTHING = Vector(np.zeros((), np.int64), missing=np.ones((), np.bool_))
"""What stands for a quantity that only a link would reach that is left out."""


def evaluate(
    system: System,
    targets: Collection[str],
    inputs: Inputs,
    *,
    on: date,
    known: date | None = None,
    keys: NDArray[Any] | None = None,
) -> Evaluation:
    """Evaluate targets for many persons.

    Parameters
    ----------
    system
        The law.
    targets
        Names of rules.
    inputs
        The system's inputs, and any rule's result: where given (not masked) it takes the place of the rule.
    on
        Date of law.
    known
        Date of knowledge of the law: values decided later are not seen. None: all.
    keys
        What errors call the persons by; their positions, if None. Shape ``(persons,)``.

    Raises
    ------
    LawError
        One of its subclasses, naming rule, input or parameter.
    """
    if known is not None:
        plain_day(known, said("the date of knowledge of the law"))
    rules = system.needed(targets, on, system.left_out(inputs))
    sources = sources_of(system, rules)
    law = Law(on, known, {name: bit for bit, name in enumerate(sources)})
    values, sizes = take_inputs(system, inputs, rules, on, keys)
    apply_all(rules, values, system, lambda _: law, inputs, targets)
    compute(part for name in targets for part in parts(values[name]))
    results = results_of(system, rules, {name: values[name] for name in targets}, sizes, sources)
    return Evaluation(results, gaps_of(law), on, known)


def apply_all(
    rules: Collection[Rule],
    values: dict[str, Any],
    system: System,
    law: Callable[[Rule], Law],
    inputs: Inputs,
    wanted: Collection[str],
) -> None:
    """Evaluate rules one after the other on ``values``, which has the results then; those not wanted are dropped."""
    uses = Counter(argument for each in rules for argument in each.arguments)
    uses.update(wanted)
    for each in rules:
        value = values[each.name] = apply(each, values, system, law(each), given=inputs.get(each.name))
        keep(value, kept=uses[each.name] > 1)
        for argument in each.arguments:
            uses[argument] -= 1
            if uses[argument] == 0:
                keep(values.pop(argument, None), kept=False)


def parts(value: Any) -> Iterator[Lazy]:
    """The arrays of a value that are computed where they are needed."""
    if isinstance(value, RaggedVector):
        yield from parts(value.elements)
        own: tuple[Any, ...] = (value.starts, value.ends, value.doubts, value.missing)
    elif isinstance(value, Vector):
        own = (value.num, value.den, value.doubts, value.missing)
    else:  # a link, or what a link is left out for
        own = ()
    yield from (part for part in own if isinstance(part, Lazy))


def keep(value: Any, *, kept: bool) -> None:
    """Have what more rules are to use computed once."""
    for part in parts(value):
        part.kept = kept


def sources_of(system: System, rules: Collection[Rule]) -> tuple[str, ...]:
    """Unverified parameters and rules that these rules can rest on; at most 64, one bit each."""
    doubtful = system.unverified
    found = {name for each in rules for name in system.reads[each.place] if name in doubtful}
    found |= {each.name for each in rules if not each.verified}
    if len(found) > 64:
        raise CalculationError(
            said(
                "the targets rest on {count} unverified parameters and rules; 64 can be followed at once",
                count=len(found),
            ),
            mend="Evaluate fewer targets at once, or verify some of them.",
        )
    return tuple(sorted(found))


def apply(each: Rule, values: Mapping[str, Any], system: System, law: Law, *, given: Any = None) -> Any:
    """Evaluate one rule on values already computed."""
    if given is not None and system.shapes[each.name].axis is not None:
        return given_elements(Input(each.name, each.unit), given, None, values)
    arguments = [
        values[name]
        if name in values
        else ArrayGroup(system.groups[name], law)
        if name in system.groups
        else NOTHING
        for name in each.arguments
    ]
    try:
        result = each(*arguments)
    except LawError as error:
        raise type(error)(
            said("rule {name} on {on}: {what}", name=each.name, on=law.on, what=error.what),
            where=error.where or each.place,
            why=error.why,
            mend=error.mend,
        ) from error
    except Exception as error:
        raise CalculationError(
            said(
                "rule {name} failed on {on}: {reason}", name=each.name, on=law.on, reason=verbatim(str(error))
            ),
            where=each.place,
            mend="A rule may only use the operators of himaya.law.",
        ) from error
    if not isinstance(result, RaggedVector):
        result = Vector.of(result)
    if not each.verified:
        result = result.doubted(law.bits[each.name])
    if given is not None:
        own = given_values(Input(each.name, each.unit, optional=True), given, None)
        result = own if own.missing is None else Vector.where(Vector(~own.missing), own, result)
    return result
