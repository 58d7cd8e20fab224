"""Careers by month: when people are declared, by whom, for how many days and for which wage.

The model is one of spells. A person is never declared, or briefly, or on and off, or steadily; spells of
work and gaps between them have exponential lengths. The figures below are the model's own: no source gives
them. They were set so that the register's share of declared persons, and the declared months of a career,
have the orders of magnitude of the CNSS.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from himaya.kernel import kernel
from himaya.synthetic.model import Careers, Floats, Ints, People
from himaya.synthetic.random import Stream, exponential, normal, place, shuffled, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.synthetic.population import Population

_KIND = int(Stream.KIND)
_CAREER = int(Stream.CAREER)
_MONTH = int(Stream.MONTH)
_SEAT = int(Stream.SEAT)

NEVER, BRIEF, ON_AND_OFF, STEADY = range(4)

# Share of persons of at most each kind; men, women.
_KINDS = np.array([[0.20, 0.45, 0.75, 1.0], [0.50, 0.74, 0.90, 1.0]])
# Mean months of a spell of work and of a gap, by kind.
_SPELL = np.array([0.0, 7.0, 26.0, 110.0])
_GAP = np.array([0.0, 55.0, 20.0, 4.0])
# Chance that a month inside a spell is a full one, by kind.
_FULL = np.array([0.0, 0.60, 0.82, 0.95])

PENSION_AGE_MONTHS = 720
"""The legal age, 60 years, in months."""

UNSETTLED_MONTHS = 6
"""Nobody of pension age stops work in the last so many months: it could not be told yet."""

_LEAVE = 0.012
_MEDIAN_WAGE = 4_300_00.0
_LOWEST_WAGE = 1_900_00.0
_WAGE_GROWTH = 0.032
_ROWS_PER_PERSON = 830


def careers(population: Population, people: People) -> Careers:
    """The careers of people, each a function of the population and the person's index alone.

    Everything declared from the calendar's first month to its last; rows of a month before the e-BDS window
    have days.
    """
    months = population.calendar.last_month - population.calendar.first_month + 1
    wage_index = (1 + _WAGE_GROWTH) ** ((np.arange(months) - months + 1) / 12)
    return Careers(
        *_careers(
            people.first, people.sex, people.birth_month, people.death_month,
            population.persons, population.seed, population.calendar.first_month,
            population.calendar.last_month, population.calendar.window, population.employers,
            population.seat_ends, wage_index,
        )
    )  # fmt: skip


@kernel
def _spell_end(
    start: int,
    kind: int,
    u: float,
    person_of_age: bool,
    death_month: int,
    exit_month: int,
    last: int,
) -> int:
    """Last month of a spell; months beyond the horizon mean that it goes on."""
    end = min(start + int(exponential(u) * _SPELL[kind]), exit_month)
    if person_of_age and death_month < 0 and last - UNSETTLED_MONTHS < end < last:
        return last + 1
    return end


@kernel
def _exit_month(seed: int, person: int, birth_month: int, death_month: int) -> int:
    """The month after which a person never works again."""
    u, v = uniforms(seed, _CAREER, person, 1)
    sixty = birth_month + PENSION_AGE_MONTHS
    if u < 0.16:
        leaving = sixty - 1 - int(v * 108)
    elif u < 0.86:
        leaving = sixty
    else:
        leaving = sixty + 1 + int(v * 48)
    return leaving if death_month < 0 else min(leaving, death_month)


@kernel
def _days_of_month(seed: int, person: int, month: int, kind: int, edge: bool) -> tuple[int, float]:
    """Declared days, 1 to 26, and the month's luck in pay (a factor around 1)."""
    u, v = uniforms(seed, _MONTH, person, month)
    luck = 0.97 + 0.06 * v
    full = _FULL[kind] if not edge else 0.35
    if u < full:
        return 26, luck
    return 1 + int((u - full) / (1.0 - full) * 25), luck


@kernel
def _careers(
    first: int,
    sex: Ints,
    birth_month: Ints,
    death_month: Ints,
    persons: int,
    seed: int,
    first_month: int,
    last_month: int,
    window: int,
    employers: Ints,
    seat_ends: Floats,
    wage_index: Floats,
) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32], NDArray[np.int8], NDArray[np.int32], NDArray[np.int8]]:
    n = len(sex)
    offsets = np.zeros(n + 1, np.int64)
    room = n * _ROWS_PER_PERSON
    month = np.empty(room, np.int32)
    employer = np.empty(room, np.int32)
    days = np.empty(room, np.int8)
    wage = np.empty(room, np.int32)
    situation = np.empty(room, np.int8)
    row = 0
    for i in range(n):
        person = first + i
        share = place(seed, _KIND, person, persons)
        kind = 0
        while share >= _KINDS[sex[i], kind]:
            kind += 1
        if kind != NEVER:
            row = _career(
                person, kind, sex[i], birth_month[i], death_month[i], persons, seed, first_month, last_month,
                window, employers, seat_ends, wage_index, month, employer, days, wage, situation, row,
            )  # fmt: skip
        offsets[i + 1] = row
    return (
        offsets,
        month[:row].copy(),
        employer[:row].copy(),
        days[:row].copy(),
        wage[:row].copy(),
        situation[:row].copy(),
    )


