"""Random French careers around every threshold of the law, for one person and as arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from himaya.law import Ragged
from himaya.law.parameters import day_number
from himaya.months import month_of

Person = dict[str, Any]
YEARLY = ("years", "wages", "assimilated_quarters", "other_schemes_quarters")


def person(rng: np.random.Generator) -> Person:
    """One person, born on or about the bounds of cohorts, pensioned about the ages of the law."""
    year, month = int(rng.integers(1926, 1972)), int(rng.choice([1, 1, 4, 7, 9, 12]))
    born = date(year, month, 1) if rng.random() < 0.5 else date(year, month, int(rng.integers(2, 29)))
    award = min(
        month_of(born) + 12 * int(rng.integers(58, 69)) + int(rng.integers(0, 12)),
        month_of(date(2026, 12, 1)),
    )
    size = int(rng.choice([0, 1, 5, rng.integers(8, 26), rng.integers(26, 48), rng.integers(38, 48)]))
    last = award // 12 - int(rng.choice([0, 0, 1, 3]))
    span = np.arange(max(1946, last - size - int(rng.integers(0, 3)) + 1), last + 1)
    years = np.sort(rng.choice(span, size=min(size, span.size), replace=False)).tolist()
    level = float(rng.choice([0.02, 0.2, 0.5, 1.0, 1.6]))
    wages = [_wage(rng, level, each) for each in years]
    some = rng.random() < 0.4
    return {
        "birth_date": day_number(born),
        "years": years,
        "wages": wages,
        "assimilated_quarters": [int(rng.choice([0, 0, 0, 1, 4])) if some else 0 for _ in years],
        "other_schemes_quarters": [int(rng.choice([0, 0, 2, 4])) if some else 0 for _ in years],
        "award_from": award if rng.random() < 0.9 else None,
        "deemed_contributed_quarters": int(rng.choice([0, 0, 4, 12])),
        "woman": bool(rng.random() < 0.5),
        "children": int(rng.integers(0, 5)),
        "unfit": bool(rng.random() < 0.1),
        "other_pensions": int(rng.choice([0, 20_000, 90_000])),
        "died": day_number(date(award // 12, award % 12 + 1, 1)) + int(rng.integers(-900, 2000))
        if rng.random() < 0.1
        else None,
        "spouse_died": day_number(date(1985, 1, 1)) + int(rng.integers(0, 14_500)),
        "survivor_from": int(rng.integers(month_of(date(1984, 1, 1)), month_of(date(2027, 1, 1)))),
        "deceased_pension": int(rng.integers(0, 200_000)),
        "deceased_surcote": int(rng.integers(0, 9_000)),
        "deceased_quarters": int(rng.integers(0, 100)),
        "survivor_earnings": int(rng.choice([0, 50_000, 120_000])),
        "survivor_income": int(rng.choice([0, 50_000])),
        "couple": bool(rng.random() < 0.3),
        "married_on": day_number(date(1980, 1, 1)) + int(rng.integers(0, 9_000))
        if rng.random() < 0.8
        else None,
        "child_of_marriage": bool(rng.random() < 0.3),
        "survivor_own_pensions": int(rng.choice([0, 30_000, 70_000, 120_000])),
        "survivor_pensions": int(rng.choice([0, 20_000, 60_000, 95_000])),
        "own_basic_pension": bool(rng.random() < 0.5),
        "dependent_children": int(rng.choice([0, 0, 2])),
    }


def _wage(rng: np.random.Generator, level: float, year: int) -> int:
    """A wage about a share of the ceiling of the time, in centimes; some are nothing, or a few hours' pay."""
    ceiling = 4_806_000 * 0.94 ** (2026 - year)
    share = level * rng.uniform(0.5, 1.5)
    return int(rng.choice([0, 30, share * ceiling, share * ceiling, share * ceiling]))


def as_arrays(persons: list[Person]) -> dict[str, Any]:
    """The same persons as one bucket."""
    offsets = np.cumsum([0, *(len(p["years"]) for p in persons)]).astype(np.int64)
    found: dict[str, Any] = {}
    for name in persons[0]:
        given = [p[name] for p in persons]
        if name in YEARLY:
            found[name] = Ragged(np.array([v for each in given for v in each], np.int64), offsets)
        elif isinstance(given[0], bool):
            found[name] = np.array(given)
        else:
            found[name] = np.ma.array(
                [v or 0 for v in given], dtype=np.int64, mask=[v is None for v in given]
            )
    return found
