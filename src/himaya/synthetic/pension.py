"""The CNSS old-age pension, written a second time, plainly, from the description of the law alone.

The synthetic fund pays what this module computes; the chain under test pays what :mod:`himaya.legislation`
computes. Neither knows the other, so an error in one of them shows as differences that nobody planted.

The rules (dahir 1-72-184 of 27 July 1972 as described by the CNSS; amounts in centimes):

* Age 60, work ceased. The pension starts on the first of the month after the later of the 60th birthday and
  the last
  declared month.
* Insured days: declared days of all employers together, at most 26 a month.
* With 3,240 days: 50 % of the reference wage, one point more for each full 216 days beyond, at most 70 %.
  Not less than the minimum of the day, when it starts and later: 500 MAD a month, 600 from June 2008, 1,000 from
  July 2011.
* Reference wage: one ninety-sixth of the capped wages of the 96 declared months before the last one.
* Ceiling: 5,000 MAD from February 1993, 6,000 from April 2002, on the month's wages of all employers
  together.
* With 1,320 to 3,239 days and retirement (the later of the month of the 60th birthday and the last declared
  month)
  from January 2023 (law 02.24; decree 2.25.265): the minimum of the bracket of days.
* Revaluations: 100 MAD from 1 July 2001; 4 % from 1 January 2006; 5 % of what is then paid, at least 100 and at most
  210 MAD, from 1 January 2020; each for pensions that had started before.
* Every amount is rounded to the centime, a half upwards.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from himaya.kernel import kernel
from himaya.months import month_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from himaya.synthetic.model import Calendar, Careers, Ints, People

ENTITLED, REFORM, TOO_YOUNG, TOO_FEW_DAYS, WORKING = range(5)
"""What the law says of a person; the first two have a pension."""

_AGE_MONTHS = 60 * 12
_DAYS_A_MONTH = 26
_FULL_DAYS = 3_240
_DAYS_A_POINT = 216
_LEAST_DAYS = 1_320
_MONTHS_OF_REFERENCE = 96
_MINIMUM_OF_1996, _MINIMUM_OF_2008, _MINIMUM_OF_2011 = 500_00, 600_00, 1_000_00
_JUNE_2008 = month_of(date(2008, 6, 1))
_JULY_2011 = month_of(date(2011, 7, 1))
_CEILING_FROM_1993, _CEILING_FROM_2002 = 5_000_00, 6_000_00
_APRIL_2002 = month_of(date(2002, 4, 1))
_REFORM_RETIREMENTS = month_of(date(2023, 1, 1))
_JULY_2001 = month_of(date(2001, 7, 1))
_JANUARY_2006 = month_of(date(2006, 1, 1))
_JANUARY_2020 = month_of(date(2020, 1, 1))
# First day of each bracket of the reform and its amount.
_BRACKETS = np.array(
    [[1_320, 600_00], [1_705, 700_00], [2_089, 800_00], [2_473, 900_00], [2_857, 1_000_00]], dtype=np.int64
)
# Who was declared in one of the last so many months counts as working.
_OBSERVED_MONTHS = 3


@kernel
def minimum_in(month: int) -> int:
    """The minimum pension of a month; centimes."""
    if month >= _JULY_2011:
        return _MINIMUM_OF_2011
    return _MINIMUM_OF_2008 if month >= _JUNE_2008 else _MINIMUM_OF_1996


@kernel
def pension_at_start(days: int, capped_wages: int, start: int) -> int:
    """Monthly pension in centimes when it starts, 0 for none.

    Parameters
    ----------
    days
        Insured days.
    capped_wages
        Sum over the 96 months of reference, centimes.
    start
        Month number of the pension's first month, the one after retirement.
    """
    if days >= _FULL_DAYS:
        percent = min(50 + (days - _FULL_DAYS) // _DAYS_A_POINT, 70)
        parts = 100 * _MONTHS_OF_REFERENCE
        return max((2 * capped_wages * percent + parts) // (2 * parts), minimum_in(start))
    if days >= _LEAST_DAYS and start - 1 >= _REFORM_RETIREMENTS:
        amount = 0
        for bracket in range(len(_BRACKETS)):
            if days >= _BRACKETS[bracket, 0]:
                amount = _BRACKETS[bracket, 1]
        return amount
    return 0


@kernel
def revalued(amount: int, start: int, month: int, days: int) -> int:
    """The pension of so many days that started in month ``start`` at ``amount``, as paid in ``month``; centimes."""
    if start < _JULY_2001 <= month:
        amount += 100_00
    if start < _JANUARY_2006 <= month:
        amount += (2 * amount * 4 + 100) // 200
    if start < _JANUARY_2020 <= month:
        if days >= _FULL_DAYS:
            amount = max(amount, minimum_in(_JANUARY_2020))
        five_percent = (2 * amount * 5 + 100) // 200
        amount += min(max(five_percent, 100_00), 210_00)
    return max(amount, minimum_in(month)) if days >= _FULL_DAYS else amount


@kernel
def _pensions(
    offsets: Ints,
    month: NDArray[np.int32],
    days: NDArray[np.int8],
    wage: NDArray[np.int32],
    birth_month: Ints,
    death_month: Ints,
    law_month: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    n = len(birth_month)
    status = np.empty(n, np.int64)
    start = np.zeros(n, np.int64)
    awarded = np.zeros(n, np.int64)
    amount = np.zeros(n, np.int64)
    insured = np.zeros(n, np.int64)
    capped = np.empty(1000, np.int64)
    for i in range(n):
        declared, last = 0, 0
        row = offsets[i]
        while row < offsets[i + 1]:
            here, in_month, earned = month[row], 0, 0
            while row < offsets[i + 1] and month[row] == here:
                in_month += days[row]
                earned += wage[row]
                row += 1
            if in_month > 0:
                ceiling = _CEILING_FROM_2002 if here >= _APRIL_2002 else _CEILING_FROM_1993
                insured[i] += min(in_month, _DAYS_A_MONTH)
                capped[declared] = min(earned, ceiling)
                declared += 1
                last = here
        start[i] = max(birth_month[i] + _AGE_MONTHS, last) + 1
        total = 0
        for k in range(max(declared - 1 - _MONTHS_OF_REFERENCE, 0), declared - 1):
            total += capped[k]
        alive_until = law_month if death_month[i] < 0 else death_month[i]
        pension = pension_at_start(insured[i], total, start[i])
        if birth_month[i] + _AGE_MONTHS >= alive_until:
            status[i] = TOO_YOUNG
        elif last >= law_month - _OBSERVED_MONTHS and death_month[i] < 0:
            status[i] = WORKING
        elif pension == 0:
            status[i] = TOO_FEW_DAYS
        else:
            status[i] = ENTITLED if insured[i] >= _FULL_DAYS else REFORM
            if death_month[i] < 0 or start[i] <= death_month[i]:
                awarded[i] = pension
                amount[i] = revalued(pension, start[i], law_month, insured[i])
    return status, start, awarded, amount, insured


class Pensions(NamedTuple):
    """What the law says of people; every array has shape (n,)."""

    status: Ints
    """For the dead: what they were entitled to when they died."""
    start: Ints
    """Month number of the pension's first month, or of what would be."""
    awarded: Ints
    """Monthly amount when it starts, centimes; 0 without a right, or where the person died before."""
    amount: Ints
    """Monthly amount on the date of the law, centimes."""
    insured_days: Ints


def pensions(people: People, careers: Careers, calendar: Calendar) -> Pensions:
    """What each person is entitled to on the calendar's date of the law."""
    return Pensions(
        *_pensions(
            careers.offsets, careers.month, careers.days, careers.wage, people.birth_month,
            people.death_month, calendar.law_month,
        )
    )  # fmt: skip
