"""Measures of a distribution of amounts, on whole centimes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.reform.model import Group, Inequality, Poverty

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

POVERTY_SHARE = 0.6
"""Share of the median below which an amount is called low: the convention of Eurostat's at-risk-of-poverty rate."""
AGES = (0, 55, 60, 65, 70, 75, 80, 85)
"""First ages of the groups by age."""
PLACES = 12
"""Places that are shown by name; the others are one group."""


def gini(amounts: NDArray[np.int64]) -> float:
    """Gini coefficient of positive amounts, 0 for fewer than two. Shape ``(persons,)``."""
    if amounts.size < 2:
        return 0.0
    ranked = np.sort(amounts).astype(np.float64)
    n = ranked.size
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float((weights * ranked).sum() / (n * ranked.sum()))


def inequality(before: NDArray[np.int64], after: NDArray[np.int64]) -> Inequality:
    """Gini by both laws, each among those with an amount by it."""
    return Inequality(gini(before[before > 0]), gini(after[after > 0]))


def poverty(before: NDArray[np.int64], after: NDArray[np.int64], share: float = POVERTY_SHARE) -> Poverty:
    """Low amounts by both laws, below one line: a share of the median by the baseline (of those who have one)."""
    paid = before[before > 0] if (before > 0).any() else after
    line = round(share * float(np.median(paid))) if paid.size else 0
    found: list[float] = []
    for amounts in (before, after):
        missing = np.maximum(line - amounts, 0) / line if line else np.zeros(amounts.size)
        found += [float((missing > 0).mean()), float(missing.mean())] if amounts.size else [0.0, 0.0]
    return Poverty(line, share, found[0], found[2], found[1], found[3])


def grouped(
    names: NDArray[Any],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    order: Callable[[list[str]], list[str]] = sorted,
) -> tuple[Group, ...]:
    """Groups of persons by name, in an order."""
    groups = []
    for name in order([str(each) for each in np.unique(names)]):
        of = names == name
        old, new = before[of], after[of]
        groups.append(
            Group(
                name,
                int(of.sum()),
                int((new > old).sum()),
                int((new < old).sum()),
                int(old.sum()),
                int(new.sum()),
            )
        )
    return tuple(groups)


def by_age(ages: NDArray[np.int64], before: NDArray[np.int64], after: NDArray[np.int64]) -> tuple[Group, ...]:
    """Groups by age."""
    edges = np.array(AGES)
    names = [f"{low}-{high - 1}" for low, high in pairwise(AGES)] + [f"{AGES[-1]}+"]
    group = np.searchsorted(edges, ages, side="right") - 1
    return grouped(np.array(names)[group], before, after, lambda found: [n for n in names if n in found])


def by_place(places: NDArray[Any], before: NDArray[np.int64], after: NDArray[np.int64]) -> tuple[Group, ...]:
    """Groups by place, the largest first; small ones together as ``other``, unknown ones as ``unknown``."""
    names, counts = np.unique(places[places != ""], return_counts=True)
    shown = [str(name) for name in names[np.argsort(-counts, kind="stable")][:PLACES]]
    named = np.where(np.isin(places, shown), places, np.where(places == "", "unknown", "other"))
    last = [*shown, "other", "unknown"]
    return grouped(named, before, after, lambda found: [n for n in last if n in found])


def by_tenth(before: NDArray[np.int64], after: NDArray[np.int64]) -> tuple[Group, ...]:
    """Tenths of the persons by their amount before, the lowest first; of equal ones the lower after comes first."""
    if before.size == 0:
        return ()
    order = np.lexsort((after, before))
    tenth = np.empty(before.size, np.int64)
    tenth[order] = np.arange(before.size) * 10 // before.size + 1
    return grouped(
        np.char.zfill(tenth.astype(np.str_), 2), before, after, lambda found: sorted(found, key=int)
    )


def spread_of_changes(before: NDArray[np.int64], after: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """Positions of persons who show what changes: from the greatest loss to the greatest gain, evenly spaced."""
    change = after - before
    moved = np.flatnonzero(change != 0)
    if moved.size == 0:
        return moved
    ranked = moved[np.lexsort((moved, change[moved]))]
    at = np.unique(np.linspace(0, ranked.size - 1, min(wanted, ranked.size)).round().astype(np.int64))
    return ranked[at]
