"""The population as a reform sees it: amounts by both laws, and what is told of each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from himaya.law import Ragged
from himaya.law.pair import evaluate_pair
from himaya.reform.model import MONTHS, YearCost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.law import Evaluation, System


@dataclass(frozen=True, eq=False)
class People:
    """Persons to apply both laws to.

    Parameters
    ----------
    inputs
        Of the law, as for :func:`~himaya.law.evaluate`.
    keys
        What each person is called by later: an ``int64`` key or a position. Shape ``(persons,)``.
    counted
        Who counts: the living, the registered. Shape ``(persons,)``.
    birth_date
        Days since 1970-01-01. Shape ``(persons,)``.
    sex, place
        Words, empty where unknown. Shape ``(persons,)``.
    """

    inputs: Mapping[str, Any]
    keys: NDArray[np.int64]
    counted: NDArray[np.bool_]
    birth_date: NDArray[np.int64]
    sex: NDArray[Any]
    place: NDArray[Any]


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
    branches: Mapping[str, str],
    days: Sequence[date],
    *,
    part: int = 0,
    known: date | None = None,
) -> Part:
    """Evaluate both laws on each day; the persons themselves are kept of the first day.

    Parameters
    ----------
    branches
        Branch of law to the monthly amount that it pays.
    """
    costs: list[YearCost] = []
    first: tuple[Evaluation, Evaluation] | None = None
    for day in days:
        both = evaluate_pair(
            *laws, list(branches.values()), people.inputs, on=day, known=known, keys=people.keys
        )
        first = first or both
        for branch, target in branches.items():
            old, new = (_amounts(each, target, people) for each in both)
            costs.append(
                YearCost(
                    day,
                    branch,
                    int(old.sum()) * MONTHS,
                    int(new.sum()) * MONTHS,
                    int((old > 0).sum()),
                    int((new > 0).sum()),
                )
            )
    assert first is not None
    before, after = (sum(_amounts(each, target, people) for target in branches.values()) for each in first)
    has = np.flatnonzero((np.asarray(before) > 0) | (np.asarray(after) > 0))
    on = np.datetime64(days[0], "D")
    amounts = Amounts(
        people.keys[has],
        has,
        np.full(has.size, part, np.int64),
        np.asarray(before)[has],
        np.asarray(after)[has],
        ages(people.birth_date[has], on),
        people.sex[has],
        people.place[has],
    )
    return Part(int(people.counted.sum()), tuple(costs), amounts, _doubts(first, branches, people))


def _amounts(evaluation: Evaluation, target: str, people: People) -> NDArray[np.int64]:
    return np.where(people.counted, np.maximum(evaluation[target].rounded(), 0), 0)


def _doubts(both: Sequence[Evaluation], branches: Mapping[str, str], people: People) -> dict[str, int]:
    """Unverified rules and parameters with the number of persons whose amount, by either law, rests on them."""
    found: dict[str, NDArray[np.bool_]] = {}
    for evaluation in both:
        for target in branches.values():
            result = evaluation[target]
            for bit, name in enumerate(result.sources):
                rests = (result.doubts >> np.uint64(bit) & np.uint64(1)).astype(np.bool_) & people.counted
                if rests.any():
                    found[name] = found.get(name, False) | rests
    return {name: int(rests.sum()) for name, rests in sorted(found.items())}


def ages(birth_date: NDArray[np.int64], on: np.datetime64) -> NDArray[np.int64]:
    """Full years on a day."""
    born = birth_date.astype("datetime64[D]")
    months = (on.astype("datetime64[M]") - born.astype("datetime64[M]")).astype(np.int64)
    later = (on - on.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) < (
        born - born.astype("datetime64[M]").astype("datetime64[D]")
    ).astype(np.int64)
    whole: NDArray[np.int64] = (months - later) // MONTHS
    return whole


def person_at(inputs: Mapping[str, Any], index: int) -> dict[str, Any]:
    """One person's inputs, as :func:`~himaya.law.explain` takes them."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if isinstance(value, Ragged):
            own = value.values[int(value.offsets[index]) : int(value.offsets[index + 1])]
            found[name] = own.tolist()
        elif np.ndim(value) == 1:
            found[name] = None if np.ma.getmaskarray(value)[index] else np.ma.getdata(value)[index].item()
        else:
            found[name] = value
    return found
