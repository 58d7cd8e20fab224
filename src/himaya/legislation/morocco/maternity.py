"""Daily allowances of maternity, and birth leave: dahir 1-72-184, article 37."""

from typing import Any

from himaya.law import (
    DATE,
    DAYS,
    FLAG,
    available,
    between,
    minimum,
    month_of,
    only_where,
    round_to_centime,
    rule,
    total,
)
from himaya.legislation.morocco.declared import in_months_before
from himaya.legislation.morocco.inputs import MAD, MAD_A_DAY

MATERNITY = "dahir 1-72-184, art. 37"


@rule(article=MATERNITY, unit=DAYS)
def days_before_maternity(days: Any, months: Any, stopped_on: Any, maternity: Any) -> Any:
    """Insured days of the ten civil months before the month in which work stopped."""
    return in_months_before(stopped_on, maternity.days_within, days, months)


@rule(article=MATERNITY, unit=DATE)
def maternity_leave_ends(stopped_on: Any, maternity: Any) -> Any:
    """First day after the leave: 14 weeks from the day on which work stopped."""
    return stopped_on + maternity.at(stopped_on).leave


@rule(article=MATERNITY, unit=FLAG)
def maternity_entitled(
    days_before_maternity: Any,
    lives_in_morocco: Any,
    delivered_on: Any,
    maternity_leave_ends: Any,
    maternity: Any,
) -> Any:
    """Whether there is a right: 54 days in ten months, a home in Morocco, seven weeks of leave after the birth."""
    rest = ~available(delivered_on) | (maternity_leave_ends - delivered_on >= maternity.rest_after_birth)
    return (days_before_maternity >= maternity.days) & lives_in_morocco & rest


@rule(article=MATERNITY, unit=MAD_A_DAY)
def maternity_daily(daily_wage: Any, stopped_on: Any, maternity: Any) -> Any:
    """The whole mean daily wage; half of it before February 1993."""
    return round_to_centime(daily_wage * maternity.at(stopped_on).rate)


@rule(article=MATERNITY, unit=MAD)
def maternity_allowance(
    maternity_daily: Any, maternity_leave_ends: Any, stopped_on: Any, maternity_entitled: Any
) -> Any:
    """Daily allowance of all days of the leave. Only if there is a right."""
    return only_where(maternity_daily * (maternity_leave_ends - stopped_on), maternity_entitled)


@rule(
    article="dahir 1-72-184, art. 1; Code du travail, art. 269",
    unit=MAD,
    verified=False,
    note="the ceiling is by Cleiss; that a day is 1/26 of the month's pay is read from it (3 of 26 days of 6,000)",
)
def birth_leave_refund(wages: Any, months: Any, delivered_on: Any, maternity: Any) -> Any:
    """What the CNSS refunds an employer for three days of birth leave: 3/26 of the month's pay, up to a ceiling."""
    month = month_of(delivered_on)
    pay = total(between(wages, months, since=month, before=month + 1))
    return minimum(
        round_to_centime(pay * maternity.birth_leave / maternity.days_of_month), maternity.birth_leave_most
    )
