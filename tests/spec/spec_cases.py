"""How the hand-worked cases of the country folders are run: read the YAML files there; this only runs them.

A case gives a person, a date of law, what is expected, the article and why. Every expected value is asked of the
evaluation, with its explanation, and of the exact oracle.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from himaya.law import explain
from himaya.law.exact import Exact, exact
from himaya.law.units import DATE, MONTH, YEAR, Cases
from himaya.months import month_of
from himaya.yamlfile import load


def cases(folder):
    """The cases of all files of a folder, each with its name."""
    return {
        f"{path.stem}: {case['case']}": case for path in sorted(folder.glob("*.yaml")) for case in load(path)
    }


def check(system, case, person):
    """Hold a case's expectations against both evaluations; doubts must be exactly those it names."""
    assert case["article"]
    assert case["because"]
    law, known = case["law"], case.get("known")
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


def values(ragged):
    return tuple(ragged.elements[position].value for position in ragged.window)


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
    if unit is YEAR:
        return expected
    if isinstance(expected, str):  # "50 %" or "1/3"
        text = expected.removesuffix(" %")
        return Fraction(text) / (100 if expected.endswith("%") else 1) * (100 if unit.currency else 1)
    return Fraction(str(expected)) * (100 if unit.currency else 1)
