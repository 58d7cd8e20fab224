"""Employers: names, activities, cities, dates of affiliation, each made from the employer's index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from himaya.synthetic.demography import rows
from himaya.synthetic.random import Stream, uniforms

if TYPE_CHECKING:
    from himaya.synthetic.population import Population

_FORMS = ("SARL", "SA", "SARL AU", "SNC", "ET FILS")
_STREETS = ("RUE", "AVENUE", "BOULEVARD", "LOTISSEMENT", "QUARTIER INDUSTRIEL")


@dataclass(frozen=True)
class Employer:
    """One affiliated employer."""

    number: int
    name: str
    """Upper case, ASCII."""
    activity: str
    """In French, with its accents."""
    activity_word: str
    address: str
    city: str
    affiliated: tuple[int, int, int]
    """Year, month, day; before the fund's first declared month."""


@cache
def _lists() -> tuple[list[str], list[tuple[str, str]], list[str]]:
    return (
        [row["latin"].split("|")[0] for row in rows("surnames.csv")],
        [(row["activity"], row["word"]) for row in rows("activities.csv")],
        [row["city"] for row in rows("cities.csv")],
    )


def employer(population: Population, index: int) -> Employer:
    """The employer at ``index``; sizes grow with the index."""
    surnames, activities, cities = _lists()
    draws = [
        u for counter in range(4) for u in uniforms(population.seed, int(Stream.EMPLOYER), index, counter)
    ]
    surname = surnames[int(draws[0] * len(surnames))]
    activity, word = activities[int(draws[1] * len(activities))]
    form = _FORMS[int(draws[2] * len(_FORMS))]
    street = _STREETS[int(draws[5] * len(_STREETS))]
    first_year = population.calendar.first_month // 12
    return Employer(
        number=int(population.employers[index]),
        name=f"STE {surname} {word} {form}"[:40].strip(),
        activity=activity,
        activity_word=word,
        address=f"{1 + int(draws[4] * 250)} {street} {surnames[int(draws[6] * len(surnames))]}",
        city=cities[int(draws[3] ** 2 * len(cities))],
        affiliated=(first_year - 1 - int(draws[7] * 30), 1 + int(draws[6] * 12), 1 + int(draws[5] * 28)),
    )
