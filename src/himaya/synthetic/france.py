"""Invented persons of France, for reforms to be run on: a row a person, columns as the inputs of the law.

Counted are the men and women by age (United Nations, 2025). All else is made up to be plausible, and calibrated to
nothing: when a person begins to work, pay about a share of the ceiling of social security, years without pay,
children, complementary pensions. Nobody has a career in another scheme. What a reform does to whom can be seen with
them; what it costs cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from himaya.legislation import france
from himaya.synthetic import demography

if TYPE_CHECKING:
    from numpy.typing import NDArray

YOUNGEST, OLDEST = 50, 69
"""Ages in completed years on the day that the source counts."""
COUNTED = np.datetime64("2025-07-01", "D")
LAST_AGE = 67
"""Nobody works in a year after that of this birthday."""
_SEED = 2026
_SPREAD = (5**0.5 - 1) / 2
"""Multiples of the golden ratio fill an interval evenly, wherever one stops."""
_LEVEL = np.log([0.6, 0.48])
"""Median pay of men and women as a share of the ceiling."""
_GAPS = np.array([0.14, 0.24])
"""Most years without pay, as a share of all."""
_CHILDREN = (0.15, 0.2, 0.38, 0.2, 0.07)
_COMPLEMENTARY = 0.2
"""Complementary pension as a share of pay."""


def persons(first: int, size: int, last_year: int) -> pa.Table:
    """Persons ``first`` to ``first + size`` of a sample without end, their careers up to a year.

    The same arguments give the same persons; amounts are whole euros.
    """
    rng = np.random.Generator(np.random.Philox(key=[_SEED, first]))
    weights = demography.population_by_age("france_population_2025.csv")[:, YOUNGEST : OLDEST + 1]
    at = np.searchsorted(
        np.cumsum(weights.ravel()) / weights.sum(), ((first + np.arange(size) + 0.5) * _SPREAD) % 1
    )
    sex, age = np.divmod(at, weights.shape[1])
    days = ((age + YOUNGEST + rng.random(size)) * 365.2425).astype(np.int64)
    born = COUNTED - days
    birth_year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    begun = birth_year + rng.integers(16, 26, size)
    level = np.exp(_LEVEL[sex] + 0.5 * rng.standard_normal(size))
    columns, offsets = _careers(rng, sex, level, begun, np.minimum(birth_year + LAST_AGE, last_year))
    lists = {
        name: pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values))
        for name, values in columns.items()
    }
    ceiling = _ceilings(np.array([last_year]))[0]
    return pa.table(
        {
            "birth_date": pa.array(born.astype(np.int32)).view(pa.date32()),
            **lists,
            "woman": sex == 1,
            "children": rng.choice(len(_CHILDREN), size, p=_CHILDREN),
            "other_pensions": (level * ceiling * _COMPLEMENTARY / 12).astype(np.int64),
            "sex": np.array(["M", "F"])[sex].tolist(),
        }
    )


def _careers(
    rng: np.random.Generator,
    sex: NDArray[np.int64],
    level: NDArray[np.float64],
    begun: NDArray[np.int64],
    ended: NDArray[np.int64],
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
    """Columns by year of all persons, one after the other, and where each begins."""
    span = ended - begun + 1
    offsets = np.concatenate([[0], np.cumsum(span)])
    owner = np.repeat(np.arange(span.size), span)
    nth = np.arange(owner.size) - offsets[owner]
    year = begun[owner] + nth
    unpaid = rng.random(year.size) < (_GAPS[sex] * rng.random(sex.size))[owner]
    rise = 0.7 + 0.02 * np.minimum(nth, 25)
    pay = level[owner] * rise * _ceilings(year) * rng.uniform(0.85, 1.15, year.size)
    columns = {
        "years": year,
        "wages": np.where(unpaid, 0, pay).astype(np.int64),
        "assimilated_quarters": np.where(unpaid & (rng.random(year.size) < 0.5), 4, 0),
        "other_schemes_quarters": np.zeros(year.size, np.int64),
    }
    return columns, offsets


def _ceilings(years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Annual ceiling of social security, in euros; after the last that is known that one."""
    known = [
        (each.since.year, each.value)
        for each in france.system.groups["salary"].parameters["ceiling"].values
        if each.value is not None
    ]
    since, values = (np.array(column, np.float64) for column in zip(*known, strict=True))
    found: NDArray[np.float64] = values[np.searchsorted(since, years, side="right") - 1] / 100
    return found
