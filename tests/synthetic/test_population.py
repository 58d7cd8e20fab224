"""People: made alone as in the crowd, in the figures' proportions, under numbers whose check digits hold."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himaya.contract import identifiers
from himaya.synthetic import demography
from himaya.synthetic.careers import careers
from himaya.synthetic.model import Careers, People, SyntheticError
from himaya.synthetic.population import DECLARED_SHARE, population


def test_a_person_made_alone_is_the_person_of_the_crowd(people):
    everybody = people.people()
    rows = careers(people, everybody)
    for one in (0, 1, 4_321, people.persons - 1):
        alone = people.people(one, one + 1)
        for field in fields(People)[1:]:
            assert getattr(alone, field.name)[0] == getattr(everybody, field.name)[one]
        mine, cut = careers(people, alone), slice(rows.offsets[one], rows.offsets[one + 1])
        for field in fields(Careers)[1:]:
            assert np.array_equal(getattr(mine, field.name), getattr(rows, field.name)[cut])


def test_another_seed_makes_other_people(people):
    assert not np.array_equal(people.people(0, 50).number, population(people.persons, 8).people(0, 50).number)


@pytest.mark.parametrize("persons", [0, 199, 10_000_000])
def test_too_few_or_too_many_persons_are_refused(persons):
    with pytest.raises(SyntheticError, match="cannot be made"):
        population(persons)


def test_numbers_are_unique_and_pass_the_contracts_own_check(people):
    numbers = people.people().number
    assert len(set(numbers.tolist())) == people.persons
    assert all(identifiers.insured_number_checks(n) for n in numbers[:2000].tolist())
    assert all(identifiers.employer_number_checks(n) for n in people.employers.tolist())


def test_strata_have_the_sums_of_the_source():
    by_age = demography.population_by_age()
    groups = [row for row in demography.rows("population_2025.csv") if row["age"] != "100+"]
    for sex, column in enumerate(("male", "female")):
        assert np.allclose(by_age[sex].reshape(-1, 5).sum(axis=1), [float(row[column]) for row in groups])
    assert (by_age > 0).all()


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=60), st.integers(0, 10_000))
def test_quotas_sum_to_the_total_and_any_run_of_them_is_met(weights, total):
    weights = np.array(weights)
    whole = demography.quotas(weights, total)
    assert whole.sum() == total
    running = np.cumsum(whole) - np.cumsum(weights) / weights.sum() * total
    assert np.abs(running).max() <= 0.5 + 1e-6
    assert (whole >= 0).all()


def test_ages_at_death_and_on_the_date_of_the_law_are_those_of_the_strata(people):
    everybody, law = people.people(), people.calendar.law_month
    until = np.where(everybody.death_month < 0, law, everybody.death_month)
    day = np.where(everybody.death_month < 0, 1, everybody.death_day)
    months = until - everybody.birth_month - (day < everybody.birth_day)
    reached = np.bincount(months // 12, minlength=100)
    strata = demography.strata()
    wanted = np.bincount(strata.age, demography.quotas(strata.weight, people.persons), minlength=100)
    assert np.array_equal(reached, wanted)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 11_000))
def test_careers_are_possible(people, first):
    some = people.people(first, first + 50)
    rows = careers(people, some)
    calendar, owner = people.calendar, rows.owner
    assert ((rows.month >= calendar.first_month) & (rows.month <= calendar.last_month)).all()
    assert ((rows.days >= 0) & (rows.days <= 26)).all()
    assert (rows.month - some.birth_month[owner] >= 18 * 12).all()
    # Only a departure told late comes after a death.
    late = (some.death_month[owner] >= 0) & (rows.month > some.death_month[owner])
    assert not late[rows.days > 0].any()
    assert ((rows.wage > 0) == (rows.days > 0)).all()
    months, sums = np.unique(owner * 100_000 + rows.month, return_inverse=True)
    assert np.bincount(sums, weights=rows.days, minlength=len(months)).max(initial=0) <= 26
    same = np.unique(np.stack([owner, rows.month, rows.employer], 1), axis=0)
    assert len(same) == len(rows)
    assert (rows.days[rows.month < calendar.window - 1] > 0).all()


def test_orders_of_magnitude(people):
    rows = careers(people, people.people())
    declared = (rows.month == people.calendar.last_month) & (rows.days > 0)
    assert len(np.unique(rows.owner[declared])) / people.persons == pytest.approx(DECLARED_SHARE, rel=0.05)
    assert 55 < len(rows) / people.persons < 75
