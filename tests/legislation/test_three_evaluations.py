"""Arrays, one person and exact fractions give the same result, to the last digit, for 10,000 random careers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from benefits import as_inputs, as_members, benefits, completed, household_links

from careers import as_arrays, person
from himaya.law import Rule, evaluate, explain
from himaya.law.exact import Exact, exact, exact_population
from himaya.legislation.morocco import (
    amo,
    contributions,
    death_grant,
    direct_aid,
    early_retirement,
    family,
    invalidity,
    job_loss,
    maternity,
    old_age,
    sickness,
    survivors,
    system,
)

PENSION = ["reason", "entitled", "pension_start", "insured_days", "declared_months", "reference_wage"]
PENSION += ["replacement_rate", "pension_at_award", "monthly_amount"]
EVERYTHING = [
    each.name
    for module in (contributions, old_age, early_retirement)
    for each in vars(module).values()
    if isinstance(each, Rule) and each.function.__module__ == module.__name__
    if system.shapes[each.name].axis is None
]
BENEFITS = {
    module.__name__.rpartition(".")[2]: [
        each.name
        for each in vars(module).values()
        if isinstance(each, Rule) and each.function.__module__ == module.__name__
    ]
    for module in (family, survivors, invalidity, death_grant, sickness, maternity, job_loss)
}
TOGETHER = [
    name
    for name, rules in system.versions.items()
    if rules[0].function.__module__ in {amo.__name__, direct_aid.__name__}
]
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


@pytest.mark.parametrize("branch", BENEFITS)
@pytest.mark.parametrize("number", range(len(LAW_DATES)))
def test_benefits_agree_with_exact_fractions_and_with_one_person(branch, number):
    on, targets = LAW_DATES[number], BENEFITS[branch]
    rng = np.random.default_rng([2027, number])
    people = [completed(system, benefits(rng, person(rng), on), rng, on) for _ in range(60)]
    together = evaluate(system, targets, as_inputs(system, people), on=on)
    for i, one in enumerate(people):
        judged = exact(system, targets, one, on=on)
        for target in targets:
            result, judge = together[target], judged[target]
            if isinstance(judge, Exact):
                assert result.exact.fraction(i) == judge.value, (i, target, one)
                if judge.value is not None:
                    assert set(result.unverified_because(i)) == judge.doubts, (i, target, one)
            else:
                first, last = result.offsets[i : i + 2]
                values = [result.exact.fraction(j) for j in range(first, last)]
                assert values == [each.value for each in judge.elements.values()], (i, target, one)
        if i < 5:
            node = explain(system, targets[-1], one, on=on)
            assert node.value == together[targets[-1]].exact.fraction(i)


@pytest.mark.parametrize("number", range(30))
def test_households_and_insured_families_agree_with_exact_fractions(number):
    on = [date(2022, 11, 30), date(2023, 12, 1), date(2024, 9, 1), date(2026, 10, 31)][number % 4]
    rng = np.random.default_rng([2028, number])
    size, homes = int(rng.integers(1, 9)), int(rng.integers(1, 4))
    people = [completed(system, benefits(rng, person(rng), on), rng, on) for _ in range(size)]
    scores = [None if rng.random() < 0.1 else int(rng.choice(SCORES)) for _ in range(homes)]
    links = household_links(rng, size, homes)
    given = as_inputs(system, people) | {name: as_members(rows) for name, rows in links.items()}
    given["social_score"] = np.ma.array([s or 0 for s in scores], mask=[s is None for s in scores])
    together = evaluate(system, TOGETHER, given, on=on)
    columns = {name: [p[name] for p in people] for name in people[0]} | {"social_score": scores}
    always = {name: [(*row, None, None) for row in rows] for name, rows in links.items()}
    sizes = {"person": size, "household": homes}
    judged = exact_population(system, TOGETHER, columns, always, sizes, on=on)
    for target in TOGETHER:
        for i, judge in enumerate(judged[target].values):
            assert together[target].exact.fraction(i) == judge.value, (i, target)
            if judge.value is not None:
                assert set(together[target].unverified_because(i)) == judge.doubts, (i, target)


SCORES = [0, 93_264_284, 93_264_285, 95_124_369, 95_124_370, 97_430_010, 97_430_011, 110_130_681]


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
