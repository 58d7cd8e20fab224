"""Daily allowances of sickness: dahir 1-72-184, articles 33 to 35."""

from typing import Any

from himaya.law import (
    DAYS,
    FLAG,
    add_months,
    clip,
    maximum,
    minimum,
    only_where,
    otherwise,
    round_to_centime,
    rule,
)
from himaya.legislation.morocco.declared import daily_wage_before, in_months_before
from himaya.legislation.morocco.inputs import MAD, MAD_A_DAY

SICKNESS = "dahir 1-72-184, art. 33 à 35"


@rule(article=SICKNESS, unit=MAD_A_DAY)
def daily_wage(capped_wages: Any, months: Any, stopped_on: Any, sickness: Any) -> Any:
    """Mean daily wage: the capped pay of the six civil months before work stopped, over 180 days."""
    return daily_wage_before(stopped_on, capped_wages, months, sickness)


@rule(article=SICKNESS, unit=DAYS)
def days_before_sickness(days: Any, months: Any, stopped_on: Any, sickness: Any) -> Any:
    """Insured days of the six civil months before the month in which work stopped."""
    return in_months_before(stopped_on, sickness.days_within, days, months)


@rule(article=SICKNESS, unit=FLAG)
def sickness_entitled(
    days_before_sickness: Any,
    accident: Any,
    stopped_on: Any,
    sickness_notified_on: Any,
    sickness_claimed_on: Any,
    sickness: Any,
) -> Any:
    """Whether there is a right: 54 days in six months (none after an accident), notice and claim in time.

    Notice within 30 days, claim within six months; a date that is not given is taken to be in time.
    """
    insured = accident | (days_before_sickness >= sickness.days)
    notified = otherwise(sickness_notified_on, stopped_on) - stopped_on <= sickness.notice_period
    claimed = otherwise(sickness_claimed_on, stopped_on) <= add_months(stopped_on, sickness.claim_period)
    return insured & notified & claimed


@rule(article=SICKNESS, unit=DAYS)
def paid_sick_days(
    stopped_on: Any, sick_until: Any, sick_days_before: Any, law_date: Any, sickness: Any
) -> Any:
    """Days paid until the date of law: from the fourth, every day, at most 52 weeks in 24 months."""
    last = minimum(sick_until, law_date)
    left = maximum(sickness.most_days - sick_days_before, 0)
    return clip(last - stopped_on + 1 - sickness.waiting_days, lower=0, upper=left)


@rule(article=SICKNESS, unit=MAD_A_DAY)
def sickness_daily(daily_wage: Any, sickness: Any) -> Any:
    """Two thirds of the mean daily wage."""
    return round_to_centime(daily_wage * sickness.thirds / 3)


@rule(article=SICKNESS, unit=MAD)
def sickness_allowance(sickness_daily: Any, paid_sick_days: Any, sickness_entitled: Any) -> Any:
    """Daily allowance times the days paid. Only if there is a right."""
    return only_where(sickness_daily * paid_sick_days, sickness_entitled)
