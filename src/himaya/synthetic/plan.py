"""What is planted among people who are otherwise clean: who, where, and what a chain should find.

Everybody has at most one part. Whatever touches the career of a person touches one who is too young for a
pension, so that each list finds its own kind and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from himaya.kernel import kernel
from himaya.synthetic import ebds
from himaya.synthetic.numbers import insured_number
from himaya.synthetic.pension import ENTITLED, REFORM, TOO_FEW_DAYS, TOO_YOUNG
from himaya.synthetic.random import Stream, bits
from himaya.synthetic.survey import Survey, declared_rows

if TYPE_CHECKING:
    from himaya.synthetic.model import Ints
    from himaya.synthetic.population import Population

_PLANT = int(Stream.PLANT)
_DETAIL = int(Stream.PLANT_DETAIL)

_LEAST = 5
_SHARE_OF_PENSIONS = 0.01
_SHARE_OF_CAREERS = 0.002
_YOUNG_MONTHS = 50 * 12

Mask = NDArray[np.bool_]


@dataclass
class Plan:
    """Everything planted; built once, read by all who write files."""

    truth: list[dict[str, Any]] = field(default_factory=list)
    """Rows of the table ``planted``."""
    taken: set[int] = field(default_factory=set)
    """Indexes of persons who have a part."""
    unpaid: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """Indexes of entitled persons who are not paid."""
    paid: list[tuple[int, int, int]] = field(default_factory=list)
    """Pensions without grounds: insured number, month of effect, amount."""
    amounts: dict[int, int] = field(default_factory=dict)
    """Wrong amounts by person's index."""
    rows: Ints = field(default_factory=lambda: np.empty((0, 5), np.int64))
    """Rows added to careers: person's index, month, employer's number, days, wage; sorted by person."""
    twins: dict[int, int] = field(default_factory=dict)
    """Person's index who is a second registration, to the index of whom."""

    def add(self, kind: str, note: str, person: int | None = None, **facts: Any) -> None:
        """Note one planted thing; ``person`` is taken."""
        if person is not None:
            self.taken.add(person)
        self.truth.append({"kind": kind, "note": note, **facts})


def plan(population: Population, known: Survey) -> Plan:
    """Choose who gets which part."""
    made = Plan()
    _pensions(population, known, made)
    _careers(population, known, made)
    _twins(population, known, made)
    return made


def young(population: Population, known: Survey) -> Mask:
    """Who is under 50 and alive: far from every list about pensions."""
    people = known.people
    return (people.birth_month > population.calendar.law_month - _YOUNG_MONTHS) & (people.death_month < 0)


def chosen(
    population: Population, made: Plan, eligible: Mask, share: float, kind: int, least: int = _LEAST
) -> Ints:
    """Indexes of a share of the eligible who have no part yet, in an order of the seed's."""
    free = eligible.copy()
    free[np.fromiter(made.taken, np.int64, len(made.taken))] = False
    indexes = np.flatnonzero(free)
    wanted = min(max(least, round(share * len(indexes))), len(indexes))
    return indexes[np.argsort(lots(population.seed, indexes, kind), kind="stable")][:wanted]


@kernel
def lots(seed: int, indexes: Ints, kind: int) -> NDArray[np.uint64]:
    """One random number for each index: an order that depends on the seed and the kind alone."""
    out = np.empty(len(indexes), np.uint64)
    for k in range(len(indexes)):
        out[k] = bits(seed, _PLANT, indexes[k], kind)[0]
    return out


def draw(population: Population, index: int, below: int, counter: int = 0) -> int:
    """A whole number below ``below`` for a planted thing."""
    return int(bits(population.seed, _DETAIL, int(index), counter)[0]) % below


