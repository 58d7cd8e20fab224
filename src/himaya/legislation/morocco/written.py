"""How a person is written by hand for the law of Morocco: in cases, and for whoever asks about one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from himaya.law.cases import month_number
from himaya.law.errors import InputError


def person_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs of a written person.

    ``born`` is the date of birth, ``ceased`` whether work has ceased (yes by default), ``career`` a list of
    ``[first month, last month, days a month, pay a month in dirhams]``; months are written ``2026-10``.
    """
    person: dict[str, Any] = {"birth_date": written["born"], "work_ceased": written.get("ceased", True)}
    declared: dict[int, tuple[int, int]] = {}
    for first, last, days, pay in written.get("career", []):
        for each in range(month_number(first), month_number(last) + 1):
            if each in declared:
                raise InputError("a month is declared twice", mend="Sum two employers of one month first.")
            declared[each] = (days, round(pay * 100))
    person["months"] = sorted(declared)
    person["days"] = [declared[each][0] for each in person["months"]]
    person["wages"] = [declared[each][1] for each in person["months"]]
    if "underground_miner" in written:
        person["underground_miner"] = written["underground_miner"]
    for name in ("claim_month", "awarded_from"):
        if name in written:
            person[name] = month_number(written[name])
    return person
