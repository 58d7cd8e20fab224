"""What must be known of all persons before anything is planted among them, one range at a time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic import ebds
from himaya.synthetic.careers import careers
from himaya.synthetic.demography import fertility_schedule
from himaya.synthetic.families import children_under
from himaya.synthetic.model import Careers, Floats, Ints, People
from himaya.synthetic.names import DECLARATION, cin, names, spellings
from himaya.synthetic.pension import Pensions, pensions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.synthetic.population import Population

PLANTED_MONTHS = 24
"""What is planted in careers lies in the last so many months."""


@dataclass(frozen=True)
class Survey:
    """Facts of a range of persons; arrays of shape (n,) unless said otherwise."""

    people: People
    pensions: Pensions
    first_month: Ints
    """First declared month, -1 without a career."""
    last_month: Ints
    last_employer: Ints
    last_wage: Ints
    full_month: Ints
    """A late month with 26 days at a single employer, -1 where there is none."""
    full_employer: Ints
    full_wage: Ints
    rows: Ints
    """Rows for the e-BDS files, shape (rows, :data:`ebds.COLUMNS`)."""
    owner: Ints
    """Person's index of each of these rows, shape (rows,)."""


def survey(population: Population, first: int, last: int) -> Survey:
    """The facts of persons ``first … last - 1``."""
    people = population.people(first, last)
    all_rows = careers(population, people)
    calendar = population.calendar
    ends = _ends(all_rows.offsets, all_rows.month, all_rows.employer, all_rows.days, all_rows.wage,
                 calendar.last_month - PLANTED_MONTHS)  # fmt: skip
    window = all_rows.month >= calendar.window - 1
    owner = all_rows.owner[window]
    rows = declared_rows(
        population, people, owner, all_rows.month[window], all_rows.employer[window], all_rows.days[window],
        all_rows.wage[window], all_rows.situation[window],
    )  # fmt: skip
    return Survey(people, pensions(people, all_rows, calendar), *ends, rows, people.first + owner)


def joined(parts: list[Survey]) -> Survey:
    """One survey of consecutive ranges."""
    columns = [field.name for field in fields(Survey) if field.name not in ("people", "pensions")]
    people = [
        np.concatenate([getattr(part.people, field.name) for part in parts]) for field in fields(People)[1:]
    ]
    return Survey(
        People(parts[0].people.first, *people),
        Pensions(
            *(np.concatenate(column) for column in zip(*(part.pensions for part in parts), strict=True))
        ),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in columns),
    )


def declared_rows(
    population: Population,
    people: People,
    owner: Ints,
    month: NDArray[np.integer],
    employer: NDArray[np.integer],
    days: NDArray[np.integer],
    wage: NDArray[np.integer],
    situation: NDArray[np.integer],
) -> Ints:
    """Rows as :mod:`himaya.synthetic.ebds` wants them; ``owner`` is the position among ``people``."""
    rows = np.zeros((len(owner), ebds.COLUMNS), np.int64)
    order = np.argsort(population.employers)
    rows[:, ebds.EMPLOYER] = order[np.searchsorted(population.employers[order], employer)]
    rows[:, ebds.MONTH] = month
    rows[:, ebds.NUMBER] = people.number[owner]
    rows[:, ebds.DAYS] = days
    rows[:, ebds.WAGE] = wage
    rows[:, ebds.SITUATION] = situation
    table = names()
    _name_rows(
        rows, owner, people.first, people.sex, people.birth_month, people.household, people.married,
        population.seed, table.lists, table.starts, len(table.cin_letters.lengths), fertility_schedule(),
    )  # fmt: skip
    return rows


@kernel
def _name_rows(
    rows: Ints, owner: Ints, first: int, sex: Ints, birth_month: Ints, household: Ints, married: Ints,
    seed: int, lists: Ints, starts: Ints, letters: int, schedule: Floats,
) -> None:  # fmt: skip
    """Fill in what a row says of the person: names as declarations spell them, CIN, children."""
    for k in range(len(owner)):
        i = owner[k]
        person = first + i
        surname, given = spellings(lists, starts, seed, person, sex[i], DECLARATION)
        rows[k, ebds.SURNAME], rows[k, ebds.GIVEN] = surname, given
        rows[k, ebds.CIN] = cin(seed, person, letters)
        for later in range(2):
            rows[k, ebds.CHILDREN + later] = children_under(
                seed,
                person,
                birth_month[i],
                sex[i],
                household[i],
                married[i],
                schedule,
                rows[k, ebds.MONTH] + later,
            )


@kernel
def _ends(
    offsets: Ints,
    month: NDArray[np.int32],
    employer: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int32],
    since: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    n = len(offsets) - 1
    out = np.full((7, n), -1, np.int64)
    for i in range(n):
        first, last = offsets[i], offsets[i + 1]
        for row in range(first, last):
            if days[row] == 0:
                continue
            if out[0, i] < 0:
                out[0, i] = month[row]
            out[1, i], out[2, i], out[3, i] = month[row], employer[row], wage[row]
            alone = (row == first or month[row - 1] < month[row]) and (
                row + 1 == last or month[row + 1] > month[row]
            )
            if alone and days[row] == 26 and month[row] > since:
                out[4, i], out[5, i], out[6, i] = month[row], employer[row], wage[row]
    return out[0], out[1], out[2], out[3], out[4], out[5], out[6]


def with_rows(careers_: Careers, owner: Ints, month: Ints, employer: Ints, days: Ints, wage: Ints) -> Careers:
    """The same careers with more rows, in the order of months; ``owner`` is a position among their people."""
    if len(owner) == 0:
        return careers_
    owners = np.concatenate([careers_.owner, owner])
    months = np.concatenate([careers_.month, month.astype(np.int32)])
    order = np.lexsort([months, owners])
    added = (employer, days, wage, np.ones_like(owner))
    columns: tuple[NDArray[np.signedinteger], ...] = (
        careers_.employer,
        careers_.days,
        careers_.wage,
        careers_.situation,
    )
    merged = (
        np.concatenate([column, more.astype(column.dtype)])[order]
        for column, more in zip(columns, added, strict=True)
    )
    counts = np.diff(careers_.offsets) + np.bincount(owner, minlength=len(careers_.offsets) - 1)
    return Careers(np.append(0, np.cumsum(counts)), months[order], *merged)