def _pensions(population: Population, known: Survey, made: Plan) -> None:
    says, people = known.pensions, known.people
    alive, law_month = people.death_month < 0, population.calendar.law_month
    number = people.number

    unpaid = []
    for kind, (status, note) in enumerate(((ENTITLED, "full career"), (REFORM, "short career"))):
        eligible = alive & (says.status == status) & (says.amount > 0)
        for i in chosen(population, made, eligible, _SHARE_OF_PENSIONS, kind):
            unpaid.append(i)
            made.add("take-up", note, i, insured_number=number[i], expected_amount=says.awarded[i])
    made.unpaid = np.array(unpaid, np.int64)

    eligible = ~alive & (says.amount > 0)
    for i in chosen(population, made, eligible, 2 * _SHARE_OF_PENSIONS, 2):
        made.paid.append((int(number[i]), int(says.start[i]), int(says.amount[i])))
        made.add("paid-after-death", "", i, insured_number=number[i], paid_amount=says.amount[i])

    few = alive & (says.status == TOO_FEW_DAYS) & (known.last_month >= 0) & (says.start < law_month)
    early = alive & (says.status == TOO_YOUNG) & (known.last_month >= 0) & (known.last_month < law_month - 24)
    for kind, (eligible, note) in enumerate(((few, "too few days"), (early, "too young"))):
        for i in chosen(population, made, eligible, _SHARE_OF_CAREERS, 3 + kind):
            start = max(int(says.start[i]) if kind == 0 else int(known.last_month[i]) + 1, law_month - 240)
            amount = 100_000 + draw(population, i, 150_000)
            made.paid.append((int(number[i]), start, amount))
            made.add("paid-without-grounds", note, i, insured_number=number[i], paid_amount=amount)
    for k in range(max(_LEAST, population.persons // 20_000)):
        # Numbers of nobody: their places in the permutation lie beyond the register's persons.
        stranger, amount = (
            insured_number(population.seed, population.persons + k),
            100_000 + draw(population, k, 150_000, 1),
        )
        made.paid.append((stranger, law_month - 12 - k, amount))
        made.add(
            "paid-without-grounds", "unknown to the register", insured_number=stranger, paid_amount=amount
        )

    eligible = alive & (says.amount > 0)
    for k, i in enumerate(chosen(population, made, eligible, _SHARE_OF_PENSIONS, 5, 2 * _LEAST)):
        due, off = int(says.amount[i]), 1_500 + draw(population, i, 40_000)
        paid = due + off if k % 2 == 0 else due - min(off, due // 2)
        made.amounts[int(i)] = paid
        made.add(
            "wrong-amount", "too high" if paid > due else "too low", i,
            insured_number=number[i], expected_amount=due, paid_amount=paid,
        )  # fmt: skip


def _careers(population: Population, known: Survey, made: Plan) -> None:
    employers, number = population.employers, known.people.number
    place_of = {int(employer): place for place, employer in enumerate(employers)}
    rows: list[tuple[int, int, int, int, int]] = []
    eligible = young(population, known) & (known.full_month >= 0)
    for kind, name in enumerate(("overlapping-full-time", "days-over-26")):
        for i in chosen(population, made, eligible, _SHARE_OF_CAREERS, 10 + kind):
            month, here = int(known.full_month[i]), place_of[int(known.full_employer[i])]
            other = int(employers[(here + 1 + draw(population, i, len(employers) - 1)) % len(employers)])
            days = 26 if kind == 0 else 1 + draw(population, i, 25, 1)
            rows.append((int(i), month, other, days, int(known.full_wage[i]) * days // 26))
            made.add(name, "", i, insured_number=number[i], employer=other, month=month)
    dead = known.people.death_month
    before_window = population.calendar.window - 1
    eligible = (dead >= 0) & (known.last_month == dead) & (dead + 1 < before_window)
    for i in chosen(population, made, eligible, 0.02, 12):
        for month in range(int(dead[i]) + 1, min(int(dead[i]) + 2 + draw(population, i, 3), before_window)):
            rows.append((int(i), month, int(known.last_employer[i]), 26, int(known.last_wage[i])))
            made.add(
                "declared-after-death", "", i,
                insured_number=number[i], employer=int(known.last_employer[i]), month=month,
            )  # fmt: skip
    made.rows = np.array(sorted(rows), np.int64).reshape(-1, 5)


def _twins(population: Population, known: Survey, made: Plan) -> None:
    people = known.people
    eligible = young(population, known) & (known.last_month >= 0)
    found = chosen(population, made, eligible, 2 * _SHARE_OF_CAREERS, 20, 2 * _LEAST)
    # Neighbours in age: the second registration's career stays possible under the first one's birth date.
    found = found[np.lexsort([people.birth_month[found], people.sex[found]])]
    for first, second in zip(found[::2], found[1::2], strict=False):
        if people.sex[first] == people.sex[second]:
            made.twins[int(second)] = int(first)
            for one, other in ((first, second), (second, first)):
                made.add(
                    "duplicate-person", f"also registered as {people.number[other]}", int(one),
                    insured_number=people.number[one],
                )  # fmt: skip


def planted_rows(population: Population, known: Survey, made: Plan) -> Ints:
    """The planted rows that fall into the e-BDS window, as e-BDS rows that tell of a departure."""
    owner, month, employer, days, wage = made.rows[made.rows[:, 1] >= population.calendar.window - 1].T
    return declared_rows(
        population, known.people, owner - known.people.first, month, employer, days, wage,
        np.full(len(owner), ebds.SO),
    )  # fmt: skip
