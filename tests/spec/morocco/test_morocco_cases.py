"""The hand-worked cases of the YAML files in this folder: read those; this file only runs them.

``career`` is a list of ``[first month, last month, days a month, pay a month in dirhams]``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from spec_cases import cases, check, month

from himaya.legislation.morocco import system

CASES = cases(Path(__file__).parent)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    check(system, CASES[name], person_of(CASES[name]["person"]))


def test_there_are_enough_cases():
    assert len(CASES) >= 40


def person_of(written):
    person = {"birth_date": written["born"], "work_ceased": written.get("ceased", True)}
    declared = {}
    for first, last, days, pay in written.get("career", []):
        for each in range(month(first), month(last) + 1):
            assert each not in declared, "two employers of one month are summed before the law sees them"
            declared[each] = (days, round(pay * 100))
    person["months"] = sorted(declared)
    person["days"] = [declared[each][0] for each in person["months"]]
    person["wages"] = [declared[each][1] for each in person["months"]]
    for name in ("underground_miner", "claim_month", "awarded_from"):
        if name in written:
            person[name] = month(written[name]) if name != "underground_miner" else written[name]
    return person
