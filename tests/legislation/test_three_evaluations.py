"""Arrays, one person and exact fractions give the same result, to the last digit, for 10,000 random careers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from careers import as_arrays, person
from himaya.law import evaluate, explain
from himaya.law.exact import Exact, exact
from himaya.legislation.morocco import system

PENSION = ["reason", "entitled", "pension_start", "insured_days", "declared_months", "reference_wage"]
PENSION += ["replacement_rate", "pension_at_award", "monthly_amount"]
EVERYTHING = [name for name in system.versions if system.shapes[name].axis is None]
LAW_DATES = [date(1999, 6, 30), date(2019, 12, 31), date(2024, 12, 31), date(2025, 5, 1), date(2026, 10, 31)]


@pytest.mark.parametrize("number", range(len(LAW_DATES)))
def test_arrays_agree_with_exact_fractions(number):
    compare(PENSION, number, persons=2_000)


def test_contributions_and_refunds_agree_with_exact_fractions():
    compare(EVERYTHING, 4, persons=150)


def compare(targets, number, *, persons):
    on = LAW_DATES[number]
    known = date(2022, 1, 1) if number % 2 else None
    rng = np.random.default_rng([2026, number])
    people = [person(rng) for _ in range(persons)]
    together = evaluate(system, targets, as_arrays(people), on=on, known=known)
    for i, one in enumerate(people):
        judged = exact(system, targets, one, on=on, known=known)
        for target in targets:
            result, judge = together[target], judged[target]
            assert isinstance(judge, Exact)
            assert result.available[i] == (judge.value is not None), (i, target, one)
            assert result.exact.fraction(i if result.exact.num.ndim else 0) == judge.value, (i, target, one)
            if judge.value is not None:
                assert set(result.unverified_because(i)) == judge.doubts, (i, target, one)


def test_one_person_agrees_with_arrays():
    rng = np.random.default_rng(7)
    persons = [person(rng) for _ in range(40)]
    together = evaluate(system, EVERYTHING, as_arrays(persons), on=LAW_DATES[-1])
    for i, one in enumerate(persons):
        for target in ("monthly_amount", "reason", "refund"):
            node = explain(system, target, one, on=LAW_DATES[-1])
            assert node.value == together[target].exact.fraction(i)
            if node.value is not None:
                assert node.unverified_because == together[target].unverified_because(i)
