"""Ages, durations and the month in which a pension takes effect.

L. 161-17-2 and D. 161-2-1-9 (legal age), L. 161-17-3 and R. 351-45 (duration), L. 351-8 (full-rate age), R. 351-37.
"""

from typing import Any

from himaya.law import (
    AGE,
    DATE,
    FLAG,
    MONTH,
    QUARTERS,
    add_months,
    lookup,
    maximum,
    month_of,
    otherwise,
    rule,
)

LEGAL_AGE = "CSS, art. L. 161-17-2 et D. 161-2-1-9"
DURATION = "CSS, art. L. 161-17-3 et R. 351-45"
FULL_RATE_AGE = "CSS, art. L. 351-8, 1°"
EFFECT = "CSS, art. R. 351-37"


def first_month_from(day: Any) -> Any:
    """First month whose first day is that day or later."""
    return month_of(day - 1) + 1


@rule(article=EFFECT, unit=MONTH)
def award_month(award_from: Any, died: Any, birth_date: Any, ages: Any) -> Any:
    """Month in which the pension takes effect.

    Where none is given: of who died the month after; else the first that the law of the date asked for allows.
    """
    earliest = first_month_from(add_months(birth_date, lookup(ages.legal_age, birth_date)))
    return otherwise(award_from, otherwise(month_of(died) + 1, earliest))


@rule(article=LEGAL_AGE, unit=AGE)
def legal_age(birth_date: Any, award_month: Any, ages: Any) -> Any:
    """Legal age of the cohort under the law of the month of effect."""
    return lookup(ages.in_month(award_month).legal_age, birth_date)


@rule(article=LEGAL_AGE, unit=DATE)
def legal_age_date(birth_date: Any, legal_age: Any) -> Any:
    """Day on which the legal age is reached."""
    return add_months(birth_date, legal_age)


@rule(article=EFFECT, unit=MONTH)
def earliest_month(legal_age_date: Any) -> Any:
    """First month of a pension: that of the legal age for who is born on the 1st, else the next."""
    return first_month_from(legal_age_date)


@rule(article=f"{LEGAL_AGE}; CSS, art. L. 351-1-1", unit=FLAG)
def age_reached(award_month: Any, earliest_month: Any, long_career_open: Any) -> Any:
    """Whether the legal age is reached when the pension takes effect, or the lower one of a long career."""
    return (award_month >= earliest_month) | long_career_open


@rule(article=FULL_RATE_AGE, unit=AGE)
def full_rate_age(birth_date: Any, award_month: Any, ages: Any) -> Any:
    """Age of the full rate whatever the duration, by cohort."""
    return lookup(ages.in_month(award_month).full_rate_age, birth_date)


@rule(article=FULL_RATE_AGE, unit=DATE)
def full_rate_date(birth_date: Any, full_rate_age: Any) -> Any:
    """Day on which the age of the full rate is reached."""
    return add_months(birth_date, full_rate_age)


@rule(article=DURATION, unit=QUARTERS)
def required_quarters(birth_date: Any, award_month: Any, ages: Any) -> Any:
    """Quarters in all schemes that give the full rate, by cohort."""
    terms = ages.in_month(award_month)
    return maximum(lookup(terms.required_quarters, birth_date), terms.required_of_all)
