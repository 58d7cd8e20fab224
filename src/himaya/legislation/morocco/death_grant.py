"""Death grant: dahir 1-72-184, article 44."""

from typing import Any

from himaya.law import (
    DAYS,
    FLAG,
    add_months,
    available,
    maximum,
    only_where,
    otherwise,
    round_to_centime,
    rule,
    where,
)
from himaya.legislation.morocco.declared import daily_wage_before, in_months_before
from himaya.legislation.morocco.inputs import MAD, MAD_A_DAY

GRANT = "dahir 1-72-184, art. 44; cnss.ma, allocation au décès"


@rule(article=GRANT, unit=DAYS)
def days_before_death(days: Any, months: Any, death_date: Any, death_grant: Any) -> Any:
    """Insured days of the six civil months before the month of death."""
    return in_months_before(death_date, death_grant.days_within, days, months)


@rule(article=GRANT, unit=FLAG)
def death_grant_due(
    days_before_death: Any,
    awarded_from: Any,
    grant_claimed_on: Any,
    death_date: Any,
    law_date: Any,
    death_grant: Any,
) -> Any:
    """Whether the grant is due: of a pensioner or of who had 54 days in six months, claimed within nine months."""
    insured = available(awarded_from) | (days_before_death >= death_grant.days)
    last_day = add_months(death_date, death_grant.claim_period)
    return insured & (otherwise(grant_claimed_on, law_date) <= last_day) & (death_date <= law_date)


@rule(article=GRANT, unit=MAD_A_DAY)
def daily_wage_at_death(capped_wages: Any, months: Any, death_date: Any, sickness: Any) -> Any:
    """Mean daily wage that serves for daily allowances, before the death."""
    return daily_wage_before(death_date, capped_wages, months, sickness)


@rule(article=GRANT, unit=MAD)
def full_death_grant(
    daily_wage_at_death: Any, reference_wage: Any, awarded_from: Any, death_date: Any, death_grant: Any
) -> Any:
    """60 times the mean daily wage; of a pensioner twice the mean monthly wage of the pension. At least a floor."""
    of_worker = daily_wage_at_death * death_grant.daily_wages
    of_pensioner = reference_wage * death_grant.monthly_wages
    grant = where(available(awarded_from), of_pensioner, of_worker)
    return maximum(round_to_centime(grant), death_grant.at(death_date).least)


@rule(article=GRANT, unit=MAD)
def death_grant_paid(
    full_death_grant: Any, death_grant_due: Any, grant_to_family: Any, death_grant: Any
) -> Any:
    """The grant: whole to the family, half to another who paid the funeral. Only if it is due."""
    share = where(grant_to_family, 1, death_grant.share_of_others)
    return only_where(round_to_centime(full_death_grant * share), death_grant_due)
