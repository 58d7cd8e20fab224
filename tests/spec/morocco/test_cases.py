"""The hand-worked cases of the YAML files in this folder: read those; this file only runs them.

A case gives a person, a date of law, what is expected and why. ``career`` is a list of
``[first month, last month, days a month, pay a month in dirhams]``.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from himaya.law import explain
from himaya.law.exact import Exact, exact
from himaya.law.units import DATE, MONTH, Cases
from himaya.legislation.morocco import system
from himaya.months import month_of
from himaya.yamlfile import load

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
CASES = [pytest.param(case, id=f"{path.stem}: {case['case']}") for path in FILES for case in load(path)]


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    assert case["article"]
    assert case["because"]
    person, law = person_of(case["person"]), case["law"]
    known = case.get("known")
    judged = exact(system, case["expect"], person, on=law, known=known)
    for target, expected in case["expect"].items():
        node = explain(system, target, person, on=law, known=known)
        wanted = stored(expected, node.unit)
        assert node.value == wanted, f"{target}: {node.value} instead of {wanted}"
        judge = judged[target]
        assert (judge.value if isinstance(judge, Exact) else values(judge)) == wanted
        if target in case.get("unverified", {}):
            assert list(node.unverified_because) == case["unverified"][target]
        elif node.value is not None:
            assert node.unverified_because == (), f"{target} is not expected to be unverified"


def test_there_are_enough_cases():
    assert len(CASES) >= 40


def values(ragged):
    return tuple(ragged.elements[position].value for position in ragged.window)


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


def month(text):
    year, number = text.split("-")
    return month_of(date(int(year), int(number), 1))


def stored(expected, unit):
    """The expected value as it is kept: money in centimes, months as numbers, per cent as a share."""
    if isinstance(expected, list):
        return tuple(stored(each, unit) for each in expected)
    if expected is None or isinstance(expected, bool):
        return expected
    if isinstance(unit, Cases):
        return unit[expected]
    if unit is MONTH:
        return month(expected)
    if unit is DATE:
        return (expected - date(1970, 1, 1)).days
    if isinstance(expected, str):  # "50 %" or "1/3"
        text = expected.removesuffix(" %")
        return Fraction(text) / (100 if expected.endswith("%") else 1) * (100 if unit.currency else 1)
    return Fraction(str(expected)) * (100 if unit.currency else 1)
