"""How near a synthetic fund comes to the figures that it is made from."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from himaya.synthetic import demography, ebds

if TYPE_CHECKING:
    from himaya.synthetic.model import Floats
    from himaya.synthetic.population import Population
    from himaya.synthetic.survey import Survey


class Margin(TypedDict):
    """One category of one margin."""

    margin: str
    category: str
    target: float
    reached: float
    error: float
    """Relative, ``reached / target - 1``."""


def calibration(population: Population, known: Survey) -> list[Margin]:
    """The table of margins: source's figure, fund's figure, relative error."""
    table: list[Margin] = []
    people = known.people
    alive = people.death_month < 0
    living = demography.population_by_age()[:, demography.YOUNGEST :]
    until = np.where(alive, population.calendar.law_month - 1, people.death_month)
    age = (until - people.birth_month) // 12
    for sex, word in enumerate(("men", "women")):
        reached = np.bincount(age[alive & (people.sex == sex)], minlength=100)[demography.YOUNGEST :]
        _margin(
            table,
            f"living {word} by age, share",
            _by_age(living[sex]),
            _by_age(reached.astype(np.float64)),
            living.sum(),
            alive.sum(),
        )
    deaths = living * demography.mortality_by_age()[:, demography.YOUNGEST :]
    dead = ~alive
    for sex, word in enumerate(("men", "women")):
        reached = np.bincount(age[dead & (people.sex == sex)], minlength=100)[demography.YOUNGEST :]
        _margin(
            table,
            f"dead {word} by age, share",
            _by_age(deaths[sex]),
            _by_age(reached.astype(np.float64)),
            deaths.sum(),
            dead.sum(),
        )
    census = demography.figures("census_2024.csv")
    _add(table, "inhabitants of towns", "share", demography.urban_share(), float(people.urban.mean()))
    for urban, word in enumerate(("rural", "urban")):
        size = float(people.household[people.urban == urban].mean())
        _add(table, "persons a household", word, census[f"household_size_{word}"], size)
    everywhere = census["population"] / census["households"]
    _add(table, "persons a household", "all", everywhere, float(people.household.mean()))
    last = known.rows[
        (known.rows[:, ebds.MONTH] == population.calendar.last_month) & (known.rows[:, ebds.DAYS] > 0)
    ]
    firms = len(population.employers)
    _add(table, "declared employees a firm", "last month", demography.employees_per_firm(), len(last) / firms)
    return table


def _by_age(values: Floats) -> dict[str, float]:
    """Sums by groups of ages as the source has them; the first one begins at the youngest insured age."""
    bounds = [demography.YOUNGEST, *range(20, 90, 5), 100]
    return {
        f"{low}-{high - 1}": float(values[low - bounds[0] : high - bounds[0]].sum())
        for low, high in itertools.pairwise(bounds)
    }


def _margin(
    table: list[Margin],
    name: str,
    target: dict[str, float],
    reached: dict[str, float],
    of: float,
    out_of: float,
) -> None:
    for category, wanted in target.items():
        _add(table, name, category, wanted / of, reached[category] / out_of)


def _add(table: list[Margin], margin: str, category: str, target: float, reached: float) -> None:
    error = float(reached / target - 1)
    table.append(
        Margin(margin=margin, category=category, target=float(target), reached=float(reached), error=error)
    )
