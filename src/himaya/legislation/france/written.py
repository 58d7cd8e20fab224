"""How a person is written by hand for the law of France: in cases, and for whoever asks about one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.law import DATE, Input
from himaya.law.cases import as_column, as_link, month_number, stored
from himaya.law.errors import InputError

if TYPE_CHECKING:
    from himaya.law import System

_YEARLY = ("wages", "assimilated_quarters", "other_schemes_quarters")
_OWN = ("born", "award", "career", "given", "spouse")
"""What is written in another way than by the name of an input."""


def person_of(system: System, written: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a written person, or of several that the link ``spouse`` connects.

    Of a person ``born`` is the date of birth, ``award`` the month of effect (``2026-10``), ``career`` a list of
    ``[first year, last year, pay a year in euros, assimilated quarters a year, quarters a year in other schemes]``, the
    last two where there are any; ``given`` are intermediate results, as a case officer may know them. Other inputs
    have their own names. Several are ``members``; ``spouse`` of a member is the position of the one whose survivor it
    is.
    """
    return _several(system, written["members"]) if "members" in written else _person(system, written)


def _person(system: System, written: Mapping[str, Any]) -> dict[str, Any]:
    person: dict[str, Any] = {"birth_date": _whole(stored(written["born"], DATE))}
    if "award" in written:
        person["award_from"] = month_number(written["award"])
    person |= _career(written.get("career", []))
    named = {name: value for name, value in written.items() if name not in _OWN}
    for name, value in {**named, **written.get("given", {})}.items():
        person[name] = _whole(stored(value, _declared(system, name).unit))
    return person


def _several(system: System, members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    people = [_person(system, member) for member in members]
    names = {name for person in people for name in person}
    found = {
        name: as_column(_declared(system, name), [person.get(name) for person in people]) for name in names
    }
    linked = [(i, member["spouse"]) for i, member in enumerate(members) if "spouse" in member]
    return {**found, "spouse": as_link(linked)}


def _declared(system: System, name: str) -> Input:
    """An input, or a result that is given in the place of its rule."""
    if name in system.inputs:
        return system.inputs[name]
    return Input(name, system.versions[name][0].unit, system.shapes[name].axis, optional=True)


def _career(periods: list[list[Any]]) -> dict[str, list[int]]:
    years: dict[int, tuple[int, ...]] = {}
    for first, last, pay, *quarters in periods:
        for year in range(first, last + 1):
            if year in years:
                raise InputError("a year is written twice", mend="Sum two employers of one year first.")
            years[year] = (round(pay * 100), *quarters, *[0] * (2 - len(quarters)))
    found = {"years": sorted(years)}
    for place, name in enumerate(_YEARLY):
        found[name] = [years[year][place] for year in found["years"]]
    return found


def _whole(value: Any) -> Any:
    """As evaluations take it: whole numbers, centimes."""
    if isinstance(value, tuple):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, Fraction) else value
