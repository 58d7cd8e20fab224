"""Random Moroccan families, sicknesses, losses and households around every threshold of the law."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from himaya.law import Members, Ragged, System
from himaya.law.parameters import day_number
from himaya.law.rules import LAW_DATE
from himaya.law.units import DATE, DAYS, MONTH, MONTHS, Unit

Person = dict[str, Any]
BIRTHDAYS = (6, 12, 16, 18, 21, 26, 55, 60)


def of_age_about(rng: np.random.Generator, on: date, ages: tuple[int, ...] = BIRTHDAYS) -> int:
    """A birth date whose birthday of a limit falls on the date of law, a day before or after, or anywhere."""
    years = int(rng.choice(ages))
    day = day_number(date(on.year - years, on.month, min(on.day, 28))) + int(rng.integers(-1, 2))
    return day + (int(rng.integers(-900, 900)) if rng.random() < 0.5 else 0)


def flags(rng: np.random.Generator, size: int) -> list[bool | None]:
    """Flags, and some that nobody said."""
    return [None if rng.random() < 0.2 else bool(rng.random() < 0.4) for _ in range(size)]


def benefits(rng: np.random.Generator, career: Person, on: date) -> Person:
    """A person with a career, and everything that may happen to it."""
    children, spouses = int(rng.integers(0, 9)), int(rng.integers(0, 4))
    shift = day_number(on)
    near = lambda days: shift + int(rng.integers(-days, 30))  # noqa: E731 - five times below
    day = near(400)
    person = {
        **career,
        "child_birth_dates": [of_age_about(rng, on) for _ in range(children)],
        "orphan_birth_dates": [of_age_about(rng, on) for _ in range(children)],
        "spouse_remarried_on": [None if rng.random() < 0.6 else near(60) for _ in range(spouses)],
        "spouse_dependent": flags(rng, spouses),
        "invalid_from": near(400),
        "death_date": near(1_500),
        "stopped_on": day,
        "sick_until": day + int(rng.choice([2, 3, 4, 20, 400])),
        "delivered_on": None if rng.random() < 0.3 else day + int(rng.choice([10, 48, 49, 50])),
        "lost_on": near(100),
    }
    for kind in ("child", "orphan"):
        for name in ("apprentice", "student", "disabled"):
            person[f"{kind}_{name}"] = flags(rng, children)
    person["orphan_of_both"] = flags(rng, children)
    return person


def completed(system: System, person: Person, rng: np.random.Generator, on: date) -> Person:
    """The person with every other input of one value given at random, or left out where it may be."""
    for each in system.inputs.values():
        if each.name in person or each.name == LAW_DATE or each.axis or each.entity != "person":
            continue
        left_out = not each.needed and rng.random() < 0.3
        person[each.name] = None if left_out else some(each.unit, rng, on)
    return person


def some(unit: Unit, rng: np.random.Generator, on: date) -> int | bool:
    """A value of a unit."""
    if unit.kind == "flag":
        return bool(rng.random() < 0.6)
    if unit is DATE:
        return day_number(on - timedelta(days=int(rng.integers(0, 300))))
    if unit is MONTH:
        return on.year * 12 + on.month - 1 + int(rng.integers(0, 9))
    if unit in {DAYS, MONTHS}:
        return int(rng.choice([0, 2, 3, 5, 360]))
    return int(rng.choice([0, 49_999, 50_000, 333_333]))


def as_inputs(system: System, persons: list[Person]) -> dict[str, Any]:
    """The same persons as arrays, with masks where something is left out."""
    found: dict[str, Any] = {}
    for name in persons[0]:
        declared = system.inputs[name]
        kind = np.bool_ if declared.unit.kind == "flag" else np.int64
        rows = [p[name] if declared.axis else [p[name]] for p in persons]
        values = [v for row in rows for v in row]
        array = np.ma.array([v or 0 for v in values], kind, mask=[v is None for v in values])
        array = array.data if declared.needed else array
        found[name] = Ragged(array, np.cumsum([0, *map(len, rows)])) if declared.axis else array
    return found


def household_links(
    rng: np.random.Generator, persons: int, households: int
) -> dict[str, list[tuple[int, int]]]:
    """Who lives where, and who is registered under whom; some nowhere and under nobody."""
    return {
        "household": [(i, int(rng.integers(households))) for i in range(persons) if rng.random() < 0.9],
        "insured": [(i, int(rng.integers(persons))) for i in range(persons) if rng.random() < 0.5],
    }


def as_members(rows: list[tuple[int, int]]) -> Members:
    """A link that always stands."""
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return Members(pairs[:, 0], pairs[:, 1])
