"""The population as a reform sees it: amounts by both laws, and what is told of each person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.reform.model import MONTHS, YearCost
from himaya.reform.payment import Paid, People, monthly, paid_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import System
    from himaya.legislation.branches import Branch
    from himaya.reform.plan import Plan, Year


@dataclass(frozen=True, eq=False)
class Amounts:
    """Of the persons with an amount by either law on the first day: monthly amounts and who they are."""

    keys: NDArray[np.int64]
    position: NDArray[np.int64]
    """Position among the people that they were found in."""
    part: NDArray[np.int64]
    """Which people: the bucket or batch."""
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    age: NDArray[np.int64]
    sex: NDArray[Any]
    place: NDArray[Any]

    @classmethod
    def joined(cls, parts: Sequence[Amounts]) -> Amounts:
        """All of them, in order."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__annotations__))


@dataclass(frozen=True)
class Part:
    """What one bucket or batch brings."""

    persons: int
    costs: tuple[YearCost, ...]
    amounts: Amounts
    unverified: Mapping[str, int]


def apply_both(
    people: People,
    laws: tuple[System, System],
    planned: Plan,
    *,
    part: int = 0,
    known: date | None = None,
) -> Part:
    """Evaluate both laws in each year; the persons themselves are kept of the year that is shown."""
    costs: list[YearCost] = []
    told: dict[str, Paid] = {}
    for year in planned.years:
        paid: dict[str, Paid] = {}
        for name, branch in planned.branches.items():
            found = paid_by(branch, people, laws, year, planned.since, known)
            if found is not None:
                paid[name] = found
        for name, branch in planned.branches.items():
            first, other = paid.get(name), branch.instead_of
            if first is not None and other in paid:
                paid[other] = paid[other].where((first.before == 0, first.after == 0))
        costs += [_cost(name, each, planned.branches[name], laws[1], year) for name, each in paid.items()]
        if year is planned.shown:
            told = paid
    return Part(
        int(people.counted.sum()),
        tuple(costs),
        _amounts(people, told, planned, laws[1], part),
        _doubts(told.values()),
    )


def _cost(name: str, paid: Paid, branch: Branch, law: System, year: Year) -> YearCost:
    before, after = int(paid.before.sum()), int(paid.after.sum())
    by_month = monthly(law, branch)
    if by_month:
        before, after = before * MONTHS, before * (MONTHS - year.months) + after * year.months
    had, has = (int((each > 0).sum()) for each in (paid.before, paid.after))
    once = branch.event is not None and not by_month
    return YearCost(year.day, name, before, after, had, has, year.months, once, branch.revenue)


def _amounts(people: People, told: Mapping[str, Paid], planned: Plan, law: System, part: int) -> Amounts:
    """Monthly amounts of the persons who are paid one; of what is paid once a twelfth."""
    size = people.keys.size
    before, after = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for name, each in told.items():
        if planned.branches[name].revenue:
            continue
        share = 1 if monthly(law, planned.branches[name]) else MONTHS
        before += (each.before + share // 2) // share
        after += (each.after + share // 2) // share
    has = np.flatnonzero((before > 0) | (after > 0))
    return Amounts(
        people.keys[has],
        has,
        np.full(has.size, part, np.int64),
        before[has],
        after[has],
        ages(people.birth_date[has], np.datetime64(planned.shown.day, "D")),
        people.sex[has],
        people.place[has],
    )


def _doubts(told: Iterable[Paid]) -> dict[str, int]:
    """Unverified rules and parameters with the number of persons whose amount, by either law, rests on them."""
    found: dict[str, NDArray[np.bool_]] = {}
    for paid in told:
        for name, rests in paid.doubts.items():
            found[name] = found.get(name, False) | rests
    return {name: int(rests.sum()) for name, rests in sorted(found.items()) if rests.any()}


def ages(birth_date: NDArray[np.int64], on: np.datetime64) -> NDArray[np.int64]:
    """Full years on a day."""
    born = birth_date.astype("datetime64[D]")
    months = (on.astype("datetime64[M]") - born.astype("datetime64[M]")).astype(np.int64)
    later = (on - on.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) < (
        born - born.astype("datetime64[M]").astype("datetime64[D]")
    ).astype(np.int64)
    whole: NDArray[np.int64] = (months - later) // MONTHS
    return whole
