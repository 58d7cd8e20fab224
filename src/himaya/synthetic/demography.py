"""Figures of the United Nations and of the census as strata and schedules; sources stand in the data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from himaya.synthetic.model import Floats, Ints

YOUNGEST, OLDEST = 18, 99
"""Ages of insured persons in completed years."""

YEARS_OF_DEATHS = 5
"""The register still holds those who died in the last so many years."""

_LARGEST_HOUSEHOLD = 12


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a file of the data folder; lines that begin with ``#`` tell the source."""
    path = resources.files("himaya.synthetic") / "data" / name
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


@cache
def figures(name: str) -> dict[str, float]:
    """The figures of a file with columns ``figure,value``."""
    return {row["figure"]: float(row["value"]) for row in rows(name)}


@dataclass(frozen=True)
class Strata:
    """Cells of sex, age and year of death with their weights; every array has shape (cells,)."""

    sex: Ints
    age: Ints
    """Completed years, at the date of the law or at death."""
    years_dead: Ints
    """0 alive; ``y``: died in the ``y``-th year before the date of the law."""
    weight: Floats
    """Thousands of people."""


@cache
def population_by_age(name: str = "population_2025.csv") -> Floats:
    """Inhabitants by sex (men, women) and single year of age, shape (2, 100), thousands.

    Groups of five years are split by a monotone cubic through their cumulated numbers, so that the groups'
    sums stay those of the source.
    """
    table = [row for row in rows(name) if row["age"] != "100+"]
    groups = np.array([[float(row["male"]) for row in table], [float(row["female"]) for row in table]])
    return np.stack([np.diff(_monotone(np.append(0.0, np.cumsum(group)), 5)) for group in groups])


def _monotone(values: Floats, parts: int) -> Floats:
    """Interpolate ``values`` at ``parts`` points a step by a monotone cubic (Fritsch and Carlson, 1980)."""
    steps = np.diff(values)
    slopes = np.concatenate([steps[:1], 2 / (1 / steps[1:] + 1 / steps[:-1]), steps[-1:]])
    t = np.arange(parts) / parts
    h1, h2 = t * t * (3 - 2 * t), t * (1 - t) ** 2
    inside = (
        values[:-1, None]
        + steps[:, None] * h1
        + slopes[:-1, None] * h2
        - slopes[1:, None] * (t * t * (1 - t))
    )
    return np.append(inside.ravel(), values[-1])


@cache
def mortality_by_age() -> Floats:
    """Death rates by sex and single year of age, shape (2, 100), deaths per person-year."""
    table = rows("mortality_2020_2025.csv")
    starts = np.array([int(row["age"]) for row in table])
    which = np.searchsorted(starts, np.arange(100), side="right") - 1
    rates = np.array([[float(row["male"]) for row in table], [float(row["female"]) for row in table]])
    return np.asarray(rates[:, which], dtype=np.float64)


@cache
def strata() -> Strata:
    """The living by sex and age, and for each of the last years the dead by sex and age at death."""
    ages = np.arange(YOUNGEST, OLDEST + 1)
    living = population_by_age()[:, ages]
    dying = living * mortality_by_age()[:, ages]
    years = np.arange(YEARS_OF_DEATHS + 1)
    # Neighbours are what is added up: the living by age, then the dead by age and, within an age, by year.
    cells = [(sex, age, 0, living[sex, age - YOUNGEST]) for sex in (0, 1) for age in ages]
    cells += [
        (sex, age, year, dying[sex, age - YOUNGEST]) for sex in (0, 1) for age in ages for year in years[1:]
    ]
    sexes, ages_, dead, weights = zip(*cells, strict=True)
    return Strata(
        np.array(sexes, np.int64), np.array(ages_, np.int64), np.array(dead, np.int64), np.array(weights)
    )


def quotas(weights: Floats, total: int) -> Ints:
    """Whole numbers in proportion to ``weights`` that sum to ``total``, shape kept.

    The running sum is what is rounded, so that not only each cell but each run of neighbouring cells is met to less
    than one.
    """
    ends = np.rint(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    return np.asarray(np.diff(ends, prepend=0), dtype=np.int64)


@cache
def fertility_schedule() -> Floats:
    """Share of births before each age of the mother from 15 to 50, shape (36,), from 0 to 1."""
    shares = np.array([float(row["percent"]) for row in rows("fertility_2020_2025.csv")])
    return _monotone(np.append(0.0, np.cumsum(shares / shares.sum())), 5)


@cache
def household_quantiles() -> Floats:
    """Share of households of at most 1, 2, … persons, rural then urban, shape (2, 12).

    The census gives the means; the form is a Poisson of the others than the head.
    """
    census = figures("census_2024.csv")
    means = [census["household_size_rural"] - 1, census["household_size_urban"] - 1]
    tables = []
    for mean in means:
        terms = np.cumprod(np.append(np.exp(-mean), mean / np.arange(1, _LARGEST_HOUSEHOLD)))
        tables.append(np.cumsum(terms / terms.sum()))
    return np.stack(tables)


def urban_share() -> float:
    """Share of inhabitants who live in towns, census of 2024."""
    census = figures("census_2024.csv")
    return census["population_urban"] / census["population"]


def employees_per_firm() -> float:
    """Mean number of declared employees of a firm."""
    cnss = figures("cnss.csv")
    return cnss["employees"] / cnss["firms"]
