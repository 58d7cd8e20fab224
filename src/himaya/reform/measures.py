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
TENTHS = tuple(f"{nth:02}" for nth in range(1, 11))
GAINED, LOST = "gained", "lost"
"""Names of the groups with an amount by the reform alone, and by the baseline alone."""
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


def both(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Who has an amount by both laws: the one population of Gini, tenths and low amounts.

    Somebody whose right begins or ends with the reform has no amount on one side that could be ranked: these are
    told of apart.
    """
    return (before > 0) & (after > 0)


def inequality(before: NDArray[np.int64], after: NDArray[np.int64]) -> Inequality:
    """Gini by both laws, among those with an amount by both."""
    stay = both(before, after)
    return Inequality(gini(before[stay]), gini(after[stay]))


def poverty(before: NDArray[np.int64], after: NDArray[np.int64], share: float = POVERTY_SHARE) -> Poverty:
    """Low amounts by both laws among those with an amount by both, below a share of their median by the baseline."""
    stay = both(before, after)
    if not stay.any():
        return Poverty(0, share, 0.0, 0.0, 0.0, 0.0)
    line = round(share * float(np.median(before[stay])))
    missing = [np.maximum(line - amounts[stay], 0) / max(line, 1) for amounts in (before, after)]
    counts, gaps = ([float(each.mean()) for each in of] for of in ([each > 0 for each in missing], missing))
    return Poverty(line, share, *counts, *gaps)


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
    """Tenths of those with an amount by both laws, by that before, the lowest first; then those of one law alone.

    Of equal amounts the lower after comes first. ``gained`` have an amount by the reform alone, ``lost`` only without.
    """
    stay = np.flatnonzero(both(before, after))
    names = np.where(before == 0, GAINED, LOST)
    order = stay[np.lexsort((after[stay], before[stay]))]
    names[order] = np.array(TENTHS)[np.arange(order.size) * 10 // max(order.size, 1)]
    last = [GAINED, LOST]
    return grouped(names, before, after, lambda found: sorted(found, key=lambda n: (n in last, n)))


def spread_of_changes(before: NDArray[np.int64], after: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """Positions of persons who show what changes: from the greatest loss to the greatest gain, evenly spaced."""
    change = after - before
    moved = np.flatnonzero(change != 0)
    if moved.size == 0:
        return moved
    ranked = moved[np.lexsort((moved, change[moved]))]
    at = np.unique(np.linspace(0, ranked.size - 1, min(wanted, ranked.size)).round().astype(np.int64))
    return ranked[at]
