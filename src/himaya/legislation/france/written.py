"""How a person is written by hand for the law of France: in cases, and for whoever asks about one person."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from himaya.law.cases import month_number, stored
from himaya.law.errors import InputError

if TYPE_CHECKING:
    from himaya.law import System

_YEARLY = ("wages", "assimilated_quarters", "other_schemes_quarters")


def person_of(system: System, written: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a written person.

    ``born`` is the date of birth, ``award`` the month of effect (``2026-10``), ``career`` a list of ``[first year,
    last year, pay a year in euros, assimilated quarters a year, quarters a year in other schemes]``, the last two
    where there are any; ``given`` are intermediate results, as a case officer may know them. Other inputs have their
    own names.
    """
    person: dict[str, Any] = {"birth_date": written["born"]}
    if "award" in written:
        person["award_from"] = month_number(written["award"])
    person |= _career(written.get("career", []))
    for name in written.keys() - {"born", "award", "career", "given"}:
        person[name] = _whole(stored(written[name], system.inputs[name].unit))
    for name, value in written.get("given", {}).items():
        person[name] = _whole(stored(value, system.versions[name][0].unit))
    return person


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
