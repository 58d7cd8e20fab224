"""The population of a synthetic fund: persons and employers by quotas, each made alone from its index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from himaya.kernel import kernel
from himaya.sentence import said
from himaya.synthetic import demography
from himaya.synthetic.model import Calendar, Floats, Ints, People, SyntheticError
from himaya.synthetic.numbers import MOST_PERSONS, affiliation_number, insured_number
from himaya.synthetic.random import Stream, place, shuffled, uniforms

DECLARED_SHARE = 0.2263
"""Share of the register's persons declared in a month: what the model of careers gives (a test holds it)."""

_STRATUM = int(Stream.STRATUM)
_BIRTH = int(Stream.BIRTH)
_MILIEU = int(Stream.MILIEU)
_HOUSEHOLD = int(Stream.HOUSEHOLD)
_FAMILY = int(Stream.FAMILY)

# Employers' sizes are lognormal: half of the firms have at most so many employees.
_MEDIAN_FIRM = 3.5


@dataclass(frozen=True)
class Population:
    """All that a person or an employer is made from; small, and the same in every worker.

    Use :func:`population` to make one.
    """

    persons: int
    seed: int
    calendar: Calendar
    strata: demography.Strata
    stratum_ends: Ints
    """Shape (cells,): a person at place ``p`` belongs to the first cell whose end is above ``p``."""
    employers: Ints
    """Affiliation numbers, shape (employers,)."""
    seat_ends: Floats
    """Shape (employers,): cumulated share of the seats, from the smallest employer to the largest."""

    def people(self, first: int = 0, last: int | None = None) -> People:
        """The persons ``first … last - 1``, all by default."""
        last = self.persons if last is None else last
        table = _people(
            first, last, self.persons, self.seed, self.calendar.law_month, self.stratum_ends, self.strata.sex,
            self.strata.age, self.strata.years_dead, demography.urban_share(),
            demography.household_quantiles(),
        )  # fmt: skip
        return People(first, *table)


def population(persons: int, seed: int = 1, calendar: Calendar | None = None) -> Population:
    """The population of so many insured persons.

    Raises
    ------
    SyntheticError
        Where there are fewer than 200 persons or more than there are insured numbers.
    """
    if not 200 <= persons <= MOST_PERSONS:
        raise SyntheticError(
            said("a synthetic fund of {persons} persons cannot be made", persons=persons),
            why=said(
                "quotas need at least 200 persons, and there are {most} insured numbers", most=MOST_PERSONS
            ),
            mend="Ask for a number between the two.",
        )
    strata = demography.strata()
    firms = max(12, round(persons * DECLARED_SHARE / demography.employees_per_firm()))
    return Population(
        persons,
        seed,
        calendar or Calendar(),
        strata,
        np.cumsum(demography.quotas(strata.weight, persons)),
        np.array([affiliation_number(seed, index) for index in range(firms)], dtype=np.int64),
        _seat_ends(firms),
    )


def _seat_ends(firms: int) -> Floats:
    sigma = np.sqrt(2 * np.log(demography.employees_per_firm() / _MEDIAN_FIRM))
    sizes = np.exp(sigma * _normal_quantiles((np.arange(firms) + 0.5) / firms))
    ends = np.cumsum(sizes / sizes.sum())
    ends[-1] = 1.0
    return np.asarray(ends, dtype=np.float64)


def _normal_quantiles(p: Floats) -> Floats:
    """Quantiles of the standard normal by bisection on its distribution function (exact enough for sizes)."""
    from math import erf

    low, high = np.full_like(p, -8.0), np.full_like(p, 8.0)
    distribution = np.vectorize(lambda x: 0.5 * (1 + erf(x / 2**0.5)), otypes=[np.float64])
    for _ in range(30):
        middle = (low + high) / 2
        below = distribution(middle) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


@kernel
def _people(
    first: int,
    last: int,
    persons: int,
    seed: int,
    law_month: int,
    stratum_ends: Ints,
    sex_of: Ints,
    age_of: Ints,
    years_dead_of: Ints,
    urban_share: float,
    household_quantiles: Floats,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    n = last - first
    number = np.empty(n, np.int64)
    sex = np.empty(n, np.int64)
    birth_month = np.empty(n, np.int64)
    birth_day = np.empty(n, np.int64)
    death_month = np.full(n, -1, np.int64)
    death_day = np.zeros(n, np.int64)
    urban = np.empty(n, np.int64)
    household = np.empty(n, np.int64)
    married = np.empty(n, np.int64)
    for i in range(n):
        person = first + i
        number[i] = insured_number(seed, person)
        cell = np.searchsorted(stratum_ends, shuffled(seed, _STRATUM, person, persons), side="right")
        sex[i] = sex_of[cell]
        u, v = uniforms(seed, _BIRTH, person, 0)
        # Nobody is born on the first of a month: no right turns on whether a day counts from its beginning.
        birth_day[i] = 2 + int(27 * v)
        if years_dead_of[cell] == 0:
            until = law_month - 1
        else:
            a, b = uniforms(seed, _BIRTH, person, 1)
            until = law_month - 12 * years_dead_of[cell] + int(12 * a)
            death_month[i] = until
            death_day[i] = 1 + int(28 * b)
        birth_month[i] = until - 12 * age_of[cell] - int(12 * u)
        if death_month[i] >= 0 and (until - birth_month[i]) % 12 == 0 and death_day[i] < birth_day[i]:
            # The birthday of the stratum's age falls into the month of death: it must have been reached.
            death_day[i] = birth_day[i]
        urban[i] = 1 if place(seed, _MILIEU, person, persons) < urban_share else 0
        quantiles = household_quantiles[urban[i]]
        household[i] = 1 + np.searchsorted(quantiles, place(seed, _HOUSEHOLD, person, persons), side="right")
        years = (until - birth_month[i]) // 12
        # Without a source by age: from 18 to 33 the share of the married grows to nine in ten.
        chance = min(0.9, 0.06 * (years - 18))
        married[i] = 1 if household[i] > 1 and uniforms(seed, _FAMILY, person, 0)[0] < chance else 0
    return number, sex, birth_month, birth_day, death_month, death_day, urban, household, married