@kernel
def _career(
    person: int,
    kind: int,
    sex: int,
    birth_month: int,
    death_month: int,
    persons: int,
    seed: int,
    first_month: int,
    last_month: int,
    window: int,
    employers: Ints,
    seat_ends: Floats,
    wage_index: Floats,
    month: NDArray[np.int32],
    employer: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int32],
    situation: NDArray[np.int8],
    row: int,
) -> int:
    """Write one career from ``row`` on; returns the row after it."""
    u, v = uniforms(seed, _CAREER, person, 0)
    level = _MEDIAN_WAGE * math.exp(0.55 * normal(u, v)) * (1.0 if sex == 0 else 0.87)
    of_age = birth_month + PENSION_AGE_MONTHS <= last_month
    exit_month = _exit_month(seed, person, birth_month, death_month)
    u, v = uniforms(seed, _CAREER, person, 2)
    entry = birth_month + 12 * 18 + 6 + int(u * (96 if kind == STEADY else 150))
    # Who could have begun long before the records do is met at a random point of a spell or a gap.
    start = (
        entry
        if entry >= first_month
        else first_month + int(exponential(v) * _GAP[kind] * (0.3 if kind == STEADY else 0.7))
    )
    job = 0
    while start <= last_month and start <= exit_month:
        u, v = uniforms(seed, _CAREER, person, 10 + 3 * job)
        end = _spell_end(start, kind, u, of_age, death_month, exit_month, last_month)
        seat = (shuffled(seed, _SEAT + 2 * job, person, persons) + v) / persons
        here = employers[np.searchsorted(seat_ends, seat, side="right")]
        u, v = uniforms(seed, _CAREER, person, 11 + 3 * job)
        beside = here
        if v < 0.035:
            seat = (shuffled(seed, _SEAT + 2 * job + 1, person, persons) + u) / persons
            beside = employers[np.searchsorted(seat_ends, seat, side="right")]
        told = u < 0.7 or end == death_month
        for m in range(start, min(end, last_month) + 1):
            d, luck = _days_of_month(seed, person, m, kind, m in (start, end))
            state = 0
            if m == end and told:
                state = 2 if m == death_month else 1
            elif m >= window - 1 and m not in (start, end) and not of_age and here == beside:
                a, b = uniforms(seed, _MONTH, person, -1 - m)
                if a < _LEAVE:
                    d, state = 0, 5 + int(b * 4)
            growth = wage_index[m - first_month] * (1.0 + 0.012 * (m - entry) / 12)
            pay = max(level * growth, _LOWEST_WAGE * wage_index[m - first_month]) * luck * d / 26
            parts = 2 if here != beside else 1
            # Two employers share a month: each has at least one of its days.
            d = max(d, parts) if d > 0 else 0
            for part in range(parts):
                mine = d if parts == 1 else (d + 1) // 2 if part == 0 else d // 2
                month[row] = m
                employer[row] = here if part == 0 else beside
                days[row] = mine
                wage[row] = int(pay * mine / max(d, 1) + 0.5)
                situation[row] = state
                row += 1
        u, v = uniforms(seed, _CAREER, person, 12 + 3 * job)
        gap = 0 if u < 0.35 and kind == STEADY else 2 + int(exponential(v) * _GAP[kind])
        if not told and window <= end + 1 <= last_month:
            row, gap = (
                _departure(end + 1, here, beside, death_month, month, employer, days, wage, situation, row),
                max(gap, 2),
            )
        level *= 0.96 + 0.14 * v
        start = end + 1 + gap
        job += 1
    return row


@kernel
def _departure(
    m: int,
    here: int,
    beside: int,
    death_month: int,
    month: NDArray[np.int32],
    employer: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int32],
    situation: NDArray[np.int8],
    row: int,
) -> int:
    """Write the rows that tell a departure a month late; returns the row after them."""
    for part in range(1 if here == beside else 2):
        month[row] = m
        employer[row] = here if part == 0 else beside
        days[row] = 0
        wage[row] = 0
        situation[row] = 2 if m == death_month else 1
        row += 1
    return row
