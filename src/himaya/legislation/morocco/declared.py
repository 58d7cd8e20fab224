"""What was declared in the civil months before an event: conditions of days, and mean wages.

Each branch of the law has its own months and divisor among its parameters; how they are counted is the same for all.
"""

from typing import Any

from himaya.law import between, month_of, total


def in_months_before(day: Any, number: Any, values: Any, months: Any) -> Any:
    """Total of what was declared in so many civil months before the month of a day."""
    month = month_of(day)
    return total(between(values, months, since=month - number, before=month))


def daily_wage_before(day: Any, capped_wages: Any, months: Any, sickness: Any) -> Any:
    """Mean daily wage on a day: the capped pay of six civil months by day, as daily allowances have it."""
    return in_months_before(day, sickness.months_of_wage, capped_wages, months) / sickness.days_of_wage
