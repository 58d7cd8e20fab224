"""Some of the persons whom a reform changes something for, with what it changes and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from himaya.law.compare import Change, changes
from himaya.reform import measures
from himaya.reform.model import Example
from himaya.reform.payment import People, asks_for, evaluated_on, explained_at

if TYPE_CHECKING:
    from himaya.law import System
    from himaya.reform.plan import Plan
    from himaya.reform.population import Amounts

EXAMPLES = 10


def examples(
    laws: tuple[System, System],
    planned: Plan,
    amounts: Amounts,
    people: Callable[[int], People],
    called: Callable[[int], str],
    known: date | None,
) -> tuple[Example, ...]:
    """Persons from the greatest loss to the greatest gain, each with what changes and why."""
    chosen = measures.spread_of_changes(amounts.before, amounts.after, EXAMPLES)
    found: dict[int, Example] = {}
    for part in np.unique(amounts.part[chosen]):
        of = people(int(part))
        for at in chosen[amounts.part[chosen] == part]:
            found[int(at)] = Example(
                called(int(amounts.keys[at])),
                str(amounts.sex[at]),
                int(amounts.age[at]),
                int(amounts.before[at]),
                int(amounts.after[at]),
                _reasons(laws, planned, of, int(amounts.position[at]), known),
            )
    return tuple(found[int(at)] for at in chosen)


def _reasons(
    laws: tuple[System, System], planned: Plan, people: People, at: int, known: date | None
) -> tuple[Change, ...]:
    """What changes for one person and why, in each branch whose amount is another one, each cause once."""

    def moved(name: str) -> bool:
        return laws[0].parameter(name).values != laws[1].parameter(name).values

    found: dict[str, Change] = {}
    for branch in planned.branches.values():
        if branch.revenue or not asks_for(branch, people.inputs, laws[1], planned.shown)[at]:
            continue
        on = evaluated_on(laws[1], branch, planned.shown)
        old, new = (explained_at(law, branch, people.inputs, at, on, known) for law in laws)
        if old.value != new.value:
            found = {each.name: each for each in changes(old, new, moved=moved)} | found
    order = [each for each in found.values() if each.cause != "result"]
    return (*order, *(each for each in found.values() if each.cause == "result"))
