"""Random Moroccan careers around every threshold of the law, for one person and as arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from himaya.law import Ragged
from himaya.law.parameters import day_number
from himaya.months import month_of

Person = dict[str, Any]


def person(rng: np.random.Generator) -> Person:
    """One person; lengths and dates are drawn near the thresholds, where mistakes would show."""
    size = int(
        rng.choice(
            [
                0,
                1,
                2,
                rng.integers(48, 60),
                rng.integers(90, 110),
                rng.integers(120, 130),
                rng.integers(200, 300),
            ]
        )
    )
    last = int(rng.integers(month_of(date(1990, 1, 1)), month_of(date(2026, 12, 1))))
    span = size + int(rng.integers(0, 60))
    months = (
        np.sort(rng.choice(np.arange(last - span, last + 1), size=size, replace=False))
        if size
        else np.array([], int)
    )
    days = rng.integers(0, 27, size) if rng.random() < 0.3 else np.full(size, 26)
    pay = int(rng.choice([40_000, 150_000, 210_000, 500_000, 590_000, 900_000]))
    wages = rng.integers(pay // 2, pay * 3 // 2, size)
    birth = last - 60 * 12 + int(rng.integers(-120, 60))
    start = last + 1 + int(rng.integers(-3, 12))
    return {
        "birth_date": day_number(date(birth // 12, birth % 12 + 1, int(rng.integers(1, 29)))),
        "months": months.tolist(),
        "days": days.tolist(),
        "wages": wages.tolist(),
        "work_ceased": bool(rng.random() < 0.9),
        "underground_miner": bool(rng.random() < 0.1),
        "claim_month": start if rng.random() < 0.4 else None,
        "awarded_from": start if rng.random() < 0.4 else None,
    }


def as_arrays(persons: list[Person]) -> dict[str, Any]:
    """The same persons as one bucket."""
    offsets = np.cumsum([0, *(len(p["months"]) for p in persons)]).astype(np.int64)
    found: dict[str, Any] = {}
    for name in ("months", "days", "wages"):
        found[name] = Ragged(np.array([v for p in persons for v in p[name]], np.int64), offsets)
    for name in ("birth_date", "work_ceased", "underground_miner"):
        found[name] = np.array([p[name] for p in persons])
    for name in ("claim_month", "awarded_from"):
        given = [p[name] for p in persons]
        found[name] = np.ma.array([v or 0 for v in given], mask=[v is None for v in given])
    return found
