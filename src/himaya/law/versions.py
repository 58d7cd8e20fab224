"""The versions of a rule over time: found in the modules of a law, and held against one another."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from himaya.law.errors import NoValueError, ValidityError
from himaya.law.rules import Rule
from himaya.sentence import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType


def collected(modules: Iterable[ModuleType]) -> dict[str, tuple[Rule, ...]]:
    """The rules of some modules by name, the versions of each in order of time."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, Rule) and each.function.__module__ == module.__name__:
                found[each.name].append(each)
    earliest = date.min
    return {
        name: tuple(sorted(rules, key=lambda r: r.valid_from or earliest)) for name, rules in found.items()
    }


def not_in_force(name: str, versions: tuple[Rule, ...], on: date) -> NoValueError:
    """Say that no version of a rule is the law on a date."""
    first, last = versions[0].valid_from, versions[-1].valid_to
    if first is None:
        assert last is not None  # a version without dates is always in force
        why = said("it is valid until {last}", last=last)
    elif last is None:
        why = said("it is valid from {first} to now", first=first)
    else:
        why = said("it is valid from {first} to {last}", first=first, last=last)
    return NoValueError(
        said("rule {name} is not in force on {on}", name=name, on=on),
        where=versions[0].place,
        why=why,
        mend="Ask for another date.",
    )


def check_validity(rules: tuple[Rule, ...]) -> None:
    """Refuse versions that overlap or leave a gap."""
    for before, after in itertools.pairwise(rules):
        if before.valid_to is None or after.valid_from is None or after.valid_from <= before.valid_to:
            what = said(
                "versions of rule {name} overlap: {before} is followed by {after}",
                name=after.name,
                before=before.valid_to or said("no end"),
                after=after.valid_from or said("no beginning"),
            )
        elif after.valid_from != before.valid_to + timedelta(days=1):
            what = said(
                "versions of rule {name} leave a gap: {before} is followed by {after}",
                name=after.name,
                before=before.valid_to,
                after=after.valid_from,
            )
        else:
            continue
        raise ValidityError(
            what,
            where=after.place,
            why=said("the other version stands in {place}", place=before.place),
            mend="valid_to is the last day of a version; the next one begins on the day after.",
        )
