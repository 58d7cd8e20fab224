"""Invalidity pension: dahir 1-72-184, as described by the CNSS. Whether a person is invalid is for a doctor to say."""

from typing import Any

from himaya.law import (
    DATE,
    DAYS,
    FLAG,
    SHARE,
    between,
    maximum,
    mean_of_last,
    month_of,
    only_where,
    round_to_centime,
    rule,
    total,
    where,
)
from himaya.legislation.morocco.declared import in_months_before
from himaya.legislation.morocco.inputs import MAD_A_MONTH
from himaya.legislation.morocco.old_age import rate_by_days, with_increases

INVALIDITY = "dahir 1-72-184; cnss.ma, pension d'invalidité"


@rule(article=INVALIDITY, unit=DAYS)
def days_before_invalidity(days: Any, months: Any, invalid_from: Any) -> Any:
    """Insured days of the months before invalidity."""
    return total(between(days, months, before=month_of(invalid_from)))


@rule(article=INVALIDITY, unit=DAYS)
def days_of_year_before_invalidity(days: Any, months: Any, invalid_from: Any, invalidity: Any) -> Any:
    """Insured days of the twelve civil months before invalidity."""
    return in_months_before(invalid_from, invalidity.recent_months, days, months)


@rule(article=INVALIDITY, unit=FLAG)
def invalidity_entitled(
    days_before_invalidity: Any,
    days_of_year_before_invalidity: Any,
    accident: Any,
    invalid_from: Any,
    pension_age_date: Any,
    law_date: Any,
    invalidity: Any,
) -> Any:
    """Whether there is a right: invalid before the pension age, with 1,080 days of which 108 in the year before.

    After an accident no days are asked for.
    """
    insured = (days_before_invalidity >= invalidity.days) & (
        days_of_year_before_invalidity >= invalidity.recent_days
    )
    return (invalid_from <= law_date) & (invalid_from < pension_age_date) & (insured | accident)


@rule(
    article=INVALIDITY,
    unit=MAD_A_MONTH,
    verified=False,
    note="the source names 12 and 60 declared months, not which of them counts: the better one is taken",
)
def invalidity_wage(capped_wages: Any, months: Any, invalid_from: Any, invalidity: Any) -> Any:
    """Mean capped wage of the 12 or of the 60 last declared months before invalidity, whichever is higher."""
    before = between(capped_wages, months, before=month_of(invalid_from))
    return maximum(
        mean_of_last(before, invalidity.short_reference), mean_of_last(before, invalidity.long_reference)
    )


@rule(article=INVALIDITY, unit=SHARE)
def invalidity_rate(days_before_invalidity: Any, invalidity: Any) -> Any:
    """50 % up to 3,240 days, and one point for each full 216 days beyond, at most 70 %."""
    return rate_by_days(maximum(days_before_invalidity - invalidity.days_of_base_rate, 0), invalidity)


@rule(article=INVALIDITY, unit=MAD_A_MONTH)
def third_person_supplement(invalidity_wage: Any, needs_third_person: Any, invalidity: Any) -> Any:
    """10 % of the mean wage for who needs the help of a third person."""
    supplement = round_to_centime(invalidity_wage * invalidity.third_person_rate)
    return where(needs_third_person, supplement, 0)


@rule(article=INVALIDITY, unit=MAD_A_MONTH)
def invalidity_at_award(invalidity_wage: Any, invalidity_rate: Any, invalid_from: Any, old_age: Any) -> Any:
    """Mean wage times rate, at least the minimum of pensions then."""
    least = old_age.in_month(month_of(invalid_from)).minimum_pension
    return maximum(round_to_centime(invalidity_wage * invalidity_rate), least)


@rule(article=f"{INVALIDITY}; cnss.ma, revalorisations", unit=MAD_A_MONTH)
def revalued_invalidity(invalidity_at_award: Any, invalid_from: Any, invalidity: Any, old_age: Any) -> Any:
    """The award with the increases of pensions since: those of old age, at least the minimum of today."""
    begun = month_of(invalid_from)
    increased = with_increases(invalidity_at_award, begun, old_age)
    return where(invalidity.in_month(begun).increased_since, increased, invalidity_at_award)


@rule(article=INVALIDITY, unit=MAD_A_MONTH)
def invalidity_pension(
    invalidity_entitled: Any, revalued_invalidity: Any, third_person_supplement: Any
) -> Any:
    """Pension on the date of law, and the supplement for a third person. Only if there is a right."""
    return only_where(revalued_invalidity + third_person_supplement, invalidity_entitled)


@rule(article=INVALIDITY, unit=DATE)
def becomes_old_age_on(pension_age_date: Any, invalidity_entitled: Any) -> Any:
    """Day on which the invalidity pension becomes an old-age pension of the same amount."""
    return only_where(pension_age_date, invalidity_entitled)
