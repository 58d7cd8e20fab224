"""Spouses and children: how many from the census's households, when born from the fertility schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic.demography import fertility_schedule
from himaya.synthetic.random import Stream, uniforms

if TYPE_CHECKING:
    from himaya.synthetic.model import Calendar, Floats, Ints, People

_FAMILY = int(Stream.FAMILY)
_CHILD = int(Stream.CHILD)

SPOUSE, CHILD = 0, 1

ALLOWANCE_AGE_MONTHS = 12 * 12
"""Children count for family allowances under 12 (decree 2.08.358); schooling and disability are left out."""

_DEPENDENT_MONTHS = 21 * 12
_MOST_CHILDREN = 10
# Fathers are older than mothers by so many months; the model's own figure.
_FATHERS_LATER = 60


class Links(NamedTuple):
    """Family links, one row each; every array has shape (links,)."""

    owner: Ints
    """Position of the insured person among the people asked for."""
    relation: Ints
    birth_month: Ints
    birth_day: Ints
    sex: Ints
    from_month: Ints
    from_day: Ints
    disabled: Ints


@kernel
def child_birth_month(
    seed: int, person: int, child: int, birth_month: int, sex: int, schedule: Floats
) -> int:
    """Month in which a child would be born, by the fertility schedule; maybe after the date of the law."""
    u, v = uniforms(seed, _CHILD, person, 2 * child)
    age = np.searchsorted(schedule, u, side="right") - 1
    return int(birth_month + (15 + age) * 12 + int(12 * v) + (0 if sex == 1 else _FATHERS_LATER))


@kernel
def children_under(
    seed: int,
    person: int,
    birth_month: int,
    sex: int,
    household: int,
    married: int,
    schedule: Floats,
    month: int,
) -> int:
    """Children under the age for family allowances in a month, at most six of them counted."""
    count = 0
    for child in range(children_of(household, married)):
        born = child_birth_month(seed, person, child, birth_month, sex, schedule)
        if born <= month < born + ALLOWANCE_AGE_MONTHS:
            count += 1
    return min(count, 6)


@kernel
def children_of(household: int, married: int) -> int:
    """Children of a life: a married person's household, less the couple."""
    return min(household - 2, _MOST_CHILDREN) if married else 0


def links(people: People, seed: int, calendar: Calendar) -> Links:
    """The spouses and the dependent children (under 21, or disabled) of people, at the history's month."""
    return Links(
        *_links(
            people.first, people.sex, people.birth_month, people.household, people.married,
            people.death_month, seed, calendar.window, fertility_schedule(),
        )
    )  # fmt: skip


@kernel
def _links(
    first: int,
    sex: Ints,
    birth_month: Ints,
    household: Ints,
    married: Ints,
    death_month: Ints,
    seed: int,
    month: int,
    schedule: Floats,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    room = len(sex) * (1 + _MOST_CHILDREN)
    owner = np.empty(room, np.int64)
    relation = np.empty(room, np.int64)
    born = np.empty(room, np.int64)
    born_day = np.empty(room, np.int64)
    link_sex = np.empty(room, np.int64)
    since = np.empty(room, np.int64)
    since_day = np.empty(room, np.int64)
    disabled = np.zeros(room, np.int64)
    row = 0
    for i in range(len(sex)):
        person = first + i
        if not married[i]:
            continue
        u, v = uniforms(seed, _FAMILY, person, 1)
        owner[row], relation[row], link_sex[row] = i, SPOUSE, 1 - sex[i]
        # Couples are of like age, men a few years older.
        born[row] = (
            birth_month[i] + (_FATHERS_LATER if sex[i] == 0 else -_FATHERS_LATER) + int((v - 0.5) * 72)
        )
        born_day[row] = 1 + int(28 * u)
        u, v = uniforms(seed, _FAMILY, person, 2)
        since[row] = max(birth_month[i], born[row]) + 18 * 12 + int(u * 96)
        until = month - 1 if death_month[i] < 0 else min(month - 1, death_month[i])
        since[row] = min(since[row], until)
        since_day[row] = 1 + int(28 * v)
        row += 1
        for child in range(children_of(household[i], married[i])):
            month_of_birth = child_birth_month(seed, person, child, birth_month[i], sex[i], schedule)
            u, v = uniforms(seed, _CHILD, person, 2 * child + 1)
            unable = 1 if u < 0.015 else 0
            if month_of_birth > until or (month - month_of_birth >= _DEPENDENT_MONTHS and not unable):
                continue
            owner[row], relation[row], disabled[row] = i, CHILD, unable
            born[row] = since[row] = month_of_birth
            born_day[row] = since_day[row] = 1 + int(28 * v)
            link_sex[row] = 1 if u * 1000 % 1 < 0.488 else 0
            row += 1
    return (
        owner[:row], relation[:row], born[:row], born_day[:row], link_sex[:row], since[:row], since_day[:row],
        disabled[:row],
    )  # fmt: skip
