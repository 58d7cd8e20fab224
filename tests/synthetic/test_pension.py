"""The pension that the synthetic fund pays: cases by hand, and a slow reading of the same law."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from himaya.months import month_of
from himaya.synthetic import pension as p
from himaya.synthetic.careers import careers
from himaya.synthetic.pension import pension_at_start, pensions, revalued

JAN_2023 = month_of(date(2023, 1, 1))


@pytest.mark.parametrize(
    ("days", "monthly_wage", "percent"),
    [
        (3_240, 4_000, 50),
        (3_455, 4_000, 50),  # one day short of the first point
        (3_456, 4_000, 51),  # 3,240 + 216
        (7_559, 4_000, 69),
        (7_560, 4_000, 70),  # 3,240 + 20 x 216
        (9_999, 4_000, 70),  # never more
    ],
)
def test_one_point_for_each_216_days_up_to_70_percent(days, monthly_wage, percent):
    assert pension_at_start(days, 96 * monthly_wage * 100, JAN_2023) == monthly_wage * percent


def test_the_pension_is_at_least_1000_and_rounded_half_up():
    assert pension_at_start(3_240, 96 * 1_500_00, JAN_2023) == 1_000_00
    # 50 % of a mean of 3,000.01: 1,500.005, the half centime goes upwards.
    assert pension_at_start(3_240, 96 * 3_000_01, JAN_2023) == 1_500_01


@pytest.mark.parametrize(
    ("days", "amount"),
    [
        (1_319, 0),
        (1_320, 600),
        (1_704, 600),
        (1_705, 700),
        (2_089, 800),
        (2_473, 900),
        (2_857, 1_000),
        (3_239, 1_000),
    ],
)
def test_brackets_of_the_reform(days, amount):
    retired_in_january, retired_in_december = JAN_2023 + 1, JAN_2023
    assert pension_at_start(days, 0, retired_in_january) == amount * 100
    assert pension_at_start(days, 0, retired_in_december) == 0


@pytest.mark.parametrize(
    ("amount", "increase"), [(1_000, 100), (2_000, 100), (3_000, 150), (4_200, 210), (4_300, 210)]
)
def test_the_increase_of_2020(amount, increase):
    january = month_of(date(2020, 1, 1))
    now = month_of(date(2026, 10, 1))
    assert revalued(amount * 100, january - 1, now, 3_240) == (amount + increase) * 100
    assert revalued(amount * 100, january, now, 3_240) == amount * 100


def test_increases_follow_one_another():
    """2,900 + 100 in 2001 = 3,000; 4 % in 2006 = 120; 5 % of 3,120 in 2020 = 156."""
    assert revalued(2_900_00, month_of(date(2001, 6, 1)), month_of(date(2026, 10, 1)), 3_240) == 3_276_00


@pytest.mark.parametrize(
    ("month", "amount"),
    [
        ((2008, 5), 500),
        ((2008, 6), 600),
        ((2011, 6), 600),
        ((2011, 7), 1_000),
        ((2019, 12), 1_000),
        ((2020, 1), 1_100),
    ],
)
def test_the_minimum_rises_pensions_in_payment_and_the_increase_of_2020_comes_on_top(month, amount):
    assert revalued(500_00, month_of(date(2008, 5, 1)), month_of(date(*month, 1)), 3_240) == amount * 100


@pytest.mark.parametrize(("month", "amount"), [((2008, 5), 500), ((2008, 6), 600), ((2011, 7), 1_000)])
def test_the_minimum_at_award_is_that_of_the_month(month, amount):
    assert pension_at_start(3_240, 0, month_of(date(*month, 1))) == amount * 100


def test_the_kernel_agrees_with_a_slow_reading_of_the_law(people):
    everybody = people.people(0, 3_000)
    rows = careers(people, everybody)
    says = pensions(everybody, rows, people.calendar)
    for i in range(3_000):
        wages: dict[int, int] = {}
        days: dict[int, int] = {}
        for row in range(rows.offsets[i], rows.offsets[i + 1]):
            if rows.days[row] > 0:
                month = int(rows.month[row])
                days[month] = days.get(month, 0) + int(rows.days[row])
                wages[month] = wages.get(month, 0) + int(rows.wage[row])
        insured = sum(min(d, 26) for d in days.values())
        assert says.insured_days[i] == insured
        if everybody.death_month[i] >= 0 or says.status[i] not in (p.ENTITLED, p.REFORM):
            continue
        declared = sorted(wages)
        start = max(int(everybody.birth_month[i]) + 720, declared[-1]) + 1
        assert says.start[i] == start <= people.calendar.law_month
        if says.status[i] == p.REFORM:
            assert 1_320 <= insured < 3_240
            continue
        ceilings = [6_000_00 if month >= month_of(date(2002, 4, 1)) else 5_000_00 for month in declared]
        capped = [min(wages[month], ceiling) for month, ceiling in zip(declared, ceilings, strict=True)]
        mean = Fraction(sum(capped[:-1][-96:]), 96)
        exact = mean * min(50 + (insured - 3_240) // 216, 70) / 100
        lowest = next(
            amount
            for since, amount in (
                (date(2011, 7, 1), 1_000_00),
                (date(2008, 6, 1), 600_00),
                (date(1996, 8, 1), 500_00),
            )
            if start >= month_of(since)
        )
        assert says.awarded[i] == max(int(exact + Fraction(1, 2)), lowest)


def test_whoever_is_of_age_and_unpaid_has_stopped_long_ago_or_works(people, known):
    people_, last = known.people, people.calendar.last_month
    of_age = (people_.birth_month + 720 <= last) & (people_.death_month < 0) & (known.last_month >= 0)
    since = last - known.last_month[of_age]
    assert ((since == 0) | (since >= 6)).all()
    assert np.isin(known.pensions.status[of_age & (known.last_month == last)], p.WORKING).all()
